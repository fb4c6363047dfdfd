"""Which selections of process groups decide over some request."""

from __future__ import annotations

from modwsgi_fix.directives.families import EXPRESSION_SECTIONS
from modwsgi_fix.model.config import Config, Item, Server, derived
from modwsgi_fix.model.daemons import GroupUse
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.merge.groups import process_group
from modwsgi_fix.model.urls import mounts


def in_force(config: Config, use: GroupUse) -> bool:
    """True where a selection of a process group may decide over some request.

    False for a host that hands nothing to mod_wsgi, and where every mount says something else.
    """
    item = use.item
    if item.key != "wsgiprocessgroup":
        return True
    servers = config.servers if item.server.is_main else [item.server]
    if handlers(config) or (item.sections and any(mounts(config, server) for server in servers)):
        return True
    selected = _selected_anywhere(config) if item.server.is_main else _selected(config, item.server)
    return None in selected or item in selected


def _selected(config: Config, server: Server) -> frozenset[Item | None]:
    """The directives that select a group for the mounts of a server; None where one of the groups is not known."""

    def selected() -> frozenset[Item | None]:
        found = (process_group(config, server, mount) for mount in mounts(config, server))
        return frozenset(None if each.name is None else each.item for each in found if each.name is None or each.item)

    return config.once((_selected, server), selected)


@derived
def _selected_anywhere(config: Config) -> frozenset[Item | None]:
    return frozenset().union(*(_selected(config, server) for server in config.servers))


@derived
def handlers(config: Config) -> bool:
    """True where files are handed to mod_wsgi by their handler."""
    items = config.named("addhandler", "sethandler")
    return any(value.lower() == "wsgi-script" for item in items for value in item.values) or bool(
        config.named("wsgihandlerscript")
    )


def decides_nowhere(config: Config, use: GroupUse) -> bool:
    """Whether a selection in a section certainly decides for no application, while one of its server runs inside httpd."""
    item = use.item
    if item.key != "wsgiprocessgroup" or not item.sections or item.guards or handlers(config):
        return False
    if item.section(*EXPRESSION_SECTIONS) is not None or not sees_all_sections(config):
        return False
    servers = config.servers if item.server.is_main else [item.server]
    groups = [process_group(config, server, mount) for server in servers for mount in mounts(config, server)]
    if not groups or any(group.name is None or group.item is item or group.name == use.name for group in groups):
        return False
    return any(group.name == "" for group in groups)
