"""Access for one request: a refusal of ``merge.permit`` becomes the request's answer.

A request is assumed to have no log-in unless it has an Authorization header.
"""

from __future__ import annotations

from modwsgi_fix.model.merge.permit import Refusal, refusal
from modwsgi_fix.model.merge.visitor import Asked, Visitor
from modwsgi_fix.model.request.environment import variable
from modwsgi_fix.model.request.expressions import truth
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.model.request.state import State, client_of


def authorize(state: State) -> None:
    """Raise ``Done`` where access is refused or a log-in asked for.

    What the same sections say to the same visitor is found out once for all requests of a host, where nothing was asked for it.
    """
    request, world = state.request, state.world
    client, login = client_of(state), request.header("authorization")
    key = (*state.layers, request.method, request.tls, client, login, world.dialect)
    known = state.site.admitted.get(key)
    if known is None:
        refused = _refusal(state, client, login, key)
    else:
        refused, steps, asks_log_in = known
        world.steps += steps
        world.asks_log_in |= asks_log_in
    if refused is not None:
        kind = Kind.REFUSED if refused.status in (401, 403) else Kind.ERROR
        raise state.done(kind, refused.status, refused.reason)


def _refusal(state: State, client: str | None, login: str | None, key: tuple[object, ...]) -> Refusal | None:
    """Return why access is refused, and remember it by the key where only that decides."""
    request, world = state.request, state.world
    of_this_request = False

    def is_set(name: str) -> bool | None:
        nonlocal of_this_request
        of_this_request = True
        return variable(state, name).is_set

    def holds(expression: str, user: str | None) -> bool | None:
        nonlocal of_this_request
        of_this_request = True
        return truth(expression, state, user=user)

    visitor = Visitor(
        request.method, request.tls, client, login is not None, login or "", is_set=is_set, holds=holds
    )  # fmt: skip
    asked, steps = len(world.asked), len(world.steps)
    refused = refusal(Asked(state.layers, visitor, world, state.config))
    if len(world.asked) == asked and not of_this_request:
        state.site.admitted[key] = refused, world.steps[steps:], world.asks_log_in
    return refused
