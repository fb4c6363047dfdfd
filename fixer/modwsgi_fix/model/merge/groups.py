"""The process group and the application group (sub-interpreter) of a mounted script.

Precedence (mod_wsgi.c:wsgi_hook_handler, wsgi_config.c:wsgi_create_req_config; F-daemon-7): the option of the
WSGIScriptAlias, then ``<Location>``, ``<Files>``, ``<Directory>``, then the virtual host, then the main server.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from modwsgi_fix.directives.families import LOCATION_SECTIONS
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.layers import Layer, last, site_of, stack, unknown_if
from modwsgi_fix.model.merge.places import on_the_way
from modwsgi_fix.model.merge.world import World, assuming, ways
from modwsgi_fix.model.urls import Mapping, mount_options
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.tuples import NamedTuple

#: The application group where none is selected: one for each host name, port and mount point.
DEFAULT_APPLICATION = "%{RESOURCE}"


class Selection(NamedTuple):
    """A group, and the directive that selects it (None for the default).

    ``name`` is None where a condition, a variable or the request decides; ``""`` is ``%{GLOBAL}``: embedded mode for a
    process group, the main interpreter for an application group.
    """

    name: str | None
    item: Item | None


def process_group(config: Config, server: Server, mount: Mapping) -> Selection:
    """Return the process group of a script that is mounted by ``mount``, for requests of ``server``."""
    return _selected(config, server, mount, "process-group", "wsgiprocessgroup", "")


def application_group(config: Config, server: Server, mount: Mapping) -> Selection:
    """Return the application group of a mounted script; ``%{RESOURCE}`` and ``%{SERVER}`` are given as written."""
    return _selected(config, server, mount, "application-group", "wsgiapplicationgroup", DEFAULT_APPLICATION)


def callable_object(config: Config, server: Server, mount: Mapping) -> Selection:
    """Return the object that mod_wsgi calls in a mounted script; ``application`` by default."""
    return _selected(config, server, mount, "callable-object", "wsgicallableobject", "application")


def selecting(layers: Iterable[Layer], key: str, world: World) -> Item | None:
    """Return the directive of mod_wsgi that counts: that of the last section with one, else the host's, else the main server's.

    Source: mod_wsgi.c:wsgi_create_req_config.
    """
    layers = list(layers)
    in_section = last([layer for layer in layers if not layer.is_level], key, world)
    if in_section is not None:
        return in_section
    return last([layer for layer in layers if layer.is_level], key, world)


def _selected(config: Config, server: Server, mount: Mapping, option: str, key: str, default: str) -> Selection:
    """As ``_selection``, remembered because several rules ask for it."""
    known = _selections(config)
    asked = server, mount.item, key
    if asked not in known:
        known[asked] = _selection(config, server, mount, option, key, default)
    return known[asked]


@derived
def _selections(config: Config) -> dict[tuple[Server, Item, str], Selection]:
    """Return the cache of ``_selected``."""
    return {}


def _selection(config: Config, server: Server, mount: Mapping, option: str, key: str, default: str) -> Selection:
    if written := mount_options(config, mount).get(option):
        return Selection(_name(written.value), mount.item)
    items = _in_sight(config, server, key)
    if not items:
        return Selection(default, None)
    path = script_path(mount)
    if (mount.is_regex or path is None) and (unclear := _unclear(items, mount, path)) is not None:
        return Selection(None, unclear)
    site = site_of(config, server)
    directory, name = posixpath.split(path) if path is not None else ("", None)

    def run(world: World) -> Item | None:
        if not config.once((_in_sight, server, key, "sections"), lambda: any(item.sections for item in items)):
            return last(site.base, key, world)  # whichever sections hold
        walked = on_the_way(site, directory, name, world) if path is not None else ()
        located = site.locations(mount.url, world) if not mount.is_regex else ()
        return selecting(stack(site, walked, name, located, world, unknown_if(world)), key, world)

    results = list(ways(run, None, {}, given=assuming(server.item, mount.item)))
    selected = [way.result for way in results if way.result is not None]
    if any(way.reason or way.result is not results[0].result for way in results):
        return Selection(None, selected[-1] if selected else items[-1])
    if not selected or not selected[0].args:
        return Selection(default, None)
    return Selection(_name(selected[0].value), selected[0])


def _in_sight(config: Config, server: Server, key: str) -> list[Item]:
    """Return the directives of a name that may hold for a server: its own and the main server's, in reading order."""

    def both() -> list[Item]:
        servers = dict.fromkeys((config.main, server))
        items = (item for one in servers for item in config.within(one, key) if item.args)
        return sorted(items, key=lambda item: item.index)

    return config.once((_in_sight, server, key), both)


def _unclear(items: Iterable[Item], mount: Mapping, path: str | None) -> Item | None:
    """Return the first directive in a section that may or may not hold for a mount; None without one."""
    for item in items:
        if any(mount.is_regex if section.key in LOCATION_SECTIONS else path is None for section in item.sections):
            return item
    return None


def _name(value: str) -> str | None:
    if value == "%{GLOBAL}":
        return ""
    return None if value.startswith("%{ENV") or not is_settled(value) else value


def script_path(mount: Mapping) -> str | None:
    """Return the script that a mount names; None for a pattern with ``$1``, and for an undefined variable or placeholder."""
    return mount.target if is_settled(mount.target) and "$" not in mount.target else None
