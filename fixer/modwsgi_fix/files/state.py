"""The user's state directory (XDG Base Directory Specification): no Include of a server reads what lies there."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager

from modwsgi_fix.files import FileProblem
from modwsgi_fix.files.places import NO_DIRECTORY, Held, held, open_directory
from modwsgi_fix.files.sharing import Judge

_NEEDED = "set XDG_STATE_HOME to a directory of your own"
_NOT_OURS = "is not a directory of this user"


def _home() -> str:
    """Return the real path of ``$XDG_STATE_HOME`` or ``~/.local/state``; ``""`` where neither is an absolute path."""
    home = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(home):
        home = os.path.join(os.path.expanduser("~"), ".local/state")
    return os.path.realpath(home) if os.path.isabs(home) else ""


def kept_in_state(path: str) -> str:
    """Return where the state directory keeps the original of a file, by its real path and without suffix; ``""`` for nowhere."""
    home = _home()
    return os.path.join(home, "modwsgi-fix/backup", path.lstrip("/")) if home else ""


def state_directory(name: str) -> str:
    """Return the directory of that name in the state directory, whether it exists or not.

    Raises ``FileProblem`` where the environment names no home; the home in the user database may be the wrong one.
    """
    known = os.path.isabs(os.environ.get("XDG_STATE_HOME", "")) or os.environ.get("HOME") or sys.platform == "win32"
    home = _home() if known else ""
    if not home:
        raise FileProblem("HOME", f"is not set; {_NEEDED}")
    return os.path.join(home, "modwsgi-fix", name)


def private(directory: str) -> AbstractContextManager[Held]:
    """Open a directory in the state directory. Raises ``FileProblem`` where it is not as ``make_private`` leaves it."""
    return held([directory], _judge("where nothing is kept"))


def make_private(directory: str, purpose: str = "where a backup is to be kept") -> None:
    """Make a directory in the state directory, with missing parents, for this user alone.

    Raises ``FileProblem`` where that cannot be done, and where the path could lead elsewhere: through a link or another
    user's directory below the state directory.
    """
    if sys.platform == "win32":
        os.makedirs(directory, exist_ok=True)
        return
    try:
        os.close(open_directory(directory, _judge(purpose), makes=True))
    except FileProblem as error:
        if error.reason.endswith(_NEEDED):
            raise
        below = error.path.startswith(f"{_home()}/")
        reason = error.reason if error.reason != NO_DIRECTORY else _NOT_OURS if below else "not a directory"
        raise FileProblem(error.path, f"{reason}, {purpose}; {_NEEDED}") from error


def _judge(purpose: str) -> Judge:
    """Return a judge that objects to another user's directory below the state directory."""
    home = _home()

    def judge(path: str, descriptor: int) -> None:
        if path.startswith(f"{home}/") and hasattr(os, "geteuid") and os.fstat(descriptor).st_uid != os.geteuid():
            raise FileProblem(path, f"{_NOT_OURS}, {purpose}; {_NEEDED}")

    return judge
