"""The diff of a run, and which rule made which hunk of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from modwsgi_fix.diff import check, origin, unified
from modwsgi_fix.reports.text import applied as describe
from modwsgi_fix.reports.text import printable
from modwsgi_fix.text import LineIndex, Span

if TYPE_CHECKING:
    from modwsgi_fix.engine import Applied, Rewritten

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+.*@@$", re.M)


class BadDiff(Exception):
    """A diff that, read back, does not give the new text: this is a bug in modwsgi-fix."""


def diff(files: Sequence[Rewritten], *, here: str) -> str:
    """Return the unified diff of all files, for ``git apply`` or ``patch -p1 --binary`` in the directory ``strip_from``.

    Each file's part is read back by unidiff first. Raises ``BadDiff``.
    """
    top = strip_from(files, here)
    parts = []
    for file in files:
        part = unified(file.before, file.edits, os.path.relpath(file.path, top))
        if not check(part, file.before, file.after):
            raise BadDiff(f"{file.name}: the diff does not say what was changed")
        parts.append(part)
    return "".join(parts)


def strip_from(files: Iterable[Rewritten], here: str) -> str:
    """Return the directory that a diff applies in: ``here`` where all files really lie below it, else the root.

    Neither git nor patch follows ``..`` or a symlink out of the directory it works in.
    """
    here = os.path.realpath(here)
    below = all(file.path.startswith(here.rstrip("/") + "/") for file in files)
    return here if below else "/"


def hunks(files: Sequence[Rewritten], applied: Sequence[Applied], *, here: str) -> Iterator[str]:
    """Yield a line for each hunk of the diff, and below it one for each fix that had part in it."""
    top = strip_from(files, here)
    for file in files:
        lines = LineIndex(file.before)
        places = [
            (lines.position(span.start).line, lines.position(max(span.start, span.end - 1)).line, fix)
            for fix in applied
            for path, span in fix.origins
            if path == file.path
        ]
        for found in _HUNK.finditer(unified(file.before, file.edits, os.path.relpath(file.path, top))):
            first, count = int(found[1]), int(found[2] or 1)
            yield f"{printable(file.name)} {found[0]}"
            mine = [fix for start, end, fix in places if start <= first + count and end >= first]
            yield from dict.fromkeys(f"  {describe(fix)}" for fix in mine)


def line_before(file: Rewritten, line: int) -> int:
    """Return the line of the original text that a line of the new one came from."""
    start = LineIndex(file.after).line_span(line).start
    return LineIndex(file.before).position(origin(file.edits, Span(start, start)).start).line
