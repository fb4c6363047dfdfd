"""What holds of every input, whatever it is."""

from __future__ import annotations

import json
import re
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from xml.etree import ElementTree

from modwsgi_fix import diff
from modwsgi_fix.edits import Applicability, apply
from modwsgi_fix.files import Memory
from modwsgi_fix.model.reading.source import discover
from modwsgi_fix.model.request import request_of
from modwsgi_fix.records import Place, Report
from modwsgi_fix.reports import FORMATS, render
from modwsgi_fix.reports import exposed as exposed_report
from modwsgi_fix.reports import impact as impact_report
from modwsgi_fix.reports import show as show_report
from modwsgi_fix.reports import trace as trace_report
from modwsgi_fix.reports.diff import diff as diff_of
from modwsgi_fix.reports.diff import hunks
from modwsgi_fix.reports.text import printable, withheld
from modwsgi_fix.syntax import parse
from modwsgi_fix.text import decode, encode
from modwsgi_fix.workspace.plan import Plan, Wanted, plan
from modwsgi_fix.workspace.selection import Selection
from modwsgi_fix.workspace.session import (
    Mended,
    Session,
    checked,
    exposures,
    impacts,
    mended,
    opened,
    overviews,
    starts,
    traced,
)

from . import front
from .inputs import Input

#: What a terminal obeys, and ends of lines but LF. A tab is shown as such, so that carets stand below what they mean.
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_MAIN = ("apache2.conf", "httpd.conf")


#: How a line begins that is no fault.
NOTE = "counted: "


class Faults:
    """What was found not to hold. Each line begins with its kind, which is the same for inputs of one cause."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, kind: str, detail: object = "") -> None:
        """What is as it may be, and worth to be counted."""
        self.add(NOTE + kind, detail)

    def add(self, kind: str, detail: object = "") -> None:
        self.lines.append(f"{kind}: {str(detail)[:400]}")

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Whatever is raised, or warned of, is a fault of this stage."""
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                yield
            except Exception as error:
                *_, last = traceback.extract_tb(error.__traceback__)
                self.add(
                    f"{name} raised {type(error).__name__} in {last.filename.rpartition('/')[2]} {last.name}", error
                )
        for one in warned:
            self.add(f"{name} warned of {one.category.__name__}", one.message)


def faults(given: Input) -> list[str]:
    """Return what does not hold of an input, in words; empty when all does."""
    found = Faults()
    for name, text in given.texts.items():
        with found.stage("parse"):
            if parse(text).text() != text or decode(encode(text)) != text:
                found.add("a byte is lost by reading", name)
    with found.stage("read"):
        session = _session(given, given.texts)
        with found.stage("check"):
            report = checked(session, marked=given.thorough)._replace(starts=starts(session.configs))
            _hold_report(found, report, given)
        _hold_fixes(found, given, session, Applicability.SAFE)
        if given.thorough:
            _hold_fixes(found, given, session, Applicability.REPAIR)
            _hold_fixes(found, given, session, Applicability.UNSAFE)
            _hold_answers(found, given, session)
    if given.front:
        with found.stage("command"):
            found.lines += front.faults(given)
    return found.lines


@cache
def _plan(*, target: tuple[str, ...], everything: bool, denies: str) -> Plan:
    """A plan on no file in particular: settings, rules and versions."""
    selection = Selection(select=("ALL",)) if everything else Selection()
    return plan(
        Wanted(("site.conf",), {"site.conf": ""}, settings={}, selection=selection, target=target, denies=denies)
    )


def _session(given: Input, texts: dict[str, str] | object) -> Session:
    assert isinstance(texts, dict)
    base = _plan(target=given.target, everything=given.everything, denies=given.denies)
    files = Memory(texts)
    ours = [name for name in texts if not name.startswith("/")] or list(texts)
    main = next((name for name in ours if name.rpartition("/")[2] in _MAIN), None)
    found = discover(files, [main] if main else ours, as_httpd=given.as_httpd)
    everything = tuple((name, files.key(name)) for name in texts)
    disk = files if any(name.startswith("/") for name in texts) else None
    job = base.jobs[0]._replace(ignored=None, disk=disk)
    jobs = tuple(
        job._replace(source=source._replace(given=everything, denies="" if source.complete else given.denies))
        for source in found.sources
    )
    scripts = None if found.scripts is None else job._replace(source=found.scripts._replace(given=everything))
    return opened(base._replace(jobs=jobs, scripts=scripts, allowed=found.allowed, problems=found.problems))


# -- what is said --------------------------------------------------------------------------------------------------------


def _hold_report(found: Faults, report: Report, given: Input) -> None:
    for rule, raised in report.failed.items():
        found.add(f"rule {rule} failed", raised)
    for place in _places(report):
        text = place.file.lines.text
        if not 0 <= place.span.start <= place.span.end <= len(text):
            found.add("a place is outside of its text", place.span)
        elif place.end.line > text.count("\n") + 1:
            found.add("a line is behind the last one", place.span)
    for finding in report.findings:
        if not finding.message or "\n" in finding.message + finding.help:
            found.add(f"{finding.rule} has a message of no line or several", repr(finding.message))
    # Those for programs say the same of each input but for its findings, and take their time.
    for format in FORMATS if given.thorough or len(report.findings) % 4 == 1 else ("full", "concise", "json"):
        with found.stage(format):
            shown = render(report, format)
            _hold_shown(found, format, shown)
            if format in ("json", "sarif", "gitlab", "rdjson"):
                json.loads(shown)
            elif format == "junit":
                ElementTree.fromstring(shown)
            elif format == "github" and (odd := [line for line in shown.split("\n")[:-1] if line[:2] != "::"]):
                found.add("a line of github is no annotation", odd)
            elif format == "full":
                _hold_shown(found, "full in colours", _COLOR.sub("", render(report, format, color=True)))


def _places(report: Report) -> Iterator[Place]:
    for finding in report.findings:
        yield finding.place
        yield from (one.place for one in finding.related)
        yield from (edit.place for edit in (finding.fix.edits if finding.fix else ()))


def _hold_shown(found: Faults, name: str, shown: str) -> None:
    if obeyed := _CONTROL.search(shown):
        found.add(f"{name} has a control character", repr(shown[max(0, obeyed.start() - 60) : obeyed.end() + 20]))


# -- what is fixed -------------------------------------------------------------------------------------------------------


def _hold_fixes(found: Faults, given: Input, session: Session, level: Applicability) -> None:
    with found.stage(f"fix at {level.label}"):
        done = mended(session, level)
        texts = _hold_rewritten(found, given, done)
        with found.stage(f"diff at {level.label}"):
            diff_of(done.files, directory="/")
            lines = [*hunks(done.files, done.report.fixed, directory="/"), *map(withheld, done.report.withheld)]
            _hold_shown(found, "what is said of a diff", "\n".join(lines))
        if not done.files:
            return
        again = mended(_session(given, texts), level)
        if again.files:
            found.add(f"fixed again at {level.label} by {again.report.fixed[0].rule}", again.report.fixed[0])
        if given.thorough:
            changes = impacts(done.outcomes)
            _hold_shown(found, "impact", "\n".join(map(printable, impact_report.as_lines(changes))))
            _hold_report(found, done.report._replace(impacts=changes), given)


def _hold_rewritten(found: Faults, given: Input, done: Mended) -> dict[str, str]:
    """Return the texts after the fixes; what does not hold of them is added."""
    names = {Memory({}).key(name): name for name in given.texts}
    texts = dict(given.texts)
    for rule, raised in done.report.failed.items():
        found.add(f"rule {rule} failed", raised)
    for one in (one for outcome in done.outcomes for one in outcome.withheld if one.is_bug):
        (found.add if one.is_fight else found.note)(f"a fix of {one.rule} is withheld", one.reason)
    for line in done.conflicts:
        found.add("two servers need different changes", line)
    for file in done.files:
        before, name = given.texts[names[file.path]], names[file.path]
        if file.before != before:
            found.add("a byte is lost before a fix", name)
        if apply(before, file.edits) != file.after:
            found.add("more is changed than the edits say", name)
        if decode(encode(file.after)) != file.after:
            found.add("a fix puts in what cannot be written", name)
        if parse(file.after).text() != file.after:
            found.add("a byte is lost by reading what was fixed", name)
        if not diff.check(diff.unified(before, file.edits, "x"), before, file.after):
            found.add("a diff does not say what was changed", name)
        texts[name] = file.after
    return texts


# -- what is answered ----------------------------------------------------------------------------------------------------

_URL = re.compile(r"(?<=[ \"])/[\w./-]*", re.ASCII)
_HOST = re.compile(r"^\s*ServerName\s+([\w.-]+)", re.M | re.I | re.ASCII)


def _hold_answers(found: Faults, given: Input, session: Session) -> None:
    text = "\n".join(given.texts.values())
    paths = list(dict.fromkeys(["/", "/static/x.py", "/a%2fb/../c?d", *_URL.findall(text)[:3]]))
    hosts = [*dict.fromkeys(_HOST.findall(text))][:1] or ["a.test"]
    asked: list[tuple[str, Callable[[], Iterable[str]]]] = [
        ("trace", lambda: _traced(session, hosts[0], paths)),
        ("show", lambda: _overviews(session)),
    ]
    if session.plan.jobs and all(job.disk is not None for job in session.plan.jobs):
        asked.append(("exposed", lambda: _exposures(session)))
    for name, ask in asked:
        with found.stage(name):
            for shown in ask():
                _hold_shown(found, name, shown)


def _traced(session: Session, host: str, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        traces = traced(session, [request_of(f"http://{host}{path}")])
        json.loads(as_json := trace_report.as_json(traces))
        yield as_json
        yield trace_report.as_text(traces)


def _overviews(session: Session) -> Iterator[str]:
    views = overviews(session)
    json.loads(as_json := show_report.as_json(views))
    yield as_json
    yield from (show(views) for show in (show_report.as_tree, show_report.as_dot, show_report.as_mermaid))


def _exposures(session: Session) -> Iterator[str]:
    hosts = exposures(session)
    json.loads(as_json := exposed_report.as_json(hosts))
    yield as_json
    yield exposed_report.as_text(hosts)
