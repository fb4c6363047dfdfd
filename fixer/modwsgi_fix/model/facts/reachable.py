"""Virtual hosts that no request can choose (server/vhost.c; F-hosts)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from modwsgi_fix.model.config import Config, Server
from modwsgi_fix.model.facts.listening import listeners
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.request.hosts import Chain, aliases_of, hosts_are_certain, is_ip, plain_address, whole_index
from modwsgi_fix.model.servers import Address, addresses, own_name
from modwsgi_fix.text import whole_number


class Unreached(NamedTuple):
    """A host that no request chooses, and the one that answers instead.

    ``name`` is the one that the other takes, empty where the host has none; ``by_main_name`` where requests for the main
    server's own name lead to it all the same.
    """

    server: Server
    instead: Server
    name: str
    by_main_name: bool = False


def unreached(config: Config) -> Iterator[Unreached]:
    """The hosts that are certainly never chosen. Of a fragment only those whose name an earlier host of their file has."""
    if config.target.is_22 or not hosts_are_certain(config):
        return
    is_whole = sees_all_sections(config)
    for server in config.hosts:
        found = _unreached(config, server)
        if found is not None and (is_whole or (found.name and _is_same_file(found))):
            yield found


def _is_same_file(found: Unreached) -> bool:
    items = found.server.item, found.instead.item
    return None not in items and items[0].path == items[1].path  # type: ignore[union-attr]


def _unreached(config: Config, server: Server) -> Unreached | None:
    """How a host is never chosen; None where it is, or may be."""
    found: Unreached | None = None
    for address in addresses(server):
        if not (address.is_wildcard or is_ip(address.host)):
            return None  # by what a name resolves to
        chains = list(_chains(config, address))
        if not chains:
            return None
        for chain in chains:
            found = _in_chain(config, chain, server)
            if found is None:
                return None
    return found


def _chains(config: Config, address: Address) -> Iterator[Chain]:
    """The hosts among which a request at an address is told apart, for each port that it may come to."""
    port = whole_number(address.port)
    ports = [port] if port is not None else [listener.port for listener in listeners(config)]
    ip = "" if address.is_wildcard else plain_address(address.host)
    for number in ports:
        chain = whole_index(config).chain(ip, number)
        if chain is not None:
            yield chain


def _in_chain(config: Config, chain: Chain, server: Server) -> Unreached | None:
    first = chain.entries[0][1]
    if first is server:
        return None
    names = [*([own] if (own := own_name(server)) else []), *aliases_of(server)]
    taken: Unreached | None = None
    for name in names:
        # A pattern that an earlier one takes may have names of its own.
        order = None if "*" in name or "?" in name else chain.find(name.lower())
        if order is None or chain.entries[order][1] is server:
            return None
        taken = taken or Unreached(server, chain.entries[order][1], name)
    if names:
        return taken
    main = own_name(config.main)
    order = chain.find(main.lower()) if main else None
    return Unreached(server, first, "", by_main_name=order is not None and chain.entries[order][1] is server)
