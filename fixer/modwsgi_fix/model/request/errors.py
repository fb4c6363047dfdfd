"""``ErrorDocument``: what answers where httpd itself would have answered with an error (http_request.c:ap_die_r)."""

from __future__ import annotations

from collections.abc import Callable

from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import every
from modwsgi_fix.model.merge.world import Beyond
from modwsgi_fix.model.request.expressions import interpolated
from modwsgi_fix.model.request.outcome import Kind, Outcome
from modwsgi_fix.model.request.state import State, is_url

_OF_HTTPD = (Kind.REFUSED, Kind.NOT_FOUND, Kind.ERROR)


def spoken_for(state: State, outcome: Outcome, follow: Callable[[str], tuple[Outcome, bool]]) -> Outcome:
    """Return what the visitor gets instead of an error: a redirect, or the answer of the URL that ``ErrorDocument`` names.

    A file or a text is sent with the error's status, so that a refusal stays one; an application that answers has a status of
    its own. ``follow`` returns the answer to a URL of this server, and whether that is an error of its own.
    """
    if outcome.kind not in _OF_HTTPD or outcome.status is None or outcome.status < 400:
        return outcome
    item = _document(state, outcome.status)
    if item is None:
        return outcome
    text = item.values[1]
    if not item.known:
        raise Beyond(f"{item.name} holds a variable that is not defined here", item)
    # What it is, a URL, a path or a text, is decided before it is evaluated.
    is_elsewhere = is_url(text)
    if " " in text or not (is_elsewhere or text.startswith("/")):
        state.step("error", f"{item.name} {outcome.status} says what is shown", item)
        return outcome
    if "%{" in text:
        evaluated = interpolated(text, state)
        if evaluated is None:
            raise Beyond(f"{item.name} by an expression", item)
        text = evaluated
    if is_elsewhere:
        state.step("error", f"{item.name} {outcome.status} sends it to {text}", item)
        return Outcome(Kind.REDIRECT, 302, outcome.server, location=text, reason=outcome.reason)
    state.step("error", f"{item.name} {outcome.status} asks {text}", item)
    answer, is_replaced = follow(text)
    if is_replaced or answer.kind in (Kind.UNKNOWN, Kind.APPLICATION):
        return answer
    if answer.kind is Kind.PROGRAM:
        return answer._replace(status=outcome.status)
    return outcome


def _is_for(item: Item, status: int) -> bool:
    """Whether a line is for a status. httpd ignores a URL of elsewhere for 401 when it reads the file (AH00113)."""
    return item.value == str(status) and len(item.args) > 1 and not (status == 401 and is_url(item.values[1]))


def _document(state: State, status: int) -> Item | None:
    """Return the ErrorDocument for a status; None where there is none, or where it is ``default``."""
    found = None
    for _, items in every(state.layers or state.site.base, ("errordocument",), state.world):
        found = next((item for item in reversed(items) if _is_for(item, status)), found)
    return None if found is None or found.values[1].lower() == "default" else found
