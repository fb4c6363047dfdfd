"""Findings, fixes and traces as plain values that hold no server and no rule.

They are made once, by ``workspace``, which leaves out what must not be shown; formats, the API, an editor's server and a
fleet only read these. Lines and columns count from 1, columns in characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from modwsgi_fix.edits import Applicability
from modwsgi_fix.rule import Rank, Severity
from modwsgi_fix.text import LineIndex, Position, Span
from modwsgi_fix.tuples import NamedTuple

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
        """The position of the first character."""
        return self.file.lines.position(self.span.start)

    @property
    def end(self) -> Position:
        """After the last character, which may be the beginning of a line."""
        return self.file.lines.position(self.span.end)

    @property
    def last(self) -> Position:
        """After the last character, on the line of that character."""
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
    """The edits that would mend a finding, and how far to trust them. ``reason`` is why the level is right, or empty."""

    title: str
    level: Applicability
    reason: str
    edits: tuple[Replacement, ...]


class Suppressed(NamedTuple):
    """What keeps a finding out of a report: the comment at ``place``, or the ``baseline`` with this path.

    ``reason`` is the one that the comment gives, or empty.
    """

    place: Place | None = None
    reason: str = ""
    baseline: str = ""


class Finding(NamedTuple):
    """One finding.

    ``level`` is the level that ``--write`` needs to make it go, None where no level does. ``after`` is the file and line of
    the fix that reveals it, None where it is there now. ``rank`` is its weight for people. ``suppressed`` is empty for a finding
    that is reported.
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
    suppressed: tuple[Suppressed, ...] = ()

    @property
    def message(self) -> str:
        """What happens; for a finding that a fix reveals, also which fix."""
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
        """The name of ``level``: ``safe``, ``repair`` or ``unsafe``; None without one."""
        return self.level.label if self.level else None

    @property
    def file(self) -> str:
        """The name of its file."""
        return self.place.file.name

    @property
    def line(self) -> int:
        """The line (from 1) on which it begins."""
        return self.place.start.line

    @property
    def column(self) -> int:
        """The column (from 1, in characters) at which it begins."""
        return self.place.start.column


class Gap(NamedTuple):
    """Lines that were not understood, and why."""

    name: str
    first: int
    last: int
    reason: str


class More(NamedTuple):
    """The number of findings of a rule that are not listed one by one, and the ``level`` at which they would go."""

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
    """What a run shows about all servers that were named.

    ``files`` are those that were read, each once; of scripts only those that the user named. ``level`` is the one up to which
    ``--write`` would fix, or did. ``fixed`` and ``withheld`` are the fixes of this run. ``marked`` says that it is known what
    ``--write`` would fix. ``quiet`` leaves out all but the findings. ``folded`` leaves findings that are only worth knowing
    out of a report for people, and counts them.
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
    #: What the fixes change for visitors, for each server; None where nobody asked for it.
    impacts: tuple[Impact, ...] | None = None
    #: What could not be read, then what is not httpd's: (file or directory, reason).
    unread: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    #: The errors of rules that failed, by the name of the rule; what such a rule would have found is not known.
    failed: Mapping[str, str] = MappingProxyType({})
    #: Whether httpd starts, for each server.
    starts: tuple[Start, ...] = ()
    #: The number of findings that are not shown, by the key of a file that is as its package ships it.
    shipped: Mapping[str, int] = MappingProxyType({})
    #: The findings that are counted and not listed in ``findings``.
    more: tuple[More, ...] = ()
    #: Whether the effect of fixes on visitors was measured to find out what ``--write`` would fix.
    weighed: bool = False
    #: The files that fixes change; None where nothing was to be fixed.
    changed: tuple[Changed, ...] | None = None
    #: Whether ``changed`` is a diff, which shows files as they are: else its text is left out, which may hold secrets.
    is_diff: bool = False
    #: What takes the write back, as undo names it; empty where nothing was written, or it cannot be taken back.
    undo: str = ""
    #: The address that the pages of rules are published below; empty where none is known.
    docs_url: str = ""
    #: A line on each server whose fixes cannot be had with another's.
    conflicts: tuple[str, ...] = ()
    #: The findings that comments and the baseline suppress, which count for nothing; None where nobody asked for them.
    suppressed: tuple[Finding, ...] | None = None

    @property
    def total(self) -> int:
        """The number of findings, listed or only counted."""
        return len(self.findings) + sum(one.times for one in self.more)

    def page_url(self, rule: str) -> str:
        """Return the address of a rule's page; empty where none is known."""
        return f"{self.docs_url.rstrip('/')}/{rule}" if self.docs_url else ""

    @property
    def partial(self) -> bool:
        """Whether a rule failed, so that findings may be missing."""
        return bool(self.failed)


class Step(NamedTuple):
    """One decision on a request's way: its phase, what was decided, and the line that decided it; empty for a default."""

    phase: str
    text: str
    file: str = ""
    line: int | None = None

    @property
    def place(self) -> str:
        """``file:line``, or an empty string."""
        return f"{self.file}:{self.line}" if self.file else ""


class Outcome(NamedTuple):
    """What a visitor gets, as ``model.request.Outcome`` has it.

    ``host`` names the server that answers, None where that is not known or must not be shown; ``short`` is the outcome in a
    few words. ``process_group`` and ``application_group`` are empty for embedded mode and the main interpreter.
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
    """One way that a request may go: the conditions for it, in words, and what the visitor gets then.

    Branches with the same ``result`` are the same for the visitor and the application.
    """

    provided: tuple[str, ...]
    outcome: Outcome
    result: int


class Trace(NamedTuple):
    """All outcomes that a request may have. ``outcome`` is of kind ``unknown`` where the branches differ.

    ``start`` says whether httpd starts at all; where it does not, the trace says what it would do.
    """

    url: str
    method: str
    outcome: Outcome
    branches: tuple[Branch, ...]
    start: Start


class Spot(NamedTuple):
    """A line that a message of a log is about: ``quote`` is its text where that may be shown, ``note`` why it matters."""

    file: str
    line: int
    quote: str = ""
    note: str = ""

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}"


class Cause(NamedTuple):
    """Why a message was written: ``text`` in one sentence, ``spots`` with the most important line first.

    ``rule`` is the name of the rule that finds the fault, or empty; ``help`` what to do; ``commands`` fix or show it.
    """

    text: str
    spots: tuple[Spot, ...] = ()
    rule: str = ""
    help: str = ""
    commands: tuple[str, ...] = ()
    #: The title of the rule's fix and its level; empty where there is no fix.
    fix: str = ""


class Explanation(NamedTuple):
    """Messages with one cause. ``message`` is the first of them, ``line`` its line in the log (from 1).

    ``name`` is the name of its entry in the table; ``variants`` counts the different texts that were taken together.
    """

    message: str
    times: int
    line: int
    name: str
    causes: tuple[Cause, ...]
    variants: int = 1


class Unexplained(NamedTuple):
    """Lines of a log that the table does not have, equal but for the numbers in them."""

    message: str
    times: int
    line: int


class Explained(NamedTuple):
    """A whole log, explained. ``routine`` counts the lines that a healthy server writes.

    ``more`` counts the messages that were too many to be kept apart, by the text of the message in the table; the text is
    empty for lines that are not known.
    """

    explanations: tuple[Explanation, ...]
    unexplained: tuple[Unexplained, ...]
    lines: int = 0
    routine: int = 0
    more: tuple[tuple[str, int], ...] = ()


def end_of(lines: LineIndex, start: int, end: int) -> Position:
    """Return where a span ends: after its last character, on that character's line."""
    if end <= start:
        return lines.position(start)
    line, column = lines.position(end - 1)
    return Position(line, column + 1)
