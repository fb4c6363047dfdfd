"""
A script names a file by a relative path, which leads somewhere else under mod_wsgi.

## What happens

The file is looked for in the directory of the process: `/` in embedded mode, the home directory of its user in a process group of
another user. Where it is not there, the script fails when it is loaded, and each request is an error 500.

## Why

mod_wsgi does not change to the directory of the script, because several scripts share a process ("Application Issues" of the mod_wsgi
manual, "Application Working Directory").

## Left alone

There is no fix, because where the file lies is not known: write its whole path, one from `os.path.dirname(__file__)`, or `home=` at the
`WSGIDaemonProcess`. A script that changes the directory itself is not reported, nor one whose process group has `home=`. Where
`--root` shows a file beside the script, rule `working-directory-in-script` says so.

## See also

Python's own message is *FileNotFoundError: [Errno 2] No such file or directory*. Rules `working-directory-in-script` and
`module-beside-script`.

## Examples

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    from pyramid.paster import get_app, setup_logging
    path = "production.ini"
    setup_logging(path)
    #             ^^^^
    application = get_app("config:production.ini", "main")
    ```

Not reported:

    ```python
    #- site.conf
    WSGIDaemonProcess site home=/srv/site
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    LINES = open("lines.txt").read()
    from shop import application
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from types import MappingProxyType

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.running import process_of, runs_of
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts
from modwsgi_fix.rewriting.scripts import python_of_script
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.constants import Script
from modwsgi_fix.script.loading import runs_at_load
from modwsgi_fix.script.source import dotted, imports_of, resolved

_SCHEME = "config:"
#: Functions that open a file by a path, by dotted name, with the keyword of the path where it is not the first argument.
_OPENS = MappingProxyType({
    "open": "", "io.open": "", "codecs.open": "", "execfile": "", "runpy.run_path": "", "logging.config.fileConfig": "",
    "sqlite3.connect": "", "paste.deploy.loadapp": "", "paste.deploy.appconfig": "", "pyramid.paster.bootstrap": "",
    "pyramid.paster.get_app": "", "pyramid.paster.get_appsettings": "", "pyramid.paster.setup_logging": "",
    "paste.script.util.logging_config.fileConfig": "", "turbogears.update_config": "configfile", "site.addsitedir": "",
    "imp.load_source": "1", "sys.path.append": "", "sys.path.insert": "1",
})  # fmt: skip
_PARSERS = frozenset({"ConfigParser", "RawConfigParser", "SafeConfigParser"})


@rule(severity=Severity.WARNING)
def relative_path_in_script(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        read = python_of_script(script)
        if read is None or "chdir" in script.script.text or _has_home(config, script):
            continue
        for node, path in read.source.once((_relative, read.path), partial(_relative, read)):
            if config.disk is not None and config.disk.is_file(f"{script.script.place.rpartition('/')[0]}/{path}"):
                continue
            yield Diagnostic(
                script.path,
                read.source.head(node),
                f"{path} is looked for in the directory of the process, which is not the script's",
                severity=Severity.INFO if script.item is None else None,
                help="write the whole path, or one from os.path.dirname(os.path.abspath(__file__))",
            )
            break


def _has_home(config: Config, script: WsgiScript) -> bool:
    """Whether a process group that the script runs in has a home directory, by ``home`` or by its user."""
    groups = [process_of(config, run.group.name) for run in runs_of(config, script)]
    return any(one is not None and (one.option("home") or one.option("user")) for one in groups)


def _relative(read: Script) -> list[tuple[ast.expr, str]]:
    """Yield the relative paths that a script opens while it is loaded, in order."""
    imports, parsers = imports_of(read.source), _parsers(read)
    found: list[tuple[ast.expr, str]] = []
    calls = [run.node for run in runs_at_load(read.tree) if isinstance(run.node, ast.Call) and not run.is_caught]
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        name = resolved(dotted(call.func), imports)
        owner, _, method = name.rpartition(".")
        where = "" if method == "read" and owner in parsers else _OPENS.get(name)
        node = _argument(call, where) if where is not None else None
        path = read.value(node) if node is not None else None
        if path is None or node is None:
            continue
        path = path.removeprefix(_SCHEME).partition("#")[0]
        if path and not path.startswith(("/", "~", "%", "$", "{", "<")) and ":" not in path and "\n" not in path:
            found.append((node, path))
    return found


def _argument(call: ast.Call, where: str) -> ast.expr | None:
    named = next((one.value for one in call.keywords if one.arg == where), None)
    at = int(where) if where.isdigit() else 0
    return named if where and not where.isdigit() else call.args[at] if len(call.args) > at else None


def _parsers(read: Script) -> set[str]:
    """Return the names at the top of a script that are bound to a parser of .ini files."""
    return {
        name
        for name, value in read.names.items()
        if isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] in _PARSERS
    }
