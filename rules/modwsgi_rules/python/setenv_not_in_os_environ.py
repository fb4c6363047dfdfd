"""
`SetEnv` sets what the application looks for in `os.environ`.

## What happens

The application does not find the value: it fails with a `KeyError` when it is loaded, or goes on with its default.

## Why

`SetEnv` and `SetEnvIf` set variables of a request. mod_wsgi hands them to the application with each request, in its `environ`;
the environment of the process, `os.environ`, never has them (measured with 4.9.4, embedded and in a daemon process). A module
is loaded before it is given any request. `PYTHONPATH`, `PYTHONHOME`, `LD_LIBRARY_PATH` and the locale are read by Python, the
dynamic loader and the C library from the process alone, once, before any script.

## Left alone

There is no fix: the value belongs into the script, the unit file of the service or Debian's envvars, and the administrator
decides which. `PassEnv` passes on what the environment of httpd has, and is not reported, nor is a script that sets
the name in `os.environ` itself. Where no script is in sight (`--root`), only the names are reported that Python, the C library and Django
read from the process themselves, and none of these where the host or the main server has CGI programs, which do get them.

## See also

Python's own message is *KeyError: 'SHOP_SETTINGS'*, with a line of `os.py` above it.

## Examples

Reported without a fix:

    ```apache
    #- site.conf
    SetEnv SHOP_SETTINGS production
    #      ^^^^^^^^^^^^^
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    import os

    MODE = os.environ["SHOP_SETTINGS"]

    def application(environ, start_response):
        return []
    ```
    ```apache
    SetEnv DJANGO_SETTINGS_MODULE shop.settings
    #      ^^^^^^^^^^^^^^^^^^^^^^
    WSGIScriptAlias / /srv/shop/app.wsgi
    ```
    ```apache
    #- site.conf
    SetEnv PYTHONPATH /srv/shop/lib
    #      ^^^^^^^^^^
    SetEnvIf Request_URI . LD_LIBRARY_PATH=/opt/oracle/lib
    #                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    import shop

    application = shop.application
    ```

Not reported:

    ```apache
    #- site.conf
    PassEnv SHOP_SETTINGS
    SetEnv SHOP_COLOR red
    WSGIScriptAlias / /srv/shop/app.wsgi
    #- /srv/shop/app.wsgi
    import os

    def application(environ, start_response):
        os.environ["SHOP_COLOR"] = environ["SHOP_COLOR"]
        return []
    ```
    ```apache
    SetEnv PYTHONPATH /srv/cgi
    ScriptAlias /cgi-bin/ /srv/cgi/
    WSGIScriptAlias / /srv/shop/app.wsgi
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.directives.families import MOUNTS, SETS_VARIABLES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import wsgi_scripts
from modwsgi_fix.model.items import Arg, Item, Script
from modwsgi_fix.model.servers import conditions_within
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.loading import runs_at_load
from modwsgi_fix.script.source import source_of
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

_PROCESS = "set it in httpd's environment: the unit file of the service, or Debian's envvars"
_LOCALE = "write locale= into WSGIDaemonProcess, or set it in httpd's environment"
#: Variables that Python, the loader and the C library read from the environment of the process, and what takes their place.
_OF_PROCESS = {
    "LANG": _LOCALE,
    "LC_ALL": _LOCALE,
    "LC_CTYPE": _LOCALE,
    "LD_LIBRARY_PATH": _PROCESS,
    "LD_PRELOAD": _PROCESS,
    "PYTHONHOME": "write python-home= into WSGIDaemonProcess, or WSGIPythonHome for embedded mode",
    "PYTHONPATH": "write python-path= into WSGIDaemonProcess, or WSGIPythonPath for embedded mode",
    "PYTHON_EGG_CACHE": "write python-eggs= into WSGIDaemonProcess, or WSGIPythonEggs for embedded mode",
}
_PROGRAMS = ("scriptalias", "scriptaliasmatch")
#: A script reads or sets it, where one is in sight.
_OF_DJANGO = "DJANGO_SETTINGS_MODULE"


class _Read(NamedTuple):
    """A variable that a script reads while it is loaded, at the place ``span``; ``fails`` where it must be set."""

    script: Script
    span: Span
    fails: bool


@rule(severity=Severity.ERROR)
def setenv_not_in_os_environ(config: Config) -> Iterator[Diagnostic]:
    named = [(item, arg, name) for item in config.named(*SETS_VARIABLES) for arg, name in _set(item)]
    if not named or not config.named(*MOUNTS):
        return
    scripts = wsgi_scripts(config)
    reads = {name: read for script in scripts for name, read in _reads(config, script.script).items()}
    for item, arg, name in named:
        read = reads.get(name)
        if read is not None:
            message = f"{name} is looked for in os.environ, where SetEnv does not put it"
            yield Diagnostic(
                item.path,
                arg.span,
                message,
                related=(Related(read.script.path, read.span, "looked for here"),),
                severity=Severity.ERROR if read.fails else Severity.WARNING,
                help="read it from the environ of the request, or set it in the script or in httpd's environment",
            )
        elif _is_read_unseen(config, item, name, any_script=bool(scripts)):
            message = f"{name} is read from the environment of the process, where {item.name} does not put it"
            help = _OF_PROCESS.get(name, "set it in the script, or in httpd's environment")
            yield Diagnostic(item.path, arg.span, message, severity=Severity.WARNING, help=help)


def _is_read_unseen(config: Config, item: Item, name: str, *, any_script: bool) -> bool:
    """Whether Python, the C library or Django reads a variable of an application, and no CGI program is there to get it."""
    if not config.within(item.server, *MOUNTS) or (any_script if name == _OF_DJANGO else name not in _OF_PROCESS):
        return False
    return not any(config.within(server, *_PROGRAMS) for server in (config.main, item.server))


def _set(item: Item) -> Iterator[tuple[Arg, str]]:
    """Return the variables that a line sets."""
    if any(guard.kind != "ifmodule" for guard in conditions_within(item)):
        return  # It may be one of several values, each for another server.
    words = item.args[:1] if item.key == "setenv" else item.args[2:]
    for arg in words:
        if arg.known and not arg.value.startswith("!"):
            yield arg, arg.value.partition("=")[0]


def _reads(config: Config, script: Script) -> dict[str, _Read]:
    """Return the variables that a script reads from ``os.environ`` while it is loaded, without those that it sets itself."""
    return config.once((_reads, script.path), lambda: _found(script))


def _found(script: Script) -> dict[str, _Read]:
    if "environ" not in script.text and "getenv" not in script.text:
        return {}
    source = source_of(script.text)
    if source is None:
        return {}
    own = {name for node in source.nodes for name in _written(node)}
    found: dict[str, _Read] = {}
    for node, is_caught in runs_at_load(source.tree):
        name, fails = _read(node)
        if isinstance(node, ast.expr) and name and name not in own:
            kept = found.get(name)
            fails = (fails and not is_caught) or (kept is not None and kept.fails)
            found[name] = _Read(script, source.span(node), fails)
    return found


def _is_environ(node: ast.expr) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id == "environ"
    )


def _read(node: ast.AST) -> tuple[str, bool]:
    """Return the variable that an expression reads from the environment of the process, and whether it fails without it."""
    if isinstance(node, ast.Subscript) and _is_environ(node.value) and isinstance(node.ctx, ast.Load):
        return _text(node.slice), True
    if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute | ast.Name):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        of_environ = isinstance(node.func, ast.Attribute) and name == "get" and _is_environ(node.func.value)
        if of_environ or name == "getenv":
            return _text(node.args[0]), False
    return "", False


def _written(node: ast.AST) -> Iterator[str]:
    """Yield the variables that a node sets in the environment of the process."""
    if isinstance(node, ast.Subscript) and _is_environ(node.value) and isinstance(node.ctx, ast.Store):
        yield _text(node.slice)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("setdefault", "putenv")
    ):
        yield from map(_text, node.args[:1])


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
