"""Messages about a request that needs a module which httpd has not loaded, or another server: the lines that ask for it."""

from __future__ import annotations

from modwsgi_fix.directives.families import HANDED_ON, MOUNTS
from modwsgi_fix.explain.asked import Asked, cause_of, findings_of, lines_of, spot
from modwsgi_fix.explain.gathering import Occurrence
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.rewrites import flags_of
from modwsgi_fix.records import Cause

_LIMIT = 5
#: The modules that take the place of a word of the message, where its name is not that of the module.
_OF_SCHEMES = {
    "h2": "proxy_http2",
    "h2c": "proxy_http2",
    "https": "proxy_http",
    "ws": "proxy_http (proxy_wstunnel before 2.4.47)",
    "wss": "proxy_http (proxy_wstunnel before 2.4.47)",
}
_SLOW = "see the log of the other server, or let it have more time by ProxyTimeout"
_OF_BACKENDS = {
    "backend-not-known": "correct the name of the other server, or write a slash behind it",
    "backend-ends": _SLOW,
    "backend-gives-no-status": _SLOW,
    "backend-by-tls": "write SSLProxyEngine on into the host",
    "backend-by-tls-of": "write SSLProxyEngine on into the host",
}
#: What is to be done where the system does not permit the connection.
_TO_A_SERVER = (
    "the system does not let httpd connect to the other server, so visitors get 503: most often it is SELinux",
    "setsebool -P httpd_can_network_connect on; ausearch -m avc tells what was refused",
)
_TO_A_SOCKET = (
    "httpd's user may not open the socket, or not pass a directory above it, so visitors get 503; SELinux may forbid it, too",
    "let httpd's user write the socket and pass each directory above it; ausearch -m avc tells what SELinux refused",
)
_OF_LOG_INS = {"openid-connect": "auth_openidc", "shibboleth": "shib", "kerberos": "auth_gssapi, with AuthType GSSAPI"}


def log_in(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the lines that ask for a log-in of a kind that no module knows."""
    kind = occurrence.fields.get("kind", "")
    lines = [item for item in lines_of(asked, "authtype") if item.value.lower() == kind.lower()]
    module = _OF_LOG_INS.get(kind.lower(), f"auth_{kind.lower()}")
    return _causes(occurrence, asked, lines, f"load {module}, or write the AuthType of a module that is loaded")


def handed_on(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the lines that hand requests on to another server."""
    scheme = occurrence.fields.get("scheme", "")
    rules = [item for item in lines_of(asked, "rewriterule") if "p" in flags_of(item)]
    if not scheme:
        return _causes(occurrence, asked, rules, "load proxy, and proxy_http for http: and https:")
    every = [*(item for item in lines_of(asked, *HANDED_ON) if item.key != "rewriterule"), *rules]
    lines = [item for item in every if any(f"{scheme}://" in word for word in item.values)]
    return _causes(occurrence, asked, lines, f"load {_OF_SCHEMES.get(scheme, f'proxy_{scheme}')}")


def backend(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the lines that hand requests on to the server or socket that the message names."""
    fields = occurrence.fields
    path = fields.get("path", "")
    places = [path] if path else [f"//{fields.get(name, '').removesuffix(':80')}" for name in ("host", "address")]
    every = [item for item in lines_of(asked, *HANDED_ON) if item.key != "rewriterule" or "p" in flags_of(item)]
    lines: list[Item] = []
    for place in filter(lambda place: len(place) > len("//"), places):
        lines = lines or [item for item in every if any(_leads_to(word, place) for word in item.values)]
    what = f"see what opens {path}" if path else "see what listens there (ss -ltn)"
    remedy = _OF_BACKENDS.get(occurrence.message.name)
    if remedy:
        return _causes(
            occurrence, asked, lines or [item for item in every if any("://" in word for word in item.values)], remedy
        )
    if occurrence.is_denied:
        about, help_ = _TO_A_SOCKET if path else _TO_A_SERVER
        return [Cause(about, tuple(spot(item) for item in lines[:_LIMIT]), help=help_)]
    return _causes(occurrence, asked, lines, f"start that server, or write the place where it listens; {what}")


def told_by_proxy(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the lines that hand requests on, and what they do not pass of the name and the scheme that a visitor asked for."""
    lines = [item for item in lines_of(asked, *HANDED_ON[:1]) if any("://" in word for word in item.values)]
    headers = {word.lower() for item in lines_of(asked, "requestheader") for word in item.values}
    is_by_tls = occurrence.fields.get("origin", "").startswith("https:")
    hides_scheme = bool(lines) and is_by_tls and "x-forwarded-proto" not in headers
    missing = []
    if lines and not any(item.value.lower() == "on" for item in lines_of(asked, "proxypreservehost")):
        missing.append("ProxyPreserveHost On")
    if hides_scheme:
        missing.append('RequestHeader set X-Forwarded-Proto "https"')
    remedy = f"write {' and '.join(missing)} into the host" if missing else "add the origin to CSRF_TRUSTED_ORIGINS"
    if hides_scheme:
        remedy += ", and SECURE_PROXY_SSL_HEADER into the settings"
    return [Cause(occurrence.message.about, tuple(spot(item) for item in lines[:_LIMIT]), help=remedy)]


def encoded_slash(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return what says of encoded slashes, or else the mounts that they do not reach."""
    lines = lines_of(asked, "allowencodedslashes") or lines_of(asked, *MOUNTS, *HANDED_ON[:1])
    remedy = "write AllowEncodedSlashes NoDecode, or On, into the host that is to answer"
    return _causes(occurrence, asked, lines, remedy)


def _leads_to(word: str, place: str) -> bool:
    """Whether a word of a line names a server by its URL, with or without a port, or a socket by its path."""
    at = word.find(place)
    return at >= 0 and word[at + len(place) : at + len(place) + 1] in ("", "/", ":", "|")


def python_built(occurrence: Occurrence, asked: Asked) -> list[Cause]:
    """Return the lines that load mod_wsgi and its Python."""
    loads = lines_of(asked, "loadfile", "loadmodule")
    lines = [item for item in loads if "wsgi" in item.value.lower() or "python" in item.values[-1].lower()]
    return _causes(
        occurrence, asked, lines, "take a mod_wsgi that was built with the Python of the system, or build it again"
    )


def _causes(occurrence: Occurrence, asked: Asked, lines: list[Item], help: str) -> list[Cause]:
    found = [cause_of(asked, one) for one in findings_of(asked, occurrence.message.rules)]
    if found or not lines:
        return found[:_LIMIT]
    return [Cause(occurrence.message.about, tuple(spot(item) for item in lines[:_LIMIT]), help=help)]
