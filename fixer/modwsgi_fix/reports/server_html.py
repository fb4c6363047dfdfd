"""One server as a file for a browser: whether it starts, what lies open, what visitors get, a picture, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from modwsgi_fix.records import Finding, Report
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.graphs import as_svg
from modwsgi_fix.reports.html import diff, document, folded, listing, text
from modwsgi_fix.reports.text import diff_of, further
from modwsgi_fix.rule import Severity
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from modwsgi_fix.effect.exposure import Exposed, Found
    from modwsgi_fix.effect.impact import Change, Impact
    from modwsgi_fix.effect.starting import Start
    from modwsgi_fix.model.facts.overview import Overview

#: More files of one directory, more classes of URLs of one host, and more boxes of the picture than this are counted.
_MOST = 200


class Page(NamedTuple):
    """What the page is made of: the report on the files as they are, whether httpd starts once they are fixed, what is open.

    ``exposed`` is None where it is not known which filesystem the paths mean.
    """

    report: Report
    fixed: tuple[Start, ...]
    exposed: tuple[Exposed, ...] | None
    impacts: tuple[Impact, ...]
    overviews: tuple[Overview, ...]


def as_html(page: Page) -> str:
    """Return the page."""
    name = page.report.files[0].name if page.report.files else "no file"
    return document(f"{name}: {_verdict(page.report)}", _page(page))


def _verdict(report: Report) -> str:
    if any(start.starts is False for start in report.starts):
        return "httpd does not start"
    return plural(report.total, "finding") if report.total else "no findings"


def _page(page: Page) -> Iterator[str]:
    yield "<h2>Whether it starts</h2>\n"
    yield listing(_starts(page))
    yield "<h2>What lies open</h2>\n"
    yield from _open(page.exposed)
    yield "<h2>What visitors get, now and once it is fixed</h2>\n"
    yield from _visitors(page.impacts)
    yield "<h2>The server</h2>\n"
    yield _picture(page.overviews)
    yield "<h2>What is wrong</h2>\n"
    yield from _findings(page.report)
    yield "<h2>What was not understood</h2>\n"
    gaps = [f"{gap.name}:{gap.first}: {gap.reason}" for gap in page.report.gaps]
    yield listing(gaps) if gaps else "<p>nothing</p>\n"


def _starts(page: Page) -> Iterator[str]:
    for was, now in zip(page.report.starts, page.fixed, strict=True):
        yield f"now: {was}"
        if str(was) != str(now):
            yield f"fixed: {now}"


def _open(exposed: Sequence[Exposed] | None) -> Iterator[str]:
    if exposed is None:
        yield "<p>not known: --root says which filesystem the paths in these files mean</p>\n"
    elif not exposed:
        yield "<p>no file is served</p>\n"
    for host in sorted(exposed or (), key=lambda host: not host.sensitive):
        yield f"<p>{text(host.host)}</p>\n"
        for kind, files in groupby(host.sensitive, key=lambda file: file.kind):
            yield _files(kind, list(files), is_bad=True)
        if host.programs:
            yield _files("programs that visitors can run", host.programs, is_bad=False)
        lines = [f"{directory}: {plural(count, 'file')}" for directory, count in host.directories.items()]
        yield folded(
            f"all of {plural(len(host.files), 'file')}, by directory", listing(_counted(lines[:_MOST], len(lines)))
        )


def _files(title: str, files: Sequence[Found], *, is_bad: bool) -> str:
    name = f'<span class="{"bad" if is_bad else "count"}">{text(title)}: {plural(len(files), "file")}</span>'
    lines = [
        f"{file.url} → {file.file}, by {file.via}{f' [{file.place}]' if file.place else ''}" for file in files[:_MOST]
    ]
    return folded(name, listing(_counted(lines, len(files))))


def _counted(lines: list[str], total: int) -> list[str]:
    return [*lines, *([f"and {total - len(lines)} more"] if total > len(lines) else [])]


def _visitors(impacts: Iterable[Impact]) -> Iterator[str]:
    changes = [change for impact in impacts for change in impact.changes]
    if not any(change.is_change for change in changes):
        yield "<p>the fixes change nothing for visitors</p>\n"
    for host, members in groupby(changes, key=lambda change: change.host):
        every = sorted(members, key=lambda change: not change.is_change)
        changed = sum(change.is_change for change in every)
        lines = _counted(list(map(_change, every[:_MOST])), len(every))
        yield folded(f"{text(host)}: {changed} of {len(every)} classes of URLs change", listing(lines))


def _change(change: Change) -> str:
    return f"{change.path}: " + (
        f"{change.before} → {change.after}" if change.is_change else change.before or "unchanged"
    )


def _picture(overviews: Sequence[Overview]) -> str:
    boxes = sum(len(host.mapped) + 1 for overview in overviews for host in overview.hosts)
    if boxes > _MOST:
        return f"<p>too large for a picture: {plural(boxes, 'mapping')}; modwsgi-fix show has it as text</p>\n"
    return f'<div class="picture">\n{as_svg(overviews)}</div>\n'


def _findings(report: Report) -> Iterator[str]:
    shown = sorted(report.findings, key=lambda finding: finding.rank)
    if not shown:
        yield "<p>nothing, in what was understood</p>\n" if report.gaps else "<p>nothing</p>\n"
    yield from map(_finding, shown)
    yield from (f'<p class="note">and {text(line)}</p>\n' for line in further(report))


def _finding(finding: Finding) -> str:
    kind = "bad" if finding.severity is Severity.ERROR else "count"
    summary = (
        f'<span class="{kind}">{finding.severity.label}</span> &nbsp; '
        f"{text(f'{finding.file}:{finding.line}: {finding.rule}: {finding.message}')}"
    )
    lines = [f"help: {finding.help}"] if finding.help else []
    lines += [f"{place.file.name}:{place.start.line}: {message}" for place, message in finding.related]
    body = ""
    if finding.fix is not None:
        reason = f" ({finding.fix.reason})" if finding.fix.reason else ""
        lines.append(f"fix ({finding.fix.level.label}): {finding.fix.title}{reason}")
        body = "".join(f"<p>{text(name)}</p>\n{diff(changes)}" for name, changes in diff_of(finding.fix))
    return folded(summary, listing([*lines, f"more: modwsgi-fix rule {finding.rule}"]) + body)
