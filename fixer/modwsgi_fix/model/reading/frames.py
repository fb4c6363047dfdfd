"""The state of the reader: what is still to be read, and the place around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from modwsgi_fix.model.items import File, Guard, Item, Server
from modwsgi_fix.syntax import Node, Section
from modwsgi_fix.tuples import NamedTuple


class Macro(NamedTuple):
    """A macro's parameters, its section, and the file that defines it."""

    parameters: tuple[str, ...]
    section: Section
    file: File


class Where(NamedTuple):
    """The place that the reader is in."""

    file: File
    parent: Item | None
    server: Server
    guards: tuple[Guard, ...]
    wrapper: Section | None
    bindings: tuple[tuple[str, str], ...]
    foreign: bool
    #: The numbers of Includes, of conditions (decided or not), and of other sections or undecided conditions around it.
    depth: int = 0
    conditions: int = 0
    nested: int = 0
    #: The line that uses the macro around it; None where another macro uses that.
    use: Item | None = None


#: The nodes that are still to be read, and their place.
Frame: TypeAlias = tuple[Iterator[Node], Where]
