"""Checking a server again with a changed file: only what the change can affect is read.

The server is read with the hosts that were changed, those that share words with them, and of all others those that stand
for the ones like them, as in ``model.shapes``: once with the old text and once with the new one. Where both readings have
the same findings in all unchanged hosts, and the old one has those that were found before, the rest of the report holds; in
every other case nothing is concluded, and the caller checks the whole server.

So this assumes what ``engine.shapes`` assumes: hosts that are equal but for words that stand nowhere else are equal to every
rule. Where that cannot be seen to hold (changed text outside of hosts, a host more or less, text that does not parse,
definitions) it is not assumed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from modwsgi_fix import records
from modwsgi_fix.engine import read
from modwsgi_fix.engine.collector import collector_off
from modwsgi_fix.engine.likeness import alike_to
from modwsgi_fix.files import Files, Overlay
from modwsgi_fix.model.shapes.alike import TURNS, Unit, by_shape, standing, tells_names
from modwsgi_fix.model.shapes.hosts import Text, hosts_in, without
from modwsgi_fix.model.shapes.words import words
from modwsgi_fix.records import FileText, Finding, Report
from modwsgi_fix.syntax import Tree
from modwsgi_fix.text import Span
from modwsgi_fix.workspace.plan import Plan
from modwsgi_fix.workspace.session import Session, checked, starts

#: A host: the key of its file, and its number (from 0) among the hosts there.
Host = tuple[str, int]
#: A part of a file: one of its hosts, or the text outside of all hosts.
Region = tuple[str, int | None]

#: Names of directives that change how other lines are read, or which lines are.
_LEADING = TURNS | {b"include", b"includeoptional"}
#: The most hosts that somebody changes by hand at once.
_MOST_CHANGED = 20


class Base(NamedTuple):
    """A server that was checked, and how its hosts are alike.

    ``texts`` are the files with hosts, by key; ``edited`` the hosts whose text has changed since it was compared. ``trees`` is
    a cache of parsed files. ``last`` are the hosts that were read last, and the report on them.
    """

    plan: Plan
    report: Report
    texts: Mapping[str, Text]
    overlay: Mapping[str, str]
    order: Mapping[str, int]
    groups: Sequence[Group]
    edited: frozenset[Host]
    trees: dict[str, Tree]
    last: tuple[frozenset[Host], Report] | None = None


class Group(NamedTuple):
    """Hosts that share words which no other host has; ``shape`` is None where no group is like this one."""

    hosts: tuple[Host, ...]
    own: frozenset[bytes]
    shape: int | None


class _Kept(Overlay):
    """Files as they were when they were first asked for."""

    def __init__(self, files: Files) -> None:
        super().__init__(files, {})
        self.read = cache(files.read)  # type: ignore[method-assign]
        self.key = cache(files.key)  # type: ignore[method-assign]
        self.is_file = cache(files.is_file)  # type: ignore[method-assign]
        self.is_dir = cache(files.is_dir)  # type: ignore[method-assign]
        self.is_link = cache(files.is_link)  # type: ignore[method-assign]
        self.names = cache(files.names)  # type: ignore[method-assign]


def base_of(session: Session, report: Report) -> Base | None:
    """Return what is needed to check a server again in part; None where a part does not suffice."""
    plan = session.plan
    if len(plan.jobs) != 1 or plan.scripts is not None or session.unlike:
        return None
    (job,), (config,) = plan.jobs, session.configs
    source = job.source
    if (
        not source.complete
        or len(source.entries) != 1
        or job.disk is not None
        or report.failed
        or report.shipped
        or report.more
    ):
        return None
    if config.left_out or any(file.readings != 1 for file in config.files.values()):
        return None
    if any(finding.place.file.path not in config.files for finding in report.findings):
        return None
    texts = {key: text for key, file in config.files.items() if (text := hosts_in(file.text)).hosts}
    found = [(key, number) for key, text in texts.items() for number in range(len(text.hosts))]
    units = [Unit(_directory(key), *_span(texts, (key, n)), _text(texts, (key, n)), whole=False) for key, n in found]
    outside = [texts[key].outside if key in texts else file.text for key, file in config.files.items()]
    groups = alike_to(job, units, outside)
    if groups is None:
        return None
    hosts = iter(found)
    mine = tuple(Group(tuple(next(hosts) for _ in group.units), group.own, group.shape) for group in groups)
    plan = plan._replace(jobs=(job._replace(source=source._replace(files=_Kept(source.files))),))
    order = {path: at for at, path in enumerate(config.files)}
    return Base(plan, report, texts, {}, order, mine, frozenset(), {})


def _directory(key: str) -> str:
    return key.rpartition("/")[0]


def _span(texts: Mapping[str, Text], host: Host) -> tuple[int, int]:
    return texts[host[0]].hosts[host[1]]


def _text(texts: Mapping[str, Text], host: Host) -> str:
    start, end = _span(texts, host)
    return texts[host[0]].text[start:end]


def again(base: Base, changed: Mapping[str, str]) -> Base | None:
    """Return the server with changed texts of some files (by key), checked; None where a part of it does not suffice."""
    now: Base | None = base
    with collector_off():
        for key, text in changed.items():
            now = None if now is None else _again(now, key, text)
    return now


def _again(base: Base, key: str, text: str) -> Base | None:
    old, new = base.texts.get(key), hosts_in(text)
    if old is None or _outside(old) != _outside(new):
        return None
    texts = {**base.texts, key: new}
    changed = frozenset(
        (key, number)
        for number in range(len(new.hosts))
        if _text(base.texts, (key, number)) != _text(texts, (key, number))
    )
    if not changed:
        return base
    edited = base.edited | changed
    told = [*(_text(base.texts, host) for host in changed), *(_text(texts, host) for host in edited)]
    said = set[bytes]().union(*map(words, told))
    if len(edited) > _MOST_CHANGED or said & _LEADING or any(map(tells_names, told)):
        return None
    near = [group for group in base.groups if group.own & said or not edited.isdisjoint(group.hosts)]
    touched = edited.union(*(group.hosts for group in near))
    hosts = touched | _standing(base.groups, touched)
    if 2 * len(hosts) > sum(len(one.hosts) for one in base.texts.values()):
        return None
    after = base._replace(texts=texts, overlay={**base.overlay, key: text}, edited=edited)
    reports = [
        base.last[1] if base.last is not None and base.last[0] == hosts else _read(base, hosts),
        _read(after, hosts),
    ]
    report = _together(base, after, reports[0], reports[1], hosts, frozenset(touched), _Moved(key, old, new))
    return None if report is None else after._replace(report=report, last=(hosts, reports[1]))


def _outside(text: Text) -> list[str]:
    """Return the text before, between and after the hosts of a file."""
    ends = (0, *(end for _, end in text.hosts))
    starts = (*(start for start, _ in text.hosts), len(text.text))
    return [text.text[end:start] for end, start in zip(ends, starts, strict=True)]


def _standing(groups: Iterable[Group], touched: frozenset[Host]) -> frozenset[Host]:
    """Return the hosts that stand for all untouched ones: those like no other, and a few of those that are alike."""
    rest = [group for group in groups if touched.isdisjoint(group.hosts)]
    unlike = (group for group in rest if group.shape is None)
    alike = (group for shape in by_shape(rest).values() for group in standing(shape))
    return frozenset(host for group in (*unlike, *alike) for host in group.hosts)


def _read(base: Base, hosts: frozenset[Host]) -> Report:
    """Return the report on the server with only these hosts. A file of which nothing is left is not read."""
    (job,) = base.plan.jobs
    stand_ins: dict[str, tuple[str, str]] = {}
    skipped: set[str] = set()
    for key, text in base.texts.items():
        left_out = [span for number, span in enumerate(text.hosts) if (key, number) not in hosts]
        if len(left_out) == len(text.hosts) and _is_comment(text.outside):
            skipped.add(key)
        elif left_out:
            stand_ins[key] = without(text, left_out), text.text
    files = Overlay(job.source.files, base.overlay)
    source = job.source._replace(
        files=files, stand_ins=stand_ins, picks=lambda paths: [path for path in paths if files.key(path) not in skipped]
    )
    less = job._replace(source=source)
    session = Session(base.plan._replace(jobs=(less,)), (read(less, trees=base.trees),))
    return checked(session, weighed=base.report.weighed)._replace(starts=starts(session.configs))


def _is_comment(text: str) -> bool:
    """Whether a text consists of empty lines and comments, none of which is continued on the next line."""
    lines = (line.strip(" \t\r") for line in text.split("\n"))
    return all(not line or (line.startswith("#") and not line.endswith("\\")) for line in lines)


class _Moved:
    """The new offsets of a file's text after some of its hosts were changed."""

    def __init__(self, key: str, old: Text, new: Text) -> None:
        self.key = key
        self.shifts_lines = old.text.count("\n") != new.text.count("\n")
        self._starts: list[int] = []
        self._shifts: list[int | None] = []
        for before, after in zip(_bounds(old), _bounds(new), strict=True):
            is_same = old.text[slice(*before)] == new.text[slice(*after)]
            self._starts.append(before[0])
            self._shifts.append(after[0] - before[0] if is_same else None)

    def span(self, path: str, span: Span) -> Span | None:
        """Return where a span is now; None where its text has changed."""
        if path != self.key:
            return span
        first, last = (bisect_right(self._starts, at) - 1 for at in (span.start, max(span.end - 1, span.start)))
        shift = self._shifts[first]
        if shift is None or any(one != shift for one in self._shifts[first : last + 1]):
            return None
        return Span(span.start + shift, span.end + shift)


def _bounds(text: Text) -> list[tuple[int, int]]:
    """Return the bounds of a file's parts, by turns text outside of hosts and a host."""
    edges = [0, *(at for host in text.hosts for at in host), len(text.text)]
    return [(start, end) for start, end in pairwise(edges) if start < end]


def _together(
    base: Base, after: Base, old: Report, new: Report, hosts: frozenset[Host], touched: frozenset[Host], moved: _Moved
) -> Report | None:
    """Return the old report, with new findings for the hosts that were read again; None where the others may differ."""
    was = base.report
    for aspect in ("unread", "skipped", "failed", "gaps", "shipped", "more"):
        if not getattr(old, aspect) == getattr(new, aspect) == getattr(was, aspect):
            return None
    if old.starts != was.starts or (new.starts != old.starts and not _is_refused_now(old, new)):
        return None
    name = {file.path: file.name for file in was.files}[moved.key]
    if moved.shifts_lines and any(name in (gap.name for gap in was.gaps) or one.file == name for one in was.starts):
        return None
    read_again = {file.path for file in new.files}
    region_of, region_now = _regions(base.texts), _regions(after.texts)

    def is_read(region: Region) -> bool:
        path, number = region
        return path in read_again if number is None else (path, number) in hosts

    left = [one for one in was.findings if not is_read(region_of(one))]
    again = {_plain(one) for one in was.findings if is_read(region_of(one))}
    if again != {_plain(one) for one in old.findings}:
        return None
    rest = {_plain(one, moved) for one in old.findings if region_of(one) not in touched}
    if None in rest or rest != {_plain(one) for one in new.findings if region_now(one) not in touched}:
        return None
    files = {file.path: file for file in was.files} | {file.path: file for file in new.files if file.path == moved.key}
    kept = [_followed(one, moved, files[moved.key]) for one in left]
    found = [one for one in kept if one is not None]
    if len(found) < len(kept) or (moved.shifts_lines and any(one.after is not None for one in was.findings)):
        return None
    order = base.order
    merged = sorted((*found, *new.findings), key=lambda one: (order[one.place.file.path], one.place.span, one.rule))
    return was._replace(findings=tuple(merged), files=tuple(files.values()), starts=new.starts)


def _is_refused_now(old: Report, new: Report) -> bool:
    """Whether httpd refuses the changed text, and refused nothing before: a report has only the first of two reasons."""
    return all(one.starts is not False for one in old.starts) and all(one.starts is False for one in new.starts)


def _regions(texts: Mapping[str, Text]) -> Callable[[Finding], Region]:
    """Return a function from a finding to the part of its file that it is in."""
    starts = {key: [start for start, _ in text.hosts] for key, text in texts.items()}

    def region(finding: Finding) -> Region:
        path, at = finding.place.file.path, finding.place.span.start
        if path not in texts:
            return path, None
        number = bisect_right(starts[path], at) - 1
        return path, number if number >= 0 and at < texts[path].hosts[number][1] else None

    return region


def _places(finding: Finding) -> Iterator[records.Place]:
    yield finding.place
    yield from (one.place for one in finding.related)
    yield from (one.place for one in (finding.fix.edits if finding.fix is not None else ()))


def _plain(finding: Finding, moved: _Moved | None = None) -> object:
    """Return a finding in a comparable form, with keys of files for their texts; None where its text is gone."""
    places = [
        (path, span if moved is None else moved.span(path, span))
        for (path, *_), span in ((place.file, place.span) for place in _places(finding))
    ]
    if any(span is None for _, span in places):
        return None
    fix = finding.fix
    said = (
        finding.rule, finding.severity, finding.stated, finding.help, finding.rank, finding.level, finding.after,
        tuple(one.message for one in finding.related),
        None if fix is None else (fix.title, fix.level, fix.reason, tuple(one.text for one in fix.edits)),
    )  # fmt: skip
    return said, tuple(places)


def _followed(finding: Finding, moved: _Moved, file: FileText) -> Finding | None:
    """Return a finding at the present place of its text; None where some of the text is gone."""
    if all(place.file.path != moved.key for place in _places(finding)):
        return finding
    if _plain(finding, moved) is None:
        return None

    def at(place: records.Place) -> records.Place:
        span = moved.span(place.file.path, place.span)
        assert span is not None
        return records.Place(file if place.file.path == moved.key else place.file, span)

    fix = finding.fix
    return finding._replace(
        place=at(finding.place),
        related=tuple(one._replace(place=at(one.place)) for one in finding.related),
        fix=None if fix is None else fix._replace(edits=tuple(one._replace(place=at(one.place)) for one in fix.edits)),
    )
