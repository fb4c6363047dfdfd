"""The report on a server after a change, of the report before it and what was found in a part of the server before and after.

What rules say of the hosts that were not read is what they said before, as long as they say the same, before and after, of those
that stand for them. A rule that does not is asked about all hosts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set

from modwsgi_fix.engine import read
from modwsgi_fix.files import Overlay
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.shapes.hosts import Text, host_at
from modwsgi_fix.model.shapes.words import words
from modwsgi_fix.records import Finding, Gap, Place, Report
from modwsgi_fix.rule import Rule
from modwsgi_fix.workspace.followed import Moved, followed, plain
from modwsgi_fix.workspace.parts import Base, Read, Region
from modwsgi_fix.workspace.session import Session, checked
from modwsgi_fix.workspace.standing import Group


def together(base: Base, after: Base, before: Read, now: Read, moved: Moved) -> tuple[Report, Config | None] | None:
    """Return the old report, with new findings for what was read again; None where the rest may differ.

    With it comes the new ``Base.whole``: the server that was read, where rules were asked about all hosts.
    """
    was, old, new = base.report, before.report, now.report
    names = {file.path: file.name for file in was.files}
    if not _agree(was, old, new, names[moved.key]):
        return None
    compared = _Compared(base, after, before, now, moved)
    rules = compared.rules()
    if rules is None:
        return None
    found, config = list[Finding](), after.whole
    if rules:
        asked = _asked_of_all(after, rules)
        if asked is None:
            return None
        found, config = asked
    left = [one for one in was.findings if one.rule not in rules and not compared.tells(now, one, compared.region_of)]
    files = {file.path: file for file in was.files} | {file.path: file for file in new.files if file.path == moved.key}
    kept = [followed(one, moved, files[moved.key]) for one in left]
    found += [one for one in kept if one is not None]
    if None in kept or (moved.shifts_lines and any(one.after is not None for one in was.findings)):
        return None
    told = (one for one in new.findings if one.rule not in rules and compared.tells(now, one, compared.region_now))
    order = base.order
    merged = sorted((*found, *told), key=lambda one: (order[one.place.file.path], one.place.span, one.rule))
    report = was._replace(findings=tuple(merged), files=tuple(files.values()), gaps=new.gaps, starts=new.starts)
    return report, config


def _agree(was: Report, old: Report, new: Report, name: str) -> bool:
    """Whether two readings of a part differ in findings alone, and in what was not understood of the file with this name."""
    for aspect in ("unread", "skipped", "failed", "shipped", "more"):
        if not getattr(old, aspect) == getattr(new, aspect) == getattr(was, aspect):
            return False
    if old.starts != was.starts or old.gaps != was.gaps:
        return False
    is_of_same_files = {file.path for file in old.files} == {file.path for file in new.files}
    return is_of_same_files and _elsewhere(old.gaps, name) == _elsewhere(new.gaps, name)


def _elsewhere(gaps: Iterable[Gap], name: str) -> list[Gap]:
    """Return the gaps of all files but one."""
    return [gap for gap in gaps if gap.name != name]


class _Compared:
    """What was found in a part of a server before and after a change, beside the report on all of it before."""

    def __init__(self, base: Base, after: Base, before: Read, now: Read, moved: Moved) -> None:
        self.base, self.before, self.now, self.moved = base, before, now, moved
        self.region_of, self.region_now = _regions(base.texts), _regions(after.texts)
        self._read_again = {file.path for file in now.report.files}

    def tells(self, read: Read, finding: Finding, region_of: Callable[[Place], Region]) -> bool:
        """Whether a reading has what the rule of a finding finds in the region of that."""
        region = region_of(finding.place)
        return region[0] in self._read_again and read.tells(region, finding)

    def rules(self) -> set[str] | None:
        """Return the names of the rules that do not say the same of hosts that stand for others; None where that cannot be told.

        These are the rules that said something else of all hosts, or now say something else of what has not changed, or tell of
        a host that stands for others.
        """
        old, new, moved = self.before.report.findings, self.now.report.findings, self.moved
        told_before = [one for one in old if self.tells(self.before, one, self.region_of)]
        known = {plain(one): one for one in self.base.report.findings if self.tells(self.before, one, self.region_of)}
        said = {plain(one): one for one in told_before}
        rest = {plain(one, moved): one for one in told_before if self._is_told_twice(one, self.region_of)}
        rest_now = {plain(one): one for one in new if self._is_told_twice(one, self.region_now)}
        if None in rest:
            return None
        differing = [*_differing(known, said), *_differing(rest, rest_now), *self._of_many(told_before)]
        return {one.rule for one in differing}

    def _is_told_twice(self, finding: Finding, region_of: Callable[[Place], Region]) -> bool:
        """Whether a finding is about what has not changed, and both readings tell of it."""
        both = (self.tells(read, finding, region_of) for read in (self.before, self.now))
        return not self.now.part.is_touched(region_of(finding.place)) and all(both)

    def _of_many(self, told_before: Iterable[Finding]) -> list[Finding]:
        """Return the new findings elsewhere about hosts that stand for others: there may be one about each of these, too."""
        before = {plain(one, self.moved) for one in told_before}
        told = (one for one in self.now.report.findings if self.tells(self.now, one, self.region_now))
        fresh = [one for one in told if plain(one) not in before]
        standing = self.base.stand_ins(self.now.part) if fresh else []
        return [one for one in fresh if _names_one_of_many(standing, one, self.region_now)]


def _differing(some: dict[object, Finding], others: dict[object, Finding]) -> list[Finding]:
    """Return the findings that only one of two sides has."""
    return [(some if key in some else others)[key] for key in some.keys() ^ others.keys()]


def _names_one_of_many(standing: Iterable[Group], finding: Finding, region_of: Callable[[Place], Region]) -> bool:
    own = region_of(finding.place)
    others = [group for group in standing if own not in group.hosts]
    if not others:
        return False
    said = words("\n".join((finding.stated, finding.help, *(one.message for one in finding.related))))
    related = {region_of(one.place) for one in finding.related}
    return any(group.own & said or not related.isdisjoint(group.hosts) for group in others)


def _asked_of_all(after: Base, names: Set[str]) -> tuple[list[Finding], Config] | None:
    """Return what some rules find in all of a server as it is now, and this server; None where other rules matter to that."""
    (job,) = after.plan.jobs
    rules = [rule for rule in job.rules if rule.name in names]
    if not _can_be_asked_alone(after.report, rules, names):
        return None
    whole, source = after.whole, job.source._replace(files=Overlay(job.source.files, after.overlay))
    less = job._replace(source=source, rules=rules)
    trees = {path: file.tree for path, file in whole.files.items()} if whole is not None else {}
    config = read(less, trees=trees, earlier=whole)
    report = checked(Session(after.plan._replace(jobs=(less,)), (config,)), marked=False)
    if config.left_out or report.failed or report.more:
        return None
    return [one for one in report.findings if one.rule in names], config


def _can_be_asked_alone(report: Report, rules: Collection[Rule], names: Set[str]) -> bool:
    """Whether what rules find depends on no other one: no fixes are tried together, and none gives way to an error."""
    return not report.marked and len(rules) == len(names) and not any(rule.gives_way for rule in rules)


def _regions(texts: Mapping[str, Text]) -> Callable[[Place], Region]:
    """Return a function from a place to the part of its file that it is in."""

    def region(place: Place) -> Region:
        path = place.file.path
        return path, host_at(texts[path].hosts, place.span.start)

    return region
