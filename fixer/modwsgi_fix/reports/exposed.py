"""The files that are open, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from modwsgi_fix.reports import VERSION, dumped, plural
from modwsgi_fix.reports.text import printable

if TYPE_CHECKING:
    from modwsgi_fix.effect.exposure import Exposed, Found


def as_text(found: Sequence[Exposed]) -> str:
    """Return a report, host by host: the files that should hardly be open, by kind; then the number of files by directory."""
    if not found:
        return "No file is served.\n"
    lines: list[str] = []
    for exposed in found:
        programs = f", {plural(len(exposed.programs), 'program')}" if exposed.programs else ""
        lines.append(f"{exposed.host}: {plural(len(exposed.files) - len(exposed.programs), 'file')}{programs}")
        for kind, members in groupby(exposed.sensitive, key=lambda file: file.kind):
            lines.append(f"  {kind}")
            for file in members:
                lines.append(_line(file))
        lines += ["  programs that visitors can run", *map(_line, exposed.programs)] if exposed.programs else []
        lines.append("  by directory")
        lines += [f"    {count:>6} {directory}" for directory, count in exposed.directories.items()]
    return "\n".join([*map(printable, lines), ""])


def _line(file: Found) -> str:
    sure = "" if file.certain else " (it depends on what the files do not say)"
    place = f"  [{file.place}]" if file.place else ""
    return f"    {file.url} -> {file.file}, by {file.via}{sure}{place}"


def as_json(found: Sequence[Exposed]) -> str:
    """Return every file as JSON, with how it is reached; ``kind`` is empty for files that may be public, and for programs."""
    hosts = [
        {"host": one.host, "files": [file._asdict() for file in one.files], "directories": one.directories}
        for one in found
    ]
    return dumped({"version": VERSION, "hosts": hosts})
