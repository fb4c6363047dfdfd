"""The filesystem that a configuration's paths mean, under another root: as in a chroot, no path leads out of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TypeVar

from modwsgi_fix.files import MISSING, FileProblem, Files, Listed, Permissions
from modwsgi_fix.files.paths import resolve

T = TypeVar("T")


class Rooted:
    """The filesystem that the paths in a configuration mean, found under ``root``: an image, a mount, a checkout.

    No path leads out of it: a symlink to ``/etc`` in it means ``root/etc``, and ``..`` at its top stays there. ``places``
    are directories elsewhere that stand in it, as (path in here, directory): copies of a server's configuration. Files that
    such a directory lacks are looked for under ``root``. Keys are paths of the underlying ``files``, so that a file has one
    key however it is reached: read a key with ``files``.
    """

    def __init__(self, files: Files, root: str, places: Iterable[tuple[str, str]] = ()) -> None:
        self.files = files
        self.root = files.key(root).rstrip("/")
        inner_first = sorted(places, key=lambda place: -len(place[0]))
        self._places = tuple((at, files.key(directory)) for at, directory in inner_first)
        # httpd's own layout: the directories beside conf/ are the server's, too.
        beside = [
            (os.path.dirname(directory), os.path.dirname(at))
            for at, directory in self._places
            if os.path.basename(at) == os.path.basename(directory)
        ]
        #: The directories of ``files`` that are visible in here, inner ones first, with their paths in here.
        self._doors = sorted(
            [(self.root, ""), *((directory, at) for at, directory in self._places), *beside],
            key=lambda door: -len(door[0]),
        )

    def host(self, path: str) -> str:
        """Return the path of ``files`` for an absolute path of the configuration. A relative one starts at the root."""
        return self._at(resolve(path, self._link))

    def inside(self, path: str) -> str | None:
        """Return the path in here for a path of ``files``, its links not yet followed; None where it lies outside."""
        absolute = path.startswith("/")
        if not self.root:
            return path if absolute else f"{self.files.key('.')}/{path}"
        parts = path.split("/") if absolute else [".", *path.split("/")]
        found: str | None = None
        for count in range(1, len(parts) + 1):
            key = self.files.key("/".join(parts[:count]) or "/")
            # The root may lie in a directory that stands in it.
            if found is None or key == self.root:
                ways = (at + key[len(door) :] for door, at in self._doors if f"{key}/".startswith(f"{door}/"))
                entered = next(ways, None)
                if entered is not None:
                    found = "/".join([entered.rstrip("/"), *parts[count:]])
            if key == self.root:
                break
        return found

    def _at(self, path: str) -> str:
        """Return the path of ``files`` for a path without symlinks."""
        for at, directory in self._places:
            if path == at:
                return directory
            if path.startswith(f"{at}/"):
                rest = path[len(at) :]
                # The first name decides, so that everything below a directory comes from one of the two.
                top = f"{directory}/{rest.split('/')[1]}"
                if self.files.is_link(top) or self.files.is_dir(top) or self.files.is_file(top):
                    return directory + rest
        return self.root + path

    def _link(self, path: str) -> str | None:
        there = self._at(path)
        if not self.files.is_link(there):
            return None
        target = self.files.readlink(there)
        for at, directory in self._places:
            # A link within a copy may name the place where that stands now.
            if there.startswith(f"{directory}/") and f"{target}/".startswith(f"{directory}/"):
                return at + target[len(directory) :]
        return target

    def read(self, path: str) -> str:
        return self.files.read(self._host_if_there(path))

    def key(self, path: str) -> str:
        return self.host(path)

    def is_file(self, path: str) -> bool:
        there = self._reached(path)
        return there is not None and self.files.is_file(there)

    def is_dir(self, path: str) -> bool:
        there = self._reached(path)
        return there is not None and self.files.is_dir(there)

    def is_link(self, path: str) -> bool:
        return self._reached(os.path.dirname(path)) is not None and self.files.is_link(self._link_at(path))

    def is_program(self, path: str) -> bool | None:
        there = self._reached(path)
        return None if there is None else self.files.is_program(there)

    def permissions(self, path: str) -> Permissions | None:
        there = self._reached(path)
        return None if there is None else self.files.permissions(there)

    def readlink(self, path: str) -> str:
        return self.files.readlink(self._link_at(path))

    def names(self, directory: str) -> list[str]:
        return self.files.names(self._host_if_there(directory))

    def listed(self, directory: str) -> Listed:
        return Listed(self.names(directory))

    def is_known(self, path: str) -> bool:
        return self.files.is_known(self.host(path))

    def _link_at(self, path: str) -> str:
        head, name = os.path.split(path)
        return self.host(path) if name in ("", ".", "..") else self._at(os.path.join(resolve(head, self._link), name))

    def _reached(self, path: str) -> str | None:
        """Where a path is for ``files``; None where it passes through what is not a directory."""
        try:
            return self._at(resolve(path, self._link, self._is_passable))
        except OSError:
            return None

    def _is_passable(self, directory: str) -> bool:
        """Whether a path without symlinks is a directory, or is needed as one for a place below it."""
        above = f"{directory.rstrip('/')}/"
        return self.files.is_dir(self._at(directory)) or any(at.startswith(above) for at, _ in self._places)

    def _host_if_there(self, path: str) -> str:
        there = self._reached(path)
        if there is None:
            raise FileProblem(path, MISSING)
        return there


class Held:
    """Files by the user's own paths, none of which leaves a ``Rooted`` filesystem that it leads into.

    ``named`` are files that the user named: such a path leads where it leads on this machine. Any other path that does not
    lead into that filesystem does not exist here.
    """

    def __init__(self, rooted: Rooted, named: Iterable[str] = ()) -> None:
        self._rooted = rooted
        self._named = frozenset(named)
        self._inside: dict[str, str | None] = {}

    def _meant(self, path: str) -> tuple[Files, str] | None:
        """Return the files to ask and the path to ask for; None for a path that leads elsewhere."""
        if path in self._named:
            return self._rooted.files, path
        head, slash, name = path.rpartition("/")
        if not slash or name in ("", ".", ".."):
            inside = self._rooted.inside(path)
        else:
            # Directories are few and needed often.
            if head not in self._inside:
                self._inside[head] = self._rooted.inside(head or "/")
            above = self._inside[head]
            inside = self._rooted.inside(path) if above is None else f"{above.rstrip('/')}/{name}"
        return None if inside is None else (self._rooted, inside)

    def read(self, path: str) -> str:
        return self._ask(path, lambda files, there: files.read(there))

    def key(self, path: str) -> str:
        files, there = self._meant(path) or (self._rooted.files, path)
        return files.key(there)

    def is_file(self, path: str) -> bool:
        meant = self._meant(path)
        return meant is not None and meant[0].is_file(meant[1])

    def is_dir(self, path: str) -> bool:
        meant = self._meant(path)
        return meant is not None and meant[0].is_dir(meant[1])

    def is_link(self, path: str) -> bool:
        meant = self._meant(path)
        return meant is not None and meant[0].is_link(meant[1])

    def is_program(self, path: str) -> bool | None:
        meant = self._meant(path)
        return None if meant is None else meant[0].is_program(meant[1])

    def permissions(self, path: str) -> Permissions | None:
        meant = self._meant(path)
        return None if meant is None else meant[0].permissions(meant[1])

    def readlink(self, path: str) -> str:
        return self._ask(path, lambda files, there: files.readlink(there))

    def names(self, directory: str) -> list[str]:
        return self._ask(directory, lambda files, there: files.names(there))

    def listed(self, directory: str) -> Listed:
        return Listed(self.names(directory))

    def is_known(self, path: str) -> bool:
        meant = self._meant(path)
        return meant is None or meant[0].is_known(meant[1])

    def _ask(self, path: str, question: Callable[[Files, str], T]) -> T:
        meant = self._meant(path)
        if meant is None:
            raise FileProblem(path, "lies outside the root")
        try:
            return question(*meant)
        except FileProblem as problem:
            raise FileProblem(path, problem.reason) from problem
