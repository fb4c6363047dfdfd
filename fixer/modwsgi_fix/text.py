"""Text and positions: bytes to str and back without loss, spans, lines and columns.

A configuration is decoded as UTF-8 with ``surrogateescape``: any bytes come back as they were, and rules see real
characters (a curly quote is one character). Offsets are in characters of the decoded text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

#: What httpd skips between words and at both ends of a line (``apr_isspace`` in the C locale). ``str.strip()`` and
#: ``\s`` without ``re.ASCII`` also take U+00A0 and U+0085, which httpd does not.
WHITESPACE = " \t\n\v\f\r"


_DIGITS = re.compile(r"[0-9]+").fullmatch
#: More than any setting of httpd has; Python refuses to read some thousands of them.
_MOST_DIGITS = 18


def whole_number(word: str) -> int | None:
    """A word of ASCII digits as a number; None for any other word, ``-1``, ``²`` and the empty one among them.

    What has more than 18 digits counts as the largest number that has 18.
    """
    if _DIGITS(word) is None:
        return None
    digits = word.lstrip("0")
    return int(digits or "0") if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS - 1


_BREAK = re.compile(r"\\?\r?\n[ \t]*")


def one_line(sentence: str) -> str:
    """A sentence that quotes what stands in several lines, without their ends and the backslashes that continue them."""
    return _BREAK.sub(" ", sentence) if "\n" in sentence else sentence


#: Of a word that makes a sentence too long, as many characters are kept of its beginning and of its end.
_HEAD, _TAIL = 40, 20
_LONG_WORD = re.compile(rf"(\S{{{_HEAD}}})\S{{2,}}(\S{{{_TAIL}}})", re.ASCII)


def shortened(sentence: str, most: int) -> str:
    """A sentence in one line of at most ``most`` characters: long words lose their middle, and then it loses its end."""
    said = one_line(sentence)
    if len(said) > most:
        said = _LONG_WORD.sub("\\1\u2026\\2", said)
    return said if len(said) <= most else f"{said[: most - 2].rstrip()} \u2026"


def listed(names: Iterable[str], most: int = 3, word: str = "and") -> str:
    """Some names, and how many more there are: ``a, b, c and 7 more``."""
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
        """True when ``other`` lies within this span."""
        return self.start <= other.start and other.end <= self.end


def decode(data: bytes) -> str:
    """Any bytes as text; ``encode`` gives exactly these bytes back."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes that ``decode`` read."""
    return text.encode("utf-8", "surrogateescape")


class Position(NamedTuple):
    """Where a person looks: line and column, both counted from 1; the column is in characters."""

    line: int
    column: int


class LineIndex:
    """Offsets to lines and columns. Lines end at LF only, as httpd's do; a CR before it belongs to the line."""

    __slots__ = ("_starts", "text")

    _starts: list[int]

    def __init__(self, text: str) -> None:
        self.text = text

    def __getattr__(self, name: str) -> list[int]:
        # Looked for when they are first asked for: of most files nothing is shown.
        if name != "_starts":
            raise AttributeError(name)
        self._starts = starts = [0]
        find = self.text.find
        at = find("\n") + 1
        while at:
            starts.append(at)
            at = find("\n", at) + 1
        return starts

    def __len__(self) -> int:
        return len(self._starts)

    def position(self, offset: int) -> Position:
        """Line and column of an offset, from 1, in characters."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line_span(self, line: int) -> Span:
        """The span of a line (from 1), without its LF."""
        start = self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        return Span(start, end)

    def line_text(self, line: int) -> str:
        """A line (from 1) without its LF or CRLF."""
        start, end = self.line_span(line)
        return self.text[start:end].removesuffix("\r")

    def utf16_column(self, offset: int) -> int:
        """The column from 0 in UTF-16 code units, as LSP counts by default; a byte that is no UTF-8 counts one."""
        start = self._starts[bisect_right(self._starts, offset) - 1]
        return sum(2 if char > "\uffff" else 1 for char in self.text[start:offset])

    def utf8_column(self, offset: int) -> int:
        """The column from 0 in bytes."""
        start = self._starts[bisect_right(self._starts, offset) - 1]
        return len(encode(self.text[start:offset]))

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1, in characters; held within the line."""
        start, end = self.line_span(min(max(line, 1), len(self._starts)))
        return min(start + max(column - 1, 0), end)
