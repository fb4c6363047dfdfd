"""Which process group and which application group (sub-interpreter) a mounted script is delegated to.

Precedence (mod_wsgi.c:wsgi_hook_handler, wsgi_config.c:wsgi_create_req_config; F-daemon-7): the option of the
WSGIScriptAlias, then ``<Location>``, ``<Files>``, ``<Directory>``, then the virtual host, then the main server.
"""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from modwsgi_fix.directives.families import DIRECTORY_SECTIONS, FILES_SECTIONS, LOCATION_SECTIONS
from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.merge.sections import directory_matches, directory_rank, files_matches, location_matches
from modwsgi_fix.model.urls import Mapping, mount_options
from modwsgi_fix.placeholders import is_settled

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
    """The process group of a script that is mounted by ``mount``, for requests of ``server``."""
    return _selection(config, server, mount, "process-group", "wsgiprocessgroup", "")


def application_group(config: Config, server: Server, mount: Mapping) -> Selection:
    """The application group of a mounted script; ``%{RESOURCE}`` and ``%{SERVER}`` are given as written."""
    return _selection(config, server, mount, "application-group", "wsgiapplicationgroup", DEFAULT_APPLICATION)


def _selection(config: Config, server: Server, mount: Mapping, option: str, key: str, default: str) -> Selection:
    if written := mount_options(config, mount).get(option):
        return Selection(_name(written.value), mount.item)
    best: tuple[tuple[int, ...], Item] | None = None
    for item in config.named(key):
        if not item.args or not item.sections or item.server not in (server, config.main):
            continue
        section = item.sections[0]
        held = _holds(section, mount) if len(item.sections) == 1 else None
        if held is False:
            continue
        if held is None or item.guards:
            return Selection(None, item)
        rank = _rank(section, own=item.server is server)
        if best is None or rank >= best[0]:
            best = rank, item
    found = best[1] if best else _of_server(config, server, key)
    if found is None:
        return Selection(default, None)
    return Selection(None if found.guards else _name(found.value), found)


def _rank(section: Item, *, own: bool) -> tuple[int, ...]:
    """Where a section comes in; those of one rank in reading order. A host's ``own`` follow the main server's."""
    if section.key in DIRECTORY_SECTIONS:
        return 0, *directory_rank(section), own
    return (1 if section.key in FILES_SECTIONS else 2), own


def _of_server(config: Config, server: Server, key: str) -> Item | None:
    """The directive that counts outside of sections: the host's last, else the main server's."""
    for one in (server, config.main):
        found = [item for item in one.all(key) if item.args]
        if found:
            return found[-1] if not any(item.guards for item in found) else next(i for i in found if i.guards)
    return None


def _name(value: str) -> str | None:
    if value == "%{GLOBAL}":
        return ""
    return None if value.startswith("%{ENV") or not is_settled(value) else value


def _holds(section: Item, mount: Mapping) -> bool | None:
    """Whether a section holds for a mounted script; None where that is not known."""
    path = script_path(mount)
    if section.key in LOCATION_SECTIONS:
        return None if mount.is_regex else location_matches(section, mount.url)
    if path is None:
        return None
    if section.key in DIRECTORY_SECTIONS:
        return directory_matches(section, path)
    return files_matches(section, posixpath.basename(path)) if section.key in FILES_SECTIONS else None


def script_path(mount: Mapping) -> str | None:
    """The script that a mount names; None for a pattern with ``$1``, and where a variable or placeholder stands."""
    return mount.target if is_settled(mount.target) and "$" not in mount.target else None
