"""Gaps: the parts of a server that are out of sight."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from modwsgi_fix.directives.families import INCLUDES, MERGED_SECTIONS
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple


class GapKind(Enum):
    """Why something was not understood. The values say so without a word of the configuration."""

    #: A variable is not defined in these files, or too long when expanded: one word is unknown, everything else is read.
    VARIABLE = "the value of a variable is not known"
    INCLUDE = "an included file is not known"
    #: The name of the included file shows that it has neither sections nor access lines.
    APART = "an included file of another subject is not known"
    MACRO = "a macro is not known"
    #: ``<Perl>``, ``<Lua...>``: only its own interpreter knows what the section adds to the configuration.
    CODE = "a section is code in another language"
    #: ``model.bounds`` ended the reading.
    LIMIT = "there is more than is read"
    #: Each is one object; ``Enum`` would hash its name, in Python, for each of a hundred thousand gaps.
    __hash__ = object.__hash__


#: Gaps that do not hide sections or access lines.
HARMLESS = frozenset({GapKind.VARIABLE, GapKind.APART})


class Gap(NamedTuple):
    """Something that was not understood and so limits the conclusions. ``reason`` names it as the file does."""

    path: str
    span: Span
    kind: GapKind
    reason: str


def whole_text(config: Config) -> bool:
    """Whether every line that may be about access was read, though a word in it may be unknown."""
    return config.complete and all(gap.kind in HARMLESS for gap in config.gaps)


def sees_all_sections(config: Config) -> bool:
    """Whether every section of the server is known: a whole server, no Include missing, no section in code or a macro.

    An undefined variable in another place (``ErrorLog ${APACHE_LOG_DIR}/error.log``) hides no section.
    """
    return config.complete and sees_own_sections(config)


@derived
def sees_own_sections(config: Config) -> bool:
    """Whether every section of these files is known, as in ``sees_all_sections``; they may be a part of the server."""
    if any(gap.kind not in HARMLESS for gap in config.gaps):
        return False
    return not config.in_each_server(_unknown, *MERGED_SECTIONS, *INCLUDES)


def _unknown(lines: Iterable[Item]) -> list[Item]:
    return [line for line in lines if not line.known]
