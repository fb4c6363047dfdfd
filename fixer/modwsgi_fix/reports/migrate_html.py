"""The page of a move as one file for a browser: nothing is loaded, nothing runs, and every text of a server is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from modwsgi_fix.diff import unified
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.html import diff, document, folded, listing, text
from modwsgi_fix.reports.migrate import LEFT, Left, Move, beyond, heading, left, sections

if TYPE_CHECKING:
    from modwsgi_fix.engine import Rewritten


def as_html(move: Move, files: Sequence[Rewritten]) -> str:
    """Return the page, with the diff of each of the files that change, folded."""
    note = "--diff shows the same changes, and modwsgi-fix undo takes them back."
    return document(heading(move), _page(move, files), note=note)


def _page(move: Move, files: Sequence[Rewritten]) -> Iterator[str]:
    for name, lines in sections(move).items():
        yield f"<h2>{text(name)}</h2>\n{listing(lines)}"
    yield f"<h2>{LEFT}</h2>\n"
    entries = left(move)
    yield "<ol>\n" if entries else "<p>nothing</p>\n"
    yield from map(_entry, entries)
    yield "</ol>\n" if entries else ""
    yield from (f'<p class="note">{text(line)}</p>\n' for line in beyond(move))
    if files:
        yield f"<h2>What changes in {plural(len(files), 'file')}</h2>\n"
        yield from map(_file, files)
    yield f"<h2>To go on</h2>\n<pre>{text(move.command)} --write</pre>\n"


def _entry(left: Left) -> str:
    return f"<li>{'<br>'.join(map(text, (left.line, *left.further)))}</li>\n"


def _file(file: Rewritten) -> str:
    lines = unified(file.before, file.edits, file.name).split("\n")[2:]
    removed, added = (sum(line.startswith(sign) for line in lines) for sign in "-+")
    return folded(f"{text(file.name)} &nbsp; &minus;{removed} +{added}", diff(lines))
