"""What an interrupted run has left is finished or undone, as its journal says."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from modwsgi_fix.files import OWN, FileProblem, problem, read_bytes
from modwsgi_fix.files.journal import SUFFIX, Entry, is_staged_name
from modwsgi_fix.files.locking import locked
from modwsgi_fix.files.staging import delete, nameless, replace, sync_directory, write_into
from modwsgi_fix.files.trust import Refused, is_own, obeyed

#: How a line on a file ends that was not put back since it is not what the run had made of it.
LEFT = "was edited since; left as it is"


def journals(directories: Iterable[str]) -> list[str]:
    """The files in these directories that are called as journals are, by real path; a directory that cannot be read has none."""
    found = []
    for directory in dict.fromkeys(map(os.path.realpath, directories)):
        with suppress(OSError):
            names = sorted(os.listdir(directory))
            found += [os.path.join(directory, n) for n in names if n.startswith(OWN) and n.endswith(SUFFIX)]
    return found


def pending(directories: Iterable[str], within: Iterable[str]) -> tuple[list[str], list[Refused]]:
    """The journals in these directories that ``recover`` would obey, and why it would not obey the others."""
    given = real(within)
    waiting, refused = [], []
    for path in journals(directories):
        try:
            obeyed(path, given)
        except Refused as reason:
            refused.append(reason)
        else:
            waiting.append(path)
    return waiting, refused


def recover(directories: Iterable[str], within: Iterable[str]) -> list[str]:
    """Finishes or undoes the interrupted runs whose journals lie in these directories.

    ``within`` are the paths that the user gave. A run that had replaced all its files is finished, unless a verification
    had still to pass; any other is undone. A file that somebody has edited since is left as it is. Returns a line on
    each file for the user, and one on each journal that is not obeyed, and so left alone. Raises ``FileProblem`` where
    another run is at work or a file cannot be put back.
    """
    told: list[str] = []
    given = real(within)
    for directory in dict.fromkeys(map(os.path.realpath, directories)):
        if not (journals([directory]) or _has_staged(directory)):
            continue
        with locked([directory]):
            for path in journals([directory]):
                try:
                    journal = obeyed(path, given)
                except Refused as refused:
                    told.append(str(refused))
                    continue
                if not journal.verified and all(_state(entry) == "after" for entry in journal.entries):
                    told += [f"{entry.path}: an interrupted run had written it; finished" for entry in journal.entries]
                    _tidy(journal.entries)
                    forget(path)
                else:
                    told += undo(journal.entries, path)
            sweep(directory)
    return told


def _has_staged(directory: str) -> bool:
    with suppress(OSError):
        return any(map(is_staged_name, os.listdir(directory)))
    return False


def undo(entries: Sequence[Entry], journal: str) -> list[str]:
    """Puts back what was replaced and leaves no debris; the journal stays when that fails. A line on each file."""
    told: list[str] = []
    failed: FileProblem | None = None
    for entry in reversed(entries):
        try:
            state = _state(entry)
            if entry.staged:
                delete(entry.staged)
            if state in ("after", "torn"):
                _put_back(entry)
                told.append(f"{entry.path}: an interrupted run had changed it; put back")
            elif state == "other":
                told.append(f"{entry.path}: an interrupted run had begun to change it, and it {LEFT}")
            if entry.backup and os.path.exists(entry.backup) and entry.before.startswith(read_bytes(entry.backup)):
                os.unlink(entry.backup)
            sync_directory(os.path.dirname(entry.path))
        except (OSError, FileProblem) as error:
            reason = error.reason if isinstance(error, FileProblem) else str(error.strerror or error).lower()
            where = f"; {journal} holds the original, and the next run puts it back" if journal else ""
            failed = FileProblem(entry.path, f"could not be put back: {reason}{where}")
    if failed:
        raise failed
    forget(journal)
    return told[::-1]


def forget(journal: str) -> None:
    """Deletes a journal: the run is over."""
    if journal:
        try:
            delete(journal)
        except OSError as error:
            raise problem(journal, error) from error
        with suppress(FileProblem):
            sync_directory(os.path.dirname(journal))


@contextmanager
def undisturbed() -> Iterator[None]:
    """Signals that end a run wait until this is over."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def real(paths: Iterable[str]) -> list[str]:
    """The paths behind all links."""
    return [os.path.realpath(path) for path in paths]


def _tidy(entries: Iterable[Entry]) -> None:
    """Deletes what lies under the names of temporary files: a disk that failed may have left it."""
    for entry in entries:
        try:
            if entry.staged:
                delete(entry.staged)
        except OSError as error:
            raise problem(entry.staged, error) from error


def sweep(directory: str) -> None:
    """Deletes the temporary files of this user's runs in a directory that is locked.

    One that a journal elsewhere speaks of is made anew from that, if it is needed.
    """
    with suppress(OSError):
        for path in (os.path.join(directory, name) for name in sorted(os.listdir(directory)) if is_staged_name(name)):
            info = os.lstat(path)
            if stat.S_ISREG(info.st_mode) and is_own(info):
                delete(path)


def _put_back(entry: Entry) -> None:
    if not entry.staged:
        write_into(entry.path, entry.before)
        return
    descriptor = nameless(os.path.dirname(entry.path), entry.before, like=entry.path)
    try:
        replace(entry.path, entry.before, staged=entry.staged, descriptor=descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _state(entry: Entry) -> str:
    """What a file is now: ``before``, ``after``, ``torn`` on the way there, written in place, or ``other``."""
    try:
        now = read_bytes(entry.path)
    except FileProblem:
        return "other"
    if now == entry.before:
        return "before"
    if now == entry.after:
        return "after"
    return "torn" if not entry.staged and _is_torn(now, entry.before, entry.after) else "other"


def _is_torn(now: bytes, before: bytes, after: bytes) -> bool:
    """Whether a file is on the way from one text to the other, or on the way back: each byte is of one of them."""
    if not min(len(before), len(after)) <= len(now) <= max(len(before), len(after)):
        return False
    return all(byte in (before[at : at + 1] + after[at : at + 1]) for at, byte in enumerate(now))
