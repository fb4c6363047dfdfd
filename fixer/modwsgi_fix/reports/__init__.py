"""What a run found, ready to be shown; and the formats it can be shown in, one function each.

A format's module is imported when it is asked for. A report is text as ``text.decode`` gives it: written with
``text.encode``, names and lines have the bytes that they have on the disk. Formats for machines are ASCII or UTF-8.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from modwsgi_fix import __version__
from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Applied, Withheld
from modwsgi_fix.model.config import Config, File, Script
from modwsgi_fix.model.outside import NOT_SHOWN, tells
from modwsgi_fix.rule import Diagnostic, Severity
from modwsgi_fix.text import LineIndex, Position, Span

if TYPE_CHECKING:
    from modwsgi_fix.effect.impact import Impact

#: Format -> module below this package and function in it.
FORMATS = {
    "concise": ("text", "concise"),
    "full": ("text", "full"),
    "json": ("machine", "json"),
    "sarif": ("sarif", "sarif"),
    "github": ("machine", "github"),
    "gitlab": ("machine", "gitlab"),
    "junit": ("machine", "junit"),
    "rdjson": ("machine", "rdjson"),
}

VERSION = __version__
#: Why a line is not quoted (``Source.quotable``).
UNNAMED = "the file was not named, so its text is not shown"
_LONE = re.compile("[\ud800-\udfff]")


class Finding(NamedTuple):
    """One finding, with the server that it was found in.

    ``level`` is what ``--write`` needs to make it go, None where nothing does. ``after`` is the file and line of the fix
    that it appears after, None where it is there now.
    """

    diagnostic: Diagnostic
    config: Config
    level: Applicability | None = None
    after: tuple[str, int] | None = None

    @property
    def rule(self) -> str:
        return self.diagnostic.rule

    @property
    def severity(self) -> Severity:
        return self.diagnostic.severity or Severity.WARNING

    @property
    def message(self) -> str:
        """What happens; of what a repair reveals, also which."""
        if self.after is None:
            return self.diagnostic.message
        name, line = self.after
        where = f"line {line}" if name == self.file.name else f"{name}:{line}"
        return f"{self.diagnostic.message} (once {where} is repaired)"

    @property
    def help(self) -> str:
        return self.diagnostic.help

    @property
    def text(self) -> str:
        """Message and help, for formats that know one text of a finding."""
        return f"{self.message}; {self.help}" if self.help else self.message

    @property
    def file(self) -> File | Script:
        return self.config.source(self.diagnostic.path)

    @property
    def start(self) -> Position:
        return self.file.lines.position(self.diagnostic.span.start)

    @property
    def end(self) -> Position:
        """After the last character, on the line of that character."""
        return end_of(self.file.lines, *self.diagnostic.span)


class Gap(NamedTuple):
    """Lines that were not understood, and why."""

    name: str
    first: int
    last: int
    reason: str


def _ends(regions: Iterable[Span]) -> Callable[[int], int]:
    """Return where the longest of these regions ends that an offset lies in; 0 where it lies in none."""
    ordered = sorted(regions)
    starts = [region.start for region in ordered]
    furthest = [0, *accumulate((region.end for region in ordered), max)]

    def end(offset: int) -> int:
        found = furthest[bisect_right(starts, offset)]
        return found if found > offset else 0

    return end


class Report(NamedTuple):
    """What is to be shown of a run: of all servers that were named.

    ``level`` is the one that ``--write`` would go to, or went to. ``fixed`` and ``withheld`` are of this run. ``marked``
    says that it was found out what ``--write`` would fix; ``quiet`` leaves out all but the findings. ``folded`` leaves out
    of a report for people what is only worth knowing, and says how much that is.
    """

    findings: tuple[Finding, ...]
    servers: tuple[Config, ...]
    level: Applicability = Applicability.REPAIR
    fixed: tuple[Applied, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    marked: bool = False
    quiet: bool = False
    folded: bool = False
    #: What the fixes change for visitors, of each server; None where that was not asked for.
    impacts: tuple[Impact, ...] | None = None
    #: What could not be read, and what is not httpd's: (file or directory, why).
    unread: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    #: True where rules failed, and what they would have found is not known.
    partial: bool = False
    #: How many findings there are in which files (keys) that are as their packages ship them: these are not shown.
    shipped: Mapping[str, int] = MappingProxyType({})

    @property
    def files(self) -> list[File | Script]:
        """Every file that was read, once; of scripts those that the user named."""
        read: list[File | Script] = []
        for config in self.servers:
            read += config.files.values()
            read += config.named_scripts
        return list({file.path: file for file in read}.values())

    @property
    def gaps(self) -> list[Gap]:
        """What was not understood, by file and line, each once."""
        found: dict[Gap, None] = {}
        for config in self.servers:
            ends = {path: _ends(config.files[path].tree.untrusted) for path in {gap.path for gap in config.gaps}}
            for path, span, kind, why in config.gaps:
                file = config.files[path]
                reason = gap_reason(config, file, why, kind.value)
                end = ends[path](span.start) or span.end
                first, last = file.lines.position(span.start).line, end_of(file.lines, span.start, end).line
                found.setdefault(Gap(file.name, first, last, reason))
            for file in config.files.values():
                if file.template:
                    start = min((start for start, _ in file.tags), default=0)
                    line = file.lines.position(start).line
                    reason = f"a template that {file.template} fills in is not understood before that"
                    found.setdefault(Gap(file.name, line, line, reason))
                for problem in () if file.template else file.tree.problems:
                    region = problem.region
                    first, last = file.lines.position(region.start).line, end_of(file.lines, *region).line
                    reason = gap_reason(config, file, problem.message, problem.kind)
                    found.setdefault(Gap(file.name, first, last, reason))
        # Servers that share a file may have other names for it.
        order = {
            file.name: at for at, file in enumerate(file for config in self.servers for file in config.files.values())
        }
        return sorted(found, key=lambda gap: (order[gap.name], gap.first))

    def gap_lines(self) -> Counter[str]:
        """Return how many lines of which files were not understood."""
        lines = {(gap.name, line) for gap in self.gaps for line in range(gap.first, gap.last + 1)}
        order = [file.name for file in self.files]
        counted = Counter(name for name, _ in lines)
        return Counter({name: counted[name] for name in dict.fromkeys(order) if counted[name]})


def gap_reason(config: Config, file: File, reason: str, kind: str) -> str:
    """Return why lines were not understood; ``kind`` stands for a reason that quotes what must not be shown."""
    if not file.quotable:
        return f"{kind} ({UNNAMED})"
    return f"{kind} {NOT_SHOWN}" if tells(config, [reason]) else reason


def end_of(lines: LineIndex, start: int, end: int) -> Position:
    """Return where a span ends: after its last character, on that character's line."""
    if end <= start:
        return lines.position(start)
    line, column = lines.position(end - 1)
    return Position(line, column + 1)


def render(report: Report, format: str, *, color: bool = False) -> str:
    """Return a report in one of ``FORMATS``."""
    module, name = FORMATS[format]
    function = getattr(import_module(f"{__name__}.{module}"), name)
    text: str = function(report, color=color) if module == "text" else function(report)
    return text


def valid(text: str) -> str:
    """Return text that every reader of UTF-8 takes: a byte that is not UTF-8 becomes U+FFFD."""
    return _LONE.sub("\ufffd", text)


def plural(count: int, noun: str) -> str:
    """Return ``1 file``, ``2 files``."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """Return a fingerprint of each finding, of rule, file, text and occurrence: lines above it do not change it."""
    from hashlib import sha256

    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for finding in findings:
        # Of a file that must not be quoted not even a digest: a short line can be guessed from it.
        line = " ".join(finding.file.lines.line_text(finding.start.line).split()) if finding.file.quotable else ""
        key = (finding.rule, finding.file.name, line)
        digest = sha256("\0".join([*map(valid, key), str(seen[key])]).encode()).hexdigest()
        seen[key] += 1
        found.append(digest[:32])
    return found
