"""A server as a graph: for Graphviz, for mermaid, and as a picture in SVG that needs neither.

Hosts lead by URL to applications and directories, and these to process groups. Anything hidden, refused, unused or exposed
has a colour of its own, and is marked in words, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from modwsgi_fix.expressions import expression
from modwsgi_fix.reports import valid
from modwsgi_fix.reports.text import printable
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from modwsgi_fix.model.facts.overview import Overview

#: Dark enough to be read on white (a contrast of 4.5 or more).
COLORS = {"": "#333333", "hidden": "#6b6b6b", "refused": "#8a5a00", "unused": "#6a3fb5", "exposed": "#b3001b"}


class Edge(NamedTuple):
    """An edge from one box to another, with its text; ``state`` decides its colour."""

    start: str
    end: str
    text: str
    state: str = ""

    @property
    def said(self) -> str:
        """The text, with the state in words."""
        return f"{self.text} ({self.state})" if self.state else self.text


def _edges(overview: Overview) -> Iterator[Edge]:
    for host in overview.hosts:
        for mapped in host.mapped:
            yield Edge(host.label, mapped.target, f"{mapped.kind} {mapped.url}", mapped.state)
            if mapped.interpreter is not None:
                group = f"process group {mapped.process_group}" if mapped.process_group else "embedded mode"
                yield Edge(mapped.target, group, mapped.interpreter)
        if host.document_root:
            yield Edge(host.label, host.document_root, "DocumentRoot", host.document_root_state)


def _alone(overview: Overview) -> Iterator[str]:
    """Yield the boxes of process groups that nothing leads to."""
    for group in overview.groups:
        if group.state:
            yield f"process group {group.name}"


# -- for other programs --------------------------------------------------------------------------------------------------


def as_dot(found: Sequence[Overview]) -> str:
    """Return a graph for Graphviz."""
    lines = ["digraph server {", "  rankdir=LR;", "  node [shape=box];"]
    for overview in found:
        for edge in dict.fromkeys(_edges(overview)):
            color = f', color="{COLORS[edge.state]}", fontcolor="{COLORS[edge.state]}"' if edge.state else ""
            lines.append(f"  {_quoted(edge.start)} -> {_quoted(edge.end)} [label={_quoted(edge.said)}{color}];")
        for box in _alone(overview):
            color = COLORS["unused"]
            lines.append(
                f'  {_quoted(box)} [label={_quoted(f"{box} (unused)")}, color="{color}", fontcolor="{color}"];'
            )
    return valid("\n".join([*lines, "}", ""]))


def _quoted(text: str) -> str:
    escaped = printable(text.replace("\n", " ")).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def as_mermaid(found: Sequence[Overview]) -> str:
    """Return a flowchart for mermaid."""
    lines, styles = ["flowchart LR"], list[str]()
    names: dict[str, str] = {}

    def node(text: str, said: str = "") -> str:
        if text not in names:
            names[text] = f"n{len(names)}"
            lines.append(f'  {names[text]}["{_entities(said or text)}"]')
        return names[text]

    count = 0
    for overview in found:
        for edge in dict.fromkeys(_edges(overview)):
            first, second = node(edge.start), node(edge.end)
            lines.append(f'  {first} -->|"{_entities(edge.said)}"| {second}')
            if edge.state:
                styles.append(f"  linkStyle {count} stroke:{COLORS[edge.state]},color:{COLORS[edge.state]}")
            count += 1
        styles += [f"  style {node(box, f'{box} (unused)')} stroke:{COLORS['unused']}" for box in _alone(overview)]
    return valid("\n".join([*lines, *styles, ""]))


def _entities(text: str) -> str:
    # Mermaid's entities begin with # in place of &.
    return "".join(char if char.isalnum() or char in " -_/.:*," else f"#{ord(char)};" for char in text)


# -- a picture -----------------------------------------------------------------------------------------------------------

#: Pixels: the least height of a box, the gap between two boxes, the width of a letter, and the margin around all.
_HEIGHT, _BETWEEN, _LETTER, _MARGIN = 28, 14, 8, 20
#: The width in which edges slant from their first box, and the distance of those that end at one box, whose words lie between.
_SLANT, _APART = 60, 18
#: Characters that XML cannot hold.
_UNWRITABLE = expression("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Box(NamedTuple):
    """A box; before it there is ``room`` for the words of the edges that end at it."""

    x: int
    y: int
    width: int
    height: int
    room: int


def as_svg(found: Sequence[Overview]) -> str:
    """Return a picture: hosts, what they lead to, and process groups, each in a column."""
    edges = [edge for one in found for edge in dict.fromkeys(_edges(one))]
    unused = dict.fromkeys(box for one in found for box in _alone(one))
    starts, ends = dict.fromkeys(edge.start for edge in edges), dict.fromkeys(edge.end for edge in edges)
    hosts = [text for text in starts if text not in ends]
    groups = [text for text in ends if text not in starts and text.startswith(("process group ", "embedded mode"))]
    columns = [
        hosts,
        [text for text in (*starts, *ends) if text not in hosts and text not in groups],
        [*groups, *unused],
    ]
    columns[1] = list(dict.fromkeys(columns[1]))
    said = {text: f"{text} (unused)" if text in unused else text for column in columns for text in column}
    boxes, width, height = _placed(columns, said, edges)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<g font-family="monospace" font-size="12" fill="{COLORS[""]}" stroke-width="1.2">',
    ]
    lines += _lines(edges, boxes)
    for text, box in boxes.items():
        state = "unused" if text in unused else ""
        frame = f'x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"'
        lines.append(f'<rect {frame} fill="#ffffff" stroke="{COLORS[state]}"/>')
        lines.append(
            f'<text x="{box.x + 8}" y="{box.y + box.height // 2 + 4}" fill="{COLORS[state]}">{_written(said[text])}</text>'
        )
    return valid("\n".join([*lines, "</g>", "</svg>", ""]))


def _placed(
    columns: Sequence[Sequence[str]], said: Mapping[str, str], edges: Sequence[Edge]
) -> tuple[dict[str, _Box], int, int]:
    """Return the boxes, each below the one before, and the width and height of the picture, with room for words on edges."""
    arriving = Counter(edge.end for edge in edges)
    words: dict[str, int] = {}
    for edge in edges:
        words[edge.end] = max(words.get(edge.end, 0), len(edge.said))
    boxes: dict[str, _Box] = {}
    left, lowest = _MARGIN, _MARGIN
    for texts in columns:
        widest = max((len(said[text]) for text in texts), default=0) * _LETTER + 16
        room = max((words.get(text, 0) for text in texts), default=0) * _LETTER + 12
        left += room + _SLANT if boxes and texts else 0
        top = _MARGIN
        for text in texts:
            height = max(_HEIGHT, arriving[text] * _APART + 10)
            boxes[text] = _Box(left, top, widest, height, room)
            top += height + _BETWEEN
            lowest = max(lowest, top - _BETWEEN)
        left += widest if texts else 0
    right = max((box.x + box.width for box in boxes.values()), default=0)
    return boxes, right + _MARGIN, lowest + _MARGIN


def _lines(edges: Sequence[Edge], boxes: Mapping[str, _Box]) -> Iterator[str]:
    """Yield the edges: each slants to the height at which it ends, and goes on below its words, so that none crosses words."""
    arriving, drawn = Counter(edge.end for edge in edges), Counter[str]()
    for edge in edges:
        start, end = boxes[edge.start], boxes[edge.end]
        y = end.y + end.height // 2 + _APART * drawn[edge.end] - _APART * (arriving[edge.end] - 1) // 2 + 3
        drawn[edge.end] += 1
        color = COLORS[edge.state]
        dashes = ' stroke-dasharray="5 3"' if edge.state == "hidden" else ""
        way = f"M{start.x + start.width} {start.y + start.height // 2} L{end.x - end.room} {y} L{end.x} {y}"
        yield f'<path d="{way}" stroke="{color}" fill="none"{dashes}/>'
        yield f'<text x="{end.x - end.room + 6}" y="{y - 4}" fill="{color}">{_written(edge.said)}</text>'


def _written(text: str) -> str:
    return escape(printable(_UNWRITABLE.sub("\ufffd", text)))
