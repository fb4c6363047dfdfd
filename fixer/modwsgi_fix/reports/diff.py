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
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import digest
from modwsgi_fix.records import Changed, Hunk
from modwsgi_fix.reports.text import applied as describe
from modwsgi_fix.reports.text import named, printable
from modwsgi_fix.text import LineIndex, Span, encode

if TYPE_CHECKING:
    from modwsgi_fix.engine import Applied, Rewritten

_HUNK = expression(r"^@@ -(\d+)(?:,(\d+))? \+.*@@$", re.M)


class BadDiff(Exception):
    """A diff that, read back, does not give the new text: this is a bug in modwsgi-fix."""


def diff(files: Sequence[Rewritten], *, directory: str) -> str:
    """Return the unified diff of all files, for ``git apply`` or ``patch -p1 --binary`` in the directory ``strip_from``.

    Each file's part is read back by unidiff first. Raises ``BadDiff``.
    """
    top = strip_from(files, directory)
    return "".join(read_back(file, unified(file.before, file.edits, os.path.relpath(file.path, top))) for file in files)


def read_back(file: Rewritten, part: str) -> str:
    """Return the diff of a file, if unidiff reads it as what was changed. Raises ``BadDiff``."""
    if not check(part, file.before, file.after):
        raise BadDiff(f"{file.name}: the diff does not say what was changed")
    return part


def strip_from(files: Iterable[Rewritten], directory: str) -> str:
    """Return the directory that a diff applies in: ``directory`` where all files really lie below it, else the root.

    Neither git nor patch follows ``..`` or a symlink out of the directory it works in.
    """
    directory = os.path.realpath(directory)
    below = all(file.path.startswith(directory.rstrip("/") + "/") for file in files)
    return directory if below else "/"


def changes(
    files: Sequence[Rewritten], applied: Sequence[Applied], *, place: Callable[[str], str]
) -> tuple[Changed, ...]:
    """Return what becomes of each file; ``place`` says where a file, by its key, lies in its server. Raises ``BadDiff``."""
    found = []
    for file in files:
        text = read_back(file, unified(file.before, file.edits, os.path.relpath(file.path, "/")))
        hunks = hunks_of(file, text, applied)
        found.append(
            Changed(file.name, place(file.path), digest(encode(file.before)), digest(encode(file.after)), hunks)
        )
    return tuple(found)


def hunks_of(file: Rewritten, text: str, applied: Sequence[Applied]) -> tuple[Hunk, ...]:
    """Return the hunks of a file's diff, and the fixes that had part in each."""
    lines = LineIndex(file.before)
    places = sorted(
        (lines.position(span.start).line, lines.position(max(span.start, span.end - 1)).line, at)
        for at, fix in enumerate(applied)
        for path, span in fix.origins
        if path == file.path
    )
    # Of those that begin before a hunk, few reach into it: only behind the furthest end so far need one look.
    ends = list(accumulate((end for _, end, _ in places), max))
    found = list(_HUNK.finditer(text))
    hunks = []
    for header, following in zip(found, [*(later.start() for later in found[1:]), len(text)], strict=True):
        first, count = int(header[1]), int(header[2] or 1)
        reaching = places[bisect_left(ends, first) : bisect_right(places, first + count, key=itemgetter(0))]
        mine = sorted({at for _, end, at in reaching if end >= first})
        hunks.append(Hunk(header[0], text[header.end() + 1 : following], tuple(applied[at] for at in mine)))
    return tuple(hunks)


def hunks(files: Sequence[Rewritten], applied: Sequence[Applied], *, directory: str) -> Iterator[str]:
    """Yield a line for each hunk of the diff, and below it one for each fix with a part in it; each reason only once."""
    top, told = strip_from(files, directory), set[str]()
    for file in files:
        text = unified(file.before, file.edits, os.path.relpath(file.path, top))
        for hunk in hunks_of(file, text, applied):
            yield f"{printable(file.name)} {hunk.header}"
            ours = dict.fromkeys((describe(one), named(one)) for one in hunk.fixes)
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
