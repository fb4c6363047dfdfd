"""Helpers of the rules of this family."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess
from modwsgi_fix.model.items import File, Item
from modwsgi_fix.rewriting.hoisting import dependents, hoist

#: The defaults of options (wsgi_daemon.c:wsgi_add_daemon_process). ``processes=1`` is not a default: it makes
#: ``wsgi.multiprocess`` true.
_DEFAULTS = {
    "threads": "15",
    "maximum-requests": "0",
    "shutdown-timeout": "5",
    "deadlock-timeout": "300",
    "inactivity-timeout": "0",
    "request-timeout": "0",
    "connect-timeout": "15",
    "queue-timeout": "0",
}


def effective(process: DaemonProcess) -> dict[str, str]:
    """Return the values of the options that differ from the default, by name."""
    return {name: value for name, value in process.settings.items() if _DEFAULTS.get(name) != value}


def hoisted(
    config: Config,
    process: DaemonProcess,
    reason: str,
    *,
    gone: Sequence[Item] = (),
    extra: Sequence[str] = (),
    level: Applicability = Applicability.SAFE,
    every_reading: bool = False,
) -> Fix | None:
    """Return the fix that moves a definition to the main server, as ``hoist`` does, at this level at least."""
    moved = hoist(config, process, gone, extra)
    if moved is None:
        return None
    title = "Move the definition to the main server"
    definitions = [process.directive, *gone]
    return depending(config, Fix(title, moved.edits, level, reason, every_reading), moved.keeper, process, definitions)


def depending(
    config: Config, fix: Fix, keeper: File | None, process: DaemonProcess, definitions: Sequence[Item]
) -> Fix:
    """Return the fix as a repair that says so, where other files need the group that the keeper defines."""
    others = list(dependents(config, keeper, process.name, definitions)) if keeper is not None else []
    if keeper is None or not others:
        return fix
    reason = f"{fix.reason}; {' and '.join(others)} need {keeper.name}, and get errors 500 while that is disabled"
    if len(others) == 1:
        reason = f"{fix.reason}; {others[0]} needs {keeper.name}, and gets errors 500 while that is disabled"
    level = max(fix.applicability, Applicability.REPAIR)
    return Fix(fix.title, fix.edits, level, reason, fix.every_reading)
