"""A diff as it is offered hunk by hunk: hunks that a fix has part in go together, and each may be edited as a patch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from modwsgi_fix.diff import NO_NEWLINE, header, lines, unified
from modwsgi_fix.edits import Edit
from modwsgi_fix.expressions import expression
from modwsgi_fix.reports.diff import hunks_of, read_back, strip_from
from modwsgi_fix.reports.text import as_shown
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from modwsgi_fix.engine import Applied, Rewritten

_HEADER = expression(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,\d+)? @@")


#: The colours of git: a file's names bold, a hunk's first line cyan, lines that go red and lines that come green.
_BOLD, _CYAN, _SIGNS = "1", "36", {"-": "31", "+": "32"}


class BadPatch(Exception):
    """Why an edited patch cannot be taken, in words for the user."""


class Piece(NamedTuple):
    """A hunk. ``head`` are the lines above the first hunk of its file, ``body`` its own lines with their signs.

    ``start`` and ``new_start`` are the numbers (from 0) of its first line before and after.
    """

    file: Rewritten
    head: str
    start: int
    new_start: int
    body: tuple[str, ...]

    @property
    def header(self) -> str:
        """The first line, ``@@ -1,3 +1,2 @@``."""
        old, new = (len(side) for side in sides(self.body))
        return header(self.start, self.start + old, self.new_start, self.new_start + new)

    @property
    def edits(self) -> list[Edit]:
        """What the hunk changes: an edit for each run of lines."""
        at = sum(map(len, lines(self.file.before)[: self.start]))
        found: list[Edit] = []
        start, text, changed = at, "", False
        for sign, line in _signed(self.body):
            if sign == " " and changed:
                found.append(Edit(self.file.path, Span(start, at), text))
                text, changed = "", False
            if sign == "+":
                text += line
            else:
                at += len(line)
            if sign == " ":
                start = at
            changed = changed or sign != " "
        return [*found, Edit(self.file.path, Span(start, at), text)] if changed else found


class Offer(NamedTuple):
    """Hunks that are taken together or not at all, and the fixes that make them."""

    pieces: tuple[Piece, ...]
    fixes: tuple[Applied, ...]
    is_edited: bool = False

    @property
    def path(self) -> str:
        """The key of the file with the first hunk."""
        return self.pieces[0].file.path

    @property
    def text(self) -> str:
        """The hunks as a unified diff."""
        return "".join(line for _, line in self._coloured())

    @property
    def text_in_color(self) -> str:
        """The same, in the colours that git has for it."""
        return "".join(_painted(code, as_shown(line)) for code, line in self._coloured())

    def _coloured(self) -> Iterator[tuple[str, str]]:
        """Yield each line with the code of its colour, empty for none."""
        head = ""
        for piece in self.pieces:
            if piece.head != head:
                yield from ((_BOLD, line) for line in lines(piece.head))
            yield _CYAN, f"{piece.header}\n"
            yield from ((_SIGNS.get(line[:1], ""), line) for line in piece.body)
            head = piece.head


def _painted(code: str, line: str) -> str:
    text = line.removesuffix("\n")
    return f"\x1b[{code}m{text}\x1b[m{line[len(text) :]}" if code else line


def offers(files: Sequence[Rewritten], applied: Sequence[Applied], *, directory: str) -> list[Offer]:
    """Return what a diff changes as it is offered, in its order; ``directory`` as in ``diff.diff``. Raises ``BadDiff``."""
    top = strip_from(files, directory)
    pieces: list[Piece] = []
    makers: list[tuple[Applied, ...]] = []
    for file in files:
        text = read_back(file, unified(file.before, file.edits, os.path.relpath(file.path, top)))
        for hunk in hunks_of(file, text, applied):
            pieces.append(_piece(file, text[: text.index("@@ ")], hunk.header, hunk.text))
            makers.append(hunk.fixes)
    return [
        Offer(tuple(pieces[at] for at in group), tuple(dict.fromkeys(fix for at in group for fix in makers[at])))
        for group in _joined(makers)
    ]


def edited(offer: Offer, text: str) -> Offer:
    """Return an offer as somebody edited its text. Raises ``BadPatch`` where that no longer fits the files."""
    bodies = list(_bodies(text))
    if not any(bodies):
        raise BadPatch("nothing is left of it")
    if len(bodies) != len(offer.pieces):
        raise BadPatch(f"it has {len(bodies)} hunks (lines that begin with @@) instead of {len(offer.pieces)}")
    pieces = []
    for piece, body in zip(offer.pieces, bodies, strict=True):
        if sides(body)[0] != sides(piece.body)[0]:
            raise BadPatch(f"its lines without + are not those of {piece.file.name} from line {piece.start + 1} on")
        pieces.append(piece._replace(body=body))
    if not any(piece.edits for piece in pieces):
        raise BadPatch("it changes nothing")
    return offer._replace(pieces=tuple(pieces), is_edited=True)


def sides(body: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the lines of a hunk before and after."""
    signed = list(_signed(body))
    return [line for sign, line in signed if sign != "+"], [line for sign, line in signed if sign != "-"]


def _signed(body: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the sign and the text of each line, without its end where the marker below it says so."""
    last = ""
    for line in (*body, ""):
        if last:
            yield last[0], last[1:].removesuffix("\n") if line.startswith("\\") else last[1:]
        last = "" if line.startswith("\\") else line


def _piece(file: Rewritten, head: str, first: str, text: str) -> Piece:
    numbers = _HEADER.fullmatch(first)
    assert numbers is not None
    body = tuple(lines(text))
    old, new = sides(body)
    # The number of a range without lines is that of the line before it.
    return Piece(file, head, int(numbers[1]) - bool(old), int(numbers[3]) - bool(new), body)


def _joined(makers: Sequence[Sequence[Applied]]) -> list[list[int]]:
    """Return the numbers of hunks in groups that have no fix in common, in the order of their first ones."""
    groups: list[tuple[set[Applied], list[int]]] = []
    for at, fixes in enumerate(makers):
        mine, numbers = set(fixes), [at]
        for group in [group for group in groups if not mine.isdisjoint(group[0])]:
            groups.remove(group)
            mine, numbers = mine | group[0], group[1] + numbers
        groups.append((mine, numbers))
    return sorted(sorted(numbers) for _, numbers in groups)


def _bodies(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the lines of each hunk of an edited patch, without comments."""
    given = [line for line in lines(text) if not line.startswith("#")]
    body: list[str] | None = None
    for at, line in enumerate(given):
        following = [*given[at + 1 : at + 3], "", ""]
        if line.startswith("@@ "):
            if body is not None:
                yield tuple(body)
            body = []
        elif line.startswith("--- ") and following[0].startswith("+++ ") and following[1].startswith("@@ "):
            if body is not None:
                yield tuple(body)
            body = None
        elif body is not None:
            # Some editors take the blank away that stands for an empty line.
            body.append(_whole(" " + line if line in ("\n", "\r\n") else line))
    if body is not None:
        yield tuple(body)


def _whole(line: str) -> str:
    if line[0] not in " +-\\":
        raise BadPatch(f"a line of it begins with none of blank, + and -: {line.rstrip()}")
    return line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}"
