"""The functions of a script that answer as WSGI wants it: ``application(environ, start_response)`` and the like."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from modwsgi_fix.script.source import Function, Source, imports_of, own
from modwsgi_fix.script.values import Binding, Scope, bindings_of, module_scope
from modwsgi_fix.tuples import NamedTuple

#: The name of the second parameter in PEP 3333.
_START_RESPONSE = "start_response"


class Responder(NamedTuple):
    """A function that answers as WSGI wants it, the bindings in it, and the name of its ``start_response``."""

    function: Function
    scope: Scope
    start_response: str

    def calls(self, name: str) -> Iterator[ast.Call]:
        """Yield the calls of a name in the function, without those in functions inside of it."""
        for node in own(self.function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node

    @property
    def writers(self) -> set[str]:
        """Return the names that are bound to the result of ``start_response``: ``write``."""
        return {
            name
            for name, bound in self.scope.bindings.items()
            for value in bound
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == self.start_response
        }


def responders(source: Source, names: Collection[str]) -> list[Responder]:
    """Return the functions whose last parameter is ``start_response``, and those that mod_wsgi calls by one of ``names``."""
    return source.once((responders, frozenset(names)), lambda: _responders(source, names))


def _responders(source: Source, names: Collection[str]) -> list[Responder]:
    top = {id(node) for node in source.top}
    outer, imports = module_scope(source).bindings, imports_of(source)
    found: list[Responder] = []
    for node in source.nodes:
        if not isinstance(node, ast.FunctionDef):
            continue
        arguments = node.args.posonlyargs + node.args.args
        is_called = node.name in names and id(node) in top and len(arguments) == 2
        is_named = arguments[-1:] and arguments[-1].arg == _START_RESPONSE and len(arguments) in (2, 3)
        if (is_called or is_named) and not node.args.vararg:
            scope = Scope(node, bindings_of(node), outer, imports, arguments[-2].arg)
            found.append(Responder(node, scope, arguments[-1].arg))
    for node in source.nodes:
        if isinstance(node, ast.ClassDef):
            found += _of_class(node, outer, imports)
    return found


def _of_class(
    node: ast.ClassDef, outer: Mapping[str, list[Binding]], imports: Mapping[str, str]
) -> Iterator[Responder]:
    """Yield the methods of a class that is an application itself: an object is made and iterated over for each request."""
    methods = {method.name: method for method in node.body if isinstance(method, ast.FunctionDef)}
    made = methods.get("__init__")
    if made is None or [argument.arg for argument in made.args.args][2:] != [_START_RESPONSE]:
        return
    for name in ("__iter__", "__next__"):
        if name in methods:
            yield Responder(methods[name], Scope(methods[name], bindings_of(methods[name]), outer, imports), "")
