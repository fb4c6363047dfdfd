"""
A script sets `PYTHON_EGG_CACHE`, which its process group can be given.

## What happens

What was imported before this line, by an import script or another script of the process, unpacks its eggs elsewhere, often
where httpd's user may not write.

## Why

`python-eggs=` of `WSGIDaemonProcess` names that directory before any script is loaded (the mod_wsgi manual,
"WSGIDaemonProcess").

## The fix

It writes `python-eggs`, and takes the line out of the script: both or neither. It is unsafe, because it holds for every
script of the group.

## Left alone

In embedded mode, and where the group names a directory, there is no fix. A script that no line in sight loads is the
matter of `process-set-up-in-script`, because nobody sees its process group.

## See also

`sys-path-in-script`.

## Examples

    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess site
    +WSGIDaemonProcess site python-eggs=/srv/site/eggs
     WSGIProcessGroup site
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
    -import os
    -os.environ["PYTHON_EGG_CACHE"] = "/srv/site/eggs"
     from shop import application
    ```

Reported without a fix in embedded mode:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os
    os.environ.setdefault("PYTHON_EGG_CACHE", "/srv/site/eggs")
    #                     ^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os
    os.environ["SHOP_CACHE"] = "/srv/site/eggs"
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import loaded_scripts
from modwsgi_fix.rewriting.scripts import python_of_script
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.constants import Script
from modwsgi_fix.script.settings import environment_set
from modwsgi_rules.scripts._group_options import moved, process_group_of, runs_there, with_option

_NAME = "PYTHON_EGG_CACHE"


@rule(severity=Severity.INFO)
def egg_cache_in_script(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        if script.item is None:
            continue  # no process group is in sight that could have the option
        read = python_of_script(script) if _NAME in script.script.text else None
        if read is None:
            continue
        process = process_group_of(config, script)
        for variable in (one for one in environment_set(read.tree) if one.name == _NAME):
            fix, statement = None, _statement(read, variable.node)
            if process is not None and statement is not None and variable.value and variable.value.startswith("/"):
                edit = with_option(process, "python-eggs", variable.value)
                reason = "it holds for every script of the group"
                fix = moved(config, script, read, [statement], edit, "Write it into python-eggs", reason)
            yield Diagnostic(
                script.path,
                read.source.head(variable.key),
                f"{_NAME} is set after Python has started, and other scripts of the process do not have it",
                fix,
                runs_there(process),
                help="" if fix else "write python-eggs= at the WSGIDaemonProcess that the script runs in",
            )


def _statement(read: Script, node: ast.expr) -> ast.stmt | None:
    """Return the statement at the top of a script that is nothing but this; else None."""
    for statement in read.tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if node in targets or (isinstance(statement, ast.Expr) and statement.value is node):
            return statement
    return None
