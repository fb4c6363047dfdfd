"""A process group of its own for a script that shares one, or httpd's own processes, with others: defined, and selected at the mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, count

from modwsgi_fix.directives.families import MOUNTS
from modwsgi_fix.edits import Edit
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes, options_of
from modwsgi_fix.model.facts.platform import is_windows
from modwsgi_fix.model.facts.running import Run
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.servers import name_of
from modwsgi_fix.rewriting.lines import add_words, insert_after, insert_before

_SELECTS = "process-group"
_EMBEDDED_ONLY = ("wsgipythonpath", "wsgipythoneggs")


def own_group(config: Config, process: DaemonProcess, label: str, runs: Sequence[Run]) -> list[Edit] | None:
    """Return the edits that move the runs of a script into a new process group with the same options; None where impossible.

    A mount that names its interpreter needs a group that is defined above it (wsgi_config.c:wsgi_add_script_alias). If it names
    its group as well, that group is defined above it, and the new group is written beside that.
    """
    name = _free_name(config, f"{process.name}-{_word(label)}")
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


def first_group(config: Config, label: str, runs: Sequence[Run]) -> list[Edit] | None:
    """Return the edits that move the runs of a script out of httpd's own processes into a new group; None where impossible.

    The group is written above the first mount. Only hosts of the same name may use it (as `process-group-inaccessible` says), and no
    file depends on another one for it.
    """
    name, items = group_name(config, label), [run.item for run in runs]
    first = min(items, key=lambda item: item.index)
    is_one_host = len({name_of(config, run.server) for run in runs}) == 1 and name_of(config, first.server) is not None
    if any(item.server is not first.server for item in items) and not is_one_host:
        return None
    # What only embedded mode has would be lost, and there is no daemon mode on Windows.
    if config.named("wsgirestrictprocess", *_EMBEDDED_ONLY) or is_windows(config):
        return None
    selected = list(_selected(config, name, runs))
    if None in selected or any(item.path != first.path for item in items):
        return None
    mounts = dict.fromkeys(edit for edit in selected if edit is not None)
    return [insert_before(first, [f"WSGIDaemonProcess {name}"]), *mounts]


def group_name(config: Config, label: str) -> str:
    """Return the name of a new process group for a site."""
    return _free_name(config, _word(label))


def _word(label: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", label).strip("-") or "site"


def _selected(config: Config, name: str, runs: Sequence[Run]) -> Iterator[Edit | None]:
    """Return the edits that select the group at each mount; None where one cannot be written."""
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
    return not (item.guards or item.file.tree.is_template or len(config.readings(item)) > 1)


def _free_name(config: Config, wanted: str) -> str:
    taken = config.once(_free_name, lambda: {process.name for process in daemon_processes(config)})
    names = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)
