"""Edits of items: whole lines in, whole lines out, in the file's own indentation and line ends.

Nothing here decides anything; rules do. An inserted text is given as lines without indentation of their own level; a
line's relative indentation is written as leading four-blank steps and becomes the file's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from modwsgi_fix.edits import Edit
from modwsgi_fix.model.config import File, Item
from modwsgi_fix.syntax import Section
from modwsgi_fix.text import WHITESPACE, Span

_STEP = "    "


def block(file: File, indent: str, lines: Sequence[str]) -> str:
    """Lines as text of the file, each with ``indent`` before it and the file's line end after it."""
    return "".join(
        f"{indent}{file.unit * steps(line)}{line.lstrip(' ')}{file.newline}" if line else file.newline for line in lines
    )


def steps(line: str) -> int:
    """How many four-blank steps a template line is indented."""
    return (len(line) - len(line.lstrip(" "))) // len(_STEP)


def _fresh_line(file: File, at: int) -> str:
    """A line end where the text before ``at`` lacks one (the last line of a file without a final newline)."""
    source = file.tree.source
    return file.newline if at and source[at - 1] != "\n" else ""


def delete(item: Item) -> Edit:
    """Take out the directive, or the whole section, with its lines. Comments before it stay."""
    return Edit(item.path, item.node.span)


def replace(item: Item, text: str) -> Edit:
    """Write something else in the place of the directive; for a section, of its opening line."""
    return Edit(item.path, item.span, text)


def replace_lines(item: Item, lines: Sequence[str]) -> Edit:
    """Write lines in the place of the whole directive or section."""
    node = item.node
    text = block(item.file, node.indent, lines)
    if not node.source.endswith("\n"):
        text = text.removesuffix(item.file.newline)
    return Edit(item.path, node.span, text)


def replace_arg(item: Item, number: int, text: str) -> Edit:
    """Write one argument (from 0) anew, quotes and all."""
    return Edit(item.path, item.args[number].span, text)


def delete_span(item: Item, span: Span) -> Edit:
    """Take one word out of a directive's line with the blanks before it.

    A continuation line that held nothing else goes with its line; the directive's last line keeps no backslash.
    """
    source, start, end = item.file.tree.source, span.start, span.end
    if source[end : end + 1] not in {"", *WHITESPACE, "\\"}:
        # Quoted words may touch: the blanks keep the next word from the one before.
        return Edit(item.path, span)
    while source[start - 1] in " \t":
        start -= 1
    before = re.compile(r"\\\r?\n$").search(source, item.node.start, start)
    after = re.compile(r"[ \t]*(?:(\\)\r?(?=\n)|(?=\r?\n)|$)").match(source, end)
    if before is not None and after is not None:
        # The word had its line to itself: the line before continues, or ends, in its place.
        if after[1]:
            return Edit(item.path, Span(before.end(), after.end() + 1))
        start = before.start()
        while source[start - 1] in " \t":
            start -= 1
        return Edit(item.path, Span(start, after.end()))
    return Edit(item.path, Span(start, end))


def insert_before(item: Item, lines: Sequence[str]) -> Edit:
    """Write lines before the directive or section."""
    at = item.node.start
    return Edit(item.path, Span(at, at), _fresh_line(item.file, at) + block(item.file, item.node.indent, lines))


def insert_after(item: Item, lines: Sequence[str]) -> Edit:
    """Write lines after the directive or section, at its level."""
    at = item.node.end
    return Edit(item.path, Span(at, at), _fresh_line(item.file, at) + block(item.file, item.node.indent, lines))


def inner_indent(item: Item) -> str:
    """The indentation of what a section holds."""
    node = item.node
    assert isinstance(node, Section)
    for child in item.children:
        if child.file is item.file and node.inner_span.contains(child.node.span):
            return child.node.indent
    return node.indent + item.file.unit


def append(item: Item, lines: Sequence[str]) -> Edit:
    """Write lines at the end of what a section holds."""
    node = item.node
    assert isinstance(node, Section)
    at = node.inner_span.end
    return Edit(item.path, Span(at, at), _fresh_line(item.file, at) + block(item.file, inner_indent(item), lines))


def prepend(item: Item, lines: Sequence[str]) -> Edit:
    """Write lines at the beginning of what a section holds."""
    node = item.node
    assert isinstance(node, Section)
    return Edit(item.path, Span(node.head_end, node.head_end), block(item.file, inner_indent(item), lines))


def unwrap(item: Item) -> tuple[Edit, ...]:
    """Take away a section's opening and closing lines; what it holds moves to its level, indentation included."""
    node = item.node
    assert isinstance(node, Section)
    source, outer, inner = item.file.tree.source, node.indent, inner_indent(item)
    edits = [Edit(item.path, node.head_span)]
    surplus = inner.removeprefix(outer) if inner.startswith(outer) else ""
    at = node.head_end
    while surplus and at < node.inner_span.end:
        end = source.find("\n", at) + 1 or len(source)
        if source.startswith(inner, at):
            edits.append(Edit(item.path, Span(at + len(outer), at + len(inner))))
        at = end
    if node.close is not None:
        edits.append(Edit(item.path, node.close.span))
    return tuple(edits)


def lines_of(item: Item) -> list[str]:
    """The directive's or section's own lines without their indentation, for moving it elsewhere."""
    source = item.node.source.rstrip(WHITESPACE)
    first, *rest = source.split("\n")
    return [first.strip(WHITESPACE), *(line.rstrip("\r").removeprefix(item.node.indent) for line in rest)]


def delete_words(item: Item, spans: Sequence[Span]) -> tuple[Edit, ...]:
    """Take several words out of a directive's line, each as ``delete_span`` does; neighbours go together."""
    source = item.file.tree.source
    runs: list[Span] = []
    for span in sorted(spans):
        if runs and not re.sub(r"\\\r?\n|[ \t]", "", source[runs[-1].end : span.start]):
            runs[-1] = Span(runs[-1].start, span.end)
        else:
            runs.append(span)
    return tuple(delete_span(item, run) for run in runs)


def add_words(item: Item, words: Sequence[str]) -> Edit:
    """Write words at the end of a directive's line."""
    end = item.span.end
    return Edit(item.path, Span(end, end), "".join(f" {word}" for word in words))
