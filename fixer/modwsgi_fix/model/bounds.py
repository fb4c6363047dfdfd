"""How much a configuration may make us read: what httpd limits itself, and what it would read for hours.

Includes and macros multiply: twenty macros, each of which uses the next one twice, are a million lines. httpd reads them
all; here reading ends at a limit, and what is left out is not understood.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from modwsgi_fix.files import OWN, Files, paths
from modwsgi_fix.syntax import Node

if TYPE_CHECKING:
    from modwsgi_fix.model.items import Guard, Item

#: Includes within each other, and directories within an included one (core.c: AP_MAX_INCLUDE_DEPTH, config.c:
#: AP_MAX_INCLUDE_DIR_DEPTH; measured on 2.4.71: 128 are read, 129 refused).
DEEPEST_INCLUDE = 128
#: Nodes (lines, mostly) that may be read besides ``READINGS_PER_LINE`` for each line of a file, however often that is
#: read: a file of 300 lines in 300 hosts is within it.
MOST_READINGS, READINGS_PER_LINE = 100_000, 4
#: Characters of a URL that are followed: httpd refuses a longer request line (LimitRequestLine, 8190 by default). And of
#: a file's path, which the system refuses.
LONGEST_URL, LONGEST_PATH = 8190, paths.LONGEST_PATH
#: Steps of regular expressions in one way that a request may go: the most, the least, and those of all expressions.
_MOST_STEPS, _LEAST_STEPS, _ALL_STEPS = 1_000_000, 20_000, 100_000_000
#: So many characters that are put in, or parameters that are looked for, count as a reading.
_CHARACTERS, _PARAMETERS = 256, 16


def steps_for(expressions: int) -> float:
    """Steps that the regular expressions of one request may take together, of which there are so many in all.

    A request is asked for each of them, and each is searched for each request: with many, each may do less.
    """
    return max(_LEAST_STEPS, min(_MOST_STEPS, _ALL_STEPS / max(expressions, 1)))


class TooMuch(Exception):
    """The limit is reached, and reading ends; says which."""


class Endless(NamedTuple):
    """An Include or a Use that leads back to itself, so that httpd gives up. ``said`` is what it says.

    ``is_certain`` is False where a condition on the way is undecided, and may end it.
    """

    item: Item
    said: str
    is_certain: bool


class Budget:
    """What may still be read."""

    def __init__(self) -> None:
        self.left = MOST_READINGS

    @property
    def is_spent(self) -> bool:
        return self.left < 0

    def allow(self, text: str) -> None:
        """A file is read for the first time."""
        self.left += READINGS_PER_LINE * (text.count("\n") + 1)

    def spend(self, readings: int = 1) -> None:
        """Raises ``TooMuch`` where no more is left."""
        self.left -= readings
        if self.left < 0:
            raise TooMuch(f"too much to read: Include and Use make more than {MOST_READINGS:,} lines of it")

    def spend_on(self, *, characters: int = 0, parameters: int = 0) -> None:
        """As ``spend``, for text that is put in."""
        if characters >= _CHARACTERS or parameters >= _PARAMETERS:
            self.spend(characters // _CHARACTERS + parameters // _PARAMETERS)


def files_below(
    disk: Files, top: str, budget: Budget, names_in: Callable[[str], list[str]], *, listed: bool
) -> Iterator[str]:
    """A file; of a directory all files in it, in httpd's order. A directory that holds itself is given as it stands.

    ``listed`` says that its directory has the name ``top``: then what is no file, such as a pipe or a link that leads
    nowhere, is given, too: it stops httpd, and reading it says so. ``names_in`` gives the names in a directory.
    """
    pending = [(top, frozenset[str]())]
    while pending:
        path, above = pending.pop()
        if posixpath.basename(path).startswith(OWN):
            continue
        if disk.is_dir(path):
            key = disk.key(path)
            if key in above or len(above) > DEEPEST_INCLUDE:
                yield path
                continue
            budget.spend()
            names = [name for name in names_in(path) if name not in (".", "..")]
            pending += [(f"{path.rstrip('/')}/{name}", above | {key}) for name in reversed(names)]
        elif listed or path != top or disk.is_file(path) or disk.is_link(path):
            yield path


class Standing(NamedTuple):
    """How things stand at some point of the reading.

    ``guards`` are the undecided conditions around it, ``conditions`` the number of all. ``changes`` is how often
    something changed that a condition may ask for; ``depth`` the number of Includes around it.
    """

    guards: tuple[Guard, ...]
    conditions: int
    changes: int
    depth: int


class Underway:
    """The files and macros that are being read, each by a name, and how things stood when that began."""

    def __init__(self) -> None:
        self._begun: dict[str, list[Standing]] = {}

    def marked(self, name: str, nodes: Iterable[Node], standing: Standing) -> Iterator[Node]:
        """The nodes of something that is being read from the first of them to the last."""
        begun = self._begun.setdefault(name, [])
        begun.append(standing)
        yield from nodes
        begun.pop()

    def last(self, name: str) -> Standing | None:
        """How things stood when the innermost reading of it began, which has not ended; None where there is none."""
        begun = self._begun.get(name)
        return begun[-1] if begun else None

    def leads_back(self, name: str, here: Standing) -> bool:
        """Whether it is being read, and reading it again must come here again.

        So it must where no condition is on the way, or nothing has changed that one may ask for.
        """
        last = self.last(name)
        if last is None:
            return False
        is_same = last.changes == here.changes and set(last.guards) == set(here.guards)
        return is_same or last.conditions == here.conditions

    def is_certain(self, name: str, here: Standing) -> bool:
        """Whether no undecided condition stands between the outermost reading of it and here."""
        begun = self._begun.get(name)
        return set(begun[0].guards if begun else ()) == set(here.guards)
