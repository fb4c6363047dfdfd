"""The values of a request's variables in ``<If>`` and ``RewriteCond``."""

from __future__ import annotations

from collections.abc import Callable

from modwsgi_fix.model.request.environment import is_set_somewhere
from modwsgi_fix.model.request.environment import variable as environment_variable
from modwsgi_fix.model.request.hosts import scheme_of
from modwsgi_fix.model.request.state import (
    REDIRECT_STATUS,
    State,
    client_of,
    document_root_as_written,
    header_of,
    port_of,
    server_name,
)


def value_of(name: str, state: State) -> str | None:
    """Return the value of ``%{NAME}``, or of a header as ``HTTP_NAME`` or ``HTTP:Name``; None where it is not known.

    Sources: util_expr_eval.c:request_var_fn, mod_rewrite.c:lookup_variable.
    """
    upper = name.upper()
    found = _OF_REQUEST.get(upper)
    if found is not None:
        return found(state)
    prefix, colon, rest = name.partition(":")
    if colon and prefix.upper() in ("ENV", "REQENV"):
        found_there = environment_variable(state, rest)
        # A variable that the configuration sets elsewhere is known not to be in httpd's own environment.
        elsewhere = (
            prefix.upper() == "REQENV" or rest.upper() == REDIRECT_STATUS or is_set_somewhere(state.config, rest)
        )
        return "" if found_there.is_set is False and elsewhere else found_there.value
    if colon and prefix.upper() in ("HTTP", "REQ"):
        return _header(rest, state)
    return _header(upper[5:].replace("_", "-"), state) if upper.startswith("HTTP_") else None


def _header(name: str, state: State) -> str | None:
    request = state.request
    if request.lacks(name):
        return ""
    return request.host_header if name.lower() == "host" else header_of(state, name)


def rewriting_value(name: str, state: State) -> str | None:
    """As ``value_of`` for a RewriteCond: a name that mod_rewrite does not know is empty (lookup_variable)."""
    upper = name.upper()
    if ":" in name:
        return value_of(name, state) if upper.startswith(("HTTP:", "ENV:")) else None
    if upper in _OF_REQUEST or upper in _HEADERS:
        return value_of(name, state)
    return None if upper in _NOT_READ else ""


#: The headers that mod_rewrite has names for; any other is ``%{HTTP:Name}``.
_HEADERS = frozenset({
    "HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_COOKIE", "HTTP_FORWARDED", "HTTP_HOST", "HTTP_PROXY_CONNECTION", "HTTP_ACCEPT",
})  # fmt: skip
#: Names that mod_rewrite knows, whose values are not known here.
_NOT_READ = frozenset({
    "REMOTE_HOST", "REMOTE_PORT", "REMOTE_USER", "REMOTE_IDENT", "AUTH_TYPE", "SERVER_ADMIN", "SERVER_ADDR", "SERVER_PROTOCOL",
    "SERVER_SOFTWARE", "TIME_YEAR", "TIME_MON", "TIME_DAY", "TIME_HOUR", "TIME_MIN", "TIME_SEC", "TIME_WDAY", "TIME",
    "API_VERSION", "IPV6", "CONTEXT_PREFIX", "CONTEXT_DOCUMENT_ROOT", "SCRIPT_USER", "SCRIPT_GROUP",
    "REQUEST_STATUS",
})  # fmt: skip


def _line(state: State) -> str:
    request = state.request
    return f"{request.method} {request.path}{'?' if request.query else ''}{request.query} HTTP/1.1"


_OF_REQUEST: dict[str, Callable[[State], str | None]] = {
    "REQUEST_URI": lambda state: state.uri,
    "REQUEST_METHOD": lambda state: state.request.method,
    # Both are empty until the URL is mapped, and so is the handler.
    "REQUEST_FILENAME": lambda state: state.filename or "",
    "SCRIPT_FILENAME": lambda state: state.filename or "",
    "HANDLER": lambda state: state.handler or "",
    "THE_REQUEST": _line,
    "HTTPS": lambda state: "on" if state.request.tls else "off",
    "REQUEST_SCHEME": lambda state: scheme_of(state.site.server, state.request)[0],
    "QUERY_STRING": lambda state: state.query,
    "SERVER_NAME": server_name,
    "SERVER_PORT": lambda state: str(port_of(state)),
    "DOCUMENT_ROOT": document_root_as_written,
    "REMOTE_ADDR": client_of,
    "CONN_REMOTE_ADDR": lambda state: state.request.client,
    "PATH_INFO": lambda state: state.path_info,
    "IS_SUBREQ": lambda state: "true" if state.sub else "false",
}
#: The names that mod_rewrite has variables for, besides those with a colon.
NAMES_OF_REWRITING = frozenset({*_OF_REQUEST, *_HEADERS, *_NOT_READ})
