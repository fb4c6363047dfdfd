"""Unified diff from known edits.

The rewriter knows what it changed, so nothing is searched for: the opcodes that difflib would look for are computed from
the edits, and only difflib's grouping into hunks is used. A diff is text as ``text.decode`` gives it; written with
``text.encode`` it has the bytes of the files, and ``git apply`` and ``patch -p1 --binary`` accept it.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias

from modwsgi_fix.edits import SPAN, Edit, apply
from modwsgi_fix.text import LineIndex, Span, encode
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from unidiff.patch import Hunk

#: The line below a line that has no end.
NO_NEWLINE = "\\ No newline at end of file\n"


class Opcode(NamedTuple):
    """Lines ``before[start:end]`` became ``after[new_start:new_end]``; named and ordered as difflib's opcodes."""

    tag: str
    start: int
    end: int
    new_start: int
    new_end: int


def lines(text: str) -> list[str]:
    """The lines of a text with their ends. A line ends at LF only; a CR, form feed or U+2028 belongs to its line."""
    found = text.split("\n")
    last = found.pop()
    return [line + "\n" for line in found] + ([last] if last else [])


def opcodes(before: str, edits: Iterable[Edit]) -> list[Opcode]:
    """Return what the edits of one file do to its lines, equal stretches included; ``[]`` when they change nothing.

    Lines that a replaced block has in common at its start or end count as equal. Raises ``ValueError`` as
    ``edits.apply`` does.
    """
    found: list[Opcode] = []
    line = new_line = 0
    for start, old, new in _replaced(before, edits):
        if start > line:
            found.append(Opcode("equal", line, start, new_line, new_line + start - line))
            new_line += start - line
        tag = "replace" if old and new else "delete" if old else "insert"
        line = start + len(old)
        found.append(Opcode(tag, start, line, new_line, new_line + len(new)))
        new_line += len(new)
    total = len(lines(before))
    if found and line < total:
        found.append(Opcode("equal", line, total, new_line, new_line + total - line))
    return found


def unified(before: str, edits: Iterable[Edit], name: str, *, context: int = 3) -> str:
    """Return the unified diff of one file under its name; ``""`` when nothing changes.

    ``name`` is a path as the user knows it; a leading ``/`` is dropped, since patch does not accept ``a//etc``.
    ``context`` is a number of lines.
    """
    edits = list(edits)
    codes = opcodes(before, edits)
    if not codes:
        return ""
    old, new = _shown(before), _shown(apply(before, edits))
    parts = _names(name)
    for group in _groups(codes, context):
        _, start, _, new_start, _ = group[0]
        _, _, end, _, new_end = group[-1]
        parts.append(header(start, end, new_start, new_end) + "\n")
        for tag, i, j, new_i, new_j in group:
            if tag == "equal":
                parts += [f" {line}" for line in old[i:j]]
            else:
                parts += [f"-{line}" for line in old[i:j]]
                parts += [f"+{line}" for line in new[new_i:new_j]]
    return "".join(parts)


#: The most lines on either side that are compared one by one; further ones are one replacement.
_MOST_COMPARED = 4_000


def edits_between(path: str, before: str, after: str) -> list[Edit]:
    """Return edits of a file's whole lines that lead from one text to another, where nobody noted the change as it was made."""
    import difflib

    old, new = lines(before), lines(after)
    start = end = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old_end, new_end = len(old) - end, len(new) - end
    codes = [("replace", start, old_end, start, new_end)] if (start, start) != (old_end, new_end) else []
    if max(old_end, new_end) - start <= _MOST_COMPARED:
        found = difflib.SequenceMatcher(None, old[start:old_end], new[start:new_end], autojunk=False).get_opcodes()
        codes = [(tag, *(at + start for at in places)) for tag, *places in found]  # type: ignore[misc]
    offsets = [0, *accumulate(map(len, old))]
    return [
        Edit(path, Span(offsets[first], offsets[last]), "".join(new[new_first:new_last]))
        for tag, first, last, new_first, new_last in codes
        if tag != "equal"
    ]


def compose(first: Iterable[Edit], second: Iterable[Edit]) -> list[Edit]:
    """Return two successive lists of edits of one file as one list of edits of the original text.

    ``apply(apply(text, first), second) == apply(text, compose(first, second))`` for every text that they apply to. The
    result is in order, and no two of its edits meet.
    """
    first, second = _in_order(first), _in_order(second)
    path = (first or second or [Edit("", Span(0, 0))])[0].path
    pieces = _pieces(second)
    if first:
        pieces, stack, at = [], list(reversed(_pieces(first))), 0
        for edit in second:
            pieces += _take(stack, edit.span.start - at)
            _take(stack, edit.span.end - edit.span.start)
            pieces.append((0, 0, edit.text))
            at = edit.span.end
        pieces += reversed(stack)

    composed: list[Edit] = []
    reached = 0
    texts: list[str] = []
    for start, end, text in pieces:
        texts.append(text)
        if start < end:
            text = "".join(texts)
            if start > reached or text:
                composed.append(Edit(path, Span(reached, start), text))
            reached, texts = end, []
    return composed


def origin(edits: Iterable[Edit], span: Span) -> Span:
    """Return the span of the original text that ``span`` of the text after ``edits`` came from.

    ``edits`` are ordered, as ``compose`` gives them. Inserted text came from the place where it was inserted.
    """
    return origins(edits)(span)


def origins(edits: Iterable[Edit]) -> Callable[[Span], Span]:
    """Return a function that does what ``origin`` does, for many spans of one text."""
    edits = list(edits)
    olds = [edit.span for edit in edits]
    news: list[Span] = []
    shifts = [0]
    for edit in edits:
        start = edit.span.start + shifts[-1]
        news.append(Span(start, start + len(edit.text)))
        shifts.append(news[-1].end - edit.span.end)
    ends = [new.end for new in news]

    def origin_of(span: Span) -> Span:
        first, last = bisect_right(ends, span.start), bisect_left(ends, span.end)
        start, end = span.start - shifts[first], span.end - shifts[last]
        if first < len(olds):
            start = min(start, olds[first].start)
        if last < len(olds) and span.end > news[last].start:
            end = olds[last].end
        return Span(start, max(start, end))

    return origin_of


def check(diff: str, before: str, after: str) -> bool:
    """Whether the diff of one file, read by unidiff, turns ``before`` into exactly ``after``."""
    if not diff:
        return before == after
    from unidiff.errors import UnidiffParseError
    from unidiff.patch import PatchSet

    try:
        (patch,) = PatchSet(lines(diff))
    except (UnidiffParseError, ValueError):
        return False
    old = lines(before)
    new: list[str] = []
    at = 0
    for hunk in patch:
        start = hunk.source_start - 1 if hunk.source_length else hunk.source_start
        source, target = _sides(hunk)
        if start < at or old[start : start + len(source)] != source:
            return False
        new += old[at:start]
        if hunk.target_length and hunk.target_start != len(new) + 1:
            return False
        new += target
        at = start + len(source)
    return "".join(new + old[at:]) == after


#: A stretch of the original that is kept, from its start to its end, or (where that is empty) new text.
_Piece: TypeAlias = tuple[int, int, str]


def _pieces(edits: Iterable[Edit]) -> list[_Piece]:
    """Return the text after these edits, as pieces; the last piece is the rest of the text, however long."""
    pieces: list[_Piece] = []
    at = 0
    for edit in edits:
        pieces += ((at, edit.span.start, ""), (0, 0, edit.text))
        at = edit.span.end
    return [*pieces, (at, sys.maxsize, "")]


def _take(stack: list[_Piece], length: int) -> list[_Piece]:
    """Take ``length`` characters off the top of a stack of pieces."""
    taken: list[_Piece] = []
    while length:
        start, end, text = stack.pop()
        size = end - start or len(text)
        if size > length:
            stack.append((start + length, end, "") if start < end else (0, 0, text[length:]))
            end, text, size = min(end, start + length), text[:length], length
        taken.append((start, end, text))
        length -= size
    return taken


def _in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Return edits as ``edits.apply`` takes them: by place, and in the given order where they insert at one place."""
    ordered = sorted(edits, key=SPAN)
    at = 0
    for edit in ordered:
        if not at <= edit.span.start <= edit.span.end:
            raise ValueError(f"edit {edit.span} is out of place")
        at = edit.span.end
    return ordered


class _Block(NamedTuple):
    """The ``old`` lines from line ``start`` on (counted from 0), and the ``new`` lines in their place."""

    start: int
    old: list[str]
    new: list[str]


def _replaced(before: str, edits: Iterable[Edit]) -> list[_Block]:
    """Return the runs of lines that the edits change. Adjacent runs are one, old lines before new ones, as git has it."""
    found: list[_Block] = []
    for block in _touched(before, edits):
        start, old, new = _trimmed(block)
        if found and found[-1].start + len(found[-1].old) == start:
            last = found.pop()
            start, old, new = _trimmed(_Block(last.start, last.old + old, last.new + new))
        if old or new:
            found.append(_Block(start, old, new))
    return found


def _touched(before: str, edits: Iterable[Edit]) -> Iterator[_Block]:
    """Yield the whole lines from the beginning to the end of each edit; edits that share a line are in one block."""
    index = LineIndex(before)
    blocks: list[tuple[int, int, list[Edit]]] = []
    for edit in _in_order(edits):
        if edit.span.end > len(before):
            raise ValueError(f"edit {edit.span} is out of place in a text of {len(before)} characters")
        first, last = index.line(edit.span.start), index.line(edit.span.end)
        if blocks and first <= blocks[-1][1]:
            blocks[-1] = (blocks[-1][0], last, blocks[-1][2])
            blocks[-1][2].append(edit)
        else:
            blocks.append((first, last, [edit]))
    for first, last, block in blocks:
        start, end = index.line_span(first).start, index.line_span(last).end + 1
        moved = [edit._replace(span=Span(edit.span.start - start, edit.span.end - start)) for edit in block]
        yield _Block(first - 1, lines(before[start:end]), lines(apply(before[start:end], moved)))


def _trimmed(block: _Block) -> _Block:
    """Return a block without the lines that both sides have at the end, then at the start.

    In this order, so that of equal neighbours the line that was deleted is the one that is shown.
    """
    at, old, new = block
    shorter = min(len(old), len(new))
    tail = 0
    while tail < shorter and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    head = 0
    while head < shorter - tail and old[head] == new[head]:
        head += 1
    return _Block(at + head, old[head : len(old) - tail], new[head : len(new) - tail])


def _groups(codes: list[Opcode], context: int) -> Iterable[Sequence[tuple[str, int, int, int, int]]]:
    import difflib

    class Known(difflib.SequenceMatcher[str]):
        """difflib's grouping into hunks, without its search."""

        def __init__(self) -> None:
            """Leave out the index that difflib makes."""

        def get_opcodes(self) -> list[Any]:
            return list(codes)

    return Known().get_grouped_opcodes(context)


def _sides(hunk: Hunk) -> tuple[list[str], list[str]]:
    """Return the lines of a hunk before and after, with line ends as the "no newline" markers say."""
    source: list[str] = []
    target: list[str] = []
    sides = {"-": [source], "+": [target], " ": [source, target]}
    last: list[list[str]] = []
    for line in hunk:
        kind = line.line_type
        if kind == "\\":
            for side in last:
                side[-1] = side[-1].removesuffix("\n")
            continue
        last = sides[kind]
        for side in last:
            side.append(line.value)
    return source, target


def header(start: int, end: int, new_start: int, new_end: int) -> str:
    """Return the first line of the hunk that makes ``before[start:end]`` ``after[new_start:new_end]``."""
    return f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@"


def _names(name: str) -> list[str]:
    name = name.lstrip("/")
    old, new = _quoted(f"a/{name}"), _quoted(f"b/{name}")
    # GNU patch ends a name at a space, unless a TAB ends it.
    tab = "\t" if " " in name and not old.startswith('"') else ""
    return [f"--- {old}{tab}\n", f"+++ {new}{tab}\n"]


def _quoted(name: str) -> str:
    """Return a name as git writes it: in C quotes where it has control characters, quotes, or bytes that are not UTF-8."""
    if not any(char < " " or char in '"\\\x7f' or "\udc80" <= char <= "\udcff" for char in name):
        return name
    escapes = {34: '\\"', 92: "\\\\", 9: "\\t", 10: "\\n", 13: "\\r"}
    return '"' + "".join(escapes.get(b) or (chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in encode(name)) + '"'


def _range(start: int, end: int) -> str:
    """Return a range of lines for a hunk's header (GNU diff manual, "Detailed Unified"); an empty one follows ``start``."""
    length = end - start
    return f"{start + 1}" if length == 1 else f"{start + 1 if length else start},{length}"


def _shown(text: str) -> list[str]:
    """Return the lines of a text as a diff has them: a last one without an end is marked."""
    found = lines(text)
    if found and not text.endswith("\n"):
        found[-1] += f"\n{NO_NEWLINE}"
    return found
