"""``ErrorDocument``: who speaks to the visitor where httpd itself would have answered with an error (http_request.c:ap_die_r)."""

from __future__ import annotations

import re
from collections.abc import Callable

from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import every
from modwsgi_fix.model.merge.world import Beyond
from modwsgi_fix.model.request.outcome import Kind, Outcome
from modwsgi_fix.model.request.state import State

#: ``ap_is_url``.
_URL = re.compile(r"[A-Za-z0-9+.-]+:")
_OF_HTTPD = (Kind.REFUSED, Kind.NOT_FOUND, Kind.ERROR)


def spoken_for(state: State, outcome: Outcome, follow: Callable[[str], Outcome]) -> Outcome:
    """What the visitor gets instead of an error: a redirect, or what answers the URL that ``ErrorDocument`` names.

    What was refused stays refused where a file or a text is sent with the error, whose status remains; an application
    that answers says its own. ``follow`` asks for a URL of this server.
    """
    if outcome.kind not in _OF_HTTPD or outcome.status is None or outcome.status < 400:
        return outcome
    item = _document(state, outcome.status)
    if item is None:
        return outcome
    text = item.values[1]
    if "%{" in text or not item.known:
        raise Beyond(f"{item.name} by an expression", item)
    if " " not in text and _URL.match(text):
        if outcome.status == 401:
            # Ignored when the file is read (AH00113).
            return outcome
        state.step("error", f"{item.name} {outcome.status} sends it to {text}", item)
        return Outcome(Kind.REDIRECT, 302, outcome.server, location=text, reason=outcome.reason)
    if " " in text or not text.startswith("/"):
        state.step("error", f"{item.name} {outcome.status} says what is shown", item)
        return outcome
    state.step("error", f"{item.name} {outcome.status} asks {text}", item)
    answer = follow(text)
    if answer.kind is Kind.UNKNOWN:
        return answer
    if answer.kind is Kind.APPLICATION:
        return answer
    if answer.kind is Kind.PROGRAM:
        return answer._replace(status=outcome.status)
    return outcome


def _document(state: State, status: int) -> Item | None:
    """The ErrorDocument for a status; None where there is none, or the default is asked for."""
    found = None
    for _, items in every(state.layers or state.site.base, ("errordocument",), state.world):
        found = next((item for item in reversed(items) if item.value == str(status) and len(item.args) > 1), found)
    return None if found is None or found.values[1].lower() == "default" else found
