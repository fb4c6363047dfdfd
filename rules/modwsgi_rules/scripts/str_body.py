"""
A WSGI application returns text where bytes are required.

## What happens

In Python 3 every such request gets an error 500.

## Why

The body of a response is made of `bytes` (PEP 3333, "A Note On String Types"), and mod_wsgi refuses anything else
(`Adapter_run`). A bare string would be taken letter by letter.

## The fix

A safe fix: it writes a literal of plain ASCII as bytes, and puts a bare one into a list. In Python 2 this means the same.

## Left alone

Other text is reported without a fix; encode it, as in `text.encode("utf-8")`. Text that is not the body of a response is not
reported.

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

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        start_response("200 OK", [])
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

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, module_of, wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script import Module, Statement, Text
from modwsgi_fix.text import Span

#: Escapes that mean the same in text and in bytes.
_PLAIN = re.compile(r"""(?:[ !#-\[\]-~\t\n\r"']|\\[\\'"nrtabfv\n])*""")


@rule(severity=Severity.ERROR)
def str_body(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = module_of(script)
        if module is None:
            continue
        for function in module.all():
            parameters = function.parameters
            if function.kind != "def" or parameters[-1:] != ("start_response",) or len(parameters) not in (2, 3):
                continue
            for answer in _own(function):
                yield from _check(script, module, function, answer)


def _own(function: Statement) -> Iterator[Statement]:
    """Yield the statements of a function, without those of functions in it."""
    stack = list(reversed(function.body))
    while stack:
        statement = stack.pop()
        yield statement
        if statement.kind == "block":
            stack += reversed(statement.body)


def _check(script: WsgiScript, module: Module, function: Statement, answer: Statement) -> Iterator[Diagnostic]:
    message = "this is text where mod_wsgi takes only bytes, so the request is an error 500 in Python 3"
    advice = 'write it as bytes, as in b"text" or text.encode("utf-8")'
    if answer.kind not in ("return", "yield"):
        return
    if answer.kind == "yield" and answer.wraps:
        return
    texts = [text for text in answer.strings if "b" not in text.prefix]
    reason = "the request was a 500, and is answered with this text"
    if texts and answer.strings:
        fix = None
        if all(_is_plain(text) for text in texts):
            edits = [Edit(script.path, Span(text.span.start, text.span.start), "b") for text in texts]
            bare = not answer.wraps and answer.kind == "return"
            if bare:
                start, end = texts[0].span
                edits = [Edit(script.path, texts[0].span, f"[b{module.text[start:end]}]")]
            fix = Fix.safe("Write it as bytes", *edits, reason=reason)
        yield Diagnostic(script.path, texts[0].span, message, fix, help="" if fix else advice)
        return
    listed = re.fullmatch(r"\[\s*([A-Za-z_]\w*)\s*\]", answer.value)
    if listed is None or answer.kind != "return":
        return
    name = listed[1]
    bound = [statement for statement in function.walk() if name in statement.targets]
    if len(bound) != 1 or bound[0].kind != "assign" or bound[0].targets != (name,) or bound[0].wraps:
        return
    text = next(iter(bound[0].strings), None)
    if text is None or "b" in text.prefix or not _is_assignment(module, bound[0], name):
        return
    uses = module.count(name, function.span)
    # Besides its binding and the answer it may be measured only.
    start, end = function.span
    known = 2 + len(re.findall(rf"\blen\(\s*{name}\s*\)", module.text[start:end]))
    fix = None
    if uses == known and _is_plain(text):
        fix = Fix.safe(
            "Write it as bytes", Edit(script.path, Span(text.span.start, text.span.start), "b"), reason=reason
        )
    yield Diagnostic(script.path, text.span, message, fix, help="" if fix else advice)


def _is_assignment(module: Module, statement: Statement, name: str) -> bool:
    start, end = statement.span
    return re.match(rf"{name}\s*=[^=]", module.text[start:end]) is not None


def _is_plain(text: Text) -> bool:
    """Whether the literal means the same as bytes: ASCII, and no escape that is about characters."""
    if text.prefix not in ("", "r"):
        return False
    return text.value.isascii() and (text.prefix == "r" or _PLAIN.fullmatch(text.value) is not None)
