"""
What is given to `start_response` is not what WSGI wants.

## What happens

The request gets an error 500. mod_wsgi 6 accepts a number alone as the status where it is text.

## Why

WSGI wants a status as HTTP writes it, text of a number and words (`"200 OK"`), and a list of pairs of text for the headers
(PEP 3333, "The start_response() Callable"). mod_wsgi refuses bytes, numbers, dictionaries and pairs that are lists
(`wsgi_convert_status_line_to_bytes`, `wsgi_convert_headers_to_bytes`); up to mod_wsgi 5 also a number without words
(`wsgi_validate_status_line`), and other WSGI servers do the same.

## The fix

A safe fix: it adds the words that belong to a number, takes the `b` from text, puts a number into `str()`, and makes a list of
a dictionary or tuple, and pairs of what is in it.

## Left alone

A status that does not begin with a number is reported without a fix, and so is a header that is `None`, encoded by
`.encode()`, or has a line end in it. A value that may be text is not reported.

## See also

httpd's own messages are *ValueError: no space following status code*, *TypeError: expected unicode object, value of type int
found*, *ValueError: carriage return/line feed character present in header value* and *TypeError: response headers must be a list*.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     def application(environ, start_response):
    -    start_response('404', [("Content-Type", "text/plain")])
    +    start_response('404 Not Found', [("Content-Type", "text/plain")])
         return [b"No."]
    ```
    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     def application(environ, start_response):
         body = b"Hello"
    -    status = 200
    +    status = "200 OK"
    -    start_response(status, [("Content-Length", len(body)), ["X-Name", b"site"]])
    +    start_response(status, [("Content-Length", str(len(body))), ("X-Name", "site")])
         return [body]
    ```
    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     def application(environ, start_response):
    -    start_response("200 OK", {"Content-Type": "text/plain"})
    +    start_response("200 OK", list({"Content-Type": "text/plain"}.items()))
         return [b"Hello"]
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        start_response("OK", [])
    #                  ^^^^
        return [b"Hello"]
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        start_response("200 OK", [("Content-Length", str(len(b"Hello")))])
        return [b"Hello"]
    ```
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.responders import Responder, responders
from modwsgi_fix.script.source import Source, own
from modwsgi_fix.script.values import Scope, kind_of
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._shared import ANSWERED, FAILS, applications

_PHRASES = {str(int(code)): code.phrase for code in HTTPStatus}


class _Fault(NamedTuple):
    """A fault of an argument: where, what happens, and what to do where there are no edits."""

    node: ast.expr
    message: str
    help: str
    title: str = ""
    edits: tuple[tuple[Span, str], ...] = ()
    is_accepted: bool = False


@rule(severity=Severity.ERROR)
def bad_start_response(config: Config) -> Iterator[Diagnostic]:
    for script, source in applications(config):
        for responder in responders(source, script.names):
            for fault in _faults(source, responder, config.target):
                edits = [Edit(script.path, span, words) for span, words in fault.edits]
                yield Diagnostic(
                    script.path,
                    source.head(fault.node),
                    fault.message,
                    Fix.safe(fault.title, *edits, reason=ANSWERED) if edits else None,
                    severity=Severity.WARNING if fault.is_accepted else None,
                    help="" if edits else fault.help,
                )


def _faults(source: Source, responder: Responder, target: Target) -> Iterator[_Fault]:
    is_python_2 = target.python is not None and target.python < (3,)
    for call in responder.calls(responder.start_response):
        status, headers = _arguments(call)
        if status is not None:
            yield from _of_status(source, _origin(status, responder.scope), responder.scope, target)
        if headers is not None and not is_python_2:
            yield from _of_headers(source, headers, responder.scope)
        elif headers is None and status is not None and not any(keyword.arg is None for keyword in call.keywords):
            end = source.span(call.args[0]).end if call.args else 0
            edits = ((Span(end, end), ", []"),) if len(call.args) == 1 and not call.keywords else ()
            message = f"start_response is called without headers, {FAILS}"
            yield _Fault(call, message, "give it a list of headers", "Add an empty list of headers", edits)


def _arguments(call: ast.Call) -> tuple[ast.expr | None, ast.expr | None]:
    """Return the status and the headers of a call; None where they are not known."""
    if any(isinstance(one, ast.Starred) for one in call.args):
        return None, None
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return tuple(  # type: ignore[return-value]
        call.args[at] if len(call.args) > at else named.get(name)
        for at, name in enumerate(("status", "response_headers"))
    )


def _origin(node: ast.expr, scope: Scope) -> ast.expr:
    """Return the expression itself, or the only binding of its name."""
    if isinstance(node, ast.Name) and node.id in scope.bindings:
        return scope.only(node.id) or node
    return node


# -- the status -----------------------------------------------------------------------------------------------------------


def _of_status(source: Source, node: ast.expr, scope: Scope, target: Target) -> Iterator[_Fault]:
    value = node.value if isinstance(node, ast.Constant) else None
    code = source.code(node)
    advice = 'write it as text, as in "200 OK"'
    if isinstance(value, bytes) and not (target.python is not None and target.python < (3,)):
        yield _Fault(
            node, f"{code} is bytes where WSGI wants text, {FAILS}", advice, "Write it as text", _as_text(source, node)
        )
    elif isinstance(value, str):
        yield from _of_words(source, node, value.strip(), target)
    elif kind_of(node, scope) in ("number", "bytes"):
        words = _words(str(value))
        edits = ((source.span(node), f'"{words}"'),) if words and isinstance(value, int) else ()
        yield _Fault(node, f"{_short(code)} is not a status of WSGI, {FAILS}", advice, "Write it as text", edits)


def _of_words(source: Source, node: ast.expr, words: str, target: Target) -> Iterator[_Fault]:
    code = source.code(node)
    if words.isdigit():
        # mod_wsgi 6 accepts digits in a string, 5 does not, and neither takes an int: measured.
        accepted = target.mod_wsgi is not None and target.mod_wsgi >= (6,)
        consequence = "and only mod_wsgi 6 accepts it" if accepted else FAILS
        if target.mod_wsgi is None:
            consequence += " up to mod_wsgi 5"
        end = source.span(node).end - 1
        phrase = _PHRASES.get(words, "")
        edits = ((Span(end, end), f" {phrase}"),) if phrase and code in (f"'{words}'", f'"{words}"') else ()
        message = f"{code} is not a status of WSGI, {consequence}"
        yield _Fault(node, message, f'write "{words} and its words"', "Add the reason phrase", edits, accepted)
    elif not re.match(r"\d{3}(?: |$)", words) and not isinstance(node, ast.JoinedStr):
        yield _Fault(
            node, f"{_short(code)} does not begin with a status code, {FAILS}", 'begin it with a code, as in "200 OK"'
        )


def _words(number: str) -> str:
    return f"{number} {_PHRASES[number]}" if number in _PHRASES else ""


# -- the headers ----------------------------------------------------------------------------------------------------------


def _of_headers(source: Source, given: ast.expr, scope: Scope) -> Iterator[_Fault]:
    made = _origin(given, scope)
    advice = 'write them as a list of pairs, as in [("Content-Type", "text/plain")]'
    start, end = source.span(given)
    if isinstance(made, (ast.Dict, ast.DictComp)) or _is_call_of(made, "dict", scope):
        edits = ((Span(start, start), "list("), (Span(end, end), ".items())"))
        yield _Fault(given, f"the headers are a dictionary and not a list, {FAILS}", advice, "Make a list of it", edits)
    elif isinstance(made, ast.Tuple) or _is_items(made):
        edits = ((Span(start, start), "list("), (Span(end, end), ")"))
        yield _Fault(given, f"the headers are not a list, {FAILS}", advice, "Make a list of it", edits)
        yield from _of_pairs(source, made.elts if isinstance(made, ast.Tuple) else [], scope)
    elif isinstance(made, ast.List):
        yield from _of_pairs(source, made.elts, scope)
        if isinstance(given, ast.Name):
            yield from _of_pairs(source, list(_appended(given.id, scope)), scope)
    elif isinstance(made, ast.Constant) or kind_of(made, scope):
        yield _Fault(given, f"the headers are not a list, {FAILS}", advice)


def _is_call_of(node: ast.expr, name: str, scope: Scope) -> bool:
    return isinstance(node, ast.Call) and scope.resolve(node.func) == name


def _is_items(node: ast.expr) -> bool:
    """Whether an expression is ``.items()`` of a dictionary literal."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "items"
        and isinstance(node.func.value, ast.Dict)
    )


def _appended(name: str, scope: Scope) -> Iterator[ast.expr]:
    for node in own(scope.function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="append"), args=[pair]) if owner == name:
                yield pair


def _of_pairs(source: Source, pairs: list[ast.expr], scope: Scope) -> Iterator[_Fault]:
    for pair in pairs:
        if not isinstance(pair, (ast.Tuple, ast.List)) or len(pair.elts) != 2:
            continue
        edits = [edit for part in pair.elts for edit in _of_part(source, part, scope)]
        yield from _of_characters(source, pair.elts)
        wrong = [part for part in pair.elts if _is_wrong(part, scope)]
        node: ast.expr = wrong[0] if wrong else pair
        if isinstance(pair, ast.List):
            start, end = source.span(pair)
            edits += [(Span(start, start + 1), "("), (Span(end - 1, end), ")")]
        elif not wrong:
            continue
        code = _short(source.code(node))
        message = (
            f"in a header {code} is not text, {FAILS}"
            if wrong
            else f"a header is a list where WSGI wants a pair, {FAILS}"
        )
        is_whole = len([part for part in wrong if _of_part(source, part, scope)]) == len(wrong)
        yield _Fault(
            node, message, "write name and value as text", "Write it as WSGI wants it", tuple(edits) if is_whole else ()
        )


def _of_characters(source: Source, pair: list[ast.expr]) -> Iterator[_Fault]:
    """Yield faults for characters that neither name nor value of a header may have (``wsgi_validate_header_value``)."""
    for part, name, refused in zip(pair, ("name", "value"), ("\r\n \t", "\r\n"), strict=True):
        text = part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""
        if not set(refused).isdisjoint(text):
            what = "line end" if set("\r\n") & set(text) else "space"
            message = f"the {name} of a header has a {what} in it, {FAILS}"
            yield _Fault(part, message, f"take the {what} out of {_short(source.code(part))}")


def _is_wrong(part: ast.expr, scope: Scope) -> bool:
    return kind_of(part, scope) in ("number", "bytes") or (isinstance(part, ast.Constant) and part.value is None)


def _of_part(source: Source, part: ast.expr, scope: Scope) -> tuple[tuple[Span, str], ...]:
    """Return the edits that turn a name or value into text; none where it is text, or where several ways would do."""
    if isinstance(part, ast.Constant) and isinstance(part.value, bytes):
        return _as_text(source, part)
    if kind_of(part, scope) != "number":
        return ()
    start, end = source.span(part)
    return ((Span(start, start), "str("), (Span(end, end), ")"))


def _as_text(source: Source, node: ast.expr) -> tuple[tuple[Span, str], ...]:
    """Return the edit that makes a single literal of bytes a text, without its ``b``; else none."""
    found = re.match(r"([bB])['\"]", source.code(node))
    start = source.span(node).start
    is_one = found is not None and source.code(node).count(found[0][1]) == 2
    return ((Span(start, start + 1), ""),) if is_one else ()


def _short(code: str) -> str:
    """Return a piece of code as a message may quote it."""
    line = code.partition("\n")[0].strip()
    return line if len(line) <= 30 and line == code else f"{line[:27]}..."
