"""Servers of many hosts that are alike: where the rules find nothing in a few of them, the others are not read.

Thousands of hosts may come from one template, and be equal but for names that stand nowhere else. The first, the second and
the last of such hosts are read and checked; where the rules find nothing in these and nothing is unknown, they find nothing
in the others. So only silence is shared: where anything is found in one host, all that are like it are read, and the rules
that found something run on them; every finding is made from the real text. The reader does not open files of hosts that
are left out; in a file of many hosts a comment and empty lines stand for those, so that every place keeps its line and
column. Where the rules that found something may be asked about hosts by themselves, ``engine.in_parts`` asks them about those
that are left out.

This only saves time: ``read`` may always return what ``job.read`` does.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cache, partial
from types import MappingProxyType

from modwsgi_fix.edits import Edit
from modwsgi_fix.engine.check import Silence, found_silent, silent
from modwsgi_fix.engine.in_parts import Part, Places, can_be_asked, found_in_parts
from modwsgi_fix.engine.job import Job
from modwsgi_fix.engine.job import read as read_all
from modwsgi_fix.engine.likeness import alike_to
from modwsgi_fix.engine.outcome import Fixed
from modwsgi_fix.files import FileProblem, Remembered, key_of_each
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.shapes import FEW
from modwsgi_fix.model.shapes.alike import STANDING, Group, Unit, by_shape, copies, standing
from modwsgi_fix.model.shapes.hosts import Text, beside, excerpt, hosts_in, without
from modwsgi_fix.model.shapes.words import words
from modwsgi_fix.rule import Diagnostic, Scope
from modwsgi_fix.syntax import Tree
from modwsgi_fix.tuples import NamedTuple

Picks = Callable[[Sequence[str]], Sequence[str]]

#: Where one file has more hosts than this, they are compared one by one.
_OF_ONE_FILE = 8
#: How often the hosts are read again without those in which something was found.
_ROUNDS = 3


class Read(NamedTuple):
    """A server that was read.

    ``texts`` are the texts of the files with its hosts, by path, in the order httpd reads them; empty where all of the server
    was read. The files of ``left_out`` were not read. ``kept`` are the hosts that stand for others, as (start, end), by the
    keys of their files; ``more`` returns the job on the server with a few more of these. ``told`` is what rules find in hosts
    that are left out and were asked about in parts; then there is no ``more``.
    """

    job: Job
    config: Config
    texts: Mapping[str, str] = MappingProxyType({})
    left_out: Set[str] = frozenset()
    kept: Mapping[str, Sequence[tuple[int, int]]] = MappingProxyType({})
    more: Callable[[], Job] | None = None
    told: Sequence[Diagnostic] = ()

    def holds(self, fixed: Fixed, again: Callable[[Job], Fixed]) -> bool:
        """Whether the fixes of this server are those of the server with all hosts.

        They are where the fixes do not change a host that stands for others, nothing is found in such a host afterwards, and
        the fixes are the same with more such hosts; ``again`` fixes the server with those.
        """
        if self.more is None:
            return not self.texts
        changed = {file.path for file in fixed.files}
        if changed & (self.kept.keys() | self.job.source.stand_ins.keys()):
            return False
        if any(start <= d.span.start < end for d in fixed.left for start, end in self.kept.get(d.path, ())):
            return False
        return not changed or _edits(again(self.more())) == _edits(fixed)


def read(job: Job, *, in_parts: bool = False) -> Read:
    """Return a server without the hosts that are like others in which nothing is found.

    Its ``job`` then leaves them out with each reading. With a disk under the server all are read: what is on it may differ.
    With ``in_parts``, hosts in which something is found may be left out, too, and what is found in them is ``told``: that is
    for a report of which nothing else is asked.
    """
    if not job.source.complete or len(job.source.entries) != 1 or job.disk is not None:
        return Read(job, read_all(job))
    crowd = _Crowd(job, in_parts=in_parts and job.new is None)
    less = crowd.reduced() if len(crowd.units) >= FEW else None
    if isinstance(less, Read):
        return less
    files = crowd.files
    del crowd
    if less is not None:
        # What was read without most of the hosts has the texts of all files, with lines that are left empty.
        gc.collect()
    whole = Read(job, read_all(job._replace(source=job.source._replace(files=files))))
    found_silent(whole.config, less or Silence())
    return whole


class _Crowd:
    """The hosts of a server of which one Include or one file has many. ``main`` is the server without them."""

    def __init__(self, job: Job, *, in_parts: bool) -> None:
        self.job = job
        self.in_parts = in_parts
        self.files = Remembered(job.source.files)
        self.key_of = cache(key_of_each(self.files))
        self.parts: dict[str, Text] = {}
        #: As ``beside`` has it, by path.
        self.beside: dict[str, dict[int, int]] = {}
        #: The trees of the files that are read each time, by key.
        self.trees: dict[str, Tree] = {}
        entry = job.source.entries[0]
        many = self._is_many(entry)
        blank = {entry: self.parts[entry].hosts} if many else {}
        #: What Includes match, which is found out with the first reading.
        self.matched: Mapping[str, tuple[list[str], int]] = {}
        self.main = self._read(self._leaving_out(self._few, blank))
        if not self.main.unread:
            self.matched = self.main.matched
        self.units = [unit for path in self.parts for unit in self._units(path)]

    def _leaving_out(self, picks: Picks, hosts: Mapping[str, Iterable[tuple[int, int]]]) -> Job:
        """Return the job on the server with some of the files alone, and without some hosts of others."""
        return self._with_stand_ins(picks, {path: without(self.parts[path], hosts[path]) for path in hosts})

    def _with_stand_ins(self, picks: Picks, texts: Mapping[str, str]) -> Job:
        stand_ins = {self.key_of(path): (text, self.parts[path].text) for path, text in texts.items()}
        return self.job._replace(
            source=self.job.source._replace(picks=picks, stand_ins=stand_ins, matched=self.matched)
        )

    def _read(self, job: Job) -> Config:
        """Read the server of a job; which paths are directories is remembered."""
        return read_all(self._remembering(job))

    def _remembering(self, job: Job) -> Job:
        return job._replace(source=job.source._replace(files=self.files))

    def _few(self, paths: Sequence[str]) -> Sequence[str]:
        """Return the files of an Include that are read at once; the others are kept for later."""
        many = len(paths) >= FEW
        return [path for path in paths if not self._is_many(path, of_many=many)]

    def _is_many(self, path: str, *, of_many: bool = False) -> bool:
        """Whether a file has hosts and is one of many, or has many hosts itself; its text is then kept."""
        if path in self.parts:
            return True
        try:
            parts = hosts_in(self.files.read(path))
        except FileProblem:
            return False
        if len(parts.hosts) < FEW and not (of_many and "<virtualhost" in parts.text.lower()):
            return False
        self.parts[path] = parts
        return True

    def _units(self, path: str) -> list[Unit]:
        parts = self.parts[path]
        if len(parts.hosts) > _OF_ONE_FILE:
            return [Unit(path, start, end, parts.text[start:end], whole=False) for start, end in parts.hosts]
        return [Unit(path, 0, len(parts.text), parts.text, whole=True, outside=parts.outside)]

    def _elsewhere(self) -> list[str]:
        """Return all text of the files that belongs to no unit."""
        between = [parts.outside for parts in self.parts.values() if len(parts.hosts) > _OF_ONE_FILE]
        return [*(file.text for file in self.main.files.values()), *between]

    def reduced(self) -> Read | Silence | None:
        """Return the server without the hosts that are like others.

        Where all hosts are to be read, what there is nothing to say of; None where it cannot be told which are alike.
        """
        groups = alike_to(self.job, self.units, self._elsewhere(), self.files.is_file)
        if groups is None:
            return None
        shapes = by_shape(groups)
        silence = Silence()
        for _ in range(_ROUNDS):
            shapes = {number: alike for number, alike in shapes.items() if copies(alike)}
            if sum(map(len, shapes.values())) < FEW:
                break
            few = self._few_of(shapes)
            found_silent(few.config, silence)
            loud = self._loud(few, shapes)
            if loud is None:
                return None
            silence = silent(few.config, self.job.rules)
            if not loud or self._can_ask_in_parts(few.config, silence, loud):
                return self._finished(few, silence, shapes, loud)
            shapes = {number: alike for number, alike in shapes.items() if number not in loud}
        return silence

    def _finished(
        self, few: Part, silence: Silence, shapes: Mapping[int, Sequence[Group]], loud: Mapping[int, Set[str]]
    ) -> Read | Silence | None:
        """Return the server without most of the hosts of these shapes, of which those that are loud are asked about in parts."""
        told = self._told_in_parts(few, shapes, loud) if loud else []
        if told is None:
            return silence
        apart = Places((unit for number in loud for group in shapes[number] for unit in group.units), self.key_of)
        if not self._agree(few, shapes, apart):
            return None
        read = self._without(shapes)
        found_silent(read.config, silence)
        return read._replace(told=told) if loud else read._replace(more=partial(self._job, shapes, 2 * STANDING))

    def _few_of(
        self, shapes: Mapping[int, Sequence[Group]], first: int = STANDING, asked: Iterable[Group] = ()
    ) -> Part:
        """Return the server with so many groups of each shape from the beginning, the last, and those that are ``asked``."""
        also = {unit for group in asked for unit in group.units}
        left_out = (unit for alike in shapes.values() for unit in copies(alike, first))
        whole, of_file = _by_file(unit for unit in left_out if unit not in also)
        texts = {path: excerpt(self.parts[path], hosts, self._beside(path)) for path, hosts in of_file.items()}
        job = self._with_stand_ins(partial(_without, whole), {path: one.text for path, one in texts.items()})
        config = read_all(self._remembering(job), None, dict(self.trees))
        self.trees |= {path: file.tree for path, file in config.files.items() if path in self.main.files}
        return Part(config, {self.key_of(path): one for path, one in texts.items()})

    def _job(self, shapes: Mapping[int, Sequence[Group]], first: int = STANDING) -> Job:
        """Return the job on the server with so many groups of each shape from the beginning, and the last."""
        whole, of_file = _by_file(unit for alike in shapes.values() for unit in copies(alike, first))
        return self._leaving_out(partial(_without, whole), of_file)

    def _without(self, shapes: Mapping[int, Sequence[Group]]) -> Read:
        """Return the server with three groups of each shape."""
        job = self._job(shapes)
        kept: dict[str, list[tuple[int, int]]] = {}
        for alike in shapes.values():
            for unit in (unit for group in standing(alike) for unit in group.units):
                kept.setdefault(self.key_of(unit.path), []).append((unit.start, unit.end + unit.whole))
        left_out = {unit.path for alike in shapes.values() for unit in copies(alike) if unit.whole}
        texts = {path: parts.text for path, parts in self.parts.items()}
        return Read(job, self._read(job), texts, left_out, kept)

    def _beside(self, path: str) -> Mapping[int, int]:
        if path not in self.beside:
            self.beside[path] = beside(self.parts[path])
        return self.beside[path]

    def _loud(self, few: Part, shapes: Mapping[int, Sequence[Group]]) -> dict[int, set[str]] | None:
        """Return the shapes in which something is found or not understood; None where that cannot be told.

        Each comes with the rules that find something, by name, and an empty name where something is not understood.
        """
        config, diagnostics = few.config, few.found(self.job.rules)
        left_out = {unit.path for alike in shapes.values() for unit in copies(alike) if unit.whole}
        own = {word for alike in shapes.values() for group in alike for word in group.own}
        there = {self.key_of(path) for path in self.parts if path not in left_out} | self.main.files.keys()
        new = (file.text for path, file in config.files.items() if path not in there)
        if config.failed or config.left_out or any(own & words(text) for text in new):
            return None
        places: dict[str, list[tuple[Unit, int]]] = {}
        for number, alike in shapes.items():
            for unit in (unit for group in standing(alike) for unit in group.units):
                places.setdefault(self.key_of(unit.path), []).append((unit, number))
        unread = {self.files.key(one.path) for one in config.unread}
        told = [(d.path, d.span.start, d.rule) for d in diagnostics]
        told += [(gap.path, few.moved(gap.path, gap.span).start, "") for gap in config.gaps]
        told += [(path, 0, "") for path in unread]
        loud: dict[int, set[str]] = {}
        for path, start, rule in told:
            for unit, number in places.get(path, ()):
                if unit.whole or unit.start <= start < unit.end:
                    loud.setdefault(number, set()).add(rule)
        return loud

    def _can_ask_in_parts(self, config: Config, silence: Silence, loud: Mapping[int, Set[str]]) -> bool:
        """Whether hosts of these shapes may be asked about by themselves: by the rules that found something, and nothing else."""
        of_hosts = {rule.name for rule in self.job.rules if rule.scope is Scope.HOST}
        return (
            self.in_parts
            and silence.accepts
            and all(rules <= of_hosts for rules in loud.values())
            and can_be_asked(config, (text.text for text in self.parts.values()))
        )

    def _told_in_parts(
        self, few: Part, shapes: Mapping[int, Sequence[Group]], loud: Mapping[int, Set[str]]
    ) -> list[Diagnostic] | None:
        """Return what is found in the hosts of loud shapes that were left out; None where parts do not tell it."""
        names = set[str]().union(*loud.values())
        rules = [rule for rule in self.job.rules if rule.name in names]
        alike = [shapes[number] for number in loud]
        units = [unit for groups in alike for group in standing(groups) for unit in group.units]
        others = [group for groups in alike for group in groups[STANDING:-1]]
        read = partial(self._few_of, shapes, STANDING)
        return found_in_parts(few, rules, units, others, read, self.key_of)

    def _agree(self, few: Part, shapes: Mapping[int, Sequence[Group]], apart: Places) -> bool:
        """Whether the findings do not depend on the number of hosts of a shape: with more of them they are the same.

        What is found in hosts that were asked about ``apart`` was compared there.
        """
        found = _outside(apart, few.found(self.job.rules))
        loud = [rule for rule in self.job.rules if any(one.rule == rule.name for one in found)]
        return not loud or found == _outside(apart, self._few_of(shapes, 2 * STANDING).found(loud))


def _by_file(units: Iterable[Unit]) -> tuple[set[str], dict[str, list[tuple[int, int]]]]:
    """Return the paths of the units that are whole files, and the places of the others by their paths."""
    whole: set[str] = set()
    of_file: dict[str, list[tuple[int, int]]] = {}
    for unit in units:
        if unit.whole:
            whole.add(unit.path)
        else:
            of_file.setdefault(unit.path, []).append((unit.start, unit.end))
    return whole, of_file


def _without(left_out: Set[str], paths: Sequence[str]) -> list[str]:
    return [path for path in paths if path not in left_out]


def _edits(fixed: Fixed) -> list[tuple[str, tuple[Edit, ...]]]:
    return [(file.path, file.edits) for file in fixed.files]


def _outside(hosts: Places, found: Iterable[Diagnostic]) -> set[Diagnostic]:
    return {one._replace(fix=None) for one in found if not hosts.has(one.path, one.span.start)}
