"""
`bobo.Application` is made before the resources that it is to find.

## What happens

Every URL of the resources that are defined further down is a 404.

## Why

`bobo.Application(bobo_resources=__name__)` looks at the module as it is when the line is run. Functions that are decorated
further down are not there yet, so the line belongs at the end.

## The fix

A repair: it moves the line to the end.

## Left alone

Where the object is used in between, the line is reported without a fix. A line that names the resources of another module is
not reported.

## See also

Rule `bobo-missing-application`.

## Examples

    ```diff repair
     #- site.conf
     WSGIScriptAlias /orders /srv/bobo/orders.wsgi
     #- /srv/bobo/orders.wsgi
     import bobo

    -application = bobo.Application(bobo_resources=__name__)

     @bobo.query("/list")
     def orders():
         return "No orders yet."
    +
    +
    +application = bobo.Application(bobo_resources=__name__)
    ```

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias /orders /srv/bobo/orders.wsgi
    #- /srv/bobo/orders.wsgi
    import bobo
    application = bobo.Application(bobo_resources=__name__)
    #             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    print(application)
    @bobo.query("/list")
    def orders():
        return "No orders yet."
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias /library /srv/bobo/library.wsgi
    WSGIScriptAlias /clock /srv/bobo/clock.wsgi
    #- /srv/bobo/library.wsgi
    import bobo
    application = bobo.Application(bobo_resources="catalogue")
    #- /srv/bobo/clock.wsgi
    import bobo
    @bobo.query
    def clock():
        return "12:00"
    application = bobo.Application(bobo_resources=__name__)
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import WsgiScript, module_of, wsgi_scripts
from modwsgi_fix.rewriting.scripts import append_to
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script import Module, Statement, bobo_resources
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def bobo_application_before_resources(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config):
        module = module_of(script) if "bobo" in script.script.text else None
        if module is None:
            continue
        for statement in module.body:
            if not _is_application(module, statement):
                continue
            later = [resource for resource in bobo_resources(module) if resource.span.start > statement.span.start]
            if later and statement.call is not None:
                fix = _fix(script, module, statement)
                yield Diagnostic(
                    script.path,
                    statement.call.span,
                    f"{later[-1].targets[0]} is defined below, so bobo does not find it and its URL is a 404",
                    fix,
                    (Related(script.path, later[0].head, "a resource that is not found"),),
                    help="" if fix else "make the application at the end",
                )


def _is_application(module: Module, statement: Statement) -> bool:
    call = statement.call
    if statement.kind != "assign" or call is None or module.resolve(call.name) != "bobo.Application":
        return False
    resources = call.argument(99, "bobo_resources")
    return resources is not None and resources.source == "__name__"


def _fix(script: WsgiScript, module: Module, statement: Statement) -> Fix | None:
    if not statement.alone or len(statement.targets) != 1:
        return None
    if module.count(statement.targets[0], Span(statement.lines.end, len(module.text))):
        return None
    start, end = statement.span
    line = module.text[start:end]
    return Fix.repair(
        "Move the line to the end",
        Edit(script.path, statement.lines),
        append_to(script, module, line),
        reason="the resources are found, and their URLs answered",
    )
