"""The patterns of sections: paths, wildcards and regular expressions, and the order in which httpd merges them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from modwsgi_fix.directives.families import DIRECTORY_SECTIONS, LOCATION_SECTIONS
from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.patterns import finds, wildcard


def location_sections(config: Config, server: Server) -> list[Item]:
    """``<Location>`` and ``<LocationMatch>`` that hold for a server, in the order httpd merges them: main, then host."""
    return sections_of(config, server, LOCATION_SECTIONS)


def directory_sections(config: Config, server: Server) -> list[Item]:
    """``<Directory>`` and ``<DirectoryMatch>`` that hold for a server, in the order httpd merges them.

    The main server's before the host's where ``directory_rank`` is equal.
    """
    return sorted(sections_of(config, server, DIRECTORY_SECTIONS), key=directory_rank)


def directory_rank(section: Item) -> tuple[bool, int]:
    """Where a ``<Directory>`` comes in: plain and wildcard ones by number of components, then regular expressions.

    These by the number of their slashes, wherever they stand, which no manual says (core.c:reorder_sorter,
    ap_count_dirs; measured on 2.4.71: ``<DirectoryMatch wsgi>`` is overridden by ``<DirectoryMatch /static>``).
    """
    pattern = pattern_of(section)
    return (True, pattern.count("/")) if is_regex_section(section) else (False, depth(pattern))


def sections_of(config: Config, server: Server, keys: tuple[str, ...]) -> list[Item]:
    servers = [server] if server.is_main else [config.main, server]
    # A bare "Directory" is no section, and one without a path is refused: it holds for nothing.
    return [item for one in servers for item in one.all(*keys) if item.is_section and item.args]


def is_regex_section(section: Item) -> bool:
    """``<XMatch regex>`` or ``<X ~ regex>``."""
    return section.key.endswith("match") or (len(section.args) > 1 and section.value == "~")


def pattern_of(section: Item) -> str:
    """A section's path, wildcard or regular expression."""
    return section.args[1].value if len(section.args) > 1 and section.value == "~" else section.value


def depth(path: str) -> int:
    """The number of path components: 0 for ``/``."""
    return len([part for part in path.split("/") if part])


def has_wildcard(path: str) -> bool:
    return any(char in path for char in "*?[")


def directory_matches(section: Item, path: str) -> bool | None:
    """Whether a ``<Directory>`` section holds for a file or directory at ``path`` (a path as mapped, links unresolved).

    Wildcards do not cross a slash (request.c:ap_directory_walk). None where its pattern is not understood.
    """
    pattern = pattern_of(section)
    if is_regex_section(section):
        # The walk tries every directory on the way, each with a slash at its end.
        found = [finds(pattern, part) for part in _parents(path)]
        return True if True in found else None if None in found else False
    return path_matches(pattern, path)


def path_matches(pattern: str, path: str) -> bool:
    """Whether a directory pattern (wildcards within components) holds for ``path`` or a directory above it."""
    wanted, have = _components(pattern), _components(path)
    if len(wanted) > len(have):
        return False
    if wanted == have[: len(wanted)]:
        return True
    return has_wildcard(pattern) and all(
        w == h or (has_wildcard(w) and wildcard(w)(h)) for w, h in zip(wanted, have, strict=False)
    )


@lru_cache(maxsize=16384)
def _components(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def may_overlap(section: Item, path: str) -> bool:
    """Whether a ``<Directory>`` may hold for some directory of a path with wildcards, and is merged before its own section.

    Regular expressions are merged after all paths, and deeper sections after less deep ones.
    """
    if is_regex_section(section):
        return False
    wanted = [part for part in pattern_of(section).split("/") if part]
    have = [part for part in path.split("/") if part]
    return len(wanted) <= len(have) and all(
        w == h or has_wildcard(w) or has_wildcard(h) for w, h in zip(wanted, have, strict=False)
    )


def _parents(path: str) -> Iterator[str]:
    parts = [part for part in path.split("/") if part]
    for count in range(len(parts) + 1):
        yield "/" + "/".join(parts[:count]) + ("/" if count else "")


def files_matches(section: Item, name: str) -> bool | None:
    """Whether a ``<Files>`` or ``<FilesMatch>`` section holds for a file name."""
    pattern = pattern_of(section)
    if is_regex_section(section):
        return finds(pattern, name)
    if has_wildcard(pattern):
        return wildcard(pattern)(name)
    return pattern == name


def location_matches(section: Item, path: str) -> bool | None:
    """Whether a ``<Location>`` section holds for a URL path (request.c:ap_location_walk).

    ``/a`` holds for ``/a`` and what is below; ``/a/`` not for ``/a``; wildcards do not cross a slash.
    """
    pattern = pattern_of(section)
    if is_regex_section(section):
        return finds(pattern, path)
    if has_wildcard(pattern):
        return wildcard(pattern)(path) if "/" not in path.strip("/") else None
    return path.startswith(pattern) and (
        pattern.endswith("/") or len(path) == len(pattern) or path[len(pattern)] == "/"
    )
