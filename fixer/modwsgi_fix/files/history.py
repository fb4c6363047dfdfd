"""What the last writes replaced, kept in the state directory so that ``modwsgi-fix undo`` can put it back.

A record is made before the first file is touched, and dropped when the write fails: it counts as long as a file differs
from the original. So a crash at any moment leaves a record, either of what was written or of a write that changed nothing,
and no step can be lost between writing and recording.

Only records of this user's own runs are trusted: regular files of this user, mode 0600, in directories of this user.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem, digest, problem, read_bytes
from modwsgi_fix.files.journal import MOST
from modwsgi_fix.files.locking import locked, used
from modwsgi_fix.files.places import opening, read_whole
from modwsgi_fix.files.staging import create, delete
from modwsgi_fix.files.state import make_private, private, state_directory
from modwsgi_fix.text import encode

#: The number of writes that can be taken back.
KEPT = 20

_VERSION = 1
_PURPOSE = "where what is needed for undo is to be kept"
_NAME = expression(r"([0-9]{8,})-[0-9a-f]{8}\.undo")


@dataclass(frozen=True, slots=True)
class Written:
    """One file of a write: its real path, its bytes before, and the SHA-256 of those that were written (hexadecimal)."""

    path: str
    before: bytes
    sha256: str

    def now(self) -> bytes | None:
        """Return its present bytes; None where the path is no longer a regular file."""
        if os.path.realpath(self.path) != self.path:
            return None
        try:
            return read_bytes(self.path)
        except FileProblem:
            return None


@dataclass(frozen=True, slots=True)
class Record:
    """One write. ``kept`` is the file of the record; ``in_place`` says that the files keep their inodes."""

    kept: str
    in_place: bool
    files: tuple[Written, ...]

    @property
    def name(self) -> str:
        """What a JSON report says in ``undo``."""
        return os.path.basename(self.kept).removesuffix(".undo")

    @property
    def directories(self) -> list[str]:
        """The directories of its files, each once."""
        return list(dict.fromkeys(os.path.dirname(file.path) for file in self.files))

    @property
    def is_undone(self) -> bool:
        """Whether each file is as it was before, so that there is nothing to take back."""
        return all(file.now() == file.before for file in self.files)


@contextmanager
def writing() -> Iterator[None]:
    """Keep other runs from dropping the new record as that of a write that changed nothing, until the first file is written."""
    with ExitStack() as stack:
        with suppress(FileProblem):
            directory = state_directory("undo")
            make_private(directory, _PURPOSE)
            stack.enter_context(used(directory))
        yield


def remember(changes: Iterable[tuple[str, str, str]], *, in_place: bool) -> str:
    """Make a record of what is about to be written, and return its path; ``""`` where nothing is to be written.

    ``changes`` are (path, text before, text after). Raises ``FileProblem`` where no record can be kept.
    """
    files = [
        {
            "path": os.path.realpath(path),
            "before": base64.b64encode(encode(before)).decode("ascii"),
            "sha256": digest(encode(after)),
        }
        for path, before, after in changes
        if before != after
    ]
    if not files:
        return ""
    directory = state_directory("undo")
    make_private(directory, _PURPOSE)
    data = json.dumps({"version": _VERSION, "in_place": in_place, "files": files}).encode("ascii")
    if len(data) > MOST:
        raise FileProblem(directory, f"more than {MOST >> 20} MiB of originals are not kept")
    with private(directory) as places:
        try:
            numbers = [int(match[1]) for match in map(_NAME.fullmatch, places.names(directory)) if match]
            kept = os.path.join(directory, f"{max(numbers, default=0) + 1:08d}-{secrets.token_hex(4)}.undo")
            create(places.at(kept), data)
        except OSError as error:
            raise problem(directory, error) from error
        places.sync(directory)
    return kept


def drop(kept: str) -> None:
    """Delete a record, if there is one."""
    if kept:
        with suppress(OSError, FileProblem), private(os.path.dirname(kept)) as places:
            delete(places.at(kept))


def drop_unless_written(kept: str) -> None:
    """Delete the record of a write that failed; an error after the last file was written does not count as a failure."""
    record = _read(kept) if kept else None
    if record is None or changed_since(record.files):
        drop(kept)


def drop_oldest() -> None:
    """Delete the records of all but the last ``KEPT`` writes."""
    for kept in _kept()[KEPT:]:
        drop(kept)


def records(*, wanted: Callable[[Record], bool] = lambda record: False) -> list[Record]:
    """Return the writes that can be taken back, the last one first; those that changed nothing are dropped unless ``wanted``."""
    found: list[Record] = []
    nothing: list[Record] = []
    for kept in _kept():
        record = _read(kept)
        if record is not None:
            (nothing if record.is_undone and not wanted(record) else found).append(record)
    # A run that is about to write has a record although its files are unchanged: its record is left alone.
    with suppress(FileProblem), locked([state_directory("undo")] if nothing else []):
        for record in nothing:
            # Until the lock was had, another run may have written what it was about to write.
            if record.is_undone:
                drop(record.kept)
    return found


def _kept() -> list[str]:
    """Return the paths of all records, the last one first."""
    directory = state_directory("undo")
    with suppress(OSError, FileProblem), private(directory) as places:
        names = [(int(match[1]), match[0]) for match in map(_NAME.fullmatch, places.names(directory)) if match]
        return [os.path.join(directory, name) for _, name in sorted(names, reverse=True)]
    return []


def _read(kept: str) -> Record | None:
    """Return the record in a file; None for a file that this program did not make."""
    try:
        with private(os.path.dirname(kept)) as places, opening(places.at(kept)) as descriptor:
            info = os.fstat(descriptor)
            own = not hasattr(os, "geteuid") or (info.st_uid == os.geteuid() and stat.S_IMODE(info.st_mode) == 0o600)
            if not own or info.st_nlink != 1 or info.st_size > MOST:
                return None
            read = json.loads(read_whole(places.at(kept), descriptor))
        if read["version"] != _VERSION or type(read["in_place"]) is not bool:
            return None
        files = tuple(
            Written(str(one["path"]), base64.b64decode(one["before"], validate=True), str(one["sha256"]))
            for one in read["files"]
        )
    except (OSError, FileProblem, ValueError, LookupError, TypeError, RecursionError):
        return None
    return Record(kept, read["in_place"], files) if files else None


def changed_since(files: Sequence[Written]) -> list[FileProblem]:
    """Return the files of a write that were changed since, as problems that say how."""
    problems = []
    for file in files:
        now = file.now()
        if now is not None and digest(now) == file.sha256:
            continue
        if not os.path.lexists(file.path):
            reason = "was removed since"
        elif os.path.islink(file.path):
            reason = "was replaced by a link since"
        elif now is None:
            reason = "cannot be read as the file that was written"
        else:
            reason = "was changed since"
        problems.append(FileProblem(file.path, reason))
    return problems
