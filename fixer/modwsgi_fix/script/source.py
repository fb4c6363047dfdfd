"""A script as Python's own parser reads it, with the spans of our text.

For rules that follow a value through a function: the nodes of ``ast`` say what an expression is made of, and cost a tenth of
libcst's.
"""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from modwsgi_fix.expressions import expression
from modwsgi_fix.script.module import LINE_END
from modwsgi_fix.script.remembered import remembered
from modwsgi_fix.text import Span

#: Bytes that are not UTF-8, as ``text.decode`` keeps them: ``ast`` refuses lone surrogates. A letter stands for each.
_SURROGATE = expression(r"[\ud800-\udfff]")

#: A script of more characters is a generated one, and is not read: rules look at each node, some of them in every pass.
_MOST = 500_000

Function = ast.FunctionDef | ast.AsyncFunctionDef
T = TypeVar("T")


class Source:
    """A script that this Python reads. ``text`` is as in the file, character for character."""

    def __init__(self, text: str, tree: ast.Module, lines: tuple[str, ...], starts: tuple[int, ...]) -> None:
        self.text = text
        self.tree = tree
        self._lines = lines
        self._starts = starts
        self._known: dict[object, Any] = {}

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """Return ``compute()``, called once for that key and this text."""
        if key not in self._known:
            self._known[key] = compute()
        result: T = self._known[key]
        return result

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, in the order of ``ast.walk``."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def top(self) -> tuple[ast.AST, ...]:
        """The nodes outside of functions and classes that mod_wsgi may run, in order, without those under a main guard."""
        return tuple(node for node in own(self.tree) if id(node) not in self.guarded)

    @cached_property
    def guarded(self) -> frozenset[int]:
        """The ``id`` of every node under ``if __name__ == "__main__":``, which mod_wsgi never runs."""
        return frozenset(
            id(node)
            for guard in self.tree.body
            if isinstance(guard, ast.If) and is_main_guard(guard)
            for statement in guard.body
            for node in ast.walk(statement)
        )

    def span(self, node: ast.expr | ast.stmt | ast.alias) -> Span:
        """Return the span of a node."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return Span(self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset))

    def code(self, node: ast.expr | ast.stmt) -> str:
        """Return the text of a node."""
        return self.text[slice(*self.span(node))]

    def head(self, node: ast.expr | ast.stmt) -> Span:
        """Return the span to underline: the name of a function or class, else the first line."""
        span = self.span(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            at = self.text.index(node.name, span.start)
            return Span(at, at + len(node.name))
        found = LINE_END.search(self.text, span.start, span.end)
        return Span(span.start, found.start() if found else span.end)

    def lines(self, span: Span) -> Span:
        """Return the whole lines of a span, the last line end included."""
        first = self._starts[bisect_right(self._starts, span.start) - 1]
        at = bisect_right(self._starts, max(span.end - 1, span.start))
        return Span(first, self._starts[at] if at < len(self._starts) else len(self.text))

    def whole_lines(self, node: ast.stmt) -> Span | None:
        """Return the whole lines of a statement with its decorators; None where another statement stands on one of them."""
        span = self.span(node)
        first = min((one.lineno for one in getattr(node, "decorator_list", ())), default=node.lineno)
        lines = Span(self._starts[first - 1] if first > 1 else 0, self.lines(span).end)
        before, after = self.text[lines.start : span.start], self.text[span.end : lines.end].strip()
        return lines if not before.strip("\ufeff \t\f") and (not after or after.startswith("#")) else None

    def is_alone(self, node: ast.stmt) -> bool:
        """Whether nothing but blanks shares the lines of a statement; a comment counts as something."""
        span, lines = self.span(node), self.lines(self.span(node))
        return not self.text[lines.start : span.start].strip(" \t\f\ufeff") and not self.text[
            span.end : lines.end
        ].strip(" \t\r\n")

    def _offset(self, line: int, column: int) -> int:
        # ``ast`` counts columns in bytes of UTF-8.
        words = self._lines[line - 1]
        if not words.isascii():
            column = len(words.encode()[:column].decode(errors="replace"))
        return self._starts[line - 1] + column


@remembered
def source_of(text: str) -> Source | None:
    """Return a script as ``ast`` reads it; None where this Python cannot read it, or it is too large."""
    if len(text) > _MOST:
        return None
    bom = text.startswith("\ufeff")
    given = _SURROGATE.sub("\u00ff", text[bom:])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(given)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    ends = [found.end() for found in LINE_END.finditer(given)]
    starts = [0, *ends]
    lines = tuple(given[start:end] for start, end in zip(starts, [*ends, len(given)], strict=True))
    return Source(text, tree, lines, tuple(start + bom for start in starts))


def own(function: Function | ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes of a function or module in order, without those of functions and classes inside of it."""
    stack: list[ast.AST] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            stack += reversed(list(ast.iter_child_nodes(node)))


def is_main_guard(statement: ast.If) -> bool:
    """Whether a statement is ``if __name__ == "__main__":``, which mod_wsgi never enters: the script has another name."""
    match statement.test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            sides = {side.id if isinstance(side, ast.Name) else getattr(side, "value", "") for side in (left, right)}
            return sides == {"__name__", "__main__"}
    return False


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for names and attributes of them; else an empty string."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def imports_of(source: Source) -> Mapping[str, str]:
    """Return the local names of a script's imports, wherever they stand, with the dotted names that they stand for."""
    return source.once(imports_of, lambda: _imports(source))


def resolved(name: str, imports: Mapping[str, str]) -> str:
    """Return a dotted name in full, its first part replaced as it was imported."""
    first, dot, rest = name.partition(".")
    return imports.get(first, first) + dot + rest


def _imports(source: Source) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                found[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found
