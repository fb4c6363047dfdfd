"""Helpers of rules that move something from a script into the options of its process group."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess
from modwsgi_fix.model.facts.running import group_decided_by_program, process_of, runs_by_group, runs_of
from modwsgi_fix.model.facts.scripts import WsgiScript
from modwsgi_fix.rewriting.access_blocks import quoted
from modwsgi_fix.rewriting.lines import add_words
from modwsgi_fix.rewriting.scripts import without
from modwsgi_fix.rule import Related
from modwsgi_fix.script.constants import Script
from modwsgi_fix.script.source import dotted, imports_of, resolved


def process_group_of(config: Config, script: WsgiScript) -> DaemonProcess | None:
    """Return the only process group that a script runs in; None for several, for embedded mode, and where it is not known."""
    groups = {run.group.name for run in runs_of(config, script)}
    return process_of(config, groups.pop()) if len(groups) == 1 and not group_decided_by_program(config) else None


def scripts_of(config: Config, process: DaemonProcess) -> list[WsgiScript] | None:
    """Return every script that runs in a process group; None where there may be others."""
    return config.once((scripts_of, process.name), lambda: _scripts_of(config, process))


def _scripts_of(config: Config, process: DaemonProcess) -> list[WsgiScript] | None:
    by_group = runs_by_group(config)
    scripts = [run.script for run in by_group.get(process.name, ())]
    known = [script for script in scripts if script is not None]
    return None if None in by_group or len(known) < len(scripts) else list({one.path: one for one in known}.values())


def runs_there(process: DaemonProcess | None) -> tuple[Related, ...]:
    """Return the place of the process group that a finding is about."""
    if process is None:
        return ()
    return (Related(process.directive.path, process.directive.span, "the process group that it runs in"),)


def with_option(process: DaemonProcess, name: str, value: str) -> Edit | None:
    """Return the edit that writes an option, or adds to its value after a colon; None where that cannot be done."""
    item = process.directive
    if item.file.tree.is_template or process.stray or any(char in value for char in '"\n\\'):
        return None
    named = [option for option in process.options if option.name == name]
    if not named:
        return add_words(item, [f"{name}={quoted(value)}"])
    if len(named) > 1 or not named[0].known or not named[0].value or name != "python-path":
        return None
    return Edit(item.path, named[0].span, f"{name}={quoted(f'{named[0].value}:{value}')}")


def moved(
    config: Config,
    script: WsgiScript,
    read: Script,
    statements: Sequence[ast.stmt],
    edit: Edit | None,
    title: str,
    reason: str,
) -> Fix | None:
    """Return one unsafe fix that takes statements out of a script and makes an edit of the configuration instead."""
    deleted = without(read, statements)
    if edit is None or deleted is None or (config.files[edit.path].readings) > 1:
        return None
    return Fix.unsafe(title, edit, *(Edit(script.path, span) for span in deleted), reason=reason)


#: Functions that add a directory, their last argument, to the path.
_ADDING_TO_PATH = frozenset({"site.addsitedir", "sys.path.append", "sys.path.insert"})


def calls_at_top(read: Script) -> Iterator[tuple[ast.stmt, ast.Call, str]]:
    """Yield the statements at the top of a script that are one call, also below ``if x not in y:``, with the function's name."""
    imports = imports_of(read.source)
    for statement in read.tree.body:
        inner = statement
        if isinstance(inner, ast.If) and len(inner.body) == 1 and not inner.orelse and _asks_whether_in(inner.test):
            inner = inner.body[0]
        if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Call):
            yield statement, inner.value, resolved(dotted(inner.value.func), imports)


def additions_to_path(read: Script) -> Iterator[tuple[ast.stmt, ast.Call, str]]:
    """Yield the statements at the top of a script that add a directory to ``sys.path``, with the call and the directory."""
    for statement, call, name in calls_at_top(read):
        directory = read.value(call.args[-1]) if name in _ADDING_TO_PATH and call.args else None
        if directory is not None:
            yield statement, call, directory


def _asks_whether_in(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.NotIn)
