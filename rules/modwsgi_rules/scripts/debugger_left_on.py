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

A repair: it takes the line away. An unsafe fix where the line sets the debug mode of a framework, starts a remote debugger, or stands
under a condition, since it may be meant.

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
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.entry_points import makes
from modwsgi_fix.script.source import Source, dotted
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import applications, calls_of, running

_TERMINAL = frozenset({
    "breakpoint", "code.interact", "IPython.embed", "ipdb.set_trace", "pdb.set_trace", "pudb.set_trace",
})  # fmt: skip
_REMOTE = frozenset({
    "debugpy.listen", "debugpy.wait_for_client", "ptvsd.enable_attach", "pydevd.settrace", "pydevd_pycharm.settrace",
    "remote_pdb.set_trace", "rpdb.set_trace", "wdb.set_trace", "web_pdb.set_trace",
})  # fmt: skip
_IN_BROWSER = frozenset({
    "paste.evalexception.EvalException", "paste.evalexception.middleware.EvalException",
    "weberror.evalexception.EvalException", "werkzeug.DebuggedApplication", "werkzeug.debug.DebuggedApplication",
})  # fmt: skip
#: Each script with a debugger has one of these words.
_WORDS = expression(r"(?i)debug|trace|breakpoint|interact|embed|EvalException|enable_attach")
_SHOWS = "the debug mode of {} shows visitors the source where it fails"
_ON_ONE_LINE = expression(r"[ \t]*import (\w+)[ \t]*;[ \t]*\1\.(?:set_trace|embed)\(\)[ \t]*(?:\r?\n)?")


class _Left(NamedTuple):
    """A debugger: what happens, where, how bad that is, whether it may be intended, and the application it wraps."""

    message: str
    node: ast.expr | ast.stmt
    severity: Severity
    is_meant: bool = False
    around: ast.expr | None = None


@rule(severity=Severity.ERROR)
def debugger_left_on(config: Config) -> Iterator[Diagnostic]:
    for script, source in applications(config):
        if not _WORDS.search(source.text):
            continue
        scope = module_scope(source)
        for block in running(source.tree):
            for statement in block.statements:
                for left in _left(statement, scope):
                    edit = _edit(source, script.path, statement, block.statements, left)
                    if left.around is not None and block.is_conditional:
                        # A switch decides.
                        left = left._replace(is_meant=True, severity=Severity.WARNING)
                    fix = None
                    if edit is not None and left.is_meant:
                        fix = Fix.unsafe("Take the debugger away", edit, reason="it may be meant")
                    elif edit is not None:
                        reason = "requests go on without the debugger"
                        fix = Fix.repair("Take the debugger away", edit, reason=reason)
                    advice = "" if fix else "take the debugger away"
                    head = source.head(left.node)
                    yield Diagnostic(script.path, head, left.message, fix, severity=left.severity, help=advice)


def _left(statement: ast.stmt, scope: Scope) -> Iterator[_Left]:
    match statement:
        case ast.Expr(value=ast.Call(func=func) as call):
            name = scope.resolve(func)
            if name in _TERMINAL:
                message = f"{dotted(func)}() finds no terminal under mod_wsgi, and the request fails"
                yield _Left(message, statement, Severity.ERROR)
            elif name in _REMOTE:
                message = f"{dotted(func)}() waits for a debugger, or lets one in"
                yield _Left(message, statement, Severity.WARNING, is_meant=True)
            elif name == "bottle.debug" and not _is_false(call.args[:1]):
                yield _Left(_SHOWS.format("Bottle"), statement, Severity.WARNING, is_meant=True)
        case ast.Assign(targets=[target], value=ast.Constant(value=True)):
            if scope.resolve(target) == "web.config.debug":
                yield _Left(_SHOWS.format("web.py"), statement, Severity.WARNING, is_meant=True)
            elif makes(ast.Name(_owner(target), ast.Load()), scope):
                yield _Left("the debug mode of the framework is on", statement, Severity.INFO, is_meant=True)
    for call in calls_of(statement):
        if scope.resolve(call.func) in _IN_BROWSER and call.args:
            given = [keyword.value for keyword in call.keywords if keyword.arg == "evalex"] or call.args[1:2]
            if (given and not _is_false(given)) or "evalexception" in scope.resolve(call.func):
                message, severity = "the debugger lets visitors run Python on the server", Severity.ERROR
            else:
                message, severity = "the debugger shows visitors the source of the application", Severity.WARNING
            yield _Left(message, call, severity, around=call.args[0])


def _owner(target: ast.expr) -> str:
    """Return the name of the object in debug mode, by ``app.debug`` or ``app.config["DEBUG"]``; empty for anything else."""
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) and target.slice.value == "DEBUG":
        ending, name = ".config", dotted(target.value)
    else:
        ending, name = ".debug", dotted(target)
    return name.removesuffix(ending) if name.endswith(ending) else ""


def _is_false(values: list[ast.expr]) -> bool:
    return bool(values) and isinstance(values[0], ast.Constant) and not values[0].value


def _edit(source: Source, path: str, statement: ast.stmt, block: list[ast.stmt], left: _Left) -> Edit | None:
    """Return the edit that removes the debugger; None where the line does more, or the block would be empty."""
    lines = source.lines(source.span(statement))
    if left.around is not None:
        target = (
            dotted(statement.targets[0]) if isinstance(statement, ast.Assign) and statement.value is left.node else ""
        )
        if not target or target != dotted(left.around):
            return Edit(path, source.span(left.node), source.code(left.around))
    on_lines = [one for one in block if source.lines(source.span(one)) == lines]
    is_one_line = _ON_ONE_LINE.fullmatch(source.text[slice(*lines)]) is not None
    if len(on_lines) == len(block) or not (source.is_alone(statement) or is_one_line):
        return None
    return Edit(path, lines)
