"""A baseline: the findings that a server had at some time, so that only new ones are reported.

An entry has the rule, the file, a fingerprint of the line's text, and the number of findings. So lines may move, and a
second finding on an equal line is new. Files are named from the path that was given, and an entry counts for any file whose
path ends so: a baseline also holds in a copy of the tree, and for a file that is named by itself.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from modwsgi_fix.engine.job import New
from modwsgi_fix.files import MISSING, FileProblem, read_bytes
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.rule import Diagnostic
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.places import below_given

_VERSION = 1
_DIGITS = 32


class Entry(NamedTuple):
    """Findings of a ``rule`` on lines with one text in a ``file``. ``fingerprint`` is made from the text without blanks."""

    file: str
    rule: str
    fingerprint: str
    times: int = 1


class Baseline(NamedTuple):
    """The entries of a baseline, in order, and the ``path`` of its file as the user has it."""

    path: str
    entries: tuple[Entry, ...]


class Split(NamedTuple):
    """Findings split by a baseline: those that are not in it, and those of its entries that nothing was found for."""

    new: list[Diagnostic]
    left: tuple[Entry, ...]


# -- its file -------------------------------------------------------------------------------------------------------------


def read_baseline(path: str) -> Baseline:
    """Return the baseline in a file. Raises ``FileProblem`` or ``Stop`` for one that is missing or broken."""
    try:
        data = read_bytes(path)
    except FileProblem as problem:
        if problem.reason == MISSING:
            raise FileProblem(path, f"{MISSING}; modwsgi-fix baseline write makes it") from problem
        raise
    try:
        table = json.loads(data.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise _broken(f"{path}:{error.lineno}:{error.colno}", "is not JSON") from error
    except (ValueError, RecursionError) as error:
        raise _broken(path, "is not JSON") from error
    if not isinstance(table, dict) or not isinstance(table.get("findings"), list):
        raise _broken(path, "is not a baseline")
    if table.get("version") != _VERSION:
        raise _broken(path, "is a baseline of another version of modwsgi-fix")
    entries = Counter[tuple[str, str, str]]()
    for at, finding in enumerate(table["findings"], start=1):
        if (entry := _entry(finding)) is None:
            raise _broken(path, f"entry {at} is not one of a baseline")
        entries[entry[:3]] += entry.times
    return Baseline(path, tuple(Entry(*key, count) for key, count in sorted(entries.items())))


def as_text(entries: Iterable[Entry]) -> str:
    """Return the text of a baseline's file: the same for the same entries, each on a line of its own."""
    rows = [json.dumps(entry._asdict()) for entry in sorted(entries)]
    return f'{{"version": {_VERSION}, "findings": [\n' + ",\n".join(f"  {row}" for row in rows) + "\n]}\n"


def _broken(place: str, why: str) -> Stop:
    return Stop(f"{place}: {why}; delete it and write it anew with modwsgi-fix baseline write")


def _entry(value: Any) -> Entry | None:
    """Return an entry from its JSON value; None where the value is not an entry."""
    if not isinstance(value, dict) or set(value) != set(Entry._fields):
        return None
    file, rule, fingerprint, times = (value[name] for name in Entry._fields)
    if not all(isinstance(word, str) and word for word in (file, rule, fingerprint)) or file.startswith("/"):
        return None
    return Entry(file, rule, fingerprint, times) if type(times) is int and times > 0 else None


# -- what it knows --------------------------------------------------------------------------------------------------------


def entries_of(found: Iterable[tuple[Source, Config, Sequence[Diagnostic]]]) -> tuple[Entry, ...]:
    """Return the entries for the findings of some servers, each finding counted once."""
    counts = Counter[tuple[str, str, str]]()
    for source, config, diagnostic in _once(found):
        name = below_given(source, diagnostic.path) or os.path.basename(diagnostic.path)
        counts[(name, diagnostic.rule, _fingerprint(config, diagnostic))] += 1
    return tuple(Entry(*key, count) for key, count in sorted(counts.items()))


def new_to(baseline: Baseline) -> New:
    """Return a function that selects the findings that a baseline does not have."""
    known = _Known(baseline.entries)
    return lambda config, found: known.split([(config, one) for one in found]).new


def split(baseline: Baseline, found: Iterable[tuple[Source, Config, Sequence[Diagnostic]]]) -> Split:
    """Return the findings of some servers that are new, and the entries of the baseline that nothing was found for."""
    return _Known(baseline.entries).split([(config, one) for _, config, one in _once(found)])


class _Known:
    """The entries of a baseline, by the rule and fingerprint of a finding."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._by_text: dict[tuple[str, str], list[int]] = {}
        # The longest name is the most specific.
        for at in sorted(range(len(entries)), key=lambda at: (-len(entries[at].file), at)):
            self._by_text.setdefault((entries[at].rule, entries[at].fingerprint), []).append(at)
        self._rules = {entry.rule for entry in entries}

    def split(self, found: Sequence[tuple[Config, Diagnostic]]) -> Split:
        left = [entry.times for entry in self._entries]
        known: dict[tuple[object, ...], bool] = {}
        for config, diagnostic in sorted(found, key=lambda pair: (pair[1].path, pair[1].span, pair[1].message)):
            # Each reading of a file has the same finding.
            if diagnostic.rule in self._rules and _identity(diagnostic) not in known:
                at = self._match(config, diagnostic, left)
                known[_identity(diagnostic)] = at is not None
                if at is not None:
                    left[at] -= 1
        new = [one for _, one in found if not known.get(_identity(one))]
        return Split(new, tuple(e._replace(times=n) for e, n in zip(self._entries, left, strict=True) if n))

    def _match(self, config: Config, diagnostic: Diagnostic, left: Sequence[int]) -> int | None:
        entries = self._by_text.get((diagnostic.rule, _fingerprint(config, diagnostic)), ())
        return next((at for at in entries if left[at] and _ends_so(diagnostic.path, self._entries[at].file)), None)


def _once(
    found: Iterable[tuple[Source, Config, Sequence[Diagnostic]]],
) -> Iterator[tuple[Source, Config, Diagnostic]]:
    seen: set[tuple[object, ...]] = set()
    for source, config, diagnostics in found:
        for diagnostic in diagnostics:
            if _identity(diagnostic) not in seen:
                seen.add(_identity(diagnostic))
                yield source, config, diagnostic


def _identity(diagnostic: Diagnostic) -> tuple[object, ...]:
    return diagnostic.path, diagnostic.span, diagnostic.rule, diagnostic.message


def _ends_so(path: str, name: str) -> bool:
    return path.endswith("/" + name)


def _fingerprint(config: Config, diagnostic: Diagnostic) -> str:
    """Return a digest of the line that a finding begins on, without its blanks.

    For a file that must not be quoted the digest leaves the line out: a short line can be guessed from its digest.
    """
    file = config.source(diagnostic.path)
    line = file.lines.line_text(file.lines.position(diagnostic.span.start).line) if file.quotable else ""
    return sha256(" ".join(line.split()).encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]


# -- stale entries --------------------------------------------------------------------------------------------------------


def stale(
    entries: Iterable[Entry], read: Iterable[str], given: Iterable[str], rules: Iterable[str]
) -> tuple[Entry, ...]:
    """Return the stale ones of the entries that nothing was found for: their rules ran, and their files were read or are gone.

    ``read`` are the keys of the files that were read, ``given`` those of the paths that the user named. Where directories
    were named, a file is gone that exists neither in one of these nor in a directory above one.
    """
    paths, directories, ran = tuple(read), [path for path in given if os.path.isdir(path)], frozenset(rules)
    looked_at = {tail for path in paths for tail in _tails(path)}
    gone: dict[str, bool] = {}
    for name in {entry.file for entry in entries} - looked_at:
        gone[name] = bool(directories) and not any(_is_near(name, directory) for directory in directories)
    return tuple(one for one in entries if one.rule in ran and (one.file in looked_at or gone[one.file]))


def _tails(path: str) -> Iterator[str]:
    at = path.find("/")
    while at >= 0:
        yield path[at + 1 :]
        at = path.find("/", at + 1)


def _is_near(name: str, directory: str) -> bool:
    """Whether a file of that name lies in a directory, or in one above, of which only a part may have been named."""
    while True:
        if os.path.lexists(os.path.join(directory, name)):
            return True
        if directory == os.path.dirname(directory):
            return False
        directory = os.path.dirname(directory)
