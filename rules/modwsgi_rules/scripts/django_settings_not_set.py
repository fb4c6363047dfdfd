"""
A script makes Django's application before it names the settings, or does not name them.

## What happens

Each request is answered with an error 500, unless httpd's own environment has `DJANGO_SETTINGS_MODULE`.

## Why

`get_wsgi_application()` reads the settings at once, from the module that the environment variable `DJANGO_SETTINGS_MODULE` names
(Django's manual, "How to deploy with WSGI"). `SetEnv` does not set it: the script sees that in `environ` alone.

## The fix

A repair: it moves the line that names the settings before the one that makes the application.

## Left alone

A script that does not name the settings is reported without a fix. It is not reported where it imports a module of the project,
which may name them.

## See also

Django's own message is *ImproperlyConfigured: Requested setting ..., but settings are not configured*. Rules `django-old-handler`
and `setenv-not-in-os-environ`.

## Examples

    ```diff repair
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     import os
     from django.core.wsgi import get_wsgi_application
    +os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")
     application = get_wsgi_application()
    -os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from django.core.wsgi import get_wsgi_application
    application = get_wsgi_application()
    #             ^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias /a /srv/site/a.wsgi
    WSGIScriptAlias /b /srv/site/b.wsgi
    #- /srv/site/a.wsgi
    import os
    from django.core.wsgi import get_wsgi_application
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")
    application = get_wsgi_application()
    #- /srv/site/b.wsgi
    import manage
    from django.core.wsgi import get_wsgi_application
    application = get_wsgi_application()
    ```
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.source import Source, source_of
from modwsgi_fix.script.tokens import newline_of
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_fix.text import Span

_MAKER = "django.core.wsgi.get_wsgi_application"
_SETTINGS = "DJANGO_SETTINGS_MODULE"


@rule(severity=Severity.WARNING)
def django_settings_not_set(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        text = script.script.text
        source = source_of(text) if "get_wsgi_application" in text else None
        if source is None:
            continue
        scope = module_scope(source)
        made = [
            node
            for node in source.tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and scope.resolve(node.value.func) == _MAKER
        ]
        if not made or "settings.configure" in text:
            continue
        call = made[0].value
        if _SETTINGS not in text:
            if not _imports_others(source):
                yield Diagnostic(
                    script.path,
                    source.span(call),
                    f"the script does not set {_SETTINGS}, which Django reads here",
                    help=f'write os.environ.setdefault("{_SETTINGS}", "PROJECT.settings") before this line',
                )
            continue
        named = [node for node in source.top if isinstance(node, (ast.Assign, ast.Expr)) and _names(scope, node)]
        if text.count(_SETTINGS) == len(named) == 1 and source.span(named[0]).start > source.span(call).start:
            fix = _fix(source, script.path, made[0], named[0])
            yield Diagnostic(
                script.path,
                source.span(call),
                f"the settings are read here, and the script sets {_SETTINGS} below",
                fix,
                (Related(script.path, source.head(named[0]), "the settings are named too late"),),
                help="" if fix else "name the settings before this line",
            )


def _names(scope: Scope, node: ast.Assign | ast.Expr) -> bool:
    """Whether a statement names the settings."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=owner, slice=ast.Constant(value=key))]):
            return key == _SETTINGS and scope.resolve(owner) == "os.environ"
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=owner, attr="setdefault"), args=[ast.Constant(value=key), _])
        ):
            return key == _SETTINGS and scope.resolve(owner) == "os.environ"
    return False


def _fix(source: Source, path: str, made: ast.stmt, named: ast.stmt) -> Fix | None:
    """Return the fix that moves the line up, where it does not need any line in between."""
    value = named.value if isinstance(named, (ast.Assign, ast.Expr)) else None
    used = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)} if value is not None else set()
    if (
        named not in source.tree.body
        or not source.is_alone(named)
        or not source.is_alone(made)
        or used - {"os", "environ"}
    ):
        return None
    imported = [node for node in source.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    first = source.lines(source.span(made)).start
    binds = [one for one in imported if any((alias.asname or alias.name) in ("os", "environ") for alias in one.names)]
    if not binds or source.span(binds[0]).start > first:
        return None
    line = f"{source.code(named)}{newline_of(source.text)}"
    reason = "the settings are named in time, and requests that failed are answered"
    edits = (Edit(path, Span(first, first), line), Edit(path, source.lines(source.span(named))))
    return Fix.repair("Name the settings first", *edits, reason=reason)


def _imports_others(source: Source) -> bool:
    """Whether the script imports or runs code of neither Python nor Django, which may set the settings."""
    modules = [
        name
        for node in source.nodes
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [f"{'.' * node.level}{node.module}"]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    known = sys.stdlib_module_names | {"django"}
    return any(name.partition(".")[0] not in known for name in modules) or "exec" in source.text
