"""Lines on standard error before the findings: what was not checked, and what the files cannot show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.cli.output import say
from modwsgi_fix.engine import Fixed, Job
from modwsgi_fix.model.config import Config
from modwsgi_fix.records import Report
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import further, printable
from modwsgi_fix.text import listed
from modwsgi_fix.workspace import discretion
from modwsgi_fix.workspace.disk import unread
from modwsgi_fix.workspace.session import Session

#: More files than this are counted instead of named.
_MOST = 10


def say_all(session: Session) -> None:
    """Print every note, one a line."""
    for job, config in zip(session.plan.jobs, session.configs, strict=True):
        for line in (*_unread(job, config, session), *_refused(config)):
            say(printable(f"note: {line}"))


def say_unchecked(session: Session) -> None:
    """Say that scripts, which are read as rules ask for them, were not checked in full."""
    if any(config.scripts for config in session.configs):
        # Where there is no script, nothing of this is imported.
        from modwsgi_fix.script import NO_LIBCST, has_libcst

        if not has_libcst():
            say(f"note: WSGI scripts are not checked in full ({NO_LIBCST})")


def say_starts(session: Session, *, of_fragments: bool = False) -> None:
    """Say for each server whether httpd starts with it.

    For a fragment only a refusal can be certain; with ``of_fragments`` it is said, for where no finding says so.
    """
    for config in session.configs:
        if not config.complete and not of_fragments:
            continue
        found = discretion.start(config)
        if found.starts is False or config.complete:
            say(printable(f"{'warning' if found.starts is False else 'note'}: {found}"))


def say_what_starting_serves(outcomes: Sequence[Fixed]) -> None:
    """Say what a server will hand out that starts by these fixes and did not before, the worst first."""
    for first, *served in what_starting_serves(outcomes):
        say(f"{'warning' if served else 'note'}: {first}")
        for line in served:
            say(printable(f"  {line}"))


def what_starting_serves(outcomes: Sequence[Fixed]) -> Iterator[list[str]]:
    """Yield, of each server that starts by these fixes and did not before, a line and one for each file it then hands out."""
    from modwsgi_fix.effect.classes import served_by_starting
    from modwsgi_fix.effect.impact import refused

    for outcome in outcomes:
        if not outcome.files or not refused(outcome.before) or refused(outcome.after):
            continue
        served = served_by_starting(outcome.before, outcome.after)
        starts = f"httpd refuses to start now, and {_starting(outcome.after)}"
        if not served:
            yield [f"{starts} no source, database or key, as far as these files show"]
            continue
        may = "" if outcome.after.disk is not None else ", if they are there"
        lines = [f"{starts} {plural(len(served), 'file')} that should not lie open{may}:"]
        lines += [discretion.text(f"{url}: {what}", outcome.before, outcome.after) for url, what in served[:_MOST]]
        rest = len(served) - _MOST
        yield [*lines, f"and {rest} more (modwsgi-fix exposed lists them)"] if rest > 0 else lines


def _starting(after: Config) -> str:
    """Return how far it is known that httpd starts once nothing that it certainly refuses is left."""
    from modwsgi_fix.effect.starting import verdict
    from modwsgi_fix.model.facts.loaded import list_of_22

    if list_of_22(after) is not None:
        return "with these fixes it still lacks modules of httpd 2.4; once it has them, it serves"
    if verdict(after).starts:
        return "starts with these fixes; it then serves"
    return "nothing in sight keeps it from starting with these fixes; it then serves"


def _unread(job: Job, config: Config, session: Session) -> Iterator[str]:
    """Yield a line on the files beside a server that are not part of it."""
    unopened = {file.path for files in session.unopened.values() for file in files}
    missed = unread(config.files.keys() | unopened, job.source)
    # Of a server whose main file cannot be read nothing is known, and that is said elsewhere.
    if missed and config.files:
        entry = next(iter(config.files.values())).name
        are = "are" if len(missed) > 1 else "is"
        yield f"{plural(len(missed), 'file')} {are} not part of the server of {entry}, and not checked: {listed(missed)}"


def _refused(config: Config) -> Iterator[str]:
    """Yield a line on mounts that a server which denies by default would refuse, where fragments do not show the default."""
    if config.complete or config.denies or not config.named("wsgiscriptalias"):
        return
    from modwsgi_fix.effect.company import refused_by_default

    refused = refused_by_default(config)
    if refused:
        more = f" and {plural(len(refused) - 1, 'other URL')}" if len(refused) > 1 else ""
        yield (
            f"{refused[0]}{more} would be refused by a server that denies by default, which these files do not show; "
            "--assume-deny 2.4 makes it a finding, --assume-deny none leaves this line out"
        )


def say_baseline(session: Session) -> None:
    """Say how many findings are not shown because a baseline has them, and which of its entries are stale."""
    if session.plan.baseline is None:
        return
    from modwsgi_fix.workspace.known import standing

    name = session.plan.baseline.path
    hidden, stale = standing(session)
    if hidden:
        are = "is" if hidden == 1 else "are"
        say(printable(f"note: {plural(hidden, 'finding')} of {name} {are} not shown"))
    for entry in stale[:_MOST]:
        times = "" if entry.times == 1 else f" ({entry.times} times)"
        say(printable(f"note: {name}: stale: {entry.rule} is not found any longer in {entry.file}{times}"))
    if len(stale) > _MOST:
        say(printable(f"note: {name}: stale: {len(stale) - _MOST} more"))
    if stale:
        say("note: modwsgi-fix baseline prune takes stale entries out")


def say_more(report: Report) -> None:
    """Say how many findings are not listed, for formats that have no place for the number."""
    if not report.quiet:
        for line in further(report):
            say(f"note: not in this report: {line}")


def say_shipped(report: Report) -> None:
    """Say how many findings in files of packages are not shown, and how to see them."""
    if not report.shipped:
        return
    findings, files = sum(report.shipped.values()), len(report.shipped)
    what = "file that is as its package ships it" if files == 1 else "files that are as their packages ship them"
    are = "is" if findings == 1 else "are"
    say(f"note: {plural(findings, 'finding')} in {files} {what} {are} not shown; name a file to see them")
