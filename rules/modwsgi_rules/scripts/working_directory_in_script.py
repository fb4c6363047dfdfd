"""
A script counts on a working directory that its process group does not have.

## What happens

A relative path is looked for in the directory that the process happens to be in: `/`, or the home directory of its user.
`os.chdir` changes it for everything else that runs in the process.

## Why

`home=` of `WSGIDaemonProcess` is the directory that the processes of a group start in (the mod_wsgi manual,
"WSGIDaemonProcess"; "Application Issues: Application Working Directory").

## The fix

It writes `home`, and takes `os.chdir` out of the script: both or neither. Where a file is opened by a relative name while the
script is loaded, and `--root` shows it beside the script, `home` is the script's directory. It is unsafe, because `home` is also
the first directory of `sys.path`, for every script of the group.

## Left alone

In embedded mode, where the group has a `home`, and where `--root` does not show the directory there is no fix. A relative name
is not reported where the group has a `user`, whose home directory may be the right one.

## See also

`sys-path-in-script`, `module-beside-script`.

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
    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess site
    +WSGIDaemonProcess site home=/srv/site
     WSGIScriptAlias / /srv/site/app.wsgi process-group=site
     #- /srv/site/app.wsgi
     SECRET = open("secret.txt").read()
     from shop import application
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
import posixpath
from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess
from modwsgi_fix.model.facts.running import process_of, runs_of
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts
from modwsgi_fix.rewriting.scripts import python_of_script
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.constants import Script
from modwsgi_fix.script.loading import runs_at_load
from modwsgi_fix.script.source import dotted
from modwsgi_rules.scripts._group_options import calls_at_top, moved, process_group_of, runs_there, with_option


@rule(severity=Severity.INFO)
def working_directory_in_script(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        text = script.script.text
        read = python_of_script(script) if "chdir" in text or "open(" in text else None
        if read is None:
            continue
        process = process_group_of(config, script)
        changed = [(one, call) for one, call, name in calls_at_top(read) if name == "os.chdir" and len(call.args) == 1]
        for statement, call in changed:
            directory = read.value(call.args[0])
            if directory is None or not directory.startswith("/"):
                continue
            fix = _fix(config, script, read, process, directory.rstrip("/") or "/", [statement])
            yield Diagnostic(
                script.path,
                read.source.head(call.args[0]),
                f"the script changes to {directory} after the process has started elsewhere",
                fix,
                runs_there(process),
                help="" if fix else f"write home={directory} at the WSGIDaemonProcess that the script runs in",
            )
        if not changed:
            yield from _opened(config, script, read, process)


def _opened(config: Config, script: WsgiScript, read: Script, process: DaemonProcess | None) -> Iterator[Diagnostic]:
    """Return files beside the script that it opens by a relative name while it is loaded, where no ``home`` leads there."""
    disk, directory = config.disk, posixpath.dirname(script.script.place)
    groups = [process_of(config, run.group.name) for run in runs_of(config, script)]
    named = {option.name for one in groups if one is not None for option in one.options}
    # A process of another user than httpd's starts in the home directory of that user.
    if disk is None or not groups or named & {"home", "user"}:
        return
    calls = [one.node for one in runs_at_load(read.tree) if isinstance(one.node, ast.Call) and not one.is_caught]
    for call in calls:
        if dotted(call.func) not in ("open", "io.open") or not call.args:
            continue
        name = read.value(call.args[0])
        if not name or name.startswith("/") or not disk.is_file(f"{directory}/{name}"):
            continue
        fix = _fix(config, script, read, process, directory, [])
        yield Diagnostic(
            script.path,
            read.source.head(call.args[0]),
            f"{name} lies beside the script, and is looked for in another directory",
            fix,
            runs_there(process),
            Severity.ERROR,
            help="" if fix else "open it by its whole path",
        )


def _fix(
    config: Config,
    script: WsgiScript,
    read: Script,
    process: DaemonProcess | None,
    directory: str,
    gone: list[ast.stmt],
) -> Fix | None:
    if (
        process is None
        or config.disk is None
        or not config.disk.is_dir(directory)
        or process.option("home") is not None
    ):
        return None
    reason = "it is also the first directory of sys.path, for every script of the group"
    return moved(config, script, read, gone, with_option(process, "home", directory), "Write it as home", reason)
