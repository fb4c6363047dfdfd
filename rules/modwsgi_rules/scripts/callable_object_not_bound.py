"""
The configuration names an object of a script that the script does not have.

## What happens

Every request gets an error, 404 or 500 by the version of mod_wsgi.

## Why

mod_wsgi calls the object that `callable-object=` or `WSGICallableObject` names, and no other (`wsgi_execute_script`; the mod_wsgi
manual, "WSGICallableObject").

## The fix

A repair: it writes `application` there, where every script that the line is for has an `application` and not the other name.

## Left alone

Where the script has neither, or cannot be seen through, there is no fix. A script that has the object is not reported,
whatever else it has.

## See also

httpd's own message is *Target WSGI script '/srv/site/app.wsgi' does not contain WSGI application 'app'*; `missing-application`.

## Examples

    ```diff repair
     #- site.conf
    -WSGICallableObject app
    +WSGICallableObject application
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     from shop import application
    ```
    ```diff repair
     #- site.conf
    -WSGIScriptAlias / /srv/site/app.wsgi callable-object=wsgi
    +WSGIScriptAlias / /srv/site/app.wsgi callable-object=application
     #- /srv/site/app.wsgi
     from shop import application
    ```

Reported without a fix, because one of two scripts has the object:

    ```apache
    #- site.conf
    WSGICallableObject app
    #                  ^^^
    WSGIScriptAlias /shop /srv/shop/app.wsgi
    WSGIScriptAlias /blog /srv/blog/app.wsgi
    #- /srv/shop/app.wsgi
    from shop import app
    #- /srv/blog/app.wsgi
    from blog import application
    ```

Not reported:

    ```apache
    #- site.conf
    WSGIScriptAlias /shop /srv/shop/app.wsgi callable-object=app
    WSGIScriptAlias /blog /srv/blog/app.wsgi
    WSGICallableObject application
    #- /srv/shop/app.wsgi
    from shop import app
    #- /srv/blog/app.wsgi
    from blog import *
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.daemons import options_of
from modwsgi_fix.model.facts.running import Run, group_decided_by_program, runs
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.loading import bound_at_load, tree_of
from modwsgi_fix.text import Span

_DEFAULT = "application"


@rule(severity=Severity.ERROR, changes=("regained",))
def callable_object_not_bound(config: Config) -> Iterator[Diagnostic]:
    if group_decided_by_program(config):
        # The other file may name the object, too.
        return
    chosen = [run for run in runs(config) if run.callable.item is not None and run.callable.name]
    for item, users in grouped(chosen, lambda run: run.callable.item).items():
        assert item is not None
        name = users[0].callable.name or ""
        known = [(run, _names(run)) for run in users]
        lacking = [run for run, names in known if names is not None and name not in names]
        span = _place(config, item)
        if not lacking or lacking[0].script is None or span is None:
            continue
        script = lacking[0].script
        fix = _fix(config, item, span, name, known)
        yield Diagnostic(
            item.path,
            span,
            f"{script.script.place.rpartition('/')[2]} does not bind {name}, so every request fails",
            fix,
            (Related(script.path, Span(0, 0), "the script"),),
            help="" if fix else f"name the object that the script has, or bind {name} in it",
        )


def _names(run: Run) -> set[str] | None:
    """Return the names that a script binds; None where they are not known."""
    tree = tree_of(run.script.script.text) if run.script is not None else None
    return bound_at_load(run.script.script.text, tree) if run.script is not None and tree is not None else None


def _place(config: Config, item: Item) -> Span | None:
    if item.key == "wsgicallableobject":
        return item.args[0].span if item.args else None
    options = [option for option in options_of(config, item, 2)[0] if option.name == "callable-object"]
    return options[0].value_span if len(options) == 1 else None


def _fix(config: Config, item: Item, span: Span, name: str, known: Sequence[tuple[Run, set[str] | None]]) -> Fix | None:
    is_editable = item.known and not item.guards and len(config.readings(item)) == 1
    if not is_editable or any(names is None or name in names or _DEFAULT not in names for _, names in known):
        return None
    return Fix.repair(
        f"Write {_DEFAULT}", Edit(item.path, span, _DEFAULT), reason="every request failed, and is answered"
    )
