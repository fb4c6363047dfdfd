"""The page of a move as one file for a browser: nothing is loaded, nothing runs, and every text of a server is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from modwsgi_fix.diff import unified
from modwsgi_fix.reports import VERSION, plural
from modwsgi_fix.reports.migrate import LEFT, Left, Move, beyond, heading, left, sections
from modwsgi_fix.reports.text import printable

if TYPE_CHECKING:
    from modwsgi_fix.engine import Rewritten

#: Readable on a telephone and on a wide screen, in the light and in the dark, and on paper. A line of a diff is as long as
#: it is: its own box is scrolled, never the page.
_STYLE = """\
:root { color-scheme: light dark; --line: #8884; --old: #c331; --new: #2831; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.2; }
h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
li { margin: .3rem 0; }
p.note { opacity: .8; }
details { border: 1px solid var(--line); border-radius: .3rem; margin: .5rem 0; }
summary { padding: .4rem .6rem; cursor: pointer; }
pre { margin: 0; padding: .6rem; overflow-x: auto; font: .85rem/1.4 ui-monospace, monospace; overflow-wrap: normal; }
pre span { display: block; white-space: pre; }
.old { background: var(--old); }
.new { background: var(--new); }
.at { opacity: .6; }
@media print { details > * { display: block; } pre span { white-space: pre-wrap; } }
"""
_HEAD = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n"""
)
_KINDS = {"-": "old", "+": "new", "@": "at"}


def as_html(move: Move, files: Sequence[Rewritten]) -> str:
    """Return the page, with the diff of each of the files that change, folded."""
    return "".join(_page(move, files))


def _page(move: Move, files: Sequence[Rewritten]) -> Iterator[str]:
    title = _text(heading(move))
    yield f"{_HEAD}<title>{title}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    for name, lines in sections(move).items():
        yield f"<h2>{_text(name)}</h2>\n<ul>\n"
        yield from (f"<li>{_text(line)}</li>\n" for line in lines)
        yield "</ul>\n"
    yield f"<h2>{LEFT}</h2>\n"
    entries = left(move)
    yield "<ol>\n" if entries else "<p>nothing</p>\n"
    yield from map(_entry, entries)
    yield "</ol>\n" if entries else ""
    yield from (f'<p class="note">{_text(line)}</p>\n' for line in beyond(move))
    if files:
        yield f"<h2>What changes in {plural(len(files), 'file')}</h2>\n"
        yield from map(_file, files)
    yield f"<h2>To go on</h2>\n<pre>{_text(move.command)} --write</pre>\n"
    yield f'<p class="note">Made by modwsgi-fix {_text(VERSION)}. --diff shows the same changes, and modwsgi-fix undo '
    yield "takes them back.</p>\n</body>\n</html>\n"


def _entry(left: Left) -> str:
    return f"<li>{'<br>'.join(map(_text, (left.line, *left.further)))}</li>\n"


def _file(file: Rewritten) -> str:
    lines = unified(file.before, file.edits, file.name).split("\n")[2:]
    removed, added = (sum(line.startswith(sign) for line in lines) for sign in "-+")
    shown = "".join(f'<span class="{_KINDS.get(line[:1], "same")}">{_text(line)}</span>' for line in lines if line)
    summary = f"{_text(file.name)} &nbsp; &minus;{removed} +{added}"
    return f"<details>\n<summary>{summary}</summary>\n<pre>{shown}</pre>\n</details>\n"


def _text(text: str) -> str:
    """A text as HTML has it. What no browser should obey is shown as a picture, and bytes that are not text as U+FFFD."""
    shown = "\t".join(map(printable, text.split("\t")))
    return escape(shown.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
