"""The edits that indent a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Edit
from modwsgi_fix.expressions import expression
from modwsgi_fix.placeholders import template_of
from modwsgi_fix.syntax import Bogus, Comment, Directive, Node, Section, Tree, Unread, is_opaque_section
from modwsgi_fix.text import Span

#: One step of indentation where the file shows none.
_STEP = "    "

_LEADING = expression(r"[ \t]*")
# Blanks after a backslash keep it from joining lines (util.c:ap_cfg_getline_core), so they stay.
_TRAILING = expression(r"(?<![ \t\\])[ \t]+(?=\r?\n|\Z)")
_BLANK_LINE = expression(r"^[ \t]+(?=\r?\n|\Z)", re.M)


def obstacle(tree: Tree, path: str) -> str:
    """Return why a file cannot be indented: its sections do not balance, or it is a template; empty where it can."""
    if tree.problems:
        problem = tree.problems[0]
        return f"line {tree.lines.position(problem.node.start).line}: {problem.message}"
    engine = template_of(path, tree.source)
    if engine or tree.is_unsettled:
        return f"is yet to be filled in by {engine or 'a template engine'}"
    return ""


def indented(tree: Tree, path: str) -> list[Edit]:
    """Return the edits that indent a file, in order; none for a file with an obstacle.

    A step is the one that most lines of the file have, four blanks where there is none. Of a continued directive only the
    first line is indented; the contents of ``<Perl>`` and the like are not touched either.
    """
    if obstacle(tree, path):
        return []
    edits: list[Edit] = []
    step = _step_of(tree)
    stack: list[tuple[Iterator[tuple[Node, str]], str, Section | None]] = [(_with_own(tree.children), "", None)]
    while stack:
        nodes, indent, section = stack[-1]
        found = next(nodes, None)
        if found is None:
            stack.pop()
            if section is not None and section.close is not None:
                edits += _of_lines(section.close, path, indent.removesuffix(step))
            continue
        node, more = found
        if isinstance(node, Section):
            edits += _of_lines(node, path, indent, end=node.head_end)
            if is_opaque_section(node.key) or node.is_unread:
                edits += _of_lines(node.close, path, indent) if node.close is not None else ()
            else:
                stack.append((_with_own(node.children), indent + step, node))
        elif isinstance(node, (Directive, Comment)):
            edits += _of_lines(node, path, indent + more)
        elif not isinstance(node, Unread):
            edits += (
                Edit(path, Span(*found.span())) for found in _BLANK_LINE.finditer(tree.source, node.start, node.end)
            )
    return edits


def _with_own(nodes: Sequence[Node]) -> Iterator[tuple[Node, str]]:
    """Yield nodes with the blanks that each keeps: a comment keeps those that it has more than the first of its run."""
    first: Comment | None = None
    end = -1
    for node in nodes:
        more = ""
        if isinstance(node, Comment):
            if first is None or node.start != end:
                first = node
            own, base = _leading(node), _leading(first)
            more = own[len(base) :] if own.startswith(base) else ""
        end = node.end
        yield node, more


def _leading(node: Node) -> str:
    found = _LEADING.match(node.text, node.start, node.end)
    return found[0] if found is not None else ""


def _of_lines(node: Node, path: str, indent: str, end: int | None = None) -> Iterator[Edit]:
    """Yield the edits at the beginning of a node's first line, and at the end of a node of one line."""
    text, start, end = node.text, node.start, node.end if end is None else end
    if isinstance(node, Bogus) or "\0" in text[start:end]:
        return
    leading = _leading(node)
    if leading != indent:
        yield Edit(path, Span(start, start + len(leading)), indent)
    newline = text.find("\n", start, end)
    if newline in (-1, end - 1) and (found := _TRAILING.search(text, start + len(leading), end)) is not None:
        yield Edit(path, Span(*found.span()))


def _step_of(tree: Tree) -> str:
    """Return the step from a section's opening line to its contents that most lines have; of equal ones the first."""
    steps = Counter[str]()
    for node in tree.walk():
        if isinstance(node, Section) and not is_opaque_section(node.key):
            indent = node.indent
            for child in node.children:
                if isinstance(child, Directive) and child.indent != indent and child.indent.startswith(indent):
                    own = child.indent[len(indent) :]
                    if not own.strip(" ") or not own.strip("\t"):
                        steps[own] += 1
    return max(steps, key=lambda one: steps[one], default=_STEP)
