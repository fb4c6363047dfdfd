"""Scripts that end a request because of a variable of its environ: ``if environ["wsgi.multithread"]: raise ...``."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from modwsgi_fix.script.source import dotted

#: Tests that nest deeper are not followed.
_DEEP = 40
_EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit", "os.abort"})


def refusing(tree: ast.Module, key: str) -> ast.stmt | None:
    """Return the first statement that ends a request where a variable of its environ is true; None where there is none."""
    bound = {
        node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _asks(node.value, key, ()) is True
    }
    found = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and _refuses(node, key, bound)]
    return min(found, key=lambda node: node.lineno, default=None)


def _refuses(node: ast.stmt, key: str, bound: Iterable[str]) -> bool:
    if isinstance(node, ast.Assert):
        return _asks(node.test, key, bound) is False
    if isinstance(node, ast.If):
        asked = _asks(node.test, key, bound)
        return (asked is True and _ends(node.body)) or (asked is False and _ends(node.orelse))
    return False


def _asks(test: ast.expr, key: str, bound: Iterable[str], deep: int = _DEEP) -> bool | None:
    """Return True where an expression is true if the variable is, False for the opposite, None for any other expression.

    One part of an ``or`` is enough.
    """
    if deep == 0:
        return None
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _asks(test.operand, key, bound, deep - 1)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        wanted = isinstance(test.op, ast.Or)
        return wanted if any(_asks(one, key, bound, deep - 1) is wanted for one in test.values) else None
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.comparators[0], ast.Constant):
        value, inner = test.comparators[0].value, _asks(test.left, key, bound, deep - 1)
        if inner is None or value not in (True, False):
            return None
        is_equal = isinstance(test.ops[0], (ast.Eq, ast.Is))
        return inner if is_equal is bool(value) else not inner
    if isinstance(test, ast.Subscript):
        return True if _is_key(test.slice, key) else None
    if isinstance(test, ast.Call):
        named = dotted(test.func)
        if named == "bool" and len(test.args) == 1:
            return _asks(test.args[0], key, bound, deep - 1)
        is_get = isinstance(test.func, ast.Attribute) and test.func.attr == "get"
        return True if is_get and test.args and _is_key(test.args[0], key) else None
    return True if isinstance(test, ast.Name) and test.id in bound else None


def _is_key(node: ast.expr, key: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == key


def _ends(body: Iterable[ast.stmt]) -> bool:
    """Whether statements end the request: by an exception, by the process, or by an error 5xx."""
    for node in body:
        if isinstance(node, ast.Raise):
            return True
        call = node.value if isinstance(node, (ast.Expr, ast.Return)) else None
        if isinstance(call, ast.Call):
            if dotted(call.func) in _EXITS:
                return True
            status = call.args[0] if dotted(call.func) == "start_response" and call.args else None
            if isinstance(status, ast.Constant) and str(status.value).startswith("5"):
                return True
    return False
