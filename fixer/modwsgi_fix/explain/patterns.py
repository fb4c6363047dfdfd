"""Patterns that find messages by their fixed words: each search is one pass over the line, whatever the line holds."""

from __future__ import annotations

from collections.abc import Mapping

from modwsgi_fix.expressions import expression
from modwsgi_fix.text import decode
from modwsgi_fix.tuples import NamedTuple

_FIELD = expression(r"\{(\w+)\}")
_ESCAPE = expression(r"\\(x[0-9a-fA-F]{2}|[\\\"nrtbfva])")
_ESCAPED = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "a": "\a"}
#: The text that httpd adds to a message about a request.
REFERER = ", referer: "


class Pattern(NamedTuple):
    """Fixed words, and the names of the fields between and after them.

    The first words may be anywhere in a line; where a field comes first, they are empty, and the line begins with the field.
    """

    words: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def certain_word(self) -> str:
        """The longest of the fixed words that stands between two blanks in every line that matches; empty where none does."""
        inner = [word for words in self.words for word in words.split(" ")[1:-1]]
        return max(inner, key=len, default="")

    def match(self, text: str) -> Mapping[str, str] | None:
        """Return the values of the fields, by name; None where the words are not there in this order."""
        start = text.find(self.words[0])
        if start < 0:
            return None
        at = start + len(self.words[0])
        found: dict[str, str] = {}
        for name, word in zip(self.fields, self.words[1:], strict=True):
            end = text.find(word, at) if word else len(text)
            if end < 0:
                return None
            value = plain(text[at:end].partition(REFERER)[0] if not word else text[at:end])
            if not at and not self.words[0] and not value.startswith("/"):
                value = value.rpartition(" ")[2]  # the text before the word is an unknown prefix
            found[name] = value
            at = end + len(word)
        return found


def pattern(template: str) -> Pattern:
    """Return the pattern of a template, whose variable parts are names in braces."""
    parts = _FIELD.split(template)
    return Pattern(tuple(parts[::2]), tuple(parts[1::2]))


def plain(text: str) -> str:
    """Return a text as it was before httpd escaped it for the log (server/util.c:ap_escape_errorlog_item)."""
    if "\\" not in text:
        return text
    raw = _ESCAPE.sub(lambda found: _character(found[1]), text)
    return decode(raw.encode("utf-8", "surrogateescape"))


def _character(code: str) -> str:
    if code.startswith("x"):
        return bytes([int(code[1:], 16)]).decode("utf-8", "surrogateescape")
    return _ESCAPED[code]
