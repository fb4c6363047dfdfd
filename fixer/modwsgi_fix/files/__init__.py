"""Where configurations are read from: a disk, memory, or a filesystem under another root.

Only this package touches a disk. ``files.rooted`` is the filesystem under another root; ``files.writing`` (all or nothing)
and its journal are imported only for writing.
Paths are text as the configuration has them, decoded by ``text.decode``; ``..`` and symlinks mean what they mean to the
kernel. A path is named by its key: the absolute path of the file behind every symlink, so that
``sites-enabled/x -> ../sites-available/x`` is one file, however it is reached.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping, Set
from functools import cache
from typing import Protocol

from modwsgi_fix.files.paths import resolve, unfollowed
from modwsgi_fix.text import decode, encode
from modwsgi_fix.tuples import NamedTuple

#: The prefix of the names of all files that a run creates beside those it writes. None of them is configuration.
OWN = ".modwsgi-fix-"

#: At the top of a copy that ``modwsgi-fix fetch`` made: what is known of the server beside the copied files.
MANIFEST = "modwsgi-fix-fetched.json"

#: The problem of a path that does not exist.
MISSING = "no such file or directory"

#: The most bytes of a configuration or script that are read: ten thousand hosts take a fifth of it.
MOST_BYTES = 64 << 20


class FileProblem(Exception):
    """A path that cannot be read or written, and why, in one line."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class Permissions(NamedTuple):
    """Who may do what with a file or directory: the bits of its mode, and the numbers of its owner and group."""

    mode: int
    owner: int
    group: int


class Listed(NamedTuple):
    """The names in a directory; those that are ``plain`` are certainly regular files and no links: all of these, some or none."""

    names: list[str]
    plain: Set[str] = frozenset()


class Files(Protocol):
    """The reading access to files that the model uses; none of it changes a file."""

    def read(self, path: str) -> str:
        """Return the text of a file, any bytes. Raises ``FileProblem`` where it is missing, a directory or unreadable."""
        ...

    def key(self, path: str) -> str:
        """Return the absolute path with all symlinks resolved; also of a path that is missing. Never raises."""
        ...

    def is_file(self, path: str) -> bool:
        """Whether ``read`` would read the path, as far as can be seen without opening it."""
        ...

    def is_dir(self, path: str) -> bool:
        """Whether the path is a directory, symlinks followed."""
        ...

    def is_link(self, path: str) -> bool:
        """Whether the path itself is a symlink, wherever it leads."""
        ...

    def is_program(self, path: str) -> bool | None:
        """Whether somebody may execute the file; None where no permissions are known."""
        ...

    def permissions(self, path: str) -> Permissions | None:
        """Return the permissions, symlinks followed; None where they are not known, or an ACL has more to say."""
        ...

    def readlink(self, path: str) -> str:
        """Return the target of a symlink as it is written. Raises ``FileProblem`` for any other path."""
        ...

    def names(self, directory: str) -> list[str]:
        """Return the names in a directory, hidden ones too, in byte order, as httpd sorts with strcmp (server/config.c)."""
        ...

    def listed(self, directory: str) -> Listed:
        """Return ``names`` of a directory with what listing it tells of them."""
        ...

    def is_known(self, path: str) -> bool:
        """Whether a path that is not here certainly does not exist: always, but in a copy that was fetched in part."""
        ...


class Remembered:
    """Files whose directories are looked up once, for as long as nothing changes; what a listing tells is not asked again."""

    def __init__(self, files: Files) -> None:
        self.read = files.read
        self.key = files.key
        self.is_program = files.is_program
        self.permissions = files.permissions
        self.readlink = files.readlink
        self.is_known = files.is_known
        self._files = files
        self._is_dir = cache(files.is_dir)
        #: What was listed, by the directory with a slash at its end.
        self._listed: dict[str, Listed] = {}

    def listed(self, directory: str) -> Listed:
        key = f"{directory.rstrip('/')}/"
        if key not in self._listed:
            self._listed[key] = self._files.listed(directory)
        return self._listed[key]

    def names(self, directory: str) -> list[str]:
        return list(self.listed(directory).names)

    def is_file(self, path: str) -> bool:
        return self._is_plain(path) or self._files.is_file(path)

    def is_dir(self, path: str) -> bool:
        return not self._is_plain(path) and self._is_dir(path)

    def is_link(self, path: str) -> bool:
        return not self._is_plain(path) and self._files.is_link(path)

    def _is_plain(self, path: str) -> bool:
        above = path.rfind("/") + 1
        known = self._listed.get(path[:above])
        return known is not None and path[above:] in known.plain


def key_of_each(files: Files) -> Callable[[str], str]:
    """Return a function as ``files.key``, for many files of few directories: each is resolved and listed once."""
    directories: dict[str, str] = {}

    @cache
    def plain(directory: str) -> Set[str]:
        try:
            return files.listed(directory).plain
        except FileProblem:
            return frozenset()

    def key(path: str) -> str:
        directory, slash, name = path.rpartition("/")
        above = directory or slash or "."
        if name in ("", ".", "..") or (name not in plain(above) and files.is_link(path)):
            return files.key(path)
        if above not in directories:
            directories[above] = files.key(above)
        return f"{directories[above].rstrip('/')}/{name}"

    return key


def problem(path: str, error: OSError | ValueError) -> FileProblem:
    """Return an error of the system as a problem in one line."""
    if isinstance(error, OSError) and error.strerror:
        return FileProblem(path, error.strerror.lower())
    return FileProblem(path, "cannot be a path")


def working_directory() -> str:
    """Return where relative paths start; the root where the working directory is gone or may not be read."""
    try:
        return os.getcwd()
    except OSError:
        return "/"


def absolute(path: str) -> str:
    """Return a path as an absolute one without ``..``; links are not resolved."""
    return os.path.normpath(os.path.join(working_directory(), path))


class Disk:
    """The disk. A relative path starts at the working directory."""

    def read(self, path: str) -> str:
        return decode(read_bytes(path, most=MOST_BYTES))

    def key(self, path: str) -> str:
        try:
            return os.path.realpath(path)
        except (OSError, ValueError):  # a NUL, a path that is too long, no working directory
            return absolute(path)

    def is_file(self, path: str) -> bool:
        return os.path.isfile(path) or path == os.devnull

    def is_dir(self, path: str) -> bool:
        return os.path.isdir(path)

    def is_link(self, path: str) -> bool:
        return os.path.islink(path)

    def is_program(self, path: str) -> bool | None:
        try:
            return bool(os.stat(path).st_mode & 0o111)
        except (OSError, ValueError):
            return None

    def permissions(self, path: str) -> Permissions | None:
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            return None
        return None if has_acl(path) else Permissions(stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)

    def readlink(self, path: str) -> str:
        try:
            return os.readlink(path)
        except (OSError, ValueError) as error:
            raise problem(path, error) from error

    def names(self, directory: str) -> list[str]:
        return self.listed(directory).names

    def listed(self, directory: str) -> Listed:
        try:
            with os.scandir(directory) as entries:
                plain = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
        except (OSError, ValueError) as error:
            raise problem(directory, error) from error
        return Listed(_in_byte_order(plain), {name for name, is_plain in plain.items() if is_plain})

    def is_known(self, path: str) -> bool:
        return True


def has_acl(path: str) -> bool:
    """Whether a file has an ACL, whose further users and groups count beside the mode, as far as this system shows it."""
    if not hasattr(os, "getxattr"):
        return False
    try:
        return bool(os.getxattr(path, "system.posix_acl_access"))
    except OSError:
        return False


def read_bytes(path: str, most: int | None = None) -> bytes:
    """Return the bytes of a regular file or /dev/null, which httpd allows (ap_pcfg_openfile); a pipe would block for ever.

    A file of more than ``most`` bytes is a problem.
    """
    try:
        info = os.stat(path)
        mode = info.st_mode
        if stat.S_ISDIR(mode):
            raise FileProblem(path, "is a directory")
        if not stat.S_ISREG(mode) and path != os.devnull:
            raise FileProblem(path, "is not a regular file")
        if most is not None and info.st_size > most:
            raise FileProblem(path, f"is larger than {most >> 20} MB")
        # Some files of the kernel, such as /proc/kmsg, are regular ones and block as a pipe does.
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        try:
            parts, size = [], 0
            at_once = min(max(info.st_size + 1, 1 << 13), 1 << 20)
            while part := os.read(file, at_once):
                parts.append(part)
                size += len(part)
                if most is not None and size > most:
                    raise FileProblem(path, f"is larger than {most >> 20} MB")
                if size == info.st_size and len(part) < at_once:
                    break  # The end of a file on a disk; those of the kernel say that they are empty.
            return b"".join(parts)
        finally:
            os.close(file)
    except (OSError, ValueError) as error:
        raise problem(path, error) from error


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes, as plans, reports and records of writes have it."""
    from hashlib import sha256

    return sha256(data).hexdigest()


class Memory:
    """Files that exist only in memory, for tests and for callers without a disk.

    ``contents`` are texts or bytes by path, ``links`` the targets of symlinks by path, ``directories`` those that no file
    implies, ``permissions`` those of some paths; the permissions of all others are not known. A relative path starts at
    ``/``.
    """

    def __init__(
        self,
        contents: Mapping[str, str | bytes],
        links: Mapping[str, str] | None = None,
        directories: Iterable[str] = (),
        permissions: Mapping[str, Permissions] | None = None,
    ) -> None:
        self._links: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._names: dict[str, set[str]] = {"/": set()}
        for path, target in (links or {}).items():
            self._links[self._imply(self._link_at(path))] = target
        for path in directories:
            self._names.setdefault(self._imply(self.key(path)), set())
        for path, content in contents.items():
            self._texts[self._imply(self.key(path))] = content if isinstance(content, str) else decode(content)
        self._permissions = {self.key(path): one for path, one in (permissions or {}).items()}

    def _imply(self, path: str) -> str:
        """Add the directories on the way to a path, and return the path."""
        parent = path
        while parent != "/":
            parent, _, name = parent.rpartition("/")
            parent = parent or "/"
            self._names.setdefault(parent, set()).add(name)
        return path

    def read(self, path: str) -> str:
        found = self._find(path)
        if found in self._texts:
            return self._texts[found]
        raise FileProblem(path, "is a directory" if found in self._names else MISSING)

    def key(self, path: str) -> str:
        return resolve(path, self._links.get)

    def is_file(self, path: str) -> bool:
        return self._find(path) in self._texts

    def is_dir(self, path: str) -> bool:
        return self._find(path) in self._names

    def is_link(self, path: str) -> bool:
        return self._link_there(path) in self._links

    def is_program(self, path: str) -> bool | None:
        known = self.permissions(path)
        return None if known is None else bool(known.mode & 0o111)

    def permissions(self, path: str) -> Permissions | None:
        return self._permissions.get(self._find(path))

    def readlink(self, path: str) -> str:
        try:
            return self._links[self._link_there(path)]
        except KeyError:
            raise FileProblem(path, "invalid argument") from None

    def names(self, directory: str) -> list[str]:
        try:
            return _in_byte_order(self._names[self._find(directory)])
        except KeyError:
            reason = "not a directory" if self.is_file(directory) else MISSING
            raise FileProblem(directory, reason) from None

    def listed(self, directory: str) -> Listed:
        names, found = self.names(directory), self._find(directory).rstrip("/")
        return Listed(names, {name for name in names if f"{found}/{name}" in self._texts})

    def is_known(self, path: str) -> bool:
        return True

    def _find(self, path: str) -> str:
        """Return the key of an existing path; ``""`` where the kernel finds nothing, as for ``missing/../a`` or ``file/``."""
        try:
            return resolve(path, self._links.get, self._names.__contains__)
        except OSError:
            return ""

    def _link_at(self, path: str) -> str:
        return unfollowed(path, self.key)

    def _link_there(self, path: str) -> str:
        """As ``_link_at``; ``""`` where the way leads through something that is not a directory, as in ``missing/../link``."""
        return self._link_at(path) if self._find(os.path.dirname(path)) else ""


class Overlay:
    """Other files, with some texts in place of what they hold: an editor's unsaved ones, or standard input."""

    def __init__(self, files: Files, texts: Mapping[str, str]) -> None:
        self._files = files
        self._texts = {files.key(path): text for path, text in texts.items()}

    def read(self, path: str) -> str:
        text = self._texts.get(self.key(path))
        return self._files.read(path) if text is None else text

    def key(self, path: str) -> str:
        return self._files.key(path)

    def is_file(self, path: str) -> bool:
        return self.key(path) in self._texts or self._files.is_file(path)

    def is_dir(self, path: str) -> bool:
        return self._files.is_dir(path)

    def is_link(self, path: str) -> bool:
        return self._files.is_link(path)

    def is_program(self, path: str) -> bool | None:
        return self._files.is_program(path)

    def permissions(self, path: str) -> Permissions | None:
        return self._files.permissions(path)

    def readlink(self, path: str) -> str:
        return self._files.readlink(path)

    def names(self, directory: str) -> list[str]:
        key = self.key(directory)
        new = {os.path.basename(path) for path in self._texts if os.path.dirname(path) == key}
        return _in_byte_order({*self._files.names(directory), *new})

    def listed(self, directory: str) -> Listed:
        return Listed(self.names(directory), self._files.listed(directory).plain)

    def is_known(self, path: str) -> bool:
        return self._files.is_known(path)


def _in_byte_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=encode)
