"""
A script ends the process, or itself, where mod_wsgi wants it loaded.

## What happens

`sys.exit()` at the top of a script ends the loading, and each request is an error 500; in the application it ends the request with
one. `os._exit()` and signals to the own process end every request that the process is answering, and `os.execl()` and its like put
another program in its place.

## Why

The exception `SystemExit` does not end a process of httpd: mod_wsgi logs it and goes on (`wsgi_common.c:wsgi_log_python_error`). A
process that is ended from within is started anew, and what other threads were doing is lost. Monitors that reload code by
`os.kill(os.getpid(), signal.SIGINT)` are for development ("Reloading Source Code" of the mod_wsgi manual). Scripts for Passenger start
themselves again with the Python of a virtual environment, which mod_wsgi is told by `python-home=`.

## Left alone

There is no fix. What stands under `if __name__ == "__main__":`, in a `try` that catches it, after `os.fork()`, or in a function that is not an application
is not reported; `sys.exit()` under a condition is only worth knowing.

## See also

mod_wsgi's own message is *SystemExit exception raised when doing exec of Python script file*. Rules `thread-started-at-load` and
`module-level-server`.

## Examples

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import sys
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        sys.exit(0)
    #   ^^^^^^^^^^^
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os
    import signal
    from shop import application, is_stale
    def reload():
        if is_stale():
            os.kill(os.getpid(), signal.SIGINT)
    #       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os, sys
    PYTHON = "/srv/site/venv/bin/python"
    if sys.executable != PYTHON:
        os.execl(PYTHON, PYTHON, *sys.argv)
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    from shop import application
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import sys
    from shop import application
    def main():
        sys.exit(0)
    if __name__ == "__main__":
        sys.exit(main())
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.responders import responders
from modwsgi_fix.script.source import Source, is_main_guard
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import applications

_ENDS_ITSELF = frozenset({"exit", "quit", "sys.exit"})
_ENDS_PROCESS = frozenset({"os._exit", "os.abort"})
_REPLACES_PROCESS = frozenset(f"os.exec{how}" for how in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe"))
#: What a process does that the script made itself.
_AFTER_FORK = _REPLACES_PROCESS | {"os._exit"}
_KILLS = frozenset({"os.kill", "os.killpg"})
_OWN = frozenset({"os.getpid", "os.getpgrp", "os.getpgid"})


class _Place(NamedTuple):
    """A node, and whether it stands in an application, in another function, under a condition, or in a ``try`` that catches."""

    node: ast.AST
    answers: bool = False
    is_function: bool = False
    is_conditional: bool = False
    is_caught: bool = False


@rule(severity=Severity.WARNING)
def process_ended_by_script(config: Config) -> Iterator[Diagnostic]:
    for script, source in applications(config):
        if not any(word in source.text for word in ("exit", "quit", "abort", "kill", "exec")):
            continue
        scope, forks = module_scope(source), "fork(" in source.text
        answering = {id(one.function) for one in responders(source, script.names)}
        for place in _places(source, answering):
            call = place.node
            if not isinstance(call, ast.Call) or place.is_caught or (forks and scope.resolve(call.func) in _AFTER_FORK):
                continue
            found = _found(call, place, scope)
            if found is not None:
                message, advice, severity = found
                yield Diagnostic(script.path, source.head(call), message, severity=severity, help=advice)


def _found(call: ast.Call, place: _Place, scope: Scope) -> tuple[str, str, Severity] | None:
    name = scope.resolve(call.func)
    if name in _ENDS_PROCESS or (name in _KILLS and _is_own(call, scope)):
        message = f"{name}() ends the process with every request that it is answering"
        return message, "let mod_wsgi end it: touch the script, or reload httpd", Severity.WARNING
    if name in _REPLACES_PROCESS:
        message = f"{name}() ends the process with every request that it is answering, for another program"
        return message, "leave it out; python-home= says which Python mod_wsgi uses", Severity.WARNING
    if name not in _ENDS_ITSELF or (place.is_function and not place.answers):
        return None
    if place.answers:
        return f"{name}() ends this request with an error 500", "return a list of bytes instead", Severity.ERROR
    message = f"{name}() ends the loading of the script, so each request is an error 500"
    severity = Severity.INFO if place.is_conditional else Severity.ERROR
    return message, 'put it under if __name__ == "__main__":, or raise an error that says why', severity


def _is_own(call: ast.Call, scope: Scope) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Call) and scope.resolve(call.args[0].func) in _OWN


def _places(source: Source, answering: set[int]) -> Iterator[_Place]:
    """Yield the nodes of a script in order, without those under a main guard."""
    left = [_Place(node) for node in reversed(source.tree.body)]
    while left:
        place = left.pop()
        yield place
        node = place.node
        inner = place._replace(is_conditional=place.is_conditional or isinstance(node, (ast.If, ast.IfExp, ast.BoolOp)))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            inner = _Place(node, answers=id(node) in answering, is_function=True)
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.If) and is_main_guard(node):
            children = list(node.orelse)
        caught = {id(one) for one in node.body} if isinstance(node, ast.Try) and _catches(node) else set()
        left += [
            inner._replace(node=child, is_caught=inner.is_caught or id(child) in caught) for child in reversed(children)
        ]


def _catches(node: ast.Try) -> bool:
    """Whether a ``try`` catches ``SystemExit``, by a bare ``except`` or by a name that includes it."""
    names = {
        one.id for handler in node.handlers for one in ast.walk(handler.type or ast.Pass()) if isinstance(one, ast.Name)
    }
    return any(handler.type is None for handler in node.handlers) or not names.isdisjoint(
        {"BaseException", "SystemExit"}
    )
