"""Reports of a run in all formats, one function for each format.

A format's module is imported with its first use. A report is text as ``text.decode`` gives it: written with
``text.encode``, names and lines have the bytes that they have on the disk. Formats for machines are ASCII or UTF-8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from modwsgi_fix import __version__
from modwsgi_fix.expressions import expression
from modwsgi_fix.records import Finding, Report

if TYPE_CHECKING:
    from modwsgi_fix.effect.starting import Start

#: The module of this package and the function in it, by format.
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
_LONE = expression("[\ud800-\udfff]")
#: Control characters that JSON does not escape, Unicode's line ends, and marks of direction (UAX 9).
OBEYED = expression("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def gap_lines(report: Report) -> Counter[str]:
    """Return how many lines of each file were not understood, by the file's name, configuration first."""
    lines = {(gap.name, line) for gap in report.gaps for line in range(gap.first, gap.last + 1)}
    counted = Counter(name for name, _ in lines)
    names = dict.fromkeys((*(file.name for file in report.files), *(gap.name for gap in report.gaps)))
    return Counter({name: counted[name] for name in names if counted[name]})


def render(report: Report, format: str, *, color: bool = False) -> str:
    """Return a report in one of ``FORMATS``."""
    module, name = FORMATS[format]
    function = getattr(import_module(f"{__name__}.{module}"), name)
    text: str = function(report, color=color) if module == "text" else function(report)
    return text


def valid(text: str) -> str:
    """Return text that every reader of UTF-8 takes: a byte that is not UTF-8 becomes U+FFFD."""
    return text if text.isascii() else _LONE.sub("\ufffd", text)


def dumped(value: object, *, indent: int | None = 2) -> str:
    """Return a value as JSON; in one line where ``indent`` is None.

    A list may be an iterator, where ``indent`` is not None: then its items need not be in memory together. Characters
    that a terminal obeys, or that turn text around, are escaped.
    """
    import json

    text = (
        json.dumps(value, ensure_ascii=False)
        if indent is None
        else _laid_out(value, "\n", " " * indent, json.encoder.encode_basestring)
    )
    if not text.isascii() or "\x7f" in text:
        text = OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", valid(text))
    return text + "\n"


def _laid_out(value: object, line: str, step: str, quoted: Callable[[str], str]) -> str:
    """Return a value as ``json.dumps`` with an indentation does, which takes four times as long.

    ``line`` is a line end with the indentation around the value.
    """
    if isinstance(value, str):
        return quoted(value)
    inner = line + step
    if isinstance(value, dict):
        items = [
            f"{quoted(name)}: {quoted(one) if type(one) is str else _laid_out(one, inner, step, quoted)}"
            for name, one in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(items)}{line}}}" if items else "{}"
    if isinstance(value, list | tuple | Iterator):
        items = [_laid_out(one, inner, step, quoted) for one in value]
        return f"[{inner}{f',{inner}'.join(items)}{line}]" if items else "[]"
    import json

    return json.dumps(value)


def plural(count: int, noun: str) -> str:
    """Return ``1 file``, ``2 files``."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """Return a fingerprint of each finding, made from rule, file, text and occurrence, so that lines above do not change it."""
    from hashlib import sha256

    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for finding in findings:
        # A file that must not be quoted gives not even a digest: a short line can be guessed from its digest.
        line = " ".join(finding.place.file.lines.line_text(finding.line).split()) if finding.place.file.quotable else ""
        key = (finding.rule, finding.file, line)
        digest = sha256("\0".join([*map(valid, key), str(seen[key])]).encode()).hexdigest()
        seen[key] += 1
        found.append(digest[:32])
    return found


def started(starts: Sequence[Start]) -> dict[str, Any]:
    """Return whether httpd starts, for JSON: ``starts``, and what httpd refuses or why that cannot be told.

    Of several servers the first that does not start decides, else the first of which it cannot be told.
    """
    start = min(starts, key=lambda one: {False: 0, None: 1, True: 2}[one.starts], default=None)
    if start is None or start.starts:
        return {"starts": None if start is None else True}
    if start.starts is None:
        return {"starts": None, "start_unknown": start.reason}
    return {"starts": False, "start_fault": {"file": start.file, "line": start.line, "message": start.reason}}
