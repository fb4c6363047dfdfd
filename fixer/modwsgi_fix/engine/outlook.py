"""The level at which ``--write`` would make each finding go, found out by fixing in memory.

A fix may become possible only after another one, and may take other findings with it; so the fixes of the findings are not
simply counted. And what a syntax error hides is found only once the error is repaired.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate

from modwsgi_fix.edits import Applicability, Edit
from modwsgi_fix.engine.check import findings
from modwsgi_fix.engine.job import Job, Opinion, Proof
from modwsgi_fix.engine.outcome import Applied, Fixed
from modwsgi_fix.engine.run import Met, Run, met, origin_in
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic
from modwsgi_fix.tuples import NamedTuple


class Revealed(NamedTuple):
    """A finding that appears only after a fix, at its place in the files as they are.

    ``config`` is a server with the unchanged file; ``after`` is the file and line of the fix; ``level`` is the level at which
    the finding would go, None where it would stay.
    """

    diagnostic: Diagnostic
    config: Config
    after: tuple[str, int]
    level: Applicability | None


class Outlook(NamedTuple):
    """The lowest level at which each finding would go, None where it would stay; and the findings that fixes reveal."""

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
    """Return the level at which each finding of a server would go: one run goes through the levels.

    Findings that fixes reveal are given for fixes up to ``level``. With the ``opinion`` and ``proof`` of a run to write, the
    result is that of ``fix``; without them a fix may count that a run to write withholds.
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
    """Return the findings that a run met and that were not there before the run.

    These are all findings of the server once its syntax was repaired, and later those whose fixes were applied.
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
    """Yield what was revealed, with the lowest level at which it goes, of the levels that reveal it."""
    every = [*found, *(one.diagnostic for one in revealed)]
    gone = {level: set(_gone(every, outcome)) for level, outcome in outcomes.items()} if revealed else {}
    for at, one in enumerate(revealed, start=len(found)):
        level = next((level for level in gone if level >= one.level and at in gone[level]), None)
        yield Revealed(one.diagnostic, one.config, _place_of(before, one.after), level)


def _place_of(before: Config, fix: Applied) -> tuple[str, int]:
    """Return the file and line of a fix in the files before any fix; where it is in none of them, when it was made."""
    file = before.files.get(fix.path) or before.scripts.get(fix.path)
    start = next((span.start for path, span in fix.origins if path == fix.path), None)
    return (fix.name, fix.line if file is None or start is None else file.lines.position(start).line)


def _gone(found: Sequence[Diagnostic], fixed: Fixed) -> list[int]:
    """Return the numbers of the findings that are gone: none that is left has the same words and place, or either of these.

    Places are compared as they are after the fixes; a message may change because another finding went.
    """
    movers = {file.path: mover(file.edits) for file in fixed.files}
    starts = [movers[d.path](d.span.start) if d.path in movers else d.span.start for d in found]
    return _matched(found, starts, fixed.left)[0]


def _matched(
    found: Sequence[Diagnostic], starts: Sequence[int], left: Sequence[Diagnostic]
) -> tuple[list[int], list[int]]:
    """Match findings, which start at these places, with those that are left; return the numbers without a match on each side."""
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
    """Return a function from an offset of the original text to its offset after ordered edits; -1 where it was deleted."""
    starts = [edit.span.start for edit in edits]
    shifts = [0, *accumulate(len(text) - (end - start) for _, (start, end), text in edits)]

    def moved(offset: int) -> int:
        after = bisect_right(starts, offset)
        # Of the edits that begin here or before, an insertion may follow a replacement at the same place.
        if any(edit.span.start <= offset < edit.span.end for edit in edits[max(after - 2, 0) : after]):
            return -1
        return offset + shifts[after]

    return moved
