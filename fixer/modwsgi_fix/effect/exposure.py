"""Every file that a visitor can fetch: each file that a URL may lead to is traced."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from modwsgi_fix.directives.suffixes import SENSITIVE
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.paths import ascending
from modwsgi_fix.model.request import Kind, Trace, trace
from modwsgi_fix.model.request.visits import every_file
from modwsgi_fix.model.servers import label
from modwsgi_fix.tuples import NamedTuple

_SENSITIVE = tuple((kind, expression(names, re.I)) for kind, names in SENSITIVE)
#: The most directories that are looked through for files that should not be served.
_MOST_DIRECTORIES = 2000
_HANDED_OUT = (Kind.FILE, Kind.PROGRAM)
_ORDER = {kind: at for at, (kind, _) in enumerate(SENSITIVE)}


class Found(NamedTuple):
    """One file that is served, or a CGI program that a visitor can run.

    ``certain`` is False where it depends on something that the configuration does not say; ``via`` is the directive that leads
    to the file.
    """

    url: str
    file: str
    kind: str
    via: str
    place: str
    certain: bool
    is_program: bool = False


class Exposed(NamedTuple):
    """The files that one host hands out."""

    host: str
    files: tuple[Found, ...]

    @property
    def sensitive(self) -> tuple[Found, ...]:
        """The files that should hardly be open, the worst first."""
        found = [one for one in self.files if one.kind]
        return tuple(sorted(found, key=lambda one: (_ORDER[one.kind], one.url)))

    @property
    def programs(self) -> tuple[Found, ...]:
        """The programs that visitors can run, by URL."""
        return tuple(sorted((one for one in self.files if one.is_program), key=lambda one: one.url))

    @property
    def directories(self) -> dict[str, int]:
        """The number of files served from each directory, by the directory's path on the disk."""
        counted: dict[str, int] = {}
        for one in (one for one in self.files if not one.is_program):
            directory = posixpath.dirname(one.file)
            counted[directory] = counted.get(directory, 0) + 1
        return dict(sorted(counted.items()))


def exposed(config: Config) -> list[Exposed]:
    """Return the files that each host hands out, the main server first. Needs the filesystem that the paths mean."""
    found = []
    for server in config.servers:
        files = tuple(_of(config, server))
        if files:
            found.append(Exposed(label(server), files))
    return found


def _of(config: Config, server: Server) -> Iterator[Found]:
    seen: set[str] = set()
    for request in every_file(config, server):
        traced = trace(config, request)
        if not config.named("serverpath") and all(b.outcome.server not in (None, server) for b in traced):
            return  # Another host has the name that all of these requests are made for.
        outcome = traced.outcome
        served = [b.outcome for b in traced if b.outcome.kind in _HANDED_OUT]
        if not served or served[0].server is not server:
            continue
        file = served[0].file
        if file in seen:
            continue
        seen.add(file)
        is_program = served[0].kind is Kind.PROGRAM
        via, place = _via(config, traced, file)
        kind = "" if is_program else kind_of(file)
        yield Found(request.url, file, kind, via, place, outcome.kind in _HANDED_OUT, is_program)


def kind_of(path: str) -> str:
    """Return the kind of a file that should not be served, by its name; empty for others."""
    if any(part.startswith(".") and part not in (".", "..", ".well-known") for part in path.split("/")[:-1]):
        return "dot file"
    name = posixpath.basename(path)
    return next((kind for kind, pattern in _SENSITIVE if pattern.search(name)), "")


def worst_first(kind: str) -> int:
    """Return the rank of a kind of file among those that should not be served; the most harmful is 0."""
    return _ORDER[kind]


class Closed(NamedTuple):
    """The files that should not be served in a directory that is to be published.

    ``pattern`` is for a ``<FilesMatch>`` and matches these files, and others of their kinds; ``directories`` are those
    whose name begins with a dot, outermost only; ``example`` is one of either. ``is_known`` is False where the directory
    cannot be looked through.
    """

    pattern: str
    directories: tuple[str, ...]
    example: str
    is_known: bool


def closed_below(config: Config, top: str) -> Closed:
    """Return the files in a directory that should not be served by their kind, as ``--root`` shows them."""
    top = top.rstrip("/")
    paths, is_whole = _below(config, top)
    dotted: list[str] = []
    files: list[str] = []
    for path in paths:
        # Sorted, so that a directory comes before what is in it.
        if any(path.startswith(f"{above}/") for above in dotted):
            continue
        if not _is_directory(config, path):
            files += [path] if kind_of(path[len(top) :]) else []
        elif kind_of(f"{path[len(top) :]}/x"):
            dotted.append(path)
    patterns = sorted({_pattern(posixpath.basename(path)) for path in files})
    example = min([*files, *dotted], default="")
    return Closed("(?i)" + "|".join(patterns) if patterns else "", tuple(dotted), example, is_whole)


def _is_directory(config: Config, path: str) -> bool:
    return config.disk is not None and config.disk.is_dir(path) and not config.disk.is_link(path)


def _pattern(name: str) -> str:
    """Return an expression, as httpd reads it, for all names of the kind that one name is of; case does not count."""
    extension = posixpath.splitext(name)[1]
    if name.startswith("."):
        return r"^\."
    if name.endswith("~"):
        return "~$"
    return rf"\{extension.lower()}$" if extension and kind_of(f"x{extension}") else f"^{re.escape(name)}$"


def holds_static_files_only(config: Config, top: str) -> bool:
    """Whether a directory is there, and no file in it is of a kind that should not be served."""
    disk, top = config.disk, top.rstrip("/")
    paths, is_whole = _below(config, top)
    return is_whole and not any(kind_of(path[len(top) :]) or (disk and disk.is_link(path)) for path in paths)


def program_below(config: Config, top: str) -> str:
    """Return a file in a directory that somebody may execute, as ``--root`` shows it; empty where there is none to see."""
    disk, (paths, _) = config.disk, _below(config, top.rstrip("/"))
    return next((path for path in paths if disk and disk.is_file(path) and disk.is_program(path)), "")


def _below(config: Config, top: str) -> tuple[list[str], bool]:
    """Return all that lies below a directory, links not followed, and whether it is there and could be read."""
    disk = config.disk
    if disk is None or "*" in top or not disk.is_dir(top):
        return [], False
    found: list[str] = []
    pending = [top]
    for _ in range(_MOST_DIRECTORIES):
        if not pending:
            return sorted(found), True
        directory = pending.pop()
        try:
            paths = [f"{directory}/{name}" for name in disk.names(directory)]
        except FileProblem:
            return sorted(found), False
        found += paths
        pending += [path for path in paths if _is_directory(config, path)]
    return sorted(found), False


def _via(config: Config, traced: Trace, file: str) -> tuple[str, str]:
    """Return how a URL leads to a file, by which directive or symbolic link, and the place of the directive."""
    branch = next(b for b in traced if b.outcome.kind in _HANDED_OUT)
    step = next((s for s in branch.outcome.because if s.phase == "mapping"), None)
    name = step.item.name if step is not None and step.item is not None else "DocumentRoot"
    link = _link(config, file)
    return (f"{name}, through the link {link}" if link else name), (step.place if step is not None else "")


def _link(config: Config, file: str) -> str | None:
    disk = config.disk
    return None if disk is None else next(filter(disk.is_link, ascending(file)), None)
