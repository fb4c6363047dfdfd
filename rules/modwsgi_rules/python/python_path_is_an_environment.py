"""
`python-path` or `WSGIPythonPath` names the root of a virtual environment, where no package lies.

## What happens

httpd starts, and the application fails at its first import: *No module named 'django'*.

## Why

`python-path` is a list of directories in which Python looks for modules. The packages of an environment lie deeper, in
`lib/pythonX.Y/site-packages`, and its root, `bin` and `lib` hold none. An environment is named by `python-home`, its root (the mod_wsgi
manual, "Virtual Environments").

## The fix

It names the environment by `python-home`. It is unsafe: other versions of packages may be imported, and an
environment that was made with another Python than mod_wsgi's does not start.

## Left alone

`WSGIPythonPath` is reported without a fix: the main server has one `WSGIPythonHome` for all. Where `--root` shows the directory, one with
modules of its own beside the environment's is not reported. The program of an environment, `bin/python3`, is reported without a fix; without it only the usual names of environments are known (`venv`, `.venv`, `env`, `virtualenv`).

## See also

`python-path-is-site-packages`, `python-home-not-a-prefix`.

## Examples

    ```diff unsafe
    -WSGIDaemonProcess shop python-path=/srv/shop:/srv/shop/venv threads=5
    +WSGIDaemonProcess shop python-path=/srv/shop python-home=/srv/shop/venv threads=5
    -WSGIDaemonProcess blog python-path=/srv/blog/.venv/bin
    +WSGIDaemonProcess blog python-home=/srv/blog/.venv
    ```
    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess shop python-path=/opt/python-of-shop
    +WSGIDaemonProcess shop python-home=/opt/python-of-shop
     #- /opt/python-of-shop/pyvenv.cfg
     home = /usr/bin
     #- /opt/python-of-shop/lib/python3.11/site-packages/django/__init__.py
    ```
    ```apache
    WSGIPythonPath /srv/shop/venv
    #              ^^^^^^^^^^^^^^
    ```
    ```apache
    WSGIPythonHome /srv/shop/venv
    WSGIPythonPath /srv/shop/venv/bin/python3.11
    #              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    #- site.conf
    WSGIDaemonProcess shop python-home=/srv/shop/venv python-path=/srv/shop/venv
    WSGIDaemonProcess blog python-path=/srv/blog:/srv/env/lib/python3.11/site-packages
    WSGIDaemonProcess wiki python-path=/srv/wiki
    #- /srv/wiki/pyvenv.cfg
    home = /usr/bin
    #- /srv/wiki/wiki/__init__.py
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes
from modwsgi_fix.model.facts.pythons import has_modules
from modwsgi_fix.model.facts.running import is_environment
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rule import Diagnostic, rule
from modwsgi_fix.text import Span

#: The root of an environment, and what lies in it and holds no packages.
_ENVIRONMENT = expression(r"(/.*?/(?:\.?venv|env|virtualenv))(?:/(?:bin|lib|lib/python\d[\d.]*))?/?")
#: The program of Python, which people name where a directory is asked for.
_PROGRAM = expression(r"/(?:.*/)?bin/python[\d.]*")
_INSIDE = expression(r"(/.+?)(?:/(?:bin|lib|lib/python\d[\d.]*))?/?")


@rule()
def python_path_is_an_environment(config: Config) -> Iterator[Diagnostic]:
    for item in config.named("wsgipythonpath"):
        if len(item.args) == 1 and item.known and not item.file.tree.is_template:
            if any(map(_PROGRAM.fullmatch, item.value.split(":"))):
                yield _of_program(item.path, item.args[0].span)
                continue
            root = next((root for part in item.value.split(":") if (root := _root(config, part))), None)
            if root is not None and not config.named("wsgipythonhome"):
                message = f"{root} is an environment, and no package lies directly in it"
                yield Diagnostic(item.path, item.args[0].span, message, help=f"write WSGIPythonHome {root}")
    for process in daemon_processes(config):
        option = process.option("python-path")
        if option is None or process.directive.file.tree.is_template:
            continue
        parts = option.value.split(":")
        if any(map(_PROGRAM.fullmatch, parts)):
            yield _of_program(process.directive.path, option.span)
            continue
        if process.option("python-home") is not None:
            continue
        roots = {part: root for part in parts if (root := _root(config, part)) is not None}
        if not roots:
            continue
        root = next(iter(roots.values()))
        fix = _fix(process, [part for part in parts if part not in roots], set(roots.values()))
        message = f"{root} is an environment, and no package lies directly in it"
        advice = "" if fix else f"name the environment by python-home={root}"
        yield Diagnostic(process.directive.path, option.span, message, fix, help=advice)


def _of_program(path: str, span: Span) -> Diagnostic:
    return Diagnostic(
        path,
        span,
        "this names the program of Python, and Python looks for modules in directories alone",
        help="write the directory of the project, and name an environment by python-home or WSGIPythonHome",
    )


def _root(config: Config, part: str) -> str | None:
    """Return the root of the environment that a directory is, or one of its own directories without packages."""
    disk = config.disk
    inside = _INSIDE.fullmatch(part)
    root = inside[1] if inside is not None else ""
    if disk is None or not root or not disk.is_dir(root):
        usual = _ENVIRONMENT.fullmatch(part)
        return usual[1] if usual is not None else None
    if not is_environment(config, root) or (part.rstrip("/") == root and has_modules(config, root)):
        return None
    return root


def _fix(process: DaemonProcess, rest: list[str], roots: set[str]) -> Fix | None:
    option, directive = process.option("python-path"), process.directive
    if option is None or len(roots) > 1 or not directive.known:
        return None
    if len([one for one in process.options if one.name == "python-path"]) > 1:
        return None
    words = [f"python-path={quoted(':'.join(rest))}"] if rest else []
    words.append(f"python-home={quoted(next(iter(roots)))}")
    reason = "the environment must be of mod_wsgi's own Python, and the system's packages go out of sight"
    return Fix.unsafe(
        "Name the environment by python-home", Edit(directive.path, option.span, " ".join(words)), reason=reason
    )
