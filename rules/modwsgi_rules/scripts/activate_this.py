"""
A script sets up a virtual environment by itself.

## What happens

The packages of the environment come to the path of a Python that runs already. The system's packages stay in sight, and what
was imported before is not that of the environment. `activate_this.py` exists only where `virtualenv` made the environment,
and not where `venv` did; where `--root` shows that it is not there, that is an error (*FileNotFoundError*). `bin/activate` beside it is a script of the shell: Python fails on it (*SyntaxError: invalid syntax*), and each
request is an error 500.

## Why

mod_wsgi sets up the environment itself, before Python starts: `WSGIDaemonProcess ... python-home=/srv/site/venv` (mod_wsgi's
manual, "Virtual Environments").

## The fix

It names the environment by `python-home`, and takes the lines out of the script: both or neither. It is unsafe, because the
system's packages go out of sight, and the environment must be of mod_wsgi's own Python. It is offered where every script of
the process group uses this environment, and `--root` shows that it is one.

## Left alone

In embedded mode, where a script of the same process group uses another environment or none, and where the lines are part of
a larger statement there is no fix. Where several applications share a process group, each with its own environment, this is
the only way.

## See also

`python-path-is-site-packages`, `python-home-not-a-prefix`.

## Examples

    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess site
    +WSGIDaemonProcess site python-home=/srv/site/venv
     WSGIProcessGroup site
     WSGIScriptAlias / /srv/site/app.wsgi
     #- /srv/site/venv/pyvenv.cfg
     version = 3.11.2
     #- /srv/site/app.wsgi
    -activate_this = "/srv/site/venv/bin/activate_this.py"
    -with open(activate_this) as file:
    -    exec(file.read(), {"__file__": activate_this})
     from site_app import application
    ```
    ```diff unsafe
     #- site.conf
    -WSGIDaemonProcess site
    +WSGIDaemonProcess site python-home=/srv/site/venv
     WSGIScriptAlias / /srv/site/app.wsgi process-group=site
     #- /srv/site/venv/pyvenv.cfg
     version = 3.11.2
     #- /srv/site/app.wsgi
    -import site
     import sys
    -site.addsitedir("/srv/site/venv/lib/python3.11/site-packages")
     sys.path.insert(0, "/srv/site")
     from site_app import application
    ```

Reported without a fix, because the application runs in httpd's own processes:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    activate_this = "/srv/site/venv/bin/activate_this.py"
    with open(activate_this) as file:
        exec(file.read(), {"__file__": activate_this})
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    from site import application
    ```

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    with open("/srv/site/venv/bin/activate") as file:
        exec(file.read())
    #   ^^^^^^^^^^^^^^^^^
    from site import application
    ```

Not reported:

    ```python
    #- site.conf
    WSGIScriptAlias / /srv/site/app.wsgi
    #- /srv/site/app.wsgi
    # activate_this.py is not needed: python-home does it.
    from site import application
    ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.absence import is_missing
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess
from modwsgi_fix.model.facts.running import (
    group_decided_by_program,
    is_environment,
    process_of,
    runs_by_group,
    runs_of,
)
from modwsgi_fix.model.facts.scripts import WsgiScript, loaded_scripts
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rewriting.lines import add_words
from modwsgi_fix.rewriting.scripts import python_of_script, without
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.script.constants import Script
from modwsgi_fix.script.loading import runs_at_load
from modwsgi_fix.script.source import dotted, imports_of, resolved
from modwsgi_fix.tuples import NamedTuple

_RUN = frozenset({"exec", "execfile", "runpy.run_path"})
_ADD = frozenset({"site.addsitedir", "sys.path.insert", "sys.path.append"})
_ACTIVATE = expression(r"(?P<root>/.+)/bin/(?:activate_this\.py|activate(?:\.fish|\.csh)?)")
#: The files beside it that shells read.
_OF_SHELLS = ("/bin/activate", "/bin/activate.fish", "/bin/activate.csh")
_PACKAGES = expression(r"(?P<root>/.+)/lib(?:64)?/python3[\d.]*/site-packages/?")
#: Prefixes of the system's own Python: their packages are there anyway.
_SYSTEM = ("/usr", "/usr/local", "/opt/python")


class _Activation(NamedTuple):
    """A statement that sets up an environment, and the root of the environment; None where that is not known.

    ``is_shell`` where it has Python run ``bin/activate``, which is for a shell.
    """

    read: Script
    statement: ast.stmt
    call: ast.Call
    root: str | None
    is_alone: bool
    is_shell: bool = False
    #: The file that is run, where nothing around the statement makes up for its absence.
    file: str = ""


@rule(severity=Severity.INFO)
def activate_this(config: Config) -> Iterator[Diagnostic]:
    for script in loaded_scripts(config):
        found = _activations_of(config, script)
        fix = _fix(config, script, found) if found else None
        for use in found:
            by_file = resolved(dotted(use.call.func), {}).rpartition(".")[2] in ("exec", "execfile", "run_path")
            what = "activate_this.py sets up the environment late" if by_file else "the environment is added late"
            told, severity = f"{what}, and the system's packages stay in sight", None
            if use.is_shell:
                told, severity = "bin/activate is a script of the shell, and Python fails on it", Severity.ERROR
            if use.file and config.disk is not None and is_missing(config.disk, use.file):
                told, severity = f"{use.file} does not exist, so the script fails when it is loaded", Severity.ERROR
            process = _process(config, script)
            related = () if process is None else (process.directive,)
            yield Diagnostic(
                script.path,
                use.read.source.head(use.call),
                told,
                fix,
                tuple(Related(item.path, item.span, "the process group that it runs in") for item in related),
                help="" if fix else "name the environment by python-home= of WSGIDaemonProcess",
                severity=severity,
            )


def _activations_of(config: Config, script: WsgiScript) -> Sequence[_Activation]:
    """Return every activation in a script, in order."""
    return config.once((_activations_of, script.path), lambda: list(_found(script)))


def _found(script: WsgiScript) -> Iterator[_Activation]:
    text = script.script.text
    is_meant = "activate_this" in text or "site-packages" in text or "bin/activate" in text
    read = python_of_script(script) if is_meant else None
    if read is None:
        return
    imports = imports_of(read.source)
    for statement in read.tree.body:
        calls = [run.node for run in runs_at_load(ast.Module([statement], [])) if isinstance(run.node, ast.Call)]
        for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
            name = resolved(dotted(call.func), imports)
            if name in _RUN:
                texts = [read.value(node) for node in _around(statement, call)]
                ends = ("activate_this.py", *_OF_SHELLS)
                named = next((one for one in texts if one and one.endswith(ends)), None)
                inside = _ACTIVATE.fullmatch(named) if named else None
                if named is not None or "activate_this" in read.source.code(call):
                    yield _Activation(
                        read,
                        statement,
                        call,
                        inside["root"] if inside else None,
                        _is_alone(statement, call),
                        is_shell=named is not None and named.endswith(_OF_SHELLS),
                        file=named if named is not None and isinstance(statement, (ast.Expr, ast.With)) else "",
                    )
            elif name in _ADD and call.args:
                added = _PACKAGES.fullmatch(read.value(call.args[-1]) or "")
                if added is not None and added["root"] not in _SYSTEM:
                    yield _Activation(read, statement, call, added["root"], _is_alone(statement, call))


def _around(statement: ast.stmt, call: ast.Call) -> Iterator[ast.expr]:
    """Return the expressions in a call, and in the ``with`` around it."""
    holders: list[ast.AST] = [call]
    if isinstance(statement, ast.With):
        holders += [item.context_expr for item in statement.items]
    for holder in holders:
        yield from (node for node in ast.walk(holder) if isinstance(node, ast.expr))


def _is_alone(statement: ast.stmt, call: ast.Call) -> bool:
    """Whether a statement is nothing but that call."""
    if isinstance(statement, ast.With) and len(statement.body) == 1:
        statement = statement.body[0]
    return isinstance(statement, ast.Expr) and statement.value is call


def _process(config: Config, script: WsgiScript) -> DaemonProcess | None:
    """Return the only process group that a script runs in; else None."""
    groups = {run.group.name for run in runs_of(config, script)}
    return process_of(config, groups.pop()) if len(groups) == 1 else None


def _fix(config: Config, script: WsgiScript, found: Sequence[_Activation]) -> Fix | None:
    root, process = found[0].root, _process(config, script)
    if root is None or process is None or not _only(found, root) or not is_environment(config, root):
        return None
    deleted = without(found[0].read, [one.statement for one in found])
    if deleted is None or not all(one.is_alone for one in found) or not _is_shared(config, process, root):
        return None
    item, home = process.directive, process.option("python-home")
    if home is not None and home.value.rstrip("/") != root:
        return None
    edits = [Edit(script.path, span) for span in deleted]
    if home is None:
        if item.file.tree.is_template or len(config.readings(item)) > 1 or process.stray:
            return None
        edits.append(add_words(item, [f"python-home={quoted(root)}"]))
    return Fix.unsafe(
        "Name the environment by python-home",
        *edits,
        reason="the system's packages go out of sight, and the environment must be of mod_wsgi's own Python",
    )


def _only(found: Sequence[_Activation], root: str) -> bool:
    return all(one.root == root for one in found)


def _is_shared(config: Config, process: DaemonProcess, root: str) -> bool:
    """Whether every script of a process group is known, and uses this environment."""
    by_group = runs_by_group(config)
    if None in by_group or group_decided_by_program(config):
        return False
    scripts = [run.script for run in by_group.get(process.name, ())]
    for script in scripts:
        found = _activations_of(config, script) if script is not None else ()
        home = process.option("python-home")
        if (not found and (home is None or script is None)) or not _only(found, root):
            return False
    return True
