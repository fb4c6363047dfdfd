"""
A script uses the standard input or output that mod_wsgi does not give it.

## What happens

`input()` finds an empty standard input and fails, and the request is an error 500; `sys.stdin` has nothing to read. Where
`WSGIRestrictStdin` or `WSGIRestrictStdout` is on, each use fails, `print` too.

## Why

httpd has no terminal. What a visitor sends is in `environ["wsgi.input"]`, and what is returned is the answer (PEP 3333). Before
mod_wsgi 3.0 both restrictions were on (mod_wsgi's manual, WSGIRestrictStdout).

## Left alone

The call is reported without a fix. What stands under `if __name__ == "__main__":` is not reported, and neither is `print` in a
script that sets `sys.stdout` itself.

## See also

mod_wsgi's own message is *OSError: sys.stdout access restricted by mod_wsgi*, Python's *EOFError: EOF when reading a line*. Rule
`stdout-workaround`.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIRestrictStdout On
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        name = input()
    #          ^^^^^^^
        print("asked", name)
    #   ^^^^^^^^^^^^^^^^^^^^
        return []
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        input = environ["wsgi.input"]
        print("asked", input.read())
        return []
    if __name__ == "__main__":
        input("Go on?")
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.source import Source, source_of
from modwsgi_fix.script.values import Scope, module_scope
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import calls_of, running

_INPUT = frozenset({"input", "raw_input"})
_STDIN = frozenset({"sys.stdin.read", "sys.stdin.readline", "sys.stdin.readlines", "sys.stdin.buffer.read"})
_STDOUT = frozenset({"print", "sys.stdout.flush", "sys.stdout.write", "sys.stdout.writelines"})


class _Restricted(NamedTuple):
    """Whether mod_wsgi refuses any use of standard input and of standard output."""

    stdin: bool
    stdout: bool


@rule(severity=Severity.ERROR)
def restricted_stream(config: Config) -> Iterator[Diagnostic]:
    restricted = _Restricted(_is_on(config, "wsgirestrictstdin"), _is_on(config, "wsgirestrictstdout"))
    for script in wsgi_scripts(config):
        text = script.script.text
        if not ("input(" in text or "sys.stdin" in text or restricted.stdout):
            continue
        source = source_of(text)
        if source is None:
            continue
        scope = module_scope(source)
        bound = {name for name in (*_INPUT, "print") if scope.of(name) or _is_bound_within(source, name)}
        for block in running(source.tree):
            for call in (call for statement in block.statements for call in calls_of(statement)):
                found = _found(call, scope, restricted, bound, sets_stdout="sys.stdout =" in text)
                if found is not None:
                    message, advice, severity = found
                    yield Diagnostic(script.path, source.head(call), message, severity=severity, help=advice)


def _found(
    call: ast.Call, scope: Scope, restricted: _Restricted, bound: set[str], *, sets_stdout: bool
) -> tuple[str, str, Severity] | None:
    name = scope.resolve(call.func)
    if name in bound:
        return None
    advice = 'read the body of a request from environ["wsgi.input"]'
    if name in _INPUT:
        return f"{name}() finds no input under mod_wsgi, and fails", advice, Severity.ERROR
    if name in _STDIN:
        if restricted.stdin:
            return "WSGIRestrictStdin is on, so this fails", advice, Severity.ERROR
        return "sys.stdin is empty under mod_wsgi", advice, Severity.WARNING
    writes_elsewhere = any(keyword.arg == "file" for keyword in call.keywords)
    if name in _STDOUT and restricted.stdout and not sets_stdout and not writes_elsewhere:
        return "WSGIRestrictStdout is on, so this fails", "write to sys.stderr, or to a log of logging", Severity.ERROR
    return None


def _is_on(config: Config, directive: str) -> bool:
    """Whether a restriction is on, by its last directive or by the default of the version."""
    said = [item.value.lower() for item in config.named(directive) if item.args and not item.guards]
    if said:
        return said[-1] == "on"
    return config.target.mod_wsgi is not None and config.target.mod_wsgi < (3,)


def _is_bound_within(source: Source, name: str) -> bool:
    """Whether any function of the script gives the name another meaning."""
    return any(
        (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.arg) and node.arg == name)
        for node in source.nodes
    )
