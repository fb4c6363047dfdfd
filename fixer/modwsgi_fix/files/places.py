"""Files by their directory, which is held open: it stays the same one, even if its name is given to another meanwhile.

A run reads, works out its changes, and writes. A user who may change a directory on the way could put a link in its place
in between, and the path would then lead elsewhere. So the writing code opens the directories once, step by step from the
root and through no link, and then uses names in them (openat(2) and its kin). Where the system has no such calls (Windows),
a place is its path.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from modwsgi_fix.files import FileProblem, problem
from modwsgi_fix.files.sharing import Judge
from modwsgi_fix.tuples import NamedTuple

#: The flags that open a directory only to pass through it, which needs no right to read it (open(2)).
_PASS = getattr(os, "O_PATH", os.O_RDONLY)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
#: Why nothing is written below a path that was a directory and now is a link or a file.
NO_DIRECTORY = "is not a directory, or was replaced by a link; nothing was written"
#: Why nothing is written to a name that has become a link.
REPLACED = "was replaced by a link meanwhile; nothing was written"
_HAS_PLACES = os.open in os.supports_dir_fd


class Place(NamedTuple):
    """A file, there or not: its real path, and its name in the open directory ``above``."""

    path: str
    name: str
    above: int | None

    def beside(self, path: str) -> Place:
        """Return another file of the same directory, by its path."""
        return Place(path, path if self.above is None else os.path.basename(path), self.above)


@dataclass(frozen=True, slots=True)
class Held:
    """Open directories, by their real paths."""

    descriptors: Mapping[str, int]

    def at(self, path: str) -> Place:
        """Return the place of a file in one of these directories, by its real path."""
        if not _HAS_PLACES:
            return Place(path, path, None)
        directory, name = os.path.split(path)
        return Place(path, name, self.descriptors[directory])

    def also(self, other: Held) -> Held:
        """Return these directories together with others; none is opened or closed."""
        return Held({**self.descriptors, **other.descriptors})

    def __contains__(self, directory: str) -> bool:
        return directory in self.descriptors if _HAS_PLACES else os.path.isdir(directory)

    def names(self, directory: str) -> list[str]:
        """Return the names in one of these directories. Raises ``OSError``."""
        return os.listdir(self.descriptors.get(directory, directory))

    def sync(self, directory: str) -> None:
        """Make changes of names in one of these directories durable (fsync)."""
        _sync(directory, self.descriptors.get(directory))


def sync(place: Place) -> None:
    """Make changes of names in the directory of a place durable (fsync)."""
    _sync(os.path.dirname(place.path), place.above)


def _sync(directory: str, descriptor: int | None) -> None:
    if descriptor is not None:
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise problem(directory, error) from error


@contextmanager
def held(directories: Iterable[str], judge: Judge | None = None) -> Iterator[Held]:
    """Open directories by their real paths, and close them at the end. Raises ``FileProblem``.

    ``judge`` is shown each directory on the way, and raises where root must not write below it.
    """
    with ExitStack() as stack:
        descriptors: dict[str, int] = {}
        for directory in dict.fromkeys(directories if _HAS_PLACES else ()):
            descriptors[directory] = open_directory(directory, judge)
            stack.callback(os.close, descriptors[directory])
        yield Held(descriptors)


def open_directory(path: str, judge: Judge | None = None, *, makes: bool = False) -> int:
    """Open a directory by its real path, and return a descriptor for the caller to close. Raises ``FileProblem``.

    With ``makes``, missing directories on the way are made, for this user alone.
    """
    names = [name for name in path.split("/") if name]
    reached, above = "/", _step("/", None, "/", flags=_PASS if names else os.O_RDONLY)
    try:
        if judge:
            judge(reached, above)
        for number, name in enumerate(names, 1):
            reached = os.path.join(reached, name)
            if makes:
                _make(name, above, reached)
            below = _step(name, above, reached, flags=_PASS if number < len(names) else os.O_RDONLY)
            os.close(above)
            above = below
            if judge:
                judge(reached, above)
    except BaseException:
        # A signal may come when it is closed already, and the next one is not known yet.
        with suppress(OSError):
            os.close(above)
        raise
    return above


def _make(name: str, above: int, path: str) -> None:
    try:
        try:
            os.stat(name, dir_fd=above, follow_symlinks=False)
        except FileNotFoundError:
            os.mkdir(name, 0o700, dir_fd=above)
    except OSError as error:
        raise problem(path, error) from error


def _step(name: str, above: int | None, path: str, *, flags: int) -> int:
    try:
        return os.open(name, flags | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise FileProblem(path, NO_DIRECTORY) from error
        raise problem(path, error) from error


def opened(place: Place, *, writes: bool = False) -> int:
    """Open a regular file, and return a descriptor for the caller to close; a link or a pipe, which would block, is refused."""
    try:
        descriptor = os.open(place.name, (os.O_RDWR if writes else os.O_RDONLY) | _NO_LINK, dir_fd=place.above)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise FileProblem(place.path, REPLACED) from error
        raise problem(place.path, error) from error
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise FileProblem(place.path, "is not a regular file")


@contextmanager
def opening(place: Place, *, writes: bool = False) -> Iterator[int]:
    """Open a file as ``opened`` does, and close it at the end."""
    descriptor = opened(place, writes=writes)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def content(place: Place) -> bytes:
    """Return the bytes of a regular file. Raises ``FileProblem``."""
    with opening(place) as descriptor:
        return read_whole(place, descriptor)


def read_whole(place: Place, descriptor: int) -> bytes:
    """Return all bytes of an open file from its present position. Raises ``FileProblem``."""
    try:
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    except OSError as error:
        raise problem(place.path, error) from error
