"""The phases of a request, in httpd's order (server/request.c:ap_process_request_internal)."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.directives import REGEX_WORDS
from modwsgi_fix.directives.families import REDIRECTS
from modwsgi_fix.model.bounds import LONGEST_URL, steps_for
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.layers import Layer, if_layers, last, site_of, stack
from modwsgi_fix.model.merge.world import DIRECTORY, FILE, MISSING, Beyond, Step, Way, World, ways
from modwsgi_fix.model.patterns import allowing
from modwsgi_fix.model.request.actions import acted_on
from modwsgi_fix.model.request.answer import respond, send
from modwsgi_fix.model.request.directory import add_slash, fix_directory
from modwsgi_fix.model.request.early import with_early_headers
from modwsgi_fix.model.request.errors import spoken_for
from modwsgi_fix.model.request.expressions import holds
from modwsgi_fix.model.request.hosts import select, verify_client
from modwsgi_fix.model.request.methods import too_large, trace_method
from modwsgi_fix.model.request.negotiation import variants
from modwsgi_fix.model.request.outcome import Branch, Done, Kind, Outcome, Request, Trace
from modwsgi_fix.model.request.permit import authorize
from modwsgi_fix.model.request.proxied import answer_away, is_sent_away, settle_away, written_out
from modwsgi_fix.model.request.spelling import correct_spelling
from modwsgi_fix.model.request.state import CIRCLE, REDIRECT_STATUS, REDIRECTED, Failing, State, clean
from modwsgi_fix.model.request.translate import (
    redirect_in_location,
    redirect_of,
    redirect_target,
    redirection,
    translate,
)
from modwsgi_fix.model.request.types import find_type
from modwsgi_fix.model.request.unmodelled import ask_strangers, check
from modwsgi_fix.model.request.walk import walk
from modwsgi_fix.text import whole_number
from modwsgi_fix.tuples import NamedTuple

#: LimitInternalRecursion's default (core.h:AP_DEFAULT_MAX_INTERNAL_REDIRECTS).
_MOST_REDIRECTS = 10


def trace(config: Config, request: Request, *, dialect: str = "") -> Trace:
    """Return what httpd would do with a request, with a branch for everything that the files leave open.

    With ``dialect`` 2.2 or 2.4, access lines of the other dialect do not count.
    """
    most = config.derived(_steps)
    selected: list[_Selected] = []
    worlds: list[World] = []

    def run(world: World) -> Outcome:
        worlds.append(world)
        with allowing(most):
            return _run(config, request, world, selected)

    branches = tuple(_branch(way) for way in ways(run, config.disk, config.derived(_seen), dialect))
    return Trace(request, branches, asks_log_in=any(world.asks_log_in for world in worlds))


class _Selected(NamedTuple):
    """The host of a request where some answers, by question, are assumed; and the steps to it."""

    where: dict[str, str]
    server: Server
    steps: list[Step]

    def holds(self, world: World) -> bool:
        """Whether a branch assumes these answers."""
        return self.where.items() <= world.assumed.items()


def _branch(way: Way[Outcome]) -> Branch:
    outcome = Outcome(Kind.UNKNOWN, reason=way.reason) if way.result is None else way.result
    return Branch(way.said, outcome._replace(because=way.steps), way.assumed)


def _seen(config: Config) -> dict[str, tuple[str, bool]]:
    return {}


def _steps(config: Config) -> float:
    by_name = {key for key in config.names if key in REGEX_WORDS or key.endswith("match")}
    count = len(config.named(*by_name))
    if _has_tilde(config):
        others = (item for item in config.items if item.key not in by_name)
        count += sum(any("~" in value for value in item.values) for item in others)
    return steps_for(count)


def _has_tilde(config: Config) -> bool:
    """Whether a word may have the sign of an expression: words consist of what the files and the given variables have."""
    return any("~" in text for text in (*(file.text for file in config.files.values()), *config.variables.values()))


def _run(config: Config, request: Request, world: World, selected: list[_Selected]) -> Outcome:
    """Return the outcome of one branch. The host is ``selected`` once for all that assume the same of what is asked for it."""
    if config.target.is_22:
        raise Beyond("requests of httpd 2.2 are not modelled")
    if config.left_out:
        raise Beyond(f"not all of the configuration was read: {config.left_out}")
    if request.method == "CONNECT":
        raise Beyond("the method CONNECT is not modelled")
    if len(request.path) > LONGEST_URL:
        raise Beyond(f"the URL has more than {LONGEST_URL:,} characters")
    server: Server | None = None
    try:
        known = next((one for one in selected if one.holds(world)), None)
        if known is not None:
            server = known.server
            world.steps += known.steps
        else:
            server = select(config, request, world)
            where = {question: world.assumed[question] for question in world.asked}
            selected.append(_Selected(where, server, list(world.steps)))
        verify_client(config, server, request, world)
        site = site_of(config, server)
        seen = with_early_headers(site, request, world)
        state = State(config, site, seen, world, request.path, request.query)
        return _answer(state)
    except Beyond as beyond:
        if server is None:
            raise
        world.step("unknown", beyond.reason, beyond.item)
        return Outcome(Kind.UNKNOWN, server=server, reason=beyond.reason)
    except Done as done:
        return done.outcome if server is None else done.outcome._replace(server=server)


def _answer(state: State) -> Outcome:
    """Return the outcome of a request, or of one that httpd makes of it, error documents included."""
    try:
        state.uri = decoded(state)
        prepare(state, 0)
        outcome = _handled(state)
    except Done as done:
        outcome = done.outcome
    if state.failed or state.is_passed_on:
        # An error on the way to an error document has no document; one after an internal redirect has had its own.
        return outcome
    return spoken_for(state, outcome, lambda url: _document(state, url, outcome.status or 0))


def decoded(state: State) -> str:
    """Return the path of a URL as the phases see it."""
    # The main server's is not handed down (measured).
    item = last(state.site.base[-1:], "allowencodedslashes", state.world)
    merging = state.site.last("mergeslashes", state.world) if "//" in state.uri else None
    merges = merging is None or merging.value.lower() != "off"
    return clean(state, item.value.lower() if item is not None else "off", merges=merges)


def _handled(state: State) -> Outcome:
    if state.handler == REDIRECTED:
        return _from_within(state, state.filename or "")
    ask_strangers(state)
    answer = too_large(state) or answer_away(state) or respond(state)
    if answer is None and (url := acted_on(state)) is not None:
        return _from_within(state, url)
    return send(state) if answer is None else answer


def _document(state: State, url: str, status: int) -> tuple[Outcome, bool]:
    """Return the answer to the URL of an error document, and whether it has taken the place of the error."""
    failing = Failing(state.failing)
    if state.redirects >= _most_redirects(state):
        # httpd goes back to the first error (http_request.c:ap_die_r).
        before = state.failing
        while before is not None:
            before.is_replaced, before = False, before.before
        return state.outcome(Kind.ERROR, status), False
    following = _following(state, url, status)
    following.request = following.request._replace(method="GET")
    following.failed, following.failing = True, failing
    return _answer(following), failing.is_replaced


def _from_within(state: State, url: str) -> Outcome:
    """Return the answer to another URL of the same host that httpd itself asks for (internal_internal_redirect)."""
    following = _following(state, url, 200)
    following.failed, following.failing = state.failed, state.failing
    return _answer(following)


def _most_redirects(state: State) -> int:
    limit = state.site.last("limitinternalrecursion", state.world)
    return whole_number(limit.value) or _MOST_REDIRECTS if limit is not None else _MOST_REDIRECTS


def _following(state: State, url: str, status: int) -> State:
    """Return the request for another URL of the same host."""
    most = _most_redirects(state)
    if state.redirects >= most:
        state.step("url", f"{most} URLs have led to one another, and httpd goes no further")
        raise state.done(Kind.ERROR, 500, CIRCLE)
    path, _, query = url.partition("?")
    state.step("within", f"httpd asks itself for {url}")
    following = State(
        state.config, state.site, state.request, state.world, path, query, redirects=state.redirects + 1
    )  # fmt: skip
    following.environment = {
        f"REDIRECT_{name}": value for name, value in state.environment.items() if value is not None
    }
    following.environment[REDIRECT_STATUS] = str(status)
    following.walked = state.walked
    following.is_done = state.is_done
    state.is_passed_on = True
    return following


def prepare(state: State, depth: int) -> None:
    """Run all phases before the handler, for a request or a subrequest."""
    world, site = state.world, state.site
    state.located = state.uri
    located = [*site.base, *site.locations(state.uri, world)]
    state.layers = [*located, *if_layers(located, world, lambda expression: holds(expression, state))]
    check(state)
    translate(state)
    if not is_sent_away(state):
        trace_method(state)
    settle(state)
    if not is_sent_away(state):
        _negotiate(state)
    _fixups(state, depth)


def _is_allowed_already(state: State, walked: Sequence[Layer]) -> bool:
    """Whether access is not asked again for a subrequest: httpd has one configuration for it and the request.

    So it is for a file where sections of directories alone hold, and the same ones (request.c:ap_process_request_internal,
    measured: any ``<Location>``, ``<Files>`` or ``<If>`` that holds makes it another configuration).
    """
    if state.parent is None or state.type != FILE:
        return False
    return state.parent.layers == state.layers == [*state.site.base, *walked]


def settle(state: State) -> None:
    """Run the phases from the file of a URL to its type: the walk, access, extensions."""
    world, site = state.world, state.site
    assert state.filename is not None
    if is_sent_away(state):
        settle_away(state)
        check(state)
        return
    found = walk(site, state.filename, state.anchor, world, script=state.mount is not None)
    if found.type != MISSING or state.path_info == "":
        state.path_info = found.path_info
    state.filename, state.type = found.filename, found.type
    name = state.filename.rstrip("/").rpartition("/")[2] if not state.filename.endswith("/") else ""
    state.located = state.uri
    located = site.locations(state.uri, world)
    walked = _walked(state, found.layers)
    state.layers = stack(site, walked, name, located, world, lambda expression: holds(expression, state))
    if not _is_allowed_already(state, walked):
        authorize(state)
    find_type(state)
    check(state)


def _walked(state: State, found: list[Layer]) -> list[Layer]:
    """Return the sections of a file's directories: those that were found for the directory before, or these."""
    path = state.filename or ""
    directory = path.rstrip("/") + "/" if state.type == DIRECTORY else path.rpartition("/")[0] + "/"
    if state.walked is None or state.walked[0] != directory or state.world.disk is None:
        state.walked = directory, found
    return state.walked[1]


def _negotiate(state: State) -> None:
    """Replace a missing file by one of those with further extensions (MultiViews)."""
    names = variants(state)
    if names is None:
        return
    item = last(state.layers, "options", state.world)
    directory, _, base = (state.filename or "").rpartition("/")
    subs = []
    for name in names:
        sub = State(state.config, state.site, state.request, state.world, state.uri, state.query, parent=state)
        sub.filename, sub.anchor, sub.mount = f"{directory}/{name}", state.anchor, state.mount
        end = len(state.uri) - len(state.path_info)
        sub.uri = state.uri[:end].rpartition("/")[0] + f"/{name}"
        steps = len(state.world.steps)
        try:
            settle(sub)
        except Done:
            continue
        finally:
            sub.steps = state.world.steps[steps:]
            del state.world.steps[steps:]
        if sub.type == FILE:
            subs.append(sub)
    is_open = len(subs) > 1 or (bool(subs) and state.request.header("accept") is not None)
    # An error document keeps the error's status, whichever file is sent.
    if is_open and not (state.failed and all(sub.handler is None for sub in subs)):
        raise Beyond(f"Options MultiViews chooses among {', '.join(names)}", item)
    if not subs:
        said = f"{', '.join(names)}, which nobody may see" if names else "files whose extensions say nothing"
        state.step("handler", f"MultiViews finds {said}", item)
        raise state.done(Kind.NOT_FOUND, 404, "no variant may be seen")
    state.step("handler", f"MultiViews: {names[0]} stands for {base}", item)
    state.world.steps += subs[0].steps
    rest = state.path_info
    state.become(subs[0])
    state.uri, state.path_info = state.uri + rest, rest


def _force_rewritten(state: State) -> None:
    """Set the handler of a RewriteRule by directory that has found another URL: nobody then asks for that.

    The handler is given a name of mod_rewrite's own instead of a file (mod_rewrite.c:hook_mimetype comes last).
    """
    handler = state.forced.get("handler")
    if handler is None or handler == REDIRECTED:
        return
    if state.type != MISSING:
        raise Beyond("a RewriteRule by directory finds another URL and sets a handler, which is not modelled")
    state.handler, state.filename = handler, f"redirect:{state.filename}"


def _fixups(state: State, depth: int) -> None:
    """Run the fixups once access is granted: rewriting by directory, redirects by directory, mod_dir."""
    world = state.world
    sections = [layer for layer in state.layers if not layer.is_level]
    directory, is_rewritten = state.filename or "", False
    if any("rewriterule" in layer.by_key for layer in sections):
        from modwsgi_fix.model.request.rewriting import rewrite_in_directory

        is_rewritten = rewrite_in_directory(state, sections)
    # All modules are asked, also where mod_rewrite has found another URL.
    redirecting = [layer for layer in sections if not layer.names.isdisjoint(REDIRECTS)]
    if redirecting:
        # Sections of the file are known now; a proxy or a RewriteRule may have taken the URL before mod_alias was asked.
        redirect_in_location(state)
    for key in REDIRECTS:
        for layer in redirecting:
            for item in layer.by_key.get(key, ()):
                redirect = redirect_of(item, in_section=True)
                if (
                    redirect is not None
                    and (target := redirect_target(state, redirect)) is not None
                    and world.active(item)
                ):
                    raise redirection(state, redirect, target)
    if is_rewritten:
        if state.type == DIRECTORY:
            add_slash(state, directory)
        _force_rewritten(state)
        return
    if is_sent_away(state):
        written_out(state)
    else:
        fix_directory(state, depth, prepare)
        correct_spelling(state)
    state.force()
