"""The parts of a script that run while it is loaded, as Python's own parser reads it.

Names can be told without the position of every token, so ``ast`` is enough here, which takes a hundredth of libcst's time.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from modwsgi_fix.expressions import expression
from modwsgi_fix.script.source import Source, source_of
from modwsgi_fix.tuples import NamedTuple


class Run(NamedTuple):
    """A node that runs while the script is loaded; ``is_caught`` where a ``try`` around it may make up for a failure."""

    node: ast.AST
    is_caught: bool


def tree_of(text: str) -> ast.Module | None:
    """Return the tree of a script; None where this Python cannot read it. Columns are as in ``text``."""
    source = source_of(text)
    return None if source is None else source.tree


#: A script that nests deeper is not given to libcst, which ends the process at some thousands of brackets, and otherwise takes
#: time that grows with the square of the depth (measured with 1.9).
_DEEPEST = 200
#: Nor is a script of more characters: libcst needs some ten seconds for so many.
_MOST = 200_000
#: Nor are longer lines of a script that Python's own parser refuses, so that their depth is not known.
_LONGEST = 2000
_BRACKETS = expression(r"[(\[{]|([)\]}])")


def is_too_much(text: str) -> bool:
    """Whether a script nests too deeply, or is too large, to be read by libcst."""
    if len(text) > _MOST:
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except SyntaxError:
        return _may_be_deep(text)
    except (ValueError, RecursionError, MemoryError):
        return True
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def _may_be_deep(text: str) -> bool:
    depth = deepest = 0
    for bracket in _BRACKETS.finditer(text):
        depth = max(depth - 1, 0) if bracket[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest > _DEEPEST or any(len(line) > _LONGEST for line in text.split("\n"))


def runs_at_load(tree: ast.Module) -> Iterator[Run]:
    """Yield the nodes outside of functions, in no order: the bodies of functions run later, if at all."""
    left = [Run(tree, is_caught=False)]
    while left:
        run = left.pop()
        node, is_caught = run
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            left += [Run(child, is_caught) for child in (*node.decorator_list, *node.args.defaults)]
            continue
        if isinstance(node, ast.Lambda):
            continue
        yield run
        is_caught = is_caught or (isinstance(node, ast.Try) and bool(node.handlers))
        left += [Run(child, is_caught) for child in ast.iter_child_nodes(node)]


def bound_names(tree: ast.Module) -> set[str] | None:
    """Return the names that a script binds anywhere; None where ``from x import *`` may bind any name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            if any(alias.name == "*" for alias in node.names):
                return None
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return found


def bound_at_top(source: Source) -> frozenset[str]:
    """Return the names that unguarded statements at the top of a script bind."""
    return source.once(bound_at_top, lambda: frozenset(_bound(source.tree.body)))


def _bound(statements: list[ast.stmt]) -> Iterator[str]:
    for node in statements:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name))


#: Functions that bind names which cannot be seen.
_OPEN = ("globals(", "locals(", "exec(", "execfile", "__dict__", "setattr(", "sys.modules[", "__getattr__")


def bound_at_load(text: str, tree: ast.Module) -> set[str] | None:
    """Return the names that a script has once it is loaded; None where there may be others, or ``del`` removes one.

    Names under ``if __name__ == "__main__":`` are included.
    """
    if any(word in text for word in _OPEN):
        return None
    found: set[str] = set()
    for node, _ in runs_at_load(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, (ast.Delete, ast.ImportFrom)) and (
            isinstance(node, ast.Delete) or any(alias.name == "*" for alias in node.names)
        ):
            return None
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    # ``runs_at_load`` leaves functions out.
    return found | {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
