"""Which hosts of a server are alike to the rules of a job; ``model.shapes`` only compares texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modwsgi_fix.engine.job import Job
from modwsgi_fix.model.shapes.alike import Group, Unit, grouped
from modwsgi_fix.model.shapes.words import known


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
    said = "\n".join([*job.source.variables.values(), repr(job.options), *job.source.directives])
    packages = {rule.package for rule in job.rules} | {__name__.partition(".")[0]}

    def meant(some: set[bytes]) -> set[bytes] | None:
        return set() if by_any_words else known(some, packages)

    return grouped(units, [*elsewhere, said], meant, is_file or job.source.files.is_file)
