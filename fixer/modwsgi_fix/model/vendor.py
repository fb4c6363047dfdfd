"""Files that are as their packages ship them: the distribution and its next upgrade care for them, not the administrator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set

from modwsgi_fix.files.packages import Sum, shipped_sums
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File, Script

#: Whether a file is as its package ships it, byte for byte.
Shipped = Callable[[File | Script], bool]


def never_shipped(file: File | Script) -> bool:
    """Return False: without a package database nothing is known to be shipped."""
    return False


def as_shipped(config: Config, rooted: Rooted, named: Set[str]) -> Shipped:
    """Return a function that says whether a file is as its package ships it, by the package database in ``rooted``.

    A file whose key is among ``named`` never counts: a user who names it means it. The database is asked once for all files
    that were read, and again for each script that a rule has read since.
    """
    sums: dict[str, set[Sum]] = {}
    known: dict[str, bool] = {}

    def ask(keys: Iterable[str]) -> None:
        paths = {key: rooted.inside(key) for key in keys if key not in sums and key not in named}
        found = shipped_sums(rooted, [path for path in paths.values() if path is not None])
        sums.update((key, found.get(path or "", set())) for key, path in paths.items())

    def shipped(file: File | Script) -> bool:
        if file.path not in known:
            if file.path not in sums:
                ask([file.path, *config.files, *config.scripts])
            known[file.path] = any(one.is_of(file.text) for one in sums.get(file.path, ()))
        return known[file.path]

    return shipped
