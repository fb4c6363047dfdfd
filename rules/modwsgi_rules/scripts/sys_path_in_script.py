"""
A script adds a fixed directory to `sys.path` that its process group can be given.

## What happens

The path of the modules stands in two places. What is loaded before this line, or beside the script, does not see it: an
import script, or a second script of the project.

## Why

`python-path=` of `WSGIDaemonProcess` adds directories before any script is loaded, and so does `home=` since mod_wsgi 4.1
(the mod_wsgi manual, "WSGIDaemonProcess").

## The fix

It writes the directory into `python-path`, and takes the line out of the script: both or neither. Where the group has the
directory, only the line goes. It is unsafe, because the order of the path changes.

## Left alone

In embedded mode, where another script of the group does not add the directory, and where the directory is worked out from
`__file__` there is no fix. A script that no line in sight loads is the matter of `process-set-up-in-script`, because nobody sees its
process group. The packages of an environment are the matter of `activate-this`.

## See also

`module-beside-script`, `activate-this`.

## Examples

    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess site
    +WSGIDaemonProcess site python-path=/srv/site/lib
     WSGIProcessGroup site
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
    -import sys
    -sys.path.insert(0, "/srv/site/lib")
     from shop import application
    ```
    ```diff unsafe
     #- site.conf
     WSGIDaemonProcess site home=/srv/site
     WSGIScriptAlias / /srv/site/app.wsgi process-group=site
     #- /srv/site/app.wsgi
     import os, sys
    -path = "/srv/site"
    -if path not in sys.path:
    -    sys.path.append(path)
     from shop import application
    ```

    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess site python-path=/srv/site
    +WSGIDaemonProcess site python-path=/srv/site:/srv/site/vendor
     WSGIScriptAlias / /srv/site/app.wsgi process-group=site
     #- /srv/site/app.wsgi
    -from site import addsitedir
    -addsitedir("/srv/site/vendor")
     from shop import application
    ```

Reported without a fix in embedded mode:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import sys
    sys.path.append("/srv/site")
    #               ^^^^^^^^^^^
    from shop import application
    ```

Not reported:

    ```python
    #- site.conf
    WSGIDaemonProcess site
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site
    #- /srv/site/app.wsgi
    import os, sys
    sys.path.append(os.path.dirname(__file__))
    from shop import application
    ```
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess
from modwsgi_fix.model.facts.running import search_path
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts
from modwsgi_fix.rewriting.scripts import python_of_script, without
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.constants import Script
from modwsgi_fix.tuples import NamedTuple
from modwsgi_rules.scripts._group_options import (
    additions_to_path,
    moved,
    process_group_of,
    runs_there,
    scripts_of,
    with_option,
)


class _Added(NamedTuple):
    """A statement that adds a directory to ``sys.path``."""

    statement: ast.stmt
    call: ast.Call
    directory: str


@rule(severity=Severity.INFO)
def sys_path_in_script(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        if script.item is None:
            continue  # no process group is in sight that could have the option
        read, found = _added(config, script)
        process = process_group_of(config, script) if found else None
        if read is None:
            continue
        for added in found:
            fix = _fix(config, script, read, process, added) if process is not None else None
            yield Diagnostic(
                script.path,
                read.source.head(added.call.args[-1]),
                f"the script adds {added.directory} to sys.path, which python-path= is for"
                if process is None or added.directory not in search_path(process)
                else f"{added.directory} is on sys.path already",
                fix,
                runs_there(process),
                help=""
                if fix
                else f"write python-path={added.directory} at the WSGIDaemonProcess that the script runs in",
            )


def _added(config: Config, script: WsgiScript) -> tuple[Script | None, list[_Added]]:
    """Return what a script adds to ``sys.path``, once for each configuration."""
    return config.once((_added, script.path), lambda: _found(script))


def _found(script: WsgiScript) -> tuple[Script | None, list[_Added]]:
    read = python_of_script(script) if "sys" in script.script.text or "addsitedir" in script.script.text else None
    return read, list(_statements(read)) if read is not None else []


def _statements(read: Script) -> Iterator[_Added]:
    for statement, call, directory in additions_to_path(read):
        if not directory.startswith("/") or ":" in directory or read.moves_with_script(call.args[-1]):
            continue
        if not directory.rstrip("/").endswith(("site-packages", "dist-packages")):
            yield _Added(statement, call, posixpath.normpath(directory))


def _fix(config: Config, script: WsgiScript, read: Script, process: DaemonProcess, entry: _Added) -> Fix | None:
    if entry.directory in search_path(process):
        deleted = without(read, [entry.statement])
        edits = [Edit(script.path, span) for span in deleted or ()]
        reason = "the process group has the directory, perhaps at another place in the path"
        return Fix.unsafe("Take the line away", *edits, reason=reason) if deleted else None
    others = scripts_of(config, process)
    if others is None:
        return None
    for other in others:
        if entry.directory not in {added.directory for added in _added(config, other)[1]}:
            return None
    edit = with_option(process, "python-path", entry.directory)
    reason = "the directory comes before all others on the path, for every script of the group"
    return moved(config, script, read, [entry.statement], edit, "Write it into python-path", reason)
