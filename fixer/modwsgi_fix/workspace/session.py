"""Servers that were read once, and the questions about them: findings, fixes, and the changes for visitors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum, auto
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Fixed, Rewritten, read
from modwsgi_fix.files import key_of_each
from modwsgi_fix.model.config import Config
from modwsgi_fix.records import FileText, Finding, More, Report, Trace
from modwsgi_fix.rule import Severity
from modwsgi_fix.text import LineIndex
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace import discretion, shipped
from modwsgi_fix.workspace.chosen import check_hosts
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.gaps import gaps
from modwsgi_fix.workspace.plan import Plan
from modwsgi_fix.workspace.single import checked_server, fixed_server, impact_of, servers_around

if TYPE_CHECKING:
    from modwsgi_fix.effect.exposure import Exposed
    from modwsgi_fix.effect.impact import Impact
    from modwsgi_fix.effect.starting import Start
    from modwsgi_fix.engine.outcome import Made
    from modwsgi_fix.engine.shapes import Read as Unlike
    from modwsgi_fix.model.facts.overview import Overview
    from modwsgi_fix.model.request import Request
    from modwsgi_fix.workspace.apart import Apart


#: The most findings of one rule and severity that are listed; further ones are counted.
MOST_FINDINGS = 10_000


class Hosts(Enum):
    """Which virtual hosts are read: all, or only a few of those that are alike and have no findings.

    With ``IN_PARTS`` some that have findings are read a few at a time, too: nothing but the findings is then known of them.
    """

    ALL = auto()
    UNLIKE = auto()
    IN_PARTS = auto()


class Session(NamedTuple):
    """A plan whose servers have been read: one of ``configs`` for each of its jobs.

    ``unopened`` are files of hosts that were compared and not read, because others like them were, by the key of the next file
    that was read, or an empty key. ``unlike`` says for each job which hosts were read.
    """

    plan: Plan
    configs: tuple[Config, ...]
    unopened: Mapping[str, tuple[FileText, ...]] = MappingProxyType({})
    unlike: tuple[Unlike, ...] = ()


class Mended(NamedTuple):
    """The outcome of a session's fixes.

    ``report`` has what was fixed, withheld and left; ``files`` are those that change, each once; ``conflicts`` has a line on
    each server whose fixes contradict those of another.
    """

    outcomes: tuple[Fixed, ...]
    report: Report
    files: tuple[Rewritten, ...]
    conflicts: tuple[str, ...]


def opened(plan: Plan, *, hosts: Hosts = Hosts.ALL) -> Session:
    """Read the servers of a plan, and the scripts that were named and that none of them mounts."""
    if hosts is not Hosts.ALL and not plan.chosen.hosts and any(job.source.complete for job in plan.jobs):
        from modwsgi_fix.engine.shapes import read as read_unlike

        unlike = tuple(read_unlike(job, in_parts=hosts is Hosts.IN_PARTS) for job in plan.jobs)
        configs = [one.config for one in unlike]
        plan = plan._replace(jobs=tuple(one.job for one in unlike))
    else:
        unlike, configs = (), [read(job) for job in plan.jobs]
    check_hosts(plan.chosen, configs)
    plan = _with_scripts(plan, configs)
    configs += [read(job) for job in plan.jobs[len(configs) :]]
    jobs = shipped.told(plan.jobs, configs)
    return Session(plan._replace(jobs=jobs), tuple(configs), _unopened(unlike), unlike)


def _unopened(every: Sequence[Unlike]) -> Mapping[str, tuple[FileText, ...]]:
    """Return the files that were not read, for ``Session.unopened``."""
    unopened: dict[str, tuple[FileText, ...]] = {}
    for server in every:
        source, before = server.job.source, list[FileText]()
        key_of = key_of_each(source.files)
        for path, text in server.texts.items():
            key = key_of(path)
            if path in server.left_out:
                before.append(FileText(key, source.name(key), LineIndex(text), source.quotable(key)))
            elif before:
                unopened[key], before = (*unopened.get(key, ()), *before), []
        unopened[""] = (*unopened.get("", ()), *before)
    return unopened


def _with_scripts(plan: Plan, configs: Sequence[Config]) -> Plan:
    """Return the plan with a job on the scripts that were named and that no server mounts; those are checked there.

    A directory that was named for its scripts is not reported as one without configuration.
    """
    if not plan.allowed and plan.scripts is None:
        return plan
    from modwsgi_fix.model.facts.scripts import loaded_scripts

    mounted = {script.path for config in configs for script in loaded_scripts(config)}
    named = tuple(
        problem
        for problem in plan.problems
        if not any(shown == problem.path and _holds(key, mounted) for shown, key in plan.allowed)
    )
    plan = plan._replace(problems=named)
    if plan.scripts is None:
        return plan
    source = plan.scripts.source
    alone = tuple(path for path in source.scripts if source.files.key(path) not in mounted)
    if not alone:
        return plan
    return plan._replace(jobs=(*plan.jobs, plan.scripts._replace(source=source._replace(scripts=alone))))


def _holds(directory: str, paths: Iterable[str]) -> bool:
    return any(path.startswith(directory.rstrip("/") + "/") for path in paths)


def traced(session: Session, requests: Sequence[Request], tick: Callable[[], None] = lambda: None) -> tuple[Trace, ...]:
    """Return what answers each request, on each server; ``tick`` is called behind each of them."""
    from modwsgi_fix.model.request import trace

    traces = list[Trace]()
    for config in session.configs:
        for request in requests:
            traces.append(discretion.trace(trace(config, request), config))
            tick()
    return tuple(traces)


def exposures(session: Session) -> tuple[Exposed, ...]:
    """Return the files that each host hands out. Raises ``Stop`` where it is not known which filesystem the paths mean."""
    if any(job.disk is None for job in session.plan.jobs):
        raise Stop("say with --root which filesystem the paths in these files mean: / if it is this machine's")
    from modwsgi_fix.effect.exposure import exposed

    return tuple(discretion.exposed(one, config) for config in session.configs for one in exposed(config))


def overviews(session: Session) -> tuple[Overview, ...]:
    """Return each server as httpd sees it."""
    from modwsgi_fix.model.facts.overview import overview

    return tuple(_marked(overview(config), config) for config in session.configs)


def _marked(found: Overview, config: Config) -> Overview:
    """Return a server with those lines marked that make sensitive files fetchable; this needs the disk."""
    if config.disk is None:
        return found
    from dataclasses import replace

    from modwsgi_fix.effect.exposure import exposed
    from modwsgi_fix.model.facts.overview import State

    open_by = {file.place for one in exposed(config) for file in one.sensitive if file.certain}
    hosts = [
        replace(
            host,
            mapped=tuple(replace(one, state=State.EXPOSED) if one.place in open_by else one for one in host.mapped),
            document_root_state=State.EXPOSED if host.document_root_place in open_by else host.document_root_state,
        )
        for host in found.hosts
    ]
    return replace(found, hosts=tuple(hosts))


# -- what is wrong --------------------------------------------------------------------------------------------------------


def checked(session: Session, *, marked: bool = True, weighed: bool = True, apart: Apart | None = None) -> Report:
    """Return the report; with ``marked``, it says for each finding what ``--write`` would do.

    With ``weighed``, the effect of fixes on visitors is measured for this, as before they are written. With ``apart``, each
    server is checked in another process.
    """
    servers = range(len(session.configs))
    each = (
        apart.checked(marked=marked, weighed=weighed)
        if apart
        else [checked_server(session, at, marked=marked, weighed=weighed) for at in servers]
    )
    for config, found in zip(session.configs, each, strict=True):
        config.failed.update(found.failed)
    report = _report(session, session.configs, chain.from_iterable(found.findings for found in each))
    hidden = shipped.counted(found.hidden for found in each)
    return report._replace(marked=marked, weighed=marked and weighed, shipped=hidden)


def _report(session: Session, configs: Sequence[Config], findings: Iterable[Finding]) -> Report:
    """Return a report on servers, as they were read or as fixes have left them."""
    problems = (*session.plan.problems, *(problem for config in configs for problem in config.unread))
    shown, more = distinct(findings)
    return Report(
        shown,
        _files(configs, session.unopened),
        gaps(configs),
        session.plan.level,
        unread=tuple(dict.fromkeys((one.path, one.reason) for one in problems)),
        skipped=tuple(dict.fromkeys(one for config in configs for one in config.skipped)),
        failed=_merged(discretion.failed(config.failed, config) for config in configs),
        more=more,
        docs_url=session.plan.settings.docs_url,
    )


def _merged(tables: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return dict(chain.from_iterable(table.items() for table in tables))


def _files(configs: Sequence[Config], unopened: Mapping[str, Sequence[FileText]]) -> tuple[FileText, ...]:
    read: list[FileText] = []
    for config in configs:
        for file in config.files.values():
            read += (*unopened.get(file.path, ()), discretion.text_of(file))
        read += map(discretion.text_of, config.named_scripts)
    return tuple({file.path: file for file in (*read, *unopened.get("", ()))}.values())


def distinct(findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[More, ...]]:
    """Return each finding once, where servers share files, and the number of findings of each rule that are not listed."""
    once: dict[tuple[object, ...], Finding] = {}
    told, more = Counter[tuple[object, ...]](), Counter[tuple[str, Severity, Applicability | None]]()
    beyond: set[int] = set()
    for finding in findings:
        key = (finding.place.file.path, finding.place.span, finding.rule, finding.message)
        kind = (finding.rule, finding.severity)
        if told[kind] < MOST_FINDINGS:
            told[kind] += key not in once
            once.setdefault(key, finding)
        elif key not in once and hash(key) not in beyond:
            beyond.add(hash(key))
            more[*kind, finding.level] += 1
    return tuple(once.values()), tuple(More(*kind, count) for kind, count in more.items())


# -- fixes ----------------------------------------------------------------------------------------------------------------


def mended(
    session: Session,
    level: Applicability | None = None,
    *,
    only: Collection[Made] | None = None,
    apart: Apart | None = None,
) -> Mended:
    """Return the outcome of fixes up to a level, by default the plan's, or of ``only`` these. Nothing is written.

    With ``apart``, each server is fixed in another process, up to the plan's level.
    """
    if level is not None:
        session = session._replace(plan=session.plan._replace(level=level))
    around = servers_around(session)
    servers = range(len(session.configs))
    each = apart.fixed() if apart else [fixed_server(session, at, only, around)[0] for at in servers]
    outcomes, conflicts = _together(each)
    files = {file.path: file for outcome in outcomes for file in outcome.files}
    report = mended_report(session, outcomes)
    return Mended(tuple(outcomes), report, tuple(files.values()), tuple(conflicts))


def _together(outcomes: Sequence[Fixed]) -> tuple[list[Fixed], list[str]]:
    """Return the outcomes that can be combined, and a line on each that cannot.

    Where two servers share a file and need different changes of it, the first server's fixes are made, and none of the other's.
    """
    files: dict[str, Rewritten] = {}
    kept: list[Fixed] = []
    told: list[str] = []
    for outcome in outcomes:
        clash = next((f for f in outcome.files if f.path in files and files[f.path].after != f.after), None)
        if clash is None:
            files |= {file.path: file for file in outcome.files}
            kept.append(outcome)
        else:
            told.append(
                f"{clash.name}: two servers share this file and need different changes; run modwsgi-fix on each by itself"
            )
            kept.append(outcome._replace(files=(), applied=(), left=outcome.found, after=outcome.before))
    return kept, told


def mended_report(session: Session, outcomes: Sequence[Fixed]) -> Report:
    """Return the report on what fixes did, and on what they left."""
    configs = [outcome.after for outcome in outcomes]
    left, hidden = shipped.without(session.plan.jobs, configs, [outcome.left for outcome in outcomes])
    findings = (
        discretion.finding(diagnostic, config)
        for config, each in zip(configs, left, strict=True)
        for diagnostic in each
    )
    return _report(session, configs, findings)._replace(
        fixed=tuple(dict.fromkeys(one for outcome in outcomes for one in outcome.applied)),
        withheld=tuple(dict.fromkeys(one for outcome in outcomes for one in outcome.withheld if not one.is_fight)),
        failed=_merged(outcome.failed for outcome in outcomes),
        shipped=hidden,
    )


def starts(configs: Iterable[Config]) -> tuple[Start, ...]:
    """Return for each server whether httpd starts."""
    return tuple(map(discretion.start, configs))


def impacts(outcomes: Sequence[Fixed], apart: Apart | None = None) -> tuple[Impact, ...]:
    """Return what visitors will notice of fixes, for each server that they change; with ``apart``, asked where it was fixed."""
    changed = [at for at, outcome in enumerate(outcomes) if outcome.files]
    return tuple(apart.impacts(changed) if apart else [impact_of(outcomes[at]) for at in changed])
