"""The first name that a script certainly uses while it is loaded and that nothing has bound then: a NameError."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from modwsgi_fix.script.loading import bound_names
from modwsgi_fix.script.source import Source
from modwsgi_fix.tuples import NamedTuple

#: What a script may have without binding it: the module's own names, and builtins that not every Python or system has, with
#: the ``_`` of gettext.
_GIVEN = frozenset({
    "_", "__annotations__", "__builtins__", "__cached__", "__doc__", "__file__", "__loader__", "__mtime__", "__name__",
    "__package__", "__path__", "__spec__", "WindowsError", "copyright", "credits", "exit", "help", "license", "quit",
})  # fmt: skip
_BUILTINS = frozenset(dir(builtins)) | _GIVEN
#: Words of scripts whose names cannot be told: they bind names as text, or are yet to be filled in.
_OPEN = (
    "globals(",
    "locals(",
    "vars(",
    "exec(",
    "execfile",
    "eval(",
    "builtin",
    "__dict__",
    "sys.modules[",
    "{{",
    "{%",
)


class Unbound(NamedTuple):
    """A use of a name that nothing has bound; ``is_below`` where an import or definition below it binds the name."""

    node: ast.Name
    is_below: bool


def unbound(source: Source) -> Unbound | None:
    """Return the first name that is certainly unbound where it is used while the script is loaded."""
    return source.once(unbound, lambda: _unbound(source))


def _unbound(source: Source) -> Unbound | None:
    bound = bound_names(source.tree)
    if bound is None or any(word in source.text for word in _OPEN):
        return None
    bound |= set(_bound_otherwise(source))
    first = _first_lines(source)
    for node in _uses(source.tree):
        if node.id in _BUILTINS:
            continue
        if node.id not in bound:
            return Unbound(node, is_below=False)
        if first.get(node.id, 0) > node.lineno:
            return Unbound(node, is_below=True)
    return None


def _bound_otherwise(source: Source) -> Iterator[str]:
    """Yield the names that handlers, patterns and ``global`` bind."""
    for node in source.nodes:
        if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        elif isinstance(node, ast.Global):
            yield from node.names


def _uses(tree: ast.Module) -> Iterator[ast.Name]:
    """Yield the names that are certainly looked up while a script is loaded, in order."""
    for statement in tree.body:
        for part in _evaluated(statement):
            yield from _names(part)


def _evaluated(statement: ast.stmt) -> list[ast.expr]:
    """Return the expressions of a statement at the top of a script that are certainly evaluated, whatever comes of them."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return [*statement.decorator_list, *statement.args.defaults]
        case ast.ClassDef():
            return [*statement.decorator_list, *statement.bases]
        case ast.Expr() | ast.Assign():
            return [statement.value]
        case ast.If() | ast.While():
            return [statement.test]
        case ast.For():
            return [statement.iter]
        case ast.With():
            return [one.context_expr for one in statement.items[:1]]
    return []


def _names(part: ast.AST) -> Iterator[ast.Name]:
    """Yield the names of an expression that are looked up each time that it is evaluated, in order."""
    match part:
        case ast.Name(ctx=ast.Load()):
            yield part
        case ast.Lambda() | ast.Await() | ast.NamedExpr():
            return
        case ast.BoolOp():
            yield from _names(part.values[0])
        case ast.IfExp():
            yield from _names(part.test)
        case ast.Compare():
            yield from _names(part.left)
        case ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
            yield from _names(part.generators[0].iter)
        case _:
            for child in ast.iter_child_nodes(part):
                yield from _names(child)


def _first_lines(source: Source) -> dict[str, int]:
    """Return the line of the first import or definition of each name that nothing but these, at the top, binds."""
    found: dict[str, int] = {}
    for statement in source.tree.body:
        for name in _bound_by(statement):
            found.setdefault(name, statement.lineno)
    at_top = {id(statement) for statement in source.tree.body}
    otherwise = set(_bound_otherwise(source))
    for node in source.nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            otherwise.add(node.id)
        elif isinstance(node, ast.arg):
            otherwise.add(node.arg)
        elif id(node) not in at_top:
            otherwise |= set(_bound_by(node))
    return {name: line for name, line in found.items() if name not in otherwise}


def _bound_by(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Import() | ast.ImportFrom():
            return [(alias.asname or alias.name).partition(".")[0] for alias in node.names]
    return []
