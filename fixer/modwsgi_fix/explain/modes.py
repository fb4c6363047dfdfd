"""Which users may pass the directories on the way to a path, by the permissions on the filesystem of ``--root``."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.config import Config
from modwsgi_fix.tuples import NamedTuple

HELP = (
    "let the user pass (chmod o+x on the directory, or setfacl for this user alone), or move the application out of a home "
    "directory; where the bits are right, SELinux or AppArmor may refuse: see ausearch -m avc or the kernel's log"
)


class Stopped(NamedTuple):
    """The first part of a path that a user may not pass or read, with its permissions as ``ls`` shows them."""

    path: str
    mode: str
    owner: str


def stopped_at(config: Config, path: str, user: str) -> Stopped | None:
    """Return where a user is stopped on the way to a path; None where nothing stops the user, or nothing is in sight."""
    disk = config.disk
    if disk is None or not path.startswith("/"):
        return None
    names = _names(disk, "/etc/passwd")
    ids = next(((uid, gid) for name, uid, gid in names if name == user), None)
    parts = path.rstrip("/").split("/")
    for count in range(1, len(parts) + 1):
        part = "/".join(parts[:count]) or "/"
        try:
            found = os.stat(disk.key(part))
        except (OSError, ValueError):
            return None
        wanted = stat.S_IXOTH if stat.S_ISDIR(found.st_mode) else stat.S_IROTH
        if ids is not None and found.st_uid == ids[0]:
            wanted <<= 6
        elif ids is not None and found.st_gid == ids[1]:
            wanted <<= 3
        if not found.st_mode & wanted:
            owner = next((name for name, uid, _ in names if uid == found.st_uid), str(found.st_uid))
            return Stopped(part, stat.filemode(found.st_mode), owner)
    return None


def told(stopped: Stopped | None, path: str, user: str) -> str:
    """Return in a sentence where a user is stopped, or that the user is not."""
    who = f"the user {user}" if user else "the user that httpd serves as"
    if stopped is None:
        return f"{who} may not reach {path}; these files show no directory on the way that refuses"
    return f"{who} may not pass {stopped.path}, which belongs to {stopped.owner} and is {stopped.mode}"


def _names(disk: Files, path: str) -> list[tuple[str, int, int]]:
    found = []
    with suppress(FileProblem):
        for line in disk.read(path).split("\n"):
            parts = line.split(":")
            if len(parts) > 3 and parts[2].isdecimal() and parts[3].isdecimal():
                found.append((parts[0], int(parts[2][:9]), int(parts[3][:9])))
    return found
