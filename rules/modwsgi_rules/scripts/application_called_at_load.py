"""
The `application` is called when the script is loaded.

## What happens

The script fails, because there is no request yet, and each request is answered with an error 500. Or it goes on with what the call
returned, which is not an application.

## Why

`application = app()` calls `app` with nothing, and an application wants `environ` and `start_response` (PEP 3333). mod_wsgi is to
be given the object itself.

## The fix

A safe fix: it takes the parentheses away, where what is called is certainly an application: an object of a known framework, or a
function of `(environ, start_response)`.

## Left alone

A call with arguments is reported without a fix. A function that makes an application is not reported.

## See also

Python's own message is *TypeError: app() missing 2 required positional arguments: 'environ' and 'start_response'*. Rule
`application-not-called`.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     from flask import Flask
     app = Flask(__name__)
    -application = app()
    +application = app
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def app(environ, start_response):
        return []
    application = app({}, None)
    #             ^^^^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from flask import Flask
    def app():
        return Flask(__name__)
    application = app()
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.entry_points import makes
from modwsgi_fix.script.source import own
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_fix.text import Span
from modwsgi_rules.scripts._shared import applications


@rule(severity=Severity.ERROR)
def application_called_at_load(config: Config) -> Iterator[Diagnostic]:
    for script, source in applications(config):
        scope = module_scope(source)
        for node in source.top:
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call(func=ast.Name(id=name)) as call):
                    if target not in script.names or not _is_application(name, scope, source.tree):
                        continue
                case _:
                    continue
            fix = None
            if not call.args and not call.keywords and target != name:
                after = Span(source.span(call.func).end, source.span(call).end)
                reason = f"every request failed, and is answered by {name}"
                fix = Fix.safe("Name the application itself", Edit(script.path, after), reason=reason)
            message = f"{name} is an application, which is called here without a request"
            yield Diagnostic(
                script.path, source.head(call), message, fix, help="" if fix else f"write {target} = {name}"
            )


def _is_application(name: str, scope: Scope, tree: ast.Module) -> bool:
    """Whether a name is bound to nothing but an application."""
    bindings = scope.of(name)
    functions = [node for node in own(tree) if isinstance(node, ast.FunctionDef) and node.name == name]
    if functions:
        arguments = [argument.arg for argument in functions[0].args.args]
        is_one = len(arguments) == 2 and arguments[1] in ("start_response", "start_request")
        return is_one and bindings == functions and not functions[0].args.defaults and not functions[0].decorator_list
    return len(bindings) == 1 and makes(ast.Name(name, ast.Load()), scope)
