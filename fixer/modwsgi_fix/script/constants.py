"""The values of a script's expressions, without running it: texts, paths of ``os.path`` and ``pathlib``, ``__file__``."""

from __future__ import annotations

import ast
import posixpath
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TypeAlias

from modwsgi_fix.script.source import Source, dotted
from modwsgi_fix.tuples import NamedTuple

#: Expressions that nest deeper are not followed.
_DEEP = 40
_Of: TypeAlias = "Callable[[ast.expr], str | None]"


class Script(NamedTuple):
    """A script that Python's parser read, and the path by which mod_wsgi loads it."""

    source: Source
    path: str

    @property
    def tree(self) -> ast.Module:
        """The tree of the script."""
        return self.source.tree

    @property
    def names(self) -> Mapping[str, ast.expr]:
        """The expressions that are assigned at the top of the script, once and nowhere else, by name."""
        return self.source.once("constants", lambda: _names(self.tree))

    def moves_with_script(self, node: ast.expr) -> bool:
        """Whether a path is computed from ``__file__``, so that it changes when the script is moved."""
        seen: set[str] = set()
        left = [node]
        while left:
            names = {one.id for one in ast.walk(left.pop()) if isinstance(one, ast.Name)} - seen
            seen |= names
            left += [self.names[name] for name in names if name in self.names]
        return "__file__" in seen

    def value(self, node: ast.expr) -> str | None:
        """Return the text or path that is the value of an expression; None where it is not known."""
        found = _value(node, self.names, self.path, _DEEP, {})
        return None if found is None or "\0" in found else found


def _names(tree: ast.Module) -> dict[str, ast.expr]:
    bound = Counter(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )
    return {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name) and bound[node.targets[0].id] == 1
    }  # fmt: skip


def _value(
    node: ast.expr, names: Mapping[str, ast.expr], path: str, deep: int, known: dict[str, str | None]
) -> str | None:
    """As ``Script.value``, with a path of ``pathlib`` as its text. ``known`` has the values of names that were followed."""
    if deep == 0:
        return None

    def of(inner: ast.expr) -> str | None:
        return _value(inner, names, path, deep - 1, known)

    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        if node.id == "__file__":
            return path
        if node.id not in known:
            known[node.id] = None
            known[node.id] = of(names[node.id]) if node.id in names else None
        return known[node.id]
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
        # A relative path starts at the directory of the process, which is not known here.
        return posixpath.normpath(known[0]) if known[0].startswith("/") else None
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("resolve", "absolute", "as_posix") and not known:
        return of(node.func.value)
    return None
