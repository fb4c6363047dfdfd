"""
`SSLCertificateChainFile` is not needed since httpd 2.4.8.

## What happens

It still works. The manual has called it deprecated since 2.4.8, and a later release may do without it.

## Why

`SSLCertificateFile` may hold the certificates between the server's own and the root, after its own (httpd's manual, mod_ssl).

## Left alone

There is no fix, because files of certificates would have to be written. A target before 2.4.8 is not reported.

## See also

Rules `ssl-engine-missing` and `missing-on-disk`.

## Examples

Reported without a fix:

    ```apache
    <VirtualHost *:443>
        SSLCertificateFile /etc/ssl/site.pem
        SSLCertificateChainFile /etc/ssl/chain.pem
    #   ^^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    SSLCertificateFile /etc/ssl/site-and-chain.pem
    ```
    ```apache httpd=2.4.6
    SSLCertificateChainFile /etc/ssl/chain.pem
    ```
    ```apache httpd=2.2
    SSLCertificateChainFile /etc/ssl/chain.pem
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.httpd24._shared import read_by_24

#: The first release that takes the chain from ``SSLCertificateFile``.
_SINCE = (2, 4, 8)


@rule(severity=Severity.INFO)
def certificate_chain_file(config: Config) -> Iterator[Diagnostic]:
    if (2, 4) < config.target.httpd < _SINCE:
        return
    for item in read_by_24(config, "sslcertificatechainfile"):
        message = "SSLCertificateChainFile is deprecated since httpd 2.4.8"
        advice = "append its certificates to the file of SSLCertificateFile, and delete the line"
        yield Diagnostic(item.path, item.node.name_span, message, help=advice)
