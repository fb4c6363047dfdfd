"""
A script with bobo resources does not have an `application`.

## What happens

Every request gets an error, 404 or 500 by the version of mod_wsgi.

## Why

mod_wsgi calls an object named `application` (`wsgi_execute_script`). One line at the end makes it from the resources in the
same file. `__name__` is right there: mod_wsgi makes up a name for the script, and that name is a key of `sys.modules`.

## The fix

A safe fix: it adds that line, and `import bobo` where only names were imported from it.

## Left alone

A handler script is not reported.

## See also

httpd's own message is *Target WSGI script '/srv/bobo/hello.wsgi' does not contain WSGI application 'application'*. Rules
`missing-application` and `bobo-application-before-resources`.

## Examples

    ```diff
     #- site.conf
     WSGIScriptAlias /hello /srv/bobo/hello.wsgi
     #- /srv/bobo/hello.wsgi
     import bobo

     @bobo.query
     def hello():
         return "Hello world!"
    +
    +
    +application = bobo.Application(bobo_resources=__name__)
    ```
    ```diff
     #- site.conf
     WSGIScriptAlias /names /srv/bobo/names.wsgi
     #- /srv/bobo/names.wsgi
     # Names one by one.
    +import bobo
     from bobo import query

     @query("/all")
     def everybody():
         return "Alice, Bob"
    +
    +
    +application = bobo.Application(bobo_resources=__name__)
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias /clock /srv/bobo/clock.wsgi
    WSGIHandlerScript bobo-page /srv/bobo/handler.wsgi
    #- /srv/bobo/clock.wsgi
    import bobo
    @bobo.query
    def clock():
        return "12:00"
    application = bobo.Application(bobo_resources=__name__)
    #- /srv/bobo/handler.wsgi
    def handle_request(environ, start_response):
        return []
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, binds, module_of, wsgi_scripts
from modwsgi_fix.rewriting.scripts import append_to
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script import Module, bobo_resources, makes_application
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def bobo_missing_application(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        if script.is_handler or "bobo" not in script.script.text or binds(script):
            continue
        module = module_of(script)
        if module is None or module.is_open or any(name in module.names for name in script.names):
            continue
        resources = bobo_resources(module)
        # An application under another name only needs the right name: missing-application.
        if not resources or any(makes_application(module, statement) for statement in module.live()):
            continue
        fix = _fix(script, module)
        yield Diagnostic(
            script.path,
            resources[0].head,
            f"the script has bobo resources and no {script.names[-1]}, so every request fails",
            fix,
            tuple(Related(*place, "the script is mounted here") for place in script.mounts),
            help="" if fix else f"end it with {script.names[0]} = bobo.Application(bobo_resources=__name__)",
        )


def _fix(script: WsgiScript, module: Module) -> Fix | None:
    local = next((name for name, what in module.imports.items() if what == "bobo"), "bobo")
    edits = [append_to(script, module, f"{script.names[0]} = {local}.Application(bobo_resources=__name__)")]
    bound = module.imports.get(local)
    if bound is None and "bobo" not in module.names:
        imports = (statement for statement in module.body if statement.kind == "import")
        first = next((statement for statement in imports if statement.value.split(".")[0] == "bobo"), None)
        if first is None or not first.alone:
            return None
        edits.append(Edit(script.path, Span(first.lines.start, first.lines.start), f"import bobo{module.newline}"))
    elif bound != "bobo":
        return None
    return Fix.safe("Make the application", *edits, reason="every request failed, and is answered by the resources")
