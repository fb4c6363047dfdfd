"""The parts of a script that have no ``try`` around them, and no test of a version."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from modwsgi_fix.script.source import Source
from modwsgi_fix.tuples import NamedTuple

#: Names in tests of a version, by which a script does one thing with an old version, and another with a new one.
_VERSIONS = frozenset({"VERSION", "PY2", "PY3", "hexversion", "major", "python_version", "version", "version_info"})


class Use(NamedTuple):
    """A node of a script; ``in_function`` where it does not run while the script is loaded."""

    node: ast.AST
    in_function: bool


def unguarded(source: Source) -> tuple[Use, ...]:
    """Return the nodes of a script, in order, whose failure nothing catches.

    Left out is what stands in a ``try`` with a handler, in such a handler, and under a test of a version.
    """
    return source.once(unguarded, lambda: tuple(_uses(source)))


def _uses(source: Source) -> Iterator[Use]:
    tree, words = source.tree, _VERSIONS | _named(source)
    left = [Use(node, in_function=False) for node in reversed(tree.body)]
    while left:
        use = left.pop()
        node = use.node
        if isinstance(node, ast.Try) and node.handlers:
            left += [use._replace(node=one) for one in reversed((*node.orelse, *node.finalbody))]
            continue
        if isinstance(node, (ast.If, ast.IfExp)) and _asks_for_version(node.test, words):
            continue
        yield use
        functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        outside = {id(one) for one in _outside(node)} if isinstance(node, functions) else None
        for child in reversed(list(ast.iter_child_nodes(node))):
            is_inside = outside is not None and id(child) not in outside
            left.append(Use(child, use.in_function or is_inside))


def _outside(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    """Return the parts of a function that are evaluated where it is defined."""
    return [*getattr(node, "decorator_list", ()), node.args]


def _named(source: Source) -> set[str]:
    """Return the names that a script binds to the result of a test of versions: ``py3k = sys.version_info[0] > 2``."""
    return {
        target.id
        for node in source.nodes
        if isinstance(node, ast.Assign) and _asks_for_version(node.value, _VERSIONS)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _asks_for_version(test: ast.expr, words: Set[str]) -> bool:
    """Whether an expression is about a version, or about whether something is there."""
    return any(
        (isinstance(node, ast.Name) and (node.id in words or node.id == "hasattr"))
        or (isinstance(node, ast.Attribute) and node.attr in words)
        for node in ast.walk(test)
    )
