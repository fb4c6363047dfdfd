"""
A host has a certificate, or port 443 alone, and nothing turns TLS on for it.

## What happens

httpd answers the port in plain HTTP. A browser that asks by `https://` gets no handshake: *ERR_SSL_PROTOCOL_ERROR*, or
*wrong version number* from OpenSSL.

## Why

`SSLEngine` is off by default. httpd turns it on by itself only where a `Listen` of the same address as the host has the
protocol https: that of port 443, unless the line names another one, or one that says `https`
(ssl_engine_init.c:ssl_init_Module, listen.c:ap_set_listener; measured with 2.4.71). So `Listen 443` does it for
`<VirtualHost *:443>`, and neither for `<VirtualHost 192.0.2.1:443>` nor for `<VirtualHost *:8443>`.

A host at port 443 for which there is no certificate at all is no different; that is reported of whole servers, as a warning, since
something in front of httpd may speak TLS for it.

## The fix

It writes `SSLEngine on` above the certificate. It is unsafe, because who asks in plain HTTP today is refused then, and
httpd does not start where the certificate or its key is not there.

## Left alone

A host that answers port 80 as well, or one without `SSLCertificateKeyFile`, is reported without a fix: it is not
certain that TLS is what is meant. `SSLEngine off` is taken for a decision. A host is looked at where its `Listen` lines
are in sight.

## See also

`port-not-listened-on`, `host-never-reached`.

## Examples

    ```diff unsafe
     Listen 443
     <VirtualHost 192.0.2.1:443>
         ServerName example.com
    +    SSLEngine on
         SSLCertificateFile /etc/ssl/example.pem
         SSLCertificateKeyFile /etc/ssl/example.key
     </VirtualHost>
    ```

Reported without a fix:

    ```apache
    Listen 8443
    <VirtualHost *:8443>
        ServerName example.com
        SSLCertificateFile /etc/ssl/example.pem
    #   ^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```
    ```apache
    Listen 80
    <VirtualHost *:80>
        ServerName example.com
        SSLCertificateFile /etc/ssl/example.pem
    #   ^^^^^^^^^^^^^^^^^^
        SSLCertificateKeyFile /etc/ssl/example.key
    </VirtualHost>
    ```

    ```apache
    #- apache2.conf
    Listen 443
    <VirtualHost *:443>
    #            ^^^^^
        ServerName example.com
        WSGIScriptAlias / /srv/site/app.wsgi
    </VirtualHost>
    ```

Not reported, because httpd turns it on by itself, or a line says so:

    ```apache
    Listen 443
    Listen 8443 https
    Listen 9443
    <VirtualHost *:443 *:8443>
        ServerName example.com
        SSLCertificateFile /etc/ssl/example.pem
    </VirtualHost>
    <VirtualHost *:9443>
        ServerName example.com
        SSLEngine on
        SSLCertificateFile /etc/ssl/example.pem
    </VirtualHost>
    ```

In a fragment the `Listen` may be out of sight:

    ```apache
    <VirtualHost *:8443>
        ServerName example.com
        SSLCertificateFile /etc/ssl/example.pem
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.servers import addresses, listeners, speaks_tls
from modwsgi_fix.rewriting.lines import insert_before
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def ssl_engine_missing(config: Config) -> Iterator[Diagnostic]:
    if config.gaps:
        return
    yield from _without_certificate(config)
    for host in config.hosts:
        certificate = host.last("sslcertificatefile")
        if certificate is None or certificate.file.tree.is_template or not _is_listened_on(config, host):
            continue
        if config.within(host, "sslengine") or config.main.all("sslengine", "protocol") or host.all("protocol"):
            continue
        if speaks_tls(config, host) is False:
            own = "/".join(dict.fromkeys(one.port for one in addresses(host)))
            message = f"TLS is off although there is a certificate, so port {own} is answered in plain HTTP"
            fix = _fix(host, certificate)
            advice = "" if fix is not None else "write SSLEngine on above it"
            yield Diagnostic(certificate.path, certificate.node.name_span, message, fix, help=advice)


#: Lines that say that TLS is spoken, or by which module.
_OF_TLS = ("sslengine", "sslcertificatefile", "protocol", "gnutlsenable", "nssengine")


def _without_certificate(config: Config) -> Iterator[Diagnostic]:
    """Report the hosts that are only at port 443 and have no line about TLS."""
    if not config.complete or config.named("mdomain", "mdomainset", "tlsengine") or config.main.all(*_OF_TLS):
        return
    for host in config.hosts:
        if host.item is None or host.item.file.tree.is_template or config.within(host, *_OF_TLS):
            continue
        if {one.port for one in addresses(host)} == {"443"} and _is_listened_on(config, host):
            message = "nothing turns TLS on for this host, so port 443 is answered in plain HTTP"
            advice = "write SSLEngine on, and SSLCertificateFile and SSLCertificateKeyFile with their paths"
            yield Diagnostic(host.item.path, host.item.args[0].span, message, help=advice, severity=Severity.WARNING)


def _fix(host: Server, certificate: Item) -> Fix | None:
    """Return the fix that turns TLS on; None where that may not be meant."""
    key = host.last("sslcertificatekeyfile")
    is_plain = any(one.port in ("80", "*") for one in addresses(host))
    if key is None or key.in_doubt or certificate.in_doubt or is_plain:
        return None
    reason = "who asks in plain HTTP is refused then, and httpd needs the certificate and its key to start"
    return Fix.unsafe("Turn TLS on", insert_before(certificate, ["SSLEngine on"]), reason=reason)


def _is_listened_on(config: Config, host: Server) -> bool:
    """Whether each port of a host is known, and a ``Listen`` without a condition is in sight for it."""
    ports = config.once(
        _is_listened_on,
        lambda: frozenset(one.address.port for one in listeners(config) if one.item.known and not one.item.in_doubt),
    )
    own = addresses(host)
    return bool(own) and all(one.port in ports for one in own)
