"""Access, as one request asks for it: the answer of ``merge.permit`` becomes the request's.

A request is taken to carry no log-in unless it has an Authorization header.
"""

from __future__ import annotations

from modwsgi_fix.model.merge.permit import Asked, Visitor, refusal
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.model.request.state import State


def authorize(state: State) -> None:
    """Raises ``Done`` where access is refused or a log-in asked for."""
    request = state.request
    has_login = request.header("authorization") is not None
    visitor = Visitor(request.method, request.tls, request.client, has_login, state.environment)
    refused = refusal(Asked(state.layers, visitor, state.world, state.config))
    if refused is not None:
        kind = Kind.ERROR if refused.status >= 500 else Kind.REFUSED
        raise state.done(kind, refused.status, refused.reason)
