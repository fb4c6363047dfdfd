"""Where ``--backup`` keeps the originals: beside the files, or where no Include reads them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from modwsgi_fix.engine import Rewritten
from modwsgi_fix.files.state import kept_in_state
from modwsgi_fix.model.reading.source import Source, server_above
from modwsgi_fix.model.reading.taken import taken_in
from modwsgi_fix.text import listed
from modwsgi_fix.workspace.disk import Configurations
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.plan import Plan


def backups(plan: Plan, files: Sequence[Rewritten], suffix: str | None) -> dict[str, str]:
    """Return the path of the backup of each file that is to be written, by the real path of the file.

    The name of a backup ends with ``suffix``; None where no backup is wanted. Raises ``Stop`` where a backup must not lie
    beside its file and there is no state directory.
    """
    if suffix is None:
        return {}
    beside = {file.path: file.path + suffix for file in files}
    read = read_by_httpd(plan, list(beside.values()), {file.path: file.after for file in files})
    kept = {path: kept_in_state(path) + suffix if backup in read else backup for path, backup in beside.items()}
    for file in files:
        if not os.path.isabs(kept[file.path]):
            raise Stop(f"{file.name}: httpd would read a backup beside it, and no home is known; set XDG_STATE_HOME")
    return kept


def kept_elsewhere(files: Sequence[Rewritten], kept: Mapping[str, str]) -> str:
    """Return a line on the backups that do not lie beside their files, or ``""``."""
    moved = [file for file in files if file.path in kept and not kept[file.path].startswith(file.path)]
    if not moved:
        return ""
    if len(moved) == 1:
        (file,) = moved
        return f"note: the original of {file.name} is kept as {kept[file.path]}: httpd would read a backup beside it"
    top = os.path.commonpath([os.path.dirname(kept[file.path]) for file in moved])
    shown = listed(file.name for file in moved)
    return f"note: the originals of {shown} are kept below {top}: httpd would read backups beside them"


def read_by_httpd(plan: Plan, paths: Sequence[str], texts: Mapping[str, str]) -> set[str]:
    """Return those of these paths that would be read by a server that was named, or by one whose directory holds the path."""
    found: set[str] = set()
    for job in plan.jobs:
        found |= taken_in(job.source, paths, target=job.target, disk=job.disk, texts=texts)
    # Where only scripts were named, no server was.
    files, disk = (plan.jobs[0].source.files, plan.jobs[0].disk) if plan.jobs else (Configurations(), None)
    above: dict[str, tuple[Source, list[str]]] = {}
    for path in paths:
        if path not in found and (server := server_above(files, path)):
            above.setdefault(server.entries[0], (server, []))[1].append(path)
    for server, near in above.values():
        found |= taken_in(server, near, target=plan.target, disk=disk, texts=texts)
    return found
