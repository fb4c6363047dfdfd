"""Paths of directories and URLs, and indexes of things by the path that each is about.

Things above or below a path are found without asking each of them.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import count
from operator import itemgetter
from typing import Generic, TypeVar

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.patterns import wildcard

T = TypeVar("T")


_SLASHES = expression("//+")


def without_runs(path: str) -> str:
    """Return a path with one slash in the place of several (util.c:ap_no2slash)."""
    return _SLASHES.sub("/", path) if "//" in path else path


def has_wildcard(path: str) -> bool:
    """Whether a path stands for more than itself (apr_fnmatch_test)."""
    return "*" in path or "?" in path or "[" in path


def ascending(path: str) -> Iterator[str]:
    """Yield a path, the directory above it, and so on up to ``/``, or to the first name of a relative path.

    ``posixpath.dirname`` of ``//srv`` is ``//``, and that of ``//`` is ``//`` again.
    """
    yield path
    while above := posixpath.dirname(path):
        above = above if above.strip("/") else "/"
        if above == path:
            return
        path = above
        yield path


def on_a_drive(path: str) -> bool:
    """Whether a path is one of Windows with a drive: ``D:/site`` or ``D:\\site``."""
    return path[1:3] in (":/", ":\\") and path[0].isalpha()


def slashed(path: str) -> str:
    """Return a path of Windows as httpd spells it: a capital drive, and slashes (``apr_filepath_merge``)."""
    return path[0].upper() + path[1:].replace("\\", "/") if on_a_drive(path) else path


@lru_cache(maxsize=16384)
def components(path: str) -> tuple[str, ...]:
    """Return the parts of a path between slashes, the drive of Windows among them."""
    return tuple(part for part in slashed(path).split("/") if part)


def rest_below(path: str, directory: str) -> str:
    """Return what a path has after a directory above it, ``.`` for the directory itself.

    Only the number of names is looked at: on Windows ``c:/site`` is above ``C:/Site/app.wsgi``.
    """
    return "/".join(components(path)[len(components(directory)) :]) or "."


class _Place(Generic[T]):
    """One directory or URL: the things about it, and those about it or anything below it."""

    __slots__ = ("at", "below", "inside", "patterns")

    def __init__(self) -> None:
        self.at: list[T] = []
        self.below: list[T] = []
        self.inside: dict[str, _Place[T]] = {}
        #: The names in ``inside`` that have wildcards.
        self.patterns: list[str] = []

    def enter(self, name: str) -> _Place[T]:
        """Return the place of that name inside this one, made where there is none."""
        if name not in self.inside:
            self.inside[name] = _Place()
            if has_wildcard(name):
                self.patterns.append(name)
        return self.inside[name]

    def matching(self, name: str) -> Iterator[_Place[T]]:
        """Yield the places inside this one that match a name."""
        if name in self.inside:
            yield self.inside[name]
        for pattern in self.patterns:
            if pattern != name and wildcard(pattern)(name):
                yield self.inside[pattern]


class Nested(Generic[T]):
    """Things with their paths, which may have wildcards in their components.

    Paths are compared component by component: ``/srv/a`` is not above ``/srv/ab``.
    """

    def __init__(self, things: Iterable[tuple[str, T]]) -> None:
        self._top: _Place[T] = _Place()
        for path, thing in things:
            place = self._top
            place.below.append(thing)
            for name in components(path):
                place = place.inside.get(name) or place.enter(name)
                place.below.append(thing)
            place.at.append(thing)

    def above(self, path: str) -> list[T]:
        """Return the things about the path or a directory above it (as ``path_matches``), outermost first."""
        places = [self._top]
        found = list(self._top.at)
        for name in components(path):
            places = [inner for place in places for inner in place.matching(name)]
            for place in places:
                found += place.at
        return found

    def below(self, path: str) -> list[T]:
        """Return the things about the path, which has no wildcards, or below it, in the order in which they were given."""
        place = self._top
        for name in components(path):
            if name not in place.inside:
                return []
            place = place.inside[name]
        return place.below


class Ordered:
    """Paths in their order, found by the characters that they begin with."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.all = list(dict.fromkeys(paths))
        self._sorted = sorted(zip(self.all, count()))

    def beginning_with(self, text: str) -> list[str]:
        """Return the paths that begin with a text, in their order."""
        first = last = bisect_left(self._sorted, (text, 0))
        while last < len(self._sorted) and self._sorted[last][0].startswith(text):
            last += 1
        return [self.all[at] for at in sorted(at for _, at in self._sorted[first:last])]


class Prefixes(Generic[T]):
    """Things that take URLs, in their order, found by the prefix that each takes; None stands for a pattern."""

    def __init__(self, things: Iterable[T], prefix_of: Callable[[T], str | None]) -> None:
        self._all = list(enumerate(things))
        self._patterns: list[tuple[int, T]] = []
        self._by_prefix: dict[str, list[tuple[int, T]]] = {}
        for entry in self._all:
            prefix = prefix_of(entry[1])
            if prefix is None or "//" in prefix:
                self._patterns.append(entry)
            else:
                self._by_prefix.setdefault(prefix.rstrip("/"), []).append(entry)
        self._longest = max(map(len, self._by_prefix), default=0)

    def __call__(self, uri: str) -> list[T]:
        """Return the things that may take a URL; no other does."""
        if not self._all:
            return []
        if "//" in uri:
            return [thing for _, thing in self._all]
        found = list(self._patterns)
        for end in {*_slashes(uri, self._longest), len(uri)}:
            found += self._by_prefix.get(uri[:end], ())
        return [thing for _, thing in sorted(found, key=itemgetter(0))]


def _slashes(uri: str, longest: int) -> Iterator[int]:
    at = uri.find("/")
    while 0 <= at <= longest and at < len(uri):
        yield at
        at = uri.find("/", at + 1)
