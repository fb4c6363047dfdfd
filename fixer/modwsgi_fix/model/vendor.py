"""Which files are as a distribution ships them: they are its business, not the administrator's, and the next upgrade's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set

from modwsgi_fix.files.packages import Sum, shipped_sums
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File, Script

#: Whether a file is as its package ships it, byte for byte.
Shipped = Callable[[File | Script], bool]


def never_shipped(file: File | Script) -> bool:
    """What is known where there is no package database: nothing."""
    return False


def as_shipped(config: Config, rooted: Rooted, named: Set[str]) -> Shipped:
    """Tells the files that are as their packages ship them, by the package database in ``rooted``.

    A file whose key is among ``named`` is not one of them: who names it means it. The database is asked once for all
    files that were read, and again for a script that a rule had read meanwhile.
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
