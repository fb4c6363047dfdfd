"""Wrong versions of a fix, by which a case proves that it would have noticed.

``drop``: one hunk of the difference is not made. ``widen``: a deletion takes the next directive with it.
``elsewhere`` and ``parent``: an inserted path names another directory, or the one above. ``opposite``: an inserted
grant is a denial, or the other way round; what is switched on is switched off. ``swap``: two neighbours among the
inserted blocks trade places. ``misspelt``: httpd does not know the first directive that is inserted.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mutant:
    """``name`` says what was done, with the text it was done to; ``undoes`` where nothing of the fix is left."""

    name: str
    texts: Texts
    undoes: bool = False


class Hunk(NamedTuple):
    """Lines ``old`` of the file before become lines ``new`` of the file after."""

    path: str
    old: slice
    new: slice


def mutations(before: Texts, after: Texts) -> list[Mutant]:
    """Each wrong version once; versions that come to the same texts are one."""
    hunks = [hunk for path in after for hunk in _hunks(path, before.get(path, ""), after[path])]
    found: dict[tuple[tuple[str, str], ...], Mutant] = {}
    for hunk in hunks:
        old, new = _lines(before.get(hunk.path, "")), _lines(after[hunk.path])
        for name, lines in _mutated(hunk, old, new):
            texts = {**after, hunk.path: "\n".join(lines)}
            mutant = Mutant(f"{hunk.path}: {name}", texts, undoes=dict(before) == texts)
            found.setdefault(tuple(sorted(texts.items())), mutant)
    found.pop(tuple(sorted(after.items())), None)
    return list(found.values())


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _hunks(path: str, before: str, after: str) -> Iterator[Hunk]:
    matcher = difflib.SequenceMatcher(None, _lines(before), _lines(after), autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield Hunk(path, slice(old_start, old_end), slice(new_start, new_end))


def _mutated(hunk: Hunk, old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    def instead(lines: Sequence[str]) -> list[str]:
        return [*new[: hunk.new.start], *lines, *new[hunk.new.stop :]]

    removed, inserted = list(old[hunk.old]), list(new[hunk.new])
    yield f"drop: {_title(removed, inserted)}", instead(removed)
    if len(removed) > len(inserted) and (lost := _next_directive(new, hunk.new.stop)) is not None:
        yield f"widen: {new[lost].strip()}", [*new[:lost], *new[lost + 1 :]]
    for index, line in enumerate(inserted):
        for name, changed in (*_elsewhere(line), *_opposite(line)):
            yield f"{name}: {line.strip()}", instead([*inserted[:index], changed, *inserted[index + 1 :]])
    first = next((index for index, line in enumerate(inserted) if re.match(r"\s*[A-Za-z]", line)), None)
    if first is not None:
        changed = re.sub(r"[A-Za-z]", "X", inserted[first], count=1)
        yield f"misspelt: {inserted[first].strip()}", instead([*inserted[:first], changed, *inserted[first + 1 :]])
    blocks = list(_blocks(inserted))
    for index, (one, other) in enumerate(itertools.pairwise(blocks)):
        swapped = [*blocks[:index], other, one, *blocks[index + 2 :]]
        yield f"swap: {_head(one)} / {_head(other)}", instead([line for block in swapped for line in block])


def _title(removed: Sequence[str], inserted: Sequence[str]) -> str:
    gone = next((line.strip() for line in removed if line.strip()), "")
    come = next((line.strip() for line in inserted if line.strip()), "")
    return " ".join(part for part in (f"-{gone}" if gone else "", f"+{come}" if come else "") if part)


def _next_directive(lines: Sequence[str], start: int) -> int | None:
    """The first line from ``start`` that is a whole directive by itself."""
    for index, line in enumerate(lines[start:], start):
        if line.strip() and not line.lstrip().startswith(("#", "<")) and not line.endswith("\\"):
            return index
    return None


_GRANTED = re.compile(
    r"""^(?P<before>\s*(?:<(?:Directory|DirectoryMatch)\s+~?\s*"?\^?|(?:WSGIScript)?Alias(?:Match)?\s+\S+\s+"?))
        (?P<path>/[^">\s]+?)(?P<after>/?(?:\$|"|>|\s|$).*)$""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


def _elsewhere(line: str) -> Iterator[tuple[str, str]]:
    if not (found := _GRANTED.match(line)):
        return
    path, tail = found["path"], found["after"]
    yield "elsewhere", f"{found['before']}{path}-elsewhere{tail}"
    above = path.rpartition("/")[0]
    if above and "<" in found["before"]:
        yield "parent", f"{found['before']}{above}{tail}"


_OPPOSITES = {"granted": "denied", "denied": "granted", "on": "Off", "off": "On"}
_SWITCH = re.compile(
    r"(?P<before>^\s*\w+\s.*\b)(?P<word>granted|denied|on|off)(?P<after>\s*)$", re.ASCII | re.IGNORECASE
)


def _opposite(line: str) -> Iterator[tuple[str, str]]:
    if found := _SWITCH.match(line):
        yield "opposite", f"{found['before']}{_OPPOSITES[found['word'].lower()]}{found['after']}"


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Sections whole, other directives with their continuation lines; comments and blanks go with what follows."""
    block: list[str] = []
    depth = 0
    for line in lines:
        block.append(line)
        text = line.strip()
        if text.startswith("</"):
            depth -= 1
        elif text.startswith("<"):
            depth += 1
        if depth < 0:  # the hunk starts inside a section: what is left is no row of blocks
            return
        if depth == 0 and text and not text.startswith("#") and not line.endswith("\\"):
            yield block
            block = []


def _head(block: Sequence[str]) -> str:
    return next((line.strip() for line in block if line.strip() and not line.strip().startswith("#")), "")
