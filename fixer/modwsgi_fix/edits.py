"""Edits of text, bundled into a fix that says how far to trust it.

Only ``apply`` changes text. An edit names a file by its key (the resolved path that ``files.Files`` gives), a span of
that file's text, and the text that replaces it. A fix may span several files; it is applied whole or not at all.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from enum import IntEnum
from itertools import pairwise, starmap
from operator import attrgetter

from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple


class Applicability(IntEnum):
    """How far to trust a fix, from most to least; a level includes those before it."""

    #: httpd serves every request as before, or now starts where it refused to.
    SAFE = 1
    #: A visitor sees a change only as the rule declares: the application answers where it was hidden, or what should
    #: never have been served is closed. Nothing is opened that was closed, and no answer is lost.
    REPAIR = 2
    #: May open something, or change capacity, identity or timing: the administrator decides.
    UNSAFE = 3

    @property
    def label(self) -> str:
        """The level's name for people and settings: ``safe``, ``repair`` or ``unsafe``."""
        return self.name.lower()


class Edit(NamedTuple):
    """``text[span]`` of a file becomes ``text``; an empty span inserts, an empty text deletes."""

    path: str
    span: Span
    text: str = ""


#: The order of edits that are applied.
SPAN = attrgetter("span")


class Fix(NamedTuple):
    """Edits that make sense only together.

    ``title`` is an imperative without a full stop ("Delete the repetition"); ``reason`` says what changes for visitors,
    or why nothing does; both are shown to the user. ``every_reading`` says that the rule considered all readings of a file
    that is included more than once; otherwise the engine requires that each reading has the same fix.
    """

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability
    reason: str = ""
    every_reading: bool = False
    #: The static files that the fix may open, as pairs of a URL prefix and the directory that the prefix led to before.
    publishes: tuple[tuple[str, str], ...] = ()

    @classmethod
    def safe(cls, title: str, *edits: Edit, reason: str = "", every_reading: bool = False) -> Fix:
        """Return a fix of level SAFE."""
        return cls(title, edits, Applicability.SAFE, reason, every_reading)

    @classmethod
    def repair(
        cls,
        title: str,
        *edits: Edit,
        reason: str = "",
        every_reading: bool = False,
        publishes: tuple[tuple[str, str], ...] = (),
    ) -> Fix:
        """Return a fix of level REPAIR; ``publishes`` as in the class."""
        return cls(title, edits, Applicability.REPAIR, reason, every_reading, publishes)

    @classmethod
    def unsafe(cls, title: str, *edits: Edit, reason: str = "", every_reading: bool = False) -> Fix:
        """Return a fix of level UNSAFE."""
        return cls(title, edits, Applicability.UNSAFE, reason, every_reading)


def touch(first: Edit, second: Edit) -> bool:
    """Whether two edits cannot both be applied: they overlap, or both insert at one place.

    An insertion at the very start or end of a replaced span is fine; two insertions at one offset have no order.
    """
    if first.path != second.path:
        return False
    (a, b), (c, d) = first.span, second.span
    if a == b or c == d:
        return a == c and b == d if a == b and c == d else (c < a < d if a == b else a < c < b)
    return a < d and c < b


def overlap(fix: Fix) -> bool:
    """Whether the edits of one fix cannot be applied together."""
    return _meet(fix.edits)


def _meet(edits: Iterable[Edit]) -> bool:
    """Whether two of some edits cannot both be applied. In order, an edit that touches a later one touches the next."""
    return any(starmap(touch, pairwise(sorted(edits))))


def compatible(fixes: Iterable[Fix]) -> list[Fix]:
    """Return the fixes that can be applied together: the earlier of two that touch, and the first of equal ones."""
    fixes = [fix for fix in fixes if fix.edits]
    if not _meet([edit for fix in fixes for edit in fix.edits]):
        return fixes
    taken: list[Fix] = []
    by_path: dict[str, list[Edit]] = {}
    for fix in fixes:
        if any(touch(edit, other) for edit in fix.edits for other in _around(by_path.get(edit.path, []), edit)):
            continue
        if overlap(fix):
            raise ValueError(f"the fix {fix.title!r} has edits that overlap")
        taken.append(fix)
        for edit in fix.edits:
            insort(by_path.setdefault(edit.path, []), edit)
    return taken


def _around(taken: list[Edit], edit: Edit) -> list[Edit]:
    """Return the neighbours of a new edit among those ``taken``, which are in order and do not touch each other.

    At one place there are at most two, an insertion and a replacement; so whatever the new edit touches is among these.
    """
    at = bisect_left(taken, edit)
    return taken[max(at - 2, 0) : at + 2]


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text of one file after its edits. Raises ``ValueError`` where two of them touch each other."""
    parts: list[str] = []
    at, size = 0, len(text)
    for edit in sorted(edits, key=SPAN):
        start, end = edit.span
        if start < at or end < start or end > size:
            raise ValueError(f"edit {edit.span} is out of place in a text of {size} characters")
        parts += (text[at:start], edit.text)
        at = end
    parts.append(text[at:])
    return "".join(parts)
