"""
A handler script does not say when the files that it answers for have changed.

## What happens

A file that was changed is answered as it was before, until the process ends or the handler script itself is touched.

## Why

mod_wsgi looks at the handler script alone. Of what it answers for, it asks the script's function `reload_required(resource)`, where
there is one (`wsgi_reload_required`; mod_wsgi's manual, WSGIHandlerScript). In daemon mode a true answer starts the process anew,
otherwise the handler script is loaded again.

## The fix

An unsafe fix, because processes are started anew that were not before: it adds a `reload_required` that is true when a file
was changed after the script was loaded.

## Left alone

A handler script that opens each file when it is asked, and keeps nothing, does not need it: allow the finding there. A server with
`WSGIScriptReloading Off` is not reported.

## See also

Rule `handle-request-missing`.

## Examples

    ```diff unsafe
     #- site.conf
     WSGIHandlerScript page /srv/site/handler.wsgi
     #- /srv/site/handler.wsgi
     import os

     def handle_request(environ, start_response):
         return []
    +
    +
    +import time
    +
    +_loaded = time.time()
    +
    +
    +def reload_required(resource):
    +    return _loaded < os.path.getmtime(resource) <= time.time()
    ```

Not reported:

    ```python
    #- site.conf
    WSGIHandlerScript page /srv/site/handler.wsgi
    #- /srv/site/handler.wsgi
    def handle_request(environ, start_response):
        return []
    def reload_required(resource):
        return False
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import module_of, wsgi_scripts
from modwsgi_fix.rewriting.scripts import append_to
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.scripts._shared import RELOAD_REQUIRED, lines_of

_NAME = "reload_required"


@rule(severity=Severity.INFO)
def handler_does_not_reload(config: Config) -> Iterator[Diagnostic]:
    if any(item.value.lower() == "off" for item in config.named("wsgiscriptreloading")):
        return
    for script in wsgi_scripts(config):
        module = module_of(script) if script.is_handler else None
        if module is None or module.is_open or _NAME in module.names:
            continue
        bound = next((module.names[name] for name in script.names if name in module.names), None)
        if bound is None:
            continue
        missing = [name for name in ("os", "time") if module.imports.get(name) != name]
        lines = "".join(f"import {name}\n" for name in missing) + ("\n" if missing else "") + RELOAD_REQUIRED
        fix = None
        if not {*missing, "_loaded"} & module.names.keys():
            reason = "processes are started anew when a file that they answer for has changed"
            added = append_to(script, module, lines_of(module, lines))
            fix = Fix.unsafe(f"Add {_NAME}", added, reason=reason)
        yield Diagnostic(
            script.path,
            bound.head,
            "files that this handler answers for may change, and it goes on with what it has loaded",
            fix,
            tuple(Related(*place, "the handler") for place in script.mounts),
            help="" if fix else f"define {_NAME}(resource), which says whether the file has changed",
        )
