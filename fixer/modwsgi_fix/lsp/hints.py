"""Inlay hints and code lenses: where a mount runs, at which other address a host listens, what can be asked of a host."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from lsprotocol import types

from modwsgi_fix.directives.families import MOUNTS
from modwsgi_fix.lsp.answers import Answer
from modwsgi_fix.lsp.commands import EXPOSED, TRACE
from modwsgi_fix.lsp.convert import position_of, range_of, shown, span_of
from modwsgi_fix.lsp.state import State
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.overview import mounted
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.outside import veiled
from modwsgi_fix.model.request.visits import authority_of
from modwsgi_fix.model.servers import own_name
from modwsgi_fix.model.urls import mapping_of
from modwsgi_fix.text import Span

#: The most mounts of a range that are traced; a screen has fewer.
_MOST_MOUNTS = 100


def inlay(state: State, params: types.InlayHintParams) -> list[types.InlayHint]:
    """Return the process group and interpreter of each mount in a range, and the other address of each host."""
    asked = state.of(params)
    if asked is None:
        return []
    buffer, answer = asked
    span = span_of(buffer.text, params.range, state.encoding)
    found: dict[int, str] = {}
    for config in answer.configs_around(buffer.key):
        for item in _items(config, buffer.key, span, MOUNTS)[:_MOST_MOUNTS]:
            found.setdefault(item.span.end, _where(config, item))
        for item in _items(config, buffer.key, span, ("virtualhost",)):
            found.setdefault(item.span.end, _besides(config, item))
    return [
        types.InlayHint(position_of(buffer.text, at, state.encoding), shown(text), padding_left=True)
        for at, text in sorted(found.items())
        if text
    ]


def _items(config: Config, key: str, span: Span, names: tuple[str, ...]) -> list[Item]:
    return [item for item in config.named(*names) if item.path == key and item.span.start in span]


def _where(config: Config, item: Item) -> str:
    """Return where the application of a mount runs, or why no request reaches it."""
    mapping = mapping_of(item)
    if mapping is None:
        return ""
    mount = mounted(config, item.server, mapping)
    if mount.interpreter is None:
        return mount.note
    group = f"process group {mount.process_group}" if mount.process_group else "embedded mode"
    return f"{group}, interpreter {mount.interpreter}"


def _besides(config: Config, item: Item) -> str:
    """Return the hosts of the same name at another address: most sites have one for HTTP and one for HTTPS."""
    host = next((server for server in config.hosts if server.item is item), None)
    others = [one for one in _by_name(config).get(_name(host), ()) if one is not host]
    places = [
        f"{veiled(config, ' '.join(one.item.values), one.item)} in {posixpath.basename(one.item.path)}:{one.item.line}"
        for one in others
        if one.item is not None and one.item.values != item.values
    ]
    return f"also {', '.join(places[:2])}" if places else ""


@derived
def _by_name(config: Config) -> dict[str, list[Server]]:
    found: dict[str, list[Server]] = {}
    for server in config.hosts:
        if name := _name(server):
            found.setdefault(name, []).append(server)
    return found


def _name(server: Server | None) -> str:
    return (own_name(server) or "").lower() if server is not None else ""


def lenses(state: State, params: types.CodeLensParams) -> list[types.CodeLens]:
    """Return lenses above each host: what answers there and, where the filesystem is known, which files are open."""
    asked = state.of(params)
    if asked is None:
        return []
    buffer, answer = asked
    found: dict[int, types.CodeLens] = {}
    for config, item, url in _hosts(answer, buffer.key):
        place = range_of(buffer.text, item.span, state.encoding)
        trace = types.Command("what answers here", TRACE, arguments=[buffer.uri, url])
        found.setdefault(2 * item.span.start, types.CodeLens(place, trace))
        if config.disk is not None:
            exposed = types.Command("what is exposed", EXPOSED, arguments=[buffer.uri])
            found.setdefault(2 * item.span.start + 1, types.CodeLens(place, exposed))
    return [lens for _, lens in sorted(found.items())]


def _hosts(answer: Answer, key: str) -> Iterator[tuple[Config, Item, str]]:
    """Yield the hosts of a file that a request can reach, each with a URL for it."""
    for config in answer.configs_around(key):
        for server in config.hosts:
            if server.item is not None and server.item.path == key:
                authority = authority_of(config, server)
                if authority is not None:
                    yield config, server.item, authority.request("/").url
