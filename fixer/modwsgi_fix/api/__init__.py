"""modwsgi-fix for other programs: load a server once, then ask what is wrong, what fixes would change, what answers a URL.

Everything that is returned is plain and frozen, and stays as it is when files change; ``to_json`` of each result is what
the command prints with ``--output-format json``. Nothing here prints or runs what it reads, and only ``Fixed.write``
and ``apply`` write. Names and keys that are here stay; further ones may come. docs/api.md has examples.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike, fspath
from os.path import isdir, join, realpath
from typing import Any

from modwsgi_fix.api.results import (
    Applied,
    Checked,
    Explanations,
    Exposures,
    File,
    Fixed,
    Overviews,
    Traces,
    Withheld,
)
from modwsgi_fix.edits import Applicability
from modwsgi_fix.effect.exposure import Exposed
from modwsgi_fix.effect.impact import Change
from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.facts.overview import Overview
from modwsgi_fix.model.request import request_of
from modwsgi_fix.records import Explanation, Finding, Gap, More, Outcome, Report, Trace, Unexplained
from modwsgi_fix.workspace.again import again, base_of
from modwsgi_fix.workspace.errors import Error, Stop, as_errors
from modwsgi_fix.workspace.parts import Base
from modwsgi_fix.workspace.places import place_of
from modwsgi_fix.workspace.plan import Wanted, plan
from modwsgi_fix.workspace.selection import Selection
from modwsgi_fix.workspace.session import (
    Session,
    checked,
    exposures,
    impacts,
    mended,
    opened,
    overviews,
    starts,
    traced,
)

__all__ = [
    "Applied", "Change", "Checked", "Error", "Explanation", "Explanations", "Exposed", "Exposures", "File", "Finding",
    "Fixed", "Gap", "More", "Outcome", "Overview", "Overviews", "Server", "Trace", "Traces", "Unexplained", "Withheld", "apply",
    "load",
]  # fmt: skip


@dataclass(frozen=True)
class Server:
    """One server or the fragments of one; where the paths name several servers, all of them."""

    _wanted: Wanted
    #: A server that was checked, and the texts of the files (by key) in which this server differs from it.
    _before: Base | None = None
    _since: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _session(self) -> Session:
        with as_errors():
            session = opened(plan(self._wanted))
            if not session.plan.jobs:
                raise session.plan.problems[0] if session.plan.problems else Stop("nothing to read")
            return session

    def changed(self, texts: Mapping[str | PathLike[str], str]) -> Server:
        """Return the same server with these texts in place of files, by path, as an editor has them; this one stays as it is.

        The result equals that of ``load`` with the texts in its ``overlay``. Where this server was checked, only what the
        texts can affect is read and checked again; other files are then taken to be as they were.
        """
        given = {fspath(path): text for path, text in texts.items()}
        others = {path: text for path, text in (self._wanted.overlay or {}).items() if path not in given}
        wanted = self._wanted._replace(overlay={**others, **given})
        base = self._base if "_report" in vars(self) else self._before
        if base is None:
            return Server(wanted)
        key = base.plan.jobs[0].source.files.key
        since = self._since if base is self._before else {}
        return Server(wanted, base, {**since, **{key(path): text for path, text in given.items()}})

    @cached_property
    def _part(self) -> Base | None:
        """This server, of which only a part was checked again; None where a part does not suffice."""
        return None if self._before is None else again(self._before, self._since)

    @cached_property
    def _report(self) -> Report:
        """The report on all that the rules find."""
        if self._part is not None:
            return self._part.report
        return checked(self._session)._replace(starts=starts(self._session.configs))

    @cached_property
    def _base(self) -> Base | None:
        """What is needed to check only a part of a changed server, once this one was checked."""
        return self._part or base_of(self._session, self._report)

    @cached_property
    def starts(self) -> bool | None:
        """Whether httpd starts with this server: False where it certainly refuses, None where that cannot be told."""
        from modwsgi_fix.reports import started

        found: bool | None = started(starts(self._session.configs))["starts"]
        return found

    def check(self) -> Checked:
        """Run the rules, and find out at which level a fix would make each finding go."""
        return Checked(self._report)

    def fix(self, level: str = "repair") -> Fixed:
        """Apply the fixes up to a level, ``safe``, ``repair`` or ``unsafe``, in memory. Raises ``Error`` for another."""
        known = {one.label: one for one in Applicability}
        if level not in known:
            raise Error(f"level must be safe, repair or unsafe, not {level}")
        jobs = self._session.plan.jobs
        done = mended(self._session, known[level])
        changes = impacts(done.outcomes)
        report = done.report._replace(conflicts=done.conflicts)
        return Fixed(
            tuple(File(file.path, file.name, file.before, file.after) for file in done.files),
            tuple(
                Applied(one.rule, one.fix.title, one.fix.applicability.label, one.message, one.name, one.line)
                for one in report.fixed
            ),
            tuple(Withheld(one.rule, one.title, one.reason, one.name, one.line) for one in report.withheld),
            report.findings,
            tuple(change for one in changes for change in one.changes),
            done.conflicts,
            report._replace(impacts=changes, starts=starts(outcome.after for outcome in done.outcomes)),
            done.files,
            tuple(key for job in jobs for _, key in job.source.given),
            tuple(place_of(jobs, file.path) for file in done.files),
        )

    def trace(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Sequence[tuple[str, str]] = (),
        client: str | None = None,
        address: str | None = None,
    ) -> Traces:
        """Return what answers a request. ``client`` is the visitor's address, ``address`` the server's, where it arrives."""
        try:
            request = request_of(url, method=method.upper(), headers=tuple(headers), client=client, address=address)
        except ValueError as error:
            raise Error(str(error)) from error
        return Traces(traced(self._session, [request]))

    def explain(self, lines: Iterable[str]) -> Explanations:
        """Return why httpd wrote these lines of an error log, as ``modwsgi-fix explain LOG PATHS`` does.

        The files are read once more, with the rules that are off by default because they are opinions, but of which a
        message may be a sign. ``lines`` may be a generator; of a long log only the lines that differ are kept.
        """
        from modwsgi_fix.explain.asked import Asked, rules_asked
        from modwsgi_fix.explain.explaining import explained
        from modwsgi_fix.explain.gathering import gathered
        from modwsgi_fix.explain.lines import LONGEST, line_of

        if isinstance(lines, str):
            lines = lines.split("\n")
        shown = (line.rstrip("\r\n")[:LONGEST] for line in lines)
        every = (line_of(number, line) for number, line in enumerate(shown, start=1) if line)
        wanted = self._wanted._replace(selection=Selection(extend_select=rules_asked()))
        with as_errors():
            session = opened(plan(wanted))
            return Explanations(explained(gathered(every), Asked(session, wanted.words)))

    def exposed(self) -> Exposures:
        """Every file that a visitor can fetch. Raises ``Error`` where no ``root`` says which files there are."""
        with as_errors():
            return Exposures(exposures(self._session))

    def show(self) -> Overviews:
        """Return the hosts, mounts, aliases and process groups."""
        return Overviews(overviews(self._session))


def load(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    root: str | PathLike[str] | None = None,
    target: Mapping[str, str] | None = None,
    settings: str | PathLike[str] | Mapping[str, Any] | None = None,
    overlay: Mapping[str, str] | None = None,
    *,
    assume_deny: str = "",
    no_scripts: bool = False,
    only: Sequence[str] = (),
) -> Server:
    """Read the server at these paths, directories or files, as ``modwsgi-fix PATHS`` does.

    ``root`` is the filesystem that the paths in the files mean. ``target`` maps names to versions: ``{"httpd": "2.4"}``.
    ``settings`` is the path of a settings file, or its content as a table; an empty table means no settings, and None the
    file that is found upward from the first path. ``overlay`` maps paths to texts that stand in for the files, as an editor
    has them. ``assume_deny`` says how the server around fragments denies by default: ``2.2``, ``2.4`` or ``none``. With
    ``no_scripts`` WSGI scripts are left unread. ``only`` are files, virtual hosts and rules, as of ``--only``: what else is
    wrong is neither reported nor fixed. Raises ``Error`` where nothing can be read.
    """
    named = [paths] if isinstance(paths, (str, PathLike)) else paths
    wanted = Wanted(
        tuple(fspath(path) for path in named),
        overlay=None if overlay is None else {fspath(path): text for path, text in overlay.items()},
        settings=settings if settings is None or isinstance(settings, Mapping) else fspath(settings),
        target=tuple(f"{name}={version}" for name, version in (target or {}).items()),
        root=None if root is None else fspath(root),
        denies=assume_deny,
        no_scripts=no_scripts,
        only=tuple(only),
    )
    server = Server(wanted)
    _ = server._session
    return server


def apply(
    plan: str | PathLike[str], directory: str | PathLike[str], *, allow_shared_tree: bool = False
) -> tuple[File, ...]:
    """Carry out a plan as ``modwsgi-fix apply PLAN DIRECTORY`` does, and return the files that were changed.

    ``plan`` is the path of a file that ``--write-plan`` or ``Fixed.to_plan`` made. None are returned where all is as the plan
    makes it already. Raises ``Error`` where one of the files is not as it was when the plan was made; no file is then changed.
    """
    from modwsgi_fix.files.writing import Change, write_all
    from modwsgi_fix.workspace.written_plan import carried_out, read_plan

    place = fspath(directory)
    with as_errors():
        files = read_plan(fspath(plan))
        if not isdir(place):
            raise FileProblem(place, "is not a directory")
        top = realpath(place)
        outcome = carried_out(files, top, lambda name: join(place, name))
        if outcome.obstacles:
            raise Error("; ".join(outcome.obstacles))
        changes = [Change(file.path, file.before, file.after) for file in outcome.files]
        write_all(changes, within=(top,), allow_shared=allow_shared_tree)
    return tuple(File(file.path, file.name, file.before, file.after) for file in outcome.files)
