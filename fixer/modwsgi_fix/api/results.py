"""What the questions of ``api`` are answered with: plain and frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from modwsgi_fix.effect.exposure import Exposed
from modwsgi_fix.effect.impact import Change
from modwsgi_fix.engine import Rewritten
from modwsgi_fix.model.facts.overview import Overview
from modwsgi_fix.records import Explained, Explanation, Finding, Gap, More, Outcome, Report, Trace, Unexplained
from modwsgi_fix.workspace.errors import as_errors


@dataclass(frozen=True)
class Checked:
    """The findings of the rules, by file and place. ``findings`` also has those that a fix reveals: they have ``after``.

    It has at most 10,000 findings of one rule and severity; ``more`` counts the others. ``files`` are the names of the files
    that were read, ``not_understood`` the lines about which nothing can be said. ``unread`` are the files that could not be
    read and ``skipped`` those that are not httpd's, as pairs of name and reason.
    """

    report: Report

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, by file and place."""
        return self.report.findings

    @property
    def more(self) -> tuple[More, ...]:
        """The numbers of findings that are not among ``findings``."""
        return self.report.more

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files that were read."""
        return tuple(file.name for file in self.report.files)

    @property
    def not_understood(self) -> tuple[Gap, ...]:
        """The lines about which nothing can be said."""
        return self.report.gaps

    @property
    def unread(self) -> tuple[tuple[str, str], ...]:
        """The files and directories that could not be read, each with the reason."""
        return self.report.unread

    @property
    def skipped(self) -> tuple[tuple[str, str], ...]:
        """The files that are not httpd's, each with the reason."""
        return self.report.skipped

    def to_json(self) -> str:
        """``modwsgi-fix --output-format json PATHS``."""
        from modwsgi_fix.reports import render

        return render(self.report, "json")


@dataclass(frozen=True)
class File:
    """A file that fixes change. ``path`` is where it really lies, links followed; ``name`` what the caller would call it."""

    path: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Applied:
    """A fix that was applied. ``line`` is where its finding stood then, in the file ``name``."""

    rule: str
    title: str
    level: str
    message: str
    file: str
    line: int


@dataclass(frozen=True)
class Withheld:
    """A fix of the level that was asked for which was not applied, and why."""

    rule: str
    title: str
    reason: str
    file: str
    line: int


@dataclass(frozen=True)
class Fixed:
    """What the fixes would change. Only ``write`` writes it.

    ``left`` are the findings after the fixes; ``impact`` says what changes for visitors, class by class of URLs, also what
    stays (``Change.is_change``). ``conflicts`` has a line on each server whose fixes contradict those of another.
    """

    files: tuple[File, ...]
    applied: tuple[Applied, ...]
    withheld: tuple[Withheld, ...]
    left: tuple[Finding, ...]
    impact: tuple[Change, ...]
    conflicts: tuple[str, ...]
    _report: Report
    _rewritten: tuple[Rewritten, ...]
    _within: tuple[str, ...]
    _places: tuple[str, ...]

    def diff(self) -> str:
        """The changes as a unified diff for ``git apply`` or ``patch -p1 --binary`` in the working directory."""
        from modwsgi_fix.files import working_directory
        from modwsgi_fix.reports.diff import diff

        return diff(self._rewritten, directory=working_directory())

    def write(self, *, allow_shared_tree: bool = False) -> None:
        """Write all files or none, as ``modwsgi-fix --write`` does. Raises ``Error``, also where a file changed meanwhile."""
        from modwsgi_fix.files.writing import Change, write_all

        changes = [Change(file.path, file.before, file.after) for file in self.files]
        with as_errors():
            write_all(changes, within=self._within, allow_shared=allow_shared_tree)

    def to_plan(self) -> str:
        """The changes as the plan that ``--write-plan`` writes to a file."""
        from modwsgi_fix import __version__
        from modwsgi_fix.workspace.written_plan import as_text, planned, top_of

        with as_errors():
            return as_text(planned(self._rewritten, self._report.fixed, top_of(self._within)), __version__)

    def to_json(self) -> str:
        """``modwsgi-fix --write --output-format json PATHS``."""
        from modwsgi_fix.reports import render
        from modwsgi_fix.reports.diff import changes

        places = dict(zip((file.path for file in self._rewritten), self._places, strict=True))
        changed = changes(self._rewritten, self._report.fixed, place=places.__getitem__)
        return render(self._report._replace(changed=changed), "json")


@dataclass(frozen=True)
class Explanations:
    """The causes of a log's messages, the most frequent first, and the lines of which nothing is known."""

    explained: Explained

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """The messages with their causes, the most frequent first."""
        return self.explained.explanations

    @property
    def unexplained(self) -> tuple[Unexplained, ...]:
        """The lines of which nothing is known."""
        return self.explained.unexplained

    def to_json(self) -> str:
        """``modwsgi-fix explain --output-format json LOG PATHS``."""
        from modwsgi_fix.reports.explain import as_json

        return as_json(self.explained)


@dataclass(frozen=True)
class Traces:
    """What answers a request: one trace for each server that was loaded, which is mostly a single one."""

    traces: tuple[Trace, ...]

    @property
    def outcome(self) -> Outcome:
        """What the visitor gets from the first server; of kind ``unknown`` where its files do not decide it."""
        return self.traces[0].outcome

    def to_json(self) -> str:
        """``modwsgi-fix trace --output-format json URL PATHS``."""
        from modwsgi_fix.reports.trace import as_json

        return as_json(self.traces)


@dataclass(frozen=True)
class Exposures:
    """Every file that a visitor can fetch, by host; ``sensitive`` of each host has those that should hardly be open."""

    hosts: tuple[Exposed, ...]

    def to_json(self) -> str:
        """``modwsgi-fix exposed --output-format json PATHS``."""
        from modwsgi_fix.reports.exposed import as_json

        return as_json(self.hosts)


@dataclass(frozen=True)
class Overviews:
    """The servers as httpd sees them: hosts with their mappings, process groups with the hosts that use them."""

    servers: tuple[Overview, ...]

    def to_json(self) -> str:
        """``modwsgi-fix show --output-format json PATHS``."""
        from modwsgi_fix.reports.show import as_json

        return as_json(self.servers)
