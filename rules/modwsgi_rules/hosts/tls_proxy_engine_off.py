"""
A request is to be handed on by HTTPS, and `SSLProxyEngine` is not on.

## What happens

httpd starts, and each such request is an error 500.

## Why

What httpd says to visitors by TLS and what it says to other servers are two things: `SSLEngine` is for visitors alone. mod_ssl speaks to
another server only where `SSLProxyEngine` is on, in the host, in the main server, which hosts inherit it from, or in `<Proxy>`
(ssl_engine_config.c, mod_proxy.c:ap_proxy_connection_create_ex; measured with 2.4.71).

## Left alone

There is no fix: requests would leave this server that did not before, and httpd looks at the other server's certificate only where
`SSLProxyVerify require` says so. Write `SSLProxyEngine on` into the host. Only a whole server shows that nothing switches it on. A server that loads modules which are not httpd's, and lines under a condition, are not reported.

## See also

httpd's own messages are *AH01961: failed to enable ssl support [Hint: if using mod_ssl, see SSLProxyEngine]* and *AH00961: https: failed to enable ssl
support for 127.0.0.1:8443*. Rules `ssl-engine-missing`, `tls-proxied-by-address` and `proxy-scheme-not-loaded`.

## Examples

Reported without a fix, once for each host:

    ```apache
    #- httpd.conf
    <VirtualHost *:80>
        ServerName shop.example
        ProxyPass /shop https://127.0.0.1:8443/shop
    #                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        ProxyPass /cart https://127.0.0.1:8444/cart
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- httpd.conf
    <VirtualHost *:80>
        ServerName shop.example
        SSLProxyEngine on
        ProxyPass / https://127.0.0.1:8443/
    </VirtualHost>
    <VirtualHost *:80>
        ServerName wiki.example
        <Proxy https://127.0.0.1:8443/>
            SSLProxyEngine on
        </Proxy>
        ProxyPass / https://127.0.0.1:8443/
    </VirtualHost>
    <VirtualHost *:80>
        ServerName blog.example
        ProxyPass / http://127.0.0.1:8000/
        RewriteEngine On
        RewriteRule ^/old https://www.blog.example/ [R]
    </VirtualHost>
    ```
    ```apache
    ProxyPass / https://127.0.0.1:8443/
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives.families import HANDED_ON
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.model.modules import loads_unknown_modules
from modwsgi_fix.model.rewrites import flags_of
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

#: A URL that is asked for by TLS.
_BY_TLS = expression(r"(?:unix:[^|]*\|)?(?:https|wss|h2)://.+", re.I)
_ENGINE = "sslproxyengine"


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def tls_proxy_engine_off(config: Config) -> Iterator[Diagnostic]:
    if not config.named(*HANDED_ON) or not config.complete or config.gaps or loads_unknown_modules(config):
        return
    for server in config.servers:
        asking = [(item, url) for item in config.within(server, *HANDED_ON) if (url := _by_tls(item)) is not None]
        if not asking or _may_be_on(config.within(server, _ENGINE)) or _may_be_on(config.within(config.main, _ENGINE)):
            continue
        item, url = asking[0]
        yield Diagnostic(
            item.path,
            url.span,
            "SSLProxyEngine is not on for this URL, so each request that is handed on here is an error 500",
            help="write SSLProxyEngine on in the host",
        )


def _by_tls(item: Item) -> Arg | None:
    """Return the URL that a line certainly hands requests on to by TLS."""
    if not item.known or item.guards or item.file.tree.is_template:
        return None
    if item.key == "rewriterule" and "p" not in flags_of(item):
        return None
    words = item.args[1:2] if item.key == "rewriterule" else item.args[:2]
    return next((arg for arg in words if _BY_TLS.fullmatch(arg.value)), None)


def _may_be_on(engines: list[Item]) -> bool:
    return any(not engine.known or engine.guards or engine.value.lower() == "on" for engine in engines)
