"""Paths resolved as the kernel does, with symlinks looked up by a function."""

from __future__ import annotations

import os
from collections.abc import Callable
from errno import ELOOP, ENAMETOOLONG

#: As many symlinks on one path as Linux follows (path_resolution(7)); more are a loop.
_MOST_LINKS = 40
#: Characters of a path that the system takes (PATH_MAX in linux/limits.h).
LONGEST_PATH = 4096


def resolve(path: str, link: Callable[[str], str | None], is_dir: Callable[[str], bool] | None = None) -> str:
    """Return an absolute path without symlinks, ``.`` and ``..``, as path_resolution(7) has it.

    ``link`` returns the target of a resolved path that is a symlink, else None. With ``is_dir``, ``OSError`` is raised where
    the path passes through something that is not a directory, or through too many links, or is too long. Without
    ``is_dir``, as in ``os.path.realpath``, the names of such a path are joined, and a loop of links stays as it is written.
    """
    if len(path) > LONGEST_PATH:
        if is_dir:
            raise OSError(ENAMETOOLONG, os.strerror(ENAMETOOLONG), path)
        return os.path.normpath(f"/{path}")
    resolved = "/"
    left = path.split("/")[::-1]
    links = 0
    passed = ""
    while left:
        name = left.pop()
        # Asked once for a run of slashes.
        if is_dir and resolved != passed and not is_dir(resolved):
            raise NotADirectoryError(resolved)
        passed = resolved
        if name in ("", "."):
            continue
        if name == "..":
            resolved = os.path.dirname(resolved)
            continue
        candidate = os.path.join(resolved, name)
        target = link(candidate)
        if target is not None and links == _MOST_LINKS:
            if is_dir:
                raise OSError(ELOOP, os.strerror(ELOOP), path)
            target = None
        if target is None:
            resolved = candidate
            continue
        links += 1
        resolved = "/" if target.startswith("/") else resolved
        left += target.split("/")[::-1]
    return resolved


def unfollowed(path: str, resolved: Callable[[str], str]) -> str:
    """Return a path with all but its last name resolved; where it ends in a slash or dots, with all of it resolved."""
    head, name = os.path.split(path)
    return resolved(path) if name in ("", ".", "..") else os.path.join(resolved(head), name)
