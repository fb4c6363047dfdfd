"""
A script sets up the path of modules, or the place of eggs, that its process group can be given.

## What happens

Nothing fails. What is loaded before these lines does not see what they set up: an import script, a second script of the project. And the
directories stand in the script as well as in the configuration.

## Why

`python-path=`, `home=` and `python-eggs=` of `WSGIDaemonProcess` do the same before any script is loaded, `python-path=` by
`site.addsitedir()` (the mod_wsgi manual, "WSGIDaemonProcess").

## Left alone

There is no fix. The rule has one line for a script that is named by itself, where no process group is in sight, and for one that is
mounted only where it works its directories out: what stands there as a whole path is the matter of `sys-path-in-script` and
`egg-cache-in-script`, which move it. Virtual environments are that of `activate-this`.

## See also

`sys-path-in-script`, `egg-cache-in-script`, `activate-this`.

## Examples

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import os, site
    for name in ("lib", "vendor"):
        site.addsitedir(os.path.join(os.path.dirname(__file__), name))
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    from shop import application
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    import sys
    if "/srv/site" in sys.path:
        sys.path.remove("/srv/site")
    from shop import application
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.scripts import loaded_scripts
from modwsgi_fix.rewriting.scripts import python_of_script
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.script.constants import Script
from modwsgi_fix.script.loading import runs_at_load
from modwsgi_fix.script.settings import environment_set
from modwsgi_fix.script.source import dotted, imports_of, resolved
from modwsgi_fix.tuples import NamedTuple

_PATH = "sys.path"
#: Calls that add a directory to the path, and the number of the argument that names it.
_ADDS = {"site.addsitedir": 0, "sys.path.append": 0, "sys.path.insert": 1, "sys.path.extend": 0}
#: The last component of a path to the packages of an environment.
_PACKAGES = expression(r"""(?:(?:site|dist)-packages|python_lib\([^()]*\))[/"')\s]*\Z""")
_EGGS = "PYTHON_EGG_CACHE"


class _Setting(NamedTuple):
    """A setting of the process in a script: its node, the option for it, and whether another rule moves it there."""

    node: ast.expr | ast.stmt
    option: str
    is_whole: bool = False


@rule(severity=Severity.INFO)
def process_set_up_in_script(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        text = script.script.text
        read = python_of_script(script) if any(word in text for word in (_PATH, "addsitedir", _EGGS)) else None
        if read is None:
            continue
        settings = read.source.once((_settings, read.path), partial(_in_order, read))
        found = [one for one in settings if script.item is None or not one.is_whole]
        if found:
            options = " and ".join(dict.fromkeys(one.option for one in found))
            yield Diagnostic(
                script.path,
                read.source.head(found[0].node),
                f"{options} of WSGIDaemonProcess {'do' if ' and ' in options else 'does'} what the script does here",
                help=f"write {options} at the WSGIDaemonProcess that the script runs in",
            )


def _in_order(read: Script) -> list[_Setting]:
    return sorted(_settings(read), key=lambda one: (one.node.lineno, one.node.col_offset))


def _settings(read: Script) -> Iterator[_Setting]:
    imports = imports_of(read.source)
    tops = {id(one.value) for one in read.tree.body if isinstance(one, ast.Expr)}
    for node, _ in runs_at_load(read.tree):
        if isinstance(node, ast.Call) and (name := resolved(dotted(node.func), imports)) in _ADDS:
            argument = node.args[_ADDS[name]] if len(node.args) > _ADDS[name] else None
            # A relative path is reported by relative-path-in-script.
            is_relative = argument is not None and not (read.value(argument) or "/").startswith("/")
            if argument is not None and not is_relative and not _PACKAGES.search(read.source.code(argument)):
                yield _Setting(node, "python-path=", id(node) in tops and _is_whole(read, argument))
        elif (isinstance(node, ast.AugAssign) and dotted(node.target) == _PATH) or (
            isinstance(node, ast.Assign) and any(_is_path(one) for one in node.targets)
        ):
            yield _Setting(node, "python-path=")
    for variable in environment_set(read.tree):
        if variable.name == _EGGS:
            yield _Setting(variable.node, "python-eggs=", is_whole=True)


def _is_path(target: ast.expr) -> bool:
    """Whether it is ``sys.path``, or a slice of it."""
    return dotted(target.value if isinstance(target, ast.Subscript) else target) == _PATH


def _is_whole(read: Script, argument: ast.expr) -> bool:
    """Whether a directory stands there as a whole path."""
    value = read.value(argument)
    return value is not None and value.startswith("/") and not read.moves_with_script(argument)
