"""Completion: directives and sections that httpd accepts at a place, options, groups, variables, paths."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator
from itertools import islice

from lsprotocol import types

from modwsgi_fix import directives
from modwsgi_fix.directives.families import MOUNTS
from modwsgi_fix.expressions import expression
from modwsgi_fix.lsp import describing
from modwsgi_fix.lsp.answers import Answer
from modwsgi_fix.lsp.buffers import Buffer
from modwsgi_fix.lsp.context import Spot, spot_at, tree_of
from modwsgi_fix.lsp.convert import offset_of, range_of, shown
from modwsgi_fix.lsp.names import Kind, Names
from modwsgi_fix.lsp.state import State
from modwsgi_fix.syntax import is_opaque_section
from modwsgi_fix.text import WHITESPACE, Span
from modwsgi_fix.tuples import NamedTuple

#: The most names of one directory that are offered; nobody looks through more.
_MOST_PATHS = 500

_JOIN = expression(r"\\\r?\n")
_WORDS = expression(r"[^ \t\n\v\f\r]+")
_GLOBAL = "%{GLOBAL}"
_INTERPRETERS = (_GLOBAL, "%{RESOURCE}", "%{SERVER}", "%{HOST}")


class Offer(NamedTuple):
    """A word that may stand at the cursor. ``replaces`` counts the characters before the cursor that it replaces."""

    text: str
    kind: types.CompletionItemKind
    replaces: int
    detail: str = ""
    about: str = ""
    is_old: bool = False


class Typed(NamedTuple):
    """The part of a line before the cursor: its whole words, and the beginning of the word that the cursor is in."""

    words: tuple[str, ...]
    prefix: str


def completion(state: State, params: types.CompletionParams) -> types.CompletionList:
    """Return the words that begin with what has been typed, in any case; none in a comment."""
    buffer = state.buffer(params)
    if buffer is None:
        return types.CompletionList(False, [])
    offset = offset_of(buffer.text, params.position, state.encoding)
    spot = spot_at(tree_of(buffer.text), offset)
    answer = state.answers.of(buffer)
    if spot.in_comment or answer is None or not answer.reads(buffer.key):
        return types.CompletionList(False, [])
    if spot.sections and is_opaque_section(spot.sections[-1].key):
        return types.CompletionList(False, [])
    if answer.is_alone and (line := typed(buffer.text, spot, offset)) and (line.words or "${" in line.prefix):
        # Which groups and variables there are, the server says.
        return types.CompletionList(True, [])
    found = list(_offers(state, answer, buffer, spot, offset))
    return types.CompletionList(answer.is_alone, [_item(state, buffer, offset, one) for one in found])


def typed(text: str, spot: Spot, offset: int) -> Typed:
    """Return the part of the logical line before the cursor."""
    node = spot.node
    start = node.start if node is not None and node.start <= offset else text.rfind("\n", 0, offset) + 1
    # A node of blank lines has several.
    if node is None or spot.directive is None:
        start = max(start, text.rfind("\n", 0, offset) + 1)
    line = _JOIN.sub(" ", text[start:offset])
    words = _WORDS.findall(line)
    prefix = words.pop() if words and not line[-1:].isspace() else ""
    return Typed(tuple(words), prefix)


def _offers(state: State, answer: Answer, buffer: Buffer, spot: Spot, offset: int) -> Iterator[Offer]:
    line = typed(buffer.text, spot, offset)
    prefix = line.prefix
    variable = prefix.rfind("${")
    if variable >= 0 and "}" not in prefix[variable:]:
        begun = prefix[variable + 2 :]
        names = Names(answer)
        for name in names.defined(Kind.VARIABLE):
            if _begins(name, begun):
                value = names.value(name)
                yield Offer(f"${{{name}}}", types.CompletionItemKind.Variable, len(begun) + 2, value or "")
    elif not line.words and prefix.startswith("</"):
        before = buffer.text[: offset - len(prefix)]
        around = spot_at(tree_of(f"{before}x"), len(before)).sections
        if around and _begins(f"</{around[-1].name}>", prefix):
            yield Offer(f"</{around[-1].name}>", types.CompletionItemKind.Class, len(prefix))
    elif not line.words:
        yield from _directives(buffer, spot, prefix)
    else:
        yield from _arguments(state, answer, line)


def _directives(buffer: Buffer, spot: Spot, prefix: str) -> Iterator[Offer]:
    """Yield the directives and sections that httpd accepts at a place; all of them where that is not known."""
    htaccess = posixpath.basename(buffer.path) == ".htaccess"
    place = directives.context_of(tuple(section.key for section in spot.sections), htaccess=htaccess)
    for info in directives.directives().values():
        name = f"<{info.name}" if info.section else info.name
        if not _begins(name, prefix) or info.until or (place and place not in info.contexts):
            continue
        kind = types.CompletionItemKind.Class if info.section else types.CompletionItemKind.Function
        yield Offer(name, kind, len(prefix), ", ".join(info.modules), describing.directive(info), bool(info.deprecated))


def _arguments(state: State, answer: Answer, line: Typed) -> Iterator[Offer]:
    name, number, prefix = line.words[0].lstrip("<"), len(line.words), line.prefix
    key = name.casefold()
    skip = directives.words_before_options(key)
    option, equals, value = prefix.partition("=")
    if skip is not None and number > skip:
        if equals:
            yield from _values(state, answer, key, option, value)
        else:
            yield from _options(key, prefix, {word.partition("=")[0] for word in line.words})
        return
    quote = prefix[:1] if prefix[:1] in ("'", '"') else ""
    yield from _words(answer, key, number, prefix)
    if prefix[len(quote) :].startswith("/") and not (key in MOUNTS and number == 1):
        yield from _paths(state, prefix[len(quote) :])


def _options(key: str, prefix: str, given: set[str]) -> Iterator[Offer]:
    known = directives.daemon_options() if key == "wsgidaemonprocess" else directives.script_options(key)
    for name in known:
        if _begins(name, prefix) and name not in given:
            daemon = directives.daemon_option(name) if key == "wsgidaemonprocess" else None
            detail = daemon.type if daemon is not None else ""
            about = describing.option(key, name)
            yield Offer(f"{name}=", types.CompletionItemKind.Property, len(prefix), detail, about)


def _values(state: State, answer: Answer, key: str, option: str, value: str) -> Iterator[Offer]:
    daemon = directives.daemon_option(option) if key == "wsgidaemonprocess" else None
    words: Iterable[str] = ()
    if option == "process-group":
        words = (*Names(answer).defined(Kind.GROUP), _GLOBAL)
    elif option == "application-group":
        words = _INTERPRETERS
    elif daemon is not None and daemon.type == "flag":
        words = ("On", "Off")
    for word in words:
        if _begins(word, value):
            yield Offer(word, types.CompletionItemKind.Value, len(value))
    if daemon is not None and daemon.type in ("path", "directory", "paths") and value.startswith("/"):
        yield from _paths(state, value.rpartition(":")[2])


def _words(answer: Answer, key: str, number: int, prefix: str) -> Iterator[Offer]:
    """Yield the only words that a directive takes, or the names that it may refer to."""
    info = directives.find(key)
    words: list[str] = list(info.values) if info is not None and number == 1 else []
    kind = types.CompletionItemKind.Value
    if key == "wsgiprocessgroup" and number == 1:
        words = [*Names(answer).defined(Kind.GROUP), _GLOBAL]
    elif key == "wsgirestrictprocess":
        words = Names(answer).defined(Kind.GROUP)
    elif key == "wsgiapplicationgroup" and number == 1:
        words = list(_INTERPRETERS)
    elif key == "use" and number == 1:
        words, kind = Names(answer).defined(Kind.MACRO), types.CompletionItemKind.Snippet
    elif key in ("ifdefine", "undefine") and number == 1:
        words, kind = Names(answer).defined(Kind.VARIABLE), types.CompletionItemKind.Variable
    elif key == "ifmodule" and number == 1:
        words, kind = [*directives.modules()], types.CompletionItemKind.Module
    negated = prefix[:1] if prefix.startswith("!") else ""
    for word in words:
        if _begins(word, prefix[len(negated) :]):
            yield Offer(word, kind, len(prefix) - len(negated))


def _paths(state: State, begun: str) -> Iterator[Offer]:
    """Yield the names in the directory that has been typed, under the root that is set."""
    directory, _, name = begun.rpartition("/")
    root = (state.answers.root or "/").rstrip("/")
    try:
        with os.scandir(f"{root}{directory}/") as entries:
            found = sorted(islice(entries, _MOST_PATHS), key=lambda entry: entry.name)
    except (OSError, ValueError):
        return
    for entry in found:
        if entry.name.startswith(name) and (name or not entry.name.startswith(".")):
            kind = types.CompletionItemKind.Folder if entry.is_dir() else types.CompletionItemKind.File
            # A blank ends the word.
            if not any(blank in entry.name for blank in WHITESPACE):
                yield Offer(entry.name, kind, len(name))


def _begins(word: str, prefix: str) -> bool:
    return word.casefold().startswith(prefix.casefold())


def _item(state: State, buffer: Buffer, offset: int, offer: Offer) -> types.CompletionItem:
    place = range_of(buffer.text, Span(offset - offer.replaces, offset), state.encoding)
    text = shown(offer.text)
    return types.CompletionItem(
        text,
        kind=offer.kind,
        detail=shown(offer.detail) or None,
        documentation=_documentation(state, offer.about),
        tags=[types.CompletionItemTag.Deprecated] if offer.is_old else None,
        filter_text=text,
        text_edit=types.TextEdit(place, text),
    )


def _documentation(state: State, text: str) -> types.MarkupContent | str | None:
    if not text:
        return None
    return text if state.markup is None else types.MarkupContent(state.markup, text)
