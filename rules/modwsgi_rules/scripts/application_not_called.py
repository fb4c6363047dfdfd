"""
The `application` is a function that makes one, and that nobody calls.

## What happens

mod_wsgi calls it with the request, and each request is answered with an error 500.

## Why

mod_wsgi calls `application(environ, start_response)` (`wsgi_execute_script`). `application = create_app` names the factory, which
takes no such arguments, and `application = create_app()` what it makes.

## The fix

A safe fix: it calls what is certainly a factory that needs no arguments: a function of the script that returns an application of
a known framework, and those of the frameworks themselves (`get_wsgi_application`, `app.wsgifunc`, `config.make_wsgi_app`). The
object of web.py or a configurator gets the call that makes its application, and one of Dash its `server`.

## Left alone

What is imported under the name of a factory (`create_app`, `make_app`) is reported without a fix: whether it wants arguments is not
known. What takes two arguments may be an application, and is not reported.

## See also

Python's own message is *TypeError: create_app() takes 0 positional arguments but 2 were given*. Rules
`application-called-at-load` and `missing-application`.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     from flask import Flask
     def create_app():
         return Flask(__name__)
    -application = create_app
    +application = create_app()
    ```

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     import dash
     app = dash.Dash(__name__)
    -application = app
    +application = app.server
    ```

Reported without a fix; what a module makes is seen where `--root` shows it in a directory that Python looks in:

    ```python
    #- site.conf
    WSGIDaemonProcess shop python-path=/srv/shop
    WSGIProcessGroup shop
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/board.py
    from dash import Dash
    app = Dash(__name__)
    #- /srv/shop/app.wsgi
    import os
    from board import app as application
    #                 ^^^^^^^^^^^^^^^^^^
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from site import create_app
    application = create_app
    #             ^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def create_app(environ, start_response):
        return []
    application = create_app
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.applications import MAKERS, METHODS
from modwsgi_fix.script.entry_points import FACTORIES, is_factory
from modwsgi_fix.script.source import Function, Source, dotted, own
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_fix.text import Span
from modwsgi_rules.scripts._shared import applications, imported_application

#: The makers of applications that need no arguments.
_NEED_NOTHING = frozenset({
    "bottle.Bottle", "bottle.default_app", "django.core.handlers.wsgi.WSGIHandler",
    "django.core.wsgi.get_wsgi_application", "falcon.API", "falcon.App",
})  # fmt: skip

#: Classes whose object is not an application, and has one as its ``server``.
_HOLDERS = frozenset({"dash.Dash", "dash.dash.Dash", "jupyter_dash.JupyterDash"})
_HELD = ".server"
_IS_HOLDER = "this object of Dash is not a WSGI application, but its server is, so each request is an error 500"


@rule(severity=Severity.ERROR)
def application_not_called(config: Config) -> Iterator[Diagnostic]:
    for script, source in applications(config):
        yield from _holders(config, script, source)
        scope = module_scope(source)
        for node in source.top:
            named = _named(node, script.names)
            if named is None or len(scope.of(named[0])) != 1:
                continue
            name, value, imported = named
            method = _method(value, scope)
            if method and value is not None:
                end = source.span(value).end
                reason = "every request failed, and is answered by the application"
                made = Fix.safe(
                    "Make the application", Edit(script.path, Span(end, end), f".{method}()"), reason=reason
                )
                message = f"this is not a WSGI application, but {method}() makes one of it"
                yield Diagnostic(script.path, source.head(value), message, made)
                continue
            certainty = _certainty(value, imported, scope, source.tree)
            if not certainty:
                continue
            fix = None
            if certainty == "certain" and value is not None:
                end = source.span(value).end
                reason = "every request failed, and is answered by what the function makes"
                fix = Fix.safe("Call the function", Edit(script.path, Span(end, end), "()"), reason=reason)
            what = (imported or (source.code(value) if value is not None else name)).rpartition(".")[2]
            yield Diagnostic(
                script.path,
                source.head(node if value is None else value),  # type: ignore[arg-type]
                f"{what} makes an application, and is not called, so each request fails",
                fix,
                help="" if fix else f"call it with what it needs: {name} = {what}()",
            )


def _holders(config: Config, script: WsgiScript, source: Source) -> Iterator[Diagnostic]:
    """Yield an object that holds the application in an attribute, made in the script or in a module that it imports."""
    for value in _made(source, script.names):
        end = source.span(value).end
        reason = "every request failed, and is answered by the application"
        fix = Fix.safe("Take the application out of it", Edit(script.path, Span(end, end), _HELD), reason=reason)
        yield Diagnostic(script.path, source.head(value), _IS_HOLDER, fix)
    found = imported_application(config, script, source)
    if found is None:
        return
    for value in _made(found.source, (found.name,)):
        related = Related(found.path, found.source.head(value), "it is made here")
        help_ = f"import it under a name of its own, and write application = NAME{_HELD}"
        yield Diagnostic(script.path, found.span, _IS_HOLDER, related=(related,), help=help_)


def _made(source: Source, names: tuple[str, ...]) -> Iterator[ast.expr]:
    """Yield the only value of one of these names where it is an object that holds an application."""
    if "Dash" not in source.text:
        return
    scope = module_scope(source)
    for node in source.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=(ast.Name() | ast.Call()) as value) if name in names:
                made = scope.only(value.id) if isinstance(value, ast.Name) else value
                if len(scope.of(name)) == 1 and isinstance(made, ast.Call) and scope.resolve(made.func) in _HOLDERS:
                    yield value


def _named(node: ast.AST, names: tuple[str, ...]) -> tuple[str, ast.expr | None, str] | None:
    """Return the name that mod_wsgi calls, with the value assigned to it, or the dotted name that is imported under it."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=(ast.Name() | ast.Attribute() | ast.Call()) as value) if (
            name in names
        ):
            return name, value, ""
        case ast.ImportFrom(module=str() as module, level=0):
            for alias in node.names:
                if alias.asname in names and alias.name != alias.asname:
                    return alias.asname or "", None, f"{module}.{alias.name}"
    return None


def _method(value: ast.expr | None, scope: Scope) -> str:
    """Return the method that makes an application of a call's result; empty for any other expression."""
    if not isinstance(value, ast.Call):
        return ""
    owner = scope.resolve(value.func)
    return next((method for method, owners in METHODS.items() if owner in owners), "")


def _certainty(value: ast.expr | None, imported: str, scope: Scope, tree: ast.Module) -> str:
    """Return whether a value is certainly a factory without arguments, has the name of one, or is neither (empty)."""
    if isinstance(value, ast.Call):
        return ""
    name = imported or (scope.resolve(value) if value is not None else "")
    if isinstance(value, ast.Name):
        function = _function(tree, value.id)
        if function is not None:
            return "certain" if len(scope.of(value.id)) == 1 and is_factory(function, scope) else ""
    if name in _NEED_NOTHING:
        return "certain"
    if isinstance(value, ast.Attribute) and value.attr in METHODS:
        made = scope.only(dotted(value.value))
        return "certain" if isinstance(made, ast.Call) and scope.resolve(made.func) in METHODS[value.attr] else ""
    return "likely" if name in MAKERS or (name.rpartition(".")[2] in FACTORIES and "." in name) else ""


def _function(tree: ast.Module, name: str) -> Function | None:
    return next((node for node in own(tree) if isinstance(node, ast.FunctionDef) and node.name == name), None)
