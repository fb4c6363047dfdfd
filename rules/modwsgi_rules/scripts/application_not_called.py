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
object of web.py or a configurator gets the call that makes its application.

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

Reported without a fix:

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
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.applications import MAKERS, METHODS
from modwsgi_fix.script.entry_points import FACTORIES, is_factory
from modwsgi_fix.script.source import Function, dotted, own
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_fix.text import Span
from modwsgi_rules.scripts._shared import applications

#: The makers of applications that need no arguments.
_NEED_NOTHING = frozenset({
    "bottle.Bottle", "bottle.default_app", "django.core.handlers.wsgi.WSGIHandler",
    "django.core.wsgi.get_wsgi_application", "falcon.API", "falcon.App",
})  # fmt: skip


@rule(severity=Severity.ERROR)
def application_not_called(config: Config) -> Iterator[Diagnostic]:
    for script, source in applications(config):
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
