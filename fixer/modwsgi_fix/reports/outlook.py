"""What ``--write`` would do for each finding: found out by doing it, in memory.

A fix may only become possible after another one, and may take other findings with it; so the fixes that findings carry
are not simply counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from modwsgi_fix.edits import Applicability, Edit
from modwsgi_fix.engine import Fixed, Job, fix
from modwsgi_fix.rule import Diagnostic


def outlook(job: Job, found: Sequence[Diagnostic]) -> list[Applicability | None]:
    """For each finding the lowest level at which it would go, None where it would stay."""
    levels: list[Applicability | None] = [None] * len(found)
    if not any(diagnostic.fix for diagnostic in found):
        return levels
    fixed: Fixed | None = None
    for level in sorted(Applicability, reverse=True):
        # Where all that was done needs less, a lower level does just the same.
        if fixed is None or any(one.fix.applicability > level for one in fixed.applied):
            fixed = fix(job, level)
        for at in _gone(found, fixed):
            levels[at] = level
    return levels


def _gone(found: Sequence[Diagnostic], fixed: Fixed) -> list[int]:
    """The findings that are not among those left: not with their words and place, nor one of these at least.

    Places are compared as they are after the fixes; a message may change because another finding went.
    """
    edits = {file.path: file.edits for file in fixed.files}
    gone = list(range(len(found)))
    left = list(fixed.left)
    for key in (_words_and_place, _words, _place):
        there = Counter(key(d, d.span.start) for d in left)
        stay = Counter[tuple[object, ...]]()
        pending = []
        for at in gone:
            mine = key(found[at], moved(edits.get(found[at].path, ()), found[at].span.start))
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


def moved(edits: Sequence[Edit], offset: int) -> int:
    """Where a character of the original text stands after ordered edits; for one that they took away, where it was."""
    shift = 0
    for edit in edits:
        if edit.span.start > offset:
            break
        if edit.span.start <= offset < edit.span.end:
            return edit.span.start + shift
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return offset + shift
