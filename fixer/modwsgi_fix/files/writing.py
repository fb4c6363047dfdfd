"""Writes the files of a run: all of them or none, each of them whole at any moment.

The order of things: look whether it can be done, lock the directories, note everything in a journal, stage each file
beside its target with the same mode, owner and extended attributes but without a name, compare every target with what
was read, replace them, verify, delete the journal. Whatever fails, all is put back; after a crash the next run does
(``recovery``). Every step reaches the disk (fsync) before the next one counts on it.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from modwsgi_fix.files import FileProblem, problem, read_bytes
from modwsgi_fix.files.journal import MOST, Entry, Journal, dump, journal_name, staged_name
from modwsgi_fix.files.locking import locked
from modwsgi_fix.files.recovery import LEFT, forget, pending, real, sweep, undisturbed, undo
from modwsgi_fix.files.staging import create, nameless, replace, sync_directory, write_into
from modwsgi_fix.files.state import make_private
from modwsgi_fix.files.trust import lies_within
from modwsgi_fix.text import encode

_EFFECTIVE = os.access in os.supports_effective_ids


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
    backups: Mapping[str, str] | None = None,
    verify: Callable[[], None] | None = None,
    within: Sequence[str] | None = None,
) -> None:
    """Writes all changes, or raises ``FileProblem`` and has written none.

    A symlink stays, and the file that it leads to is edited. ``in_place`` writes into the files instead of replacing
    them: for hard links, bind mounts and directories that cannot be written to; a crash in the middle of one file is
    then put right by the journal only, and there is none where no directory can take it. ``backups`` says by the real
    path of a file where its original is kept: beside it, or in the state directory. ``verify`` is called once all is in
    place; when it raises, all is put back, and the error passed on. ``within`` are the paths that the user gave: a file
    that lies outside of them, symlinks resolved, is refused.
    """
    given = ["/"] if within is None else real(within)
    entries = _planned(changes, in_place=in_place, backups=backups or {}, given=given)
    if not entries:
        return
    directories = sorted({os.path.dirname(entry.path) for entry in entries})
    with locked(directories), ExitStack() as stack:
        for left in pending(directories, given)[0]:
            raise FileProblem(left, "an interrupted run is to be put right first")
        for directory in directories:
            sweep(directory)
        for entry in entries:
            _must_be_unchanged(entry)
        for entry in entries:
            if entry.backup and not _is_beside(entry):
                make_private(os.path.dirname(entry.backup))
        noted = _place(entries, directories)
        try:
            if noted:
                _note(Journal(verify is not None, entries), noted)
            for entry in entries:
                _backed_up(entry)
            staged = list(_staged(entries, stack))
            for entry in entries:
                _must_be_unchanged(entry)
            for entry, descriptor in zip(entries, staged, strict=True):
                _put(entry, descriptor)
            for directory in directories:
                sync_directory(directory)
            if verify:
                verify()
            # From here on the run counts, and must not be undone without its journal.
            stack.enter_context(undisturbed())
            forget(noted)
        except BaseException as error:
            stack.enter_context(undisturbed())
            for line in undo(entries, noted):
                if line.endswith(LEFT):
                    error.add_note(line)
            raise


def _planned(
    changes: Iterable[Change], *, in_place: bool, backups: Mapping[str, str], given: Sequence[str]
) -> tuple[Entry, ...]:
    """What is to be done to which real file. Raises ``FileProblem`` for all that can be known beforehand."""
    token = secrets.token_hex(4)
    entries: dict[str, Entry] = {}
    for change in changes:
        if change.before == change.after:
            continue
        path = os.path.realpath(change.path)
        directory = os.path.dirname(path)
        if not lies_within(path, given):
            at = "" if path == os.path.abspath(change.path) else f"is {path}, which "
            raise FileProblem(change.path, f"{at}lies outside the given paths; give {directory} too to change it")
        must_be_writable(change.path, path, in_place=in_place)
        staged = "" if in_place else os.path.join(directory, staged_name(token, len(entries)))
        backup = backups.get(path, "")
        if backup and os.path.lexists(backup):
            shown = os.path.basename(backup) if os.path.dirname(backup) == directory else backup
            raise FileProblem(change.path, f"the backup {shown} exists already; move it away first")
        entry = Entry(path, encode(change.before), encode(change.after), staged, backup)
        other = entries.setdefault(path, entry)
        if (other.before, other.after) != (entry.before, entry.after):
            raise FileProblem(change.path, "is to be changed in two different ways")
    return tuple(entries.values())


def must_be_writable(given: str, path: str, *, in_place: bool) -> None:
    """Raise ``FileProblem`` where the real file behind a path cannot be written."""
    try:
        info = os.stat(path)
    except (OSError, ValueError) as error:
        raise problem(given, error) from error
    if not stat.S_ISREG(info.st_mode):
        raise FileProblem(given, "is not a regular file")
    if not os.access(path, os.W_OK, effective_ids=_EFFECTIVE):
        raise FileProblem(given, "is read-only")
    if in_place:
        return
    if info.st_nlink > 1:
        raise FileProblem(given, f"has {info.st_nlink} hard links, which replacing it would part; use --in-place")
    directory = os.path.dirname(path)
    if not os.access(directory, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
        raise FileProblem(given, f"{directory} cannot be written to, so it cannot be replaced; use --in-place")


def _must_be_unchanged(entry: Entry) -> None:
    if read_bytes(entry.path) != entry.before:
        raise FileProblem(entry.path, "changed on disk meanwhile; nothing was written")


def _place(entries: Sequence[Entry], directories: Sequence[str]) -> str:
    """Where the journal will lie; ``""`` where files are written in place and no directory can take it."""
    name = journal_name(secrets.token_hex(4))
    first = os.path.dirname(entries[0].path)
    for directory in dict.fromkeys([first, *directories]):
        if entries[0].staged or os.access(directory, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
            return os.path.join(directory, name)
    return ""


def _note(journal: Journal, path: str) -> None:
    directory = os.path.dirname(path)
    try:
        data = dump(journal, os.stat(directory).st_ino)
        if len(data) > MOST:
            raise FileProblem(directory, f"more than {MOST >> 20} MiB would be written at once; give fewer paths")
        # A journal that is not whole would be in the way of all further runs.
        create(path, data, staged=os.path.join(directory, staged_name(secrets.token_hex(4), 0)))
    except OSError as error:
        raise problem(directory, error) from error
    sync_directory(directory)


def _backed_up(entry: Entry) -> None:
    """Keeps the original: beside the file with all that it has, in the state directory with no wider mode."""
    if not entry.backup:
        return
    try:
        if _is_beside(entry):
            create(entry.backup, entry.before, like=entry.path)
        else:
            create(entry.backup, entry.before, mode=os.stat(entry.path).st_mode & 0o777)
        sync_directory(os.path.dirname(entry.backup))
    except OSError as error:
        raise problem(entry.path, error) from error


def _is_beside(entry: Entry) -> bool:
    return os.path.dirname(entry.backup) == os.path.dirname(entry.path)


def _staged(entries: Sequence[Entry], stack: ExitStack) -> Iterator[int | None]:
    """A descriptor of the new content for each file, closed with ``stack``; None where it is written when its turn comes.

    So it is for files written in place, where the filesystem has no files without a name, and for those that are more
    than half of what a process may hold open.
    """
    for number, entry in enumerate(entries):
        descriptor = None
        if entry.staged and number < _most_open():
            try:
                descriptor = nameless(os.path.dirname(entry.path), entry.after, like=entry.path)
            except OSError as error:
                raise problem(entry.path, error) from error
        if descriptor is not None:
            stack.callback(os.close, descriptor)
        yield descriptor


def _most_open() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit // 2


def _put(entry: Entry, descriptor: int | None) -> None:
    _must_be_unchanged(entry)
    try:
        if entry.staged:
            replace(entry.path, entry.after, staged=entry.staged, descriptor=descriptor)
        else:
            write_into(entry.path, entry.after)
    except OSError as error:
        raise FileProblem(entry.path, f"{error.strerror or error}; nothing was written".lower()) from error
