"""Made servers that httpd accepts, with what safe fixes change in them: the examples of the rules' pages, put in and mutated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import TypeVar

from fuzz import mutators

from modwsgi_fix.edits import Applicability
from modwsgi_fix.examples import examples
from modwsgi_fix.rule import all_rules

from .starting import made

#: Of the mutators those that leave many servers as httpd accepts them.
_GENTLE = (
    mutators.repeat_lines, mutators.move_a_line, mutators.join_lines, mutators.break_a_line, mutators.comment_out, mutators.drop_lines,
    mutators.misspell_a_token, mutators.quote_a_token, mutators.move_a_section, mutators.put_a_line, mutators.take_a_token,
)  # fmt: skip
_FAULTLESS = [number for number in range(200) if not made(number).faults]
_Key = TypeVar("_Key", int, tuple[str, bool])
_HOST = re.compile(r"^</VirtualHost>", re.M)


@cache
def habits() -> tuple[str, ...]:
    """Return what safe fixes change: each example of one file, as it is before."""
    return tuple(dict.fromkeys(_habits()))


def _habits() -> Iterator[str]:
    for rule in all_rules().values():
        for one in examples(rule.page):
            if one.level is Applicability.SAFE and one.after is not None and len(one.before) == 1 and not one.settings:
                yield from (text for name, text in one.before.items() if name.endswith(".conf"))


class Servers:
    """Makes servers that are ``accepted``. What of the habits is accepted by itself is asked once."""

    def __init__(self, accepted: Callable[[str], bool]) -> None:
        self._accepted = accepted
        self._bare: dict[int, bool] = {}
        self._alone: dict[tuple[str, bool], bool] = {}

    def made(self, seed: int) -> str | None:
        """A server by seed, with some habits in it; None where httpd refuses what was made."""
        draw = Random(f"habits {seed}")
        number = draw.choice(_FAULTLESS)
        text = made(number).text
        if not self._ask(self._bare, number, text):
            return None
        mixed = text
        for habit in draw.sample(habits(), min(20, len(habits()))):
            in_host = "<VirtualHost" not in habit and draw.random() < 0.5
            if self._ask(self._alone, (habit, in_host), _put(text, habit, in_host=in_host)):
                mixed = _put(mixed, habit, in_host=in_host)
        for _ in range(4):
            mutated = draw.choice(_GENTLE)(draw, mixed, habits())
            if mutated != mixed and self._accepted(mutated):
                return mutated
        return mixed if self._accepted(mixed) else None

    def _ask(self, known: dict[_Key, bool], key: _Key, text: str) -> bool:
        if key not in known:
            known[key] = self._accepted(text)
        return known[key]


def _put(text: str, habit: str, *, in_host: bool) -> str:
    """A habit at the end of a server, or of its last host."""
    places = [found.start() for found in _HOST.finditer(text)]
    at = places[-1] if places and in_host else len(text)
    return text[:at] + habit + text[at:]
