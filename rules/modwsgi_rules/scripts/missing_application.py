"""
A WSGI script binds no `application`.

mod_wsgi loads the script and calls the object named `application` in it, or as `WSGICallableObject` says. A Flask script that
ends in `app = Flask(__name__)` loads well, and every request fails, with 404 or 500 by the version of mod_wsgi: *Target WSGI script does not contain WSGI application
'application'*.

The fix adds `application = app` where it is plain which object is meant: one that a known framework makes, a function of
`(environ, start_response)`, or an `app` that is imported.

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     from flask import Flask
     app = Flask(__name__)
    +application = app
    ```
    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/hello.py
     #- /srv/hello.py
     import bobo
     @bobo.query
     def hello():
         return "Hello world!"
     app = bobo.Application(bobo_resources=__name__)
    +application = app
    ```
    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/notes/notes.wsgi
     #- /srv/notes/notes.wsgi
     import sys
     sys.path.insert(0, "/srv/notes")
     from notes import app
    +application = app
    ```

Which of these is meant is not to be seen:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import flask
    one = flask.Flask("one")
    #     ^^^^^^^^^^^^^^^^^^
    two = flask.Flask("two")
    ```

Bound in any way, or by a name that the configuration gives; or what cannot be seen through:

    ```python
    #- site.conf
    WSGIScriptAlias /a /srv/a.wsgi
    WSGIScriptAlias /b /srv/b.wsgi
    WSGIScriptAlias /c /srv/c.wsgi callable-object=app
    WSGIScriptAlias /d /srv/d.wsgi
    #- /srv/a.wsgi
    try:
        from site import app as application
    except ImportError:
        def application(environ, start_response):
            return []
    #- /srv/b.wsgi
    from site.wsgi import *
    #- /srv/c.wsgi
    from site import app
    #- /srv/d.wsgi
    print "Python 2"
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import module_of, wsgi_scripts
from modwsgi_fix.rewriting.scripts import append_to
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script import Module, Statement, bobo_resources, makes_application
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def missing_application(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = None if script.is_handler else module_of(script)
        if module is None or module.is_open or any(name in module.names for name in script.names):
            continue
        # Resources of bobo, and what stands under a main guard, are other rules'.
        candidates = _candidates(module)
        if bobo_resources(module) and not candidates:
            continue
        if any(set(one.targets) & set(script.names) for one in module.top()):
            continue
        wanted = script.names[0]
        fix = None
        if len(candidates) == 1:
            name, _ = candidates[0]
            fix = Fix.safe(
                f"Call it {wanted}",
                append_to(script, module, f"{wanted} = {name}"),
                reason=f"every request failed, and is answered by {name}",
            )
        message = f"the script binds no {wanted}, so every request fails"
        message += f"; {candidates[0][0]} seems to be meant" if fix else f"; bind the WSGI application to {wanted}"
        yield Diagnostic(
            script.path,
            _span(module, candidates),
            message,
            fix,
            tuple(Related(*place, "the script is mounted here") for place in script.mounts),
        )


def _candidates(module: Module) -> list[tuple[str, Statement]]:
    made = [
        (name, one) for name, one in module.names.items() if one.kind == "assign" and makes_application(module, one)
    ]
    functions = [
        (name, one) for name, one in module.names.items() if one.kind == "def" and len(one.parameters) == 2
        and one.parameters[1] == "start_response"
    ]  # fmt: skip
    imported = [
        (name, one) for name, one in module.names.items() if one.kind == "import" and name in ("app", "wsgi_app")
    ]
    return made or functions or imported


def _span(module: Module, candidates: list[tuple[str, Statement]]) -> Span:
    if candidates:
        one = candidates[0][1]
        return one.call.span if one.call is not None else one.head
    return module.body[0].head if module.body else Span(0, 0)
