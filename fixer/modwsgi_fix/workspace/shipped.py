"""Files that are as their packages ship them: they are read, but neither reported on nor changed unless they are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

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
    asked = zip(jobs, configs, found, strict=True)
    each = [split(job, config, diagnostics) for job, config, diagnostics in asked]
    return [shown for shown, _ in each], counted(hidden for _, hidden in each)


def split(job: Job, config: Config, found: Sequence[Diagnostic]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Return the findings of a server that are not in such files, and those that are."""
    shown, hidden = list[Diagnostic](), list[Diagnostic]()
    for diagnostic in found:
        (hidden if job.shipped(config.source(diagnostic.path)) else shown).append(diagnostic)
    return shown, hidden


def counted(hidden: Iterable[Sequence[Diagnostic]]) -> dict[str, int]:
    """Return the number of findings in such files, by the key of the file; servers that share a file have the same ones."""
    each: dict[str, set[tuple[object, ...]]] = {}
    for diagnostic in chain.from_iterable(hidden):
        each.setdefault(diagnostic.path, set()).add((diagnostic.span, diagnostic.rule, diagnostic.message))
    return {path: len(findings) for path, findings in each.items()}
