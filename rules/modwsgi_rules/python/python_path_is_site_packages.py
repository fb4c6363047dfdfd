"""
A virtual environment is given as `python-path`, by its `site-packages`.

## What happens

The system's own packages stay in sight beside those of the environment. The path names one version of Python, so that
the next upgrade breaks it.

## Why

`python-path` adds directories to the path of the Python that mod_wsgi was built with, and is for the project's own
code. An environment is named by `python-home`, its root (the mod_wsgi manual, "Virtual Environments").

## The fix

It names the environment by `python-home`. It is unsafe: other versions of packages may be imported, and an
environment that was made with another Python than mod_wsgi's does not start.

## Left alone

Two environments in one path, and the packages of Python 2, are reported without a fix. Directories of the system's
own Python are not reported, nor those of `pip install --user`: `~/.local` is not an environment, and Python would not start
in it.

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
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rule import Diagnostic, rule

_PACKAGES = expression(r"(?P<root>/.+)/lib(?:64)?/python(?P<version>\d[\d.]*)/site-packages/?")
#: Prefixes of the system's own Python: their packages are there anyway.
_SYSTEM = ("/usr", "/usr/local", "/opt/python", "/opt/homebrew")


@rule()
def python_path_is_site_packages(config: Config) -> Iterator[Diagnostic]:
    for process in daemon_processes(config):
        option = process.option("python-path")
        if option is None or process.directive.file.tree.is_template:
            continue
        parts = option.value.split(":")
        roots = {packages["root"]: packages["version"] for part in parts if (packages := _environment(part))}
        if not roots:
            continue
        root = next(iter(roots))
        fix = _fix(process, parts, roots)
        yield Diagnostic(
            process.directive.path,
            option.span,
            f"python-path names the site-packages of {root}, so the system's packages are found, too",
            fix,
            help="" if fix else f"name the environment by python-home={root}",
        )


def _environment(part: str) -> re.Match[str] | None:
    """Return the root and the version of the environment that a directory has the packages of."""
    packages = _PACKAGES.fullmatch(part)
    return packages if packages and packages["root"] not in _SYSTEM and not _is_users(packages["root"]) else None


def _is_users(root: str) -> bool:
    """Whether ``pip install --user`` puts packages below a directory (site.py: ``USER_BASE``), which has no Python."""
    return root.endswith("/.local")


def _fix(process: DaemonProcess, parts: list[str], roots: dict[str, str]) -> Fix | None:
    option = process.option("python-path")
    if option is None or len(roots) > 1 or process.directive.foreign or not process.directive.known:
        return None
    root, version = next(iter(roots.items()))
    home = process.option("python-home")
    if (home is not None and home.value.rstrip("/") != root) or version.startswith("2"):
        return None
    if len([one for one in process.options if one.name == "python-path"]) > 1:
        return None
    rest = [part for part in parts if not (packages := _PACKAGES.fullmatch(part)) or _is_users(packages["root"])]
    words = [f"python-path={quoted(':'.join(rest))}"] if rest else []
    words += [f"python-home={quoted(root)}"] if home is None else []
    if not words:
        return None
    return Fix.unsafe(
        "Name the environment by python-home",
        Edit(process.directive.path, option.span, " ".join(words)),
        reason="the system's packages go out of sight, and the environment must be of mod_wsgi's own Python",
    )
