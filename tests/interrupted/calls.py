"""The command in a process of its own, which strace watches, and ends or refuses at a call of the system.

strace counts the calls of a process by their names; so a first run that nothing disturbs says which calls there are, and
each further one is disturbed at one of them (``-e inject``, strace(1)).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from modwsgi_fix.cli import main

#: The calls by which a process changes a disk, or makes a change last, and those that open a file to be written.
WATCHED = (
    "openat", "write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat", "unlink",
    "unlinkat", "fchmod", "chmod", "fchmodat", "fchown", "chown", "fchownat", "mkdir", "mkdirat", "rmdir", "utimensat", "ftruncate",
    "truncate", "fsetxattr", "fremovexattr", "symlink", "symlinkat", "flock",
)  # fmt: skip
_CALL = re.compile(r"(\w+)\((.*)")
#: Seconds until a run that hangs is killed; it is no measure of anything.
_PATIENCE = 120


class Call(NamedTuple):
    """A call of the system: the how manieth of its name it is, from 1, and how strace shows it."""

    name: str
    number: int
    shown: str


class Ended(NamedTuple):
    """How a run ended. ``code`` is its exit code, or minus the number of the signal that killed it."""

    code: int
    out: str
    err: str
    calls: tuple[Call, ...] = ()
    #: The call that was disturbed, as strace shows it; empty where none was.
    disturbed: str = ""


def why_not() -> str:
    """Return why nothing can be disturbed here; empty where it can."""
    if shutil.which("strace") is None:
        return "there is no strace"
    done = subprocess.run(
        ["strace", "-qq", "-e", "inject=fsync:error=EIO", "true"], capture_output=True, text=True, check=False
    )
    return f"strace may not trace here: {done.stderr.strip().splitlines()[-1]}" if done.returncode else ""


def ended(
    words: Sequence[str],
    directory: Path,
    state: Path,
    *,
    inject: str = "",
    watched: bool = False,
    prepare: Callable[[], None] = lambda: None,
    meanwhile: Callable[[int], None] = lambda pid: None,
) -> Ended:
    """Run the command in a directory, and return how it ended.

    ``inject`` is strace's expression of what is done to which call; ``prepare`` is called in the process first, and
    ``meanwhile`` with its number once it runs. What writes keep for undo goes to ``state``.
    """
    with tempfile.TemporaryDirectory(prefix="modwsgi-fix-ended-") as place:
        released, release = os.pipe()
        waiting, ready = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(release)
            os.close(waiting)
            _become(words, directory, state, Path(place), released, ready, prepare)
        os.close(released)
        os.close(ready)
        os.read(waiting, 1)  # Until the process closes its end.
        os.close(waiting)
        strace = _attached(pid, Path(place) / "calls", inject) if inject or watched else None
        os.close(release)  # The process has waited for that.
        meanwhile(pid)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if strace is not None:
            strace.communicate(timeout=_PATIENCE)
        out, err = ((Path(place) / name).read_text("utf-8", "surrogateescape") for name in ("out", "err"))
        lines = (Path(place) / "calls").read_text("utf-8", "replace").splitlines() if strace is not None else []
    hit = [line for line in lines if "(INJECTED)" in line or line.startswith(("+++ killed", "--- SIG"))]
    return Ended(code, out, err, _calls(lines), hit[0] if hit else "")


def _become(
    words: Sequence[str],
    directory: Path,
    state: Path,
    place: Path,
    released: int,
    ready: int,
    prepare: Callable[[], None],
) -> None:
    """Be the command's process, once the other end of ``released`` is closed; before that it closes ``ready``."""
    try:
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(place / name, os.O_WRONLY | os.O_CREAT, 0o600), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0, "r"), os.fdopen(1, "w"), os.fdopen(2, "w")
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for one in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_DFL)
        os.environ["XDG_STATE_HOME"] = str(state)
        os.chdir(directory)
        signal.alarm(_PATIENCE)
        prepare()
        sys.argv = ["modwsgi-fix", *words]
        os.close(ready)
        os.read(released, 1)
        main()
    except KeyboardInterrupt:  # Before the command has taken the signal, as while Python starts.
        os._exit(130)
    finally:
        os._exit(99)


def _attached(pid: int, calls: Path, inject: str) -> subprocess.Popen[str]:
    words = ["strace", "-p", str(pid), "-o", str(calls), "-s", "80", "-e", f"trace={','.join(WATCHED)}"]
    strace = subprocess.Popen(
        [*words, *(["-e", f"inject={inject}"] if inject else [])], stderr=subprocess.PIPE, text=True
    )
    assert strace.stderr is not None
    said = strace.stderr.readline()
    assert "attached" in said, said
    return strace


def _calls(lines: Sequence[str]) -> tuple[Call, ...]:
    """Return the calls that change something, each with its number among all of its name."""
    counted: Counter[str] = Counter()
    found = []
    for line in lines:
        call = _CALL.match(line)
        if call is None:
            continue
        counted[call[1]] += 1
        if call[1] != "openat" or re.search(r"O_CREAT|O_TMPFILE|O_WRONLY|O_RDWR|O_TRUNC", line):
            found.append(Call(call[1], counted[call[1]], line))
    return tuple(found)
