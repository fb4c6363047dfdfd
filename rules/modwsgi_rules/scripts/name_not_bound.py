"""
A script uses a name that nothing has imported or defined.

## What happens

Each request is an error 500, since the script is loaded anew for each: *NameError: name 'logging' is not defined*.

## Why

Python runs a script from its first line on. A name is there once an import, an assignment or a definition above has bound it. Lines from
two guides put together often use `logging` or `os` and leave the import behind, or have it too far down.

## The fix

A safe fix imports `logging`, `os`, `site`, `sys`, `traceback` or `warnings`, which no script means otherwise.

## Left alone

Any other name is reported without a fix: import it, or correct it. Only what certainly runs is looked at: not what stands in a function, in
a block of `try`, `if` or `while`, or in a script that has `exec`, `globals()` or `from x import *`. Names that are gone since Python 2 are
those of `python-2-name`.

## See also

Python's own message is *NameError: name 'x' is not defined*. Rules `python-2-name`, `import-before-sys-path`.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/shop/app.wsgi
     #- /srv/shop/app.wsgi
    +import logging
     import sys
     logging.basicConfig(stream=sys.stderr)
     from shop import app as application
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    application = create_app("live")
    #             ^^^^^^^^^^
    from shop import create_app
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    import sys
    try:
        text = unicode
    except NameError:
        text = str
    def application(environ, start_response):
        return answer(environ, start_response)
    from shop import answer
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts
from modwsgi_fix.rewriting.scripts import importing, python_of_script
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.source import source_of
from modwsgi_fix.script.unbound import unbound
from modwsgi_rules.scripts._shared import ANSWERED, GONE_BUILTINS

#: Modules of Python whose names stand for nothing else in a script.
_MODULES = frozenset({"logging", "os", "site", "sys", "traceback", "warnings"})


@rule(severity=Severity.ERROR)
def name_not_bound(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        source = source_of(script.script.text)
        found = unbound(source) if source is not None else None
        if source is None or found is None or found.node.id in GONE_BUILTINS:
            continue
        name = found.node.id
        message = f"nothing imports or defines {name}, so the script fails when it is loaded"
        if found.is_below:
            message = f"{name} is imported or defined further down only, so the script fails when it is loaded"
        fix = _fix(script, found.node)
        related = tuple(Related(*place, "the script is mounted here") for place in script.mounts)
        advice = "" if fix else "move that above this line" if found.is_below else "import it, or correct the name"
        yield Diagnostic(script.path, source.span(found.node), message, fix, related, help=advice)


def _fix(script: WsgiScript, use: ast.Name) -> Fix | None:
    read = python_of_script(script) if use.id in _MODULES else None
    edits = importing(read, script.path, use.id, use) if read is not None else None
    return Fix.safe(f"Import {use.id}", *edits, reason=ANSWERED) if edits else None
