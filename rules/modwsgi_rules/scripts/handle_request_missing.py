"""
A handler script does not have a `handle_request`.

## What happens

Every request for a file of the handler gets an error, 404 or 500 by the version of mod_wsgi.

## Why

For `WSGIHandlerScript` mod_wsgi calls `handle_request`, and not `application` (mod_wsgi's manual, WSGIHandlerScript).

## The fix

A safe fix: it adds `handle_request = application` where the script has an `application`. An unsafe fix, because it runs the files
that the handler answers for: a script that only imports bobo gets a `handle_request` that makes a `bobo.Application` of the file
that is asked for, and a `reload_required`, so that a changed file is loaded anew.

## Left alone

Elsewhere it is not known which object is meant, and the script is reported without a fix.

## See also

httpd's own message is *Target WSGI script '/srv/site/handler.wsgi' does not contain WSGI application 'handle_request'*. Rules
`handler-does-not-reload` and `missing-application`.

## Examples

    ```diff
     #- site.conf
     WSGIHandlerScript page /srv/site/handler.wsgi
     #- /srv/site/handler.wsgi
     def application(environ, start_response):
         return []
    +
    +
    +handle_request = application
    ```

    ```diff unsafe
     #- site.conf
     WSGIHandlerScript bobo-page /srv/bobo/handler.wsgi
     #- /srv/bobo/handler.wsgi
    -import bobo
    +import os
    +import sys
    +import time
    +import types
    +
    +import bobo
    +
    +_applications = {}
    +
    +
    +def handle_request(environ, start_response):
    +    path = environ["SCRIPT_FILENAME"]
    +    if path not in _applications:
    +        module = types.ModuleType("_page_" + path.encode().hex())
    +        module.__file__ = path
    +        sys.modules[module.__name__] = module
    +        with open(path, "rb") as file:
    +            exec(compile(file.read(), path, "exec"), module.__dict__)
    +        _applications[path] = bobo.Application(bobo_resources=module.__name__)
    +    return _applications[path](environ, start_response)
    +
    +
    +_loaded = time.time()
    +
    +
    +def reload_required(resource):
    +    return _loaded < os.path.getmtime(resource) <= time.time()
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIHandlerScript page /srv/site/handler.wsgi
    #- /srv/site/handler.wsgi
    class Page:
    #     ^^^^
        pass
    ```

Not reported:

    ```python
    #- site.conf
    WSGIHandlerScript page /srv/site/handler.wsgi
    #- /srv/site/handler.wsgi
    def handle_request(environ, start_response):
        return []
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import module_of, wsgi_scripts
from modwsgi_fix.rewriting.scripts import append_to
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.scripts._shared import RELOAD_REQUIRED, lines_of

#: The handler for files of bobo resources: each file is a module, of which an application is made once.
_BOBO = """\
import os
import sys
import time
import types

import bobo

_applications = {}


def handle_request(environ, start_response):
    path = environ["SCRIPT_FILENAME"]
    if path not in _applications:
        module = types.ModuleType("_page_" + path.encode().hex())
        module.__file__ = path
        sys.modules[module.__name__] = module
        with open(path, "rb") as file:
            exec(compile(file.read(), path, "exec"), module.__dict__)
        _applications[path] = bobo.Application(bobo_resources=module.__name__)
    return _applications[path](environ, start_response)"""


@rule(severity=Severity.ERROR)
def handle_request_missing(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = module_of(script) if script.is_handler else None
        if module is None or module.is_open or any(name in module.names for name in script.names) or not module.body:
            continue
        fix = None
        bound = module.names.get("application")
        if bound is not None:
            fix = Fix.safe(
                f"Call it {script.names[0]} as well",
                append_to(script, module, f"{script.names[0]} = application"),
                reason="every request failed, and is answered by application",
            )
        elif [line.imported for line in module.body] == [(("bobo", "bobo"),)] and module.body[0].alone:
            edit = Edit(script.path, module.body[0].lines, lines_of(module, f"{_BOBO}\n\n\n{RELOAD_REQUIRED}\n"))
            reason = "the files that the handler answers for are run as resources of bobo"
            fix = Fix.unsafe("Answer for files of bobo resources", edit, reason=reason)
        yield Diagnostic(
            script.path,
            (bound or module.body[0]).head,
            f"the handler script does not have a {script.names[0]}, so every request fails",
            fix,
            tuple(Related(*place, "the handler") for place in script.mounts),
            help="" if fix else f"bind the WSGI application to {script.names[0]}",
        )
