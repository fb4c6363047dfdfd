"""Files that are as their packages ship them: they are read, but neither reported on nor changed unless they are named."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.engine import Job
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.vendor import as_shipped
from modwsgi_fix.rule import Diagnostic


def told(jobs: Sequence[Job], configs: Sequence[Config]) -> tuple[Job, ...]:
    """Return the jobs with the knowledge of which files are as shipped, where the filesystem of the paths is known."""
    return tuple(
        job._replace(shipped=as_shipped(config, job.disk, {key for _, key in job.source.given}))
        if isinstance(job.disk, Rooted)
        else job
        for job, config in zip(jobs, configs, strict=True)
    )


def without(
    jobs: Sequence[Job], configs: Sequence[Config], found: Sequence[Sequence[Diagnostic]]
) -> tuple[list[list[Diagnostic]], dict[str, int]]:
    """Return each server's findings without those in such files, and the number of these by the key of the file."""
    shown: list[list[Diagnostic]] = []
    hidden: dict[str, set[tuple[object, ...]]] = {}
    for job, config, each in zip(jobs, configs, found, strict=True):
        shown.append([])
        for diagnostic in each:
            if job.shipped(config.source(diagnostic.path)):
                hidden.setdefault(diagnostic.path, set()).add((diagnostic.span, diagnostic.rule, diagnostic.message))
            else:
                shown[-1].append(diagnostic)
    return shown, {path: len(findings) for path, findings in hidden.items()}
