"""The virtual hosts of a file, found by a search of its text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter

from modwsgi_fix.expressions import expression
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: The tags of virtual hosts, as nearly everybody writes them.
_TAG = expression(r"<(/?)[Vv]irtual[Hh]ost\b[^\n]*(?:\n|\Z)")
_SECTION = expression(r"^[ \t]*<(/?)[A-Za-z]", re.M)
_REMARKS = expression(r"(?:[ \t]*(?:#[^\n\\]*)?\n)*")


class Text(NamedTuple):
    """The text of a file, and its virtual hosts with their lines, as (start, end)."""

    text: str
    hosts: tuple[tuple[int, int], ...]

    @property
    def outside(self) -> str:
        """The text outside of all hosts."""
        ends = [0, *[end for _, end in self.hosts]]
        starts = [*[start for start, _ in self.hosts], len(self.text)]
        return "".join([self.text[end:start] for end, start in zip(ends, starts, strict=True)])


def hosts_in(text: str) -> Text:
    """Return the hosts of a text; none where one of them is not closed, or stands in a section."""
    hosts: list[tuple[int, int]] = []
    opened, ended = -1, 0
    for tag in _TAG.finditer(text):
        line = text.rfind("\n", 0, tag.start()) + 1
        closes = bool(tag[1])
        continued = text.endswith(("\\\n", "\\\r\n"), 0, line)
        if continued or text[line : tag.start()].strip(" \t") or closes != (opened >= 0):
            return Text(text, ())
        if not closes:
            opened = line
            if not _is_balanced(text[ended:line]):
                return Text(text, ())
        else:
            hosts.append((opened, tag.end()))
            opened, ended = -1, tag.end()
    return Text(text, tuple(hosts) if opened < 0 and _is_balanced(text[ended:]) else ())


def _is_balanced(text: str) -> bool:
    """Whether as many sections end as begin."""
    if "<" not in text:
        return True
    tags = [tag[1] for tag in _SECTION.finditer(text)]
    return 2 * tags.count("/") == len(tags)


def without(text: Text, hosts: Iterable[tuple[int, int]]) -> str:
    """Return a text in which a comment and empty lines stand for some of its hosts, in as many lines and characters."""
    parts: list[str] = []
    done = 0
    for start, end in sorted(hosts):
        lines = text.text.count("\n", start, end)
        parts += [text.text[done:start], f"{'#':.<{end - start - lines}}", "\n" * lines]
        done = end
    return "".join([*parts, text.text[done:]])


def host_at(hosts: Sequence[tuple[int, int]], offset: int) -> int | None:
    """Return the number (from 0) of the host that an offset of a text lies in, of hosts as (start, end) in order; else None."""
    at = bisect_right(hosts, offset, key=itemgetter(0)) - 1
    return at if at >= 0 and offset < hosts[at][1] else None


class Excerpt(NamedTuple):
    """A text in which empty lines stand for some of its hosts: as many lines, and fewer characters.

    ``starts`` are where its pieces of the whole text begin, and ``shifts`` how far each of them lies from its place there.
    """

    text: str
    starts: Sequence[int]
    shifts: Sequence[int]

    def moved(self, span: Span) -> Span:
        """Return where a span of the excerpt is in the whole text."""
        (start, end), starts, shifts = span, self.starts, self.shifts
        return Span(start + shifts[bisect_right(starts, start) - 1], end + shifts[bisect_right(starts, end) - 1])


def beside(text: Text) -> dict[int, int]:
    """Return where the next host begins behind those that only comments and empty lines part from it, by where these end."""
    pairs = zip(text.hosts, text.hosts[1:], strict=False)
    return {end: start for (_, end), (start, _) in pairs if _REMARKS.fullmatch(text.text, end, start) is not None}


def excerpt(text: Text, left_out: Iterable[tuple[int, int]], beside: Mapping[int, int]) -> Excerpt:
    """Return a text without some of its hosts, for which empty lines stand, as for the comments between two of these.

    ``beside`` says which hosts have only comments between them.
    """
    whole, parts, starts, shifts = text.text, list[str](), [0], [0]
    done = size = 0
    for start, end in _joined(left_out, beside):
        lines = whole.count("\n", start, end)
        parts += [whole[done:start], "\n" * lines]
        size += start - done + lines
        starts.append(size)
        shifts.append(end - size)
        done = end
    return Excerpt("".join([*parts, whole[done:]]), starts, shifts)


def _joined(hosts: Iterable[tuple[int, int]], beside: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the places of hosts in their order, as one where only comments stand between them."""
    first = last = -1
    for start, end in sorted(hosts):
        if first >= 0 and beside.get(last) != start:
            yield first, last
            first = -1
        first, last = (start if first < 0 else first), end
    if first >= 0:
        yield first, last
