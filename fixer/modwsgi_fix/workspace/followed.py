"""Findings after a change elsewhere in their files: where they are now, and whether two reports say the same of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from modwsgi_fix import records
from modwsgi_fix.records import FileText, Finding
from modwsgi_fix.text import Span


class Moved:
    """The new offsets in a file's text after one stretch of it was replaced."""

    def __init__(self, key: str, old: str, new: str) -> None:
        self.key = key
        self.shifts_lines = old.count("\n") != new.count("\n")
        most = range(min(len(old), len(new)))
        self._head = bisect_left(most, True, key=lambda at: not new.startswith(old[: at + 1]))
        tail = bisect_left(most[self._head :], True, key=lambda at: not new.endswith(old[self._head - at - 1 :]))
        self._tail = len(old) - tail
        self._shift = len(new) - len(old)

    @property
    def replaced(self) -> tuple[int, int, int]:
        """Where the replaced stretch begins, where it ended in the old text, and where it ends in the new one."""
        return self._head, self._tail, self._tail + self._shift

    def span(self, path: str, span: Span) -> Span | None:
        """Return where a span is now; None where its text has changed."""
        if path != self.key or span.end <= self._head:
            return span
        return Span(span.start + self._shift, span.end + self._shift) if span.start >= self._tail else None


def plain(finding: Finding, moved: Moved | None = None) -> object:
    """Return a finding in a comparable form, with keys of files for their texts; None where its text is gone."""
    moved_to = [
        (path, span if moved is None else moved.span(path, span))
        for (path, *_), span in ((place.file, place.span) for place in places(finding))
    ]
    if any(span is None for _, span in moved_to):
        return None
    fix = finding.fix
    said = (
        finding.rule, finding.severity, finding.stated, finding.help, finding.rank, finding.level, finding.after,
        tuple(one.message for one in finding.related),
        None if fix is None else (fix.title, fix.level, fix.reason, tuple(one.text for one in fix.edits)),
    )  # fmt: skip
    return said, tuple(moved_to)


def places(finding: Finding) -> Iterator[records.Place]:
    """Yield all places that a finding is about: its own, related ones, and those that its fix changes."""
    yield finding.place
    yield from (one.place for one in finding.related)
    yield from (one.place for one in (finding.fix.edits if finding.fix is not None else ()))


def followed(finding: Finding, moved: Moved, file: FileText) -> Finding | None:
    """Return a finding at the present place of its text, in the changed ``file``; None where some of the text is gone."""
    if all(place.file.path != moved.key for place in places(finding)):
        return finding
    if plain(finding, moved) is None:
        return None

    def at(place: records.Place) -> records.Place:
        span = moved.span(place.file.path, place.span)
        assert span is not None
        return records.Place(file if place.file.path == moved.key else place.file, span)

    fix = finding.fix
    return finding._replace(
        place=at(finding.place),
        related=tuple(one._replace(place=at(one.place)) for one in finding.related),
        fix=None if fix is None else fix._replace(edits=tuple(one._replace(place=at(one.place)) for one in fix.edits)),
    )
