"""
The `application` does not take the two arguments that mod_wsgi calls it with.

## What happens

The script is loaded, and each request is an error 500.

## Why

mod_wsgi calls `application(environ, start_response)`, both by position (PEP 3333; `mod_wsgi.c:Adapter_run`). A class is called
so as well, and not what it makes.

## Left alone

There is no fix. A function with a decorator is not reported, because what the decorator makes of it may take other arguments,
and neither is a class with bases.

## See also

Python's own messages are *TypeError: application() takes 1 positional argument but 2 were given* and *TypeError: application() takes
no arguments*. Rule `application-not-called`.

## Examples

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ):
    #   ^^^^^^^^^^^
        return [b"Hello"]
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    class application:
    #     ^^^^^^^^^^^
        def __call__(self, environ, start_response):
            start_response("200 OK", [])
            return [b"Hello"]
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from werkzeug.wrappers import Request, Response
    @Request.application
    def application(request):
        return Response("Hello")
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.scripts._shared import applications, called, takes


@rule(severity=Severity.ERROR)
def application_arguments(config: Config) -> Iterator[Diagnostic]:
    for script, source in applications(config):
        for node in called(source, script.names):
            if isinstance(node, ast.FunctionDef):
                if takes(node.args, 2):
                    continue
                message = f"mod_wsgi calls {node.name} with two arguments, which it does not take"
                advice = f"write def {node.name}(environ, start_response):"
            elif _is_made_without_arguments(node):
                message = f"mod_wsgi calls the class {node.name} with two arguments, which it does not take"
                advice = f"make an object of it, as in {node.name} = {node.name}()"
            else:
                continue
            yield Diagnostic(script.path, source.head(node), message, help=advice)


def _is_made_without_arguments(node: ast.ClassDef) -> bool:
    """Whether a class without bases has ``__call__``, and no ``__init__`` or the like for the arguments of a request."""
    methods = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
    is_plain = (
        not node.bases and not node.keywords and all(isinstance(one, (ast.FunctionDef, ast.Expr)) for one in node.body)
    )
    return is_plain and "__call__" in methods and methods.isdisjoint({"__init__", "__new__"})
