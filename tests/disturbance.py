"""What the tests of writing share: a run that is disturbed before any step, and what is on the disk then."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from modwsgi_fix.files import recovery, writing
from modwsgi_fix.files.journal import Entry, Journal, dump
from modwsgi_fix.files.writing import Change

#: Every call by which a run changes the disk or makes a change last.
STEPS = ["open", "fsync", "link", "replace", "unlink", "fchmod"]
Patch = Callable[[Any, str, Any], None]


def three_files(root: Path) -> Path:
    """A directory with three files in two directories; the directory itself."""
    for name in ("a.conf", "sub/b.conf", "sub/c.conf"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{name} before\n")
    return root


def changes(conf: Path) -> list[Change]:
    files = sorted(path for path in conf.rglob("*.conf"))
    return [Change(str(path), path.read_text(), path.read_text().replace("before", "after" * 9)) for path in files]


def backups(conf: Path, suffix: str = ".orig") -> dict[str, str]:
    """Each file's backup beside it."""
    return {str(path): str(path) + suffix for path in conf.rglob("*.conf")}


def contents(folder: Path, *, but: str = ".undo") -> dict[str, bytes]:
    """All files below a directory, but for what ``undo`` needs, which ends in ``but``."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != (but or None)
    }


def outcome(conf: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """All files before and after."""
    return contents(conf), {name: text.replace(b"before", b"after" * 9) for name, text in contents(conf).items()}


class Crash(BaseException):
    """Stands for Ctrl-C in the middle of anything."""


def stop() -> None:
    raise Crash


def interfere(patch: Patch, at: int, act: Callable[[], None], counted: list[str]) -> None:
    """Makes ``act`` happen before the step number ``at`` of those which change the disk."""

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            if name != "open" or args[1] & (os.O_CREAT | os.O_WRONLY):
                counted.append(name)
                if len(counted) == at:
                    act()
            return real(*args, **options)

        return step

    for name in STEPS:
        patch(os, name, wrap(name, getattr(os, name)))
    for module in (writing, recovery):
        patch(module, "write_into", wrap("write_into", module.write_into))


def without_nameless(patch: Patch) -> None:
    """As on a filesystem that has no files without a name."""
    real = os.open

    def refuse(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "Operation not supported")
        return real(path, flags, *args, **options)

    patch(os, "open", refuse)


def half_written(conf: Path, before: dict[str, bytes], after: dict[str, bytes], *, staged: str = "x") -> str:
    """The state after a crash: the first file replaced, another staged under a name, a journal. Its path."""
    name = staged and ".modwsgi-fix-00000000-{}.staged"
    entries = tuple(
        Entry(str(conf / n), before[n], after[n], str((conf / n).parent / name.format(i)) if staged else "", "")
        for i, n in enumerate(before)
    )
    (conf / "a.conf").write_bytes(after["a.conf"])
    if staged:
        Path(entries[1].staged).write_bytes(entries[1].after)
    return str(plant(conf, Journal(False, entries)))


def plant(directory: Path, journal: Journal, *, name: str = ".modwsgi-fix-00000000.journal") -> Path:
    """A journal as a run would have left it there."""
    path = directory / name
    path.write_bytes(dump(journal, directory.stat().st_ino))
    path.chmod(0o600)
    return path
