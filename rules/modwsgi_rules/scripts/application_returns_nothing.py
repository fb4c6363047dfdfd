"""
The `application` ends without returning a body.

## What happens

mod_wsgi goes through what it gets, and of `None` it says that it cannot. The request is an error 500, although the status and the
headers were given.

## Why

An application returns an iterable of bytes, an empty list where there is no body (PEP 3333, "Specification Details"). A function
that ends without `return` returns `None`, and so does `return` alone.

## Left alone

There is no fix, because what to answer is not known. A function that writes by what `start_response` returned is not reported: the
visitor has the answer by then. A branch that ends without `start_response` is not reported, either, because it may be one that is
never taken.

## See also

Python's own message is *TypeError: 'NoneType' object is not iterable*. Rules `str-body` and `start-response-not-called`.

## Examples

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        if environ["PATH_INFO"] == "/":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"Hello"]
        start_response("404 Not Found", [("Content-Type", "text/plain")])
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"Hello")
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.source import Function, dotted, own
from modwsgi_rules.scripts._shared import asked_responders

_EXITS = frozenset({"exit", "quit", "sys.exit", "os._exit", "os.abort"})


@rule(severity=Severity.ERROR)
def application_returns_nothing(config: Config) -> Iterator[Diagnostic]:
    for script, source, responder in asked_responders(config):
        function, start = responder.function, responder.start_response
        if _is_generator(function):
            continue
        calls = [node for node in own(function) if _calls(node, start)]
        # A use of start_response's result is a way to send a body.
        if len(calls) < sum(isinstance(node, ast.Name) and node.id == start for node in own(function)):
            continue
        for node in _last(function, start):
            yield Diagnostic(
                script.path,
                source.head(node),
                "nothing is returned after this, so the request is an error 500",
                help="return a list of bytes, or [] where there is no body",
            )


def _is_generator(function: Function) -> bool:
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own(function))


def _calls(node: ast.AST, start: str) -> bool:
    """Whether a statement is a call of ``start_response`` whose result is not used."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and dotted(node.value.func) == start


def _last(function: Function, start: str) -> Iterator[ast.stmt]:
    """Yield the calls of ``start_response`` after which a function certainly ends without a value."""
    left: list[Sequence[ast.stmt]] = [function.body]
    while left:
        given: ast.stmt | None = None
        body = left.pop()
        for at, statement in enumerate(body):
            if _calls(statement, start):
                given = statement
            elif isinstance(statement, ast.If):
                is_end = at == len(body) - 1
                left += [statement.body] if is_end or _leaves(statement.body) else []
                left += [statement.orelse] if is_end else []
                given = given if not (is_end and statement.orelse) else None
            elif not _goes_on(statement):
                is_nothing = isinstance(statement, ast.Return) and (
                    statement.value is None
                    or (isinstance(statement.value, ast.Constant) and statement.value.value is None)
                )
                given = given if is_nothing else None
                break
        if given is not None:
            yield given


def _leaves(body: Sequence[ast.stmt]) -> bool:
    """Whether a block ends with a ``return``."""
    return bool(body) and isinstance(body[-1], ast.Return)


def _goes_on(statement: ast.stmt) -> bool:
    """Whether the statement after this one is certainly reached, where this one does not fail."""
    if isinstance(statement, ast.Expr):
        return not (isinstance(statement.value, ast.Call) and dotted(statement.value.func) in _EXITS)
    if isinstance(statement, ast.For):
        return not any(isinstance(node, ast.Return) for node in ast.walk(statement))
    simple = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Assert)
    return isinstance(statement, (*simple, ast.FunctionDef, ast.Delete))
