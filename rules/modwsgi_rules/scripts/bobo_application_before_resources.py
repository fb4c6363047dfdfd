"""
`bobo.Application` is made before the resources that it is to find.

`bobo.Application(bobo_resources=__name__)` looks at the module as it is when the line is run. Functions that are decorated
further down are not there yet: every URL of them is a 404. The line belongs at the end.

The fix moves it there.

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

The object is used in between:

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

The resources of another module, and a line in the right place:

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
        for one in module.body:
            if not _is_application(module, one):
                continue
            later = [resource for resource in bobo_resources(module) if resource.span.start > one.span.start]
            if later and one.call is not None:
                yield Diagnostic(
                    script.path,
                    one.call.span,
                    f"{later[-1].targets[0]} is defined below, so bobo does not find it, and its URL is a 404; make the"
                    " application at the end",
                    _fix(script, module, one),
                    (Related(script.path, later[0].head, "a resource that is not found"),),
                )


def _is_application(module: Module, one: Statement) -> bool:
    if one.kind != "assign" or one.call is None or module.resolve(one.call.name) != "bobo.Application":
        return False
    resources = one.call.argument(99, "bobo_resources")
    return resources is not None and resources.source == "__name__"


def _fix(script: WsgiScript, module: Module, one: Statement) -> Fix | None:
    if not one.alone or len(one.targets) != 1:
        return None
    if module.count(one.targets[0], Span(one.lines.end, len(module.text))):
        return None
    start, end = one.span
    line = module.text[start:end]
    return Fix.repair(
        "Move the line to the end",
        Edit(script.path, one.lines),
        append_to(script, module, line),
        reason="the resources are found, and their URLs answered",
    )
