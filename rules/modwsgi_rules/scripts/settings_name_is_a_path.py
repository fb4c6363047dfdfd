"""
The settings of Django are named by a path or a file, and not as a module.

## What happens

The script fails when it is loaded, and every request is an error 500.

## Why

`DJANGO_SETTINGS_MODULE` is imported (`importlib.import_module`), so its value is what an `import` would have: `shop.settings` for `shop/settings.py`.
With `.py` at the end Python looks for a module `py` in a package `settings`.

## The fix

A repair: it writes the name of the module.

## Left alone

A path that begins with `/`, or goes up by `..`, is reported without a fix: which directory is on `sys.path` is not known.

## See also

Python's own message is *ModuleNotFoundError: No module named 'shop.settings.py'; 'shop.settings' is not a package*. Rules
`django-settings-not-set` and `module-beside-script`.

## Examples

    ```diff repair
     #- site.conf
     WSGIScriptAlias / /srv/shop/app.wsgi
     #- /srv/shop/app.wsgi
     import os
     from django.core.wsgi import get_wsgi_application
    -os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.py")
    +os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
     application = get_wsgi_application()
    ```
    ```diff repair
     #- site.conf
     WSGIScriptAlias / /srv/shop/app.wsgi
     #- /srv/shop/app.wsgi
     import os
     from django.core.wsgi import get_wsgi_application
    -os.environ['DJANGO_SETTINGS_MODULE'] = 'shop/settings'
    +os.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'
     application = get_wsgi_application()
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    import os
    from django.core.wsgi import get_wsgi_application
    os.environ["DJANGO_SETTINGS_MODULE"] = "/srv/shop/shop/settings.py"
    #                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    application = get_wsgi_application()
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    import os
    from django.core.wsgi import get_wsgi_application
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings.python"
    os.environ["SHOP_CONFIG"] = "/srv/shop/settings.py"
    application = get_wsgi_application()
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.settings import Set, environment_set
from modwsgi_fix.script.source import source_of

_SETTINGS = "DJANGO_SETTINGS_MODULE"
#: A path below a directory of ``sys.path``.
_PATH = expression(r"(?:\./)?(\w+(?:[./]\w+)*?)(?:\.py)?/?")


@rule(severity=Severity.ERROR)
def settings_name_is_a_path(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        text = script.script.text
        source = source_of(text) if _SETTINGS in text else None
        for named in environment_set(source.tree) if source is not None else ():
            value = named.value or ""
            node = _value_of(source.tree, named) if source is not None and named.name == _SETTINGS else None
            if source is None or node is None or not ("/" in value or value.endswith(".py")):
                continue
            span = source.span(node)
            path = _PATH.fullmatch(value)
            fix = None
            if path is not None and text[span.start + 1 : span.end - 1] == value:
                quote = text[span.start]
                edit = Edit(script.path, span, f"{quote}{path[1].replace('/', '.')}{quote}")
                fix = Fix.repair("Write the name of the module", edit, reason="the script could not be loaded")
            yield Diagnostic(
                script.path,
                span,
                f"{value} is imported as a module, and is the name of a file",
                fix,
                help="" if fix else "write it as after import, with dots, from a directory of sys.path on",
            )


def _value_of(tree: ast.Module, named: Set) -> ast.expr | None:
    """Return the expression of the value that a statement gives to a variable."""
    if isinstance(named.node, ast.Call):
        return named.node.args[1]
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and named.node in node.targets)
    return next(found, None)
