"""
A script reads the `Authorization` header, and mod_wsgi does not pass it on.

## What happens

A client that sends a token or a password is answered as if it had sent none, most often with 401.

## Why

`WSGIPassAuthorization` is off by default, so that an application does not see the passwords of log-ins that httpd checks
(mod_wsgi.c:wsgi_build_environment; measured with 4.9.4). `CGIPassAuth On`, and `SetEnvIf` or `RewriteRule` with
`HTTP_AUTHORIZATION`, pass it on as well.

## Left alone

Where the script makes what asks for log-ins by that header alone, as `HTTPBasicAuth()` of Flask-HTTPAuth or `password_file=` of pypiserver,
nobody can log in, which is a warning; any other use of the header is worth knowing. There is no fix: the application then sees what only httpd saw before. Only a script in sight is looked at (`--root`),
not the modules that it imports. A script that sets the value itself is not reported.

## See also

Rule `setenv-not-in-os-environ`.

## Examples

Reported without a fix:

    ```apache
    #- site.conf
    WSGIScriptAlias / /srv/api/app.wsgi
    #                 ^^^^^^^^^^^^^^^^^
    #- /srv/api/app.wsgi
    def application(environ, start_response):
        token = environ.get("HTTP_AUTHORIZATION", "")
        start_response("200 OK" if token else "401 Unauthorized", [])
        return []
    ```

    ```apache
    #- site.conf
    WSGIScriptAlias / /srv/api/app.wsgi
    #                 ^^^^^^^^^^^^^^^^^
    #- /srv/api/app.wsgi
    import pypiserver
    application = pypiserver.app(root="/srv/packages", password_file="/srv/htpasswd")
    ```

Not reported:

    ```apache
    #- site.conf
    WSGIPassAuthorization On
    WSGIScriptAlias / /srv/api/app.wsgi
    #- /srv/api/app.wsgi
    def application(environ, start_response):
        token = environ.get("HTTP_AUTHORIZATION", "")
        start_response("200 OK" if token else "401 Unauthorized", [])
        return []
    ```
    ```apache
    #- site.conf
    WSGIScriptAlias / /srv/api/app.wsgi
    #- /srv/api/app.wsgi
    def application(environ, start_response):
        # The proxy in front has checked HTTP_AUTHORIZATION.
        environ.pop("HTTP_AUTHORIZATION", None)
        start_response("200 OK", [])
        return []
    ```
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from modwsgi_fix.directives.families import EARLY_VARIABLES
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.source import Source, dotted, imports_of, resolved, source_of
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import imported_application

_NAME = "HTTP_AUTHORIZATION"
#: Classes and functions that ask for log-ins by the header alone, by dotted name.
_ASKING = frozenset({
    "bottle.auth_basic", "flask_basicauth.BasicAuth", "flask_httpauth.HTTPBasicAuth", "flask_httpauth.HTTPDigestAuth",
    "flask_httpauth.HTTPTokenAuth", "paste.auth.basic.AuthBasicHandler", "paste.auth.basic.middleware",
    "paste.auth.digest.AuthDigestHandler", "paste.auth.digest.middleware", "wsgi_basic_auth.BasicAuth",
})  # fmt: skip
_WORDS = expression(r"authorization|auth_basic|basicauth|httpauth|paste\.auth|basic_auth|password_file", re.I)


class _Place(NamedTuple):
    """Where the header is read; ``asks`` where nobody is let in without it."""

    span: Span
    asks: bool


@rule(severity=Severity.INFO)
def authorization_not_passed(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        path, place = script.path, _place_that_reads(config, script.path, script.script.text)
        source = source_of(script.script.text) if place is None and config.disk is not None else None
        found = imported_application(config, script, source) if source is not None else None
        if found is not None:
            path, place = found.path, _place_that_reads(config, found.path, found.source.text)
        if place is None or script.item is None or _is_passed(config):
            continue
        span = script.item.args[1].span if len(script.item.args) > 1 else script.item.span
        what = "asks for log-ins by" if place.asks else "reads"
        yield Diagnostic(
            script.item.path,
            span,
            f"the script {what} the Authorization header, which mod_wsgi does not pass on",
            related=(Related(path, place.span, "here"),),
            # A log-in that httpd asks for may be all that is meant.
            severity=Severity.WARNING if place.asks and not config.named("authtype") else None,
            help="write WSGIPassAuthorization On, if the application checks log-ins itself",
        )


def _is_passed(config: Config) -> bool:
    """Whether some line may pass the header on to some application."""
    if any(item.value.lower() != "off" for item in config.named("wsgipassauthorization", "cgipassauth")):
        return True
    others = config.named(*EARLY_VARIABLES, "rewriterule", "requestheader")
    return any("authorization" in value.lower() for item in others for value in item.values)


def _place_that_reads(config: Config, path: str, text: str) -> _Place | None:
    """Return where a script or its module first reads the header; None where it does not, or sets the value itself."""
    if not _WORDS.search(text):
        return None
    return config.once((_place_that_reads, path), lambda: _find_place(text))


def _find_place(text: str) -> _Place | None:
    source = source_of(text)
    if source is None:
        return None
    found: list[ast.expr] = []
    asking: list[ast.expr] = []
    for node in source.nodes:
        if isinstance(node, ast.Subscript) and _is_name(node.slice):
            if isinstance(node.ctx, ast.Store):
                return None
            if isinstance(node.ctx, ast.Load):
                found.append(node)
        elif isinstance(node, ast.Call):
            called = _called(node.func)
            if node.args and called == "setdefault" and _is_name(node.args[0]):
                return None
            if node.args and called == "get" and (_is_name(node.args[0]) or _is_header(node.func, node.args[0])):
                found.append(node)
            elif _asks(source, node):
                asking.append(node)
        elif isinstance(node, ast.Attribute) and node.attr == "authorization" and _is_request(node.value):
            found.append(node)
    if asking:
        return _Place(min(map(source.head, asking)), asks=True)
    return _Place(min(map(source.head, found)), asks=False) if found else None


def _asks(source: Source, call: ast.Call) -> bool:
    """Whether a call makes what asks visitors for a log-in by the header, and knows no other way."""
    name = resolved(dotted(call.func), imports_of(source))
    given = {one.arg: one.value for one in call.keywords}
    passwords = given.get("password_file")
    # A point takes the place of the file where nobody is to log in.
    of_packages = name == "pypiserver.app" and not (
        isinstance(passwords, ast.Constant) and passwords.value in (None, ".")
    )
    return (name in _ASKING and "header" not in given) or (of_packages and passwords is not None)


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == _NAME


def _called(function: ast.expr) -> str:
    """Return the name of a called function or method."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_header(function: ast.expr, name: ast.expr) -> bool:
    """Whether an expression reads the header by a framework's request: ``request.headers.get("Authorization")``."""
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str) or name.value.lower() != "authorization":
        return False
    headers = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(headers, ast.Attribute) and headers.attr == "headers" and _is_request(headers.value)


def _is_request(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("request", "req")
