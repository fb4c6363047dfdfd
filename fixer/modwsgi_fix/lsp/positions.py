"""Positions as an editor counts them: lines from 0, and characters in UTF-8, UTF-16 or UTF-32 code units.

Lines end at LF, CRLF or a lone CR and at nothing else, as the protocol has it (``PositionEncodingKind``, ``EOL``): a form
feed, U+0085 and U+2028 are characters of a line.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import StrEnum
from functools import lru_cache

from modwsgi_fix.expressions import expression
from modwsgi_fix.text import Span, encode
from modwsgi_fix.tuples import NamedTuple

_LINE_END = expression(r"\r\n?|\n")


class Encoding(StrEnum):
    """The unit in which ``Position.character`` counts; the names are the protocol's."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


class Position(NamedTuple):
    """A place between two characters, counted from 0."""

    line: int
    character: int


class Lines:
    """The lines of a text. A byte that is not UTF-8 counts one in every encoding."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._plain = text.isascii()

    def __len__(self) -> int:
        return len(self._starts)

    def position(self, offset: int, encoding: Encoding) -> Position:
        """Return the position of an offset, which is in characters from the beginning of the text."""
        line = self.line(offset)
        start = self._starts[line]
        return Position(line, offset - start if self._plain else width(self.text[start:offset], encoding))

    def line(self, offset: int) -> int:
        """Return the line (from 0) of an offset."""
        return bisect_right(self._starts, offset) - 1

    def offset(self, position: Position, encoding: Encoding) -> int:
        """Return the offset of a position, held within its line and the text; the offset before where it splits a character."""
        line, character = position
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self.text)
        start, end = self.span(line)
        if self._plain or encoding is Encoding.UTF32:
            return min(start + max(character, 0), end)
        return start + _index(self.text[start:end], character, encoding)

    def span(self, line: int) -> Span:
        """Return the span of a line (from 0) without its end."""
        start = self._starts[line]
        if line + 1 == len(self._starts):
            return Span(start, len(self.text))
        end = self._starts[line + 1] - 1
        return Span(start, end - (self.text[end] == "\n" and end > start and self.text[end - 1] == "\r"))


def width(text: str, encoding: Encoding) -> int:
    """Return the length of a text in code units."""
    if encoding is Encoding.UTF32 or text.isascii():
        return len(text)
    if encoding is Encoding.UTF8:
        return len(encode(text))
    return len(text) + sum(char > "\uffff" for char in text)


def _index(text: str, units: int, encoding: Encoding) -> int:
    """Return the number of characters of a line before so many code units."""
    left = units
    for at, char in enumerate(text):
        left -= width(char, encoding)
        if left < 0:
            return at
    return len(text)


@lru_cache(maxsize=256)
def lines_of(text: str) -> Lines:
    """Return the lines of a text; those of the last texts are kept."""
    return Lines(text)
