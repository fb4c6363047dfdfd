"""Edits of items: whole lines in, whole lines out, in the file's own indentation and line ends.

Nothing here decides anything; rules do. Text to insert is given as lines without the indentation of the place; a line's
relative indentation is given as leading steps of four blanks and becomes the file's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import CONDITIONS
from modwsgi_fix.edits import Edit
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.daemons import left_open
from modwsgi_fix.model.items import File, Item
from modwsgi_fix.model.lines import wrapped_end
from modwsgi_fix.syntax import Comment, Directive, Node, Section, parse
from modwsgi_fix.text import WHITESPACE, Span

_STEP = "    "
_JOINT = expression(r"\\\r?\n\Z")
_JOINED = expression(r"(\\\r?\n)[ \t]*")


def block(file: File, indent: str, lines: Sequence[str], step: str = "") -> str:
    """Return lines as text of the file, each with ``indent`` before it and the file's line end after it.

    ``step`` is one step of indentation within the lines; the file's own where it is empty.
    """
    step, newline = step or file.unit, file.newline
    text = ""
    for line in lines:
        words, steps = line, ""
        while words[:4] == _STEP:
            words, steps = words[4:], steps + step
        text += f"{indent}{steps}{words.lstrip(' ')}{newline}" if line else newline
    return text


def _fresh_line(file: File, at: int) -> str:
    """Return the text that makes ``at`` the start of a line: a line end after a last line without one, else ``""``."""
    source = file.tree.source
    if not at:
        return ""
    if source[at - 1] != "\n":
        # A backslash at the end of the file belongs to a word; before a line end it would not.
        return " " * (source[at - 1] == "\\") + file.newline
    is_joined = source[at - 2 : at - 1] in "\\\r" and _JOINT.search(source, max(0, at - 3), at)
    return file.newline if is_joined else ""


def delete(item: Item) -> Edit:
    """Return the edit that deletes the lines of a directive or whole section. Comments before it stay."""
    return Edit(item.path, item.node.span)


def delete_lines(item: Item) -> Edit:
    """Return the edit that deletes a directive or section together with the comment lines directly above it."""
    return Edit(item.path, with_comments(item))


def with_comments(item: Item) -> Span:
    """Return the span of a directive or section and of the comments directly above it, which are about it."""
    siblings = item.wrapper.children if item.wrapper is not None else item.file.tree.children
    start = item.node.start
    for node in reversed(siblings):
        if node.end == start and isinstance(node, Comment):
            start = node.start
    return Span(start, item.node.end)


def replace(item: Item, text: str) -> Edit:
    """Return the edit that replaces a directive, or a section's opening line, by a text."""
    return Edit(item.path, item.span, text)


def replace_lines(item: Item, lines: Sequence[str]) -> Edit:
    """Return the edit that replaces the whole directive or section by lines."""
    node = item.node
    text = block(item.file, node.indent, lines)
    if not node.source.endswith("\n"):
        text = text.removesuffix(item.file.newline)
    return Edit(item.path, node.span, text)


def replace_arg(item: Item, number: int, text: str) -> Edit:
    """Return the edit that replaces one argument (from 0), its quotes included."""
    return Edit(item.path, item.args[number].span, text)


def replace_value(item: Item, number: int, value: str) -> Edit:
    """Return the edit that gives one argument (from 0) another value, in the quotes that it has."""
    quote = _quote(item.file.text[slice(*item.args[number].span)])
    return replace_arg(item, number, f"{quote}{value}{quote}")


def _quote(word: str) -> str:
    return word[:1] if word[:1] in "\"'" else ""


def is_bare(word: str) -> bool:
    """Whether a word can be a part of an option without quotes."""
    return not any(char in word for char in " \"'\\")


def rename_section(section: Item, name: str) -> list[Edit]:
    """Return the edits that give a section another name; none where it is under a condition, or never closed."""
    node = section.node
    if section.guards or not isinstance(node, Section) or node.close is None:
        return []
    close = node.close
    return [
        Edit(section.path, node.name_span, name),
        Edit(section.path, Span(close.start, close.end), close.source.replace(close.name, name, 1)),
    ]


def extend_arg(item: Item, number: int, *, before: str = "", after: str = "") -> Edit:
    """Return the edit that adds text at the beginning or end of one argument (from 0), within its quotes."""
    start, end = item.args[number].span
    word = item.file.tree.source[start:end]
    quote = _quote(word)
    inner = word[len(quote) : len(word) - (1 if quote and word[1:].endswith(quote) else 0)]
    return Edit(item.path, Span(start, end), f"{quote}{before}{inner}{after}{quote}")


def delete_span(item: Item, span: Span) -> Edit:
    """Return the edit that takes words out of a directive's line, with the blanks before them.

    A continuation line without other words is deleted as a whole; the directive's last line keeps no backslash.
    """
    source = item.file.tree.source
    head = item.node.head_span if isinstance(item.node, Section) else item.node.span
    (name, words), *others = _read(source[slice(*head)])
    left = [word.value for word in item.node.args if not span.contains(word.span)]
    if len(left) < len(words):
        for start, end in _with_blanks(source, head, span):
            if _read(source[head.start : start] + source[end : head.end]) == [(name, left), *others]:
                return Edit(item.path, Span(start, end))
    return Edit(item.path, span)


def _read(lines: str) -> list[tuple[str, list[str]]]:
    """Return the names and words of the directives in these lines, and of the next one, which must not be joined to them."""
    nodes = parse(lines + "Next" if lines.endswith("\n") else lines).walk()
    return [(node.key, [word.value for word in node.args]) for node in nodes if isinstance(node, Directive)]


def _with_blanks(source: str, head: Span, span: Span) -> Iterator[Span]:
    """Yield the spans of a word with blanks that may go with it, the best first."""
    start, end = span
    while source[start - 1] in " \t":
        start -= 1
    before = _JOINT.search(source, head.start, start)
    after = re.compile(r"[ \t]*(?:(\\)\r?(?=\n)|(?=\r?\n)|$)").match(source, end)
    if before is not None and after is not None:
        # The word has a line of its own: the line before is continued by the next line, or ends the directive.
        if after[1]:
            yield Span(before.end(), after.end() + 1)
        last = before.start()
        while source[last - 1] in " \t":
            last -= 1
        yield Span(last, after.end())
    elif before is not None:
        # The first word of a continuation line: the next word takes its place.
        blanks = re.compile(r"[ \t]+").match(source, end)
        if blanks is not None:
            yield Span(span.start, blanks.end())
    yield Span(start, end)
    yield span


def insert_before(item: Item, lines: Sequence[str]) -> Edit:
    """Return the edit that writes lines before a directive or section."""
    at = item.node.start
    return Edit(item.path, Span(at, at), _fresh_line(item.file, at) + block(item.file, item.node.indent, lines))


def insert_outside(item: Item, lines: Sequence[str]) -> Edit:
    """Return the edit that writes lines before a directive or section, outside of decided conditions around it.

    Lines inside of ``<IfModule mod_ssl.c>`` would vanish with that module, even if others need them by then.
    """
    if item.guards or item.wrapper is None:
        return insert_before(item, lines)
    start = item.node.start
    top = next(node for node in item.file.tree.children if node.start <= start < node.end)
    if not isinstance(top, Section) or top.key not in CONDITIONS:
        return insert_before(item, lines)
    at = top.start
    return Edit(item.path, Span(at, at), block(item.file, top.indent, lines))


def insert_after(item: Item, lines: Sequence[str]) -> Edit:
    """Return the edit that writes lines after a directive or section, and after its options on lines of their own."""
    at = item.node.end if item.is_section else wrapped_end(item.node)
    return Edit(item.path, Span(at, at), _fresh_line(item.file, at) + block(item.file, item.node.indent, lines))


def inner_indent(item: Item) -> str:
    """Return the indentation of a section's contents."""
    node = item.node
    assert isinstance(node, Section)
    for child in item.children:
        if child.file is item.file and node.start < child.node.start < node.end:
            return child.node.indent
    return node.indent + item.file.unit


def _inner(item: Item, lines: Sequence[str]) -> str:
    """Return lines as text inside a section, in the section's own step of indentation."""
    indent = inner_indent(item)
    outer = item.node.indent
    step = indent.removeprefix(outer) if indent.startswith(outer) else ""
    return block(item.file, indent, lines, step)


def append(item: Item, lines: Sequence[str]) -> Edit:
    """Return the edit that writes lines at the end of a section's contents.

    A section in it that is never closed takes all that follows: the lines come before that.
    """
    node = item.node
    assert isinstance(node, Section)
    at, last = node.inner_span.end, node.children[-1] if node.children else None
    if isinstance(last, Section) and last.close is None:
        at = last.start
    return Edit(item.path, Span(at, at), _fresh_line(item.file, at) + _inner(item, lines))


def prepend(item: Item, lines: Sequence[str]) -> Edit:
    """Return the edit that writes lines at the beginning of a section's contents."""
    node = item.node
    assert isinstance(node, Section)
    return Edit(item.path, Span(node.head_end, node.head_end), _inner(item, lines))


def unwrap(item: Item) -> tuple[Edit, ...]:
    """Return the edits that take away a section's opening and closing lines and indent its contents as the section was."""
    node = item.node
    assert isinstance(node, Section)
    source, outer, inner = item.file.tree.source, node.indent, inner_indent(item)
    edits = [Edit(item.path, node.head_span)]
    surplus = inner.removeprefix(outer) if inner.startswith(outer) else ""
    # Only a continuation keeps its blanks.
    parts = _parts(node) if "\\" in node.source else ()
    firm = [span for part, span in parts if not _movable(part.text[slice(*span)])]
    at, last = node.head_end, node.inner_span.end
    while surplus and at < last:
        end = source.find("\n", at) + 1 or len(source)
        if source.startswith(inner, at) and not any(span.start < at < span.end for span in firm):
            edits.append(Edit(item.path, Span(at + len(outer), at + len(inner))))
        at = end
    if node.close is not None:
        edits.append(Edit(item.path, node.close.span))
    return tuple(edits)


def lines_of(item: Item) -> list[str]:
    """Return a directive's or section's own lines for writing them elsewhere, in steps of indentation."""
    lines: list[str] = []
    for node, span in _parts(item.node):
        source = node.text[slice(*span)]
        # A last line may end in a continuation that nothing follows.
        if isinstance(node, Directive) and (source.rstrip(WHITESPACE)[-1:] == "\\" or not _movable(source)):
            text = node.logical.text.strip(WHITESPACE)
            source = node.indent + text + " " * text.endswith("\\")
        else:
            source = source.removesuffix("\n")
        lines += (_in_steps(item, line.removesuffix("\r")) for line in source.split("\n"))
    return lines


def _in_steps(item: Item, line: str) -> str:
    line = line.removeprefix(item.node.indent)
    unit, count = item.file.unit, 0
    while line.startswith(unit):
        line = line.removeprefix(unit)
        count += 1
    return _STEP * count + line if line.strip(WHITESPACE) else ""


def _parts(node: Node) -> Iterator[tuple[Node, Span]]:
    """Yield a node and its span by logical lines: of a section the opening line, the contents, and the closing line."""
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, Section):
            yield node, node.head_span
            stack += [*([node.close] if node.close else []), *reversed(node.children)]
        else:
            yield node, node.span


def _movable(lines: str) -> bool:
    """Whether lines may be indented anew: no word includes, or ends at, the blanks that begin a continuation line."""
    if not _JOINED.search(lines):
        return True
    wanted = _read(lines)
    return all(_read(_JOINED.sub(rf"\1{blanks}", lines)) == wanted for blanks in ("", " "))


def delete_words(item: Item, spans: Sequence[Span]) -> tuple[Edit, ...]:
    """Return the edits that take several words out of a directive's line as ``delete_span`` does, neighbours together."""
    source = item.file.tree.source
    runs: list[Span] = []
    for span in sorted(spans):
        if runs and not re.sub(r"\\\r?\n|[ \t]", "", source[runs[-1].end : span.start]):
            runs[-1] = Span(runs[-1].start, span.end)
        else:
            runs.append(span)
    return tuple(delete_span(item, run) for run in runs)


def add_words(item: Item, words: Sequence[str]) -> Edit:
    """Return the edit that writes words at the end of a directive's line; a quote that is open there is closed."""
    end = item.span.end
    return Edit(item.path, Span(end, end), left_open(item) + "".join(f" {word}" for word in words))
