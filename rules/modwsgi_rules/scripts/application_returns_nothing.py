"""
The `application` ends without returning a body.

## What happens

mod_wsgi goes through what it gets, and of `None` it says that it cannot. The request is an error 500, although the status and the
headers were given.

## Why

An application returns an iterable of bytes, an empty list where there is no body (PEP 3333, "Specification Details"). A function
that ends without `return` returns `None`, and so does `return` alone.

## The fix

It writes what alone can be meant: `return []` after a status that has no body or needs none (`204`, `304`, a redirect), and `return`
before a list, or before a call that is given `environ` and `start_response`, where that is the last thing that the function does. It is
safe, because the request was an error 500.

## Left alone

There is no fix after any other status, because what to answer is not known. A function that writes by what `start_response` returned is
not reported: the visitor has the answer by then. A branch that ends without `start_response` is not reported, either, because it may be
one that is never taken.

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

Fixed, because there is only one way:

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     import os
     from shop.wsgi import application as _application
     def application(environ, start_response):
         if environ["PATH_INFO"] == "/old":
             start_response("301 Moved Permanently", [("Location", "/new")])
    -        return
    +        return []
         os.environ["SHOP"] = environ["SHOP"]
    -    _application(environ, start_response)
    +    return _application(environ, start_response)
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

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.responders import Responder
from modwsgi_fix.script.source import Function, Source, dotted, own
from modwsgi_fix.script.tokens import newline_of
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import ANSWERED, asked_responders

_EXITS = frozenset({"exit", "quit", "sys.exit", "os._exit", "os.abort"})
#: The statuses whose answer has no body (RFC 9110, 15.3.5 and 15.4.5), and those that say all in their headers.
_WITHOUT_BODY = ("204", "304", "301", "302", "303", "307", "308")


class _End(NamedTuple):
    """The statement that said what is answered, and the last one of its block, which may be a ``return`` of nothing."""

    said: ast.stmt
    last: ast.stmt


@rule(severity=Severity.ERROR)
def application_returns_nothing(config: Config) -> Iterator[Diagnostic]:
    for script, source, responder in asked_responders(config):
        function, start = responder.function, responder.start_response
        if _is_generator(function):
            continue
        harmless = [node for node in own(function) if _calls(node, start) or _is_handed_on(node, start)]
        # A use of start_response's result is a way to send a body.
        if len(harmless) < sum(isinstance(node, ast.Name) and node.id == start for node in own(function)):
            continue
        for end in _ends(responder):
            fix = _fix(source, script.path, end, responder)
            yield Diagnostic(
                script.path,
                source.head(end.said),
                "nothing is returned after this, so the request is an error 500",
                fix,
                help="" if fix else "return a list of bytes, or [] where there is no body",
            )


def _is_generator(function: Function) -> bool:
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own(function))


def _calls(node: ast.AST, start: str) -> bool:
    """Whether a statement is a call of ``start_response`` whose result is not used."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and dotted(node.value.func) == start


def _is_handed_on(node: ast.AST, start: str) -> bool:
    """Whether a statement gives ``start_response`` to another application, whose result is returned or not used."""
    value = node.value if isinstance(node, (ast.Expr, ast.Return)) else None
    return isinstance(value, ast.Call) and [dotted(one) for one in value.args[1:]] == [start]


def _is_forgotten(node: ast.stmt, responder: Responder) -> bool:
    """Whether a statement asks another application for the answer, and does nothing with it."""
    if not (isinstance(node, ast.Expr) and _is_handed_on(node, responder.start_response)):
        return False
    assert isinstance(node.value, ast.Call)
    # A function of the script may write its answer, and then has none to return.
    name = dotted(node.value.func)
    return dotted(node.value.args[0]) == responder.scope.environ and not any(
        isinstance(one, ast.FunctionDef) for one in responder.scope.of(name)
    )


def _ends(responder: Responder) -> Iterator[_End]:
    """Yield where a function certainly ends without a value, after a statement that says what is answered."""
    start = responder.start_response
    left: list[Sequence[ast.stmt]] = [responder.function.body]
    while left:
        given: ast.stmt | None = None
        body = left.pop()
        last = body[-1]
        for at, statement in enumerate(body):
            is_end = at == len(body) - 1
            if _calls(statement, start) or (is_end and _is_forgotten(statement, responder)):
                given = statement
            elif isinstance(statement, ast.If):
                left += [statement.body] if is_end or _leaves(statement.body) else []
                left += [statement.orelse] if is_end and statement.orelse else []
                given = given if not (is_end and statement.orelse) else None
            elif not _goes_on(statement):
                is_nothing = isinstance(statement, ast.Return) and (
                    statement.value is None
                    or (isinstance(statement.value, ast.Constant) and statement.value.value is None)
                )
                given = given if is_nothing else None
                last = statement
                break
        if given is not None:
            yield _End(given, last)


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


def _fix(source: Source, path: str, end: _End, responder: Responder) -> Fix | None:
    """Return the fix of a function that ends so, where only one answer can be meant."""
    last, span = end.last, source.span(end.last)
    if _is_forgotten(last, responder) or (
        isinstance(last, ast.Expr) and isinstance(last.value, (ast.List, ast.ListComp))
    ):
        return Fix.safe("Return the body", Edit(path, Span(span.start, span.start), "return "), reason=ANSWERED)
    if not _is_without_body(end.said):
        return None
    lines = source.whole_lines(last)
    if isinstance(last, ast.Return):
        edit = Edit(path, span, "return []")
    elif lines is not None:
        newline = newline_of(source.text)
        before = "" if source.text[: lines.end].endswith(("\n", "\r")) else newline
        indent = source.text[source.lines(span).start : span.start]
        edit = Edit(path, Span(lines.end, lines.end), f"{before}{indent}return []{newline}")
    else:
        return None
    return Fix.safe("Return an empty body", edit, reason=ANSWERED)


def _is_without_body(said: ast.stmt) -> bool:
    match said:
        case ast.Expr(value=ast.Call(args=[ast.Constant(value=str() as status), *_])):
            return status.startswith(_WITHOUT_BODY)
    return False
