"""Writing the files of a run: all of them or none, each of them whole at any moment.

The steps are: check whether it can be done, lock the directories, note everything in a journal, stage each file beside its
target with the same mode, owner and extended attributes but without a name, compare every target with what was read,
replace the targets, verify, delete the journal. Where a step fails, everything is put back; after a crash the next run does
that (``recovery``). Every step reaches the disk (fsync) before the next one relies on it.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from modwsgi_fix.files import FileProblem, problem
from modwsgi_fix.files.journal import MOST, Entry, Journal, dump, journal_name, staged_name
from modwsgi_fix.files.locking import locked
from modwsgi_fix.files.places import REPLACED, Held, Place, content, opening, sync
from modwsgi_fix.files.recovery import LEFT, forget, judge_files, pending, sweep, undisturbed, undo
from modwsgi_fix.files.sharing import judge_of
from modwsgi_fix.files.staging import CHANGED, create, nameless, replace, write_into
from modwsgi_fix.files.state import make_private, private
from modwsgi_fix.files.trust import lies_within
from modwsgi_fix.text import encode

_EFFECTIVE = os.access in os.supports_effective_ids


@dataclass(frozen=True, slots=True)
class Change:
    """One file by its key: its text when it was read, and the text to write."""

    path: str
    before: str
    after: str


class PartlyWritten(FileProblem):
    """Why a write failed where not all could be put back: its notes name the files that are left as they are."""


def write_all(
    changes: Iterable[Change],
    *,
    in_place: bool = False,
    backups: Mapping[str, str] | None = None,
    verify: Callable[[], None] | None = None,
    within: Sequence[str] | None = None,
    allow_shared: bool = False,
) -> None:
    """Write all changes, or raise ``FileProblem`` and write none; ``PartlyWritten`` where somebody changed a file meanwhile.

    ``in_place`` writes into the files instead of replacing them: for hard links, bind mounts and directories that cannot be
    written to. After a crash in the middle of a file only the journal can put it right, and there is no journal where no
    directory can hold one. ``backups`` are the paths of the originals, beside the files or in the state directory, by the
    keys of the files. ``verify`` is called once all is in place; when it raises, everything is put back, and the error is
    raised again. ``within`` are the keys of the paths that the user gave: a file outside of these is refused. So is, for
    root, a file that another user could change (``sharing``), unless ``allow_shared``.
    """
    given = ["/"] if within is None else list(within)
    judge = judge_of(allow_shared=allow_shared)
    entries = _planned(changes, in_place=in_place, backups=backups or {}, given=given)
    if not entries:
        return
    directories = sorted({os.path.dirname(entry.path) for entry in entries})
    with locked(directories, judge) as places, ExitStack() as stack:
        for left in pending(directories, given)[0]:
            raise FileProblem(left, "an interrupted run is to be put right first")
        for directory in directories:
            sweep(directory, places)
        judge_files(entries, places, judge)
        for entry in entries:
            _must_be_unchanged(entry, places)
        places = _with_state(entries, places, stack)
        noted = _place(entries, directories, places)
        try:
            if noted:
                _note(Journal(verify is not None, entries), noted)
            for entry in entries:
                _backed_up(entry, places)
            staged = list(_staged(entries, places, stack))
            for entry in entries:
                _must_be_unchanged(entry, places)
            for entry, descriptor in zip(entries, staged, strict=True):
                _put(entry, descriptor, places)
            for directory in directories:
                places.sync(directory)
            if verify:
                verify()
            # From here on the run counts, and must not be undone without its journal.
            stack.enter_context(undisturbed())
            forget(noted)
        except BaseException as error:
            stack.enter_context(undisturbed())
            kept = [line for line in undo(entries, noted, places) if line.endswith(LEFT)]
            noticed = PartlyWritten(error.path, error.reason) if kept and isinstance(error, FileProblem) else error
            for line in kept:
                noticed.add_note(line)
            if noticed is not error:
                raise noticed from error
            raise


def _planned(
    changes: Iterable[Change], *, in_place: bool, backups: Mapping[str, str], given: Sequence[str]
) -> tuple[Entry, ...]:
    """Return the entries of the journal. Raises ``FileProblem`` for every obstacle that can be known beforehand."""
    token = secrets.token_hex(4)
    entries: dict[tuple[int, int], Entry] = {}
    for change in changes:
        if change.before == change.after:
            continue
        path = change.path
        directory = os.path.dirname(path)
        if not lies_within(path, given):
            raise FileProblem(path, f"lies outside the given paths; give {directory} too to change it")
        info = must_be_writable(path, in_place=in_place)
        staged = "" if in_place else os.path.join(directory, staged_name(token, len(entries)))
        backup = backups.get(path, "")
        if backup and os.path.lexists(backup):
            shown = os.path.basename(backup) if os.path.dirname(backup) == directory else backup
            raise FileProblem(path, f"the backup {shown} exists already; move it away first")
        entry = Entry(path, encode(change.before), encode(change.after), staged, backup)
        # Two names of one file (hard links) are one file when it is written in place.
        other = entries.setdefault((info.st_dev, info.st_ino), entry)
        if (other.before, other.after) != (entry.before, entry.after):
            same = "" if other.path == path else f"is the same file as {other.path}, and "
            raise FileProblem(path, f"{same}is to be changed in two different ways")
    return tuple(entries.values())


def must_be_writable(path: str, *, in_place: bool) -> os.stat_result:
    """Return the ``stat`` of a file, by its key. Raises ``FileProblem`` where it cannot be written."""
    try:
        info = os.lstat(path)
    except (OSError, ValueError) as error:
        raise problem(path, error) from error
    if stat.S_ISLNK(info.st_mode):
        raise FileProblem(path, REPLACED)
    if not stat.S_ISREG(info.st_mode):
        raise FileProblem(path, "is not a regular file")
    if not os.access(path, os.W_OK, effective_ids=_EFFECTIVE):
        raise FileProblem(path, "is read-only")
    if in_place:
        return info
    if info.st_nlink > 1:
        raise FileProblem(path, f"has {info.st_nlink} hard links, which replacing it would part; use --in-place")
    directory = os.path.dirname(path)
    if not os.access(directory, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
        raise FileProblem(path, f"{directory} cannot be written to, so it cannot be replaced; use --in-place")
    return info


def _must_be_unchanged(entry: Entry, places: Held) -> None:
    if content(places.at(entry.path)) != entry.before:
        raise FileProblem(entry.path, CHANGED)


def _with_state(entries: Sequence[Entry], places: Held, stack: ExitStack) -> Held:
    """Return these directories with those of the state directory where backups go, which are opened."""
    elsewhere = dict.fromkeys(os.path.dirname(entry.backup) for entry in entries if not _is_beside(entry))
    elsewhere.pop("", None)
    for directory in elsewhere:
        make_private(directory)
        places = places.also(stack.enter_context(private(directory)))
    return places


def _place(entries: Sequence[Entry], directories: Sequence[str], places: Held) -> Place | None:
    """Return the place of the journal; None where files are written in place and no directory can hold a journal."""
    name = journal_name(secrets.token_hex(4))
    first = os.path.dirname(entries[0].path)
    for directory in dict.fromkeys([first, *directories]):
        if entries[0].staged or os.access(directory, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
            return places.at(os.path.join(directory, name))
    return None


def _note(journal: Journal, place: Place) -> None:
    directory = os.path.dirname(place.path)
    try:
        data = dump(journal, os.stat(directory if place.above is None else place.above).st_ino)
        if len(data) > MOST:
            raise FileProblem(directory, f"more than {MOST >> 20} MiB would be written at once; give fewer paths")
        # A partial journal would stop all further runs.
        create(place, data, staged=place.beside(os.path.join(directory, staged_name(secrets.token_hex(4), 0))))
    except OSError as error:
        raise problem(directory, error) from error
    sync(place)


def _backed_up(entry: Entry, places: Held) -> None:
    """Keep the original: beside the file with its owner, attributes and mode, in the state directory with at most its mode."""
    if not entry.backup:
        return
    original, backup = places.at(entry.path), places.at(entry.backup)
    try:
        if _is_beside(entry):
            create(backup, entry.before, like=original)
        else:
            with opening(original) as descriptor:
                mode = os.fstat(descriptor).st_mode & 0o777
            create(backup, entry.before, mode=mode)
    except OSError as error:
        raise problem(entry.path, error) from error
    sync(backup)


def _is_beside(entry: Entry) -> bool:
    return os.path.dirname(entry.backup) == os.path.dirname(entry.path)


def _staged(entries: Sequence[Entry], places: Held, stack: ExitStack) -> Iterator[int | None]:
    """Yield a descriptor of the new content for each file, closed with ``stack``; None where it is written later.

    It is written later for files written in place, where the filesystem has no files without a name, and once half of
    the descriptors that a process may have are open.
    """
    for number, entry in enumerate(entries):
        descriptor = None
        if entry.staged and number < _most_open():
            try:
                place = places.at(entry.path)
                descriptor = nameless(place, entry.after, like=place)
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


def _put(entry: Entry, descriptor: int | None, places: Held) -> None:
    _must_be_unchanged(entry, places)
    place = places.at(entry.path)
    try:
        if entry.staged:
            replace(place, entry.after, staged=places.at(entry.staged), descriptor=descriptor)
        else:
            write_into(place, entry.after, before=entry.before)
    except OSError as error:
        raise FileProblem(entry.path, f"{error.strerror or error}; nothing was written".lower()) from error
