"""
The status given to `start_response` has no reason phrase.

WSGI wants a status as HTTP writes it, a number and words: `"200 OK"`. A number alone is refused, and the request is a 500.
mod_wsgi 6 makes do with the number where it is text; other servers of WSGI do not.

The fix adds the words that belong to the number.

    ```diff
     #- site.conf
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     def application(environ, start_response):
    -    start_response('404', [("Content-Type", "text/plain")])
    +    start_response('404 Not Found', [("Content-Type", "text/plain")])
         return [b"No."]
    ```
    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    def application(environ, start_response):
        start_response(200, [])
    #                  ^^^
        return [b"Hello"]
    ```
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
        for one in module.all() if module is not None else ():
            if one.call is None or one.call.name != "start_response":
                continue
            status = one.call.argument(0, "status")
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
            # mod_wsgi 6 makes do with digits in a string, 5 does not, and neither takes an int: measured.
            target = config.target.mod_wsgi
            accepted = bool(text) and target is not None and target >= (6,)
            consequence = "which mod_wsgi 6 makes do with" if accepted else "and the request is a 500"
            if text and target is None:
                consequence += " up to mod_wsgi 5"
            message = f'{status.source} is no status of WSGI, {consequence}; write "{words}"'
            yield Diagnostic(script.path, status.span, message, fix, severity=Severity.WARNING if accepted else None)
