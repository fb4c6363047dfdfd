"""What is told of a server: findings, fixes, traces, as plain values that hold no server and no rule.

They are made once, by ``workspace``, which leaves out what must not be shown; formats, the API, an editor's server and a
fleet only read them. Lines and columns count from 1, columns in characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from modwsgi_fix.edits import Applicability
from modwsgi_fix.rule import Rank, Severity
from modwsgi_fix.text import LineIndex, Position, Span

if TYPE_CHECKING:
    from modwsgi_fix.effect.impact import Impact
    from modwsgi_fix.effect.starting import Start
    from modwsgi_fix.engine.outcome import Applied, Withheld


#: Why a line is not quoted (``FileText.quotable``).
UNNAMED = "the file was not named, so its text is not shown"


class FileText(NamedTuple):
    """A file that was read, under the ``name`` that the user would give it. ``path`` is its key.

    Where ``quotable`` is False, nothing of its text may be shown.
    """

    path: str
    name: str
    lines: LineIndex
    quotable: bool = True


class Place(NamedTuple):
    """Some characters of a file."""

    file: FileText
    span: Span

    @property
    def start(self) -> Position:
        return self.file.lines.position(self.span.start)

    @property
    def end(self) -> Position:
        """Behind the last character, which may be the beginning of a line."""
        return self.file.lines.position(self.span.end)

    @property
    def last(self) -> Position:
        """Behind the last character, on the line of that character."""
        return end_of(self.file.lines, *self.span)


class Related(NamedTuple):
    """Another place that explains a finding."""

    place: Place
    message: str


class Replacement(NamedTuple):
    """Characters of a file, and the text that a fix puts in their place."""

    place: Place
    text: str


class Fix(NamedTuple):
    """What would mend a finding, and how far to trust it. ``reason`` is why it is of that level, or empty."""

    title: str
    level: Applicability
    reason: str
    edits: tuple[Replacement, ...]


class Finding(NamedTuple):
    """One finding.

    ``level`` is what ``--write`` needs to make it go, None where nothing does. ``after`` is the file and line of the fix
    that it appears after, None where it is there now. ``rank`` is what it comes to for people.
    """

    rule: str
    severity: Severity
    stated: str
    help: str
    place: Place
    rank: Rank = Rank.HYGIENE
    level: Applicability | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    after: tuple[str, int] | None = None

    @property
    def message(self) -> str:
        """What happens; of what a repair reveals, also which."""
        if self.after is None:
            return self.stated
        name, line = self.after
        where = f"line {line}" if name == self.file else f"{name}:{line}"
        return f"{self.stated} (once {where} is repaired)"

    @property
    def text(self) -> str:
        """Message and help, for formats that know one text of a finding."""
        return f"{self.message}; {self.help}" if self.help else self.message

    @property
    def fixable(self) -> str | None:
        """``level`` by its name."""
        return self.level.label if self.level else None

    @property
    def file(self) -> str:
        """The name of its file."""
        return self.place.file.name

    @property
    def line(self) -> int:
        return self.place.start.line

    @property
    def column(self) -> int:
        return self.place.start.column


class Gap(NamedTuple):
    """Lines that were not understood, and why."""

    name: str
    first: int
    last: int
    reason: str


class More(NamedTuple):
    """How many findings of a rule there are that are not told of one by one, and the ``level`` at which they would go."""

    rule: str
    severity: Severity
    level: Applicability | None
    times: int


class Hunk(NamedTuple):
    """Some lines of a file that change, as a unified diff has them.

    ``header`` is its first line (``@@ -1,3 +1,2 @@``), ``text`` the lines below it; ``fixes`` are those that had part in it.
    """

    header: str
    text: str
    fixes: tuple[Applied, ...]


class Changed(NamedTuple):
    """A file that changes. ``place`` is its path from the directory of its server's main file, or from what was named.

    ``before`` and ``after`` are the SHA-256 of its bytes, in hexadecimal digits.
    """

    name: str
    place: str
    before: str
    after: str
    hunks: tuple[Hunk, ...]


class Report(NamedTuple):
    """What is to be shown of a run: of all servers that were named.

    ``files`` are those that were read, each once; of scripts those that the user named. ``level`` is the one that
    ``--write`` would go to, or went to. ``fixed`` and ``withheld`` are of this run. ``marked`` says that it was found out
    what ``--write`` would fix; ``quiet`` leaves out all but the findings. ``folded`` leaves out of a report for people what
    is only worth knowing, and says how much that is.
    """

    findings: tuple[Finding, ...]
    files: tuple[FileText, ...]
    gaps: tuple[Gap, ...] = ()
    level: Applicability = Applicability.REPAIR
    fixed: tuple[Applied, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    marked: bool = False
    quiet: bool = False
    folded: bool = False
    #: What the fixes change for visitors, of each server; None where that was not asked for.
    impacts: tuple[Impact, ...] | None = None
    #: What could not be read, and what is not httpd's: (file or directory, why).
    unread: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    #: Rules that failed, and how: what they would have found is not known.
    failed: Mapping[str, str] = MappingProxyType({})
    #: Whether httpd starts with it, of each server.
    starts: tuple[Start, ...] = ()
    #: How many findings there are in which files (keys) that are as their packages ship them: these are not shown.
    shipped: Mapping[str, int] = MappingProxyType({})
    #: What there is beyond ``findings``.
    more: tuple[More, ...] = ()
    #: Whether what fixes do to visitors was measured to find out what ``--write`` would fix.
    weighed: bool = False
    #: The files that fixes change; None where nothing was to be fixed.
    changed: tuple[Changed, ...] | None = None
    #: Whether ``changed`` is a diff, which shows files as they are: else its text is left out, which may hold secrets.
    is_diff: bool = False
    #: What takes the write back, as undo names it; empty where nothing was written, or it cannot be taken back.
    undo: str = ""
    #: A line on each server whose fixes cannot be had with another's.
    conflicts: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many findings there are, told or not."""
        return len(self.findings) + sum(one.times for one in self.more)

    @property
    def partial(self) -> bool:
        return bool(self.failed)


class Step(NamedTuple):
    """One decision on a request's way: what was decided in which phase, and the line that did; empty for a default."""

    phase: str
    text: str
    file: str = ""
    line: int | None = None

    @property
    def place(self) -> str:
        """``file:line``, or an empty string."""
        return f"{self.file}:{self.line}" if self.file else ""


class Outcome(NamedTuple):
    """What a visitor gets, as ``model.request.Outcome`` says it.

    ``host`` names the server that answers, None where that is not known or not shown; ``short`` is all of it in a few
    words. ``process_group`` and ``application_group`` are empty for embedded mode and the main interpreter.
    """

    kind: str
    status: int | None
    host: str | None
    file: str
    path_info: str
    handler: str
    process_group: str | None
    application_group: str | None
    script_name: str
    user: str
    location: str
    options: tuple[tuple[str, str], ...]
    reason: str
    because: tuple[Step, ...]
    short: str
    #: Where the host begins; empty for the main server.
    host_file: str = ""
    host_line: int | None = None


class Branch(NamedTuple):
    """One way that a request may go: what has to be so for it, in words, and what the visitor gets then.

    Branches of one ``result`` are the same to visitor and application.
    """

    provided: tuple[str, ...]
    outcome: Outcome
    result: int


class Trace(NamedTuple):
    """Everything that a request may lead to. ``outcome`` is of kind ``unknown`` where the branches differ.

    ``start`` says whether httpd starts at all: where it does not, this is what it would do.
    """

    url: str
    method: str
    outcome: Outcome
    branches: tuple[Branch, ...]
    start: Start


class Spot(NamedTuple):
    """A line that has to do with a message of a log: ``quote`` is its text where that may be shown, ``note`` why it matters."""

    file: str
    line: int
    quote: str = ""
    note: str = ""

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


class Cause(NamedTuple):
    """Why a message was written, in one sentence: the lines that matter, the first one first, the rule that finds it or an
    empty string, what to do, and the commands that fix or show it."""

    text: str
    spots: tuple[Spot, ...] = ()
    rule: str = ""
    help: str = ""
    commands: tuple[str, ...] = ()
    #: What the rule's fix does, and its level; empty where there is none.
    fix: str = ""


class Explanation(NamedTuple):
    """Messages of one cause. ``message`` is the first of them, ``line`` its place in the log, ``name`` that of the table's
    entry; ``variants`` counts the different texts that were taken together."""

    message: str
    times: int
    line: int
    name: str
    causes: tuple[Cause, ...]
    variants: int = 1


class Unexplained(NamedTuple):
    """Lines of a log that are not known, equal but for their numbers."""

    message: str
    times: int
    line: int


class Explained(NamedTuple):
    """What a log comes to. ``routine`` counts the lines of a server that is well.

    ``more`` counts what was not kept apart because there is too much of it, by the text of the message in the table; that of
    lines which are not known is empty.
    """

    explanations: tuple[Explanation, ...]
    unexplained: tuple[Unexplained, ...]
    lines: int = 0
    routine: int = 0
    more: tuple[tuple[str, int], ...] = ()


def end_of(lines: LineIndex, start: int, end: int) -> Position:
    """Where a span ends: after its last character, on that character's line."""
    if end <= start:
        return lines.position(start)
    line, column = lines.position(end - 1)
    return Position(line, column + 1)
