"""Real configurations, started before and after their fixes: which there are, and what a fix may change in them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from modwsgi_fix import directives
from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Fixed, Job, fix
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reader import Source, load
from modwsgi_fix.rule import Rule, all_rules
from modwsgi_fix.second_reader import objection
from modwsgi_fix.settings import selected
from modwsgi_fix.text import decode

from .asking import questions
from .probe import Answer, Probe, changes
from .root import CONF
from .server import _ENVIRONMENT, Base, Run, Setup, run
from .stage import Stage, neutral, stage

FILE = f"{CONF}/site.conf"
#: A whole server is read from the file that httpd would open itself; then what is absent is really absent.
WHOLE = f"{CONF}/httpd.conf"


def subjects(corpus: Path) -> list[str]:
    """Every configuration of the collection that is not a template, by its path in it."""
    found = [*corpus.glob("configs/*.conf"), *corpus.glob("qa/*/*.conf")]
    return sorted(str(path.relative_to(corpus)) for path in found)


@dataclass(frozen=True, slots=True)
class Version:
    """A configuration at one level of fixes; ``applied`` are the rules that changed it, with the level of the fix."""

    text: str
    applied: tuple[tuple[str, Applicability], ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """A real configuration, what the fixes make of it, where it is started and what it is asked."""

    whole: bool
    before: Version
    safe: Version
    repaired: Version
    stage: Stage
    probes: tuple[Probe, ...]

    @property
    def bases(self) -> tuple[Base, ...]:
        return (None,) if self.whole else ("2.4", "2.2")


def prepare(path: Path) -> Subject:
    """Read, fix and make ready one configuration; nothing is started."""
    text = decode(path.read_bytes())
    whole = _is_whole(text)
    fixes = [_fixed(text, level, whole=whole) for level in (Applicability.SAFE, Applicability.REPAIR)]
    before = Version(text, ())
    safe, repaired = (_version(text, one) for one in fixes)
    configs = [_read(version.text, whole=whole) for version in (before, safe, repaired)]
    asked = dict.fromkeys((*questions(configs[0]), *(questions(configs[-1]) if configs[0].items else ())))
    staged = stage(configs)
    probes = tuple({str(probe): probe for probe in asked if probe.port in staged.ports}.values())
    return Subject(whole, before, safe, repaired, staged, probes)


def _is_whole(text: str) -> bool:
    """Whether it loads the modules that no server is without: the entry file of a server."""
    keys = {line.split()[0].lower() for line in text.splitlines() if line.split() and not line.lstrip().startswith("#")}
    return {"serverroot", "listen", "loadmodule"} <= keys


def _source(text: str, *, whole: bool) -> Source:
    path = WHOLE if whole else FILE
    given = ((path, path),)
    return Source(Memory({path: text}), (path,), given, (CONF,), complete=whole, variables={})


@functools.cache
def _rules() -> tuple[Rule, ...]:
    rules = all_rules()
    on = selected(rules, ())
    return tuple(rule for rule in rules.values() if rule.name in on)


def _fixed(text: str, level: Applicability, *, whole: bool) -> Fixed:
    fixed = fix(Job(_source(text, whole=whole), _rules()), level, objection)
    bugs = [f"{one.rule}: {one.reason}" for one in fixed.withheld if one.is_bug]
    assert not bugs, bugs
    return fixed


def _version(text: str, fixed: Fixed) -> Version:
    after = fixed.files[0].after if fixed.files else text
    return Version(after, tuple(dict.fromkeys((one.rule, one.fix.applicability) for one in fixed.applied)))


def _read(text: str, *, whole: bool) -> Config:
    known = {name: value for name, value in _ENVIRONMENT.items() if name.startswith("APACHE_")}
    source = _source(text, whole=whole)
    return load(
        Source(source.files, source.entries, source.given, source.roots, complete=whole, variables=known)
    )


# -- starting -------------------------------------------------------------------------------------------------------


def serve(subject: Subject, version: Version, base: Base, directory: Path) -> Run:
    """One life of a server with this version of the configuration."""
    text, _ = neutral(version.text)
    hosts = "".join(f"@IP@ {name}\n" for name in ("private.invalid", *subject.stage.hosts))
    setup = Setup(
        {"site.conf": text, "/etc/hosts": f"127.0.0.1 localhost\n{hosts}"},
        subject.stage.tree, base, subject.stage.mpm, subject.stage.ports,
        modules=subject.stage.modules, include=("site.conf",), preamble=subject.stage.preamble,
    )  # fmt: skip
    return run(setup, subject.probes, directory)


# -- judging --------------------------------------------------------------------------------------------------------
