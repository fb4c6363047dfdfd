"""
A log-in is asked for, and httpd is not told under what name, or who has one.

## What happens

Without `AuthName` every request there is answered with an error 500. Without a file of users nobody can log in: who tries gets
an error 500.

## Why

mod_auth_basic and mod_auth_digest refuse to ask without a name for the realm (mod_auth_basic.c:authenticate_basic_user), and the
provider `file`, which is the default, fails where no `AuthUserFile` is named (mod_authn_file.c:check_password; measured with
2.4.71).

## Left alone

There is no fix: name and file are the owner's. Another provider (`AuthBasicProvider`) needs no such file. Where the host or the
main server names one in any section, nothing is reported.

## See also

httpd's own messages are *AH01615: need AuthName: /*, *AH01614: client used wrong authentication scheme* and *AH01619:
AuthUserFile not specified in the configuration*.

## Examples

Reported without a fix:

    ```apache
    <Location /admin>
        AuthType Basic
    #   ^^^^^^^^^^^^^^
        AuthUserFile /etc/apache2/users
        Require valid-user
    </Location>
    ```
    ```apache
    <Location /admin>
        AuthType Basic
    #   ^^^^^^^^^^^^^^
        AuthName "Admin"
        Require valid-user
    </Location>
    ```

Not reported:

    ```apache
    <Location /admin>
        AuthType Basic
        AuthName "Admin"
        AuthBasicProvider wsgi
        WSGIAuthUserScript /srv/auth.py
        Require valid-user
    </Location>
    <Location /open>
        AuthType None
        Require all granted
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import USER_SOURCES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

#: The words of Require that ask for something other than a log-in.
_OTHERS = frozenset({"all", "env", "expr", "forward-dns", "host", "ip", "local", "method", "not"})


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def log_in_incomplete(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("authtype"):
        kind = item.value.lower()
        if kind not in ("basic", "digest") or item.guards or item.file.tree.is_template or not _asks_for_a_log_in(item):
            continue
        # The server around a fragment may have a section that names them.
        severity = Severity.ERROR if config.complete else Severity.WARNING
        if not _says(config, item, "authname"):
            message = "a log-in is asked for without AuthName, so each request is an error 500"
            yield Diagnostic(
                item.path, item.span, message, severity=severity, help="add AuthName with a name that visitors will see"
            )
        elif kind == "basic" and not _says(config, item, *USER_SOURCES):
            message = "a log-in is asked for without AuthUserFile, so nobody can log in"
            yield Diagnostic(
                item.path,
                item.span,
                message,
                severity=severity,
                help="add AuthUserFile with the path of the password file",
            )


def _asks_for_a_log_in(item: Item) -> bool:
    section = item.parent
    if section is None:
        return False
    return any(one.key == "require" and one.values and one.value.lower() not in _OTHERS for one in _inside(section))


def _inside(section: Item) -> Iterator[Item]:
    left = list(section.children)
    while left:
        item = left.pop()
        yield item
        left += item.children


def _says(config: Config, item: Item, *keys: str) -> bool:
    """Whether the host or the main server has such a directive, wherever it stands."""
    return any(config.within(server, *keys) for server in dict.fromkeys((config.main, item.server)))
