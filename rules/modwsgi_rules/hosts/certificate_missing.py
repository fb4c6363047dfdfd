"""
A host speaks TLS, and no line names a certificate for it.

## What happens

`apachectl configtest` says *Syntax OK*, and httpd does not start.

## Why

`SSLEngine on` needs a certificate, of the host itself or of the main server, whose lines every host has, too. httpd looks for it
after it has read all files (ssl_engine_init.c: `ssl_init_server_certs`); certificates of another host do not count.

## Left alone

There is no fix: which certificate is meant, nobody can tell. Only a whole server is looked at, and none in which mod_md or another
module brings the certificates.

## See also

httpd's own message is *AH02572: Failed to configure at least one certificate and key*. Rule `ssl-engine-missing`.

## Examples

    ```apache
    #- httpd.conf
    Listen 443
    <VirtualHost *:443>
        ServerName shop.example
        SSLEngine on
    #   ^^^^^^^^^^^^
        WSGIScriptAlias / /srv/shop/app.wsgi
    </VirtualHost>
    <VirtualHost *:443>
        ServerName blog.example
        SSLEngine on
        SSLCertificateFile /etc/ssl/blog.pem
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- httpd.conf
    Listen 443
    SSLCertificateFile /etc/ssl/all.pem
    <VirtualHost *:443>
        ServerName shop.example
        SSLEngine on
    </VirtualHost>
    ```
    ```apache
    <VirtualHost *:443>
        ServerName shop.example
        SSLEngine on
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.certificates import without_certificate
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.ERROR)
def certificate_missing(config: Config) -> Iterator[Diagnostic]:
    for engine in without_certificate(config):
        yield Diagnostic(
            engine.path,
            engine.span,
            "no certificate is named for this host, so httpd does not start",
            help="add SSLCertificateFile and SSLCertificateKeyFile, or switch SSLEngine off",
        )
