"""Answers that depend only on the method and size of a request."""

from __future__ import annotations

from modwsgi_fix.model.merge.layers import last
from modwsgi_fix.model.merge.world import Beyond
from modwsgi_fix.model.request.outcome import Kind, Outcome
from modwsgi_fix.model.request.state import State
from modwsgi_fix.text import whole_number

#: The methods that httpd knows (http_protocol.c:ap_method_registry_init).
METHODS = frozenset({
    "GET", "HEAD", "PUT", "POST", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY",
    "MOVE", "LOCK", "UNLOCK", "VERSION-CONTROL", "CHECKOUT", "UNCHECKOUT", "CHECKIN", "UPDATE", "LABEL", "REPORT", "MKWORKSPACE",
    "MKACTIVITY", "BASELINE-CONTROL", "MERGE",
})  # fmt: skip


def trace_method(state: State) -> None:
    """Raise ``Done`` for TRACE, which is answered once the URL is mapped, before access (http_filters.c:ap_send_http_trace)."""
    if state.request.method != "TRACE" or state.sub:
        return
    item = state.site.last("traceenable", state.world)
    if item is not None and item.value.lower() == "off":
        state.step("method", "TraceEnable is off", item)
        raise state.done(Kind.ERROR, 405, "TRACE is not allowed")
    if state.request.header("content-length") or state.request.header("transfer-encoding"):
        raise Beyond("a TRACE with a body is not modelled", item)
    state.step("method", "TRACE: httpd sends the request back, whatever the URL", item)
    raise state.done(Kind.SERVER, 200, "httpd sends the request back")


def too_large(state: State) -> Outcome | None:
    """Return 413 where Content-Length is larger than LimitRequestBody allows; else None."""
    item = last(state.layers, "limitrequestbody", state.world)
    most, size = (
        whole_number(text or "") for text in (item.value if item else "", state.request.header("content-length"))
    )
    if not most or size is None or size <= most:
        return None
    state.step("method", "the body is larger than LimitRequestBody allows", item)
    return state.outcome(Kind.ERROR, 413, "the body is too large")


def by_method(state: State) -> Outcome | None:
    """Return the answer of httpd's own handler to a method; None where it sends the file (core.c:default_handler)."""
    method = state.request.method
    if method in ("GET", "HEAD", "POST"):
        return None
    if method == "OPTIONS":
        state.step("handler", "OPTIONS: httpd says which methods it takes, whether or not the file is there")
        return state.outcome(Kind.SERVER, 200, "httpd says which methods it takes")
    if method not in METHODS:
        state.step("handler", f"{method} is a method that httpd does not know")
        return state.outcome(Kind.ERROR, 501, "a method that is not known")
    state.step("handler", f"{method} is not a method for files")
    return state.outcome(Kind.ERROR, 405, f"{method} is not a method for files")
