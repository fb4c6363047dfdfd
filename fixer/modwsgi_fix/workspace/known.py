"""A baseline against the present servers: its hidden findings, its stale entries, and the baseline to write."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.engine import check
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.rule import Diagnostic
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace import shipped
from modwsgi_fix.workspace.baseline import Entry, entries_of, split, stale
from modwsgi_fix.workspace.rules import known_rules
from modwsgi_fix.workspace.session import Session


class Standing(NamedTuple):
    """The number of findings that a baseline hides, and its ``stale`` entries, each with how many findings are gone."""

    hidden: int
    stale: tuple[Entry, ...]


def written(session: Session) -> tuple[Entry, ...]:
    """Return the entries of a baseline with all present findings."""
    return entries_of(_found(session))


def standing(session: Session) -> Standing:
    """Return the standing of the plan's baseline; nothing hidden and nothing stale without one."""
    plan = session.plan
    if plan.baseline is None:
        return Standing(0, ())
    left = split(plan.baseline, _found(session)).left
    hidden = sum(entry.times for entry in plan.baseline.entries) - sum(entry.times for entry in left)
    read = {
        path
        for job, config in zip(plan.jobs, session.configs, strict=True)
        for path in (*config.files, *config.scripts)
        if job.ignored is None or not job.ignored(path, "")
    }
    read |= {file.path for files in session.unopened.values() for file in files}
    given = {key for job in plan.all_jobs for _, key in job.source.given}
    failed = {name for config in session.configs for name in config.failed}
    gone = {entry.rule for entry in left} - known_rules().keys()
    return Standing(hidden, stale(left, read, given, (plan.on | gone) - failed))


def _found(session: Session) -> list[tuple[Source, Config, Sequence[Diagnostic]]]:
    """Return all findings, known or not. The rules do not run again."""
    jobs = session.plan.jobs
    every = [check(job._replace(new=None), config) for job, config in zip(jobs, session.configs, strict=True)]
    shown, _ = shipped.without(jobs, session.configs, every)
    return [(job.source, config, each) for job, config, each in zip(jobs, session.configs, shown, strict=True)]
