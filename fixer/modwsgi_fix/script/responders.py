"""The functions of a script that answer as WSGI wants it: ``application(environ, start_response)`` and the like."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from modwsgi_fix.script.source import Function, Source, imports_of, own
from modwsgi_fix.script.values import Binding, Scope, bindings_of, module_scope

#: What PEP 3333 calls the second parameter.
_START_RESPONSE = "start_response"


class Responder(NamedTuple):
    """Such a function, the bindings in it, and the name of its ``start_response``."""

    function: Function
    scope: Scope
    start_response: str

    def calls(self, name: str) -> Iterator[ast.Call]:
        """The calls of a name in it, those of functions in it left out."""
        for node in own(self.function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node

    @property
    def writers(self) -> set[str]:
        """The names of what ``start_response`` returned: ``write``."""
        return {
            name
            for name, bound in self.scope.bindings.items()
            for value in bound
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == self.start_response
        }


def responders(source: Source, names: Collection[str]) -> list[Responder]:
    """The functions whose last parameter is ``start_response``, and those of the module that mod_wsgi calls by ``names``."""
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
    """The bodies of a class that is an application itself: it is made for each request, and gone through."""
    methods = {method.name: method for method in node.body if isinstance(method, ast.FunctionDef)}
    made = methods.get("__init__")
    if made is None or [argument.arg for argument in made.args.args][2:] != [_START_RESPONSE]:
        return
    for name in ("__iter__", "__next__"):
        if name in methods:
            yield Responder(methods[name], Scope(methods[name], bindings_of(methods[name]), outer, imports), "")
