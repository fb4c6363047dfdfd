"""Sections as httpd merges them: layers, each what one section says, found by directory, file, URL or condition.

A later layer wins. This module only finds the layers and their order (server/core.c:ap_core_reorder_directories,
merge_core_server_configs); the callers know what a layer means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import groupby
from operator import attrgetter
from typing import Any

from modwsgi_fix.directives.families import (
    DIRECTORY_SECTIONS,
    DISJOINT_SECTIONS,
    EXPRESSION_SECTIONS,
    FILES_SECTIONS,
    LIMIT_SECTIONS,
    LOCATION_SECTIONS,
    OLD_ACCESS,
    REQUIRE_SECTIONS,
)
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.sections import (
    Held,
    directory_rank,
    files_match,
    location_match,
    pattern_and_kind,
)
from modwsgi_fix.model.merge.world import Beyond, Step, World, normal
from modwsgi_fix.model.paths import has_wildcard, without_runs
from modwsgi_fix.model.patterns import Unknown, wildcard

#: What is not a line of the layer that it stands in.
_APART = frozenset({*FILES_SECTIONS, *EXPRESSION_SECTIONS, *LIMIT_SECTIONS, *DISJOINT_SECTIONS, *REQUIRE_SECTIONS})


class Layer:
    """What one section says by itself; ``section`` is None for the level of a server, and for an ``.htaccess`` file.

    ``directory`` is that of the ``.htaccess`` file; None for all other layers.
    """

    __slots__ = ("access", "by_key", "directory", "files", "forgets", "ifs", "names", "rewrites", "section")

    def __init__(self, section: Item | None, items: Iterable[Item], *, directory: str | None = None) -> None:
        self.section = section
        self.directory = directory
        self.by_key: dict[str, list[Item]] = {}
        self.names = self.by_key.keys()
        self.files: list[Section] = []
        self.ifs: list[Section] = []
        #: Whether lines of mod_access_compat were passed over: they take back what stands further out all the same.
        self.forgets = False
        #: The remembered result of ``merge.access.spoken_by``.
        self.access: Any = None
        #: The remembered rules of mod_rewrite (``request.rewrite_settings``).
        self.rewrites: Any = None
        self._add(items)

    def _add(self, items: Iterable[Item]) -> None:
        by_key = self.by_key
        for item in items:
            key = item.key
            if key not in _APART:
                if key in by_key:
                    by_key[key].append(item)
                else:
                    by_key[key] = [item]
            elif key in FILES_SECTIONS:
                self.files.append(Section(item))
            elif key in EXPRESSION_SECTIONS:
                self.ifs.append(Section(item))
            elif key in LIMIT_SECTIONS:
                self._add(item.children)
            elif key in REQUIRE_SECTIONS:
                by_key.setdefault(key, []).append(item)
                self._add(_beside_requires(item))

    def pass_over(self, items: Set[Item]) -> None:
        """Take out lines that httpd passes over, and sections: they, and what stands in them, take no effect."""
        if not items:
            return
        for key in list(self.by_key):
            if key in OLD_ACCESS and not items.isdisjoint(self.by_key[key]):
                # httpd makes a configuration of the module before it asks whether the line is allowed
                # (config.c:ap_walk_config_sub).
                self.forgets = True
            self.by_key[key] = [item for item in self.by_key[key] if not _is_within(item, items)]
            if not self.by_key[key]:
                del self.by_key[key]
        for sections in (self.files, self.ifs):
            sections[:] = [section for section in sections if section.section not in items]
            for section in sections:
                section.pass_over(items)

    def all(self, keys: Iterable[str]) -> list[Item]:
        """Return the directives of these names, in reading order."""
        found = [item for key in keys for item in self.by_key.get(key, ())]
        found.sort(key=attrgetter("index"))
        return found

    @property
    def is_level(self) -> bool:
        """Whether it is a server's own level: the lines outside of all sections and ``.htaccess`` files."""
        return self.section is None and self.directory is None

    @property
    def label(self) -> str:
        """The name for messages: ``<Directory /srv>`` or the server's own level."""
        if self.directory is not None:
            return f".htaccess of {self.directory or '/'}"
        if self.section is None:
            return "the server's own level"
        return f"<{self.section.name} {' '.join(self.section.values)}>"


def _is_within(item: Item | None, items: Set[Item]) -> bool:
    """Whether a line or a section around it is among these."""
    while item is not None and item not in items:
        item = item.parent
    return item is not None


def _beside_requires(container: Item) -> Iterator[Item]:
    """Yield the lines in a container of Require that say something else: to httpd they stand in the section around it."""
    for item in container.children:
        if item.key in REQUIRE_SECTIONS:
            yield from _beside_requires(item)
        elif item.key != "require":
            yield item


class Section(Layer):
    """A section with a pattern: a path, a wildcard or a regular expression."""

    __slots__ = ("order", "pattern", "regex")
    section: Item

    def __init__(self, item: Item) -> None:
        super().__init__(item, item.children)
        self.order = 0
        self.pattern, self.regex = pattern_and_kind(item)

    def meant(self, match: Held) -> bool:
        """Whether the pattern matches. Raises ``Beyond`` where that is not known."""
        if isinstance(match, Unknown):
            raise Beyond(match.reason, self.section)
        return match

    def applies(self, world: World) -> bool:
        """Whether the section is read; asks or raises where that, or its pattern, is not known."""
        if not self.section.known:
            return world.holds(f"{self.label} is meant, with a variable that is not defined here")
        return not self.section.guards or world.active(self.section)


class Directories:
    """The ``<Directory>`` sections of one server, by the number of components and path; then regular expressions."""

    def __init__(self, items: Iterable[Item], order: int) -> None:
        self.exact: dict[str, list[Section]] = {}
        self.wild: dict[int, list[tuple[str, Section]]] = {}
        self.regexes: list[Section] = []
        for item in items:
            section = Section(item)
            order += 1
            section.order = order
            path = normal(section.pattern).rstrip("/")
            if section.regex:
                self.regexes.append(section)
            elif has_wildcard(section.pattern):
                self.wild.setdefault(path.count("/"), []).append((path, section))
            else:
                self.exact.setdefault(path.lower() if path[1:2] == ":" else path, []).append(section)

    def matching(self, path: str, depth: int) -> list[Section]:
        """Return the sections with wildcards for a directory (without a slash at its end) of that many components."""
        return [section for pattern, section in self.wild[depth] if wildcard(pattern)(path)]


_NONE: list[Section] = []


class Locations:
    """The ``<Location>`` sections of one server in file order, by their URLs; then wildcards and regular expressions."""

    def __init__(self, items: Iterable[Item], order: int) -> None:
        self.all: list[Section] = []
        self.exact: dict[str, list[Section]] = {}
        self.patterns: list[Section] = []
        for item in items:
            section = Section(item)
            order += 1
            section.order = order
            self.all.append(section)
            if section.regex or has_wildcard(section.pattern):
                self.patterns.append(section)
            else:
                self.exact.setdefault(section.pattern, []).append(section)
        self._lengths = {len(url) for url in self.exact}

    def near(self, uri: str) -> list[Section]:
        """Return the sections that may hold for a URL path, in file order; no others do."""
        known = (self.exact.get(uri[:length], _NONE) for length in self._lengths if length <= len(uri))
        found = [*self.patterns, *(section for sections in known for section in sections)]
        found.sort(key=lambda section: section.order)
        return found


class Site:
    """One server with what it inherits from the main server, indexed for the look-ups of a request."""

    def __init__(self, config: Config, server: Server) -> None:
        self.config = config
        self.server = server
        main = _main(config)
        own = [] if server.is_main else [server.once(_Own, lambda: _Own(server, 1 << 20))]
        both = [main, *own]
        self.base = [one.layer for one in both]
        self._directories = [one.directories for one in both]
        self._locations = [one.locations for one in both]
        regexes = [section for one in self._directories for section in one.regexes]
        #: The ``<Directory>`` sections with regular expressions, in the order in which httpd merges them (``directory_rank``).
        self.directory_regexes = sorted(regexes, key=lambda section: directory_rank(section.section))
        #: The layers that hold in a directory for a file there, where no question was asked: for ``places.layers_at``.
        self.settled: dict[tuple[str, str | None], list[Layer]] = {}
        #: The sections for a directory and all above it, where no question was asked: for ``places.on_the_way``.
        self.walked: dict[str, list[Layer]] = {}
        #: The options of a directory, and what decides them: for ``places.option``.
        self.options: dict[str, Any] = {}
        #: Why sections refuse a visitor, and the steps to it, where nothing else decides: for ``request.permit``.
        self.admitted: dict[tuple[object, ...], tuple[Any, list[Step], bool]] = {}
        #: The ``<Location>`` sections near the URL that was asked last, and whether each is meant: for all branches of a trace.
        self._near: tuple[str, list[tuple[Section, Held]]] | None = None

    def directories(self, path: str, depth: int) -> list[Section]:
        """Return the ``<Directory>`` sections for exactly this directory, in the order of merging."""
        found: list[Section] = []
        # The file system of Windows knows no capitals.
        folded = path.lower() if path[1:2] == ":" else path
        for sections in self._directories:
            # Most directories have no section of their own.
            if folded in sections.exact:
                found += sections.exact[folded]
            if depth in sections.wild:
                found += sections.matching(path, depth)
        if len(found) > 1:
            found.sort(key=lambda section: section.order)
        return found

    def locations(self, uri: str, world: World) -> list[Layer]:
        """Return the ``<Location>`` sections that hold, in file order, the main server's first (request.c:ap_location_walk)."""
        if self._near is not None and self._near[0] == uri:
            near = self._near[1]
        else:
            # A <Location> is compared with the URL without repeated slashes, a <LocationMatch> with it as it is.
            merged = without_runs(uri)
            sections = (section for one in self._locations for section in one.near(merged))
            near = [(one, location_match(one.section, uri if one.regex else merged)) for one in sections]
            # What is unknown may be because expressions have taken too long so far, and is asked again.
            if not any(isinstance(match, Unknown) for _, match in near):
                self._near = uri, near
        return [section for section, match in near if section.meant(match) and section.applies(world)]

    def every_location(self) -> list[Item]:
        """Return all ``<Location>`` and ``<LocationMatch>`` sections of the server and the main server."""
        return [section.section for one in self._locations for section in one.all]

    def last(self, key: str, world: World) -> Item | None:
        """Return the directive of the server level that counts: the host's own, else the main server's; None without one."""
        return last(self.base, key, world)


class _Own:
    def __init__(self, server: Server, order: int) -> None:
        self.layer = Layer(None, server.items)
        self.directories = Directories(_of(server, DIRECTORY_SECTIONS), order)
        self.locations = Locations(_of(server, LOCATION_SECTIONS), order)


def _of(server: Server, names: tuple[str, ...]) -> list[Item]:
    return [item for item in server.items if item.key in names]


@derived
def _main(config: Config) -> _Own:
    return _Own(config.main, 0)


def site_of(config: Config, server: Server) -> Site:
    """Return the site of a server, which is made for the first request."""
    return config.once((Site, server), lambda: Site(config, server))


def file_layers(layers: Iterable[Layer], name: str, world: World) -> list[Layer]:
    """Return the ``<Files>`` sections of these layers that hold for a file name (request.c:ap_file_walk)."""
    return [
        section
        for layer in layers
        for section in layer.files
        if section.meant(files_match(section.section, name)) and section.applies(world)
    ]


def if_layers(layers: Iterable[Layer], world: World, holds: Callable[[str], bool]) -> list[Layer]:
    """Return the conditional sections of these layers whose expressions hold, in order (request.c:ap_if_walk)."""
    found: list[Layer] = []
    for layer in layers:
        taken = False
        for section in layer.ifs:
            if not section.applies(world):
                continue
            key = section.section.key
            if key == "if":
                taken = False
            elif taken:
                continue
            if key == "else" or holds(" ".join(section.section.values)):
                taken = True
                found += [section, *if_layers([section], world, holds)]
    return found


def stack(
    site: Site,
    walked: Iterable[Layer],
    name: str | None,
    located: Iterable[Layer],
    world: World,
    holds: Callable[[str], bool],
) -> list[Layer]:
    """Return all layers that hold for a request, in the order of merging (request.c:ap_process_request_internal).

    ``walked`` are the layers of the directories, ``name`` is the file's (None for no ``<Files>``), ``located`` are the layers
    of the URL; ``holds`` says whether an expression of ``<If>`` is true.
    """
    below = [*site.base, *walked]
    layers = [*below, *(file_layers(below, name, world) if name is not None else ()), *located]
    return [*layers, *if_layers(layers, world, holds)]


#: The kinds of sections that httpd looks for by themselves; all others are found with the directories.
_WALKS = (FILES_SECTIONS, LOCATION_SECTIONS, EXPRESSION_SECTIONS)


def walks(layers: Iterable[Layer]) -> Iterator[Iterable[Layer]]:
    """Yield the layers of each walk: httpd merges the sections of each by themselves first, and servers likewise (request.c)."""
    return (walk for _, walk in groupby(layers, _walk_of))


def _walk_of(layer: Layer) -> tuple[str, ...]:
    if layer.section is None:
        return ("server",) if layer.is_level else ()
    return next((keys for keys in _WALKS if layer.section.key in keys), ())


def unknown_if(world: World) -> Callable[[str], bool]:
    """Return a function for expressions of ``<If>`` without a request: each is a question to the world."""
    return lambda expression: world.holds(f"the condition <If {expression}> holds")


def last(layers: Sequence[Layer], key: str, world: World) -> Item | None:
    """Return the last directive of a name that is read; None without one."""
    for layer in reversed(layers):
        if key in layer.by_key:
            for item in reversed(layer.by_key[key]):
                if not item.guards or world.active(item):
                    return item
    return None


def every(layers: Iterable[Layer], keys: Iterable[str], world: World) -> Iterator[tuple[Layer, list[Item]]]:
    """Yield each layer with directives of these names, and those directives that are read, in order."""
    for layer in layers:
        if layer.names.isdisjoint(keys):
            continue
        items = [item for key in keys for item in layer.by_key.get(key, ()) if not item.guards or world.active(item)]
        if items:
            items.sort(key=attrgetter("index"))
            yield layer, items
