"""
A virtual environment is given as `python-path` or `WSGIPythonPath`, by its `site-packages`.

## What happens

The system's own packages stay in sight beside those of the environment. The path names one version of Python, so that
the next upgrade breaks it. Where `python-home` or `WSGIPythonHome` names this environment, the path is needless, and one that
names another mixes the packages of two.

## Why

`python-path` adds directories to the path of the Python that mod_wsgi was built with, and is for the project's own
code. An environment is named by `python-home`, its root (the mod_wsgi manual, "Virtual Environments").
Directories that Python has not in `sys.path` already are put in front of it (src/server/wsgi_interp.c: `newInterpreterObject`).

## The fix

It names the environment by `python-home`. It is unsafe: other versions of packages may be imported, and an
environment that was made with another Python than mod_wsgi's does not start. Where the environment is named already, the
path is left out: Python has it in `sys.path` already, so that it changes nothing, unless it is that of another version of Python.

## Left alone

Two environments, and the packages of Python 2, are reported without a fix. Directories of the system's
own Python are not reported, nor those of `pip install --user`: `~/.local` is not an environment, and Python would not start
in it. `WSGIPythonPath` is for all applications in httpd's own processes, and so is `WSGIPythonHome`: that is left to a person.

## See also

`python-home-not-a-prefix`, `embedded-only-python-directive`.

## Examples

    ```diff unsafe
    -WSGIDaemonProcess shop python-path=/srv/shop:/srv/shop/env/lib/python3.11/site-packages threads=5
    +WSGIDaemonProcess shop python-path=/srv/shop python-home=/srv/shop/env threads=5
    ```
    ```diff unsafe
    -WSGIDaemonProcess shop python-path=/srv/env/lib/python3.11/site-packages
    +WSGIDaemonProcess shop python-home=/srv/env
    ```

The environment is named already:

    ```diff unsafe
    -WSGIDaemonProcess shop python-home=/srv/env python-path=/srv/shop:/srv/env/lib/python3.11/site-packages
    +WSGIDaemonProcess shop python-home=/srv/env python-path=/srv/shop
    ```

The server has an environment of its own, as was advised before `python-home` came:

    ```diff unsafe
     WSGIPythonHome /srv/empty
    -WSGIDaemonProcess shop python-path=/srv/env/lib/python3.11/site-packages
    +WSGIDaemonProcess shop python-home=/srv/env
    ```

Another is named, and an environment of applications in httpd's own processes:

    ```apache
    WSGIDaemonProcess shop python-home=/srv/env python-path=/srv/other/lib/python3.11/site-packages
    #                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```
    ```apache
    WSGIPythonPath /srv/shop:/srv/env/lib/python3.11/site-packages
    #              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Two environments, and the packages of Python 2:

    ```apache
    WSGIDaemonProcess shop python-path=/srv/a/lib/python3.9/site-packages:/srv/b/lib/python3.9/site-packages
    #                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    WSGIDaemonProcess blog python-path=/srv/env/lib/python2.7/site-packages
    #                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

The system's packages do not belong to an environment:

    ```apache
    WSGIDaemonProcess shop python-path=/srv/shop python-home=/srv/shop/env
    WSGIDaemonProcess blog python-path=/usr/lib/python3/dist-packages:/usr/local/lib/python3.11/site-packages
    ```

Nor do those of a user, or of Homebrew:

    ```apache
    WSGIDaemonProcess shop python-path=/srv/shop:/home/joe/.local/lib/python3.11/site-packages
    WSGIDaemonProcess blog python-path=/opt/homebrew/lib/python3.11/site-packages/
    ```
    ```diff unsafe
    -WSGIDaemonProcess shop python-path=/home/joe/.local/lib/python3.11/site-packages:/srv/env/lib/python3.11/site-packages
    +WSGIDaemonProcess shop python-path=/home/joe/.local/lib/python3.11/site-packages python-home=/srv/env
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rewriting.lines import delete_span
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

_PACKAGES = expression(r"(?P<root>/.+)/lib(?:64)?/python(?P<version>\d[\d.]*)/site-packages/?")
#: Prefixes of the system's own Python: their packages are there anyway.
_SYSTEM = ("/usr", "/usr/local", "/opt/python", "/opt/homebrew")


class _Home(NamedTuple):
    """The root of the Python that runs, empty where no line names it, and whether the process itself names it."""

    root: str
    is_own: bool = False


@rule()
def python_path_is_site_packages(config: Config) -> Iterator[Diagnostic]:
    said = [item.value.rstrip("/") for item in config.named("wsgipythonhome") if item.known]
    general = _Home(said[-1] if said else "")
    for process in daemon_processes(config):
        option, own = process.option("python-path"), process.option("python-home")
        if option is None or process.directive.file.tree.is_template:
            continue
        home = _Home(own.value.rstrip("/"), is_own=True) if own is not None else general
        parts = option.value.split(":")
        if roots := _roots(parts):
            fix = _fix(process, parts, roots, home)
            yield _reported(process.directive, option.span, ("python-path", "python-home="), roots, home, fix)
    for item in config.named("wsgipythonpath"):
        if len(item.args) == 1 and not item.file.tree.is_template and (roots := _roots(item.value.split(":"))):
            home = general._replace(is_own=bool(general.root))
            yield _reported(item, item.args[0].span, ("WSGIPythonPath", "WSGIPythonHome "), roots, home, None)


def _reported(
    item: Item, span: Span, names: tuple[str, str], roots: dict[str, str], home: _Home, fix: Fix | None
) -> Diagnostic:
    """Return the finding; ``names`` are those of the path and, with what follows, of what names an environment."""
    path, named = names
    root = next(iter(roots))
    if home.root == root:
        message = f"{path} need not name the site-packages of {root}, which is Python's home already"
        return Diagnostic(item.path, span, message, fix, severity=Severity.INFO)
    is_system = home.root in ("", *_SYSTEM)
    others = "the system's packages" if is_system else f"those of {home.root}"
    message = f"{path} names the site-packages of {root}, so {others} are found, too"
    is_left = home.is_own and not is_system
    help = "leave out the environment that is not meant" if is_left else f"name the environment by {named}{root}"
    # An empty environment for the whole server was advised before process groups could name their own.
    severity = None if home.is_own or is_system else Severity.INFO
    return Diagnostic(item.path, span, message, fix, severity=severity, help="" if fix else help)


def _roots(parts: list[str]) -> dict[str, str]:
    """Return the version of Python of each environment whose packages are among these directories."""
    return {packages["root"]: packages["version"] for part in parts if (packages := _environment(part))}


def _environment(part: str) -> re.Match[str] | None:
    """Return the root and the version of the environment that a directory has the packages of."""
    packages = _PACKAGES.fullmatch(part)
    return packages if packages and packages["root"] not in _SYSTEM and not _is_users(packages["root"]) else None


def _is_users(root: str) -> bool:
    """Whether ``pip install --user`` puts packages below a directory (site.py: ``USER_BASE``), which has no Python."""
    return root.endswith("/.local")


def _fix(process: DaemonProcess, parts: list[str], roots: dict[str, str], home: _Home) -> Fix | None:
    option = process.option("python-path")
    if option is None or len(roots) > 1 or not process.directive.known:
        return None
    root, version = next(iter(roots.items()))
    is_named = home.root == root
    if (home.is_own and not is_named) or version.startswith("2"):
        return None
    if len([one for one in process.options if one.name == "python-path"]) > 1:
        return None
    rest = [part for part in parts if not (packages := _PACKAGES.fullmatch(part)) or _is_users(packages["root"])]
    words = [f"python-path={quoted(':'.join(rest))}"] if rest else []
    words += [] if is_named else [f"python-home={quoted(root)}"]
    path = process.directive.path
    edit = Edit(path, option.span, " ".join(words)) if words else delete_span(process.directive, option.span)
    if is_named:
        reason = "packages that another version of Python has there go out of sight"
        return Fix.unsafe("Leave the environment to its home", edit, reason=reason)
    return Fix.unsafe(
        "Name the environment by python-home",
        edit,
        reason="the system's packages go out of sight, and the environment must be of mod_wsgi's own Python",
    )
