"""Writes the files of a run: all of them or none, each of them whole at any moment.

The order of things: look whether it can be done, lock the directories, note everything in a journal, stage each file
beside its target with the same mode, owner and extended attributes, compare every target with what was read, replace
them, verify, delete the journal. Whatever fails, all is put back; after a crash the next run does (``recover``). Every
step reaches the disk (fsync) before the next one counts on it.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from modwsgi_fix.files import FileProblem, problem, read_bytes
from modwsgi_fix.files.journal import PREFIX, SUFFIX, Entry, Journal, dump, load
from modwsgi_fix.text import encode

_LEFT = "was edited since; left as it is"


@dataclass(frozen=True, slots=True)
class Change:
    """One file, by key or by a path that leads there: its text as it was read, and as it shall be."""

    path: str
    before: str
    after: str


def write_all(
    changes: Iterable[Change],
    *,
    in_place: bool = False,
    backup: str | None = None,
    verify: Callable[[], None] | None = None,
    within: Sequence[str] | None = None,
) -> None:
    """Writes all changes, or raises ``FileProblem`` and has written none.

    A symlink stays, and the file that it leads to is edited. ``in_place`` writes into the files instead of replacing
    them: for hard links, bind mounts and directories that cannot be written to; a crash in the middle of one file is
    then put right by the journal only, and there is none where no directory can take it. ``backup`` is a suffix
    under which each original is kept. ``verify`` is called once all is in place; when it raises, all is put back, and
    the error passed on. ``within`` are the paths that the user gave: a file that lies outside of them, symlinks
    resolved, is refused.
    """
    entries = _planned(changes, in_place=in_place, backup=backup, within=within)
    if not entries:
        return
    directories = sorted({os.path.dirname(entry.path) for entry in entries})
    with _locked(directories):
        for left in journals(directories):
            raise FileProblem(left, "an interrupted run is to be put right first")
        for entry in entries:
            _must_be_unchanged(entry)
        noted = _noted(Journal(verify is not None, entries), directories)
        try:
            for entry in entries:
                _stage(entry)
            for entry in entries:
                _must_be_unchanged(entry)
            for entry in entries:
                _put(entry)
            for directory in directories:
                _sync_directory(directory)
            if verify:
                verify()
            _forget(noted)
        except BaseException as error:
            for line in _undo(entries, noted):
                if line.endswith(_LEFT):
                    error.add_note(line)
            raise


def journals(directories: Iterable[str]) -> list[str]:
    """The journals in these directories that interrupted runs, or runs at work this moment, have left."""
    found = []
    for directory in dict.fromkeys(map(os.path.realpath, directories)):
        with suppress(OSError):
            names = sorted(os.listdir(directory))
            found += [os.path.join(directory, n) for n in names if n.startswith(PREFIX) and n.endswith(SUFFIX)]
    return found


def recover(directories: Iterable[str]) -> list[str]:
    """Finishes or undoes the interrupted runs whose journals lie in these directories.

    A run that had replaced all its files is finished, unless a verification had still to pass; any other is undone. A
    file that somebody has edited since is left as it is. Returns a line on each file for the user. Raises
    ``FileProblem`` where another run is at work, a journal is not this user's, or a file cannot be put back.
    """
    told: list[str] = []
    for directory in sorted({os.path.dirname(path) for path in journals(directories)}):
        with _locked([directory]):
            for path in journals([directory]):
                journal = load(path)
                if journal is None:  # torn, so nothing had been touched
                    _forget(path)
                elif not journal.verified and all(_state(entry) == "after" for entry in journal.entries):
                    told += [f"{entry.path}: an interrupted run had written it; finished" for entry in journal.entries]
                    _forget(path)
                else:
                    told += _undo(journal.entries, path)
    return told


def _planned(
    changes: Iterable[Change], *, in_place: bool, backup: str | None, within: Sequence[str] | None
) -> tuple[Entry, ...]:
    """What is to be done to which real file. Raises ``FileProblem`` for all that can be known beforehand."""
    if backup is not None and (not backup or "/" in backup or "\0" in backup):
        raise ValueError(f"{backup!r} is no suffix of a file name")
    token = secrets.token_hex(4)
    given = None if within is None else [os.path.realpath(path) for path in within]
    entries: dict[str, Entry] = {}
    for change in changes:
        if change.before == change.after:
            continue
        path = os.path.realpath(change.path)
        directory, name = os.path.split(path)
        if given is not None and not any(path == top or path.startswith(top.rstrip("/") + "/") for top in given):
            at = "" if path == os.path.abspath(change.path) else f"is {path}, which "
            raise FileProblem(change.path, f"{at}lies outside the given paths; give {directory} too to change it")
        _must_be_writable(change.path, path, in_place=in_place)
        staged = "" if in_place else os.path.join(directory, f"{PREFIX}{token}-{len(entries)}.staged")
        kept = "" if backup is None else path + backup
        if kept and os.path.lexists(kept):
            raise FileProblem(change.path, f"the backup {name}{backup} exists already; move it away first")
        entry = Entry(path, encode(change.before), encode(change.after), staged, kept)
        other = entries.setdefault(path, entry)
        if (other.before, other.after) != (entry.before, entry.after):
            raise FileProblem(change.path, "is to be changed in two different ways")
    return tuple(entries.values())


def _must_be_writable(given: str, path: str, *, in_place: bool) -> None:
    try:
        info = os.stat(path)
    except (OSError, ValueError) as error:
        raise problem(given, error) from error
    effective = os.access in os.supports_effective_ids
    if not stat.S_ISREG(info.st_mode):
        raise FileProblem(given, "is not a regular file")
    if not os.access(path, os.W_OK, effective_ids=effective):
        raise FileProblem(given, "is read-only")
    if in_place:
        return
    if info.st_nlink > 1:
        raise FileProblem(given, f"has {info.st_nlink} hard links, which replacing it would part; use --in-place")
    directory = os.path.dirname(path)
    if not os.access(directory, os.W_OK | os.X_OK, effective_ids=effective):
        raise FileProblem(given, f"{directory} cannot be written to, so it cannot be replaced; use --in-place")


@contextmanager
def _locked(directories: Sequence[str]) -> Iterator[None]:
    """Keeps other runs out. The kernel drops such locks with the process, so that a crash leaves none behind."""
    with ExitStack() as stack:
        if sys.platform != "win32":
            import fcntl

            for directory in directories:
                try:
                    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
                except OSError as error:
                    raise problem(directory, error) from error
                stack.callback(os.close, descriptor)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise FileProblem(directory, "another run of modwsgi-fix is writing here") from None
                except OSError:  # a filesystem without locks, as NFS for a directory
                    pass
        yield


def _must_be_unchanged(entry: Entry) -> None:
    if read_bytes(entry.path) != entry.before:
        raise FileProblem(entry.path, "changed on disk meanwhile; nothing was written")


def _noted(journal: Journal, directories: Sequence[str]) -> str:
    """Writes the journal; its path, or ``""`` where files are written in place and no directory can take it."""
    name = f"{PREFIX}{secrets.token_hex(4)}{SUFFIX}"
    first = os.path.dirname(journal.entries[0].path)
    in_place = not journal.entries[0].staged
    for directory in dict.fromkeys([first, *directories]):
        path = os.path.join(directory, name)
        if in_place and not os.access(
            directory, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids
        ):
            continue
        try:
            _create(path, dump(journal))
            _sync_directory(directory)
        except OSError as error:
            _delete(path)
            raise problem(directory, error) from error
        except BaseException:
            _delete(path)
            raise
        return path
    return ""


def _stage(entry: Entry) -> None:
    try:
        if entry.backup:
            _create(entry.backup, entry.before, like=entry.path)
        if entry.staged:
            _create(entry.staged, entry.after, like=entry.path)
    except OSError as error:
        raise problem(entry.path, error) from error


def _put(entry: Entry) -> None:
    _must_be_unchanged(entry)
    try:
        if entry.staged:
            os.replace(entry.staged, entry.path)
        else:
            _write_into(entry.path, entry.after)
    except OSError as error:
        raise FileProblem(entry.path, f"{error.strerror or error}; nothing was written".lower()) from error


def _undo(entries: Sequence[Entry], journal: str) -> list[str]:
    """Puts back what was replaced and leaves no debris; the journal stays when that fails. A line on each file."""
    told: list[str] = []
    failed: FileProblem | None = None
    for entry in reversed(entries):
        try:
            state = _state(entry)
            if entry.staged:
                _delete(entry.staged)
            if state == "after":
                if entry.staged:
                    _create(entry.staged, entry.before, like=entry.path)
                    os.replace(entry.staged, entry.path)
                else:
                    _write_into(entry.path, entry.before)
                told.append(f"{entry.path}: an interrupted run had changed it; put back")
            elif state == "other":
                told.append(f"{entry.path}: an interrupted run had begun to change it, and it {_LEFT}")
            if entry.backup and os.path.exists(entry.backup) and entry.before.startswith(read_bytes(entry.backup)):
                os.unlink(entry.backup)
            _sync_directory(os.path.dirname(entry.path))
        except (OSError, FileProblem) as error:
            reason = error.reason if isinstance(error, FileProblem) else str(error.strerror or error).lower()
            where = f"; {journal} holds the original, and the next run puts it back" if journal else ""
            failed = FileProblem(entry.path, f"could not be put back: {reason}{where}")
    if failed:
        raise failed
    _forget(journal)
    return told[::-1]


def _state(entry: Entry) -> str:
    """What a file is now: ``before``, ``after`` (or on the way there, in place), ``other`` when neither."""
    try:
        now = read_bytes(entry.path)
    except FileProblem:
        return "other"
    if now == entry.before:
        return "before"
    if now == entry.after:
        return "after"
    if not entry.staged:
        pairs = enumerate(zip(now, entry.after, strict=False))
        done = next((at for at, (one, other) in pairs if one != other), min(len(now), len(entry.after)))
        if now[done:] == entry.before[done:]:
            return "after"
    return "other"


def _create(path: str, data: bytes, *, like: str = "") -> None:
    """A new file on the disk, for this user alone, or with the mode, owner and attributes of another file."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        if like and sys.platform != "win32":
            _dress(descriptor, like)
        os.fsync(descriptor)


def _dress(descriptor: int, like: str) -> None:
    """Gives a file the owner, extended attributes (ACLs, SELinux label) and mode of another, or raises."""
    wanted, present = os.stat(like), os.fstat(descriptor)
    if (wanted.st_uid, wanted.st_gid) != (present.st_uid, present.st_gid):
        try:
            os.fchown(descriptor, wanted.st_uid, wanted.st_gid)
        except PermissionError:
            raise FileProblem(like, "belongs to another user or group, which cannot be kept; use --in-place") from None
    if sys.platform == "linux":
        try:
            source, copy = _attributes(like), _attributes(descriptor)
            for name in copy.keys() - source.keys():
                os.removexattr(descriptor, name)
            for name, value in source.items():
                if copy.get(name) != value:
                    os.setxattr(descriptor, name, value)
        except OSError as error:
            reason = f"its extended attributes cannot be kept ({error.strerror}); use --in-place"
            raise FileProblem(like, reason) from error
    # Last: a change of owner clears set-id bits, and an inherited ACL would mask the mode.
    os.fchmod(descriptor, stat.S_IMODE(wanted.st_mode))


def _attributes(file: str | int) -> dict[str, bytes]:
    try:
        return {name: os.getxattr(file, name) for name in os.listxattr(file)}
    except OSError:  # a filesystem without them
        return {}


def _write_into(path: str, data: bytes) -> None:
    with open(path, "r+b") as file:
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _forget(journal: str) -> None:
    """Deletes a journal: the run is over."""
    if journal:
        try:
            _delete(journal)
        except OSError as error:
            raise problem(journal, error) from error
        with suppress(FileProblem):
            _sync_directory(os.path.dirname(journal))


def _delete(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def _sync_directory(directory: str) -> None:
    """Makes what was created, renamed or deleted in a directory last."""
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise problem(directory, error) from error
