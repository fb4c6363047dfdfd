"""mod_proxy: which requests go to another server, and whether access to them is granted.

What that server answers is its own affair. There is no file, so that ``<Proxy>``, ``<Location>`` and ``<If>`` sections hold,
and neither ``<Directory>`` nor ``<Files>`` (mod_proxy.c:proxy_map_location, proxy_walk).
"""

from __future__ import annotations

import re

from modwsgi_fix.directives.families import LOCATION_SECTIONS, PROXY_SECTIONS
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import Section, last, stack
from modwsgi_fix.model.merge.world import Beyond
from modwsgi_fix.model.modules import is_loaded
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.model.patterns import Unknown, search, url_wildcard
from modwsgi_fix.model.request.expressions import holds
from modwsgi_fix.model.request.outcome import Kind, Outcome
from modwsgi_fix.model.request.permit import authorize
from modwsgi_fix.model.request.state import State

HANDLER = "proxy-server"
_PREFIX = "proxy:"
#: The module for each scheme; a balancer chooses the module later, and web sockets have a second one (``_SECOND``).
_SPEAKERS = {
    "http": "mod_proxy_http.c", "https": "mod_proxy_http.c", "ws": "mod_proxy_wstunnel.c", "wss": "mod_proxy_wstunnel.c",
    "ajp": "mod_proxy_ajp.c", "fcgi": "mod_proxy_fcgi.c", "scgi": "mod_proxy_scgi.c", "uwsgi": "mod_proxy_uwsgi.c",
    "h2": "mod_proxy_http2.c", "h2c": "mod_proxy_http2.c", "ftp": "mod_proxy_ftp.c", "balancer": "mod_proxy_balancer.c",
}  # fmt: skip

#: What takes the place of a module since 2.4.47 (mod_proxy_http.c:get_url_scheme; measured with 2.4.71).
_SECOND = {"mod_proxy_wstunnel.c": "mod_proxy_http.c"}

#: The schemes for which mod_proxy encodes the path anew (ap_proxy_canonenc_ex).
_WRITTEN_OUT = ("http", "https", "ws", "wss")
_SAFE = "$-_.+!*'(),:@&=/~;"


def send_away(state: State, target: str, item: Item) -> None:
    """Hand a request to mod_proxy. Raises ``Beyond`` where the target is composed only later."""
    if "${" in target:
        raise Beyond(f"{item.name} puts variables of the request into {target}, which is not modelled", item)
    state.step("mapping", f"{item.name} hands it to {target}", item)
    state.handler = HANDLER
    state.sent_by = item
    state.filename = f"{_PREFIX}{target}"


def is_sent_away(state: State) -> bool:
    """Whether a request goes to another server, so that there is no file."""
    return state.handler == HANDLER and (state.filename or "").startswith(_PREFIX)


def settle_away(state: State) -> None:
    """Apply the sections for a request to another server, and check access."""
    world, site = state.world, state.site
    url = (state.filename or "").removeprefix(_PREFIX)
    sections = [Section(item) for layer in _levels(state) for item in layer if item.is_section and item.args]
    walked = [section for section in sections if section.meant(_matches(section, url)) and section.applies(world)]
    state.located = state.uri
    located = site.locations(state.uri, world)
    state.layers = stack(site, walked, None, located, world, lambda expression: holds(expression, state))
    authorize(state)


def _levels(state: State) -> list[list[Item]]:
    server, main = state.site.server, state.config.main
    return [one.all(*PROXY_SECTIONS) for one in ([main] if server.is_main else [main, server])]


def _matches(section: Section, url: str) -> bool | Unknown:
    """Whether ``<Proxy>`` holds, by an expression, a wildcard, or the beginning of the URL (mod_proxy.c:proxy_walk)."""
    if section.regex:
        found = search(section.pattern, url)
        return found if isinstance(found, Unknown) else found is not None
    return url_wildcard(section.pattern)(url) if has_wildcard(section.pattern) else url.startswith(section.pattern)


def written_out(state: State) -> None:
    """Write the URL as mod_proxy asks for it, with the query."""
    target = state.filename or ""
    is_escaped = "%" in state.raw and state.sent_by is not None
    if is_escaped and _is_as_sent(state.sent_by) and _quoted(state.uri) != state.raw:
        raise Beyond("nocanon passes escaped characters on as they are sent, which is not modelled", state.sent_by)
    keeps = is_escaped and _keeps_slashes(state)
    if keeps and "%" in _SLASH.sub("", target):
        raise Beyond("a percent sign beside an encoded slash is refused by some releases of httpd", state.sent_by)
    state.filename = _canonical(target, state.query, _SAFE + "%" if keeps else _SAFE)


#: A slash that ``AllowEncodedSlashes NoDecode`` leaves encoded.
_SLASH = expression(r"%2f", re.I)


def _is_as_sent(item: Item | None) -> bool:
    return item is not None and any(value.lower() == "nocanon" for value in item.values[1:])


def _keeps_slashes(state: State) -> bool:
    """Whether an encoded slash stays one: with NoDecode, for what the lines of a server hand on, and not those of sections.

    Measured with 2.4.71: ``ProxyPass`` in ``<Location>`` escapes it once more, as ``%252F``.
    """
    item = last(state.site.base[-1:], "allowencodedslashes", state.world)
    by_section = state.sent_by is None or state.sent_by.section(*LOCATION_SECTIONS) is not None
    return item is not None and item.value.lower() == "nodecode" and not by_section


def _quoted(path: str, safe: str = _SAFE) -> str:
    from urllib.parse import quote

    return quote(path, safe=safe, errors="surrogateescape")


def _canonical(target: str, query: str, safe: str = _SAFE) -> str:
    """Return what mod_proxy asks for, with its path escaped and a query (mod_proxy_http.c:proxy_http_canon)."""
    if _scheme(target.removeprefix(_PREFIX)) not in _WRITTEN_OUT:
        return target
    start, separator, rest = target.partition("://")
    host, _, path = rest.partition("/")
    url = f"{start.lower()}{separator}{host.lower()}/{_quoted(path, safe)}"
    return f"{url}?{query}" if query else url


def _scheme(url: str) -> str:
    found = re.match(r"(?:unix:[^|]*\|)?([a-z0-9+.-]+):", url, re.I | re.A)
    return found[1].lower() if found else ""


def answer_away(state: State) -> Outcome | None:
    """Return mod_proxy's answer: another server answers, or no module has its scheme; None where mod_proxy is not asked."""
    handler = state.handler or ""
    if not is_sent_away(state):
        if not handler.startswith(_PREFIX):
            return None
        # SetHandler's server is asked for the file (mod_proxy.c:proxy_handler).
        state.filename = _canonical(f"{handler}{state.filename or ''}", state.query)
    elif (item := last(state.layers, "sethandler", state.world)) is not None and item.value.lower() != "none":
        # It changes the name alone: mod_proxy goes by the file (mod_proxy.c:proxy_handler).
        state.handler = item.value
    url = (state.filename or "").removeprefix(_PREFIX)
    module = _SPEAKERS.get(_scheme(url))
    if module is not None and is_loaded(state.config, "mod_proxy.c") and not _may_speak(state, module):
        state.step("handler", f"{module.removesuffix('.c')} is not loaded, which would answer {url}")
        return state.outcome(Kind.ERROR, 500, f"no module is loaded for {url}")
    state.step("handler", f"mod_proxy asks {url}")
    return state.outcome(Kind.PROXY)._replace(location=url)


def _may_speak(state: State, module: str) -> bool:
    """Whether a module that speaks a scheme, or one that takes its place, may be loaded."""
    return any(is_loaded(state.config, name) is not False for name in (module, _SECOND.get(module, module)))
