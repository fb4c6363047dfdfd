"""The findings that comments and the baseline keep out of a report, for formats that tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from modwsgi_fix.engine import Job, check
from modwsgi_fix.engine.check import suppressed as suppressed_by_comments
from modwsgi_fix.model.config import Config
from modwsgi_fix.records import Finding, Suppressed
from modwsgi_fix.rule import Diagnostic
from modwsgi_fix.workspace import discretion
from modwsgi_fix.workspace.baseline import new_to
from modwsgi_fix.workspace.chosen import selecting
from modwsgi_fix.workspace.session import Session, distinct


def suppressed(session: Session, configs: Sequence[Config]) -> tuple[Finding, ...]:
    """Return these findings of servers, as they were read or as fixes have left them, each once and without its fix.

    The rules do not run again.
    """
    jobs = session.plan.jobs
    each = (_of_server(session, job, config) for job, config in zip(jobs, configs, strict=True))
    return distinct(chain.from_iterable(each))[0]


def _of_server(session: Session, job: Job, config: Config) -> Iterator[Finding]:
    for diagnostic, comments in suppressed_by_comments(job, config):
        if _would_be_reported(session, job, config, diagnostic):
            yield _told(
                diagnostic, config, [discretion.suppression(comment, diagnostic.path, config) for comment in comments]
            )
    baseline = session.plan.baseline
    if baseline is None:
        return
    every = check(job._replace(new=None), config)
    new = set(map(id, new_to(baseline)(config, every)))
    for diagnostic in every:
        if id(diagnostic) not in new and _would_be_reported(session, job, config, diagnostic):
            yield _told(diagnostic, config, [Suppressed(baseline=baseline.path)])


def _would_be_reported(session: Session, job: Job, config: Config, diagnostic: Diagnostic) -> bool:
    """Whether ``--only`` selects a finding, and its file is not as its package ships it."""
    select = selecting(session.plan.chosen, job.source.files.key)
    return (select is None or bool(select(config, [diagnostic]))) and not job.shipped(config.source(diagnostic.path))


def _told(diagnostic: Diagnostic, config: Config, by: Sequence[Suppressed]) -> Finding:
    return discretion.finding(diagnostic._replace(fix=None), config)._replace(suppressed=tuple(by))
