"""The selections of process groups that decide over some request."""

from __future__ import annotations

from modwsgi_fix.directives.families import EXPRESSION_SECTIONS
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.daemons import GroupUse, definitions
from modwsgi_fix.model.gaps import sees_all_sections, sees_own_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.groups import process_group
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.tuples import NamedTuple


def in_force(config: Config, use: GroupUse) -> bool:
    """Whether a selection of a process group may decide over some request.

    It does not in a host without mounts or handlers of mod_wsgi, or where every mount has another selection.
    """
    item = use.item
    if item.key != "wsgiprocessgroup":
        return True
    servers = config.servers if item.server.is_main else [item.server]
    if handlers(config) or (item.sections and any(mounts(config, server) for server in servers)):
        return True
    chosen = _chosen_for(config, item.server)
    return None in chosen.names or item in chosen.by


class _Chosen(NamedTuple):
    """The groups that mounts run in, None among them where one is not known; and the lines that select them."""

    names: frozenset[str | None]
    by: frozenset[Item]


def _chosen_for(config: Config, server: Server) -> _Chosen:
    """Return what is chosen for the mounts of a server; for the main server, for those of all hosts."""
    return _chosen_anywhere(config) if server.is_main else _chosen(config, server)


def _chosen(config: Config, server: Server) -> _Chosen:
    def chosen() -> _Chosen:
        found = [process_group(config, server, mount) for mount in mounts(config, server)]
        return _Chosen(
            frozenset(one.name for one in found), frozenset(one.item for one in found if one.item is not None)
        )

    return config.once((_chosen, server), chosen)


@derived
def _chosen_anywhere(config: Config) -> _Chosen:
    found = [_chosen(config, server) for server in config.servers]
    return _Chosen(frozenset().union(*(one.names for one in found)), frozenset().union(*(one.by for one in found)))


@derived
def handlers(config: Config) -> bool:
    """Whether a line hands files to mod_wsgi by their handler."""
    items = config.named("addhandler", "sethandler")
    return any(value.lower() == "wsgi-script" for item in items for value in item.values) or bool(
        config.named("wsgihandlerscript")
    )


def decides_nowhere(config: Config, use: GroupUse) -> bool:
    """Whether a selection in a section certainly decides for no application, while one of its server is in embedded mode."""
    item = use.item
    if item.key != "wsgiprocessgroup" or not item.sections or item.guards or handlers(config):
        return False
    if item.section(*EXPRESSION_SECTIONS) is not None or not _sees_who_may_use(config, use):
        return False
    names, by = _chosen_for(config, item.server)
    return "" in names and None not in names and use.name not in names and item not in by


def _sees_who_may_use(config: Config, use: GroupUse) -> bool:
    """Whether every section of the server is known; of a group that its own host defines, every section of these files."""
    if config.complete or use.item.server.is_main:
        return sees_all_sections(config)
    own = any(process.server is use.item.server for process in definitions(config, use.name))
    return own and sees_own_sections(config)
