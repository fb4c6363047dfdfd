"""The reports of many servers as one file for a browser."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from modwsgi_fix.fleet.merging import MOST_NAMES, Fleet, Row
from modwsgi_fix.fleet.overview import STARTING, heading, names, places, said, sections, summary
from modwsgi_fix.reports.html import document, folded, listing, text


def as_html(fleet: Fleet) -> str:
    """Return the page, each row of which unfolds to the servers, an example, and what to do."""
    return document(heading(fleet), _page(fleet))


def _page(fleet: Fleet) -> Iterator[str]:
    yield listing(map(str.strip, summary(fleet)))
    for title, rows in sections(fleet).items():
        yield f"<h2>{escape(title)}</h2>\n"
        yield from (_row(row, is_bad=title == STARTING or row.severity == "error") for row in rows)


def _row(row: Row, *, is_bad: bool) -> str:
    count = f'<span class="{"bad" if is_bad else "count"}">{text(places(row))}</span>'
    lines = [f"on {names(row, MOST_NAMES)}", f"for example {row.example}"]
    lines += [f"help: {row.help}"] if row.help else []
    lines += [f"--write at the level {row.level} mends it there"] if row.level else []
    lines += [f"more: modwsgi-fix rule {row.rule}"] if row.rule else []
    return folded(f"{count} &nbsp; {text(said(row))}", listing(lines))
