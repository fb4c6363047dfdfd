"""
httpd, or a daemon process, is to run as a user or group that the server does not have.

## What happens

httpd does not start.

## Why

httpd looks the name up while it reads the line (unixd.c:ap_uname2id; mod_wsgi does so for `user=` and `group=`; measured with 2.4.71 and 4.9.4). `www-data` is
Debian's name, `apache` Red Hat's.

## Left alone

There is no fix: the user may have to be made. Only `--root` shows `/etc/passwd` and `/etc/group`; where a directory service
may know further names, and for a number (`#33`), nothing is reported.

## See also

httpd's own messages are *AH00543: bad user name shop* and *AH00544: bad group name shop*. Rule `redundant-daemon-user`.

## Examples

Reported without a fix:

    ```apache
    #- httpd.conf
    User www-data
    #    ^^^^^^^^
    Group apache
    WSGIDaemonProcess shop user=shop group=apache
    #                           ^^^^
    #- /etc/passwd
    root:x:0:0::/root:/bin/sh
    apache:x:48:48::/usr/share/httpd:/sbin/nologin
    #- /etc/group
    root:x:0:
    apache:x:48:
    ```

Not reported:

    ```apache
    #- httpd.conf
    User www-data
    Group #33
    WSGIDaemonProcess shop user=${SHOP_USER}
    #- /etc/passwd
    www-data:x:33:33::/var/www:/bin/false
    #- /etc/group
    www-data:x:33:
    ```
    ```apache
    User www-data
    Group www-data
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Arg, Config, Item
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.facts.accounts import accounts
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR, rank=Rank.START)
def unknown_user(config: Config) -> Iterator[Diagnostic]:
    known = accounts(config)
    if known is None or not known.is_whole:
        return
    names = {"user": known.users.keys(), "group": known.groups.keys()}
    for item, kind, name, span in _named(config):
        if name and name not in names[kind] and is_settled(name) and not name.startswith("#") and not item.guards:
            yield Diagnostic(
                item.path,
                span,
                f"the server does not have a {kind} {name}, so httpd does not start",
                help=f"make the {kind}, or write one that is there",
            )


def _named(config: Config) -> Iterator[tuple[Item, str, str, Span]]:
    """Where users and groups are named: the line, ``user`` or ``group``, the name, its place."""
    for item in config.named("user", "group"):
        first: Arg | None = item.args[0] if item.args else None
        if first is not None and first.known:
            yield item, item.key, first.value, first.span
    for process in daemon_processes(config):
        for option in process.options:
            if option.name in ("user", "group") and option.known:
                yield process.directive, option.name, option.value, option.value_span
