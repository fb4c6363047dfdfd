"""What expressions of a script come to without running it: texts, paths by ``os.path`` and ``pathlib``, ``__file__``.

And where nodes of Python's own parser stand in the text. ``ast`` counts lines from 1, and columns in bytes of UTF-8.
"""

from __future__ import annotations

import ast
import posixpath
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from modwsgi_fix.script.module import LINE_END
from modwsgi_fix.script.source import dotted
from modwsgi_fix.text import Span

#: Expressions that nest deeper are not followed.
_DEEP = 40
_Of: TypeAlias = "Callable[[ast.expr], str | None]"


class Script(NamedTuple):
    """A script that Python's parser read: its text and tree, and the path by which mod_wsgi loads it."""

    text: str
    tree: ast.Module
    path: str

    @property
    def names(self) -> Mapping[str, ast.expr]:
        """What is assigned at the top of the script, once and nowhere else, by name."""
        bound = Counter(
            node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        )
        return {
            node.targets[0].id: node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign) and len(node.targets) == 1
            and isinstance(node.targets[0], ast.Name) and bound[node.targets[0].id] == 1
        }  # fmt: skip

    def value(self, node: ast.expr) -> str | None:
        """The text or path that an expression comes to; None where that cannot be told."""
        found = _value(node, self.names, self.path, _DEEP)
        return None if found is None or "\0" in found else found


def _value(node: ast.expr, names: Mapping[str, ast.expr], path: str, deep: int) -> str | None:
    """As ``Script.value``; a path of ``pathlib`` is its text."""
    if deep == 0:
        return None

    def of(inner: ast.expr) -> str | None:
        return _value(inner, names, path, deep - 1)

    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        if node.id == "__file__":
            return path
        return of(names[node.id]) if node.id in names else None
    if isinstance(node, ast.JoinedStr):
        parts = [of(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values]
        return None if None in parts else "".join(part for part in parts if part is not None)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div)):
        left, right = of(node.left), of(node.right)
        if left is None or right is None:
            return None
        return left + right if isinstance(node.op, ast.Add) else posixpath.join(left, right)
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        inner = of(node.value)
        return None if inner is None else posixpath.dirname(inner)
    return _called(node, of) if isinstance(node, ast.Call) and not node.keywords else None


def _called(node: ast.Call, of: _Of) -> str | None:
    name = dotted(node.func)
    arguments = [of(argument) for argument in node.args]
    if None in arguments:
        return None
    known = [argument for argument in arguments if argument is not None]
    last = name.rpartition(".")[2]
    if name in ("str", "Path", "pathlib.Path", "os.fspath", "PurePath") and len(known) == 1:
        return known[0]
    if last == "join" and name in ("os.path.join", "path.join", "join") and known:
        return posixpath.join(*known)
    if last == "dirname" and len(known) == 1:
        return posixpath.dirname(known[0])
    if last in ("abspath", "realpath", "normpath") and len(known) == 1:
        # What is relative is so to the directory of the process, which is not known here.
        return posixpath.normpath(known[0]) if known[0].startswith("/") else None
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("resolve", "absolute", "as_posix") and not known:
        return of(node.func.value)
    return None


# -- where nodes stand ----------------------------------------------------------------------------------------------------


def span_of(text: str, node: ast.stmt | ast.expr | ast.alias) -> Span:
    """The characters of a node."""
    starts = _starts(text)
    end_line = node.end_lineno or node.lineno
    return Span(
        _offset(text, starts, node.lineno, node.col_offset),
        _offset(text, starts, end_line, node.end_col_offset or 0),
    )


def head_of(text: str, node: ast.stmt | ast.expr) -> Span:
    """A node's characters as far as they stand on its first line: what to underline."""
    span = span_of(text, node)
    found = LINE_END.search(text, span.start, span.end)
    return Span(span.start, found.start() if found else span.end)


def lines_of(text: str, node: ast.stmt) -> Span | None:
    """The whole lines of a statement, with the last line end; None where another statement stands on one of them."""
    starts = _starts(text)
    first = min((one.lineno for one in getattr(node, "decorator_list", ())), default=node.lineno)
    last = node.end_lineno or node.lineno
    start = starts[first - 1]
    end = starts[last] if last < len(starts) else len(text)
    span = span_of(text, node)
    before, after = text[start : span.start], text[span.end : end].strip()
    return Span(start, end) if not before.strip("\ufeff \t\f") and (not after or after.startswith("#")) else None


def _starts(text: str) -> list[int]:
    return [0, *(found.end() for found in LINE_END.finditer(text))]


def _offset(text: str, starts: list[int], line: int, column: int) -> int:
    start = starts[line - 1] + (line == 1 and text.startswith("\ufeff"))
    end = starts[line] if line < len(starts) else len(text)
    # A byte that is not UTF-8 was read as a letter of two bytes (loading.tree_of).
    data = "".join("\u00ff" if "\ud800" <= char <= "\udfff" else char for char in text[start:end]).encode()
    return start + len(data[:column].decode("utf-8", "ignore"))


def used_names(tree: ast.AST) -> Counter[str]:
    """How often each name is used or bound, by what is imported too."""
    found = Counter[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found[node.id] += 1
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            found.update(node.names)
    return found


def imported(tree: ast.Module) -> Mapping[str, str]:
    """The names that imports bind at the top of a script, with the dotted names that they stand for."""
    found: dict[str, str] = {}
    for node in _statements(tree.body):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                found[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run at load, those of blocks too."""
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            stack += [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.stmt)][::-1]


def resolved(name: str, imports: Mapping[str, str]) -> str:
    """A dotted name with its first part as it was imported."""
    first, dot, rest = name.partition(".")
    return imports.get(first, first) + dot + rest
