"""The reports of many servers as one page for a terminal: what does not start first, then what is on most servers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from modwsgi_fix.fleet.merging import Fleet, Row
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import printable

#: The headings of the parts of the page.
STARTING, UNCHECKED, FINDINGS, REMARKS = "Do not start", "Were not checked", "Findings", "Only worth knowing"
#: The most rows of one severity that a terminal is given, and the most names in a row; the page in HTML has all.
_MOST, _NAMES = 40, 5


def as_text(fleet: Fleet) -> str:
    """Return the page."""
    parts = [[heading(fleet), *(f"  {line}" for line in summary(fleet))]]
    for title, rows in sections(fleet).items():
        parts.append([title, *(f"  {line}" for line in _lines(rows))])
    return "\n\n".join("\n".join(map(printable, part)) for part in parts) + "\n"


def heading(fleet: Fleet) -> str:
    """Return what the page is called."""
    return plural(fleet.servers, "server")


def summary(fleet: Fleet) -> Iterator[str]:
    """Yield how many servers start, have findings, and were understood."""
    unchecked = sum(row.servers for row in fleet.unchecked)
    found = fleet.servers - fleet.clean - unchecked
    counts = (
        (fleet.refused, "not started by httpd"),
        (found, "with findings"),
        (fleet.clean, "without findings"),
        (unchecked, "not checked"),
        (fleet.partly, "not understood as a whole, which their reports tell line by line"),
    )
    yield from (f"{count:>6} {words}" for count, words in counts if count)


def sections(fleet: Fleet) -> dict[str, tuple[Row, ...]]:
    """Return the rows by their headings, without those that there is nothing to say of."""
    found = {
        STARTING: fleet.starting,
        UNCHECKED: fleet.unchecked,
        FINDINGS: tuple(row for row in fleet.findings if row.severity != "info"),
        REMARKS: tuple(row for row in fleet.findings if row.severity == "info"),
    }
    return {title: rows for title, rows in found.items() if rows}


def said(row: Row) -> str:
    """Return what a row says, with its rule and severity where it has them."""
    text = row.text or "findings that are too many to be listed one by one"
    return (
        f"{row.severity}: {row.rule or 'other rules'}: {text}" if row.severity and (row.rule or not row.text) else text
    )


def places(row: Row) -> str:
    """Return on how many servers it is, and how often where that is more."""
    more = f", {plural(row.places, 'place')}" if row.places != row.servers else ""
    return f"{plural(row.servers, 'server')}{more}"


def names(row: Row, most: int) -> str:
    """Return the names of the servers, up to a number of them."""
    rest = row.servers - len(row.names[:most])
    return ", ".join(row.names[:most]) + (f" and {rest} more" if rest else "")


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    for _, alike in groupby(rows, key=lambda row: row.severity):
        every = list(alike)
        for row in every[:_MOST]:
            yield f"{row.servers:>6} {'server ' if row.servers == 1 else 'servers'} {said(row)}"
            servers = f"{names(row, _NAMES)}; for example " if row.servers > 1 else ""
            yield f"{'':15}{servers}{row.example}"
        if rest := len(every) - _MOST:
            yield from (f"{'':7}and {rest} more, which --html FILE has, too",) if rest > 0 else ()
