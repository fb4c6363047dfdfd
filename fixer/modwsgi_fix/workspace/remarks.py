"""Changes of what no rule looks at, as empty lines and comments of plain words: what is found stays the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.shapes.alike import uncommented
from modwsgi_fix.records import Finding, Report
from modwsgi_fix.text import LineIndex
from modwsgi_fix.workspace.followed import Moved, followed

#: An empty line that ends no continued line.
_EMPTY = expression(r"\n(?<!\\\n)[ \t]*(?=\n)")
#: A message may say a line by its number.
_LINE = expression(r"\blines? \d|[^\s*]:\d")


def is_remark(old: str, new: str) -> bool:
    """Whether two texts of a file differ in empty lines and plain comments alone."""
    return "\r" not in old and "\r" not in new and _said(old) == _said(new)


def unaltered(report: Report, moved: Moved, old: str, new: str) -> Report | None:
    """Return the report on a server after one of its files has changed from ``old`` to ``new`` in what no rule looks at.

    None where something may depend on that all the same: a fix moves comments with the lines that they are about, and a part
    that was not understood may not have them for comments.
    """
    files = {file.path: file for file in report.files}
    name = files[moved.key].name
    if files[moved.key].lines.text != old:
        return None  # There are secrets in it.
    if any(gap.name == name for gap in report.gaps) or any(
        edit.place.file.path == moved.key for one in report.findings if one.fix is not None for edit in one.fix.edits
    ):
        return None
    if moved.shifts_lines and (any(start.file == name for start in report.starts) or _may_say_lines(report.findings)):
        return None
    file = files[moved.key] = files[moved.key]._replace(lines=LineIndex(new))
    found = [followed(one, moved, file) for one in report.findings]
    kept = tuple(one for one in found if one is not None)
    return report._replace(findings=kept, files=tuple(files.values())) if len(kept) == len(found) else None


def _said(text: str) -> str:
    """Return a text without empty lines and comments of plain words."""
    return _EMPTY.sub("", uncommented(text))


def _may_say_lines(findings: Iterable[Finding]) -> bool:
    """Whether a finding may say a line by its number."""
    return any(one.after is not None or any(map(_LINE.search, said_in(one))) for one in findings)


def said_in(finding: Finding) -> Iterator[str]:
    """Yield all that a finding says."""
    yield finding.text
    yield from (one.message for one in finding.related)
    if finding.fix is not None:
        yield from (finding.fix.title, finding.fix.reason)
