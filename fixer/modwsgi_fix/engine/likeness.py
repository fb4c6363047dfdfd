"""Which hosts of a server are alike to the rules of a job; ``model.shapes`` only compares texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modwsgi_fix.engine.job import Job
from modwsgi_fix.model.shapes.alike import Group, Unit, grouped
from modwsgi_fix.model.shapes.words import known, words


def alike_to(
    job: Job,
    units: Sequence[Unit],
    elsewhere: Sequence[str],
    is_file: Callable[[str], bool] | None = None,
    *,
    by_any_words: bool = False,
) -> list[Group] | None:
    """Put texts that belong together into groups, each with its shape; None where it cannot be told which are alike.

    ``elsewhere`` is all other text of the server; the variables, settings and rules of the job count as such text, too.
    With ``by_any_words``, words that the rules know may be exchanged as well.
    """

    def meant(some: set[bytes]) -> set[bytes] | None:
        return set() if by_any_words else known(some, _packages(job))

    return grouped(units, [*elsewhere, _said(job)], meant, is_file or job.source.files.is_file)


def meant_by(job: Job, some: set[bytes]) -> set[bytes] | None:
    """Return those of some words that the rules of a job know, or that it says; None where that cannot be told."""
    found = known({word for word in some if not word.isdigit()}, _packages(job))
    return None if found is None else found | (some & words(_said(job)))


def _packages(job: Job) -> set[str]:
    return {rule.package for rule in job.rules} | {__name__.partition(".")[0]}


def _said(job: Job) -> str:
    return "\n".join([*job.source.variables.values(), repr(job.options), *job.source.directives])
