"""mod_dir: the slash at the end, DirectoryIndex and FallbackResource, each tried as a request of its own.

Sources: mod_dir.c:dir_fixups, fixup_dir, fixup_dflt.
"""

from __future__ import annotations

from collections.abc import Callable

from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import last
from modwsgi_fix.model.merge.world import DIRECTORY, FILE, MISSING
from modwsgi_fix.model.request.outcome import Done, Kind
from modwsgi_fix.model.request.proxied import is_sent_away
from modwsgi_fix.model.request.state import State, escaped, location_url, normalized
from modwsgi_fix.text import whole_number

DIRECTORY_HANDLER = "httpd/unix-directory"
_MOST_SUBREQUESTS = 10
_STATUS = {"on": 302, "temp": 302, "permanent": 301, "seeother": 303}

#: A function that runs the phases before the handler for a subrequest.
Prepare = Callable[[State, int], None]


def fix_directory(state: State, depth: int, prepare: Prepare) -> None:
    """Apply mod_dir to a request for a directory, or for a missing file."""
    if state.type == DIRECTORY:
        _index(state, depth, prepare)
    elif state.type == MISSING and state.handler is None:
        fallback = _fallback(state)
        if fallback is None:
            return
        try:
            sub = _looked_up(state, fallback.value, depth, prepare)
        except Done as done:
            outcome = done.outcome
            if outcome.kind is Kind.REDIRECT:
                raise
            if outcome.status == 404:
                return
            state.step("directory", f"FallbackResource {fallback.value} is refused", fallback)
            raise state.done(outcome.kind, outcome.status, outcome.reason) from done
        if sub is not None:
            _promote(state, sub, f"FallbackResource {fallback.value}", fallback)


def _fallback(state: State) -> Item | None:
    item = last(state.layers, "fallbackresource", state.world)
    return None if item is None or item.value.lower() == "disabled" else item


def add_slash(state: State, directory: str) -> bool:
    """Whether mod_dir leaves a directory alone, slash or not. Raises ``Done`` where it redirects to the URL with a slash.

    It redirects before another URL is asked for that rewriting by directory has found.
    """
    world = state.world
    if state.uri.endswith("/"):
        checks = last(state.layers, "directorycheckhandler", world)
        return checks is not None and checks.value.lower() == "on" and state.handler != DIRECTORY_HANDLER
    slash = last(state.layers, "directoryslash", world)
    if slash is not None and slash.value.lower() in ("off", "notfound"):
        return True
    state.step("directory", f"{directory} is a directory: a slash is added")
    query = f"?{state.query}" if state.query else ""
    location = location_url(state, escaped(state.uri + "/") + query)
    raise state.done(Kind.REDIRECT, 301, location=location)


def _index(state: State, depth: int, prepare: Prepare) -> None:
    if state.handler is None:
        state.handler = DIRECTORY_HANDLER
    if add_slash(state, state.filename or ""):
        return
    if state.path_info:
        return
    names, item = _index_names(state)
    refused: Done | None = None
    # A directory itself has no fallback; an index that is missing has one.
    for name in names:
        try:
            sub = _looked_up(state, name, depth, prepare)
        except Done as done:
            outcome = done.outcome
            if outcome.kind is Kind.REDIRECT:
                raise
            if outcome.status == 401 and name == names[-1]:
                state.step("directory", "a log-in is asked for the last DirectoryIndex", item)
                raise state.done(outcome.kind, outcome.status, outcome.reason) from None
            if outcome.status != 404:
                refused = done
            continue
        if sub is not None:
            _redirect_to(state, sub)
            _promote(state, sub, f"DirectoryIndex {name}", item)
            return
    if refused is not None:
        state.step("directory", "a DirectoryIndex is refused", item)
        raise state.done(refused.outcome.kind, refused.outcome.status, refused.outcome.reason)


def _looked_up(state: State, name: str, depth: int, prepare: Prepare) -> State | None:
    """The subrequest for a name, if it leads to a file or to another server; its steps are kept with it.

    Raises ``Done`` for its refusal.
    """
    world = state.world
    path, _, query = name.partition("?")
    uri = normalized(state, path if path.startswith("/") else state.uri.rpartition("/")[0] + "/" + path)
    if depth >= _MOST_SUBREQUESTS:
        # core.c:ap_is_recursion_limit_exceeded.
        raise state.done(Kind.ERROR, 500, f"{name} leads in a circle")
    # The subrequest is a GET whatever the method of the request (request.c:ap_sub_req_lookup_uri).
    asked = state.request._replace(method="GET")
    sub = State(state.config, state.site, asked, world, uri, query or state.query, parent=state)
    steps = len(world.steps)
    try:
        prepare(sub, depth + 1)
        sub.steps = world.steps[steps:]
    finally:
        del world.steps[steps:]
    return sub if sub.type == FILE or is_sent_away(sub) else None


def _promote(state: State, sub: State, said: str, item: Item | None) -> None:
    """Put the subrequest in the place of the request (http_request.c:ap_internal_fast_redirect)."""
    state.step("directory", said, item)
    state.world.steps += sub.steps
    state.become(sub)


def _redirect_to(state: State, sub: State) -> None:
    redirect = last(state.layers, "directoryindexredirect", state.world)
    if redirect is None or redirect.value.lower() == "off":
        return
    status = _STATUS.get(redirect.value.lower()) or whole_number(redirect.value) or 302
    state.step("directory", f"{redirect.name} sends the visitor to {sub.uri}", redirect)
    # The query is lost (measured).
    raise state.done(Kind.REDIRECT, status, location=location_url(state, escaped(sub.uri)))


def _index_names(state: State) -> tuple[list[str], Item | None]:
    """Return the names of DirectoryIndex: all lines of the last section that has any; index.html by default."""
    for layer in reversed(state.layers):
        names: list[str] = []
        found = None
        for item in layer.by_key.get("directoryindex", ()):
            if not item.guards or state.world.active(item):
                found = item
                if len(item.args) == 1 and item.value.lower() == "disabled":
                    names = []
                else:
                    names += item.values
        if found is not None:
            return names, found
    return ["index.html"], None
