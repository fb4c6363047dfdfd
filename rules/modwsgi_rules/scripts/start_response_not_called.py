"""
The `application` returns a body and never calls `start_response`.

## What happens

There is no status, and each request is an error 500.

## Why

The status and the headers are given to `start_response` before the first piece of the body is asked for (PEP 3333, "The
start_response() Callable").

## The fix

Where all that is returned are responses of Werkzeug, Flask, WebOb or Pyramid, each is called: such an object is an application itself,
and gives `start_response` its status and headers. The fix is safe, because each request was an error 500.

## Left alone

There is no fix of any other answer, because status and type are not known. A function that gives `start_response` to anything, or that
has a decorator, is not reported.

## See also

mod_wsgi's own message is *RuntimeError: response has not been started*. Rules `bad-start-response` and
`application-returns-nothing`.

## Examples

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
    #   ^^^^^^^^^^^
        return [b"Hello"]
    ```

Fixed, where the answer knows its status:

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     from werkzeug.wrappers import Request, Response
     def application(environ, start_response):
         request = Request(environ)
    -    return Response(f"Hello {request.path}")
    +    return Response(f"Hello {request.path}")(environ, start_response)
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from site import shop
    def application(environ, start_response):
        return shop(environ, start_response)
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.responders import Responder
from modwsgi_fix.script.source import Function, Source, own
from modwsgi_fix.text import Span
from modwsgi_rules.scripts._shared import ANSWERED, asked_responders

#: Functions by which a parameter is reached without its name.
_REACHES = frozenset({"eval", "exec", "locals", "vars"})
#: What makes a response that is a WSGI application itself.
_RESPONSES = frozenset({
    "flask.Response", "flask.redirect", "pyramid.response.Response", "webob.Response", "webob.response.Response",
    "werkzeug.Response", "werkzeug.utils.redirect", "werkzeug.wrappers.BaseResponse", "werkzeug.wrappers.Response",
})  # fmt: skip


@rule(severity=Severity.ERROR)
def start_response_not_called(config: Config) -> Iterator[Diagnostic]:
    for script, source, responder in asked_responders(config):
        function = responder.function
        if _answers(function) and not _uses(function, responder.start_response):
            advice = f'call it before the body: {responder.start_response}("200 OK", [("Content-Type", "text/html")])'
            fix = _fix(source, script.path, responder)
            yield Diagnostic(
                script.path,
                source.head(function),
                f"{function.name} does not call {responder.start_response}, so each request is an error 500",
                fix,
                help="" if fix else advice,
            )


def _fix(source: Source, path: str, responder: Responder) -> Fix | None:
    """Return the fix that calls the responses that a function returns; None where it returns anything else."""
    nodes = list(own(responder.function))
    values = [node.value for node in nodes if isinstance(node, ast.Return)]
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in nodes):
        return None
    responses = [one for one in values if one is not None and _is_response(one, responder)]
    if len(responses) < len(values):
        return None
    ends = [source.span(one).end for one in responses]
    called = f"({responder.scope.environ}, {responder.start_response})"
    return Fix.safe("Call the response", *(Edit(path, Span(end, end), called) for end in ends), reason=ANSWERED)


def _is_response(node: ast.expr, responder: Responder) -> bool:
    made = responder.scope.only(node.id) if isinstance(node, ast.Name) else node
    return isinstance(made, ast.Call) and responder.scope.resolve(made.func) in _RESPONSES


def _uses(function: Function, name: str) -> bool:
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return name in names or not names.isdisjoint(_REACHES)


def _answers(function: Function) -> bool:
    """Whether a function has a body to return or to yield."""
    return any(
        isinstance(node, (ast.Yield, ast.YieldFrom)) or (isinstance(node, ast.Return) and node.value is not None)
        for node in ast.walk(function)
    )
