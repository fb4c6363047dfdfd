"""
An application overwrites `SCRIPT_NAME`.

## What happens

The application loses the prefix that it is mounted at: the links and redirects that it makes lead beside the mount. Where the name
is taken from a header, any visitor may say what it is.

## Why

`SCRIPT_NAME` is the part of the URL that mod_wsgi has used up to find the application, and what frameworks put before each link
(PEP 3333, "environ Variables"). At a mount at `/` it is empty already.

## Left alone

The line is reported without a fix: which prefix visitors are to see is not known from it. Name it where it belongs, in
`WSGIScriptAlias`, in the framework's own setting (`FORCE_SCRIPT_NAME`, `APPLICATION_ROOT`), or have a proxy in front of httpd say
it by `WSGITrustedProxyHeaders X-Script-Name`. Code that only reads it is not reported. Under a condition it
is a matter of hygiene: the application decides from request to request.

## See also

Rule `alias-trailing-slash`.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias /shop /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from site import handler
    def application(environ, start_response):
        environ["SCRIPT_NAME"] = ""
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        return handler(environ, start_response)
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias /shop /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from site import handler
    def application(environ, start_response):
        prefix = environ["SCRIPT_NAME"]
        return handler(environ, start_response)
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, wsgi_scripts
from modwsgi_fix.model.urls import mapping_of
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.responders import responders
from modwsgi_fix.script.source import own, source_of

_NAME = "SCRIPT_NAME"


@rule(severity=Severity.WARNING)
def script_name_overwritten(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        source = source_of(script.script.text) if _NAME in script.script.text else None
        if source is None:
            continue
        related = tuple(Related(*place, "the script is mounted here") for place in script.mounts)
        for responder in responders(source, script.names):
            under_condition = {
                id(node)
                for condition in ast.walk(responder.function)
                if isinstance(condition, ast.If)
                for statement in (*condition.body, *condition.orelse)
                for node in ast.walk(statement)
            }
            for node in own(responder.function):
                value = _given(node, responder.scope.environ)
                if value is None or not isinstance(node, (ast.stmt, ast.expr)):
                    continue
                if isinstance(value, ast.Name):
                    value = responder.scope.only(value.id) or value
                message, severity = _said(value, script)
                if id(node) in under_condition and not message.endswith("send"):
                    severity = Severity.INFO
                advice = "take the line away, and name the prefix in WSGIScriptAlias or in the framework's settings"
                head = source.head(node)
                yield Diagnostic(script.path, head, message, related=related, severity=severity, help=advice)


def _given(node: ast.AST, environ: str) -> ast.expr | None:
    """Return the value that a statement or call gives the name; an empty text where it is deleted."""
    gone = ast.Constant("")
    match node:
        case ast.Assign() if any(_is_name(target, environ) for target in node.targets):
            return node.value
        case ast.Delete() if any(_is_name(target, environ) for target in node.targets):
            return gone
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="pop"), args=[ast.Constant(value=key), *_]):
            return gone if name == environ and key == _NAME else None
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="update")) if name == environ:
            return next((keyword.value for keyword in node.keywords if keyword.arg == _NAME), None)
    return None


def _is_name(target: ast.expr, environ: str) -> bool:
    match target:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=key)):
            return name == environ and key == _NAME
    return False


def _said(value: ast.expr, script: WsgiScript) -> tuple[str, Severity]:
    """Return the message on the assignment, and its severity."""
    header = next(
        (
            node.value
            for node in ast.walk(value)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("HTTP_")
        ),
        "",
    )
    if header:
        return f"the application takes its prefix from {header}, which any visitor may send", Severity.WARNING
    mapping = mapping_of(script.item) if script.item is not None else None
    if isinstance(value, ast.Constant) and value.value == "" and mapping is not None and mapping.url == "/":
        return f"{_NAME} is empty already where the script is mounted at /", Severity.INFO
    return f"the application overwrites {_NAME}, so its links may lead beside the mount", Severity.WARNING
