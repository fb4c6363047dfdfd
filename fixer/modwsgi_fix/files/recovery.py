"""Recovery: an interrupted run is finished or undone, as its journal says."""

from __future__ import annotations

import errno
import os
import signal
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from modwsgi_fix.files import OWN, FileProblem, problem
from modwsgi_fix.files.journal import SUFFIX, Entry, Journal, is_staged_name
from modwsgi_fix.files.locking import locked
from modwsgi_fix.files.places import Held, Place, content, held, opening, sync
from modwsgi_fix.files.sharing import Judge, judge_of
from modwsgi_fix.files.staging import delete, exists, nameless, replace, write_into
from modwsgi_fix.files.trust import Refused, is_own, obeyed

#: What the system says of a name that has no regular file, or one that is closed to this user.
_NO_FILE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENXIO, errno.EACCES, errno.EPERM)
#: How a line on a file ends that was not put back since it is not what the run had made of it.
LEFT = "was edited since; left as it is"


def journals(directories: Iterable[str]) -> list[str]:
    """Return the real paths of files in these directories with names of journals; an unreadable directory has none."""
    found = []
    for directory in dict.fromkeys(map(os.path.realpath, directories)):
        with suppress(OSError):
            names = sorted(os.listdir(directory))
            found += [os.path.join(directory, n) for n in names if n.startswith(OWN) and n.endswith(SUFFIX)]
    return found


def pending(directories: Iterable[str], within: Iterable[str]) -> tuple[list[str], list[Refused]]:
    """Return the journals in these directories that ``recover`` would obey, and the others with the reason why not."""
    given = list(within)
    waiting, refused = [], []
    for path in journals(directories):
        try:
            obeyed(path, given)
        except Refused as reason:
            refused.append(reason)
        else:
            waiting.append(path)
    return waiting, refused


def recover(directories: Iterable[str], within: Iterable[str], *, allow_shared: bool = False) -> list[str]:
    """Finish or undo the interrupted runs whose journals lie in these directories.

    ``within`` are the keys of the paths that the user gave. A run that had replaced all its files is finished, unless its
    verification was still to come; any other run is undone. A file that somebody has edited since stays as it is. Returns
    lines for the user: one on each file, and one on each journal that is not obeyed and so left alone. Raises ``FileProblem``
    where another run is at work, a file cannot be put back, or another user could change where root writes (``sharing``),
    which ``allow_shared`` permits.
    """
    told: list[str] = []
    given, judge = list(within), judge_of(allow_shared=allow_shared)
    for directory in dict.fromkeys(map(os.path.realpath, directories)):
        if not (journals([directory]) or _has_staged(directory)):
            continue
        with locked([directory], judge) as opened:
            for path in journals([directory]):
                try:
                    journal = obeyed(path, given)
                except Refused as refused:
                    told.append(str(refused))
                    continue
                with held(directories_of(journal.entries), judge) as places:
                    judge_files(journal.entries, places, judge)
                    told += _put_right(journal, opened.at(path), places)
            sweep(directory, opened)
    return told


def _put_right(journal: Journal, kept: Place, places: Held) -> list[str]:
    """Finish or undo a run whose journal is ``kept``, and return a line on each file."""
    if journal.verified or any(_state(entry, _now(entry, places)) != "after" for entry in journal.entries):
        return undo(journal.entries, kept, places)
    for entry in journal.entries:
        _tidy(entry, places)
    forget(kept)
    return [f"{entry.path}: an interrupted run had written it; finished" for entry in journal.entries]


def directories_of(entries: Iterable[Entry]) -> list[str]:
    """Return the directories of a run's files, and those of their backups that exist."""
    beside = [os.path.dirname(entry.path) for entry in entries]
    return list(dict.fromkeys([*beside, *filter(os.path.isdir, (os.path.dirname(entry.backup) for entry in entries))]))


def judge_files(entries: Iterable[Entry], places: Held, judge: Judge | None) -> None:
    """Raise ``FileProblem`` for a file that root must not write into or replace."""
    if judge:
        for entry in entries:
            with opening(places.at(entry.path)) as descriptor:
                judge(entry.path, descriptor)


def _has_staged(directory: str) -> bool:
    with suppress(OSError):
        return any(map(is_staged_name, os.listdir(directory)))
    return False


def undo(entries: Sequence[Entry], journal: Place | None, places: Held) -> list[str]:
    """Put back what was replaced, leave no temporary files, and return a line on each file; on failure the journal stays."""
    told: list[str] = []
    failed: FileProblem | None = None
    for entry in reversed(entries):
        try:
            now = _now(entry, places)
            state = _state(entry, now)
            if entry.staged:
                delete(places.at(entry.staged))
            if state in ("after", "torn"):
                _put_back(entry, now or b"", places)
                told.append(f"{entry.path}: an interrupted run had changed it; put back")
            elif state == "other":
                told.append(f"{entry.path}: an interrupted run had begun to change it, and it {LEFT}")
            _delete_backup(entry, places)
            places.sync(os.path.dirname(entry.path))
        except (OSError, FileProblem) as error:
            reason = error.reason if isinstance(error, FileProblem) else str(error.strerror or error).lower()
            where = f"; {journal.path} holds the original, and the next run puts it back" if journal else ""
            failed = FileProblem(entry.path, f"could not be put back: {reason}{where}")
    if failed:
        raise failed
    forget(journal)
    return told[::-1]


def _delete_backup(entry: Entry, places: Held) -> None:
    """Delete the backup, also a partial one, of a file that was not changed."""
    if not entry.backup or os.path.dirname(entry.backup) not in places:
        return
    backup = places.at(entry.backup)
    if exists(backup) and entry.before.startswith(content(backup)):
        delete(backup)


def forget(journal: Place | None) -> None:
    """Delete a journal: the run is over."""
    if journal:
        try:
            delete(journal)
        except OSError as error:
            raise problem(journal.path, error) from error
        with suppress(FileProblem):
            sync(journal)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back signals that end a run while the context lasts."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _tidy(entry: Entry, places: Held) -> None:
    """Delete a temporary file, which a failing disk may have left."""
    try:
        if entry.staged:
            delete(places.at(entry.staged))
    except OSError as error:
        raise problem(entry.staged, error) from error


def sweep(directory: str, places: Held) -> None:
    """Delete the temporary files of this user's runs in a locked directory.

    A temporary file that a journal elsewhere names is made anew from that journal, if it is needed.
    """
    with suppress(OSError):
        for name in sorted(filter(is_staged_name, places.names(directory))):
            place = places.at(os.path.join(directory, name))
            info = os.stat(place.name, dir_fd=place.above, follow_symlinks=False)
            if stat.S_ISREG(info.st_mode) and is_own(info):
                delete(place)


def _put_back(entry: Entry, now: bytes, places: Held) -> None:
    place = places.at(entry.path)
    if not entry.staged:
        write_into(place, entry.before, before=now)
        return
    descriptor = nameless(place, entry.before, like=place)
    try:
        replace(place, entry.before, staged=places.at(entry.staged), descriptor=descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _now(entry: Entry, places: Held) -> bytes | None:
    """Return the present bytes of a file; None where it is no longer a regular file, or is closed to this user.

    Raises ``FileProblem`` where the system fails: a file that cannot be read just now was not edited for that.
    """
    try:
        return content(places.at(entry.path))
    except FileProblem as fault:
        if isinstance(fault.__cause__, OSError) and fault.__cause__.errno not in _NO_FILE:
            raise
        return None


def _state(entry: Entry, now: bytes | None) -> str:
    """Return the state of a file: ``before``, ``after``, ``torn`` where writing in place was interrupted, or ``other``."""
    if now is None:
        return "other"
    if now == entry.before:
        return "before"
    if now == entry.after:
        return "after"
    return "torn" if not entry.staged and _is_torn(now, entry.before, entry.after) else "other"


def _is_torn(now: bytes, before: bytes, after: bytes) -> bool:
    """Whether a file is on the way from one text to the other or back: each byte comes from one of them."""
    if not min(len(before), len(after)) <= len(now) <= max(len(before), len(after)):
        return False
    return all(byte in (before[at : at + 1] + after[at : at + 1]) for at, byte in enumerate(now))
