"""
`RequestHeader` sets a header whose name no application gets to see.

## What happens

The application does not find `HTTP_X_FORWARDED_PROTO` or `HTTP_REMOTE_USER` in its environ, though a line sets `X_FORWARDED_PROTO` or `REMOTE_USER`. So it
takes each visitor for one of plain HTTP, or asks for a log-in again.

## Why

A header becomes a variable by its letters and digits, and by dashes, which become underscores. httpd 2.4 leaves out a header that has any other character, an underscore
above all, so that no visitor can pass off `X_Remote_User` as the header that a server sets (util_script.c:http2env; measured with 2.4.71 and mod_wsgi 4.9.4).

## Left alone

There is no fix: the application would see what it did not see before. Write a dash for each underscore: `RequestHeader set X-Forwarded-Proto https`
becomes `HTTP_X_FORWARDED_PROTO`. `RequestHeader unset` is not reported, nor a host that hands requests on to another server, which does get such a header,
nor a header that another line asks for. httpd 2.2 passed it on.

## See also

Rules `authorization-not-passed` and `setenv-not-in-os-environ`.

## Examples

    ```apache
    <VirtualHost *:443>
        RequestHeader set X_FORWARDED_PROTO https
    #                     ^^^^^^^^^^^^^^^^^
        WSGIScriptAlias / /srv/shop/app.wsgi
        <Location /admin>
            RequestHeader add REMOTE_USER %{REMOTE_USER}s
    #                         ^^^^^^^^^^^
        </Location>
    </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:443>
        RequestHeader set X-Forwarded-Proto https
        RequestHeader unset X_FORWARDED_PROTO
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    <VirtualHost *:444>
        RequestHeader set X_FORWARDED_PROTO https
        ProxyPass / http://127.0.0.1:8000/
    </VirtualHost>
    ```
    ```apache httpd=2.2
    RequestHeader set X_FORWARDED_PROTO https
    WSGIScriptAlias / /srv/shop/app.wsgi
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives.families import EARLY_VARIABLES, HANDED_ON, MAY_HAVE_EXPRESSION, MOUNTS, NAMES_HEADERS
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.rewrites import flags_of
from modwsgi_fix.rule import Diagnostic, Severity, rule

_SETS = frozenset({"set", "add", "append", "merge", "setifempty"})
#: A name that is written in the usual characters, and has one that is left out.
_LEFT_OUT = expression(r"[A-Za-z0-9-]*[_.][A-Za-z0-9_.-]*", re.ASCII)


@rule(severity=Severity.WARNING)
def header_not_passed(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22:
        return
    for item in config.named("requestheader"):
        name = item.values[1] if len(item.args) > 1 and item.known and item.value.lower() in _SETS else ""
        name = name.rstrip(":")
        if not _LEFT_OUT.fullmatch(name) or item.file.tree.is_template:
            continue
        if _is_for_an_application(config, item) and not _is_asked_for(config, name):
            written = re.sub("[_.]", "-", name)
            variable = f"HTTP_{written.upper().replace('-', '_')}"
            yield Diagnostic(
                item.path,
                item.args[1].span,
                f"no application gets {name}, because httpd leaves out headers with an underscore or a dot",
                help=f"write {written}, which an application gets as {variable}",
            )


def _is_for_an_application(config: Config, item: Item) -> bool:
    """Whether applications answer where a header is set, and no other server may."""
    servers = config.servers if item.server.is_main else [config.main, item.server]
    if not any(config.within(server, *MOUNTS) for server in servers):
        return False
    return not any(_hands_on(line) for server in servers for line in config.within(server, *HANDED_ON))


def _hands_on(line: Item) -> bool:
    return line.key != "rewriterule" or "p" in flags_of(line)


def _is_asked_for(config: Config, name: str) -> bool:
    """Whether a line of httpd's own may ask for a header."""
    asking = config.named(*EARLY_VARIABLES, *MAY_HAVE_EXPRESSION, *NAMES_HEADERS)
    return any(name in value for item in asking for value in item.values)
