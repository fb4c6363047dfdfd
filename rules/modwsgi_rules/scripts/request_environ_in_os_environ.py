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
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.responders import Responder, responders
from modwsgi_fix.script.source import dotted, source_of

_SETS = frozenset({"os.environ.update", "os.environ.setdefault", "os.putenv"})


@rule(severity=Severity.INFO)
def request_environ_in_os_environ(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        text = script.script.text
        source = source_of(text) if "os.environ" in text or "os.putenv" in text else None
        if source is None:
            continue
        for responder in responders(source, script.names):
            found = sorted(source.head(node) for node in _copies(responder))
            if found:
                yield Diagnostic(
                    script.path,
                    found[0],
                    "what one request says stays in the environment of the process for all others",
                    related=tuple(Related(script.path, place, "and here") for place in found[1:]),
                    help="set it once when the script is loaded, or pass it on to what needs it",
                )


def _copies(responder: Responder) -> Iterator[ast.expr]:
    """Yield the places where ``os.environ`` gets something from the environ of a request."""
    environ = responder.scope.environ
    for node in ast.walk(responder.function):
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
