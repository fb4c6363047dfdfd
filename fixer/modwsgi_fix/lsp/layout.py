"""Formatting: the safe fixes of a file, and its indentation where the editor's setting asks for that."""

from __future__ import annotations

from lsprotocol import types

from modwsgi_fix.diff import compose
from modwsgi_fix.edits import apply
from modwsgi_fix.formatting import indented
from modwsgi_fix.lsp.actions import safe_fixes
from modwsgi_fix.lsp.buffers import Buffer
from modwsgi_fix.lsp.context import tree_of
from modwsgi_fix.lsp.convert import span_of, text_edits
from modwsgi_fix.lsp.state import State
from modwsgi_fix.text import Span


def document(state: State, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """Return the edits that format a file."""
    buffer = state.buffer(params)
    return [] if buffer is None else _formatted(state, buffer, None)


def in_range(state: State, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit]:
    """Return those of the edits that change nothing outside of a range."""
    buffer = state.buffer(params)
    return [] if buffer is None else _formatted(state, buffer, span_of(buffer.text, params.range, state.encoding))


def _formatted(state: State, buffer: Buffer, span: Span | None) -> list[types.TextEdit]:
    edits = safe_fixes(state.answers, buffer, span)
    answer = state.answers.of(buffer) if state.indentation else None
    if answer is not None and answer.reads(buffer.key):
        after = apply(buffer.text, edits)
        # The text after the range keeps its length.
        within = Span(0, len(after)) if span is None else Span(span.start, len(after) - len(buffer.text) + span.end)
        layout = [edit for edit in indented(tree_of(after), buffer.key) if within.contains(edit.span)]
        edits = compose(edits, layout)
    return text_edits(buffer.text, edits, state.encoding)
