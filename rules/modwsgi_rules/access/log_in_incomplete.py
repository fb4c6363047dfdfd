"""
A log-in is asked for, and httpd is not told how, under what name, or who has one.

## What happens

Without `AuthType` or `AuthName` every request there is answered with an error 500. Without a file of users nobody can log in: who tries gets
an error 500.

## Why

mod_auth_basic and mod_auth_digest refuse to ask without a name for the realm (mod_auth_basic.c:authenticate_basic_user), and the
provider `file`, which is the default, fails where no `AuthUserFile` is named (mod_authn_file.c:check_password). Without
`AuthType` no module asks, and httpd itself ends the request (request.c:ap_process_request_internal; all measured with 2.4.71).

## Left alone

There is no fix: name and file are the owner's. That `AuthType` is missing is told of a whole server, where every `Require` of
a section asks for a user or group, and no `.htaccess` file and no module that is not known may say more. Another provider (`AuthBasicProvider`) needs no such file. Where the host or the
main server names one in any section, nothing is reported.

## See also

httpd's own messages are *AH01615: need AuthName: /*, *AH00027: No authentication done but request not allowed without
authentication for /. Authentication not configured?*, *AH01614: client used wrong authentication scheme* and *AH01619:
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

    ```apache
    #- apache2.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Location /admin>
        Require user anne
    #   ^^^^^^^^^^^^^^^^^
        Require group staff
    </Location>
    ```

Not reported:

    ```apache
    #- apache2.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Location /admin>
        Require ip 192.0.2.0/24
        Require valid-user
    </Location>
    ```
    ```apache
    #- apache2.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Directory /srv/shop>
        <Limit POST>
            Require valid-user
        </Limit>
    </Directory>
    <Location /club>
        Require shib-session
    </Location>
    ```
    ```apache
    #- apache2.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Directory /srv/shop>
        Require valid-user
    </Directory>
    <Location />
        Require all granted
    </Location>
    ```
    ```apache
    #- apache2.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Directory /srv/shop>
        AllowOverride AuthConfig
        Require valid-user
    </Directory>
    ```
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

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives import find
from modwsgi_fix.directives.families import (
    COMBINING,
    DIRECTORY_SECTIONS,
    FILES_SECTIONS,
    LOCATION_SECTIONS,
    USER_SOURCES,
)
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

#: The words of Require for which httpd needs to know who asks, in its own modules.
_USERS = frozenset({"valid-user", "user", "group"})
#: The words of Require that ask for something other than a log-in.
_OTHERS = frozenset({"all", "env", "expr", "forward-dns", "host", "ip", "local", "method", "not"})
_SECTIONS = frozenset({*DIRECTORY_SECTIONS, *FILES_SECTIONS, *LOCATION_SECTIONS})
#: What else decides beside the lines of Require in a section.
_DECIDING = frozenset({"require", "satisfy", *COMBINING})


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def log_in_incomplete(config: Config) -> Iterator[Diagnostic]:
    yield from _without_type(config)
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


def _without_type(config: Config) -> Iterator[Diagnostic]:
    """Report sections that ask for users in a server where nothing says how."""
    asking = config.in_each_server(_asking, "require")
    if not asking or not config.complete or not sees_all_sections(config) or _may_say_more(config):
        return
    told: set[Item] = set()
    for item in asking:
        section = item.parent
        if (
            section is None
            or section in told
            or section.key not in _SECTIONS
            or item.guards
            or item.file.tree.is_template
        ):
            continue
        told.add(section)
        deciding = [one for one in section.children if one.key in _DECIDING]
        if any(one.key != "require" or one.value.lower() not in _USERS for one in deciding):
            continue
        if not _says(config, item, "authtype") and not _is_undone(config, section):
            message = "a log-in is asked for without AuthType, so each request is an error 500"
            yield Diagnostic(item.path, item.span, message, help="add AuthType Basic, AuthName and AuthUserFile")


def _asking(lines: Sequence[Item]) -> list[Item]:
    """Return those of some lines of Require that ask who a visitor is."""
    return [item for item in lines if item.value.lower() in _USERS]


def _is_undone(config: Config, section: Item) -> bool:
    """Whether another section for URLs, which are merged last, may admit somebody."""
    return any(one is not section for one in _deciding(config, section.server))


def _deciding(config: Config, server: Server) -> list[Item]:
    """Return the sections for URLs of a host that say who may come in; they are found once."""

    def found() -> list[Item]:
        located = config.within(server, *LOCATION_SECTIONS)
        return [one for one in located if any(child.key in _DECIDING for child in _inside(one))]

    return config.once((_deciding, server), found)


@derived
def _may_say_more(config: Config) -> bool:
    """Whether an .htaccess file or a module that is not known may ask for a log-in of its own kind."""
    if any(
        word.lower() != "none" for item in config.named("allowoverride", "allowoverridelist") for word in item.values
    ):
        return True
    return any(find(item.name) is None for item in config.items if not item.is_section)


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
