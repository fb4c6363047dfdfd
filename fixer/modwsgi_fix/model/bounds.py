"""The limits of reading: those of httpd itself, and others for configurations that httpd would read for hours.

Includes and macros multiply: twenty macros, each of which uses the next one twice, are a million lines. httpd reads them
all; here reading ends at a limit, and the lines that are left out count as not understood.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from modwsgi_fix.files import OWN, Files, paths
from modwsgi_fix.syntax import Node
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from modwsgi_fix.model.items import Guard, Item

#: Includes within each other, and directories within an included one (core.c: AP_MAX_INCLUDE_DEPTH, config.c:
#: AP_MAX_INCLUDE_DIR_DEPTH; measured on 2.4.71: 128 are read, 129 refused).
DEEPEST_INCLUDE = 128
#: The most nodes (mostly lines) that may be read in addition to ``READINGS_PER_LINE`` for each line of a file, however
#: often the file is read: a file of 300 lines in 300 hosts is within the limit.
MOST_READINGS, READINGS_PER_LINE = 100_000, 4
#: The most characters of a URL: httpd refuses longer request lines (LimitRequestLine, 8190 by default). And those of a
#: file's path: the system refuses longer ones.
LONGEST_URL, LONGEST_PATH = 8190, paths.LONGEST_PATH
#: Steps of regular expressions in one branch of a request: the most, the least, and those of all expressions together.
_MOST_STEPS, _LEAST_STEPS, _ALL_STEPS = 1_000_000, 20_000, 100_000_000
#: So many characters that are inserted, or parameters that are searched for, count as one reading.
_CHARACTERS, _PARAMETERS = 256, 16
#: The readings that it takes to list a directory below itself: links back to it make as many paths as one likes.
_BELOW_ITSELF = 200


def steps_for(expressions: int) -> float:
    """Return the steps that the regular expressions of one request may take together, for a number of expressions in all.

    Each expression brings requests of its own and is searched for in each request, so with many expressions each may do less.
    """
    return max(_LEAST_STEPS, min(_MOST_STEPS, _ALL_STEPS / max(expressions, 1)))


class TooMuch(Exception):
    """A limit is reached, and reading ends; the text says which limit."""


class Endless(NamedTuple):
    """An Include or a Use that leads back to itself, so that httpd gives up. ``said`` is httpd's message.

    ``is_certain`` is False where a condition on the way is undecided, and may end it.
    """

    item: Item
    said: str
    is_certain: bool


class Budget:
    """The number of readings that are left."""

    def __init__(self) -> None:
        self.left = MOST_READINGS
        #: The directories that are listed, by path, as the keys of the disk.
        self._listed: dict[str, str] = {}

    @property
    def is_spent(self) -> bool:
        """Whether nothing more may be read."""
        return self.left < 0

    def allow(self, text: str) -> None:
        """Add the readings for a file that is read for the first time."""
        self.left += READINGS_PER_LINE * (text.count("\n") + 1)

    def spend(self, readings: int = 1) -> None:
        """Take readings off. Raises ``TooMuch`` where none are left."""
        self.left -= readings
        if self.left < 0:
            raise TooMuch(f"too much to read: Include and Use make more than {MOST_READINGS:,} lines of it")

    def spend_on_listing(self, directory: str, key: str) -> None:
        """As ``spend``, for a directory that a link has led back to; others take nothing."""
        self._listed[directory] = key
        above = posixpath.dirname(directory)
        while above != directory:
            if self._listed.get(above) == key:
                self.spend(_BELOW_ITSELF)
                return
            directory, above = above, posixpath.dirname(above)

    def spend_on(self, *, characters: int = 0, parameters: int = 0) -> None:
        """As ``spend``, for inserted text and parameters that are searched for."""
        if characters >= _CHARACTERS or parameters >= _PARAMETERS:
            self.spend(characters // _CHARACTERS + parameters // _PARAMETERS)


def files_below(
    disk: Files, top: str, budget: Budget, names_in: Callable[[str], list[str]], *, listed: bool
) -> Iterator[str]:
    """Yield a file, or all files in a directory, in httpd's order; a directory that contains itself is yielded by its path.

    ``listed`` says that a directory lists the name ``top``: then something that is not a file, such as a pipe or a broken
    link, is yielded, too, because it stops httpd, and reading it says so. ``names_in`` returns the names in a directory.
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
    """The state of reading at some point.

    ``guards`` are the undecided conditions around the point, ``conditions`` is the number of all conditions. ``changes`` counts
    the changes of anything that a condition may ask for; ``depth`` is the number of Includes around the point.
    """

    guards: tuple[Guard, ...]
    conditions: int
    changes: int
    depth: int


class Underway:
    """The files and macros that are being read, by name, and the state of reading when each began."""

    def __init__(self) -> None:
        self._begun: dict[str, list[Standing]] = {}

    def marked(self, name: str, nodes: Iterable[Node], standing: Standing) -> Iterator[Node]:
        """Yield the nodes of a file or macro, which counts as being read from the first node to the last."""
        begun = self._begun.setdefault(name, [])
        begun.append(standing)
        yield from nodes
        begun.pop()

    def last(self, name: str) -> Standing | None:
        """Return the state in which the innermost reading of a name began; None where it is not being read."""
        begun = self._begun.get(name)
        return begun[-1] if begun else None

    def leads_back(self, name: str, standing: Standing) -> bool:
        """Whether a name is being read, and reading it again would certainly lead here again.

        It would where there is no condition on the way, or nothing has changed that a condition may ask for.
        """
        last = self.last(name)
        if last is None:
            return False
        is_same = last.changes == standing.changes and set(last.guards) == set(standing.guards)
        return is_same or last.conditions == standing.conditions

    def is_certain(self, name: str, standing: Standing) -> bool:
        """Whether there is no undecided condition between the outermost reading of a name and here."""
        begun = self._begun.get(name)
        return set(begun[0].guards if begun else ()) == set(standing.guards)
