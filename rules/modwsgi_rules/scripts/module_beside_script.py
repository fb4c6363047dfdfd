"""
A script imports a module that lies beside it, where Python does not look.

## What happens

Every request is an error 500.

## Why

The directory of a script is not on `sys.path`, unlike that of a program that Python is started with (the mod_wsgi manual,
"Application Issues"; `wsgi_load_source`). `home=` and `python-path=` of `WSGIDaemonProcess` put directories there, and a script may
do so itself.

## The fix

It writes the directory into `python-path` of the process group. It is unsafe, because every script of the group then finds
what lies there.

## Left alone

In embedded mode there is no fix: name the directory by `WSGIPythonPath`, or run the script in a process group. A script that
mentions `sys.path` is not reported, and neither is a module that the environment or the system has, as `--root` shows it.
Where neither is in sight it is a warning.

## See also

Python's own message is *ModuleNotFoundError: No module named 'shop'*; `sys-path-in-script`.

## Examples

    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess site
    +WSGIDaemonProcess site python-path=/srv/site
     WSGIProcessGroup site
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/app.wsgi
     from shop.wsgi import application
     #- /srv/site/shop/__init__.py
     #- /srv/site/shop/wsgi.py
     application = None
    ```

Reported without a fix in embedded mode:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import shop
    #      ^^^^
    application = shop.application
    #- /srv/site/shop.py
    application = None
    ```

Not reported:

    ```python
    #- site.conf
    WSGIDaemonProcess site home=/srv/site
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site
    WSGIScriptAlias /blog /srv/blog/app.wsgi
    #- /srv/site/app.wsgi
    import shop
    application = shop.application
    #- /srv/site/shop.py
    application = None
    #- /srv/blog/app.wsgi
    import os, sys
    sys.path.insert(0, os.path.dirname(__file__))
    import shop
    application = shop.application
    #- /srv/blog/shop.py
    application = None
    ```
"""

from __future__ import annotations

import ast
import posixpath
import sys
from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess
from modwsgi_fix.model.facts.running import is_installed, process_of, python_home, runs_of, search_path
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.loading import runs_at_load
from modwsgi_fix.script.source import source_of
from modwsgi_fix.text import Span
from modwsgi_rules.scripts._group_options import process_group_of, runs_there, with_option

#: Words of code that changes where Python looks: in a script with one of these the path is not known.
_LEADS = ("sys.path", "addsitedir", "activate_this", "chdir", "from sys import", "imp.", "importlib")


@rule(severity=Severity.ERROR)
def module_beside_script(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        found = _beside(config, script)
        if found is None:
            continue
        name, span = found
        directory = posixpath.dirname(script.script.place)
        groups = [process_of(config, run.group.name) for run in runs_of(config, script)]
        homes = {python_home(config, process) for process in groups}
        is_known = [is_installed(config, home, name) for home in homes]
        if not groups or any(directory in search_path(process) for process in groups) or True in is_known:
            continue
        if None in groups and (
            config.named("wsgipythonpath") or any(run.group.name for run in runs_of(config, script))
        ):
            continue
        process = process_group_of(config, script)
        fix = _fix(config, process, directory)
        yield Diagnostic(
            script.path,
            span,
            f"{name} lies beside the script, and that directory is not on sys.path",
            fix,
            runs_there(process),
            None if None not in is_known else Severity.WARNING,
            help="" if fix else f"name {directory} by python-path= of WSGIDaemonProcess, or by WSGIPythonPath",
        )


def _beside(config: Config, script: WsgiScript) -> tuple[str, Span] | None:
    """Return the first imported module that lies beside the script; None without one."""
    text, disk = script.script.text, config.disk
    source = source_of(text) if disk is not None and not any(word in text for word in _LEADS) else None
    if source is None or disk is None:
        return None
    directory = posixpath.dirname(script.script.place)
    imports = [
        run.node
        for run in runs_at_load(source.tree)
        if not run.is_caught and isinstance(run.node, (ast.Import, ast.ImportFrom))
    ]
    for node in sorted(imports, key=lambda one: (one.lineno, one.col_offset)):
        for alias in node.names:
            whole = alias.name if isinstance(node, ast.Import) else (node.module or "") * (not node.level)
            name = whole.partition(".")[0]
            path = f"{directory}/{name}"
            if not name or name in sys.stdlib_module_names or script.script.place == f"{path}.py":
                continue
            if disk.is_file(f"{path}.py") or disk.is_file(f"{path}/__init__.py"):
                start = text.index(name, source.span(alias if isinstance(node, ast.Import) else node).start)
                return name, Span(start, start + len(name))
    return None


def _fix(config: Config, process: DaemonProcess | None, directory: str) -> Fix | None:
    edit = with_option(process, "python-path", directory) if process is not None else None
    if edit is None or config.files[edit.path].readings > 1:
        return None
    return Fix.unsafe("Write it into python-path", edit, reason="every script of the group then finds what lies there")
