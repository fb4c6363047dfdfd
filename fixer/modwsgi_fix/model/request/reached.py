"""Whether any request reaches a host, by its address and by a name that no earlier host has (server/vhost.c)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Guard, Server
from modwsgi_fix.model.request.hosts import (
    Chain,
    Index,
    aliases_of,
    hosts_are_open,
    index_among,
    index_of,
    is_ip,
    listening,
    place_of,
    port_of_address,
)
from modwsgi_fix.model.servers import addresses, conditions_within, label, own_name
from modwsgi_fix.tuples import NamedTuple

#: Of so many sets of conditions around hosts it is asked which hosts are there together.
_MOST_CONDITIONS = 16


class Unreached(NamedTuple):
    """Why no request reaches a host: ``reason`` in words.

    ``instead`` is the host that answers, None where nothing listens on ``port``; ``name`` is the name that it takes, empty
    where this host has no name. ``only_by`` is the main server's name, where requests for that name still lead here.
    ``by_port`` says that the host is for any port, while other hosts are for each port that is listened on.
    """

    reason: str
    instead: Server | None = None
    name: str = ""
    port: int | None = None
    only_by: str = ""
    by_port: bool = False


def unreached(config: Config, server: Server) -> Unreached | None:
    """Return why no request reaches a host; None where one does, or where that is not known."""
    return config.once((unreached, server), lambda: _unreached(config, server))


def _unreached(config: Config, server: Server) -> Unreached | None:
    if server.is_main or config.target.is_22:
        return None
    index = index_of(config) if not hosts_are_open(config) else _beside(config, server)
    if index is None:
        return None
    ports = listening(config)
    found: list[Unreached] = []
    for address in addresses(server):
        port = port_of_address(address)
        if ports is not None and port:
            heard = ports.get(port)
            if heard is None:
                found.append(Unreached(f"no Listen has port {port}", port=port))
                continue
            if "" not in heard and is_ip(address.host) and place_of(address) not in heard:
                found.append(Unreached(f"no Listen has the address {address.host}:{port}", port=port))
                continue
        if ports is not None and not port and (instead := _of_every_port(index, place_of(address), ports)):
            found.append(
                Unreached("other hosts have its address with the port, and are asked first", instead, by_port=True)
            )
            continue
        told = _among(config, index.chains[place_of(address)][port], server)
        if told is None:
            return None
        found.append(told)
    return found[0] if found else None


def _beside(config: Config, server: Server) -> Index | None:
    """Return a host and those that are there whenever it is; None where its name is left open, or too many conditions are about.

    A host more only takes names, so that what does not reach the host among these does not reach it at all.
    """
    if server.item is None or not _is_settled(server):
        return None
    guards = frozenset(server.item.guards)
    if guards not in config.once(_beside, lambda: _few_conditions(config)):
        return None
    return config.once(
        (_beside, guards), lambda: index_among(config, (one for one in config.hosts if _is_with(one, guards)))
    )


def _few_conditions(config: Config) -> frozenset[frozenset[Guard]]:
    """Return the conditions around hosts; none where each of many hosts has its own, because all hosts are looked at for each."""
    found = frozenset(frozenset(host.item.guards) for host in config.hosts if host.item is not None)
    return found if len(found) <= _MOST_CONDITIONS else frozenset()


def _is_settled(host: Server) -> bool:
    """Whether a host's addresses and names are known wherever it exists."""
    names = host.all("servername", "serveralias")
    return host.item is not None and host.item.known and all(one.known and not conditions_within(one) for one in names)


def _is_with(host: Server, guards: frozenset[Guard]) -> bool:
    return host.item is not None and guards.issuperset(host.item.guards) and _is_settled(host)


def _of_every_port(index: Index, place: str, ports: Mapping[int, Collection[str]]) -> Server | None:
    """Return the first of the hosts at an address that have all ports listened on there; None where a port has no host.

    A host for any port answers only where no host has the port itself (vhost.c:ap_update_vhost_given_ip).
    """
    chains = index.chains[place]
    heard = [port for port, places in ports.items() if not place or "" in places or place in places]
    first = [chains[port].entries[0][1] for port in heard if port in chains]
    return first[0] if first and len(first) == len(heard) else None


def _among(config: Config, chain: Chain, server: Server) -> Unreached | None:
    """Return why no name leads to a host of a chain; None where one does."""
    first = chain.entries[0][1]
    at = chain.orders[id(server)]
    if at == 0:
        return None
    own = own_name(server)
    names = [name for name in (own, *aliases_of(server)) if name]
    # A pattern that an earlier pattern matches may also match other names.
    if any("*" in name or "?" in name or chain.find(name.lower()) == at for name in names):
        return None
    # A host without ServerName has the main server's, whatever its ServerAlias says (vhost.c:ap_fini_vhost_config).
    main = own_name(config.main) if own is None and any(one.is_wildcard for one in addresses(server)) else None
    only_by = main if main and chain.find(main.lower()) == at else ""
    for name in names:
        order = chain.find(name.lower())
        if order is not None:
            other = chain.entries[order][1]
            return Unreached(f"{label(other)} has its name first", other, name, only_by=only_by)
    return Unreached("it has no name, and another is first at its address", first, only_by=only_by)
