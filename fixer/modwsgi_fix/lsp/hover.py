"""The text that an editor shows for the word under the cursor."""

from __future__ import annotations

from lsprotocol import types

from modwsgi_fix.directives import find
from modwsgi_fix.lsp import describing
from modwsgi_fix.lsp.answers import Answer
from modwsgi_fix.lsp.buffers import Buffer
from modwsgi_fix.lsp.context import Spot, spot_at, tree_of
from modwsgi_fix.lsp.convert import offset_of, range_of, shown
from modwsgi_fix.lsp.diagnostics import page_of
from modwsgi_fix.lsp.names import Kind, Name, Names
from modwsgi_fix.lsp.state import State
from modwsgi_fix.syntax import Section
from modwsgi_fix.text import LineIndex, Span


def hover(state: State, params: types.HoverParams) -> types.Hover | None:
    """Describe a directive, option, variable, process group or macro, and the findings there; None in a comment."""
    buffer = state.buffer(params)
    answer = state.answers.of(buffer) if buffer is not None else None
    if buffer is None or answer is None or not answer.reads(buffer.key):
        return None
    offset = offset_of(buffer.text, params.position, state.encoding)
    spot = spot_at(tree_of(buffer.text), offset)
    if spot.in_comment or spot.word is None:
        return None
    names = Names(answer)
    name = names.at(buffer.key, offset)
    text, span = _named(answer, names, name) if name is not None else _word(spot, offset)
    text = "\n\n---\n\n".join(filter(None, [text, _wrong(answer, buffer, span)]))
    if not text:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, shown(text))
    return types.Hover(content, range_of(buffer.text, span, state.encoding))


def _word(spot: Spot, offset: int) -> tuple[str, Span]:
    directive, word = spot.directive, spot.word
    assert directive is not None
    assert word is not None
    if spot.number == 0:
        info = find(f"<{directive.name}" if isinstance(directive, Section) else directive.name)
        return (describing.directive(info) if info is not None else ""), word.span
    name, equals, _ = word.value.partition("=")
    start = word.span.start
    if equals and offset <= start + len(name) + 1:
        return describing.option(directive.name, name), Span(start, start + len(name))
    return "", word.span


def _named(answer: Answer, names: Names, name: Name) -> tuple[str, Span]:
    """Return what a name stands for, where it is defined and used, and its span."""
    title = f"**`{name.name}`**: a {name.kind.value}"
    value = names.value(name.name) if name.kind is Kind.VARIABLE else None
    lines = [title if value is None else f"{title}, `{value}`", ""]
    if name.name == "%{GLOBAL}" and name.kind is Kind.GROUP:
        return "**`%{GLOBAL}`**: embedded mode, httpd's own processes", name.span
    places = names.like(name)
    for word, found in (("defined", [p for p in places if p.defines]), ("used", [p for p in places if not p.defines])):
        where = [f"`{_place(answer, one)}`" for one in found]
        lines.append(f"- {word}: {', '.join(where[:8])}{' ...' * (len(where) > 8)}" if where else f"- not {word}")
    return "\n".join(lines), name.span


def _place(answer: Answer, name: Name) -> str:
    file = next(config.files[name.path] for config in answer.last_read if name.path in config.files)
    return f"{file.name}:{LineIndex(answer.text(file)).position(name.span.start).line}"


def _wrong(answer: Answer, buffer: Buffer, span: Span) -> str:
    """Return the findings at a place, with links to the pages of the rules."""
    found = {
        one.rule: one.text
        for one in answer.findings.get(buffer.key, ())
        if one.place.span.start <= span.start and span.end <= one.place.span.end
    }
    return "\n\n".join(f"[{rule}]({page_of(rule)}): {text}" for rule, text in found.items())
