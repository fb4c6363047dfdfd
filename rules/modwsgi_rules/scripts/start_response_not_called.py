"""
The `application` returns a body and never calls `start_response`.

## What happens

There is no status, and each request is an error 500.

## Why

The status and the headers are given to `start_response` before the first piece of the body is asked for (PEP 3333, "The
start_response() Callable").

## Left alone

There is no fix, because status and type are not known. A function that gives `start_response` to anything, or that has a
decorator, is not reported.

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

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.source import Function
from modwsgi_rules.scripts._shared import asked_responders

#: Functions by which a parameter is reached without its name.
_REACHES = frozenset({"eval", "exec", "locals", "vars"})


@rule(severity=Severity.ERROR)
def start_response_not_called(config: Config) -> Iterator[Diagnostic]:
    for script, source, responder in asked_responders(config):
        function = responder.function
        if _answers(function) and not _uses(function, responder.start_response):
            yield Diagnostic(
                script.path,
                source.head(function),
                f"{function.name} does not call {responder.start_response}, so each request is an error 500",
                help=f'call it before the body: {responder.start_response}("200 OK", [("Content-Type", "text/html")])',
            )


def _uses(function: Function, name: str) -> bool:
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return name in names or not names.isdisjoint(_REACHES)


def _answers(function: Function) -> bool:
    """Whether a function has a body to return or to yield."""
    return any(
        isinstance(node, (ast.Yield, ast.YieldFrom)) or (isinstance(node, ast.Return) and node.value is not None)
        for node in ast.walk(function)
    )
