"""Which journals are obeyed: only those that an interrupted run of this user left in this very directory.

A journal says what to write where, and it lies in a tree that may be a clone or an unpacked archive. So its file must
be as this program makes it, in the directory where it was made, unknown to git, and name only files that this run may
change and names that this program makes. Any other journal is refused in one line, and the run goes on without it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from modwsgi_fix.files import FileProblem
from modwsgi_fix.files.journal import MOST, Entry, Journal, is_journal_name, is_staged_name, parse
from modwsgi_fix.files.state import kept_in_state
from modwsgi_fix.text import encode


class Refused(FileProblem):
    """A journal that is not obeyed, and why."""


def obeyed(path: str, within: Iterable[str]) -> Journal:
    """Return the journal in a file, by its real path. Raises ``Refused`` for a journal that must not be trusted.

    ``within`` are the real paths that the user gave: a journal that names any other file is refused.
    """
    given = list(within)
    try:
        journal, inode = parse(_own(path))
        if inode != os.stat(os.path.dirname(path)).st_ino:
            raise ValueError("it was written in another directory, and came here with a copy")
        if _is_tracked(path):
            raise ValueError("git tracks it, so it came with a repository")
        for entry in journal.entries:
            _check(entry, given)
    except (OSError, ValueError, FileProblem) as error:
        reason = str(error.strerror).lower() if isinstance(error, OSError) and error.strerror else str(error)
        raise Refused(path, f"this journal is not obeyed: {reason}; delete it if you do not need it") from None
    return journal


def lies_within(path: str, tops: Iterable[str]) -> bool:
    """Whether a real path is one of these real paths or lies below one."""
    return any(path == top or path.startswith(top.rstrip("/") + "/") for top in tops)


def _own(path: str) -> bytes:
    """Return the bytes of a journal that is as this program makes them, and that nobody else can have written."""
    directory, name = os.path.split(path)
    if not is_journal_name(name):
        raise ValueError("this program makes no such names")
    if os.path.islink(path):
        raise ValueError("it is a link")
    with _opened(path, flags=getattr(os, "O_NOFOLLOW", 0)) as file:
        info = os.fstat(file.fileno())
        if not is_own(info):
            raise ValueError("it belongs to another user")
        if stat.S_IMODE(info.st_mode) != 0o600:
            raise ValueError(f"its mode is {stat.S_IMODE(info.st_mode):04o}, not 0600")
        if info.st_nlink != 1:
            raise ValueError(f"it has {info.st_nlink} hard links")
        above = os.stat(directory)
        if not is_own(above) and above.st_uid != 0:
            raise ValueError("its directory belongs to another user")
        return _bounded(file)


def is_own(info: os.stat_result) -> bool:
    """Whether a file belongs to the user of this process."""
    return not hasattr(os, "geteuid") or info.st_uid == os.geteuid()


def _opened(path: str, *, flags: int = 0) -> BinaryIO:
    """Open a regular file for reading. Raises ``ValueError`` for anything else: a pipe would block for ever."""
    flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, os.O_RDONLY | flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError(f"{path} is not a regular file")
    return open(descriptor, "rb")


def _bounded(file: BinaryIO) -> bytes:
    data = file.read(MOST + 1)
    if len(data) > MOST:
        raise ValueError(f"more than {MOST >> 20} MiB are not read")
    return data


# -- the files that it names ---------------------------------------------------


def _check(entry: Entry, given: Sequence[str]) -> None:
    """Raise ``ValueError`` where an entry names a file that this program would not have touched."""
    path = entry.path
    if not os.path.isabs(path) or os.path.realpath(path) != path:
        raise ValueError(f"it names {path}, which is not the plain path of a file")
    if not lies_within(path, given):
        raise ValueError(f"it names {path}, which lies outside the given paths")
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise ValueError(f"it names {path}, which is not a regular file")
    directory, name = os.path.split(entry.staged)
    if entry.staged and (directory != os.path.dirname(path) or not is_staged_name(name)):
        raise ValueError(f"it calls {entry.staged} a temporary file, which it cannot be")
    if entry.backup and not _is_backup(entry.backup, path):
        raise ValueError(f"it calls {entry.backup} a backup, which it cannot be")
    for made in (entry.staged, entry.backup):
        if made and os.path.lexists(made) and not stat.S_ISREG(os.lstat(made).st_mode):
            raise ValueError(f"it names {made}, which is not a regular file")


def _is_backup(backup: str, path: str) -> bool:
    """Whether a backup of a file may have that path: beside it or in the state directory, under its name and a suffix."""
    for start in (path, kept_in_state(path)):
        suffix = backup.removeprefix(start) if start and backup.startswith(start) else ""
        if suffix and "/" not in suffix:
            return os.path.realpath(os.path.dirname(backup)) == os.path.dirname(backup)
    return False


# -- git -----------------------------------------------------------------------


def _is_tracked(path: str) -> bool:
    """Whether the index of a repository around a file has a file of its name.

    Git itself is not asked: it would obey the repository's configuration. The index has the names in full (gitformat-index)
    except in version 4, which shortens them: for that ``ValueError`` is raised, because the answer is not known.
    """
    directory, name = os.path.split(path)
    for index in _indexes(directory):
        with _opened(index) as file:
            data = _bounded(file)
        if data[:8] == b"DIRC\0\0\0\4":
            raise ValueError(f"{index} does not tell whether it is tracked, being of version 4")
        if encode(name) in data:
            return True
    return False


def _indexes(directory: str) -> Iterator[str]:
    """Yield the index files of all repositories around a directory, with the parts that a split index shares."""
    while True:
        repository = os.path.join(directory, ".git")
        if os.path.isfile(repository):  # of a worktree or a submodule
            with _opened(repository) as file:
                target = file.read(4096).removeprefix(b"gitdir:").strip()
            repository = os.path.join(directory, os.fsdecode(target))
        if os.path.isdir(repository):
            names = os.listdir(repository)
            yield from (os.path.join(repository, n) for n in names if n == "index" or n.startswith("sharedindex."))
        if directory == os.path.dirname(directory):
            return
        directory = os.path.dirname(directory)
