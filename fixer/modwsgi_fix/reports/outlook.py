"""What ``--write`` would do for each finding: found out by doing it, in memory.

A fix may only become possible after another one, and may take other findings with it; so the fixes that findings carry
are not simply counted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate

from modwsgi_fix.edits import Applicability, Edit
from modwsgi_fix.engine import Fixed, Job, fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic


def outlook(job: Job, config: Config, found: Sequence[Diagnostic]) -> list[Applicability | None]:
    """Return for each finding of a server the lowest level at which it would go, None where it would stay."""
    levels: list[Applicability | None] = [None] * len(found)
    if not any(diagnostic.fix for diagnostic in found):
        return levels
    fixed: Fixed | None = None
    for level in sorted(Applicability, reverse=True):
        # Where all that was done needs less, a lower level does just the same.
        if fixed is None or any(one.fix.applicability > level for one in fixed.applied):
            fixed = fix(job, level, config=config)
        for at in _gone(found, fixed):
            levels[at] = level
    return levels


def _gone(found: Sequence[Diagnostic], fixed: Fixed) -> list[int]:
    """Return the findings that are not among those left: not with their words and place, nor one of these at least.

    Places are compared as they are after the fixes; a message may change because another finding went.
    """
    movers = {file.path: mover(file.edits) for file in fixed.files}
    starts = [movers[d.path](d.span.start) if d.path in movers else d.span.start for d in found]
    gone = list(range(len(found)))
    left = list(fixed.left)
    for key in (_words_and_place, _words, _place):
        there = Counter(key(d, d.span.start) for d in left)
        stay = Counter[tuple[object, ...]]()
        pending = []
        for at in gone:
            mine = key(found[at], starts[at])
            if there[mine] > stay[mine]:
                stay[mine] += 1
            else:
                pending.append(at)
        gone = pending
        rest = []
        for diagnostic in left:
            mine = key(diagnostic, diagnostic.span.start)
            if stay[mine] > 0:
                stay[mine] -= 1
            else:
                rest.append(diagnostic)
        left = rest
    return gone


def _words_and_place(diagnostic: Diagnostic, start: int) -> tuple[object, ...]:
    return diagnostic.rule, diagnostic.path, diagnostic.message, start


def _words(diagnostic: Diagnostic, start: int) -> tuple[object, ...]:
    return diagnostic.rule, diagnostic.path, diagnostic.message


def _place(diagnostic: Diagnostic, start: int) -> tuple[object, ...]:
    return diagnostic.rule, diagnostic.path, start


def mover(edits: Sequence[Edit]) -> Callable[[int], int]:
    """Return where a character of the original text stands after ordered edits; -1 for one that they took away."""
    starts = [edit.span.start for edit in edits]
    shifts = [0, *accumulate(len(text) - (end - start) for _, (start, end), text in edits)]

    def moved(offset: int) -> int:
        after = bisect_right(starts, offset)
        # Of the edits that begin here or before, an insertion may stand behind a replacement at the same place.
        if any(edit.span.start <= offset < edit.span.end for edit in edits[max(after - 2, 0) : after]):
            return -1
        return offset + shifts[after]

    return moved
