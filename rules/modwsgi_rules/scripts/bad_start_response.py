"""
The status given to `start_response` does not have a reason phrase.

## What happens

The request gets an error 500. mod_wsgi 6 accepts a number alone where it is text.

## Why

WSGI wants a status as HTTP writes it, a number and words: `"200 OK"` (PEP 3333, "The start_response() Callable"). Up to
mod_wsgi 5 a number without words is refused (`wsgi_validate_status_line`), and other WSGI servers do the same.

## The fix

A safe fix: it adds the words that belong to the number.

## Left alone

A status that is not text is reported without a fix.

## See also

httpd's own message is *ValueError: no space following status code*.

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

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        start_response(200, [])
    #                  ^^^
        return [b"Hello"]
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        start_response("200 OK", [])
        return [b"Hello"]
    ```
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import module_of, wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span

_PHRASES = {str(int(code)): code.phrase for code in HTTPStatus}


@rule(severity=Severity.ERROR)
def bad_start_response(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = module_of(script)
        for statement in module.all() if module is not None else ():
            if statement.call is None or statement.call.name != "start_response":
                continue
            status = statement.call.argument(0, "status")
            if status is None:
                continue
            text = status.literal.strip() if isinstance(status.literal, str) else ""
            if not text.isdigit() and not status.source.isdigit():
                continue
            number = text or status.source
            words = f"{number} {_PHRASES.get(number, 'and its words')}"
            fix = None
            if number in _PHRASES and status.source in (f'"{number}"', f"'{number}'"):
                end = status.span.end - 1
                fix = Fix.safe(
                    "Add the reason phrase",
                    Edit(script.path, Span(end, end), f" {_PHRASES[number]}"),
                    reason="a request that was a 500 is answered, and no other changes",
                )
            # mod_wsgi 6 accepts digits in a string, 5 does not, and neither takes an int: measured.
            target = config.target.mod_wsgi
            accepted = bool(text) and target is not None and target >= (6,)
            consequence = "and only mod_wsgi 6 accepts it" if accepted else "so the request is an error 500"
            if text and target is None:
                consequence += " up to mod_wsgi 5"
            message = f"{status.source} is not a status of WSGI, {consequence}"
            severity = Severity.WARNING if accepted else None
            advice = "" if fix else f'write "{words}"'
            yield Diagnostic(script.path, status.span, message, fix, severity=severity, help=advice)
