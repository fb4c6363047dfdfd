"""What the fixes make of a configuration, and by which rules: the engine as the command line calls it, gate included."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from modwsgi_fix import second_reader
from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Job, fix, gate
from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.rule import Rule, all_rules
from modwsgi_fix.workspace.selection import selected

from .effects import Applied, applied
from .root import CONF, Link, Tree

#: A site, and the whole server around it. A file that is a whole server itself takes that name.
SITE, SERVER = f"{CONF}/site.conf", f"{CONF}/apache2.conf"
ENTRIES = (SERVER, f"{CONF}/httpd.conf")

Texts = Mapping[str, str]

LEVELS: Mapping[str, Applicability] = {"safe": Applicability.SAFE, "repair": Applicability.REPAIR}


@dataclass(frozen=True, slots=True)
class Version:
    """A configuration at one level of fixes; ``applied`` are the rules that changed it."""

    texts: Texts
    applied: tuple[Applied, ...] = ()


def is_whole(texts: Texts) -> bool:
    """Whether they are a whole server: one of them is its entry."""
    return any(name in texts for name in ENTRIES)


def entries(texts: Texts) -> tuple[str, ...]:
    """The files that httpd is to read itself: the entry of a whole server, or every fragment."""
    return tuple(name for name in ENTRIES if name in texts)[:1] or tuple(texts)


def source(texts: Texts, variables: Mapping[str, str] | None = None) -> Source:
    given = ((CONF, CONF),)
    return Source(Memory(texts), entries(texts), given, (CONF,), complete=is_whole(texts), variables=variables or {})


def read(texts: Texts, variables: Mapping[str, str] | None = None) -> Config:
    return load(source(texts, variables))


#: What the rules see for a script of ours, whose own text is long and tells them no more.
_SCRIPT = "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"


def disk(tree: Tree) -> Memory:
    """The file system that a configuration will find, as far as it is planted."""
    return Memory(
        {
            path: _SCRIPT if isinstance(entry, str) and "def application" in entry else entry
            for path, entry in tree.items()
            if isinstance(entry, str | bytes)
        },
        {path: entry.target for path, entry in tree.items() if isinstance(entry, Link)},
        [path for path, entry in tree.items() if entry is None],
    )


@functools.cache
def _rules() -> tuple[Rule, ...]:
    rules = all_rules()
    on = selected(rules, ())
    return tuple(rule for rule in rules.values() if rule.name in on)


def fixed(texts: Texts, level: Applicability, seen: Memory | None) -> Version:
    """The texts after all fixes up to ``level``; with ``seen``, what ``--root`` shows. A bug that shows itself raises."""
    done = fix(Job(source(texts), _rules(), disk=seen), level, second_reader.objection, proof=gate.objection)
    bugs = [f"{one.rule}: {one.reason}" for one in done.withheld if one.is_bug]
    bugs += [f"{rule}: {error}" for rule, error in done.failed.items()]
    if bugs:
        raise AssertionError("; ".join(bugs))
    after = {file.path: file.after for file in done.files}
    strangers = after.keys() - texts.keys()
    assert not strangers, f"files changed that were not given: {strangers}"
    return Version({**texts, **after}, applied(done, {rule.name: rule.changes for rule in _rules()}))
