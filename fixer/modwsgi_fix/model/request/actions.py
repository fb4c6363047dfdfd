"""``Action`` and ``Script``: another URL that answers for a type, a handler or a method (mod_actions.c:action_handler)."""

from __future__ import annotations

from modwsgi_fix.directives.answers import Moment
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import every
from modwsgi_fix.model.merge.world import MISSING, Beyond
from modwsgi_fix.model.modules import is_loaded
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.model.request.state import State, escaped
from modwsgi_fix.model.request.types import has_types
from modwsgi_fix.model.request.unmodelled import check_at


def acted_on(state: State) -> str | None:
    """Return the URL that answers instead, or None. Raises ``Done`` with 404 for a missing file that must exist."""
    actions = _by_first_word(state, "action")
    scripts = _by_first_word(state, "script")
    if (not actions and not scripts) or is_loaded(state.config, "mod_actions.c") is False:
        return None
    target = _of_method(state, scripts)
    name = (state.handler or (state.content_type or "default-handler").partition(";")[0].strip()).lower()
    action = actions.get(name)
    if action is None and state.handler is None and state.content_type is None:
        check_at(state, Moment.TYPE)
        by_type = next((item for key, item in actions.items() if "/" in key), None)
        if by_type is not None and not has_types(state.config):
            raise Beyond(f"{by_type.name} is for a type, and the file of TypesConfig is not in sight", by_type)
    if action is not None:
        if state.type == MISSING and action.values[2:3] != ("virtual",):
            state.step("handler", f"{state.filename} does not exist, and {action.name} is not virtual", action)
            raise state.done(Kind.NOT_FOUND, 404, "no such file")
        target = action
    if target is None:
        return None
    url = target.values[1] + escaped(state.uri)
    state.step("handler", f"{target.name} {target.value} sends it to {url}", target)
    return url + (f"?{state.query}" if state.query else "")


def _by_first_word(state: State, key: str) -> dict[str, Item]:
    """Return the lines that apply, by type, handler or method in lower case; in one section the last line for a word counts."""
    return {
        item.value.lower(): item
        for _, items in every(state.layers, (key,), state.world)
        for item in items
        if len(item.args) > 1
    }


def _of_method(state: State, scripts: dict[str, Item]) -> Item | None:
    method = "get" if state.request.method == "HEAD" else state.request.method.lower()
    item = scripts.get(method)
    # A plain GET is left to the file, and a script does not call itself.
    if (method == "get" and not state.query) or state.redirects > 1:
        return None
    return item
