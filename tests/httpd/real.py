"""Real configurations, started before and after their fixes: which there are, and what a fix may change in them.

A configuration is read in two ways, because the rules conclude more where they see more: as a piece of a server that
nobody sees, and as the one site of a whole server, with the file system that it will find. The whole server denies by
default in the words of 2.4, or in those of 2.2; a piece is started under each of these.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from modwsgi_fix import directives
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.text import decode

from . import fixing, install
from .asking import MOST, questions
from .effects import admits, aligned, differences
from .fixing import LEVELS, SERVER, SITE, Texts, Version
from .probe import Probe
from .proofs import everything
from .root import CONF
from .server import BASES, ENVIRONMENT, MODULES, Base, Run, Setup, run
from .stage import Stage, neutral, stage
from .template import rendered

Level = Literal["before", "safe", "repair"]


def subjects(corpus: Path) -> list[str]:
    """Every configuration of the collection, by its path in it."""
    found = [*corpus.glob("configs/*.conf"), *corpus.glob("qa/*/*.conf"), *corpus.glob("templates/*.conf.*")]
    return sorted(str(path.relative_to(corpus)) for path in found)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a configuration, and what the fixes make of it then.

    ``bases`` are those to start it under; ``base`` is the one that it has among its own files.
    """

    name: str
    bases: tuple[Base, ...]
    versions: Mapping[Level, Version]
    base: Base = None

    def differs(self, level: Level) -> bool:
        """Whether the fixes of this level changed more than those before it."""
        earlier: Level = "before" if level == "safe" else "safe"
        return self.versions[level].texts != self.versions[earlier].texts


@dataclass(frozen=True, slots=True)
class Subject:
    """A real configuration, what the fixes make of it, where it is started and what it is asked."""

    text: str
    readings: tuple[Reading, ...]
    stage: Stage
    probes: tuple[Probe, ...]


def prepare(path: Path) -> Subject:
    """Read, fix and make ready one configuration; nothing is started."""
    text = decode(path.read_bytes())
    if _is_whole(text):
        texts = {SERVER: text}
        alone = stage([read(texts)])
        readings = [_reading("server", (None,), texts, alone)]
    else:
        piece = {SITE: text}
        alone = stage([read(piece)])
        readings = [_reading("piece", _bases(read(piece)), piece, None)]
        for base in _whole_bases(path):
            whole = _reading(f"server {base}", (None,), {SERVER: _around(alone, base), **piece}, alone)
            readings.append(replace(whole, base=base))
    configs = [read(each) for each in _distinct(one.texts for r in readings for one in r.versions.values())]
    staged = stage(configs)
    asked = {str(probe): probe for probe in questions(configs[0]) if probe.port in staged.ports}
    return Subject(text, tuple(readings), staged, tuple(asked.values())[: _patience(configs[0])])


def _bases(config: Config) -> tuple[Base, ...]:
    """What may close the file system around a piece: what it was written for first. Without grants it needs open doors."""
    dialects = _dialects(config)
    if not dialects:
        return (None, "2.4")
    return ("2.2", "2.4") if dialects == {"2.2"} else ("2.4", "2.2")


def _whole_bases(path: Path) -> tuple[Base, ...]:
    """The whole servers that a file is a site of: one, by turns, unless all are asked for."""
    both: tuple[Base, ...] = ("2.4", "2.2")
    turn = zlib.crc32(os.fsencode(f"{path.parent.name}/{path.name}")) % 2
    return both if everything() else (both[turn],)


def _patience(config: Config) -> int:
    """How many requests its process groups answer before they pause to start again."""
    limits = [process.integer("maximum-requests", 0) for process in daemon_processes(config)]
    return min((limit for limit in limits if limit), default=MOST)


def _distinct(texts: Iterator[Texts]) -> list[Texts]:
    return list({tuple(each.items()): each for each in texts}.values())


def _is_whole(text: str) -> bool:
    """Whether it is the entry file of a server by itself."""
    keys = {line.split()[0].lower() for line in text.splitlines() if line.split() and not line.lstrip().startswith("#")}
    return {"serverroot", "listen", "loadmodule"} <= keys


def _around(alone: Stage, base: Base) -> str:
    """A server with one site, closed by default."""
    found = install.find()
    assert not isinstance(found, str)
    modules = [name for name in dict.fromkeys((*MODULES, *alone.modules, "wsgi")) if found.module(name)]
    lines = [f"ServerRoot {CONF}", *(f"LoadModule {name}_module {found.module(name)}" for name in modules)]
    lines += ["<Directory />", "    Options FollowSymLinks", "    AllowOverride None", f"    {BASES[base]}"]
    lines += ["</Directory>", *alone.preamble.splitlines(), "Include site.conf", ""]
    return "\n".join(lines)


def read(texts: Texts) -> Config:
    """As it is started: placeholders filled in, and with what the environment of a server defines."""
    filled = {name: rendered(text) for name, text in texts.items()}
    return fixing.read(filled, {name: value for name, value in ENVIRONMENT.items() if name.startswith("APACHE_")})


def _reading(name: str, bases: tuple[Base, ...], texts: Texts, disk: Stage | None) -> Reading:
    seen = None if disk is None else fixing.disk(disk.tree)
    versions: dict[Level, Version] = {"before": Version(texts)}
    for level, trust in LEVELS.items():
        versions[level] = fixing.fixed(texts, trust, seen)
    return Reading(name, bases, versions)


# -- starting -------------------------------------------------------------------------------------------------------


def setup(subject: Subject, texts: Texts, base: Base) -> Setup:
    """A server with this version of the configuration."""
    staged = subject.stage
    hosts = "".join(f"@IP@ {name}\n" for name in ("private.invalid", *staged.hosts))
    return Setup(
        {"/etc/hosts": f"127.0.0.1 localhost\n{hosts}", **{name: _ready(text)[0] for name, text in texts.items()}},
        staged.tree, base, staged.mpm, staged.ports, modules=staged.modules, include=fixing.entries(texts),
        preamble="" if SERVER in texts else staged.preamble,
    )  # fmt: skip


def serve(subject: Subject, texts: Texts, base: Base, directory: Path) -> Run:
    """One life of a server with this version of the configuration."""
    return run(setup(subject, texts, base), subject.probes, directory)


def hidden(reading: Reading) -> list[str]:
    """What ``neutral`` takes out of one version only: a fix had changed it, and no server would show that."""
    before = _taken(reading.versions["before"])
    return [
        f"{reading.name}, {level}: {sorted(before ^ after)} cannot be started here"
        for level in LEVELS
        if (after := _taken(reading.versions[level])) != before
    ]


def _taken(version: Version) -> frozenset[str]:
    return frozenset(one for text in version.texts.values() for one in _ready(text)[1])


def _ready(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as it can be started here, and what was taken out of it."""
    return neutral(rendered(text))


# -- judging --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two runs showed: answers that are equal, those that changed as declared, and the contradictions."""

    equal: int = 0
    declared: int = 0
    violations: tuple[str, ...] = ()


def judge(subject: Subject, reading: Reading, base: Base, level: Level, before: Run, after: Run) -> Verdict:
    """Hold what fixes did to a running server against what their rules declare."""
    version = reading.versions[level]
    heading = f"{reading.name}{f' under {base}' if base else ''}, {level} by {', '.join(map(str, version.applied))}"
    if not before.started or not after.started:
        if before.started:
            return Verdict(violations=(f"{heading}: httpd does not start any more: {' / '.join(after.messages)}",))
        return Verdict()
    old, new = (read(reading.versions[one].texts) for one in ("before", level))
    # A program that writes a log is killed with the server, at any line.
    pairs = list(aligned(before, after, logs=not any(item.value.startswith("|") for item in old.named("errorlog"))))
    found = list(differences(pairs, old, new, subject.stage.tree))
    undeclared = [one for one in found if not any(admits(fix, one) for fix in version.applied)]
    return Verdict(
        sum(was == now for _, was, now in pairs),
        len(found) - len(undeclared),
        tuple(f"{heading}: {one}" for one in undeclared),
    )


def _dialects(config: Config) -> frozenset[str]:
    """In whose words the configuration itself grants access."""
    return frozenset(
        "2.4" if item.key == "require" else "2.2"
        for item in config.named("require", "allow")
        if item.values in (("all", "granted"), ("from", "all"))
    )


# -- not started ----------------------------------------------------------------------------------------------------

#: The ellipsis of a manual, and the prompt before its commands.
_ELLIPSIS = re.compile(r"^\s*(?:\.\.\.|\$ )", re.ASCII | re.MULTILINE)


def why(run_: Run, text: str) -> str:
    """Why httpd refused a configuration, in a few words that count well."""
    said = " ".join(line for line in run_.messages if "AH01574" not in line)
    unknown = re.search(r"Invalid command '([^']*)'", said)
    info = directives.find(unknown[1]) if unknown else None
    if unknown and directives.is_known_third_party(unknown[1]):
        return "directives of modules that Debian does not ship"
    if info is not None and info.of_mod_wsgi:
        return "directives of another mod_wsgi"
    if "not allowed here" in said or "only used in" in said or "not allowed in" in said:
        return "pieces out of a section"
    if "was not closed" in said or "Expected </" in said or "missing closing" in said:
        return "sections that do not match"
    if rendered(text) != text or _ELLIPSIS.search(text):
        return "placeholders and ellipses"
    return "refused by httpd for what they say"
