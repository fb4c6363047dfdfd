"""What holds in a directory without a request: its layers and merged options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.layers import Layer, Site, every, site_of, stack, unknown_if
from modwsgi_fix.model.merge.options import ALL_OPTIONS, Options, merged_options, override_of, said
from modwsgi_fix.model.merge.sections import directory_matches, location_sections
from modwsgi_fix.model.merge.world import World, ways
from modwsgi_fix.model.paths import components
from modwsgi_fix.tuples import NamedTuple


def on_the_way(site: Site, path: str, name: str | None, world: World) -> list[Layer]:
    """Return the ``<Directory>`` sections for an existing directory without links and ``.htaccess`` files.

    ``name`` is that of the requested file; None for any file, and a regular expression that holds for only some files is then
    unknown. A section that names the file itself holds where links may be followed: httpd then takes each component of an
    existing path for a directory, the file included (request.c:ap_directory_walk).
    """
    layers: list[Layer] = []
    steps = [""]
    for part in components(path):
        # There is no slash before a drive letter.
        steps.append(part if steps == [""] and not path.startswith("/") else f"{steps[-1]}/{part}")
    deepest = steps[-1]
    for step in steps:
        layers += [section for section in site.directories(step, step.count("/")) if section.applies(world)]
    if name is not None:
        on = merged_options([*site.base, *layers], world).on
        if "followsymlinks" in on and "symlinksifownermatch" not in on:
            file = f"{deepest}/{name}"
            layers += [section for section in site.directories(file, file.count("/")) if section.applies(world)]
    for section in site.directory_regexes():
        match = directory_matches(section.section, deepest, name)
        if match is None:
            match = world.holds(f"{section.label} holds for what is asked for in {deepest or '/'}")
        if match and section.applies(world):
            layers.append(section)
    return layers


def layers_at(site: Site, path: str, name: str | None, world: World, located: Iterable[Layer] = ()) -> list[Layer]:
    """Return all layers for a file in a directory, as for ``on_the_way``, with the Locations ``located``.

    Where nothing had to be assumed for them, they are the same under all assumptions, and are found once.
    """
    known = site.settled.get((path, name)) if not located else None
    if known is not None:
        return known
    layers = stack(site, on_the_way(site, path, name, world), name, located, world, unknown_if(world))
    if not world.assumed and not located:
        site.settled[path, name] = layers
    return layers


class Option(NamedTuple):
    """Whether an option is on; None where that is unknown. ``by`` is the directive that decided, None for the default."""

    on: bool | None
    by: Item | None


def option(config: Config, server: Server, path: str, name: str) -> Option:
    """Whether the option ``name`` (lower case) holds in the directory ``path``, as far as ``<Directory>`` decides."""
    states: set[bool | None] = set()
    by: Item | None = None
    for on, lines in config.once((option, server, path), lambda: list(_options(config, server, path))):
        speaking = [line for line in lines if said(line, name) is not None]
        if on is None or not all(line.known for line in speaking):
            states.add(None)
            continue
        decided = speaking[-1] if speaking else None
        by = by or decided
        states.add(name in on if decided is not None or config.complete else None)
    # A Location is merged later, and the URLs that lead here are not considered.
    is_clear = len(states) == 1 and not _has_options_by_url(config, server)
    return Option(states.pop() if is_clear else None, by)


def _options(config: Config, server: Server, path: str) -> Iterator[tuple[Set[str] | None, list[Item]]]:
    """Yield for each branch the options that are on in a directory (None where unknown), and the lines about options."""
    site = site_of(config, server)

    def run(world: World) -> tuple[Set[str], list[Item]]:
        # core.c:create_core_dir_config: FollowSymLinks since 2.3.11, All before.
        options = Options(ALL_OPTIONS) if config.target.is_22 else Options()
        lines: list[Item] = []
        for _, items in every(layers_at(site, path, None, world), ("options",), world):
            options = options.merge(items)
            lines += items
        return options.on, lines

    for way in ways(run, None, {}):
        yield (None, []) if way.result is None else way.result


def _has_options_by_url(config: Config, server: Server) -> bool:
    """Whether a ``<Location>`` that holds for a server has Options."""

    def said_there() -> bool:
        return any(item.key == "options" for one in location_sections(config, server) for item in one.children)

    return config.once((_has_options_by_url, server), said_there)


def may_override(config: Config, server: Server, path: str) -> bool:
    """Whether an ``.htaccess`` file in the directory ``path``, or above it, may be read, as far as can be told."""
    site = site_of(config, server)

    def run(world: World) -> str:
        return override_of(layers_at(site, path, None, world), world)

    allowed = [way.result for way in ways(run, None, {})]
    return any(words is None or (words or ("all" if config.target.is_22 else "none")) != "none" for words in allowed)


def is_override_default(config: Config, server: Server, path: str) -> bool:
    """Whether certainly no line says what an ``.htaccess`` file in the directory ``path`` may say, so that the default counts."""
    site = site_of(config, server)

    def run(world: World) -> str:
        return override_of(layers_at(site, path, None, world), world)

    return all(way.result == "" for way in ways(run, None, {}))
