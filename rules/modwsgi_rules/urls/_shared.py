"""What two rules of this family share."""

from __future__ import annotations

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.exposure import kind_of
from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.config import Config

#: As many directories as are looked through for what should not be served.
_MOST = 2000


def leads_on(config: Config, title: str, edit: Edit, url: str, directory: str, reason: str) -> Fix:
    """The fix by which a URL prefix leads to a directory that it missed by a slash or the rest of the URL.

    Until now nothing in it was served by that URL, so all of it is opened: for the administrator to decide, unless the disk
    shows that the directory holds nothing but static files.
    """
    if not _is_static(config, directory):
        return Fix(title, (edit,), Applicability.UNSAFE, reason)
    return Fix(title, (edit,), Applicability.REPAIR, reason, publishes=((url, directory.rstrip("/") + "/"),))


def _is_static(config: Config, top: str) -> bool:
    """Whether a directory is there, and no file in it is of a kind that should not be served."""
    disk = config.disk
    if disk is None or not disk.is_dir(top):
        return False
    pending = [top.rstrip("/")]
    for _ in range(_MOST):
        if not pending:
            return True
        directory = pending.pop()
        try:
            names = disk.names(directory)
        except FileProblem:
            return False
        for name in names:
            path = f"{directory}/{name}"
            if kind_of(path[len(top.rstrip("/")) :]) or disk.is_link(path):
                return False
            if disk.is_dir(path):
                pending.append(path)
    return False
