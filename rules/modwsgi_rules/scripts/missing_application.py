"""
A WSGI script does not have an `application`.

## What happens

The script loads, and every request gets an error, 404 or 500 by the version of mod_wsgi. A Flask script that ends in
`app = Flask(__name__)` is the usual case.

## Why

mod_wsgi calls the object named `application`, or as `WSGICallableObject` says (`wsgi_execute_script`).

## The fix

A safe fix: it adds `application = app` where it is plain which object is meant. That is an object that a known framework
makes, a function of `(environ, start_response)`, or an `app` that is imported or comes out of a `create_app()`. Where none is made yet, it adds the line that
makes it: `create_app()` for the only factory that needs no arguments, `bottle.default_app()` where routes are made on the
module, `config.make_wsgi_app()` of Pyramid and TurboGears, `app.wsgifunc()` of web.py, `get_wsgi_application()` where the
settings of Django are named, `cherrypy.tree` where something is mounted on it, and what Trac, web2py and MoinMoin have ready.

## Left alone

Where two objects may be meant, or a factory wants arguments, the script is reported without a fix, and the help names the line
where there is one. It is not reported where the name is bound in any way,
where the configuration gives another name, or where the script cannot be seen through.

## See also

httpd's own message is *Target WSGI script '/srv/site/app.wsgi' does not contain WSGI application 'application'*. Rules
`application-under-main-guard`, `bobo-missing-application` and `handle-request-missing`.

## Examples

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

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     import bottle

     @bottle.route("/")
     def index():
         return "Hello"
    +
    +
    +application = bottle.default_app()
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import flask
    one = flask.Flask("one")
    #     ^^^^^^^^^^^^^^^^^^
    two = flask.Flask("two")
    ```

Not reported:

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

import ast
from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, binds, module_of, wsgi_scripts
from modwsgi_fix.rewriting.scripts import append_to
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script import Module, Statement, bobo_resources, makes_application
from modwsgi_fix.script.entry_points import FACTORIES, EntryPoint, entry_points
from modwsgi_fix.script.source import Source, source_of
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def missing_application(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = None if script.is_handler or binds(script) else module_of(script)
        if module is None or module.is_open or any(name in module.names for name in script.names):
            continue
        # Resources of bobo, and applications under a main guard, are reported by other rules.
        candidates = _candidates(module)
        if bobo_resources(module) and not candidates:
            continue
        if any(set(statement.targets) & set(script.names) for statement in module.top()):
            continue
        wanted = script.names[0]
        span, fix, line = _span(module, candidates), None, f"bind the WSGI application to {wanted}"
        if len(candidates) == 1:
            name, _ = candidates[0]
            fix = _bind(script, module, wanted, EntryPoint(name, "", ast.Pass()))
        elif not candidates and (source := source_of(script.script.text)) is not None:
            known = entry_points(source)
            certain = [one for one in known if one.is_certain]
            if known:
                span, line = source.head(known[0].node), f"end it with {wanted} = {known[0].expression}"
            fix = _bind(script, module, wanted, certain[0]) if len(certain) == 1 else None
            if not known and _is_cgi(source):
                line = "mount this CGI program by ScriptAlias, or make a function application(environ, start_response) of it"
        yield Diagnostic(
            script.path,
            span,
            f"the script does not bind {wanted}, so every request fails",
            fix,
            tuple(Related(*place, "the script is mounted here") for place in script.mounts),
            help="" if fix else line,
        )


def _is_cgi(source: Source) -> bool:
    """Whether a script prints the headers of an answer while it is loaded, as a CGI program does."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and str(node.args[0].value).lower().startswith("content-type:")
        for node in source.top
    )


def _bind(script: WsgiScript, module: Module, wanted: str, known: EntryPoint) -> Fix:
    lines = [known.needs, f"{wanted} = {known.expression}"] if known.needs else [f"{wanted} = {known.expression}"]
    return Fix.safe(
        f"Call it {wanted}" if known.expression.isidentifier() else "Make the application",
        append_to(script, module, module.newline.join(lines)),
        reason=f"every request failed, and is answered by {known.expression}",
    )


def _candidates(module: Module) -> list[tuple[str, Statement]]:
    """Return the names that may be the application, with their statements: only those of the surest kind present."""
    bound = list(module.names.items())
    made = [(name, line) for name, line in bound if line.kind == "assign" and makes_application(module, line)]
    functions = [
        (name, line) for name, line in bound if line.kind == "def" and len(line.parameters) == 2
        and line.parameters[1] == "start_response"
    ]  # fmt: skip
    imported = [(name, line) for name, line in bound if line.kind == "import" and name in ("app", "wsgi_app")]
    # A function with the name of a factory, and its result with the name of an application.
    called = [
        (name, line) for name, line in bound if line.kind == "assign" and name in ("app", "wsgi_app")
        and line.call is not None and line.call.name.rpartition(".")[2] in FACTORIES
    ]  # fmt: skip
    return made or functions or imported or called


def _span(module: Module, candidates: list[tuple[str, Statement]]) -> Span:
    """Return the place to report: the first candidate, or the start of the script."""
    if candidates:
        statement = candidates[0][1]
        return statement.call.span if statement.call is not None else statement.head
    return module.body[0].head if module.body else Span(0, 0)
