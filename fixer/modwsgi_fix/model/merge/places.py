"""What holds in a directory without a request: its layers and merged options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.layers import Layer, Site, every, site_of, stack, unknown_if
from modwsgi_fix.model.merge.options import ALL_OPTIONS, EVERY_OPTION, Options, merged_options, override_of, turned
from modwsgi_fix.model.merge.sections import directory_matches, location_sections
from modwsgi_fix.model.merge.world import Beyond, Fork, World, assuming, ways
from modwsgi_fix.model.paths import components
from modwsgi_fix.tuples import NamedTuple


def on_the_way(site: Site, path: str, name: str | None, world: World) -> list[Layer]:
    """Return the ``<Directory>`` sections for an existing directory without links and ``.htaccess`` files.

    ``name`` is that of the requested file; None for any file, and a regular expression that holds for only some files is then
    unknown. A section that names the file itself holds where links may be followed: httpd then takes each component of an
    existing path for a directory, the file included (request.c:ap_directory_walk).
    """
    deepest = path.strip("/") if "//" not in path else "/".join(components(path))
    if deepest and path.startswith("/"):  # and not a drive letter
        deepest = f"/{deepest}"
    layers = _down_to(site, deepest, world)
    if name is not None:
        on = merged_options([*site.base, *layers], world).on
        if "followsymlinks" in on and "symlinksifownermatch" not in on:
            layers += _at(site, f"{deepest}/{name}", world)
    for section in site.directory_regexes:
        match = directory_matches(section.section, deepest, name)
        if match is None:
            match = world.holds(f"{section.label} holds for what is asked for in {deepest or '/'}")
        if match and section.applies(world):
            layers.append(section)
    return layers


def _at(site: Site, path: str, world: World) -> list[Layer]:
    """Return the ``<Directory>`` sections for exactly this path, which has no slash at its end."""
    return [section for section in site.directories(path, path.count("/")) if section.applies(world)]


def _down_to(site: Site, path: str, world: World) -> list[Layer]:
    """Return the ``<Directory>`` sections for a directory and all above it, from ``/``, which is the empty path, downwards.

    What holds above it is remembered where nothing had to be assumed for that: neighbours have it in common.
    """
    above = path.rpartition("/")[0]
    layers = site.walked.get(above)
    if layers is None:
        ends = [at for at, char in enumerate(above) if char == "/" and at]
        steps = ["", *(above[:end] for end in ends), *([above] if above else [])]
        layers = [section for step in steps for section in _at(site, step, world)]
        if not world.assumed:
            site.walked[above] = layers
    return [*layers, *_at(site, path, world)] if path else list(layers)


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


def settled_at(site: Site, path: str, name: str | None) -> list[Layer] | None:
    """Return ``layers_at`` where no question has to be asked for them; else None."""
    known = site.settled.get((path, name))
    if known is not None:
        return known
    try:
        return layers_at(site, path, name, World(None, {}, {}))
    except (Fork, Beyond):
        return None


class Option(NamedTuple):
    """Whether an option is on; None where that is unknown. ``by`` is the directive that decided, None for the default."""

    on: bool | None
    by: Item | None


def option(config: Config, server: Server, path: str, name: str) -> Option:
    """Whether the option ``name`` (lower case) holds in the directory ``path``, as far as ``<Directory>`` decides."""
    site = site_of(config, server)
    known = site.options.get(path)
    if known is None:
        known = site.options[path] = _options_known(site, path) or _options(site, path)
    first, by, lines = known
    found = first[name]
    return found if by is lines or found.by is None else Option(found.on, lines[by.index(found.by)])


def _options_known(site: Site, path: str) -> Any:
    """Return what is known of the options of the directory above, where no section for ``path`` itself says anything of them."""
    above = path.rpartition("/")[0]
    if not above.startswith("/") or above.endswith("/") or path.endswith("/") or site.directory_regexes:
        return None
    own = site.directories(path, path.count("/"))
    if any("options" in section.by_key or section.ifs for section in own):
        return None
    known = site.options.get(above)
    if known is None:
        known = site.options[above] = _options(site, above)
    return known


def _options(site: Site, path: str) -> tuple[dict[str, Option], Sequence[Item], Sequence[Item]]:
    """Return all options of a directory, the lines that decide them, and those that say the same in their places here.

    What lines decide that are certainly read is found out once for all with their words.
    """
    config, server = site.config, site.server
    layers = settled_at(site, path, None)
    # A Location is merged later, and the URLs that lead here are not considered.
    is_open = _has_options_by_url(config, server)
    if layers is None:
        return _decided(config, server, lambda world: layers_at(site, path, None, world), is_open=is_open), (), ()
    speaking, lines, words = list[Layer](), list[Item](), list[tuple[tuple[str, ...], ...]]()
    is_certain = True
    for layer in layers:
        if "options" in layer.by_key:
            speaking.append(layer)
            lines += layer.by_key["options"]
            words.append(tuple([line.values for line in layer.by_key["options"]]))
    for line in lines:
        if line.guards or not line.known:
            is_certain = False

    def decided() -> dict[str, Option]:
        return _decided(config, server, lambda _: speaking, is_open=is_open)

    if not is_certain:
        return decided(), (), ()
    first, by = config.once((_options, tuple(words), is_open), lambda: (decided(), lines))
    return first, by, lines


def _decided(
    config: Config, server: Server, layers_in: Callable[[World], Sequence[Layer]], *, is_open: bool
) -> dict[str, Option]:
    """Return what the lines about options in these layers decide; where that ``is_open``, other lines may say more."""

    def run(world: World) -> tuple[frozenset[str], list[Item]]:
        # core.c:create_core_dir_config: FollowSymLinks since 2.3.11, All before.
        options = Options(ALL_OPTIONS) if config.target.is_22 else Options()
        lines: list[Item] = []
        for _, items in every(layers_in(world), ("options",), world):
            options = options.merge(items)
            lines += items
        return options.on, lines

    states: dict[str, set[bool | None]] = {name: set() for name in EVERY_OPTION}
    by: dict[str, Item] = {}
    for way in ways(run, None, {}, given=assuming(server.item)):
        on, lines = way.result or (frozenset[str](), [])
        said = [(line, turned(line)) for line in lines]
        for name, found in states.items():
            speaking = [line for line, options in said if name in options]
            if way.result is None or not all(line.known for line in speaking):
                found.add(None)
                continue
            if speaking:
                by.setdefault(name, speaking[-1])
            found.add(name in on if speaking or config.complete else None)
    return {
        name: Option(found.pop() if len(found) == 1 and not is_open else None, by.get(name))
        for name, found in states.items()
    }


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

    allowed = [way.result for way in ways(run, None, {}, given=assuming(server.item))]
    return any(words is None or (words or ("all" if config.target.is_22 else "none")) != "none" for words in allowed)


def is_override_default(config: Config, server: Server, path: str) -> bool:
    """Whether certainly no line says what an ``.htaccess`` file in the directory ``path`` may say, so that the default counts."""
    site = site_of(config, server)

    def run(world: World) -> str:
        return override_of(layers_at(site, path, None, world), world)

    return all(way.result == "" for way in ways(run, None, {}, given=assuming(server.item)))
