"""
A host that speaks TLS hands requests on by plain HTTP, and does not say that they came by https.

## What happens

The application takes each visitor for one of plain HTTP. Its redirects lead to http, behind a redirect to https that is one round more, or without end where it asks for TLS itself; Django refuses
forms (*Origin checking failed*, *Referer checking failed*), and cookies for TLS alone are not set.

## Why

`mod_proxy` adds `X-Forwarded-For`, `X-Forwarded-Host` and `X-Forwarded-Server` to a request, and nothing of its scheme (mod_proxy_http.c, proxy_util.c:ap_proxy_create_hdrbrgd).

## Left alone

There is no fix, as an application may not ask for the scheme: write `RequestHeader set X-Forwarded-Proto "https"` into the host, and have the application believe it (Django: `SECURE_PROXY_SSL_HEADER`, gunicorn:
`--forwarded-allow-ips`, Flask: `ProxyFix`). Reported for information, of a whole server, and not where any `RequestHeader` line has a name with `Forwarded` or `Scheme` in it.
Other protocols than HTTP pass the scheme on.

## See also

Rules `header-not-passed` and `proxy-slash-mismatch`.

## Examples

For information:

    ```apache
    #- httpd.conf
    Listen 443
    <VirtualHost *:443>
        ServerName shop.example
        SSLEngine On
        ProxyPass / http://127.0.0.1:8000/
    #               ^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- httpd.conf
    Listen 80
    Listen 443
    <VirtualHost *:80>
        ServerName shop.example
        ProxyPass / http://127.0.0.1:8000/
    </VirtualHost>
    <VirtualHost *:443>
        ServerName shop.example
        SSLEngine On
        RequestHeader set X-Forwarded-Proto "https"
        ProxyPass / http://127.0.0.1:8000/
    </VirtualHost>
    <VirtualHost *:443>
        ServerName board.example
        SSLEngine On
        ProxyPass / uwsgi://127.0.0.1:8001/
    </VirtualHost>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.model.servers import speaks_tls
from modwsgi_fix.rule import Diagnostic, Severity, rule

_BY_HTTP = expression(r"(?:unix:[^|]*\|)?http://.*", re.I)
#: Parts of the names by which applications are told the scheme: X-Forwarded-Proto, Forwarded, X-Scheme, X-Url-Scheme.
_TELLS = ("forwarded", "scheme")
_HEADER = "requestheader"


@rule(severity=Severity.INFO)
def scheme_not_passed_on(config: Config) -> Iterator[Diagnostic]:
    lines = config.in_each_server(_by_http, "proxypass")
    if not lines or not sees_all_sections(config) or any(map(_tells, config.within(config.main, _HEADER))):
        return
    seen = set()
    for item, target in lines:
        server = item.server
        if id(server) in seen or server.is_main or not speaks_tls(config, server):
            continue
        seen.add(id(server))
        if any(map(_tells, config.within(server, _HEADER))):
            continue
        message = "the application behind this proxy is not told that its visitors come by https"
        yield Diagnostic(item.path, target.span, message, help='RequestHeader set X-Forwarded-Proto "https" tells it')


def _by_http(lines: Sequence[Item]) -> Iterator[tuple[Item, Arg]]:
    """Yield the lines that certainly hand requests on by plain HTTP."""
    for item in lines:
        if item.known and not item.guards and not item.file.tree.is_template:
            target = next((arg for arg in item.args[:2] if _BY_HTTP.fullmatch(arg.value)), None)
            if target is not None:
                yield item, target


def _tells(item: Item) -> bool:
    return any(part in value.lower() for value in item.values[:2] for part in _TELLS)
