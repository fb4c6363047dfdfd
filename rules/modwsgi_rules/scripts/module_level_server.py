"""
The script starts a server of its own when it is loaded.

## What happens

The call blocks the process, or fails because its port is taken. No request is answered.

## Why

`app.run()` starts a framework's development server from a shell. mod_wsgi imports the script, so a call at its top level is
run before any request.

## The fix

A safe fix: it puts the call under `if __name__ == "__main__":`, where it still serves whoever runs the file by hand.

## Left alone

A call within a block is reported without a fix, and so is the `run` of an `application` that comes from elsewhere: that is a warning,
because the script does not show what it does. Another `run` that does not start a known server is not reported, and neither is a call
that mod_wsgi never runs.

## See also

Rule `application-under-main-guard`.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     from flask import Flask
     application = app = Flask(__name__)
    -app.run(host="0.0.0.0")
    +if __name__ == "__main__":
    +    app.run(host="0.0.0.0")
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import bottle
    if True:
        bottle.run(port=8080)
    #   ^^^^^^^^^^^^^^^^^^^^^
    application = bottle.default_app()
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from shop import create_app
    application = create_app()
    if application.debug:
        application.run(port=8000)
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from flask import Flask
    application = app = Flask(__name__)
    worker.run()
    if __name__ == "__main__":
        app.run()
    def start():
        app.run()
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, module_of, wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script import Module, Statement, is_python3, makes_application
from modwsgi_fix.script.source import imports_of, source_of

_SERVERS = frozenset({
    "aiohttp.web.run_app", "bjoern.run", "bottle.run", "cherrypy.quickstart", "cherrypy.server.quickstart",
    "eventlet.wsgi.server", "flup.server.fcgi.WSGIServer.run", "gevent.pywsgi.WSGIServer.serve_forever",
    "paste.httpserver.serve", "tornado.ioloop.IOLoop.current.start", "tornado.ioloop.IOLoop.instance.start",
    "uvicorn.run", "waitress.serve", "werkzeug.run_simple", "werkzeug.serving.run_simple",
    "wsgiref.handlers.CGIHandler.run", "wsgiref.simple_server.make_server.serve_forever",
})  # fmt: skip
#: The last parts of the names of such calls.
_STARTS = frozenset({*(name.rpartition(".")[2] for name in _SERVERS), "run"})
#: Objects of which ``run`` starts a server, and that are not themselves applications.
_RUNNERS = frozenset({"web.application", "web.auto_application"})
_MAKES_SERVER = "make_server"
_BY_HAND = 'put it under if __name__ == "__main__":'


@rule(severity=Severity.ERROR)
def module_level_server(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = module_of(script) if _may_start(script.script.text) else None
        if module is None:
            continue
        for statement in module.live():
            if statement.kind != "expression" or statement.call is None:
                continue
            called = statement.call.name
            if _starts_server(module, called):
                fix = _fix(script, module, statement)
                message = f"{called} runs a server when mod_wsgi loads the script, so no request is answered"
                yield Diagnostic(script.path, statement.head, message, fix, help="" if fix else _BY_HAND)
            elif _is_run_of_application(module, called, script.names):
                message = f"{called} most likely runs a server when mod_wsgi loads the script"
                yield Diagnostic(script.path, statement.head, message, severity=Severity.WARNING, help=_BY_HAND)


def _may_start(text: str) -> bool:
    """Whether a call at the top of a script may start a server, by a quick look."""
    source = source_of(text)
    if source is None:
        return any(name in text for name in _STARTS)
    called = (node.value.func for node in source.top if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    names = {getattr(func, "attr", getattr(func, "id", "")) for func in called} & _STARTS
    # Many objects have a method called start, and imports may have any name.
    is_imported = not _SERVERS.isdisjoint(imports_of(source).values())
    return is_imported or bool(names - {"start"}) or ("start" in names and "IOLoop" in text)


def _starts_server(module: Module, name: str) -> bool:
    """Whether a call starts the server of a known framework."""
    owner, _, method = name.rpartition(".")
    made = module.names.get(owner)
    if method == "run" and made is not None and made.kind == "assign" and made.call is not None:
        return makes_application(module, made) or module.resolve(made.call.name) in _RUNNERS
    if method == "serve_forever" and made is not None and made.call is not None:
        return made.call.name.rpartition(".")[2] == _MAKES_SERVER
    return module.resolve(name) in _SERVERS or _of_star(module, name) in _SERVERS


def _is_run_of_application(module: Module, name: str, names: tuple[str, ...]) -> bool:
    """Whether a call runs what mod_wsgi calls, which comes from elsewhere."""
    owner, _, method = name.rpartition(".")
    bound = [module.names[one] for one in names if one in module.names]
    if method != "run" or not (owner in names or any(statement.value == owner for statement in bound)):
        return False
    made = module.names.get(owner)
    if made is None or made.call is None:
        return made is not None and made.kind == "import"
    maker = module.names.get(made.call.name)
    return made.kind == "assign" and (maker is None or maker.kind == "import")


def _of_star(module: Module, name: str) -> str:
    """Return the dotted name of what ``from bottle import *`` binds; empty where the script binds the name itself, or nothing does."""
    source = source_of(module.text)
    if source is None or name in module.names or name in module.imports:
        return ""
    from_all = (
        f"{node.module}.{name}"
        for node in source.top
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and not node.level
    )
    return next((dotted for dotted in from_all if dotted in _SERVERS), "")


def _fix(script: WsgiScript, module: Module, statement: Statement) -> Fix | None:
    text = module.text
    if statement not in module.body or not statement.alone:
        return None
    start, end = statement.lines
    lines = text[start:end]
    if '"""' in lines or "'''" in lines or not text.startswith(lines.lstrip("\f")[:1], statement.span.start):
        return None
    new = f'if __name__ == "__main__":{module.newline}'
    new += "".join("    " + line if line.strip() else line for line in lines.splitlines(keepends=True))
    if not is_python3(text[:start] + new + text[end:]):
        return None
    return Fix.safe(
        "Start it only when the file is run by hand",
        Edit(script.path, statement.lines, new),
        reason="the script can be loaded, and requests are answered",
    )
