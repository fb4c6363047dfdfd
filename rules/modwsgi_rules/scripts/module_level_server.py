"""
The script starts a server of its own when it is loaded.

`app.run()` is how a framework's development server is started from a shell. In a script that mod_wsgi loads it is run on
import, before any request: it blocks the process, or fails because its port is taken, and no request is answered.

The fix puts it under `if __name__ == "__main__":`, where it still serves whoever runs the file by hand.

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

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, module_of, wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script import Module, Statement, is_python3, makes_application

_SERVERS = frozenset(
    {"bottle.run", "waitress.serve", "werkzeug.serving.run_simple", "werkzeug.run_simple", "paste.httpserver.serve"}
)
_MAKES_SERVER = "make_server"


@rule(severity=Severity.ERROR)
def module_level_server(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = module_of(script)
        if module is None:
            continue
        for one in module.live():
            if _starts_server(module, one):
                yield Diagnostic(
                    script.path,
                    one.head,
                    f"{one.call.name if one.call else one.value} runs a server when mod_wsgi loads the script, and no"
                    ' request is answered; put it under if __name__ == "__main__":',
                    _fix(script, module, one),
                )


def _starts_server(module: Module, one: Statement) -> bool:
    if one.kind != "expression" or one.call is None:
        return False
    name = one.call.name
    owner, _, method = name.rpartition(".")
    made = module.names.get(owner)
    if method == "run" and made is not None and made.kind == "assign" and makes_application(module, made):
        return True
    if method == "serve_forever" and made is not None and made.call is not None:
        return made.call.name.rpartition(".")[2] == _MAKES_SERVER
    return module.resolve(name) in _SERVERS


def _fix(script: WsgiScript, module: Module, one: Statement) -> Fix | None:
    text = module.text
    if one not in module.body or not one.alone:
        return None
    start, end = one.lines
    lines = text[start:end]
    if '"""' in lines or "'''" in lines or not text.startswith(lines.lstrip("\f")[:1], one.span.start):
        return None
    new = f'if __name__ == "__main__":{module.newline}'
    new += "".join("    " + line if line.strip() else line for line in lines.splitlines(keepends=True))
    if not is_python3(text[:start] + new + text[end:]):
        return None
    return Fix.safe(
        "Start it only when the file is run by hand",
        Edit(script.path, one.lines, new),
        reason="the script can be loaded, and requests are answered",
    )
