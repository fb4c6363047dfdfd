"""The reports of many servers as one: the same finding on many servers is one row.

Files are read one after the other, and of each only the counts stay. What is kept is bounded by ``MOST_ROWS`` and
``MOST_NAMES``, however many servers there are and whatever their reports say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence

from modwsgi_fix.files import FileProblem
from modwsgi_fix.fleet.hosts_report import HostsReport, Told, read_report
from modwsgi_fix.fleet.wording import normalised
from modwsgi_fix.tuples import NamedTuple

#: The most rows of one kind that are kept apart, and the most servers that a row names.
MOST_ROWS, MOST_NAMES = 5_000, 20
_WEIGHT = {"": 0, "error": 0, "warning": 1, "info": 2}


class Row(NamedTuple):
    """What is the same on a number of ``servers``; ``names`` are the first of them.

    ``places`` counts how often it was said; ``example`` is where the first of them has it. Why a server does not start has
    neither a rule nor a severity. ``text`` is empty for the findings of a rule that were too many to be told apart.
    """

    rule: str
    severity: str
    text: str
    help: str
    level: str
    servers: int
    places: int
    names: tuple[str, ...]
    example: str


class Fleet(NamedTuple):
    """What is said of all servers together: why some do not start, why some were not checked, and what was found.

    Of ``servers``, ``clean`` have no finding and start, as far as that can be told; ``partly`` were not understood as a whole.
    """

    servers: int
    refused: int
    clean: int
    partly: int
    starting: tuple[Row, ...]
    unchecked: tuple[Row, ...]
    findings: tuple[Row, ...]

    @property
    def has_findings(self) -> bool:
        """Whether a server does not start, or anything more than a remark was found."""
        return bool(self.starting) or any(row.severity != "info" for row in self.findings)


def names_of(paths: Sequence[str]) -> Iterator[str]:
    """Yield what each server is called: its report without .json, and without the directory where all lie in the same."""
    alone = len({os.path.dirname(path) for path in paths}) == 1
    for path in paths:
        yield (os.path.basename(path) if alone else path).removesuffix(".json") or path


def merged(
    paths: Sequence[str], complain: Callable[[FileProblem], None], tick: Callable[[], None] = lambda: None
) -> Fleet:
    """Return the reports in these files as one; ``complain`` is told of each file that is not a report.

    ``tick`` is called behind each file.
    """
    gathering = Gathering()
    for path, name in zip(paths, names_of(paths), strict=True):
        try:
            report = read_report(path)
        except FileProblem as problem:
            complain(problem)
        else:
            gathering.add(name, report)
        tick()
    return gathering.fleet()


class Gathering:
    """Counts of what reports say, one report after the other."""

    def __init__(self) -> None:
        self._servers = self._refused = self._clean = self._partly = 0
        self.starting, self.unchecked, self.findings = _Rows(), _Rows(), _Rows()

    def add(self, name: str, report: HostsReport) -> None:
        """Count one server's report."""
        self._servers += 1
        if report.error:
            self.unchecked.add(name, [Told("", "error", report.error, "", "", 0, "")])
            return
        self._refused += report.starts is False
        self._partly += bool(report.not_understood)
        self._clean += not (report.findings or report.more or report.starts is False)
        if report.starts is False:
            message, file, line = report.fault
            self.starting.add(name, [Told("", "", message, "", file, line, "")])
        self.findings.add(name, report.findings)
        for more in report.more:
            self.findings.count(name, more.rule, more.severity, more.times)

    def fleet(self) -> Fleet:
        """Return all that was counted, the weightiest first."""
        return Fleet(
            self._servers, self._refused, self._clean, self._partly,
            self.starting.rows(), self.unchecked.rows(), self.findings.rows(),
        )  # fmt: skip


class _Rows:
    """Rows by what makes findings the same; those beyond ``MOST_ROWS`` are counted by rule, and if need be as one."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str], _Counts] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, name: str, findings: Iterable[Told]) -> None:
        """Count the findings of one server."""
        for finding in findings:
            key = finding.rule, finding.severity, normalised(finding.message)
            if key not in self._rows and len(self._rows) >= MOST_ROWS:
                self.count(name, finding.rule, finding.severity, 1)
                continue
            self._rows.setdefault(key, _Counts(name, finding)).add(name, finding)

    def count(self, name: str, rule: str, severity: str, places: int) -> None:
        """Count findings whose messages are not told."""
        key = rule, severity, ""
        if key not in self._rows and len(self._rows) >= 2 * MOST_ROWS:
            key = "", severity, ""
        nothing = Told(key[0], severity, "", "", "", 0, "")
        self._rows.setdefault(key, _Counts(name, nothing)).add(name, nothing, places)

    def rows(self) -> tuple[Row, ...]:
        """Return the rows: by severity, then those on most servers."""
        rows = [counts.row(key) for key, counts in self._rows.items()]
        return tuple(
            sorted(rows, key=lambda row: (_WEIGHT[row.severity], -row.servers, -row.places, row.rule, row.text))
        )


class _Counts:
    """The counts of one row."""

    def __init__(self, name: str, first: Told) -> None:
        self._first = first
        self._example = f"{name}: {first.file}:{first.line}" if first.file else name
        self._names: list[str] = []
        self._last = ""
        self._servers = self._places = 0
        self._varies = False

    def add(self, name: str, finding: Told, places: int = 1) -> None:
        """Count a finding; those of one server come one after the other."""
        self._places += places
        self._varies |= finding.message != self._first.message
        if self._servers and name == self._last:
            return
        self._last = name
        self._servers += 1
        if len(self._names) < MOST_NAMES:
            self._names.append(name)

    def row(self, key: tuple[str, str, str]) -> Row:
        """Return the row, in the words of its one message, or in what its messages share."""
        rule, severity, shared = key
        text, help = (shared, normalised(self._first.help)) if self._varies else (self._first.message, self._first.help)
        return Row(
            rule,
            severity,
            text,
            help,
            self._first.level,
            self._servers,
            self._places,
            tuple(self._names),
            self._example,
        )
