"""Folding ranges, and ranges for a step-by-step selection."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from modwsgi_fix.lsp.buffers import Buffer
from modwsgi_fix.lsp.context import span_of_section, spot_at, tree_of
from modwsgi_fix.lsp.convert import offset_of, range_of
from modwsgi_fix.lsp.positions import Lines, lines_of
from modwsgi_fix.lsp.state import State
from modwsgi_fix.syntax import Comment, Directive, Node, Section, Tree
from modwsgi_fix.text import Span


def folding(state: State, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    """Return what can be folded: sections up to their closing tag, runs of comments, and directives of several lines."""
    buffer = state.buffer(params)
    if buffer is None:
        return []
    lines = lines_of(buffer.text)
    found = (_fold(lines, span, kind) for span, kind in _foldable(tree_of(buffer.text)))
    return [one for one in found if one.end_line > one.start_line]


def _fold(lines: Lines, span: Span, kind: types.FoldingRangeKind | None) -> types.FoldingRange:
    first, last = (lines.line(offset) for offset in (span.start, max(span.end - 1, span.start)))
    return types.FoldingRange(first, last, kind=kind)


def _foldable(tree: Tree) -> Iterator[tuple[Span, types.FoldingRangeKind | None]]:
    comments: list[Node] = []
    for node in tree.walk():
        if isinstance(node, Comment) and (not comments or comments[-1].end == node.start):
            comments.append(node)
            continue
        if comments:
            yield Span(comments[0].start, comments[-1].end), types.FoldingRangeKind.Comment
        comments = [node] if isinstance(node, Comment) else []
        if isinstance(node, Section):
            yield Span(node.start, node.close.start if node.close is not None else node.end), None
        elif isinstance(node, Directive):
            yield node.span, None
    if comments:
        yield Span(comments[0].start, comments[-1].end), types.FoldingRangeKind.Comment


def selection(state: State, params: types.SelectionRangeParams) -> list[types.SelectionRange]:
    """Return the ranges around each place: word, directive, line, the sections from the inside out, and the file."""
    buffer = state.buffer(params)
    if buffer is None:
        return []
    return [_selected(state, buffer, offset_of(buffer.text, one, state.encoding)) for one in params.positions]


def _selected(state: State, buffer: Buffer, offset: int) -> types.SelectionRange:
    spot = spot_at(tree_of(buffer.text), offset)
    spans = [Span(0, len(buffer.text))]
    for section in spot.sections:
        spans += [span_of_section(section), section.inner_span]
    if spot.node is not None:
        spans.append(span_of_section(spot.node) if isinstance(spot.node, Section) else spot.node.span)
    if spot.directive is not None:
        spans.append(spot.directive.body_span)
    if spot.word is not None:
        spans.append(spot.word.span)
    found: types.SelectionRange | None = None
    last = spans[0]
    for span in spans:
        # Each lies within the one before it, and holds the place.
        if found is None or (last.contains(span) and span != last and span.start <= offset <= span.end):
            found, last = types.SelectionRange(range_of(buffer.text, span, state.encoding), found), span
    assert found is not None
    return found
