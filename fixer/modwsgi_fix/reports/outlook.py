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
    """The findings that are not among those left: not at the place where theirs is now, and not in the same words."""
    edits = {file.path: file.edits for file in fixed.files}
    places = Counter((d.rule, d.path, d.span.start) for d in fixed.left)
    words = Counter((d.rule, d.path, d.message) for d in fixed.left)
    pending = []
    for at, diagnostic in enumerate(found):
        place = (diagnostic.rule, diagnostic.path, moved(edits.get(diagnostic.path, ()), diagnostic.span.start))
        if places[place]:
            places[place] -= 1
            words[diagnostic.rule, diagnostic.path, diagnostic.message] -= 1
        else:
            pending.append(at)
    gone = []
    for at in pending:
        same = (found[at].rule, found[at].path, found[at].message)
        if words[same] > 0:
            words[same] -= 1
        else:
            gone.append(at)
    return gone


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
