"""
A script imports a module above the line that tells Python where it lies.

## What happens

Every request is an error 500: the import fails, and the line below it is never run.

## Why

A script runs from its first line to the last. `sys.path` is as the configuration has it until the script changes it.

## Left alone

There is no fix: other lines between the two may matter. Move the line that changes `sys.path` above the import. Only a module that `--root` shows in a
directory that a later line of the script adds is reported, and none that is found before: in `python-path`, `home`, `WSGIPythonPath`, a directory
that an earlier line adds, the environment or the system. Where the packages of neither are in sight it is a warning.

## See also

Python's own message is *ModuleNotFoundError: No module named 'shop'*. Rules `module-beside-script` and `sys-path-in-script`.

## Examples

Reported without a fix:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    import sys
    from shop import application
    #    ^^^^
    sys.path.insert(0, "/srv/shop/lib")
    #- /srv/shop/lib/shop.py
    application = None
    ```

Not reported:

    ```python
    #- site.conf
    WSGIDaemonProcess blog python-path=/srv/blog/lib
    WSGIScriptAlias /shop /srv/shop/app.wsgi
    WSGIScriptAlias /blog /srv/blog/app.wsgi process-group=blog
    #- /srv/shop/app.wsgi
    import sys
    sys.path.insert(0, "/srv/shop/lib")
    from shop import application
    #- /srv/shop/lib/shop.py
    application = None
    #- /srv/blog/app.wsgi
    import sys
    from blog import application
    sys.path.insert(0, "/srv/blog/lib")
    #- /srv/blog/lib/blog.py
    application = None
    ```
"""

from __future__ import annotations

import ast
import posixpath
import sys
from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.running import is_installed, process_of, python_home, runs_of, search_path
from modwsgi_fix.model.facts.scripts import WsgiScript, wsgi_scripts
from modwsgi_fix.rewriting.scripts import python_of_script
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.constants import Script
from modwsgi_fix.script.source import source_of
from modwsgi_fix.text import Span
from modwsgi_rules.scripts._group_options import additions_to_path


@rule(severity=Severity.ERROR)
def import_before_sys_path(config: Config) -> Iterator[Diagnostic]:
    for script in wsgi_scripts(config) if config.disk is not None else ():
        text = script.script.text
        if "sys.path." not in text and "addsitedir" not in text:
            continue
        read, source = python_of_script(script), source_of(text)
        if read is None or source is None:
            continue
        for name, node in _imports(source.tree):
            line = _first_with(config, read, name, node)
            known = _is_found(config, script, name) if line is not None else True
            if line is None or known:
                continue
            start = text.index(name, source.span(node).start)
            yield Diagnostic(
                script.path,
                Span(start, start + len(name)),
                f"{name} is imported above the line that adds its directory to sys.path",
                related=(Related(script.path, read.source.head(line), "the directory is added here"),),
                severity=None if known is False else Severity.WARNING,
                help="move the line that changes sys.path above this import",
            )
            break


def _imports(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """Yield the modules that the first lines of a script import, outside of any block."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0], node
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.partition(".")[0], node


def _first_with(config: Config, read: Script, name: str, node: ast.stmt) -> ast.Call | None:
    """Return the first line that adds a directory with a module, if it stands below an import; None otherwise."""
    if name in sys.stdlib_module_names:
        return None
    for _, call, directory in additions_to_path(read):
        if _has(config, directory, name):
            return call if call.lineno > node.lineno else None
    return None


def _has(config: Config, directory: str, name: str) -> bool:
    path, disk = posixpath.join(directory, name), config.disk
    return disk is not None and (disk.is_file(f"{path}.py") or disk.is_dir(path))


def _is_found(config: Config, script: WsgiScript, name: str) -> bool | None:
    """Whether a module is found without the script's own lines; None where the packages of its Python are not in sight."""
    runs = runs_of(config, script)
    if not runs or config.named("wsgipythonpath"):
        return True
    processes = [process_of(config, run.group.name) for run in runs]
    if any(_has(config, directory, name) for process in processes for directory in search_path(process)):
        return True
    known = [is_installed(config, python_home(config, process), name) for process in processes]
    return True if True in known else None if None in known else False
