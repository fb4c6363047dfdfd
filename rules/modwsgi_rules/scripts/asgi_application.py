"""
The `application` is one of ASGI, or of a framework's own server, which mod_wsgi cannot call.

## What happens

mod_wsgi calls it with two arguments where ASGI wants three, or gets a coroutine that nobody awaits. Each request is an error 500.

## Why

mod_wsgi is a server for WSGI (PEP 3333). FastAPI, Starlette, Quart, Channels and Django's `get_asgi_application` make
applications for servers like uvicorn or daphne ("ASGI Specification", asgi.readthedocs.io). Those of Tornado and aiohttp are called
by the server that each of them brings, with a request or with nothing.

## The fix

A safe fix: Django's `get_asgi_application` becomes `get_wsgi_application`, which the same project has too.

## Left alone

The other frameworks have no application of WSGI: run them by a server for ASGI behind `ProxyPass`, or put a bridge like a2wsgi's
`ASGIMiddleware` around them. Those of Tornado and aiohttp need their own server. A script that calls anything of the application is not reported, because that may be such a bridge.

## See also

Python's own messages are *TypeError: FastAPI.__call__() missing 1 required positional argument: 'send'* and
*TypeError: 'coroutine' object is not iterable*. Rules `application-arguments` and `application-not-called`.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/asgi.py
     #- /srv/site/asgi.py
     import os
    -from django.core.asgi import get_asgi_application
    +from django.core.wsgi import get_wsgi_application
     os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    -application = get_asgi_application()
    +application = get_wsgi_application()
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from fastapi import FastAPI
    app = FastAPI()
    application = app
    #             ^^^
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from shop import Page
    from tornado.web import Application
    application = Application([("/", Page)])
    #             ^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from a2wsgi import ASGIMiddleware
    from fastapi import FastAPI
    app = FastAPI()
    application = ASGIMiddleware(app)
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.source import Source
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_rules.scripts._shared import applications, imported_application

_DJANGO = "django.core.asgi.get_asgi_application"
#: Classes and functions that make ASGI applications and not WSGI ones, by dotted name.
_MAKERS = frozenset({
    _DJANGO, "channels.routing.ProtocolTypeRouter", "channels.routing.get_default_application", "falcon.asgi.App",
    "fastapi.FastAPI", "fastapi.applications.FastAPI", "litestar.Litestar", "quart.Quart", "sanic.Sanic",
    "starlette.applications.Starlette",
})  # fmt: skip
#: Classes of applications that are called by the server of their own framework, by dotted name: what that is called.
_FRAMEWORKS = {"aiohttp.web.Application": "aiohttp", "tornado.web.Application": "Tornado"}
_LAST_NAMES = frozenset(name.rpartition(".")[2] for name in _MAKERS | _FRAMEWORKS.keys())


@rule(severity=Severity.ERROR)
def asgi_application(config: Config) -> Iterator[Diagnostic]:
    for script, source in applications(config):
        found = imported_application(config, script, source)
        if found is not None and _may_be(found.source):
            for node, maker in _bound(found.source, (found.name,), module_scope(found.source)):
                message, advice = _told(maker)
                related = Related(found.path, found.source.head(node), "it is made here")
                yield Diagnostic(script.path, found.span, message, related=(related,), help=advice)
        if not _may_be(source):
            continue
        scope = module_scope(source)
        for node, maker in _bound(source, script.names, scope):
            fix = _fix(script.path, source, node, scope)
            message, advice = _told(maker)
            yield Diagnostic(script.path, source.head(node), message, fix, help="" if fix else advice)


def _may_be(source: Source) -> bool:
    """Whether an application that mod_wsgi cannot call may be made there, by a quick look."""
    return "async " in source.text or any(name in source.text for name in _LAST_NAMES)


def _told(maker: str) -> tuple[str, str]:
    """Return what happens, and what to do."""
    if maker in _FRAMEWORKS:
        told = f"only {_FRAMEWORKS[maker]}'s own server calls this application, so each request is an error 500"
        return told, "run it by that server behind ProxyPass"
    told = "this is an application of ASGI, which mod_wsgi cannot call, so each request is an error 500"
    return told, "run it by a server for ASGI behind ProxyPass, or make it one of WSGI by a2wsgi"


def _bound(source: Source, names: Collection[str], scope: Scope) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Yield the only binding of a name that mod_wsgi calls, where it cannot call it, with what made it, if that is known."""
    for node in source.tree.body:
        if isinstance(node, ast.AsyncFunctionDef) and node.name in names and not node.decorator_list:
            if len(scope.of(node.name)) == 1:
                yield node, ""
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id in names and len(scope.of(target.id)) == 1:
                made = scope.only(node.value.id) if isinstance(node.value, ast.Name) else node.value
                maker = scope.resolve(made.func) if isinstance(made, ast.Call) else ""
                if maker in _MAKERS or maker in _FRAMEWORKS:
                    yield node.value, maker


def _fix(path: str, source: Source, node: ast.expr | ast.stmt, scope: Scope) -> Fix | None:
    """Return the fix that uses Django's WSGI application, where the name stands only in the import and the call."""
    imports = [one for one in source.tree.body if isinstance(one, ast.ImportFrom) and one.module == "django.core.asgi"]
    name = _DJANGO.rpartition(".")[2]
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and scope.resolve(node.func) == _DJANGO):
        return None
    if len(imports) != 1 or source.code(imports[0]) != f"from django.core.asgi import {name}":
        return None
    if source.text.count(name) != 2 or "django.core.wsgi" in source.text:
        return None
    line = "from django.core.wsgi import get_wsgi_application"
    edits = [
        Edit(path, source.span(imports[0]), line),
        Edit(path, source.span(node.func), "get_wsgi_application"),
    ]
    return Fix.safe(
        "Make Django's application of WSGI", *edits, reason="every request failed, and is answered by the project"
    )
