"""
Two scripts of one process set a variable of its environment to different values.

## What happens

One of the two sites gets the other one's settings. Which one, depends on which was asked for first.

## Why

Scripts that share an interpreter share `os.environ`. Scripts that share a process only do so as well for
`os.environ.setdefault`: an interpreter copies the environment of the process when it is made, and finds what the other one
put there (measured with mod_wsgi 4.9.4 and 6.1.1; the mod_wsgi manual, "Application Issues").

## The fix

It gives the site whose value is the wrong one a process group of its own, and selects it at each mount of the site: defined beside the
shared group with the same options, or in embedded mode above the first mount. It is unsafe, because there are more processes than
before, and a site that leaves httpd's own processes has one process of 15 threads instead of them: add `processes=` and `threads=` as
its capacity needs.

## Left alone

There is no fix where processes are restricted to groups (`WSGIRestrictProcess`) or where the mount cannot be told the group: a script
behind a handler, or a mount that names its interpreter and not its group. In embedded mode there is none where a directive holds only
there (`WSGIPythonPath`, `WSGIPythonEggs`), nor for mounts in several files or in hosts of several names. Give each site a process group
of its own there. In two interpreters a plain assignment, `os.environ["NAME"] = ...`, helps as well, and is not reported.

## See also

`two-applications-in-main-interpreter`, `extension-in-two-interpreters`.

## Examples

    ```diff unsafe
     #- site.conf
     WSGIDaemonProcess sites threads=5
    +WSGIDaemonProcess sites-blog threads=5
     WSGIProcessGroup sites
     WSGIScriptAlias /shop /srv/shop/wsgi.py
    -WSGIScriptAlias /blog /srv/blog/wsgi.py
    +WSGIScriptAlias /blog /srv/blog/wsgi.py process-group=sites-blog
     #- /srv/shop/wsgi.py
     import os
     os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
     #- /srv/blog/wsgi.py
     import os
     os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blog.settings")
    ```

In embedded mode:

    ```diff unsafe
     #- site.conf
     WSGIApplicationGroup %{GLOBAL}
     WSGIScriptAlias /shop /srv/shop/wsgi.py
    -WSGIScriptAlias /blog /srv/blog/wsgi.py
    +WSGIDaemonProcess blog
    +WSGIScriptAlias /blog /srv/blog/wsgi.py process-group=blog
     #- /srv/shop/wsgi.py
     import os
     os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
     #- /srv/blog/wsgi.py
     import os
     os.environ["DJANGO_SETTINGS_MODULE"] = "blog.settings"
    ```

Reported without a fix, because `WSGIPythonPath` holds in embedded mode alone:

    ```python
    #- site.conf
    WSGIPythonPath /srv/lib
    WSGIApplicationGroup %{GLOBAL}
    WSGIScriptAlias /shop /srv/shop/wsgi.py
    WSGIScriptAlias /blog /srv/blog/wsgi.py
    #- /srv/shop/wsgi.py
    import os
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
    #- /srv/blog/wsgi.py
    import os
    os.environ["DJANGO_SETTINGS_MODULE"] = "blog.settings"
    #          ^^^^^^^^^^^^^^^^^^^^^^^^
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

import posixpath
from collections.abc import Iterator, Sequence
from functools import partial

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.facts.running import Run, group_decided_by_program, process_of, runs_by_group
from modwsgi_fix.model.facts.scripts import WsgiScript
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.settings import Set, environment_set
from modwsgi_fix.script.source import source_of
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._own_group import first_group, group_name, own_group


class _Setting(NamedTuple):
    """A script that sets a variable, the run in which it does, and the value."""

    run: Run
    script: WsgiScript
    set: Set

    @property
    def place(self) -> Span:
        source = source_of(self.script.script.text)
        return source.head(self.set.key) if source is not None else Span(0, 0)


@rule(severity=Severity.ERROR)
def settings_of_two_sites(config: Config) -> Iterator[Diagnostic]:
    for group, runs in runs_by_group(config).items():
        if group is None or group_decided_by_program(config):
            continue
        first: dict[str, _Setting] = {}
        told: set[tuple[str, str]] = set()
        for setting in _settings(config, runs):
            known = first.setdefault(setting.set.name, setting)
            if not _collide(known, setting) or setting.run.item.excludes(known.run.item):
                continue
            # The script that keeps an existing value has the wrong one.
            wrong, other = (known, setting) if known.set.keeps and not setting.set.keeps else (setting, known)
            if (wrong.script.path, setting.set.name) in told:
                continue
            told.add((wrong.script.path, setting.set.name))
            key = (settings_of_two_sites, group, wrong.set.name, wrong.set.value)
            fix = config.once(key, partial(_fix, config, group, runs, wrong))
            yield Diagnostic(
                wrong.script.path,
                wrong.place,
                f"{setting.set.name} has the value of another script of the process where that came first",
                fix,
                (Related(other.script.path, other.place, "another value is set here"),),
                help="" if fix else _advice(config, wrong),
            )


def _settings(config: Config, runs: Sequence[Run]) -> Iterator[_Setting]:
    for run in runs:
        if run.script is not None and run.interpreters:
            yield from (_Setting(run, run.script, one) for one in _sets(config, run.script))


def _sets(config: Config, script: WsgiScript) -> list[Set]:
    """Return the texts that a script sets in the environment, once for each configuration."""

    def found() -> list[Set]:
        source = source_of(script.script.text) if "environ" in script.script.text else None
        return [] if source is None else [one for one in environment_set(source.tree) if one.value is not None]

    return config.once((_sets, script.path), found)


def _fix(config: Config, group: str, runs: Sequence[Run], wrong: _Setting) -> Fix | None:
    """Return the fix that gives a site, with every script of the shared group that sets its value, a process group."""
    process = process_of(config, group)
    if (process is None and group) or None in runs_by_group(config):
        return None
    moving = [one.run for one in _sites(config, group, runs)[wrong.set.name, wrong.set.value]]
    if process is None:
        edits = first_group(config, _label(wrong), moving)
        reason = "the site leaves httpd's own processes for one process with 15 threads"
    else:
        edits = own_group(config, process, _label(wrong), moving)
        reason = "there are more processes, which take memory"
    return Fix.unsafe("Give the site a process group of its own", *edits, reason=reason) if edits is not None else None


def _advice(config: Config, wrong: _Setting) -> str:
    name = group_name(config, _label(wrong))
    return f"define WSGIDaemonProcess {name}, and write process-group={name} at the WSGIScriptAlias of the site"


def _sites(config: Config, group: str, runs: Sequence[Run]) -> dict[tuple[str, str | None], list[_Setting]]:
    """Return the scripts of a group by the value that they set, each with every run there."""
    return config.once(
        (_sites, group), lambda: grouped(_settings(config, runs), lambda one: (one.set.name, one.set.value))
    )


def _label(setting: _Setting) -> str:
    """Return a name for the site: the project whose settings it names, else the directory of the script."""
    if setting.set.name.endswith("SETTINGS_MODULE") and setting.set.value:
        return setting.set.value.partition(".")[0]
    return posixpath.basename(posixpath.dirname(setting.script.script.place))


def _collide(first: _Setting, second: _Setting) -> bool:
    """Whether two scripts want different values in one environment."""
    if first.script.path == second.script.path or first.set.value == second.set.value:
        return False
    shared = bool((first.run.interpreters or frozenset()) & (second.run.interpreters or frozenset()))
    return shared or first.set.keeps or second.set.keeps
