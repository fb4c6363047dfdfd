"""Formatting: the safe fixes of a file, and its indentation where the editor's setting asks for that."""

from __future__ import annotations

from lsprotocol import types

from modwsgi_fix.lsp.actions import safe_fixes
from modwsgi_fix.lsp.buffers import Buffer
from modwsgi_fix.lsp.convert import span_of, text_edits
from modwsgi_fix.lsp.state import State


def formatted(state: State, buffer: Buffer, range: types.Range | None) -> list[types.TextEdit]:
    """The edits that format a file, or of a range of it those that change nothing outside."""
    span = None if range is None else span_of(buffer.text, range, state.encoding)
    return text_edits(buffer.text, safe_fixes(state.answers, buffer, span), state.encoding)
