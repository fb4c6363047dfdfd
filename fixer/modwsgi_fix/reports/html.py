"""What every page for a browser shares: one file that loads nothing and runs nothing, in which every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from modwsgi_fix.reports import VERSION
from modwsgi_fix.reports.text import printable

#: Readable on a telephone and on a wide screen, in the light and in the dark, and on paper. A line of a diff is as long as
#: it is, and a picture as wide: its own box is scrolled, never the page.
_STYLE = """\
:root { color-scheme: light dark; --line: #8884; --old: #c331; --new: #2831; --bad: #b3001b; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff7a85; } }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.2; }
h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
li { margin: .3rem 0; }
p.note { opacity: .8; }
.bad { color: var(--bad); font-weight: 600; }
details { border: 1px solid var(--line); border-radius: .3rem; margin: .5rem 0; }
details > ul, details > p { margin: .4rem .6rem; }
summary { padding: .4rem .6rem; cursor: pointer; }
pre { margin: 0; padding: .6rem; overflow-x: auto; font: .85rem/1.4 ui-monospace, monospace; overflow-wrap: normal; }
pre span { display: block; white-space: pre; }
.old { background: var(--old); }
.new { background: var(--new); }
.at { opacity: .6; }
.picture { overflow-x: auto; }
@media print { details > * { display: block; } pre span { white-space: pre-wrap; } }
"""
_HEAD = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n"""
)
_KINDS = {"-": "old", "+": "new", "@": "at"}


def document(title: str, body: Iterable[str], *, note: str = "") -> str:
    """Return a page. ``title`` is a plain text, and so is ``note`` in its last line; ``body`` is markup."""
    name = text(title)
    made = f"Made by modwsgi-fix {text(VERSION)}.{f' {text(note)}' if note else ''}"
    return "".join(
        [
            f"{_HEAD}<title>{name}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>\n",
            *body,
            f'<p class="note">{made}</p>\n</body>\n</html>\n',
        ]
    )


def listing(lines: Iterable[str]) -> str:
    """Return plain texts as a list."""
    return "".join(["<ul>\n", *(f"<li>{text(line)}</li>\n" for line in lines), "</ul>\n"])


def folded(summary: str, body: str) -> str:
    """Return markup behind a line that unfolds it."""
    return f"<details>\n<summary>{summary}</summary>\n{body}</details>\n"


def diff(lines: Iterable[str]) -> str:
    """Return the lines of a diff, each in the colour of its kind."""
    shown = (f'<span class="{_KINDS.get(line[:1], "same")}">{text(line)}</span>' for line in lines if line)
    return f"<pre>{''.join(shown)}</pre>\n"


def text(plain: str) -> str:
    """Return a text as HTML has it. What no browser should obey is shown as a picture, a byte that is not text as U+FFFD."""
    shown = "\t".join(map(printable, plain.split("\t")))
    return escape(shown.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
