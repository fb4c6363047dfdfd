"""What a variable of a request is, as ``<If>`` and ``RewriteCond`` ask for it; None where that is not known."""

from __future__ import annotations

from collections.abc import Callable

from modwsgi_fix.model.request.environment import is_set_somewhere
from modwsgi_fix.model.request.environment import variable as environment_variable
from modwsgi_fix.model.request.state import State, client_of, port_of, server_name


def value_of(name: str, state: State) -> str | None:
    """The value of ``%{NAME}``, or of a header as ``HTTP_NAME`` and ``HTTP:Name``.

    util_expr_eval.c:request_var_fn, mod_rewrite.c:lookup_variable.
    """
    upper = name.upper()
    found = _OF_REQUEST.get(upper)
    if found is not None:
        return found(state)
    prefix, colon, rest = name.partition(":")
    if colon and prefix.upper() in ("ENV", "REQENV"):
        found_there = environment_variable(state, rest)
        # Of a variable that the configuration sets elsewhere it is known that it is not in httpd's own environment.
        return "" if found_there.is_set is False and is_set_somewhere(state.config, rest) else found_there.value
    if colon and prefix.upper() in ("HTTP", "REQ"):
        return _header(rest, state)
    return _header(upper[5:].replace("_", "-"), state) if upper.startswith("HTTP_") else None


def _header(name: str, state: State) -> str | None:
    return state.request.host_header if name.lower() == "host" else state.request.header(name)


def _document_root(state: State) -> str | None:
    root = state.site.last("documentroot", state.world)
    return root.value if root is not None and root.known else None


_OF_REQUEST: dict[str, Callable[[State], str | None]] = {
    "REQUEST_URI": lambda state: state.uri,
    "REQUEST_METHOD": lambda state: state.request.method,
    "REQUEST_FILENAME": lambda state: state.filename,
    "SCRIPT_FILENAME": lambda state: state.filename,
    "HTTPS": lambda state: "on" if state.request.tls else "off",
    "REQUEST_SCHEME": lambda state: "https" if state.request.tls else "http",
    "QUERY_STRING": lambda state: state.query,
    "SERVER_NAME": server_name,
    "SERVER_PORT": lambda state: str(port_of(state)),
    "DOCUMENT_ROOT": _document_root,
    "REMOTE_ADDR": client_of,
    "PATH_INFO": lambda state: state.path_info,
    "IS_SUBREQ": lambda state: "true" if state.sub else "false",
}
