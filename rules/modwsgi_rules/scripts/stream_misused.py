"""
A script does to `wsgi.input`, `wsgi.errors` or `sys.stderr` what they are not for.

## What happens

The request is an error 500. Of what is written to a log that was closed mod_wsgi 4.9.4 cannot even log the error: the visitor gets no
answer, and the thread does not come back.

## Why

`wsgi.input` is read with a number of bytes, and cannot be rewound; `wsgi.errors` takes text, is not read, and is the server's to
close (PEP 3333, "Input and Error Streams"). The values of `environ` are text, `CONTENT_LENGTH` too. mod_wsgi puts objects of its own in
the place of `sys.stdout` and `sys.stderr`, which write to the error log and have no number, so `sys.stderr.fileno()` fails, and
`faulthandler.enable()` with it (measured with 4.9.4).

## The fix

A safe fix: it makes a number of the text that `wsgi.input` is read with, and text of a literal of bytes. It names `sys.__stderr__`, the
stream of the process, where a number is needed.

## Left alone

The rest is reported without a fix: keep what was read in `io.BytesIO` to read it again, and take the line away that closes a stream.

## See also

Python's own messages are *TypeError: 'str' object cannot be interpreted as an integer*, *TypeError: write() argument must be str, not
bytes* and *AttributeError: 'mod_wsgi.Input' object has no attribute 'seek'*, that of mod_wsgi is *OSError: Apache/mod_wsgi log object is
not associated with a file descriptor*. Rule `restricted-stream`.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     def application(environ, start_response):
    -    environ["wsgi.errors"].write(b"asked")
    -    data = environ["wsgi.input"].read(environ["CONTENT_LENGTH"])
    +    environ["wsgi.errors"].write("asked")
    +    data = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
         start_response("200 OK", [("Content-Type", "text/plain")])
         return [data]
    ```

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
    +import sys
     import faulthandler
    -faulthandler.enable()
    +faulthandler.enable(sys.__stderr__)
     from site_of_ours import application
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        body = environ["wsgi.input"]
        body.seek(0)
    #   ^^^^^^^^^^^^
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [body.read()]
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import io
    def application(environ, start_response):
        body = io.BytesIO(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        body.seek(0)
        environ["wsgi.errors"].write("asked")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [body.read()]
    ```
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript
from modwsgi_fix.rewriting.scripts import importing, python_of_script
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.responders import Responder, responders
from modwsgi_fix.script.source import Source, dotted, imports_of, own, resolved
from modwsgi_fix.script.unguarded import unguarded
from modwsgi_fix.script.values import Scope, kind_of
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import ANSWERED, FAILS, applications

_INPUT, _ERRORS = "wsgi.input", "wsgi.errors"
_READS = frozenset({"read", "readline", "readlines"})
#: Methods of files that mod_wsgi's own stream does not have (``mod_wsgi.c:Input_method``).
_REWINDS = frozenset({"seek", "tell"})
_NUMBERED = frozenset({"sys.stderr.fileno", "sys.stdout.fileno"})


class _Fault(NamedTuple):
    """A fault: where, what happens, what to do, and the edits that mend it, where they are certain."""

    node: ast.expr
    message: str
    help: str
    edits: tuple[tuple[Span, str], ...] = ()


@rule(severity=Severity.ERROR)
def stream_misused(config: Config) -> Iterator[Diagnostic]:
    is_python_2 = config.target.python is not None and config.target.python < (3,)
    for script, source in applications(config):
        yield from _numbered(script, source)
        if _INPUT not in source.text and _ERRORS not in source.text:
            continue
        for responder in responders(source, script.names):
            for fault in _faults(source, responder):
                edits = [Edit(script.path, span, text) for span, text in fault.edits]
                if is_python_2 and "bytes" in fault.message:
                    continue
                yield Diagnostic(
                    script.path,
                    source.head(fault.node),
                    fault.message,
                    Fix.safe("Give it what it takes", *edits, reason=ANSWERED) if edits else None,
                    help="" if edits else fault.help,
                )


def _numbered(script: WsgiScript, source: Source) -> Iterator[Diagnostic]:
    """Report calls that want the number of a stream, which those of mod_wsgi do not have (``wsgi_logger.c:Log_fileno``)."""
    if "fileno" not in source.text and "faulthandler" not in source.text:
        return
    imports, replaced = imports_of(source), _replaced(source)
    for use in unguarded(source):
        if not isinstance(use.node, ast.Call) or id(use.node) in source.guarded:
            continue
        name = resolved(dotted(use.node.func), imports)
        stream = name.removesuffix(".fileno") if name in _NUMBERED else ""
        if name == "faulthandler.enable" and not use.node.keywords:
            given = [resolved(dotted(one), imports) for one in use.node.args[:1]]
            stream = "sys.stderr" if given in ([], ["sys.stderr"]) else ""
        if not stream or stream in replaced:
            continue
        own = f"sys.__{stream.removeprefix('sys.')}__"
        what = "so what comes here fails" if use.in_function else "so the script fails when it is loaded"
        fix = _with_number(script, source, use.node, own)
        yield Diagnostic(
            script.path,
            source.head(use.node),
            f"{stream} is mod_wsgi's own and does not have a number, {what}",
            fix,
            severity=Severity.WARNING if use.in_function else None,
            help="" if fix else f"name {own}, or a file of its own",
        )


def _replaced(source: Source) -> set[str]:
    """Return the streams of ``sys`` that a script puts something in the place of."""
    return {
        dotted(node)
        for node in source.nodes
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and dotted(node).startswith("sys.std")
    }


def _with_number(script: WsgiScript, source: Source, call: ast.Call, own: str) -> Fix | None:
    """Return the fix that names the stream that the process was started with."""
    if dotted(call.func).endswith(".fileno"):
        assert isinstance(call.func, ast.Attribute)
        if dotted(call.func.value) != own.replace("__", ""):
            return None
        edits = [Edit(script.path, source.span(call.func.value), own)]
    else:
        read = python_of_script(script)
        added = importing(read, script.path, "sys", call) if read is not None else None
        if added is None or call not in [getattr(one, "value", None) for one in source.tree.body]:
            return None
        end = source.span(call).end - 1
        place = source.span(call.args[0]) if call.args else Span(end, end)
        edits = [*added, Edit(script.path, place, own)]
    return Fix.safe("Name the stream of the process", *edits, reason=ANSWERED)


def _faults(source: Source, responder: Responder) -> Iterator[_Fault]:
    scope = responder.scope
    for node in own(responder.function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        stream, method = _stream(node.func.value, scope), node.func.attr
        first = node.args[0] if node.args else None
        if stream == _INPUT and method in _REWINDS:
            message = f"{_INPUT} cannot be rewound, {FAILS}"
            yield _Fault(node, message, "keep what was read in io.BytesIO, and read that again")
        elif stream == _INPUT and method in _READS and first is not None and kind_of(first, scope) == "text":
            start, end = source.span(first)
            edits = ((Span(start, start), "int("), (Span(end, end), ")"))
            message = f"{_INPUT} is read with text where it wants a number, {FAILS}"
            yield _Fault(first, message, "make a number of it by int()", edits)
        elif stream == _ERRORS and method in _READS:
            yield _Fault(node, f"{_ERRORS} cannot be read, {FAILS}", f"read {_INPUT}, if that is what was meant")
        elif stream == _ERRORS and method == "write" and first is not None and kind_of(first, scope) == "bytes":
            message = f"{_ERRORS} takes text and no bytes, {FAILS}"
            yield _Fault(first, message, "decode what is written", _as_text(source, first))
        elif stream == _ERRORS and method == "close":
            message = f"{_ERRORS} is closed, and a request that writes to it later gets no answer"
            yield _Fault(node, message, "take the line away: the server closes its streams itself")


def _stream(node: ast.expr, scope: Scope) -> str:
    """Return the stream of the request that an expression is; empty for any other expression."""
    if isinstance(node, ast.Name):
        node = scope.only(node.id) or node
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as key)) if name == scope.environ:
            return key if key in (_INPUT, _ERRORS) else ""
    return ""


def _as_text(source: Source, node: ast.expr) -> tuple[tuple[Span, str], ...]:
    """Return the edit that makes a single literal of plain bytes a text, without its ``b``; else none."""
    code, start = source.code(node), source.span(node).start
    is_plain = isinstance(node, ast.Constant) and re.fullmatch(r"""[bB](?:"[^"\\]*"|'[^'\\]*')""", code) is not None
    return ((Span(start, start + 1), ""),) if is_plain else ()
