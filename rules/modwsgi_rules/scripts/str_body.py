"""
A WSGI application returns text where bytes are required.

## What happens

In Python 3 every such request gets an error 500.

## Why

The body of a response is made of `bytes` (PEP 3333, "A Note On String Types"), and mod_wsgi refuses anything else
(`Adapter_run`). A bare string would be taken letter by letter, and bare bytes number by number.

What is text is known of literals, f-strings, `%`, `+`, `.format()`, `.join()`, `str()`, `json.dumps()` and the like, and of
names that are bound to nothing else.

## The fix

A safe fix: it writes literals of plain ASCII as bytes, encodes other text as UTF-8, and puts a bare one into a list. A name
is encoded where it is bound, so that `len(body)` counts bytes.

## Left alone

There is no fix where the length of a name is asked for anything but `Content-Length`, and the name is also used as text, or where a header names another encoding than
UTF-8; encode it there yourself. What may be bytes as well, a name that is bound to both among it, is not reported.

## See also

httpd's own message is *TypeError: sequence of byte string values expected, value of type str found*.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     def application(environ, start_response):
         start_response("200 OK", [("Content-Type", "text/plain")])
         if environ["PATH_INFO"] == "/":
    -        return ["Hello ", "world\\n"]
    +        return [b"Hello ", b"world\\n"]
    -    return r"C:\\x"
    +    return [br"C:\\x"]
    ```
    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     def application(environ, start_response):
    -    output = 'Hello World!'
    +    output = b'Hello World!'
         start_response("200 OK", [("Content-Length", str(len(output)))])
         return [output]
    ```

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     PAGE = "<p>%s</p>"
     def application(environ, start_response):
    -    body = PAGE % environ["PATH_INFO"]
    +    body = (PAGE % environ["PATH_INFO"]).encode("utf-8")
         start_response("200 OK", [("Content-Length", str(len(body)))])
         return [body]
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain; charset=latin-1")])
        return ["Grüße"]
    #           ^^^^^^^
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def name(environ, default):
        return "a name"
    def application(environ, start_response):
        def inner():
            return "text"
        start_response("200 OK", [])
        return [b"Hello", inner().encode("utf-8")]
    ```
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.responders import Responder, responders
from modwsgi_fix.script.source import Source, own
from modwsgi_fix.script.values import Scope, kind_of
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import applications, as_bytes, bare

_MESSAGE = "this is text where mod_wsgi takes only bytes, so the request is an error 500 in Python 3"
_BARE = "bytes outside of a list are numbers in Python 3, so the request is an error 500"
_ADVICE = 'write it as bytes, as in b"text" or text.encode("utf-8")'
_REASON = "the request was a 500, and is answered with this text"


class _Answer(NamedTuple):
    """A body, or one part of it, that a function returns or yields, with the parts that are text."""

    value: ast.expr
    is_whole: bool
    texts: tuple[ast.expr, ...]


class _Names(NamedTuple):
    """How the names of a function are used: how often, how often for their length, and where for that of a header, how
    often as a body; the expression that a name is bound to by a plain assignment and nothing else; whether a header names another encoding than UTF-8."""

    uses: Counter[str]
    lengths: Counter[str]
    content_lengths: Mapping[str, Sequence[ast.Name]]
    bodies: Counter[str]
    assigned: Mapping[str, ast.expr]
    has_charset: bool


@rule(severity=Severity.ERROR)
def str_body(config: Config) -> Iterator[Diagnostic]:
    if config.target.python is not None and config.target.python < (3,):
        return
    for script, source in applications(config):
        for responder in responders(source, script.names):
            answers = source.once((_answers, responder.function), partial(_reported, responder))
            if not answers:
                continue
            names = _names(responder, answers)
            for answer in answers:
                yield from _check(script.path, source, responder.scope, answer, names)


def _reported(responder: Responder) -> list[_Answer]:
    """Yield the answers to report."""
    return [
        answer
        for answer in _answers(responder)
        if answer.texts or (answer.is_whole and kind_of(answer.value, responder.scope) == "bytes")
    ]


def _answers(responder: Responder) -> Iterator[_Answer]:
    writers, scope = responder.writers, responder.scope
    for node in own(responder.function):
        match node:
            case ast.Return(value=ast.expr() as value) if responder.function.name == "__next__":
                yield _Answer(value, False, (value,) if kind_of(value, scope) == "text" else ())
            case ast.Return(value=ast.expr() as value) | ast.YieldFrom(value=value):
                parts = [value] if kind_of(value, scope) else _parts(value, scope)
                yield _Answer(value, True, tuple(part for part in parts if kind_of(part, scope) == "text"))
            case ast.Yield(value=ast.expr() as value):
                yield _Answer(value, False, (value,) if kind_of(value, scope) == "text" else ())
            case ast.Call(func=ast.Name(id=name), args=[value]) if name in writers:
                yield _Answer(value, False, (value,) if kind_of(value, scope) == "text" else ())


def _parts(answer: ast.expr, scope: Scope) -> list[ast.expr]:
    """Yield the parts of a body, as far as they are in the script: also those that are added to a list later."""
    match answer:
        case ast.List() | ast.Tuple():
            return [part for part in answer.elts if not isinstance(part, ast.Starred)]
        case ast.ListComp() | ast.GeneratorExp():
            return [answer.elt]
        case ast.Call(func=ast.Name(id="iter" | "list" | "tuple"), args=[inner]):
            return _parts(inner, scope)
        case ast.Name(id=name) if isinstance(made := scope.only(name), ast.List) and name in scope.bindings:
            return [*_parts(made, scope), *_appended(name, scope)]
    return []


def _appended(name: str, scope: Scope) -> Iterator[ast.expr]:
    for node in own(scope.function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="append"), args=[part]) if owner == name:
                yield part
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="extend"), args=[more]) if owner == name:
                yield from _parts(more, scope)


def _names(responder: Responder, answers: list[_Answer]) -> _Names:
    nodes = list(ast.walk(responder.function))
    uses = Counter(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    measured = [call.args[0] for call in responder.calls("len") if len(call.args) == 1]
    lengths = Counter(node.id for node in measured if isinstance(node, ast.Name))
    bodies = Counter(text.id for answer in answers for text in answer.texts if isinstance(text, ast.Name))
    assigned = {
        target.id: node.value
        for node in own(responder.function)
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(target := node.targets[0], ast.Name)
        and responder.scope.only(target.id) is node.value
    }
    content_lengths: dict[str, list[ast.Name]] = {}
    for name in (name for node in nodes for name in _content_lengths(node)):
        content_lengths.setdefault(name.id, []).append(name)
    return _Names(uses, lengths, content_lengths, bodies, assigned, any(_is_charset(node) for node in nodes))


def _content_lengths(node: ast.AST) -> Iterator[ast.Name]:
    """Return the names whose length a header ``Content-Length`` has."""
    match node:
        case ast.Tuple(elts=[ast.Constant(value=str() as header), value]) if header.lower() == "content-length":
            for call in ast.walk(value):
                match call:
                    case ast.Call(func=ast.Name(id="len"), args=[ast.Name() as name]):
                        yield name


def _is_charset(node: ast.AST) -> bool:
    """Whether an expression is a text that names an encoding other than UTF-8."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    text = node.value.lower()
    return "charset=" in text and not any(name in text for name in ("utf-8", "utf8", "ascii"))


def _check(path: str, source: Source, scope: Scope, answer: _Answer, names: _Names) -> Iterator[Diagnostic]:
    kind = kind_of(answer.value, scope)
    if answer.is_whole and kind == "bytes":
        fix = Fix.safe("Put it into a list", *bare(source, path, answer.value, []), reason=_REASON)
        yield Diagnostic(path, source.head(answer.value), _BARE, fix)
    if not answer.texts:
        return
    edits = _edits(path, source, answer, names)
    if edits and kind == "text" and answer.is_whole:
        edits = bare(source, path, answer.value, edits)
    encoded = Fix.safe("Write it as bytes", *edits, reason=_REASON) if edits else None
    yield Diagnostic(path, source.head(answer.texts[0]), _MESSAGE, encoded, help="" if encoded else _ADVICE)


def _edits(path: str, source: Source, answer: _Answer, names: _Names) -> list[Edit]:
    """Return the edits that turn all text of a body into bytes; none where a part may be meant in several ways."""
    if names.has_charset:
        return []
    edits: list[Edit] = []
    for part in answer.texts:
        if not isinstance(part, ast.Name):
            edits += as_bytes(source, path, part)
            continue
        name = part.id
        value = names.assigned.get(name)
        if value is not None and names.uses[name] == names.lengths[name] + names.bodies[name]:
            # Where the body is made, so that its length is counted in bytes.
            edits += as_bytes(source, path, value)
        elif not names.lengths[name]:
            edits += as_bytes(source, path, part)
        elif names.lengths[name] == len(names.content_lengths.get(name, ())):
            measured = [edit for use in names.content_lengths[name] for edit in as_bytes(source, path, use)]
            edits += [*measured, *as_bytes(source, path, part)]
        else:
            return []
    return list(dict.fromkeys(edits))
