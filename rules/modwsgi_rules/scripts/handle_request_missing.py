"""
A handler script does not have a `handle_request`.

## What happens

Every request for a file of the handler gets an error, 404 or 500 by the version of mod_wsgi.

## Why

For `WSGIHandlerScript` mod_wsgi calls `handle_request`, and not `application` (mod_wsgi's manual, WSGIHandlerScript).

## The fix

A safe fix: it adds `handle_request = application` where the script has an `application`.

## Left alone

Elsewhere it is not known which object is meant, and the script is reported without a fix.

## See also

httpd's own message is *Target WSGI script '/srv/site/handler.wsgi' does not contain WSGI application 'handle_request'*. Rule
`missing-application`.

## Examples

    ```diff
     #- site.conf
     WSGIHandlerScript page /srv/site/handler.wsgi
     #- /srv/site/handler.wsgi
     def application(environ, start_response):
         return []
    +
    +
    +handle_request = application
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIHandlerScript page /srv/site/handler.wsgi
    #- /srv/site/handler.wsgi
    class Page:
    #     ^^^^
        pass
    ```

Not reported:

    ```python
    #- site.conf
    WSGIHandlerScript page /srv/site/handler.wsgi
    #- /srv/site/handler.wsgi
    def handle_request(environ, start_response):
        return []
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import module_of, wsgi_scripts
from modwsgi_fix.rewriting.scripts import append_to
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.ERROR)
def handle_request_missing(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = module_of(script) if script.is_handler else None
        if module is None or module.is_open or any(name in module.names for name in script.names) or not module.body:
            continue
        fix = None
        bound = module.names.get("application")
        if bound is not None:
            fix = Fix.safe(
                f"Call it {script.names[0]} as well",
                append_to(script, module, f"{script.names[0]} = application"),
                reason="every request failed, and is answered by application",
            )
        yield Diagnostic(
            script.path,
            (bound or module.body[0]).head,
            f"the handler script does not have a {script.names[0]}, so every request fails",
            fix,
            tuple(Related(*place, "the handler") for place in script.mounts),
            help="" if fix else f"bind the WSGI application to {script.names[0]}",
        )
