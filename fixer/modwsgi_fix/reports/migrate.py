"""The page of a move to another release: what starts it, what changes for visitors, what is left and why, in this order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from modwsgi_fix.records import Finding, Report
from modwsgi_fix.reports import VERSION, dumped, plural, started
from modwsgi_fix.reports.impact import as_lines, as_objects, kinds_of_change
from modwsgi_fix.reports.machine import finding_object, withheld_object
from modwsgi_fix.reports.text import further, printable
from modwsgi_fix.rule import Severity
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from modwsgi_fix.effect.impact import Impact
    from modwsgi_fix.effect.starting import Start
    from modwsgi_fix.engine import Applied


class Move(NamedTuple):
    """A move ``old`` to ``new`` (``httpd=2.2``): whether each server starts before and after the fixes, what these change
    for visitors, the report after them, in how many ``files`` they are, and the ``command`` that makes them.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    before: tuple[Start, ...]
    after: tuple[Start, ...]
    impacts: tuple[Impact, ...]
    report: Report
    files: int
    command: str
    #: What a server hands out that starts by the fixes and did not before: for each a line, and one for each file.
    starting: tuple[Sequence[str], ...] = ()

    @property
    def left(self) -> list[Finding]:
        """What a person has to look at, what keeps httpd from starting first."""
        found = (one for one in self.report.findings if one.severity is not Severity.INFO)
        return sorted(found, key=lambda one: (one.rank, -one.severity))

    @property
    def fixes(self) -> dict[tuple[str, str, str], int]:
        """How often each fix is made: rule, level, what it is called."""
        return dict(Counter(map(_named, self.report.fixed)))


def _named(fix: Applied) -> tuple[str, str, str]:
    return fix.rule, fix.fix.applicability.label, fix.fix.title


class Left(NamedTuple):
    """What a person has to look at: where and what, then what to do and why the tool does not."""

    line: str
    further: tuple[str, ...]


def heading(move: Move) -> str:
    """What the page is called."""
    return f"From {_releases(move.old)} to {_releases(move.new)}: {plural(len(move.report.files), 'file')}"


def sections(move: Move) -> dict[str, list[str]]:
    """The lines of the page by their headings, but for what is left; without those that there is nothing to say of."""
    found = {
        "Whether it starts": list(_starts(move)),
        "What the fixes do": list(_fixes(move)),
        "What changes for visitors": _visitors(move),
    }
    return {name: lines for name, lines in found.items() if lines}


#: What is left, and what becomes of the page.
LEFT = "What is left for you, in this order"


def as_text(move: Move) -> str:
    """Return the page."""
    parts = [
        [heading(move)],
        *([name, *(f"  {line}" for line in lines)] for name, lines in sections(move).items()),
        [LEFT, *(f"  {line}" for line in _left(move))],
        [f"{move.command} --diff shows the changes, --write makes them, and modwsgi-fix undo takes them back."],
    ]
    return "\n\n".join("\n".join(map(printable, part)) for part in parts) + "\n"


def _releases(words: Sequence[str]) -> str:
    return ", ".join(word.replace("=", " ") for word in words)


def _starts(move: Move) -> Iterator[str]:
    for was, now in zip(move.before, move.after, strict=True):
        yield f"now:   {was}"
        if str(was) != str(now):
            yield f"fixed: {now}"


def _fixes(move: Move) -> Iterator[str]:
    for (rule, level, title), times in sorted(move.fixes.items(), key=lambda one: -one[1]):
        yield f"{title} ({rule}, {level}): {plural(times, 'place')}"
    if move.files:
        yield f"in {plural(move.files, 'file')} altogether"


def _visitors(move: Move) -> list[str]:
    changes, counted = kinds_of_change(move.impacts)
    lines = [*changes, *counted] or as_lines(move.impacts)
    if not lines and any(one.refused and one.changes for one in move.impacts):
        traced = sum(change.requests for one in move.impacts for change in one.changes)
        lines = [f"nothing, compared with what it would answer if it started now ({plural(traced, 'request')} traced)"]
    return [*lines, *(line for first, *rest in move.starting for line in (first, *(f"  {one}" for one in rest)))]


def _left(move: Move) -> Iterator[str]:
    """Yield what is left, numbered, with what to do and why the tool does not."""
    entries = left(move)
    for number, one in enumerate(entries, start=1):
        yield f"{number}. {one.line}"
        yield from (f"   {line}" for line in one.further)
    if not entries:
        yield "nothing"
    yield from beyond(move)


def left(move: Move) -> list[Left]:
    """Return what is left, in order."""
    why = {(one.name, one.rule): one.reason for one in move.report.withheld}
    return [
        Left(f"{one.file}:{one.line}: {one.rule}: {one.message}", tuple(_further(one, move, why))) for one in move.left
    ]


def _further(one: Finding, move: Move, why: Mapping[tuple[str, str], str]) -> Iterator[str]:
    if one.help:
        yield one.help
    if reason := why.get((one.file, one.rule)):
        yield f"not fixed, because {reason}"
    elif one.fix is not None and one.fix.level > move.report.level:
        because = f" ({one.fix.reason})" if one.fix.reason else ""
        yield f"--fix-level {one.fix.level.label} does it: {one.fix.title}{because}"


def beyond(move: Move) -> Iterator[str]:
    """Yield what there is besides that is not told one by one."""
    for line in further(move.report, folded=True):
        yield f"... and {line}"
    every = (
        *((one.severity, 1) for one in move.report.findings),
        *((one.severity, one.times) for one in move.report.more),
    )
    if unshown := sum(count for severity, count in every if severity is Severity.INFO):
        yield f"({plural(unshown, 'finding')} more that {'is' if unshown == 1 else 'are'} only worth knowing)"


def as_json(move: Move) -> str:
    """Return the page as an object; keys of findings are those of the report."""
    page: dict[str, Any] = {
        "version": VERSION,
        "from": list(move.old),
        "to": list(move.new),
        "before": started(move.before),
        "after": started(move.after),
        "fixes": [
            {"rule": rule, "level": level, "title": title, "places": times}
            for (rule, level, title), times in move.fixes.items()
        ],
        "impact": as_objects(move.impacts),
        "starting": [list(lines) for lines in move.starting],
        "left": [finding_object(one) for one in move.left],
        "withheld": [withheld_object(one) for one in move.report.withheld],
        "command": move.command,
    }
    return dumped(page)
