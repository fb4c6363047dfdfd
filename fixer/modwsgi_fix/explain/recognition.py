"""Which message of the table a line holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from modwsgi_fix.explain.messages import MESSAGES, ROUTINE_CODES, ROUTINE_WORDS, Message
from modwsgi_fix.explain.patterns import Pattern, pattern
from modwsgi_fix.expressions import expression
from modwsgi_fix.tuples import NamedTuple

_CODE = expression(r"\bAH\d{5}\b", re.ASCII)
_PLACE = expression(r"Syntax error on line (\d{1,9}) of ((?:[A-Za-z]:)?[^:]{1,4096}):[ ]?")


#: Numbers that httpd puts before whatever a CGI program wrote: they alone tell nothing.
OF_PROGRAMS = frozenset({"AH01215"})


class Known(NamedTuple):
    """A message of the table and the values of its fields; no values where the message was recognized by its number alone."""

    message: Message
    fields: Mapping[str, str]


class Place(NamedTuple):
    """The line of the configuration that httpd refuses, and the reason, which may stand in the next line of the log."""

    file: str
    line: int
    text: str


@cache
def patterns() -> tuple[tuple[Message, Pattern], ...]:
    """Return every message with its pattern, in the order of the table."""
    return tuple((message, pattern(message.text)) for message in MESSAGES)


@cache
def _by_code() -> Mapping[str, tuple[tuple[Message, Pattern], ...]]:
    codes = dict.fromkeys(message.code for message in MESSAGES if message.code)
    return {code: tuple(pair for pair in patterns() if pair[0].code == code) for code in codes}


@cache
def _by_word() -> Mapping[str, tuple[int, ...]]:
    """Return the numbers of the patterns in the table by a word that they need; those under "" need no certain word."""
    found: dict[str, list[int]] = {}
    for at, (_, words) in enumerate(patterns()):
        found.setdefault(words.certain_word, []).append(at)
    return {word: tuple(places) for word, places in found.items()}


def _candidates(text: str) -> list[tuple[Message, Pattern]]:
    """Return the messages that a line without a number may hold, in the order of the table.

    They are found by their words and not one by one, since a long log has millions of lines.
    """
    index = _by_word()
    places = [at for word in index.keys() & set(text.split(" ")) for at in index[word]]
    every = patterns()
    return [every[at] for at in sorted({*places, *index.get("", ())})]


@lru_cache(maxsize=1_024)
def known(text: str) -> Known | None:
    """Return the message that a line holds; None where the table has none."""
    code = code_of(text)
    if code and code not in _by_code():
        return None
    candidates = _by_code()[code] if code else _candidates(text)
    for message, words in candidates:
        fields = words.match(text)
        if fields is not None:
            return Known(message, fields)
    return Known(candidates[0][0], {}) if code and code not in OF_PROGRAMS else None


def code_of(text: str) -> str:
    """Return httpd's number of a message, or an empty string."""
    found = _CODE.search(text) if "AH" in text else None
    return found[0] if found else ""


def place_in(text: str) -> Place | None:
    """Return the last place that a line about reading the configuration names: outer files come first."""
    every = list(_PLACE.finditer(text)) if "Syntax error on line " in text else []
    if not every:
        return None
    found = every[-1]
    return Place(found[2], int(found[1]), text[found.end() :])


def is_routine(text: str) -> bool:
    """Whether a healthy server writes such a line, or the line only accompanies a message."""
    return code_of(text) in ROUTINE_CODES or any(words in text for words in ROUTINE_WORDS)
