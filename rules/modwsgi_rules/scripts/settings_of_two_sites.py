"""
Two scripts of one process set a variable of its environment to different values.

## What happens

One of the two sites gets the other one's settings. Which one, depends on which was asked for first.

## Why

Scripts that share an interpreter share `os.environ`. Scripts that share a process only do so as well for
`os.environ.setdefault`: an interpreter copies the environment of the process when it is made, and finds what the other one
put there (measured with mod_wsgi 4.9.4 and 6.1.1; the mod_wsgi manual, "Application Issues").

## Left alone

There is no fix: give each site a process group of its own. In two interpreters a plain assignment,
`os.environ["NAME"] = ...`, helps as well, and is not reported.

## See also

`two-applications-in-main-interpreter`, `extension-in-two-interpreters`.

## Examples

    ```python
    #- site.conf
    WSGIDaemonProcess sites
    WSGIProcessGroup sites
    WSGIScriptAlias /shop /srv/shop/wsgi.py
    WSGIScriptAlias /blog /srv/blog/wsgi.py
    #- /srv/shop/wsgi.py
    import os
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
    #- /srv/blog/wsgi.py
    import os
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blog.settings")
    #                     ^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported: another value in another process, the same value, and assignments in two interpreters:

    ```python
    #- site.conf
    WSGIDaemonProcess one
    WSGIDaemonProcess two
    WSGIScriptAlias /a /srv/a/wsgi.py process-group=one
    WSGIScriptAlias /b /srv/b/wsgi.py process-group=one
    WSGIScriptAlias /c /srv/c/wsgi.py process-group=two
    #- /srv/a/wsgi.py
    import os
    os.environ["DJANGO_SETTINGS_MODULE"] = "a.settings"
    os.environ.setdefault("LANG", "C.UTF-8")
    #- /srv/b/wsgi.py
    import os
    os.environ["DJANGO_SETTINGS_MODULE"] = "b.settings"
    os.environ.setdefault("LANG", "C.UTF-8")
    #- /srv/c/wsgi.py
    import os
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "c.settings")
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.running import Run, group_decided_by_program, runs_by_group
from modwsgi_fix.model.facts.scripts import WsgiScript
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.settings import Set, environment_set
from modwsgi_fix.script.source import source_of
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR)
def settings_of_two_sites(config: Config) -> Iterator[Diagnostic]:
    for group, runs in runs_by_group(config).items():
        if group is None or group_decided_by_program(config):
            continue
        first: dict[str, tuple[Run, Set]] = {}
        told: set[tuple[str, str]] = set()
        for run in runs:
            for one in _sets(config, run.script) if run.script is not None and run.interpreters else ():
                known, earlier = first.setdefault(one.name, (run, one))
                if not _collide(known, earlier, run, one) or run.item.excludes(known.item):
                    continue
                # The value of the one that makes way is the wrong one.
                (script, shown), (other, kept) = (run.script, one), (known.script, earlier)
                if earlier.keeps and not one.keeps:
                    (script, shown), (other, kept) = (other, kept), (script, shown)
                if script is None or other is None or (script.path, one.name) in told:
                    continue
                told.add((script.path, one.name))
                related = Related(other.path, _place(other, kept), "another value is set here")
                yield Diagnostic(
                    script.path,
                    _place(script, shown),
                    f"{one.name} has the value of another script of the process where that came first",
                    related=(related,),
                    help="give each site a process group of its own",
                )


def _sets(config: Config, script: WsgiScript) -> list[Set]:
    """The texts that a script sets in the environment, once for each configuration."""

    def found() -> list[Set]:
        source = source_of(script.script.text) if "environ" in script.script.text else None
        return [] if source is None else [one for one in environment_set(source.tree) if one.value is not None]

    return config.once((_sets, script.path), found)


def _place(script: WsgiScript, one: Set) -> Span:
    source = source_of(script.script.text)
    return source.head(one.key) if source is not None else Span(0, 0)


def _collide(one: Run, earlier: Set, other: Run, later: Set) -> bool:
    """Whether two scripts want different values in one environment."""
    if (
        one.script is None
        or other.script is None
        or one.script.path == other.script.path
        or earlier.value == later.value
    ):
        return False
    shared = bool((one.interpreters or frozenset()) & (other.interpreters or frozenset()))
    return shared or earlier.keeps or later.keeps
