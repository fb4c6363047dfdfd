"""
The status given to `start_response` has no reason phrase.

WSGI wants a status as HTTP writes it, a number and words: `"200 OK"`. A number alone is refused, and the request is a 500.

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
from modwsgi_fix.model.scripts import module_of, wsgi_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span


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
            if isinstance(status.literal, str) and status.literal.strip().isdigit():
                number = status.literal.strip()
                known = {str(int(code)): code.phrase for code in HTTPStatus}
                fix = None
                if number in known and status.literal == number and status.source in (f'"{number}"', f"'{number}'"):
                    end = status.span.end - 1
                    fix = Fix.safe(
                        "Add the reason phrase",
                        Edit(script.path, Span(end, end), f" {known[number]}"),
                        reason="the request was a 500, and is answered",
                    )
            elif status.source.isdigit():
                fix = None
            else:
                continue
            yield Diagnostic(
                script.path, status.span, f'{status.source} is no status, and the request is a 500; write "200 OK"', fix
            )
