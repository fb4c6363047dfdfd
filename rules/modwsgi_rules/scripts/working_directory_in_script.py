"""
A script counts on a working directory that its process group does not have.

## What happens

A relative path is looked for in the directory that the process happens to be in: `/`, or the home directory of its user.
`os.chdir` changes it for everything else that runs in the process.

## Why

`home=` of `WSGIDaemonProcess` is the directory that the processes of a group start in (the mod_wsgi manual,
"WSGIDaemonProcess"). For files the manual advises paths that begin at `os.path.dirname(__file__)` ("Application Issues:
Application Working Directory").

## The fix

Where the script changes its directory, the fix writes `home` and takes `os.chdir` out of the script: both or neither. It is unsafe,
because `home` is also the first directory of `sys.path`.

Where a file is opened by a relative name while the script is loaded, and `--root` shows it beside the script, the path is made to
begin there. No other script of the process notices, and it works in embedded mode. It is a repair, and unsafe where a directory above
the script has such a file too, or where a script changes the directory of the process: the other file may be the right one.

## Left alone

There is no fix of `os.chdir` in embedded mode, where other scripts run in the group, where the group has a `home`, and where `--root`
does not show the directory. A relative name is not reported where the group has a `home` or a `user`, whose home directory may be
the right one, and a script that mentions `chdir` is not searched for relative names.

## See also

`sys-path-in-script`, `module-beside-script`, `relative-path-in-script`.

## Examples

    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess site
    +WSGIDaemonProcess site home=/srv/site
     WSGIProcessGroup site
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
    -import os
    -os.chdir("/srv/site")
     from shop import application
    ```
    ```diff repair
     #- site.conf
     WSGIDaemonProcess site
     WSGIScriptAlias / /srv/site/app.wsgi process-group=site
     #- /srv/site/app.wsgi
    +import os
     from pyramid.paster import get_app
    -SECRET = open("secret.txt").read()
    -application = get_app("production.ini#main")
    +SECRET = open(os.path.join(os.path.dirname(__file__), "secret.txt")).read()
    +application = get_app(os.path.join(os.path.dirname(__file__), "production.ini#main"))
     #- /srv/site/production.ini
     [app:main]
     #- /srv/site/secret.txt
     secret
    ```

Reported without a fix in embedded mode:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os
    os.chdir("/srv/site")
    #        ^^^^^^^^^^^
    from shop import application
    ```

Not reported:

    ```python
    #- site.conf
    WSGIDaemonProcess site home=/srv/site
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site
    #- /srv/site/app.wsgi
    SECRET = open("secret.txt").read()
    OTHER = open("/srv/site/other.txt").read()
    from shop import application
    #- /srv/site/secret.txt
    secret
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess
from modwsgi_fix.model.facts.running import runs_of
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts
from modwsgi_fix.rewriting.scripts import python_of_script
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.constants import Script
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._group_options import (
    calls_at_top,
    moved,
    process_group_of,
    runs_there,
    scripts_of,
    with_option,
)
from modwsgi_rules.scripts._relative_paths import above, beside, changes_directory, from_script, has_home, opened


class _Changed(NamedTuple):
    """A statement at the top of a script that changes to a directory."""

    statement: ast.stmt
    argument: ast.expr
    directory: str


@rule(severity=Severity.INFO)
def working_directory_in_script(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        read = python_of_script(script)
        if read is None:
            continue
        yield from _changing(config, script, read)
        yield from _beside(config, script, read)


def _changing(config: Config, script: WsgiScript, read: Script) -> Iterator[Diagnostic]:
    changed = _changed(read)
    process = process_group_of(config, script) if changed else None
    for change in changed:
        fix = _fix(config, script, read, process, change)
        yield Diagnostic(
            script.path,
            read.source.head(change.argument),
            f"the script changes to {change.directory} after the process has started elsewhere",
            fix,
            runs_there(process),
            help="" if fix else f"write home={change.directory} at the WSGIDaemonProcess that the script runs in",
        )


def _changed(read: Script) -> list[_Changed]:
    if "chdir" not in read.source.text:
        return []
    calls = [
        (one, call.args[0]) for one, call, name in calls_at_top(read) if name == "os.chdir" and len(call.args) == 1
    ]
    values = [(statement, argument, read.value(argument)) for statement, argument in calls]
    return [
        _Changed(statement, argument, directory.rstrip("/") or "/")
        for statement, argument, directory in values
        if directory is not None and directory.startswith("/")
    ]


def _fix(
    config: Config, script: WsgiScript, read: Script, process: DaemonProcess | None, changed: _Changed
) -> Fix | None:
    directory = changed.directory
    if process is None or config.disk is None or not config.disk.is_dir(directory):
        return None
    if process.option("home") is not None or [one.path for one in scripts_of(config, process) or ()] != [script.path]:
        return None
    reason = "it is also the first directory of sys.path"
    edit = with_option(process, "home", directory)
    return moved(config, script, read, [changed.statement], edit, "Write it as home", reason)


def _beside(config: Config, script: WsgiScript, read: Script) -> Iterator[Diagnostic]:
    """Yield a finding for the files beside a script that it opens by relative names while it is loaded."""
    if config.disk is None or not runs_of(config, script) or has_home(config, script):
        return
    # The process starts in the root directory.
    paths = (
        [one for one in opened(read) if beside(config, script, one.path)] if script.script.place.count("/") > 1 else []
    )
    if not paths:
        return
    process = process_group_of(config, script)
    edits = from_script(read, script.path, paths)
    fix = None
    if edits:
        is_sure = not changes_directory(config) and not any(above(config, script, one.path) for one in paths)
        level = Applicability.REPAIR if is_sure else Applicability.UNSAFE
        reason = (
            "the file is in no directory above" if is_sure else "a file of that name elsewhere may be the right one"
        )
        fix = Fix("Let the path begin at the script", tuple(edits), level, reason)
    yield Diagnostic(
        script.path,
        read.source.head(paths[0].node),
        f"{paths[0].path} is looked for in another directory than the script's, where it lies",
        fix,
        runs_there(process),
        Severity.ERROR,
        help="" if fix else "open it by its whole path",
    )
