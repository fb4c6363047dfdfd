"""What is said on standard error before the findings: what was not looked at, and what these files cannot show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.cli.disk import unread
from modwsgi_fix.cli.output import say
from modwsgi_fix.cli.plan import Plan
from modwsgi_fix.cli.request import Mode
from modwsgi_fix.cli.writing import note_left
from modwsgi_fix.engine import Job
from modwsgi_fix.model.config import Config
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import names, printable


def say_all(plan: Plan, configs: Sequence[Config]) -> None:
    """Say it all, a line each."""
    for job, config in zip(plan.jobs, configs, strict=True):
        for line in (*_unread(job, config), *_refused(config)):
            say(printable(f"note: {line}"))
    if plan.request.mode is not Mode.WRITE:
        note_left(plan)


def _unread(job: Job, config: Config) -> Iterator[str]:
    """Files beside a server that are no part of it."""
    missed = unread(config, job.source)
    if missed:
        entry = next(iter(config.files.values())).name
        are = "are" if len(missed) > 1 else "is"
        yield f"{plural(len(missed), 'file')} {are} not part of the server of {entry}, and not checked: {names(missed)}"


def _refused(config: Config) -> Iterator[str]:
    """What fragments mount and do not open: whether that is refused, only the rest of the server says."""
    if config.complete or config.denies or not config.named("wsgiscriptalias"):
        return
    from modwsgi_fix.company import refused_by_default

    refused = refused_by_default(config)
    if refused:
        more = f" and {plural(len(refused) - 1, 'other URL')}" if len(refused) > 1 else ""
        yield (
            f"{refused[0]}{more} would be refused by a server that denies by default, which these files do not show; "
            "--assume-deny 2.4 makes it a finding, --assume-deny none leaves this line out"
        )
