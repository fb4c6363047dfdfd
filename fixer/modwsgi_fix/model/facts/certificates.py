"""The hosts that speak TLS and for which no line names a certificate."""

from __future__ import annotations

from modwsgi_fix.directives.families import INCLUDES
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.gaps import whole_text
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.servers import is_tls

#: Lines by which a certificate comes from elsewhere: of mod_md, and of other modules for TLS.
_ELSEWHERE = ("mdomain", "mdomainset", "mdcertificatefile", "gnutlsenable", "nssengine", "tlsengine")


@derived
def without_certificate(config: Config) -> list[Item]:
    """Return each ``SSLEngine on`` of a whole server for whose host no ``SSLCertificateFile`` is in sight.

    httpd's check of the syntax passes them, and httpd does not start (ssl_engine_init.c:ssl_init_server_certs, AH02572;
    measured with 2.4.71). A host takes the certificates of the main server, too.
    """
    if not config.named("sslengine") or not whole_text(config) or config.named(*_ELSEWHERE):
        return []
    if config.main.all("sslcertificatefile") or not all(item.known for item in config.named(*INCLUDES)):
        return []
    return [engine for server in config.servers if (engine := _engine(config, server)) is not None]


def _engine(config: Config, server: Server) -> Item | None:
    """Return the line that turns TLS on for a server without a certificate of its own."""
    engine = server.last("sslengine")
    if engine is None or engine.guards or engine.file.tree.is_template:
        return None
    return engine if is_tls(server) and not config.within(server, "sslcertificatefile") else None
