"""The patterns of sections: paths, wildcards and regular expressions, and the order in which httpd merges them."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.directives.families import DIRECTORY_SECTIONS, LOCATION_SECTIONS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.world import normal
from modwsgi_fix.model.paths import components, has_wildcard
from modwsgi_fix.model.patterns import Unknown, search, wildcard
from modwsgi_fix.tuples import NamedTuple

#: Whether a pattern matches, or the reason why that is not known.
Held = bool | Unknown


def location_sections(config: Config, server: Server) -> list[Item]:
    """Return the ``<Location>`` and ``<LocationMatch>`` sections for a server, as httpd merges them: main server, then host."""
    return sections_of(config, server, LOCATION_SECTIONS)


def directory_sections(config: Config, server: Server) -> list[Item]:
    """Return the ``<Directory>`` and ``<DirectoryMatch>`` sections for a server, in the order in which httpd merges them.

    The main server's come before the host's where ``directory_rank`` is equal.
    """
    return sorted(sections_of(config, server, DIRECTORY_SECTIONS), key=directory_rank)


class Directories(NamedTuple):
    """The ``<Directory>`` and ``<DirectoryMatch>`` sections of a server, in reading order, those in other sections too.

    ``paths`` are those about a path, which may have wildcards; each comes with it, without slashes at its end. ``regexes`` are
    those with a regular expression. A bare ``Directory``, or a section without a path, is neither.
    """

    paths: tuple[tuple[Item, str], ...]
    regexes: tuple[Item, ...]


def directories_in(config: Config, server: Server) -> Directories:
    """Return the sections for directories that stand in a server, which are told apart once."""
    return server.once(Directories, lambda: _told_apart(config.within(server, *DIRECTORY_SECTIONS)))


def _told_apart(sections: Sequence[Item]) -> Directories:
    paths, regexes = [], []
    for section in sections:
        if not section.is_section or not section.args:
            continue
        if is_regex_section(section):
            regexes.append(section)
        else:
            paths.append((section, section.args[0].value.rstrip("/")))
    return Directories(tuple(paths), tuple(regexes))


def directory_rank(section: Item) -> tuple[bool, int]:
    """Return a ``<Directory>``'s sort key: plain and wildcard paths by number of components, then regular expressions.

    Regular expressions are sorted by the number of their slashes, wherever these stand, which no manual says
    (core.c:reorder_sorter, ap_count_dirs; measured on 2.4.71: ``<DirectoryMatch /static>`` overrides ``<DirectoryMatch
    wsgi>``).
    """
    pattern = pattern_of(section)
    return (True, pattern.count("/")) if is_regex_section(section) else (False, depth(pattern))


def sections_of(config: Config, server: Server, keys: tuple[str, ...]) -> list[Item]:
    """Return the sections of these names that hold for a server, in reading order, the main server's first."""
    main = config.once((sections_of, keys), lambda: _own_sections(config.main, keys))
    return main + ([] if server.is_main else _own_sections(server, keys))


def _own_sections(server: Server, keys: tuple[str, ...]) -> list[Item]:
    # A bare "Directory" is not a section, and httpd refuses one without a path: neither holds for anything.
    return [item for item in server.all(*keys) if item.is_section and item.args]


def is_regex_section(section: Item) -> bool:
    """Whether a section is ``<XMatch regex>`` or ``<X ~ regex>``."""
    args = section.args
    return section.key[-5:] == "match" or (bool(args) and args[0].value == "~" and len(args) > 1)


def pattern_and_kind(section: Item) -> tuple[str, bool]:
    """Return ``pattern_of`` and ``is_regex_section`` of a section."""
    args = section.args
    is_regex = section.key[-5:] == "match"
    if len(args) > 1 and args[0].value == "~":
        return args[1].value, True
    return args[0].value if args else "", is_regex


def pattern_of(section: Item) -> str:
    """Return a section's path, wildcard or regular expression."""
    args = section.args
    if not args:
        return ""
    first = args[0].value
    return args[1].value if first == "~" and len(args) > 1 else first


def depth(path: str) -> int:
    """Return the number of path components, 0 for ``/``."""
    return len([part for part in path.split("/") if part])


def directory_regex_match(section: Item, filename: str) -> Held:
    """Whether a ``<DirectoryMatch>`` holds for the file that a request leads to (request.c:ap_directory_walk).

    It is matched once, against the existing part of the file name; that of a directory ends in a slash where the URL does.
    """
    return _finds(pattern_of(section), filename)


def directory_matches(section: Item, path: str, name: str | None = None) -> bool | None:
    """Whether a ``<Directory>`` holds for a file ``name`` in the directory ``path``; without a name, for all files in it.

    None where a regular expression holds for only some of these, or is not understood. Links are not resolved.
    """
    if not is_regex_section(section):
        return path_matches(pattern_of(section), path)
    top = path.rstrip("/")
    texts = (f"{top}/{name}",) if name is not None else (f"{top}/", f"{top}/page.html")
    matches = {directory_regex_match(section, text) for text in texts}
    return matches == {True} if matches in ({True}, {False}) else None


def _finds(pattern: str, text: str) -> Held:
    match = search(pattern, text)
    return match if isinstance(match, Unknown) else match is not None


def path_matches(pattern: str, path: str) -> bool:
    """Whether a directory pattern (wildcards within components) holds for ``path`` or a directory above it."""
    if not has_wildcard(pattern) and pattern[:1] == path[:1] == "/" and not _is_odd(pattern) and "//" not in path:
        # As most are: components need not be told apart.
        return f"{path}/".startswith(f"{pattern.rstrip('/')}/")
    wanted, have = components(normal(pattern)), components(path)
    if len(wanted) > len(have):
        return False
    if wanted == have[: len(wanted)]:
        return True
    return has_wildcard(pattern) and all(
        w == h or (has_wildcard(w) and wildcard(w)(h)) for w, h in zip(wanted, have, strict=False)
    )


def _is_odd(pattern: str) -> bool:
    """Whether ``normal`` may change a path."""
    return "//" in pattern or "/." in pattern


def may_overlap(section: Item, path: str) -> bool:
    """Whether a ``<Directory>`` may hold for some directory of a path with wildcards, and is merged before its own section.

    Regular expressions are merged after all paths, and deeper sections after less deep ones.
    """
    if is_regex_section(section):
        return False
    wanted, have = components(pattern_of(section)), components(path)
    return len(wanted) <= len(have) and not are_apart(wanted, have)


def are_apart(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether no path can begin with both lists of components; wildcards may stand for anything."""
    return any(a != b and not has_wildcard(a) and not has_wildcard(b) for a, b in zip(first, second, strict=False))


def files_match(section: Item, name: str) -> Held:
    """Whether a ``<Files>`` or ``<FilesMatch>`` holds for a file name (request.c:ap_file_walk)."""
    pattern = pattern_of(section)
    if is_regex_section(section):
        return _finds(pattern, name)
    return wildcard(pattern)(name) if has_wildcard(pattern) else pattern == name


def location_match(section: Item, uri: str) -> Held:
    """Whether a ``<Location>`` or ``<LocationMatch>`` holds for a URL path (request.c:ap_location_walk).

    ``/a`` holds for ``/a`` and all URLs below it, ``/a/`` does not hold for ``/a``; a wildcard must match the whole path.
    """
    pattern = pattern_of(section)
    if is_regex_section(section):
        return _finds(pattern, uri)
    if has_wildcard(pattern):
        return wildcard(pattern)(uri)
    return uri.startswith(pattern) and (
        pattern.endswith("/") or len(uri) == len(pattern) or not pattern or uri[len(pattern)] == "/"
    )
