"""
A server behind a proxy is asked by TLS under an address, which its certificate seldom names.

## What happens

Each request to it is answered with an error 500. httpd 2.2 did not look at the name in the certificate.

## Why

Since 2.4.5 `SSLProxyCheckPeerName` is on, as `SSLProxyCheckPeerCN` was since 2.4: the name in the URL must be one of those in the
certificate (`ssl_io_filter_handshake`, ssl_engine_io.c; measured with 2.4.71). Certificates are issued for names; the address or
`localhost` is in one only where somebody has seen to it.

## Left alone

There is no fix: best is to write the name that is in the certificate, and where that is not possible, `SSLProxyCheckPeerName off` gives
up knowing whom httpd talks to, which is for a person to decide. Where a line of the server says either of the two directives, and where
the URL has another name, nothing is reported. In fragments another file may say it, so that this is an information.

## See also

httpd writes *AH00898: Error during SSL Handshake with remote server returned by /shop*. Rule `revocation-not-checked`.

## Examples

Reported without a fix:

    ```apache
    #- httpd.conf
    <VirtualHost *:80>
        ServerName www.example.com
        SSLProxyEngine on
        ProxyPass /shop https://192.0.2.9:8443/shop
    #                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        ProxyPass /mail https://localhost/
    #                   ^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- httpd.conf
    <VirtualHost *:80>
        ServerName www.example.com
        SSLProxyEngine on
        ProxyPass /shop https://shop.example.com/
        ProxyPass /mail http://192.0.2.9/
    </VirtualHost>
    <VirtualHost *:80>
        ServerName old.example.com
        SSLProxyEngine on
        SSLProxyCheckPeerName off
        ProxyPass / https://192.0.2.9/
    </VirtualHost>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.directives.families import BALANCER_LINES
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Server
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.httpd24._shared import read_by_24

#: A URL whose server is an address, or the machine itself.
_BY_ADDRESS = expression(r"https://(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]|localhost)(?=[:/]|\Z)", re.I)
_CHECKS = ("sslproxycheckpeername", "sslproxycheckpeercn")


@rule(severity=Severity.WARNING)
def tls_proxied_by_address(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, *BALANCER_LINES):
        for arg in item.args:
            url = _BY_ADDRESS.match(arg.value)
            if url is None or not _speaks_tls(config, item.server) or _says_whether(config, item.server):
                continue
            is_whole = config.complete and not config.gaps
            yield Diagnostic(
                item.path,
                arg.span,
                f"httpd 2.4 answers 500 where the certificate does not name {url[1]}, which 2.2 did not look at",
                help="write the name in the certificate, or, where the network is trusted, SSLProxyCheckPeerName off",
                severity=Severity.WARNING if is_whole else Severity.INFO,
            )


def _speaks_tls(config: Config, server: Server) -> bool:
    engines = server.all("sslproxyengine") or config.main.all("sslproxyengine")
    return bool(engines) and engines[-1].value.lower() == "on"


def _says_whether(config: Config, server: Server) -> bool:
    """Whether a line of the server, or of one of its <Proxy> sections, says whether the name is looked at."""
    return bool(config.within(server, *_CHECKS) or config.within(config.main, *_CHECKS))
