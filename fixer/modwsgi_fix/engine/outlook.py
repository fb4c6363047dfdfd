"""What ``--write`` would do for each finding: found out by doing it, in memory.

A fix may only become possible after another one, and may take other findings with it; so the fixes that findings carry
are not simply counted. And what stands behind a fault of the syntax is found only once that is repaired.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from modwsgi_fix.edits import Applicability, Edit
from modwsgi_fix.engine.check import findings
from modwsgi_fix.engine.job import Job, Opinion, Proof
from modwsgi_fix.engine.outcome import Applied, Fixed
from modwsgi_fix.engine.run import Met, Run, met, origin_in
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic


class Revealed(NamedTuple):
    """A finding that appears only after a fix, at its place in the files as they are.

    ``config`` is a server that has its file as it is; ``after`` is the file and line of the fix; ``level`` the one at
    which the finding would go, None where it would stay.
    """

    diagnostic: Diagnostic
    config: Config
    after: tuple[str, int]
    level: Applicability | None


class Outlook(NamedTuple):
    """For each finding the lowest level at which it would go, None where it would stay; and what fixes reveal."""

    levels: tuple[Applicability | None, ...]
    revealed: tuple[Revealed, ...] = ()


def outlook(
    job: Job,
    config: Config,
    found: Sequence[Diagnostic],
    level: Applicability = Applicability.REPAIR,
    opinion: Opinion | None = None,
    proof: Proof | None = None,
) -> Outlook:
    """What the fixes of each level would do for the findings of a server: one run goes through the levels.

    What fixes reveal is told of those up to ``level``. With the ``opinion`` and ``proof`` that a run to write has, it comes
    to what that comes to (``fix``); without them a fix may count that is then withheld.
    """
    if not any(diagnostic.fix for diagnostic in found):
        return Outlook((None,) * len(found))
    run = Run(job, opinion, config, proof)
    outcomes: dict[Applicability, Fixed] = {}
    levels: list[Applicability | None] = [None] * len(found)
    revealed: list[Met] = []
    for turn in Applicability:
        outcomes[turn] = run.to(turn)
        for at in _gone(found, outcomes[turn]):
            levels[at] = levels[at] or turn
        if turn == level:
            revealed = _revealed(job, run, found)
    return Outlook(tuple(levels), tuple(_judged(config, found, revealed, outcomes)))


def _revealed(job: Job, run: Run, found: Sequence[Diagnostic]) -> list[Met]:
    """The findings that a run met and that were not there before it.

    They are all those of the server once its syntax was repaired, and later those whose fixes were applied.
    """
    known = list(found)
    revealed: list[Met] = []
    for group in (*_legible(job, run), run.met):
        diagnostics = [one.diagnostic for one in group]
        _, new = _matched(known, [d.span.start for d in known], diagnostics)
        known += [diagnostics[at] for at in new]
        revealed += [group[at] for at in new]
    return revealed


def _legible(job: Job, run: Run) -> Iterator[list[Met]]:
    for state in run.legible:
        there = (
            d
            for d in findings(state.config, job.rules, job.ignored, job.new)
            if not job.shipped(state.config.source(d.path))
        )
        origin_of = origin_in(state.edits)
        placed = (met(run.before, state.config, origin_of, state.after, state.level, one) for one in there)
        yield [one for one in placed if one is not None]


def _judged(
    before: Config, found: Sequence[Diagnostic], revealed: Sequence[Met], outcomes: Mapping[Applicability, Fixed]
) -> Iterator[Revealed]:
    """What was revealed, with the lowest level at which it goes, of those that reveal it."""
    every = [*found, *(one.diagnostic for one in revealed)]
    gone = {level: set(_gone(every, outcome)) for level, outcome in outcomes.items()} if revealed else {}
    for at, one in enumerate(revealed, start=len(found)):
        level = next((level for level in gone if level >= one.level and at in gone[level]), None)
        yield Revealed(one.diagnostic, one.config, _place_of(before, one.after), level)


def _place_of(before: Config, fix: Applied) -> tuple[str, int]:
    """File and line of a fix, in the files as they were before any; where it is in none of them, as it was made."""
    file = before.files.get(fix.path) or before.scripts.get(fix.path)
    start = next((span.start for path, span in fix.origins if path == fix.path), None)
    return (fix.name, fix.line if file is None or start is None else file.lines.position(start).line)


def _gone(found: Sequence[Diagnostic], fixed: Fixed) -> list[int]:
    """The findings that are not among those left: not with their words and place, nor one of these at least.

    Places are compared as they are after the fixes; a message may change because another finding went.
    """
    movers = {file.path: mover(file.edits) for file in fixed.files}
    starts = [movers[d.path](d.span.start) if d.path in movers else d.span.start for d in found]
    return _matched(found, starts, fixed.left)[0]


def _matched(
    found: Sequence[Diagnostic], starts: Sequence[int], left: Sequence[Diagnostic]
) -> tuple[list[int], list[int]]:
    """Of findings that start at these places, and of those that are left, the ones that are not among the others."""
    gone, new = list(range(len(found))), list(range(len(left)))
    for key in (_words_and_place, _words, _place):
        there = Counter(key(left[at], left[at].span.start) for at in new)
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
        for at in new:
            mine = key(left[at], left[at].span.start)
            if stay[mine] > 0:
                stay[mine] -= 1
            else:
                rest.append(at)
        new = rest
    return gone, new


def _words_and_place(diagnostic: Diagnostic, start: int) -> tuple[object, ...]:
    return diagnostic.rule, diagnostic.path, diagnostic.message, start


def _words(diagnostic: Diagnostic, start: int) -> tuple[object, ...]:
    return diagnostic.rule, diagnostic.path, diagnostic.message


def _place(diagnostic: Diagnostic, start: int) -> tuple[object, ...]:
    return diagnostic.rule, diagnostic.path, start


def mover(edits: Sequence[Edit]) -> Callable[[int], int]:
    """Where a character of the original text stands after ordered edits; -1 for one that they took away."""
    starts = [edit.span.start for edit in edits]
    shifts = [0, *accumulate(len(text) - (end - start) for _, (start, end), text in edits)]

    def moved(offset: int) -> int:
        after = bisect_right(starts, offset)
        # Of the edits that begin here or before, an insertion may stand behind a replacement at the same place.
        if any(edit.span.start <= offset < edit.span.end for edit in edits[max(after - 2, 0) : after]):
            return -1
        return offset + shifts[after]

    return moved
