"""Parts of a server that was checked: the text outside of all hosts, and some of the hosts, read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modwsgi_fix.directives import find
from modwsgi_fix.engine import Job, check, read
from modwsgi_fix.files import Overlay
from modwsgi_fix.model.config import Asked, Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.model.shapes.hosts import Text, without
from modwsgi_fix.model.shapes.words import words
from modwsgi_fix.records import Finding, Report
from modwsgi_fix.rule import Diagnostic, Scope, all_rules
from modwsgi_fix.syntax import Tree
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.plan import Plan
from modwsgi_fix.workspace.session import Session, checked, starts
from modwsgi_fix.workspace.standing import Group, Host, standing_for_others

#: A part of a file: one of its hosts, or the text outside of all hosts.
Region = tuple[str, int | None]

#: A trait of a server: a host has no ServerName, so that it takes what no other host is named for.
_NAMELESS = "a host without a name"


class Rest(NamedTuple):
    """What the files of a server have beside one: their words, and their text outside of hosts."""

    words: frozenset[bytes]
    outside: str


class Base(NamedTuple):
    """A server that was checked, and how its hosts are alike.

    ``compared`` are the files as they were when their hosts were compared, by key, and ``texts`` as they are now; ``overlay``
    has those that have changed meanwhile. ``remarks`` are the files that had only comments outside of hosts then. ``trees`` is a
    cache of parsed files, ``standing`` one of ``standing_for_others``, ``rests`` one of ``rest``. ``last`` is what was read
    last; ``whole`` is all of the server, as it was when that was last read. ``size`` is the number of hosts.
    """

    plan: Plan
    report: Report
    compared: Mapping[str, Text]
    texts: Mapping[str, Text]
    overlay: Mapping[str, str]
    order: Mapping[str, int]
    groups: Sequence[Group]
    trees: dict[str, Tree]
    remarks: frozenset[str]
    standing: dict[frozenset[Host], frozenset[Host]]
    rests: dict[str, Rest]
    size: int
    last: Read | None = None
    whole: Config | None = None

    def with_others(self, inside: frozenset[Host]) -> frozenset[Host]:
        """Return some hosts, with those that stand for the others."""
        if inside not in self.standing:
            self.standing[inside] = inside | standing_for_others(self.groups, inside)
        return self.standing[inside]

    def rest(self, key: str) -> Rest:
        """Return what the server has beside a file, which stays the same for as long as that file alone is changed."""
        if key not in self.rests:
            others = [text for path, text in self.texts.items() if path != key]
            said = frozenset[bytes]().union(*(words(text.text) for text in others))
            self.rests[key] = Rest(said, "\n".join(text.outside for text in others))
        return self.rests[key]

    def stand_ins(self, part: Part) -> list[Group]:
        """Return the groups of hosts in a part that stand for others, which are not read."""
        unread = {group.shape for group in self.groups if part.hosts.isdisjoint(group.hosts)}
        rest = (group for group in self.groups if group.shape in unread and group.shape is not None)
        return [
            group for group in rest if not part.hosts.isdisjoint(group.hosts) and part.touched.isdisjoint(group.hosts)
        ]


class Part(NamedTuple):
    """A part of a server: the text outside of all hosts, and these hosts.

    ``reshaped`` are the files that gained or lost a host: they are read as a whole. ``changed`` are all files that have changed.
    ``touched`` are the regions about which nothing is known from before, besides all of ``reshaped``. ``is_local`` says that the
    change is in hosts alone, and does not decide which requests reach others; ``renames`` that it does where others have no name.
    """

    hosts: frozenset[Host]
    reshaped: frozenset[str]
    changed: frozenset[str]
    touched: frozenset[Region]
    is_local: bool = False
    renames: bool = False

    def is_touched(self, region: Region) -> bool:
        """Whether a region changed, or shares words with one that did."""
        return region in self.touched or region[0] in self.reshaped


class Read(NamedTuple):
    """A part of a server that was read, and the report on it.

    ``config`` may have a text that has changed since in what no rule looks at; it is None where it was let go of. ``traits`` are
    what rules may ask of the whole. ``asked`` are the files that rules of ``Scope.FILE`` were asked about; None where all rules
    were asked about all that was read.
    """

    part: Part
    report: Report
    config: Config | None
    variables: Mapping[str, str]
    traits: frozenset[object]
    asked: frozenset[str] | None = None

    def tells(self, region: Region, finding: Finding) -> bool:
        """Whether the report has what the rule of a finding finds in a region of a file that was read."""
        path, number = region
        scope = _scope(finding.rule)
        if self.asked is not None and scope is Scope.FILE:
            return path in self.asked
        if number is None or path in self.part.reshaped:
            return True
        return region in (self.part.touched if self.asked is not None and scope is Scope.HOST else self.part.hosts)


def unmarked(base: Base) -> Base:
    """Return a server of which it is not said what fixes would do, so that none is tried when it is checked again."""
    last = base.last
    return base._replace(
        report=_without_marks(base.report), last=last and last._replace(report=_without_marks(last.report))
    )


def _without_marks(report: Report) -> Report:
    found = tuple(one._replace(level=None) for one in report.findings if one.after is None)
    return report._replace(findings=found, marked=False, weighed=False)


def _scope(rule: str) -> Scope:
    """Return what findings with the name of a rule depend on; comments that allow nothing are found by the engine."""
    found = all_rules().get(rule)
    return found.scope if found is not None else Scope.SERVER


def read_part(base: Base, part: Part, before: Read | None = None) -> Read:
    """Read a part of the server, and check it; ``before`` is what was told of the same part before a change.

    Rules are asked about the hosts that stand for others only where their scope is the server. All are asked about all that is
    read where the change may matter to more hosts, where it adds or removes the only use of a directive or the only line that is
    not understood, and where a fix is found and is to be tried, because fixes are tried together.
    """
    (job,) = base.plan.jobs
    less = job._replace(source=partial(base, part, job.source))
    last = before or base.last
    config = read(less, trees=base.trees, earlier=None if last is None else last.config)
    traits = _traits(config)
    is_local = part.is_local and not (part.renames and _NAMELESS in traits)
    if is_local and (before is None or before.traits == traits):
        standing = _Standing(base, part)
        asked = _asked(standing, config)
        files = frozenset(file.path for file in asked.files)
        tries = base.report.marked
        giving_way = {rule.name for rule in job.rules if rule.gives_way}

        def needs_all(found: Diagnostic) -> bool:
            # What gives way may do so to rules that are not asked there.
            in_part = found.path in files and not standing.has(found.path, found.span.start)
            return (tries and found.fix is not None) or (found.rule in giving_way and not in_part)

        if not any(map(needs_all, check(less, config.about(asked)))):
            report = _report(base, less, config.about(asked))
            return Read(part, report, config, config.variables, traits, files)
    return Read(part, _report(base, less, config), config, config.variables, traits)


def widened(base: Base, read: Read) -> Read:
    """Return the same part with all rules asked about all of it; what they have said of it is not asked again."""
    part, config = read.part._replace(is_local=False), read.config
    if config is None or not _is_current(base, config):
        return read_part(base, part)
    (job,) = base.plan.jobs
    less = job._replace(source=partial(base, part, job.source))
    return Read(part, _report(base, less, config), config, config.variables, read.traits)


def _is_current(base: Base, config: Config) -> bool:
    """Whether all of the files that were read have their present texts."""
    return all(
        base.texts[key].text == (file.text if file.whole is None else file.whole) for key, file in config.files.items()
    )


def _traits(config: Config) -> frozenset[object]:
    """Return what rules may ask of a whole server: directives by name, kinds of what is not understood, nameless hosts."""
    kinds = (problem.kind for file in config.files.values() for problem in file.tree.problems)
    nameless = (_NAMELESS for host in config.hosts if not host.all("servername"))
    return frozenset((*filter(find, config.names), *(gap.kind for gap in config.gaps), *kinds, *nameless))


def has_nested_hosts(config: Config) -> bool:
    """Whether a host stands in another one, as where an Include does: what is found in it then depends on more than its text."""
    return any(item.server.item not in (None, item) for item in config.named("virtualhost"))


class _Standing:
    """The hosts of a part that stand for others, and the ``files`` of such hosts alone."""

    def __init__(self, base: Base, part: Part) -> None:
        self._spans = {(path, base.texts[path].hosts[number]) for path, number in part.hosts - part.touched}
        self.files = {path for path, _ in self._spans} - {path for path, _ in part.touched}

    def has(self, path: str, at: int) -> bool:
        """Whether an offset in a file lies in such a host."""
        return any(path == own and start <= at < end for own, (start, end) in self._spans)


def _asked(standing: _Standing, config: Config) -> Asked:
    """Return the servers of a part without the hosts that stand for others, and the files without those of such hosts alone."""
    others = standing.files

    def stands(item: Item) -> bool:
        return standing.has(item.path, item.node.start)

    servers = (server for server in config.servers if server.item is None or not stands(server.item))
    return Asked(frozenset(servers), frozenset(file for key, file in config.files.items() if key not in others))


def _report(base: Base, job: Job, config: Config) -> Report:
    session = Session(base.plan._replace(jobs=(job,)), (config,))
    report = checked(session, marked=base.report.marked, weighed=base.report.weighed)
    return report._replace(starts=starts(session.configs))


def partial(base: Base, part: Part, source: Source) -> Source:
    """Return the source of a part of a server as it is now. A file of which nothing is left is not read."""
    stand_ins: dict[str, tuple[str, str]] = {}
    skipped: set[str] = set()
    read_of: dict[str, set[int]] = {}
    for key, number in part.hosts:
        read_of.setdefault(key, set()).add(number)
    for key, text in base.texts.items():
        if key in part.reshaped or not text.hosts:
            continue
        if key not in read_of and key not in part.changed and key in base.remarks:
            skipped.add(key)
            continue
        numbers = read_of.get(key, ())
        left_out = [span for number, span in enumerate(text.hosts) if number not in numbers]
        if left_out:
            stand_ins[key] = without(text, left_out), text.text
    (job,) = base.plan.jobs
    files, key_of = Overlay(job.source.files, base.overlay), job.source.files.key
    return source._replace(
        files=files, stand_ins=stand_ins, picks=lambda paths: [path for path in paths if key_of(path) not in skipped]
    )


def is_comment(text: str) -> bool:
    """Whether a text consists of empty lines and comments, none of which is continued on the next line."""
    lines = (line.strip(" \t\r") for line in text.split("\n"))
    return all(not line or (line.startswith("#") and not line.endswith("\\")) for line in lines)
