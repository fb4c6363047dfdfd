"""Real configurations, started before and after their fixes: which there are, and what a fix may change in them.

A configuration is read in two ways, because the rules conclude more where they see more: as a piece of a server that
nobody sees, and as the one site of a whole server, with the file system that it will find. The whole server denies by
default in the words of 2.4, or in those of 2.2; a piece is started under each of these.
"""

from __future__ import annotations

import functools
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from modwsgi_fix import directives
from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Fixed, Job, fix
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.reader import load
from modwsgi_fix.model.source import Source
from modwsgi_fix.rule import Rule, all_rules
from modwsgi_fix.second_reader import objection
from modwsgi_fix.settings import selected
from modwsgi_fix.text import decode

from . import install
from .asking import MOST, questions
from .probe import Answer, Probe, changes
from .root import CONF, Link
from .server import BASES, ENVIRONMENT, MODULES, Base, Run, Setup, run
from .stage import Stage, neutral, stage
from .template import rendered

#: Set to start each file as a site of both whole servers.
EVERYTHING = "MODWSGI_FIX_REAL_EVERYTHING"
#: The file under test, and the whole server around it. A real file that is a whole server itself takes that name.
SITE, SERVER = f"{CONF}/site.conf", f"{CONF}/apache2.conf"

Texts = Mapping[str, str]
Level = Literal["before", "safe", "repaired"]


def subjects(corpus: Path) -> list[str]:
    """Every configuration of the collection, by its path in it."""
    found = [*corpus.glob("configs/*.conf"), *corpus.glob("qa/*/*.conf"), *corpus.glob("templates/*.conf.*")]
    return sorted(str(path.relative_to(corpus)) for path in found)


@dataclass(frozen=True, slots=True)
class Version:
    """A configuration at one level of fixes; ``applied`` are the rules that changed it, with the level of the fix."""

    texts: Texts
    applied: tuple[tuple[str, Applicability], ...] = ()


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
        alone = stage([_read(texts)])
        readings = [_reading("server", (None,), texts, alone)]
    else:
        piece = {SITE: text}
        alone = stage([_read(piece)])
        readings = [_reading("piece", _bases(_read(piece)), piece, None)]
        for base in _whole_bases(path):
            whole = _reading(f"server {base}", (None,), {SERVER: _around(alone, base), **piece}, alone)
            readings.append(replace(whole, base=base))
    configs = [_read(each) for each in _distinct(one.texts for r in readings for one in r.versions.values())]
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
    return both if os.environ.get(EVERYTHING) else (both[turn],)


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


def _source(texts: Texts, variables: Mapping[str, str] | None = None) -> Source:
    entry = SERVER if SERVER in texts else SITE
    given = ((CONF, CONF),)
    return Source(Memory(texts), (entry,), given, (CONF,), complete=entry == SERVER, variables=variables or {})


def _read(texts: Texts) -> Config:
    """As it is started: placeholders filled in, and with what the environment of a server defines."""
    filled = {name: rendered(text) for name, text in texts.items()}
    return load(_source(filled, {name: value for name, value in ENVIRONMENT.items() if name.startswith("APACHE_")}))


@functools.cache
def _rules() -> tuple[Rule, ...]:
    rules = all_rules()
    on = selected(rules, ())
    return tuple(rule for rule in rules.values() if rule.name in on)


def _reading(name: str, bases: tuple[Base, ...], texts: Texts, disk: Stage | None) -> Reading:
    seen = None if disk is None else _disk(disk)
    versions: dict[Level, Version] = {"before": Version(texts)}
    for level, trust in LEVELS.items():
        versions[level] = _version(texts, fix(Job(_source(texts), _rules(), disk=seen), trust, objection))
    return Reading(name, bases, versions)


LEVELS: Mapping[Level, Applicability] = {"safe": Applicability.SAFE, "repaired": Applicability.REPAIR}


#: What the rules see for a script of ours, whose own text is long and tells them no more.
_SCRIPT = "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"


def _disk(staged: Stage) -> Memory:
    """The file system that the configuration will find, as far as it is planted."""
    tree = staged.tree
    return Memory(
        {
            path: _SCRIPT if isinstance(entry, str) and "def application" in entry else entry
            for path, entry in tree.items()
            if isinstance(entry, str | bytes)
        },
        {path: entry.target for path, entry in tree.items() if isinstance(entry, Link)},
        [path for path, entry in tree.items() if entry is None],
    )


def _version(texts: Texts, fixed: Fixed) -> Version:
    bugs = [f"{one.rule}: {one.reason}" for one in fixed.withheld if one.is_bug]
    if bugs:
        raise AssertionError("; ".join(bugs))
    after = {file.path: file.after for file in fixed.files}
    strangers = after.keys() - texts.keys()
    assert not strangers, f"files changed that were not given: {strangers}"
    return Version({**texts, **after}, tuple(dict.fromkeys((one.rule, one.fix.applicability) for one in fixed.applied)))


# -- starting -------------------------------------------------------------------------------------------------------


def serve(subject: Subject, texts: Texts, base: Base, directory: Path) -> Run:
    """One life of a server with this version of the configuration."""
    staged = subject.stage
    hosts = "".join(f"@IP@ {name}\n" for name in ("private.invalid", *staged.hosts))
    entry = SERVER if SERVER in texts else SITE
    setup = Setup(
        {"/etc/hosts": f"127.0.0.1 localhost\n{hosts}", **{name: _ready(text)[0] for name, text in texts.items()}},
        staged.tree, base, staged.mpm, staged.ports, modules=staged.modules, include=(entry,),
        preamble="" if SERVER in texts else staged.preamble,
    )  # fmt: skip
    return run(setup, subject.probes, directory)


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


def kind(old: Answer, new: Answer) -> str:
    """What became of an answer, in one word; for the same answer otherwise given, the fields that differ."""
    refused = old.who == "httpd" and old.status in (401, 403)
    if old.who in ("file", "listing") and new.who in ("application", "httpd") and new.status < 500:
        return "closed"
    if refused and new.status not in (0, 401, 403) and new.status < 500:
        # A file has no handler; a status page has.
        return "opened" if new.who == "listing" or (new.who == "file" and new.handler == "-") else "granted"
    if old.who == "application" and new.who == "httpd" and new.status in (401, 403):
        return "refused"
    if old.who != "application" and new.who == "application":
        return "regained"
    if old.who != new.who and new.who in ("file", "listing"):
        return "served"
    if (old.who, old.status) == (new.who, new.status):
        return " ".join(sorted(changes(old, new)))
    return f"{old.status} by {old.who} -> {new.status} by {new.who}"


#: What a rule's fix may do to an answer, in the words of ``kind``. A rule that is not here may change none.
DECLARED: Mapping[str, frozenset[str]] = {
    # The script was refused for want of a grant; what stands in its URLs (a Location with a handler) is decided by its
    # file as well.
    "script-directory-not-granted": frozenset({"granted", "heard"}),
    # What the grant alone had opened is closed. It is written in both dialects, so it is heard under either default.
    "allow-in-location": frozenset({"closed", "heard"}),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two runs showed: answers that are equal, those that changed as declared, and the contradictions."""

    equal: int = 0
    declared: int = 0
    violations: tuple[str, ...] = ()


def judge(reading: Reading, base: Base, level: Level, before: Run, after: Run) -> Verdict:
    """Hold what fixes did to a running server against what their rules declare."""
    version = reading.versions[level]
    heading = f"{reading.name}{f' under {base}' if base else ''}, {level} by {', '.join(map(_named, version.applied))}"
    if not before.started or not after.started:
        if before.started:
            return Verdict(violations=(f"{heading}: httpd does not start any more: {' / '.join(after.messages)}",))
        return Verdict()
    texts = reading.versions["before"].texts
    config = _read({SITE: texts[SITE]} if SITE in texts else texts)
    denying = base or reading.base
    unheard = denying is not None and denying not in _dialects(config)
    # A program that writes a log is killed with the server, at any line.
    logs = not any(item.value.startswith("|") for item in config.named("errorlog"))
    equal, violations = 0, []
    for probe, old, new in _aligned(before, after, logs=logs):
        if old == new:
            equal += 1
            continue
        what = kind(old, new)
        if what in ("granted", "opened") and unheard:
            what = "heard"
        if not any(what in DECLARED.get(rule, ()) for rule, _ in version.applied):
            violations.append(f"{heading}: {probe}: {what}: {changes(old, new)}")
    return Verdict(equal, len(before.answers) - equal - len(violations), tuple(violations))


def _named(applied: tuple[str, Applicability]) -> str:
    return f"{applied[0]} ({applied[1].label})"


def _aligned(before: Run, after: Run, *, logs: bool) -> Iterator[tuple[Probe, Answer, Answer]]:
    """Answers in pairs. A process is named by the first probe it answered: here, of those answered in both runs.

    Without ``logs`` nothing is said of where the application's errors go.
    """
    both = [one for one in before.answers if before.answers[one].who == after.answers[one].who == "application"]
    first: list[dict[str, str]] = [{}, {}]
    for one in both:
        for names, run_ in zip(first, (before, after), strict=True):
            names.setdefault(run_.answers[one].process_class, str(one))
    for one in before.answers:
        pair = [run_.answers[one] for run_ in (before, after)]
        old, new = (
            replace(
                answer,
                process_class=names.get(answer.process_class, "") if one in both else "",
                error_logs=answer.error_logs if logs else (),
                # httpd starts as many children as it has to; the processes of a group are counted in its definition.
                processes=answer.processes if answer.process_group else 0,
                # How far httpd had come when it refused is not seen by anyone.
                handler="" if answer.who == "httpd" and answer.status in (401, 403) else answer.handler,
            )
            for names, answer in zip(first, pair, strict=True)
        )
        yield one, old, new


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
