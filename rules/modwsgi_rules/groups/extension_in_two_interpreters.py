"""
Two interpreters of one process load an extension module that only one can have.

## What happens

Whichever interpreter comes first has it. Every request to the other one is an error 500.

## Why

By default mod_wsgi makes an interpreter for each host name, port and mount (`wsgi_config.c:wsgi_application_group`), and all
of those of a process group live in each of its processes. numpy and what is built with PyO3 (cryptography, bcrypt) refuse
to be loaded by a second interpreter of a process (the mod_wsgi manual, "Application Issues: Python Simplified GIL State
API"; numpy issue 27192; PyO3 issue 576).

## The fix

It selects the main interpreter by `WSGIApplicationGroup %{GLOBAL}`. It is unsafe, because the applications then share one
interpreter, and what they import and set.

## Left alone

There is no fix where the scripts set up different Django projects, which cannot share an interpreter: give each a process
group of its own. Only what a script itself imports is known. An extension that is not known to be of this kind is not
reported, and neither is an interpreter that the request chooses.

## See also

*cannot load module more than once per process*; *PyO3 modules do not yet support subinterpreters*;
`missing-global-application-group`, `two-applications-in-main-interpreter`.

## Examples

    ```diff unsafe
     #- site.conf
     WSGIDaemonProcess site
     WSGIProcessGroup site
    +WSGIApplicationGroup %{GLOBAL}
     WSGIScriptAlias /plot /srv/site/plot.wsgi
     WSGIScriptAlias /table /srv/site/table.wsgi
     #- /srv/site/plot.wsgi
     import numpy
     from plot import application
     #- /srv/site/table.wsgi
     import pandas as pd
     from table import application
    ```
    ```diff unsafe
     #- site.conf
     WSGIDaemonProcess site
     <VirtualHost *:80>
         ServerName one.example.com
    -    WSGIScriptAlias / /srv/site/app.wsgi process-group=site
    +    WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{GLOBAL}
     </VirtualHost>
     <VirtualHost *:80>
         ServerName two.example.com
    -    WSGIScriptAlias / /srv/site/app.wsgi process-group=site
    +    WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{GLOBAL}
     </VirtualHost>
     #- /srv/site/app.wsgi
     from cryptography.fernet import Fernet
     from site import application
    ```

Not reported: one interpreter, a process group each, and a module of another kind:

    ```python
    #- site.conf
    WSGIDaemonProcess one
    WSGIDaemonProcess two
    WSGIDaemonProcess three
    WSGIScriptAlias /a /srv/a/app.wsgi process-group=one application-group=%{GLOBAL}
    WSGIScriptAlias /b /srv/a/app.wsgi process-group=one application-group=%{GLOBAL}
    WSGIScriptAlias /c /srv/a/app.wsgi process-group=two
    WSGIScriptAlias /d /srv/b/app.wsgi process-group=three
    WSGIScriptAlias /e /srv/b/app.wsgi process-group=three
    #- /srv/a/app.wsgi
    import numpy
    from site import application
    #- /srv/b/app.wsgi
    import json
    from site import application
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import options_of
from modwsgi_fix.model.facts.platform import is_windows
from modwsgi_fix.model.facts.running import Run, group_decided_by_program, runs_by_group
from modwsgi_fix.model.facts.scripts import WsgiScript
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.lines import add_words, insert_after, replace_arg
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.extensions import EXTENSIONS, extensions_of
from modwsgi_fix.script.loading import tree_of
from modwsgi_fix.script.settings import django_settings
from modwsgi_fix.script.source import source_of
from modwsgi_fix.text import Span

_GLOBAL = "WSGIApplicationGroup %{GLOBAL}"


@rule(severity=Severity.ERROR)
def extension_in_two_interpreters(config: Config) -> Iterator[Diagnostic]:
    for group, runs in runs_by_group(config).items():
        if group is None or group_decided_by_program(config):
            continue
        loading: dict[str, list[Run]] = {}
        for run in runs:
            for extension in _extensions(config, run.script) if run.script is not None and run.interpreters else ():
                loading.setdefault(extension, []).append(run)
        told: set[str] = set()
        for extension, users in loading.items():
            first = users[0]
            others = [
                run for run in users if len((run.interpreters or frozenset()) | (first.interpreters or frozenset())) > 1
            ]
            if not others or others[0].item.excludes(first.item) or others[0].path in told:
                continue
            told.add(others[0].path)
            yield _finding(config, group, extension, users, others[0])


def _finding(config: Config, group: str, extension: str, users: Sequence[Run], other: Run) -> Diagnostic:
    fix, first = _fix(config, users), users[0]
    where = f"the processes of {group}" if group else "httpd's own processes"
    scripts = [run.script for run in (first, other) if run.script is not None]
    related = [
        Related(path, span, f"{extension} is loaded by this import")
        for path, span in dict.fromkeys((one.path, _extensions(config, one)[extension]) for one in scripts)
    ]
    related.append(Related(first.item.path, first.item.span, "the first interpreter is of this mount"))
    return Diagnostic(
        other.item.path,
        other.item.span,
        f"a second interpreter in {where} loads {extension}, which refuses that",
        fix,
        tuple(related),
        help="" if fix else f"write {_GLOBAL}, or give each application {_apart(config)}",
    )


def _apart(config: Config) -> str:
    return "an httpd of its own" if is_windows(config) else "a process group of its own"


def _extensions(config: Config, script: WsgiScript) -> dict[str, Span]:
    """Return the extensions that a script loads, with the spans of the imports."""
    return config.once((_extensions, script.path), lambda: _found(script.script.text))


def _found(text: str) -> dict[str, Span]:
    source = source_of(text) if any(name in text for name in EXTENSIONS) else None
    return {} if source is None else {name: source.head(node) for name, node in extensions_of(source.tree).items()}


def _fix(config: Config, users: Sequence[Run]) -> Fix | None:
    if len({_settings(run) for run in users} - {""}) > 1:
        return None
    edits: dict[Edit, None] = {}
    for run in users:
        if run.interpreter.name == "":
            continue
        edit = _selected(config, run)
        if edit is None:
            return None
        edits[edit] = None
    reason = "the applications share one interpreter, and what they import and set"
    return Fix.unsafe("Select the main interpreter", *edits, reason=reason)


def _settings(run: Run) -> str:
    """Return the Django project that a script sets up; empty where it sets up none."""
    script = run.script
    tree = (
        tree_of(script.script.text) if script is not None and "DJANGO_SETTINGS_MODULE" in script.script.text else None
    )
    return django_settings(tree) if tree is not None else ""


def _selected(config: Config, run: Run) -> Edit | None:
    """Return the edit that makes a mount run in the main interpreter: at its selection, else beside its process group."""
    chosen, group = run.interpreter.item, run.group.item
    item = chosen or group or run.item
    if item.file.tree.is_template or len(config.readings(item)) > 1:
        return None
    if chosen is not None:
        return _instead(config, chosen)
    if group is run.item:
        return add_words(run.item, ["application-group=%{GLOBAL}"])
    if group is None and run.item.sections:
        return None
    return insert_after(item, [_GLOBAL])


def _instead(config: Config, chosen: Item) -> Edit | None:
    if chosen.key == "wsgiapplicationgroup":
        return replace_arg(chosen, 0, "%{GLOBAL}")
    options = [option for option in options_of(config, chosen, 2)[0] if option.name == "application-group"]
    return Edit(chosen.path, options[0].value_span, "%{GLOBAL}") if len(options) == 1 else None
