"""
A debugger is left on in a script.

## What happens

`pdb.set_trace()` and `breakpoint()` find no terminal, and the request is an error 500. Werkzeug's `DebuggedApplication` shows
visitors the source of the application where it fails, and with `evalex=True` lets them run Python on the server. A remote debugger
waits, or opens a port.

## Why

mod_wsgi gives a script an empty standard input. Debuggers in the browser are for one's own machine (Werkzeug's manual, "Debugging
Applications": never enable the debugger in production).

## The fix

A repair: it takes the line away. An unsafe fix where the line sets the debug mode of a framework, or starts a remote debugger, which may
be meant.

## Left alone

A line that is the only one of its block is reported without a fix, and so is one that it shares with others. What stands under
`if __name__ == "__main__":` is not reported, because mod_wsgi never runs it.

## See also

Python's own message is *bdb.BdbQuit*. Rule `module-level-server`.

## Examples

    ```diff repair
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     from werkzeug.debug import DebuggedApplication
     from site import application
    -application = DebuggedApplication(application, evalex=True)
     def later(environ, start_response):
    -    import pdb; pdb.set_trace()
         return []
    ```
    ```diff unsafe
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     from flask import Flask
     application = Flask(__name__)
    -application.debug = True
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        if "X-DEBUG" in environ:
            breakpoint()
    #       ^^^^^^^^^^^^
        return []
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from flask import Flask
    application = Flask(__name__)
    if __name__ == "__main__":
        breakpoint()
        application.run(debug=True)
    ```
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.entry_points import makes, module_scope
from modwsgi_fix.script.source import Source, dotted, source_of
from modwsgi_fix.script.values import Scope
from modwsgi_fix.text import Span
from modwsgi_rules.scripts._shared import running

_TERMINAL = frozenset({
    "breakpoint", "code.interact", "IPython.embed", "ipdb.set_trace", "pdb.set_trace", "pudb.set_trace",
})  # fmt: skip
_REMOTE = frozenset({
    "debugpy.listen", "debugpy.wait_for_client", "ptvsd.enable_attach", "pydevd.settrace", "pydevd_pycharm.settrace",
    "remote_pdb.set_trace", "rpdb.set_trace", "wdb.set_trace", "web_pdb.set_trace",
})  # fmt: skip
_IN_BROWSER = frozenset({"werkzeug.debug.DebuggedApplication", "werkzeug.DebuggedApplication"})
_ON_ONE_LINE = re.compile(r"[ \t]*import (\w+)[ \t]*;[ \t]*\1\.(?:set_trace|embed)\(\)[ \t]*(?:\r?\n)?")


class _Left(NamedTuple):
    """A debugger: what happens, how much a fix may do, and how bad it is."""

    message: str
    is_meant: bool
    severity: Severity


@rule(severity=Severity.ERROR)
def debugger_left_on(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        source = source_of(script.script.text)
        if source is None:
            continue
        scope = module_scope(source)
        for block in running(source.tree):
            for statement in block:
                left = _left(statement, scope)
                if left is None:
                    continue
                lines = _lines(source, statement, block)
                fix = None
                if lines is not None:
                    edit = Edit(script.path, lines)
                    fix = (
                        Fix.unsafe("Take the line away", edit, reason="the debug mode may be meant")
                        if left.is_meant
                        else Fix.repair("Take the line away", edit, reason="requests go on without the debugger")
                    )
                advice = "" if fix else "take the debugger away"
                head = source.head(statement)
                yield Diagnostic(script.path, head, left.message, fix, severity=left.severity, help=advice)


def _left(statement: ast.stmt, scope: Scope) -> _Left | None:
    match statement:
        case ast.Expr(value=ast.Call(func=func) as call):
            name = scope.resolve(func)
            if name in _TERMINAL:
                return _Left(
                    f"{dotted(func)}() finds no terminal under mod_wsgi, and the request fails", False, Severity.ERROR
                )
            if name in _REMOTE:
                return _Left(f"{dotted(func)}() waits for a debugger, or lets one in", True, Severity.WARNING)
            if name == "bottle.debug" and not _is_false(call.args[:1]):
                return _Left(
                    "the debug mode of Bottle shows visitors the source where it fails", True, Severity.WARNING
                )
        case ast.Assign(targets=[ast.Name()], value=ast.Call(func=func) as call) if scope.resolve(func) in _IN_BROWSER:
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            if "evalex" in given and not _is_false([given["evalex"]]):
                return _Left("the debugger lets visitors run Python on the server", False, Severity.ERROR)
            return _Left("the debugger shows visitors the source of the application", False, Severity.WARNING)
        case ast.Assign(targets=[target], value=ast.Constant(value=True)):
            name = dotted(target)
            if scope.resolve(target) == "web.config.debug":
                return _Left(
                    "the debug mode of web.py shows visitors the source where it fails", True, Severity.WARNING
                )
            owner = name.removesuffix(".debug")
            if owner != name and makes(ast.Name(owner, ast.Load()), scope):
                return _Left("the debug mode of the framework is on", True, Severity.INFO)
    return None


def _is_false(values: list[ast.expr]) -> bool:
    return bool(values) and isinstance(values[0], ast.Constant) and not values[0].value


def _lines(source: Source, statement: ast.stmt, block: list[ast.stmt]) -> Span | None:
    """The lines to take away; None where something else stands there, or the block would be empty."""
    lines = source.lines(source.span(statement))
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
        wrapped = statement.value.args[:1]
        if [dotted(one) for one in wrapped] != [dotted(statement.targets[0])]:
            return None
    whole = source.text[slice(*lines)]
    here = [one for one in block if source.lines(source.span(one)) == lines]
    if len(here) == len(block) or not (source.is_alone(statement) or _ON_ONE_LINE.fullmatch(whole)):
        return None
    return lines
