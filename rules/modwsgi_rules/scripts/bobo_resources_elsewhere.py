"""
`bobo.Application` is told to look for the resources of the script in another module.

## What happens

With the name of the script's own file, `__file__` or nothing each request is answered with an error 500, because no module has that name. With
`"__main__"` each URL is a 404.

## Why

mod_wsgi makes up a name for the module of a script (`wsgi_module_name`), which `__name__` has. `bobo_resources` is a keyword: the
first argument of `bobo.Application` is something else.

## The fix

It writes `bobo_resources=__name__`: a safe fix where each request was an error, and a repair for `"__main__"`.

## Left alone

The name of another module, and a script without resources of its own, are not reported.

## See also

Python's own message is *ModuleNotFoundError: No module named 'app'*. Rules `bobo-application-before-resources` and
`bobo-missing-application`.

## Examples

    ```diff repair
     #- site.conf
     WSGIScriptAlias /orders /srv/bobo/orders.wsgi
     #- /srv/bobo/orders.wsgi
     import bobo
     @bobo.query("/list")
     def orders():
         return "No orders yet."
    -application = bobo.Application(bobo_resources="__main__")
    +application = bobo.Application(bobo_resources=__name__)
    ```
    ```diff
     #- site.conf
     WSGIScriptAlias /orders /srv/bobo/orders.wsgi
     #- /srv/bobo/orders.wsgi
     import bobo
     @bobo.query("/list")
     def orders():
         return "No orders yet."
    -application = bobo.Application(bobo_resources="orders")
    +application = bobo.Application(bobo_resources=__name__)
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias /orders /srv/bobo/orders.wsgi
    #- /srv/bobo/orders.wsgi
    import bobo
    application = bobo.Application(bobo_resources="shop.orders")
    ```
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, module_of, wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script import bobo_resources
from modwsgi_fix.script.source import source_of
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def bobo_resources_elsewhere(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        if "bobo" not in script.script.text:
            continue
        source, module = source_of(script.script.text), module_of(script)
        resources = bobo_resources(module) if module is not None else []
        if source is None or not resources:
            continue
        scope = module_scope(source)
        for node in source.nodes:
            if not isinstance(node, ast.Call) or scope.resolve(node.func) != "bobo.Application":
                continue
            given = _wrong(script, node, scope)
            if given is None:
                continue
            value, is_main = given
            named = any(keyword.value is value for keyword in node.keywords)
            words = "__name__" if named else "bobo_resources=__name__"
            span = source.span(value)
            if value is node:
                span = Span(span.end - 1, span.end - 1)
            edit = Edit(script.path, span, words)
            title = "Name this script"
            reason = "no URL was answered, and the resources are found"
            fix = Fix.repair(title, edit, reason=reason) if is_main else Fix.safe(title, edit, reason=reason)
            what = "each URL is a 404" if is_main else "each request is an error 500"
            said = source.code(value)
            message = f"{said} is not this script" if named else f"{said} is not taken for the resources"
            if value is node:
                message = "the application is not told where its resources are"
            related = (Related(script.path, resources[0].head, "a resource that is not found"),)
            yield Diagnostic(script.path, source.span(value), f"{message}, so {what}", fix, related)


def _wrong(script: WsgiScript, call: ast.Call, scope: Scope) -> tuple[ast.expr, bool] | None:
    """Return the argument that leads elsewhere, or the call without one, and whether it is the main module; None if right."""
    by_name = [keyword.value for keyword in call.keywords if keyword.arg == "bobo_resources"]
    if not by_name and len(call.args) == 1 and not call.keywords:
        argument = call.args[0]
        return (argument, False) if isinstance(argument, (ast.Constant, ast.Name)) else None
    if not call.args and not call.keywords:
        return call, False
    if len(by_name) != 1:
        return None
    value = by_name[0]
    if isinstance(value, ast.Name) and value.id == "__file__":
        return value, False
    origin = scope.only(value.id) if isinstance(value, ast.Name) else value
    if not isinstance(origin, ast.Constant) or not isinstance(origin.value, str):
        return None
    name = posixpath.basename(script.path)
    if origin.value == "__main__":
        return value, True
    return (value, False) if origin.value in (name, name.partition(".")[0]) else None
