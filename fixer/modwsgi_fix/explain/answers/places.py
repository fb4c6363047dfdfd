"""Where an application is mounted, and in which process group it runs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from modwsgi_fix.explain.asked import Asked, spot
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.groups import Selection, application_group, process_group
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.records import Spot

_MOST_HOSTS, _MOST_MOUNTS = 2_000, 20


def mounts_of(asked: Asked, path: str) -> list[tuple[Config, Server, Mapping]]:
    """Return the mounts of a script with their hosts, each line once; those of all scripts for an empty path."""
    return list(islice(_mounts_of(asked, path), _MOST_MOUNTS))


def _mounts_of(asked: Asked, path: str) -> Iterator[tuple[Config, Server, Mapping]]:
    for config in asked.configs:
        mounted = config.derived(_mounted)
        chosen = mounted.get(path, []) if path else [one for each in mounted.values() for one in each]
        yield from ((config, server, mount) for server, mount in chosen)


def _mounted(config: Config) -> dict[str, list[tuple[Server, Mapping]]]:
    """Return the mounts with their hosts, by the path of the script; an empty path where the script is not known."""
    seen = set()
    found: dict[str, list[tuple[Server, Mapping]]] = {}
    for server in [*config.hosts, config.main][:_MOST_HOSTS]:
        for mount in mounts(config, server):
            if mount.item not in seen:
                seen.add(mount.item)
                target = target_of(config, mount)
                found.setdefault(target.path if target is not None else "", []).append((server, mount))
    return found


def runs_in(config: Config, server: Server, mount: Mapping) -> Selection:
    """Return the process group of a mounted script."""
    return process_group(config, server, mount)


def selected_spots(config: Config, server: Server, mount: Mapping) -> list[Spot]:
    """Return the lines that say where a mounted script runs: mount, process group, its definition, interpreter."""
    found = [spot(mount.item, f"the application is mounted at {mount.url}")]
    group = runs_in(config, server, mount)
    if group.name == "":
        found[0] = found[0]._replace(note=f"mounted at {mount.url}, in embedded mode: httpd's own processes")
    if group.item is not None and group.item is not mount.item:
        found.append(spot(group.item, f"selects the process group {group.name or '(embedded mode)'}"))
    if group.name:
        found += [
            spot(one.directive, f"the process group {one.name}")
            for one in daemon_processes(config)
            if one.name == group.name
        ]
    interpreter = application_group(config, server, mount)
    if interpreter.item is not None and interpreter.item is not mount.item:
        found.append(spot(interpreter.item, f"the interpreter is {interpreter.name or 'the main one'}"))
    return found
