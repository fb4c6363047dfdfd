"""Environment variables that a script sets while it is loaded: ``os.environ["NAME"] = ...`` and the like."""

from __future__ import annotations

import ast

from modwsgi_fix.script.loading import runs_at_load
from modwsgi_fix.tuples import NamedTuple


class Set(NamedTuple):
    """A variable that a script sets in ``os.environ``. ``value`` is None where it is not a literal text.

    ``keeps`` says that an existing value is kept (``setdefault``). ``node`` is the target of the assignment, or the call;
    ``key`` the expression of the name in it.
    """

    name: str
    value: str | None
    keeps: bool
    node: ast.expr
    key: ast.expr


def environment_set(tree: ast.Module) -> list[Set]:
    """Return the variables that a script sets in ``os.environ`` while it is loaded, in the order of its lines."""
    found = [variable for node, _ in runs_at_load(tree) if (variable := _set(node)) is not None]
    return sorted(found, key=lambda one: one.node.lineno)


def django_settings(tree: ast.Module) -> str:
    """Return the settings module that a script names for Django; empty where it names none, or not as a literal text."""
    named = [one.value for one in environment_set(tree) if one.name == "DJANGO_SETTINGS_MODULE"]
    return named[-1] or "" if named else ""


def _set(node: ast.AST) -> Set | None:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Subscript) and is_environ(target.value) and (name := text_of(target.slice)):
            return Set(name, text_of(node.value), False, target, target.slice)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or len(node.args) != 2:
        return None
    name = text_of(node.args[0])
    if not name or node.func.attr != "setdefault" or not is_environ(node.func.value):
        return None
    return Set(name, text_of(node.args[1]), True, node, node.args[0])


def is_environ(node: ast.expr) -> bool:
    """Whether an expression is ``os.environ``, or ``environ`` as it is imported from ``os``."""
    if isinstance(node, ast.Attribute):
        return node.attr == "environ" and isinstance(node.value, ast.Name) and node.value.id == "os"
    return isinstance(node, ast.Name) and node.id == "environ"


def text_of(node: ast.expr) -> str | None:
    """Return the value of a literal text; None for any other expression."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
