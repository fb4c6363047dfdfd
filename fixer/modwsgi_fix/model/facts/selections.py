"""Which selections of process groups decide over some request."""

from __future__ import annotations

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import GroupUse
from modwsgi_fix.model.merge.groups import process_group
from modwsgi_fix.model.urls import mounts


def in_force(config: Config, use: GroupUse) -> bool:
    """True where a selection of a process group may decide over some request.

    False for a host that hands nothing to mod_wsgi, and where every mount says something else.
    """
    item = use.item
    if item.key != "wsgiprocessgroup":
        return True
    servers = [item.server, *config.hosts] if item.server.is_main else [item.server]
    found = [(server, mount) for server in servers for mount in mounts(config, server)]
    if handlers(config) or (item.sections and found):
        return True
    selections = (process_group(config, server, mount) for server, mount in found)
    return any(selection.name is None or selection.item is item for selection in selections)


def handlers(config: Config) -> bool:
    """True where files are handed to mod_wsgi by their handler."""
    items = config.named("addhandler", "sethandler")
    return any(value.lower() == "wsgi-script" for item in items for value in item.values) or bool(
        config.named("wsgihandlerscript")
    )
