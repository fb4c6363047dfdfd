"""The outline of a file, and the symbols of a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from lsprotocol import types

from modwsgi_fix.directives.families import ALIASES, MOUNTS
from modwsgi_fix.lsp.buffers import Buffer
from modwsgi_fix.lsp.context import directives_of, span_of_section, tree_of
from modwsgi_fix.lsp.convert import range_of, shown
from modwsgi_fix.lsp.names import Kind, Names
from modwsgi_fix.lsp.state import State
from modwsgi_fix.syntax import Directive, Node, Section
from modwsgi_fix.text import Span

#: The directives of an outline, and the kinds of symbols that an editor draws beside them.
_SHOWN = {
    **dict.fromkeys(MOUNTS, types.SymbolKind.Interface),
    **dict.fromkeys(ALIASES, types.SymbolKind.File),
    "wsgidaemonprocess": types.SymbolKind.Class,
    "wsgiprocessgroup": types.SymbolKind.Property,
    "wsgiapplicationgroup": types.SymbolKind.Property,
    "documentroot": types.SymbolKind.File,
    "define": types.SymbolKind.Constant,
    "use": types.SymbolKind.Function,
    "include": types.SymbolKind.Module,
    "includeoptional": types.SymbolKind.Module,
    "listen": types.SymbolKind.Event,
    "loadmodule": types.SymbolKind.Package,
}
_SECTIONS = {"virtualhost": types.SymbolKind.Namespace, "macro": types.SymbolKind.Function}
#: The most nested sections in an outline; deeper ones are shown flat.
_DEEPEST = 50
#: The texts of which the hosts and mounts are remembered, and the most characters of these.
_MOST_TEXTS, _LONG = 1000, 50_000


def document(state: State, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    """Return the sections of a file, each from its opening to its closing tag, and the important directives."""
    buffer = state.buffer(params)
    return [] if buffer is None else _symbols(state, buffer, tree_of(buffer.text).children, 0)


def _symbols(state: State, buffer: Buffer, nodes: Sequence[Node], depth: int) -> list[types.DocumentSymbol]:
    found = []
    for node in nodes:
        if not isinstance(node, Directive) or not (isinstance(node, Section) or node.key in _SHOWN):
            continue
        inner = (
            _symbols(state, buffer, node.children, depth + 1) if isinstance(node, Section) and depth < _DEEPEST else []
        )
        span = span_of_section(node) if isinstance(node, Section) else node.body_span
        found.append(
            types.DocumentSymbol(
                title(node),
                _SHOWN.get(node.key, _SECTIONS.get(node.key, types.SymbolKind.Object)),
                range_of(buffer.text, span, state.encoding),
                range_of(buffer.text, node.name_span, state.encoding),
                detail=_detail(node) or None,
                children=inner or None,
            )
        )
    return found


def title(node: Directive) -> str:
    """Return a directive in a few words; a host with its name after it."""
    words = " ".join((node.name, *(word.value for word in node.args)))
    text = shown(words if len(words) <= 80 else words[:79] + "…")
    if not isinstance(node, Section):
        return text
    name = _server_name(node.children) if node.key == "virtualhost" else ""
    return f"<{text}> {name}".rstrip()


def _detail(node: Directive) -> str:
    return shown(_server_name(node.children)) if isinstance(node, Section) and node.key == "virtualhost" else ""


def _server_name(nodes: Sequence[Node]) -> str:
    names = (
        node.args[0].value for node in nodes if isinstance(node, Directive) and node.key == "servername" and node.args
    )
    return next(names, "")


def workspace(state: State, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
    """Return the hosts, mounts, process groups, variables and macros of every server in sight whose names have the query."""
    query = params.query.casefold()
    found: dict[tuple[str, str, Span], types.WorkspaceSymbol] = {}
    for answer in state.answers.everywhere():
        names = Names(answer)
        for name, kind, path, span in _places(names):
            if query in name.casefold():
                place = range_of(names.texts[path], span, state.encoding)
                location = types.Location(state.buffers.uri(path), place)
                found.setdefault((name, path, span), types.WorkspaceSymbol(location, shown(name), kind))
    return list(found.values())


def _places(names: Names) -> Iterator[tuple[str, types.SymbolKind, str, Span]]:
    kinds = {
        Kind.GROUP: types.SymbolKind.Class,
        Kind.VARIABLE: types.SymbolKind.Constant,
        Kind.MACRO: types.SymbolKind.Function,
    }
    for name in names.quoted():
        if name.defines:
            yield name.name, kinds[name.kind], name.path, name.span
    for path, text in names.texts.items():
        find = _known_hosts_and_mounts if len(text) <= _LONG else _hosts_and_mounts
        for words, kind, span in find(text) if path in names.quotable else ():
            yield words, kind, path, span


def _hosts_and_mounts(text: str) -> list[tuple[str, types.SymbolKind, Span]]:
    """Return the hosts and mounts of a text."""
    found = []
    for node, _ in directives_of(tree_of(text)):
        if isinstance(node, Section) and node.key == "virtualhost":
            found.append((title(node), types.SymbolKind.Namespace, span_of_section(node)))
        elif node.key in MOUNTS:
            found.append((title(node), types.SymbolKind.Interface, node.body_span))
    return found


#: The same; an editor asks for them letter by letter, while most texts stay as they are.
_known_hosts_and_mounts = lru_cache(_MOST_TEXTS)(_hosts_and_mounts)
