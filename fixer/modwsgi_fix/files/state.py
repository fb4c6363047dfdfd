"""The user's state directory (XDG Base Directory Specification): no Include of a server reads what lies there."""

from __future__ import annotations

import os
import stat
import sys

from modwsgi_fix.files import FileProblem, problem

_NEEDED = "set XDG_STATE_HOME to a directory of your own"


def _home() -> str:
    """The real path of ``$XDG_STATE_HOME`` or ``~/.local/state``; ``""`` where neither is an absolute path."""
    home = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(home):
        home = os.path.join(os.path.expanduser("~"), ".local/state")
    return os.path.realpath(home) if os.path.isabs(home) else ""


def kept_in_state(path: str) -> str:
    """Where the state directory keeps the original of a file, by its real path, but for a suffix; ``""`` for nowhere."""
    home = _home()
    return os.path.join(home, "modwsgi-fix/backup", path.lstrip("/")) if home else ""


def state_directory(name: str) -> str:
    """The directory of that name in the state directory, whether it is there or not.

    Raises ``FileProblem`` where the environment names no home: the user database may name one that is not meant.
    """
    known = os.path.isabs(os.environ.get("XDG_STATE_HOME", "")) or os.environ.get("HOME") or sys.platform == "win32"
    home = _home() if known else ""
    if not home:
        raise FileProblem("HOME", f"is not set; {_NEEDED}")
    return os.path.join(home, "modwsgi-fix", name)


def is_private(directory: str) -> bool:
    """Whether a directory in the state directory is as ``make_private`` leaves it; a link or another user's is not."""
    home = _home()
    here = directory
    while here.startswith(f"{home}/"):
        try:
            info = os.lstat(here)
        except OSError:
            return False
        if not (stat.S_ISDIR(info.st_mode) and _is_own(info)):
            return False
        here = os.path.dirname(here)
    return True


def _is_own(info: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or info.st_uid == os.geteuid()


def make_private(directory: str, purpose: str = "where a backup is to be kept") -> None:
    """Makes a directory in the state directory, with what is missing above it, for this user alone.

    Raises ``FileProblem`` where that cannot be done, and where what is there could lead elsewhere: below the state
    directory, a link or another user's directory.
    """
    home = _home()
    here = "/"
    for name in directory.split("/"):
        here = os.path.join(here, name)
        try:
            if not os.path.lexists(here):
                os.mkdir(here, 0o700)
            info = os.lstat(here)
        except OSError as error:
            raise FileProblem(here, f"{problem(here, error).reason}, {purpose}; {_NEEDED}") from error
        if here.startswith(f"{home}/") and not (stat.S_ISDIR(info.st_mode) and _is_own(info)):
            raise FileProblem(here, f"is not a directory of this user, {purpose}; {_NEEDED}")
