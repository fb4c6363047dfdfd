"""Conversion of places and edits to the protocol's types and back."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from modwsgi_fix.edits import Edit
from modwsgi_fix.lsp.positions import Encoding, Position, lines_of
from modwsgi_fix.reports import valid
from modwsgi_fix.text import Span


def position_of(text: str, offset: int, encoding: Encoding) -> types.Position:
    """Return an offset of a text as a position of the protocol."""
    return types.Position(*lines_of(text).position(offset, encoding))


def range_of(text: str, span: Span, encoding: Encoding) -> types.Range:
    """Return a span of a text as a range of the protocol."""
    return types.Range(position_of(text, span.start, encoding), position_of(text, span.end, encoding))


def offset_of(text: str, position: types.Position, encoding: Encoding) -> int:
    """Return the offset of a position, held within the text."""
    return lines_of(text).offset(Position(position.line, position.character), encoding)


def span_of(text: str, range: types.Range, encoding: Encoding) -> Span:
    """Return the span of a range, held within the text."""
    return Span(offset_of(text, range.start, encoding), offset_of(text, range.end, encoding))


def text_edits(text: str, edits: Iterable[Edit], encoding: Encoding) -> list[types.TextEdit]:
    """Return edits of a text in the protocol's type, each as small as possible, without those that change nothing."""
    smaller = (_trimmed(text, edit) for edit in edits)
    return [
        types.TextEdit(range_of(text, span, encoding), new)
        for _, span, new in smaller
        if text[span.start : span.end] != new
    ]


def _trimmed(text: str, edit: Edit) -> Edit:
    """Return an edit without the text at its two ends that does not change; a CRLF is not split."""
    (start, end), new = edit.span, edit.text
    old = text[start:end]
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    head -= head > 0 and old[head - 1] == "\r"
    tail = next((at for at in range(most - head) if old[-1 - at] != new[-1 - at]), most - head)
    tail -= tail > 0 and old[len(old) - tail] == "\n"
    return Edit(edit.path, Span(start + head, end - tail), new[head : len(new) - tail])


def shown(text: str) -> str:
    """Return a text as JSON can carry it: a byte that is not UTF-8 becomes U+FFFD."""
    return valid(text)
