"""The diff of a run, and the fixes that made each of its hunks."""

from __future__ import annotations

import os
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import TYPE_CHECKING

from modwsgi_fix.diff import check, origins, unified
from modwsgi_fix.reports.text import applied as describe
from modwsgi_fix.reports.text import named, printable
from modwsgi_fix.text import LineIndex, Span

if TYPE_CHECKING:
    from modwsgi_fix.engine import Applied, Rewritten

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+.*@@$", re.M)


class BadDiff(Exception):
    """A diff that, read back, does not give the new text: this is a bug in modwsgi-fix."""


def diff(files: Sequence[Rewritten], *, directory: str) -> str:
    """Return the unified diff of all files, for ``git apply`` or ``patch -p1 --binary`` in the directory ``strip_from``.

    Each file's part is read back by unidiff first. Raises ``BadDiff``.
    """
    top = strip_from(files, directory)
    parts = []
    for file in files:
        part = unified(file.before, file.edits, os.path.relpath(file.path, top))
        if not check(part, file.before, file.after):
            raise BadDiff(f"{file.name}: the diff does not say what was changed")
        parts.append(part)
    return "".join(parts)


def strip_from(files: Iterable[Rewritten], directory: str) -> str:
    """Return the directory that a diff applies in: ``directory`` where all files really lie below it, else the root.

    Neither git nor patch follows ``..`` or a symlink out of the directory it works in.
    """
    directory = os.path.realpath(directory)
    below = all(file.path.startswith(directory.rstrip("/") + "/") for file in files)
    return directory if below else "/"


def hunks(files: Sequence[Rewritten], applied: Sequence[Applied], *, directory: str) -> Iterator[str]:
    """Yield a line for each hunk of the diff, and below it one for each fix with a part in it; each reason only once."""
    top, told = strip_from(files, directory), set[str]()
    for file in files:
        lines = LineIndex(file.before)
        places = sorted(
            (
                (lines.position(span.start).line, lines.position(max(span.start, span.end - 1)).line, at)
                for at, fix in enumerate(applied)
                for path, span in fix.origins
                if path == file.path
            ),
        )
        # Of the fixes that begin before a hunk, few reach into it: only those after the furthest end so far need be checked.
        ends = list(accumulate((end for _, end, _ in places), max))
        for found in _HUNK.finditer(unified(file.before, file.edits, os.path.relpath(file.path, top))):
            first, count = int(found[1]), int(found[2] or 1)
            yield f"{printable(file.name)} {found[0]}"
            reaching = places[bisect_left(ends, first) : bisect_right(places, first + count, key=itemgetter(0))]
            mine = sorted({at for _, end, at in reaching if end >= first})
            ours = dict.fromkeys((describe(applied[at]), named(applied[at])) for at in mine)
            yield from (f"  {name if line in told else line}" for line, name in ours)
            told.update(line for line, _ in ours)


def line_before(file: Rewritten, line: int) -> int:
    """Return the line of the original text that a line of the new one came from."""
    before, after, origin_of = _indexed(file)
    start = after.line_span(line).start
    return before.position(origin_of(Span(start, start)).start).line


@lru_cache(maxsize=4)
def _indexed(file: Rewritten) -> tuple[LineIndex, LineIndex, Callable[[Span], Span]]:
    # Many lines of one file are asked for, one after another.
    return LineIndex(file.before), LineIndex(file.after), origins(file.edits)
