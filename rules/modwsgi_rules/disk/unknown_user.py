"""
httpd, or a daemon process, is to run as a user or group that the server does not have.

## What happens

httpd does not start.

## Why

httpd looks the name up while it reads the line (unixd.c:ap_uname2id; mod_wsgi does so for `user=` and `group=`;
measured with 2.4.71 and 4.9.4). `www-data` is Debian's name, `apache` Red Hat's.

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

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.accounts import unknown_accounts
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule


@rule(severity=Severity.ERROR, rank=Rank.START)
def unknown_user(config: Config) -> Iterator[Diagnostic]:
    for found in unknown_accounts(config):
        yield Diagnostic(
            found.item.path,
            found.span,
            f"the server does not have a {found.kind} {found.name}, so httpd does not start",
            help=f"make the {found.kind}, or write one that is there",
        )
