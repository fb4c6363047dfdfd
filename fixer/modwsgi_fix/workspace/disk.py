"""The disk as the command line reads it, and the files beside the servers that were named."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Set
from contextlib import suppress

from modwsgi_fix.expressions import expression
from modwsgi_fix.files import OWN, Disk, FileProblem, key_of_each
from modwsgi_fix.model.reading.source import Source

_HEAD = 8192
#: Control characters that text does not hold.
_STRAY = expression(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

#: The directories of an installed httpd: the paths in files there mean this machine's.
_INSTALLED = ("/etc/apache2", "/etc/httpd", "/usr/local/apache2", "/usr/local/etc/apache24")


class Configurations(Disk):
    """The disk, without binary files, which are not configuration: programs, pictures, archives."""

    def read(self, path: str) -> str:
        text = super().read(path)
        if is_binary(text):
            raise FileProblem(path, "is binary data, not a configuration")
        return text


def is_binary(text: str) -> bool:
    """Whether a text has too many control characters: at least 8, and one in 20 characters of its beginning.

    httpd reads a line with a NUL up to the NUL, so a stray one must not hide the rest of a file. UTF-16 counts as binary:
    half of it is NULs.
    """
    head = text[:_HEAD]
    strays = len(_STRAY.findall(head))
    return strays >= 8 and strays * 20 > len(head)


def meant_root(sources: Iterable[Source]) -> str | None:
    """Return ``/`` where all named files lie in an installed server's own directory; else None."""
    keys = [key for source in sources for _, key in source.given]
    at_home = [any(key == top or key.startswith(top + "/") for top in _INSTALLED) for key in keys]
    return "/" if at_home and all(at_home) else None


def unread(read: Set[str], source: Source) -> list[str]:
    """Return the files of a whole server's directory that are not among those ``read``, by the paths that the user has.

    Files that Debian keeps in ``*-available`` until they are enabled are left out.
    """
    if not source.complete:
        return []
    found = []
    key_of = key_of_each(source.files)
    for shown, key in source.given:
        if os.path.isdir(key):
            for path in _configurations(key):
                name = os.path.normpath(shown + path[len(key.rstrip("/")) :])
                if key_of(name) not in read:
                    found.append(name)
    return found


def _configurations(top: str) -> Iterator[str]:
    """Yield the configuration files below a directory, in the order of their names, as far as they can be listed."""
    stack = [iter(_entries(top))]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
            continue
        path, name = entry.path, entry.name
        if entry.is_dir(follow_symlinks=False):
            if not (name.endswith(("-available", ".d~")) or name.startswith(".")):
                stack.append(iter(_entries(path)))
        elif not name.startswith(OWN) and name.endswith((".conf", ".vhost")) and _is_file(entry):
            yield path


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a file or leads to one, which the directory itself tells of all but links."""
    return os.path.isfile(entry.path) if entry.is_symlink() else entry.is_file()


def _entries(directory: str) -> list[os.DirEntry[str]]:
    with suppress(OSError), os.scandir(directory) as entries:
        return sorted(entries, key=lambda entry: entry.name)
    return []


def own_files(sources: Iterable[Source]) -> set[str]:
    """Return the files whose names only this program gives, in the real directories in which a run over these sources may write.

    Links are not followed. A directory that cannot be read has nothing that could be put right.
    """
    keys = [key for source in sources for _, key in source.given]
    left = [key for key in keys if os.path.isdir(key)]
    alone = {os.path.dirname(key) for key in keys if not os.path.isdir(key)}.difference(left)
    found: set[str] = set()
    for directory in alone:
        with suppress(OSError):
            found |= {os.path.join(directory, name) for name in os.listdir(directory) if name.startswith(OWN)}
    while left:
        with suppress(OSError), os.scandir(left.pop()) as entries:
            for entry in entries:
                if entry.name.startswith(OWN):
                    found.add(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    left.append(entry.path)
    return found
