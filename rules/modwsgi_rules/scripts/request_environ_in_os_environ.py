"""
A script puts what a request says into the environment of the process.

## What happens

Every later request has it, too, and so has every other thread at once: a value of one visitor or host is seen by another.

## Why

The `environ` of a request is that request's own; `os.environ` is one for the whole interpreter (the mod_wsgi manual,
"Application Issues: Application Environment Variables").

## Left alone

There is no fix. Give what is the same for all requests to the process when the script is loaded, and pass the rest on.

## See also

`setenv-not-in-os-environ`.

## Examples

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os
    from shop import application as shop
    def application(environ, start_response):
        os.environ["SHOP_MODE"] = environ["SHOP_MODE"]
    #   ^^^^^^^^^^^^^^^^^^^^^^^
        return shop(environ, start_response)
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os
    os.environ["SHOP_MODE"] = "production"
    def application(environ, start_response):
        environ["SHOP_MODE"] = os.environ["SHOP_MODE"]
        return []
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.source import dotted, source_of

_SETS = frozenset({"os.environ.update", "os.environ.setdefault", "os.putenv"})


@rule(severity=Severity.INFO)
def request_environ_in_os_environ(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        text = script.script.text
        source = source_of(text) if "os.environ" in text and "start_response" in text else None
        if source is None:
            continue
        for node in _copies(source.tree):
            yield Diagnostic(
                script.path,
                source.head(node),
                "what one request says stays in the environment of the process for all others",
                help="set it once when the script is loaded, or pass it on to what needs it",
            )


def _copies(tree: ast.Module) -> Iterator[ast.expr]:
    """Where ``os.environ`` is given something of the environ of a request, in order."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        names = [argument.arg for argument in function.args.args]
        if names[-1:] != ["start_response"] or len(names) < 2:
            continue
        environ = names[-2]
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and _mentions(node.value, environ):
                yield from (one for one in node.targets if isinstance(one, ast.Subscript) and _is_os(one.value))
            elif (
                isinstance(node, ast.Call)
                and dotted(node.func) in _SETS
                and any(_mentions(one, environ) for one in node.args)
            ):
                yield node


def _is_os(node: ast.expr) -> bool:
    return dotted(node) == "os.environ"


def _mentions(node: ast.expr, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))
