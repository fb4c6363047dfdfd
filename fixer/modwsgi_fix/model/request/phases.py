"""The phases of a request, in httpd's order (server/request.c:ap_process_request_internal)."""

from __future__ import annotations

from modwsgi_fix.directives.families import REDIRECTS
from modwsgi_fix.model.bounds import LONGEST_URL
from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.merge.layers import if_layers, last, site_of, stack
from modwsgi_fix.model.merge.world import DIRECTORY, FILE, MISSING, Beyond, Way, World, ways
from modwsgi_fix.model.request.answer import DIRECTORY_HANDLER, find_handler, respond
from modwsgi_fix.model.request.conditions import expression_holds
from modwsgi_fix.model.request.hosts import select
from modwsgi_fix.model.request.outcome import Branch, Done, Kind, Outcome, Request, Trace
from modwsgi_fix.model.request.permit import authorize
from modwsgi_fix.model.request.state import State, clean, escaped, location_url
from modwsgi_fix.model.request.translate import redirect_of, redirect_target, redirection, translate
from modwsgi_fix.model.request.walk import walk

_MOST_SUBREQUESTS = 10


def trace(config: Config, request: Request, *, dialect: str = "") -> Trace:
    """What httpd would do with a request, in every way that the files leave open.

    With ``dialect`` 2.2 or 2.4 it would if nothing were said of access in the words of the other one.
    """
    cache = config.derived(_seen)
    return Trace(
        request, tuple(_branch(way) for way in ways(lambda w: _run(config, request, w), config.disk, cache, dialect))
    )


def _branch(way: Way[Outcome]) -> Branch:
    outcome = Outcome(Kind.UNKNOWN, reason=way.reason) if way.result is None else way.result
    return Branch(way.said, outcome._replace(because=way.steps), way.assumed)


def _seen(config: Config) -> dict[str, tuple[str, bool]]:
    return {}


def _run(config: Config, request: Request, world: World) -> Outcome:
    if config.target.is_22:
        raise Beyond("requests of httpd 2.2 are not modelled")
    if config.left_out:
        raise Beyond(f"not all of the configuration was read: {config.left_out}")
    if request.method in ("TRACE", "CONNECT", "OPTIONS"):
        raise Beyond(f"the method {request.method} is not modelled")
    if len(request.path) > LONGEST_URL:
        raise Beyond(f"the URL has more than {LONGEST_URL:,} characters")
    server: Server | None = None
    try:
        server = select(config, request, world)
        return _answer(config, server, request, world)
    except Beyond as beyond:
        if server is None:
            raise
        world.step("unknown", beyond.reason, beyond.item)
        return Outcome(Kind.UNKNOWN, server=server, reason=beyond.reason)
    except Done as done:
        return done.outcome if server is None else done.outcome._replace(server=server)


def _answer(config: Config, server: Server, request: Request, world: World) -> Outcome:
    site = site_of(config, server)
    state = State(config, site, request, world, request.path, request.query)
    # The main server's is not handed down (measured).
    item = last(site.base[-1:], "allowencodedslashes", world)
    state.uri = clean(state, item.value.lower() if item is not None else "off")
    prepare(state, 0)
    return respond(state)


def prepare(state: State, depth: int) -> None:
    """All phases before the handler, for a request or a subrequest."""
    world, site = state.world, state.site

    def holds(expression: str) -> bool:
        return expression_holds(expression, state)

    located = [*site.base, *site.locations(state.uri, world)]
    state.layers = [*located, *if_layers(located, world, holds)]
    translate(state)
    assert state.filename is not None
    found = walk(site, state.filename, state.anchor, world, script=state.mount is not None)
    if found.type != MISSING or state.path_info == "":
        state.path_info = found.path_info
    state.filename, state.type = found.filename, found.type
    name = state.filename.rstrip("/").rpartition("/")[2] if not state.filename.endswith("/") else ""
    state.layers = stack(site, found.layers, name, site.locations(state.uri, world), world, holds)
    authorize(state)
    find_handler(state)
    _fixups(state, depth)


def _fixups(state: State, depth: int) -> None:
    """What modules still do once access is granted: rewriting by directory, redirects by directory, mod_dir."""
    world = state.world
    sections = [layer for layer in state.layers if layer.section is not None or layer not in state.site.base]
    engine = last(state.layers, "rewriteengine", world)
    rules = last(sections, "rewriterule", world)
    if rules is not None and engine is not None and engine.value.lower() == "on":
        raise Beyond("RewriteRule by directory is not modelled", rules)
    for key in REDIRECTS:
        for layer in sections:
            for item in layer.by_key.get(key, ()):
                redirect = redirect_of(item)
                if (
                    redirect is not None
                    and (target := redirect_target(state, redirect)) is not None
                    and world.active(item)
                ):
                    raise redirection(state, redirect, target)
    if state.type == DIRECTORY:
        _directory(state, depth)
    elif state.type == MISSING and state.handler is None:
        fallback = last(state.layers, "fallbackresource", world)
        if fallback is not None and fallback.value.lower() != "disabled":
            raise Beyond("FallbackResource is not modelled", fallback)


def _directory(state: State, depth: int) -> None:
    """mod_dir.c:fixup_dir: the slash at the end, then each DirectoryIndex as a request of its own."""
    world = state.world
    state.handler = state.handler or DIRECTORY_HANDLER
    checks = last(state.layers, "directorycheckhandler", world)
    if checks is not None and checks.value.lower() == "on" and state.handler != DIRECTORY_HANDLER:
        return
    if not state.uri.endswith("/"):
        slash = last(state.layers, "directoryslash", world)
        if slash is not None and slash.value.lower() in ("off", "notfound"):
            return
        state.step("directory", f"{state.filename} is a directory: a slash is added")
        query = f"?{state.query}" if state.query else ""
        raise state.done(
            Kind.REDIRECT,
            301,
            location=location_url(state, escaped(state.uri + "/") + query),
        )
    if state.path_info:
        return
    refused: Done | None = None
    names, item = _index_names(state)
    for name in names:
        uri = name if name.startswith("/") else state.uri + name
        # Whatever the method of the request is (request.c:ap_sub_req_lookup_uri).
        asked = state.request._replace(method="GET")
        sub = State(state.config, state.site, asked, world, uri, state.query, sub=True)
        if depth >= _MOST_SUBREQUESTS:
            raise Beyond("DirectoryIndex leads in a circle", item)
        steps = len(world.steps)
        try:
            prepare(sub, depth + 1)
        except Done as done:
            outcome = done.outcome
            if outcome.kind is Kind.REDIRECT or (outcome.status == 401 and len(names) == 1):
                raise
            if outcome.status != 404:
                refused = done
            del world.steps[steps:]
            continue
        if sub.type == FILE:
            taken = world.steps[steps:]
            del world.steps[steps:]
            state.step("directory", f"DirectoryIndex {name}", item)
            world.steps += taken
            for slot in ("uri", "filename", "path_info", "type", "handler", "mount", "layers", "anchor"):
                setattr(state, slot, getattr(sub, slot))
            return
        del world.steps[steps:]
    if refused is not None:
        state.step("directory", "a DirectoryIndex is refused", item)
        raise state.done(refused.outcome.kind, refused.outcome.status, refused.outcome.reason)


def _index_names(state: State) -> tuple[list[str], Item | None]:
    """DirectoryIndex: the last section that says something, all its lines together; index.html by default."""
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
