"""Text and positions: bytes to str and back without loss, spans, lines and columns.

A configuration is decoded as UTF-8 with ``surrogateescape``: any bytes come back as they were, and rules see real
characters (a curly quote is one character). Offsets are in characters of the decoded text.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable

from modwsgi_fix.expressions import expression
from modwsgi_fix.tuples import NamedTuple

#: What httpd skips between words and at both ends of a line (``apr_isspace`` in the C locale). ``str.strip()`` and
#: ``\s`` without ``re.ASCII`` also take U+00A0 and U+0085, which httpd does not.
WHITESPACE = " \t\n\v\f\r"


_DIGITS = expression(r"[0-9]+")
#: The most digits of a number, more than any setting of httpd has: Python refuses to read thousands of digits.
_MOST_DIGITS = 18


def whole_number(word: str) -> int | None:
    """Return a word of ASCII digits as a number; None for any other word, such as ``-1``, ``²`` or an empty one.

    A word of more than 18 digits counts as the largest number of 18 digits.
    """
    if _DIGITS.fullmatch(word) is None:
        return None
    digits = word.lstrip("0")
    return int(digits or "0") if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS - 1


_BREAK = expression(r"\\?\r?\n[ \t]*")


def one_line(sentence: str) -> str:
    """Return a sentence that may quote several lines as one line, without line ends and continuation backslashes."""
    return _BREAK.sub(" ", sentence) if "\n" in sentence else sentence


#: The number of characters that are kept at the beginning, and at the end, of a word that makes a sentence too long.
_HEAD, _TAIL = 40, 20
_LONG_WORD = expression(rf"(\S{{{_HEAD}}})\S{{2,}}(\S{{{_TAIL}}})", re.ASCII)


def shortened(sentence: str, most: int) -> str:
    """Return a sentence in one line of at most ``most`` characters: long words lose their middle, then it loses its end."""
    if len(sentence) <= most and "\n" not in sentence:
        return sentence
    said = one_line(sentence)
    if len(said) > most:
        said = _LONG_WORD.sub("\\1\u2026\\2", said)
    return said if len(said) <= most else f"{said[: most - 2].rstrip()} \u2026"


def listed(names: Iterable[str], most: int = 3, word: str = "and") -> str:
    """Return the first names, and how many more there are: ``a, b, c and 7 more``."""
    shown = list(names)
    more = len(shown) - most
    return ", ".join(shown[:most]) + (f" {word} {more} more" if more > 0 else "")


class Span(NamedTuple):
    """A half-open range of characters, ``text[start:end]``."""

    start: int
    end: int

    def __contains__(self, offset: object) -> bool:
        return isinstance(offset, int) and self.start <= offset < self.end

    def contains(self, other: Span) -> bool:
        """Whether ``other`` lies within this span."""
        return self.start <= other.start and other.end <= self.end


def decode(data: bytes) -> str:
    """Return any bytes as text; ``encode`` gives exactly these bytes back."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Return the bytes that ``decode`` read."""
    return text.encode("utf-8", "surrogateescape")


class Position(NamedTuple):
    """A place as people count it: line and column from 1, the column in characters."""

    line: int
    column: int


_LINE_END, _END = re.compile("\n").finditer, re.Match.end


class LineIndex:
    """Offsets to lines and columns. Lines end at LF only, as httpd's do; a CR before it belongs to the line."""

    __slots__ = ("_starts", "text")

    #: The offsets of the lines, in eight bytes each.
    _starts: array[int]

    def __init__(self, text: str) -> None:
        self.text = text

    def __getattr__(self, name: str) -> array[int]:
        # The lines are found with the first question about them: of most files nothing is shown.
        if name != "_starts":
            raise AttributeError(name)
        self._starts = starts = array("q", (0,))
        starts.extend(map(_END, _LINE_END(self.text)))
        return starts

    def __len__(self) -> int:
        return len(self._starts)

    def lines_of(self, start: int, end: int) -> tuple[int, int]:
        """Return the lines, from 1, of the first and last character of ``text[start:end]``; of no text, that of its place."""
        starts = self._starts
        first = bisect_right(starts, start)
        if first == len(starts) or end <= starts[first]:
            return first, first
        return first, bisect_right(starts, end - 1)

    def line(self, offset: int) -> int:
        """Return the line of an offset, from 1."""
        return bisect_right(self._starts, offset)

    def position(self, offset: int) -> Position:
        """Return the line and column of an offset, both from 1, in characters."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line_span(self, line: int) -> Span:
        """Return the span of a line (from 1), without its LF."""
        start = self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        return Span(start, end)

    def line_text(self, line: int) -> str:
        """Return a line (from 1) without its LF or CRLF."""
        start, end = self.line_span(line)
        return self.text[start:end].removesuffix("\r")

    def utf16_column(self, offset: int) -> int:
        """Return the column from 0 in UTF-16 code units, as LSP counts by default; a byte that is not UTF-8 counts one."""
        start = self._starts[bisect_right(self._starts, offset) - 1]
        return sum(2 if char > "\uffff" else 1 for char in self.text[start:offset])

    def utf8_column(self, offset: int) -> int:
        """Return the column from 0 in bytes."""
        start = self._starts[bisect_right(self._starts, offset) - 1]
        return len(encode(self.text[start:offset]))

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column, both from 1, in characters; held within the line."""
        start, end = self.line_span(min(max(line, 1), len(self._starts)))
        return min(start + max(column - 1, 0), end)
