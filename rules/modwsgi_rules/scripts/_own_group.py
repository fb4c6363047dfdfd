"""A process group of its own for a script that shares one: defined beside the shared one, and selected at the mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, count

from modwsgi_fix.directives.families import MOUNTS
from modwsgi_fix.edits import Edit
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes, options_of
from modwsgi_fix.model.facts.running import Run
from modwsgi_fix.model.items import Item
from modwsgi_fix.rewriting.lines import add_words, insert_after

_SELECTS = "process-group"


def own_group(config: Config, process: DaemonProcess, label: str, runs: Sequence[Run]) -> list[Edit] | None:
    """Edits that take the runs of a script out of a process group, into one of the same options; None where that cannot be.

    A mount that names its interpreter asks for a group that is defined above it (wsgi_config.c:wsgi_add_script_alias); where
    it names its group as well, that one is, and the new one stands beside it.
    """
    name = _free_name(config, f"{process.name}-{re.sub(r'[^A-Za-z0-9]+', '-', label).strip('-') or 'site'}")
    # Where processes are restricted to groups, a new one is refused (mod_wsgi's manual, "WSGIRestrictProcess").
    if config.named("wsgirestrictprocess") or not _may_edit(config, process.directive) or process.stray:
        return None
    selected = list(_selected(config, name, runs))
    if not selected or None in selected:
        return None
    source = process.directive.file.tree.source
    words = [f"WSGIDaemonProcess {name}", *(source[slice(*option.span)] for option in process.options)]
    if any("\n" in word for word in words):
        return None
    mounts = dict.fromkeys(edit for edit in selected if edit is not None)
    return [insert_after(process.directive, [" ".join(words)]), *mounts]


def _selected(config: Config, name: str, runs: Sequence[Run]) -> Iterator[Edit | None]:
    """What selects the group at each mount; None for what cannot be told so."""
    for run in runs:
        item = run.item
        options = options_of(config, item, 2 if item.key in MOUNTS else 1)[0]
        known = [option for option in options if option.name == _SELECTS]
        names_interpreter = any(option.name == "application-group" for option in options)
        if item.key not in (*MOUNTS, "wsgiimportscript") or not _may_edit(config, item) or len(known) > 1:
            yield None
        elif known:
            yield Edit(item.path, known[0].span, f"{_SELECTS}={name}")
        else:
            yield None if names_interpreter or item.key not in MOUNTS else add_words(item, [f"{_SELECTS}={name}"])


def _may_edit(config: Config, item: Item) -> bool:
    return not (item.foreign or item.guards or item.file.tree.is_template or len(config.readings(item)) > 1)


def _free_name(config: Config, wanted: str) -> str:
    taken = config.once(_free_name, lambda: {process.name for process in daemon_processes(config)})
    names = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)
