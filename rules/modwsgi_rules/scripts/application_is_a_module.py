"""
The `application` of a script is a module, where an object in it is meant.

## What happens

mod_wsgi loads the script, and each request is an error 500.

## Why

`import shop as application` binds the module to the name, and mod_wsgi calls what has the name (`wsgi_execute_script`). A module cannot be
called. `from shop import app as application` does the same where `app` is a file of the package, and not an object in its
`__init__.py`. Measured with mod_wsgi 4.9.4.

## Left alone

There is no fix: which object of the module is the application is not known. Only what the script binds once is reported; what a
package binds is seen where `--root` shows it in a directory that Python looks in.

## See also

Python's own message is *TypeError: 'module' object is not callable*. Rules `missing-application` and `application-not-called`.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    import sys
    sys.path.insert(0, "/srv/shop")
    import shop as application
    #      ^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    import shop
    from shop import app as application
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    import application
    application = application.make()
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.source import Source
from modwsgi_fix.script.values import module_scope
from modwsgi_rules.scripts._shared import applications, module_in_sight

_PACKAGE = "/__init__.py"


@rule(severity=Severity.ERROR)
def application_is_a_module(config: Config) -> Iterator[Diagnostic]:
    for script, source in applications(config):
        for alias, name, module in _modules(config, script, source):
            yield Diagnostic(
                script.path,
                source.span(alias),
                f"{name} is a module here, which cannot be called, so each request is an error 500",
                help=f"import the object in it that is the application, as in: from {module} import app as {name}",
            )


def _modules(config: Config, script: WsgiScript, source: Source) -> Iterator[tuple[ast.alias, str, str]]:
    """Yield the imports by which a module gets the name that mod_wsgi calls: where, that name, and the module's own."""
    scope = module_scope(source)
    for node in source.tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for alias in node.names:
            is_whole = isinstance(node, ast.Import)
            name = alias.asname or (alias.name.partition(".")[0] if is_whole else alias.name)
            # Where several names may be called, each that is bound may be the one.
            if name not in script.names or sum(len(scope.of(one)) for one in script.names) != 1:
                continue
            if isinstance(node, ast.Import):
                yield alias, name, alias.name
            elif node.module and not node.level and _is_file_of(config, script, node.module, alias.name):
                yield alias, name, f"{node.module}.{alias.name}"


def _is_file_of(config: Config, script: WsgiScript, package: str, name: str) -> bool:
    """Whether a name of a package is certainly a file of it, and nothing that the package itself binds."""
    found = module_in_sight(config, script, package)
    if found is None or not found[0].endswith(_PACKAGE) or module_in_sight(config, script, f"{package}.{name}") is None:
        return False
    scope = module_scope(found[1])
    return not scope.of(name) and not any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        for node in ast.walk(found[1].tree)
    )
