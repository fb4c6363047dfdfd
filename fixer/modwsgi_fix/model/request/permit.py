"""Access for one request: a refusal of ``merge.permit`` becomes the request's answer.

A request is assumed to have no log-in unless it has an Authorization header.
"""

from __future__ import annotations

from modwsgi_fix.model.merge.permit import refusal
from modwsgi_fix.model.merge.visitor import Asked, Visitor
from modwsgi_fix.model.request.environment import variable
from modwsgi_fix.model.request.expressions import truth
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.model.request.state import State, client_of


def authorize(state: State) -> None:
    """Raise ``Done`` where access is refused or a log-in asked for."""
    request = state.request
    visitor = Visitor(
        request.method,
        request.tls,
        client_of(state),
        request.header("authorization") is not None,
        request.header("authorization") or "",
        is_set=lambda name: variable(state, name).is_set,
        holds=lambda expression: truth(expression, state),
    )
    refused = refusal(Asked(state.layers, visitor, state.world, state.config))
    if refused is not None:
        kind = Kind.ERROR if refused.status >= 500 else Kind.REFUSED
        raise state.done(kind, refused.status, refused.reason)
