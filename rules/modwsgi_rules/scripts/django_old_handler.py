"""
A script makes Django's `WSGIHandler()` itself.

## What happens

Since Django 1.7 such a project answers each request with an error 500 as soon as its URLs import a model. A project without models
still answers.

## Why

`WSGIHandler()` does not load the applications of the project; `get_wsgi_application()` calls `django.setup()` and then makes the
handler (Django's release notes, 1.7, "WSGI scripts"). It is there since Django 1.4.

## The fix

A repair: it calls `get_wsgi_application()` in the same place, below the line that names the settings, and imports it where the
handler was imported.

## Left alone

A class that is made from `WSGIHandler`, and a script that calls `django.setup()` or `get_wsgi_application()` as well, for another
version of Django, are not reported. Where the handler's import cannot be found, there is no fix.

## See also

Django's own message is *AppRegistryNotReady: Apps aren't loaded yet*. Rules `django-settings-not-set` and `framework-name-gone`.

## Examples

    ```diff repair
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     import os
     os.environ["DJANGO_SETTINGS_MODULE"] = "site.settings"
    -import django.core.handlers.wsgi
    +from django.core.wsgi import get_wsgi_application
    -application = django.core.handlers.wsgi.WSGIHandler()
    +application = get_wsgi_application()
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from django.core.handlers import wsgi; import os
    application = wsgi.WSGIHandler()
    #             ^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import django
    if django.VERSION < (1, 4):
        from django.core.handlers.wsgi import WSGIHandler
        application = WSGIHandler()
    else:
        from django.core.wsgi import get_wsgi_application
        application = get_wsgi_application()
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.source import Source, dotted, imports_of, source_of
from modwsgi_fix.script.tokens import newline_of
from modwsgi_fix.text import Span

_HANDLER = "django.core.handlers.wsgi.WSGIHandler"
_NEW = "get_wsgi_application"
_IMPORT = f"from django.core.wsgi import {_NEW}"
#: With one of these the applications are loaded, or the script supports both versions.
_LOADS = (_NEW, "django.setup(")


@rule(severity=Severity.WARNING)
def django_old_handler(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        text = script.script.text
        source = source_of(text) if "WSGIHandler" in text and not any(word in text for word in _LOADS) else None
        if source is None:
            continue
        imports = imports_of(source)
        calls = [
            node for node in source.nodes if isinstance(node, ast.Call) and _resolved(imports, node.func) == _HANDLER
        ]
        imported = _imports(source, script.path, calls)
        for call in calls:
            fix = None
            if imported:
                renamed = (Edit(script.path, source.span(one.func), _NEW) for one in calls)
                reason = "a project that failed for want of its applications answers"
                fix = Fix.repair(f"Call {_NEW}()", *imported, *renamed, reason=reason)
            yield Diagnostic(
                script.path,
                source.span(call),
                "WSGIHandler() does not load the project's applications, and with models each request is a 500",
                fix,
                help="" if fix else f"call {_NEW}() of django.core.wsgi instead",
            )


def _resolved(imports: Mapping[str, str], node: ast.AST) -> str:
    first, dot, rest = dotted(node).partition(".")
    return imports.get(first, first) + dot + rest


def _imports(source: Source, path: str, calls: list[ast.Call]) -> list[Edit]:
    """Return the edits that import the new function wherever the handler is imported; none where that is not known."""
    statements = [
        node
        for node in source.nodes
        if isinstance(node, (ast.Import, ast.ImportFrom)) and _brings_handler(node) and source.is_alone(node)
    ]
    edits: list[Edit] = []
    for node in statements:
        if _is_needed(source, node, calls):
            lines = source.lines(source.span(node))
            indentation = source.text[lines.start : source.span(node).start]
            edits.append(Edit(path, Span(lines.end, lines.end), f"{indentation}{_IMPORT}{newline_of(source.text)}"))
        else:
            edits.append(Edit(path, source.span(node), _IMPORT))
    return edits


def _brings_handler(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(f"{node.module}.{alias.name}" in (_HANDLER, _HANDLER.rpartition(".")[0]) for alias in node.names)
    return any(alias.name == _HANDLER.rpartition(".")[0] for alias in node.names)


def _is_needed(source: Source, node: ast.Import | ast.ImportFrom, calls: list[ast.Call]) -> bool:
    """Whether anything else uses a name that the statement binds."""
    if len(node.names) > 1:
        return True
    local = (node.names[0].asname or node.names[0].name).partition(".")[0]
    ours = {id(part) for call in calls for part in ast.walk(call.func)}
    nodes = list(source.nodes)
    others = any(isinstance(part, ast.Name) and part.id == local and id(part) not in ours for part in nodes)
    return others and not _is_bound_beside(nodes, node, local)


def _is_bound_beside(nodes: list[ast.AST], node: ast.Import | ast.ImportFrom, local: str) -> bool:
    """Whether another import in the same block binds the name, and nothing else of the handler's module is used."""
    names = [dotted(part) for part in nodes if isinstance(part, ast.Attribute)]
    is_only_handler = names.count(_HANDLER.rpartition(".")[0]) == names.count(_HANDLER)
    return is_only_handler and any(
        isinstance(other, ast.Import)
        and other is not node
        and other.col_offset == node.col_offset
        and any(alias.asname is None and alias.name.partition(".")[0] == local for alias in other.names)
        for other in nodes
    )
