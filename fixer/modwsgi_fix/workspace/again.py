"""Checking a server again with a changed file: only what the change can affect is read.

The server is read with the hosts that were changed, those that share words with them, and of all others those that stand
for the ones like them, as in ``model.shapes``: once with the old text and once with the new one. All text outside of hosts is
read both times, and so are the files that gained or lost a host. Where both readings have the same findings in all that did
not change, and the old one has those that were found before, the rest of the report holds; the rules of which that is not true
are asked about all hosts (``together``). In every other case nothing is concluded, and the caller checks the whole server.

So this assumes what ``engine.shapes`` assumes: hosts that are equal but for words that stand nowhere else are equal to every
rule. Where that cannot be seen to hold (other files are read, patterns outside of hosts, definitions) it is not assumed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache

from modwsgi_fix.collector import collector_off
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import Files, Overlay
from modwsgi_fix.model.shapes.alike import TURNS, Unit, parts_asked_for, tells_names, uncommented
from modwsgi_fix.model.shapes.hosts import Text, hosts_in
from modwsgi_fix.model.shapes.words import words
from modwsgi_fix.records import Report
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.followed import Moved
from modwsgi_fix.workspace.parts import Base, Part, Read, Region, has_nested_hosts, is_comment, read_part, widened
from modwsgi_fix.workspace.remarks import is_remark, unaltered
from modwsgi_fix.workspace.renamed import is_renamed
from modwsgi_fix.workspace.session import Session
from modwsgi_fix.workspace.standing import groups_of, host_text
from modwsgi_fix.workspace.together import together

#: Names of directives that change how other lines are read, or which lines are.
_LEADING = TURNS | {b"include", b"includeoptional"}
#: Lines that may take requests from hosts with other names, and those that name a host.
_REACH = expression(r"^[ \t]*(?:<virtualhost|serveralias\b.*[*?])", re.I | re.M)
_NAMES = expression(r"^[ \t]*(?:servername|serveralias)\b", re.I | re.M)
#: Of so many hosts all may be read as a part.
_FEW_HOSTS = 50
#: The most hosts that somebody changes by hand at once.
_MOST_CHANGED = 20


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
    if config.left_out or has_nested_hosts(config) or any(file.readings != 1 for file in config.files.values()):
        return None
    if any(finding.place.file.path not in config.files for finding in report.findings):
        return None
    texts = {key: hosts_in(file.text) for key, file in config.files.items()}
    hosts = [(key, number) for key, text in texts.items() for number in range(len(text.hosts))]
    units = [Unit(_directory(key), *texts[key].hosts[n], host_text(texts[key], n), whole=False) for key, n in hosts]
    mine = groups_of(job, hosts, units, [text.outside for text in texts.values()])
    if mine is None:
        return None
    plan = plan._replace(jobs=(job._replace(source=source._replace(files=_Kept(source.files))),))
    order = {path: at for at, path in enumerate(config.files)}
    remarks = frozenset(key for key, text in texts.items() if is_comment(text.outside))
    return Base(plan, report, texts, texts, {}, order, mine, {}, remarks, {}, {}, len(hosts), whole=config)


def _directory(key: str) -> str:
    return key.rpartition("/")[0]


def again(base: Base, changed: Mapping[str, str]) -> Base | None:
    """Return the server with changed texts of some files (by key), checked; None where a part of it does not suffice."""
    now: Base | None = base
    with collector_off():
        for key, text in changed.items():
            now = None if now is None else _again(now, key, text)
    return now


def _again(base: Base, key: str, text: str) -> Base | None:
    old = base.texts.get(key)
    if old is None or old.text == text:
        return None if old is None else base
    texts, overlay = {**base.texts, key: hosts_in(text)}, {**base.overlay, key: text}
    rests = {each: rest for each, rest in base.rests.items() if each == key}
    after = base._replace(texts=texts, overlay=overlay, rests=rests)
    moved = Moved(key, old.text, text)
    is_as_before = is_remark(old.text, text) or is_renamed(after, key, old, texts[key], moved)
    if is_as_before and len(texts[key].hosts) == len(old.hosts):
        report = unaltered(base.report, moved, old.text, text)
        if report is not None:
            return after._replace(report=report, last=_last(base.last, moved, old.text, text))
    part = _part(base, after)
    if part is None:
        return None
    is_last = base.last is not None and base.last.part._replace(touched=part.touched) == part
    before = base.last if base.last is not None and is_last else read_part(base, part)
    now = read_part(after, part, before)
    if before.asked is not None and before.traits != now.traits:
        before = widened(base, before)
    if now.variables != before.variables or (now.config is not None and has_nested_hosts(now.config)):
        return None
    merged = together(base, after, before, now, moved)
    if merged is None:
        return None
    report, whole = merged
    return after._replace(report=report, last=now, whole=whole)


def _part(base: Base, after: Base) -> Part | None:
    """Return the part of a server that a change can affect, with hosts that stand for the others.

    None where this cannot be told, or is most of many hosts. It may be all of a few: those that have not changed are not read
    again, and rules that look at one host are not asked about them.
    """
    states = (base.compared, base.texts, after.texts)
    changed = frozenset(after.overlay)
    reshaped = frozenset(key for key in changed if len({len(texts[key].hosts) for texts in states}) > 1)
    changes = [*_changes(base.texts, after.texts, changed, reshaped)]
    recent = [*_changes(after.texts, base.compared, changed, reshaped)]
    if any(words(one.added) & _LEADING for one in (*changes, *recent)) or any(map(_tells_apart, recent)):
        return None
    touched = {one.region for one in (*changes, *recent)}
    if len(touched) > _MOST_CHANGED:
        return None
    said = set[bytes]().union(*(words(one.text) for one in (*changes, *recent)))
    inside = {host for group in base.groups for host in group.hosts if host in touched or host[0] in reshaped}
    near = (group for group in base.groups if group.own & said or not inside.isdisjoint(group.hosts))
    inside.update(host for group in near for host in group.hosts)
    read = base.with_others(frozenset(inside))
    if not read or (2 * len(read) > base.size > _FEW_HOSTS):
        return None
    hosts = frozenset(host for host in read if host[0] not in reshaped)
    added = [one.added for one in (*changes, *recent)]
    is_local = all(number is not None for _, number in touched) and not any(map(_REACH.search, added))
    renames = any(map(_NAMES.search, added))
    return Part(hosts, reshaped, changed, frozenset(touched | inside), is_local, renames)


def _last(last: Read | None, moved: Moved, old: str, new: str) -> Read | None:
    """Return what was read last, after a change that no rule looks at; None where this has to be read again."""
    if last is None or all(file.path != moved.key for file in last.report.files):
        return None
    report = unaltered(last.report, moved, old, new)
    return (
        None
        if report is None
        else last._replace(part=last.part._replace(changed=last.part.changed | {moved.key}), report=report)
    )


class _Change(NamedTuple):
    """A region that differs in two states: the lines that only the first has (``added``), and all ``text`` that may matter."""

    region: Region
    text: str
    added: str


def _changes(
    texts: Mapping[str, Text], others: Mapping[str, Text], keys: Iterable[str], reshaped: Set[str]
) -> Iterator[_Change]:
    """Yield the regions of some files that differ in two states; a reshaped file is one region."""
    for key in keys:
        mine, other = texts[key], others[key]
        if key in reshaped:
            added = _added(mine.text, other.text)
            yield _Change((key, None), added, added)
            continue
        if _outside(mine) != _outside(other):
            added = _added(mine.outside, other.outside)
            yield _Change((key, None), added, added)
        for number in range(len(mine.hosts)):
            text, before = host_text(mine, number), host_text(other, number)
            if text != before:
                yield _Change((key, number), text, _added(text, before))


def _added(text: str, other: str) -> str:
    """Return the lines that a text has more often than another one, without comments of plain words."""
    mine, theirs = (Counter(uncommented(one).split("\n")) for one in (text, other))
    return "\n".join(mine - theirs)


def _tells_apart(change: _Change) -> bool:
    """Whether a change may mean some hosts and not others by a part of their names; patterns in a host are for that host."""
    is_outside = change.region[1] is None
    return tells_names(change.added) or (is_outside and parts_asked_for([change.added]) != set())


def _outside(text: Text) -> list[str]:
    """Return the text before, between and after the hosts of a file."""
    ends = (0, *(end for _, end in text.hosts))
    starts = (*(start for start, _ in text.hosts), len(text.text))
    return [text.text[end:start] for end, start in zip(ends, starts, strict=True)]
