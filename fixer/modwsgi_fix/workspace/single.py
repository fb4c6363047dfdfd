"""What is asked of one server of a session: its findings, its fixes, and what visitors will notice of these."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.engine import Fixed, Job, check
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.records import FileText, Finding
from modwsgi_fix.rule import Diagnostic
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace import discretion, shipped

if TYPE_CHECKING:
    from modwsgi_fix.effect.impact import Impact
    from modwsgi_fix.effect.touched import Pair
    from modwsgi_fix.engine.htaccess import Around
    from modwsgi_fix.engine.job import Opinion, Proof
    from modwsgi_fix.engine.outcome import Made
    from modwsgi_fix.engine.outlook import Outlook
    from modwsgi_fix.syntax import Tree
    from modwsgi_fix.workspace.session import Session


class Found(NamedTuple):
    """What is found in one server, as it may be shown.

    ``hidden`` are the findings in files that are as their packages ship them, ``failed`` the errors of rules that failed, by
    the name of the rule.
    """

    findings: tuple[Finding, ...]
    hidden: Sequence[Diagnostic]
    failed: Mapping[str, str]


def checked_server(session: Session, at: int, *, marked: bool, weighed: bool) -> Found:
    """Return what is found in the server with this number, as for ``checked``."""
    job, config = session.plan.jobs[at], session.configs[at]
    shown, hidden = shipped.split(job, config, check(job, config))
    weigh = partial(judges, session) if weighed else None
    view = _view(job, config, shown, session.plan.level, weigh) if marked else None
    told = session.unlike[at].told if at < len(session.unlike) else ()
    return Found(tuple(_findings(config, shown, view, told, session.unopened)), hidden, config.failed)


def _view(
    job: Job,
    config: Config,
    found: Sequence[Diagnostic],
    level: Applicability,
    weigh: Callable[[Config], tuple[Opinion, Proof]] | None,
) -> Outlook | None:
    """Return what fixes would do for findings; None where no finding has a fix."""
    if not any(diagnostic.fix for diagnostic in found):
        return None
    from modwsgi_fix.engine.outlook import outlook

    return outlook(job, config, found, level, *(weigh(config) if weigh else ()))


def _findings(
    config: Config,
    found: Sequence[Diagnostic],
    view: Outlook | None,
    told: Sequence[Diagnostic],
    unopened: Mapping[str, Sequence[FileText]],
) -> Iterator[Finding]:
    """Yield the findings of a server as they may be shown, those that a fix reveals included, by place.

    ``told`` are findings in hosts that were left out, perhaps in one of the files that are ``unopened``.
    """
    levels = view.levels if view is not None else (None,) * len(found)
    every: list[tuple[Diagnostic, Config, Applicability | None, tuple[str, int] | None]]
    every = [(one, config, level, None) for one, level in zip(found, levels, strict=True)]
    every += [(one.diagnostic, one.config, one.level, one.after) for one in (view.revealed if view else ())]
    every += [(one, config, None, None) for one in told]
    texts = {file.path: file for files in unopened.values() for file in files} if told else {}
    order = {path: at for at, path in enumerate([*_in_order(config, unopened if told else {}), *config.scripts])}
    every.sort(key=lambda one: (order.get(one[0].path, len(order)), one[0].span, one[0].rule))
    return (discretion.finding(*one, texts) for one in every)


def _in_order(config: Config, unopened: Mapping[str, Sequence[FileText]]) -> Iterator[str]:
    """Yield the keys of a server's files in the order in which they were first read, or would have been."""
    for path in config.files:
        yield from (file.path for file in unopened.get(path, ()))
        yield path
    yield from (file.path for file in unopened.get("", ()))


def fixed_server(
    session: Session, at: int, only: Collection[Made] | None = None, around: Sequence[Around] | None = None
) -> tuple[Fixed, bool]:
    """Return the outcome of fixes in the server with this number, and whether it was read again for them, with all hosts."""
    from modwsgi_fix.engine import fix

    def fixed(job: Job, config: Config | None = None) -> Fixed:
        opinion, proof = judges(session, config, around)
        return fix(job, session.plan.level, opinion, config, proof, only)

    job = session.plan.jobs[at]
    outcome = fixed(job, session.configs[at])
    read_again = at < len(session.unlike) and not session.unlike[at].holds(outcome, fixed)
    return discretion.fixed(fixed(with_all_hosts(job)) if read_again else outcome), read_again


def with_all_hosts(job: Job) -> Job:
    """Return the job of ``engine.shapes``, which reads a few of the hosts that are alike, as one that reads all."""
    return job._replace(source=job.source._replace(picks=None, stand_ins={}))


def judges(session: Session, config: Config | None, around: Sequence[Around] | None = None) -> tuple[Opinion, Proof]:
    """Return the judges of a fix: the second reader, and the measurement of its effect on visitors."""
    from modwsgi_fix.engine.read_later import is_htaccess

    if config is None or not config.files or not all(map(is_htaccess, config.files)):
        return _opinion, _effect
    from modwsgi_fix.engine.htaccess import objection as effect_of_htaccess

    return _opinion, partial(effect_of_htaccess, servers_around(session) if around is None else around)


# Most files that an editor sends through have nothing to fix: the judges are imported with the first fix.


def _opinion(name: str, before: Tree, after: Tree) -> str | None:
    from modwsgi_fix.second_reader import objection

    return objection(name, before, after)


def _effect(before: Config, after: Config, fix: Fix, changes: frozenset[str], only: Pair | None = None) -> str | None:
    from modwsgi_fix.engine.gate import objection

    return objection(before, after, fix, changes, only)


def servers_around(session: Session) -> list[Around]:
    """Return the whole servers that may read an ``.htaccess`` and whose filesystem is known: named ones, or that of --root."""
    jobs = session.plan.jobs
    if session.plan.root is None and not any(isinstance(job.disk, Rooted) for job in jobs):
        return []
    from modwsgi_fix.engine.htaccess import Around

    named = [Around(job, job.disk) for job in jobs if job.source.complete and isinstance(job.disk, Rooted)]
    if named or session.plan.root is None:
        return named
    for job in jobs:
        for entry in _MAIN_FILES:
            if isinstance(job.disk, Rooted) and job.disk.is_file(entry):
                found = [source for source in find_sources(job.disk, [posixpath.dirname(entry)]) if source.complete]
                return [Around(job._replace(source=source), job.disk) for source in found]
    return []


#: The paths of the main file in distributions.
_MAIN_FILES = ("/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf")


def impact_of(outcome: Fixed) -> Impact:
    """Return what visitors will notice of the fixes in one server."""
    from modwsgi_fix.effect.impact import impact

    return discretion.impact(impact(outcome.before, outcome.after), outcome.before, outcome.after)
