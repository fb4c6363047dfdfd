"""Whether any request reaches a host: by its address, and by a name that no host before it has (server/vhost.c)."""

from __future__ import annotations

from modwsgi_fix.model.config import Config, Server
from modwsgi_fix.model.request.hosts import (
    aliases_of,
    hosts_are_open,
    index_of,
    is_ip,
    listening,
    place_of,
    port_of_address,
)
from modwsgi_fix.model.servers import addresses, label, own_name


def unreached(config: Config, server: Server) -> str:
    """Why no request reaches a host, in words; empty where one does, or that is not known."""
    if server.is_main or hosts_are_open(config):
        return ""
    reasons = []
    for address in addresses(server):
        port = port_of_address(address)
        ports = listening(config)
        if ports is not None and port:
            heard = ports.get(port)
            if heard is None:
                reasons.append(f"no Listen has port {port}")
                continue
            if "" not in heard and is_ip(address.host) and place_of(address) not in heard:
                reasons.append(f"no Listen has the address {address.host}:{port}")
                continue
        chain = index_of(config).chains[place_of(address)][port]
        at = next(order for order, (_, one) in enumerate(chain.entries) if one is server)
        if at == 0:
            return ""
        own = own_name(server)
        if own is None and all(one.is_wildcard for one in addresses(server)):
            own = own_name(config.main)
        names = [name for name in (own, *aliases_of(server)) if name]
        if any("*" in name or "?" in name or chain.find(name.lower()) == at for name in names):
            return ""
        before = {chain.find(name.lower()) for name in names}
        others = [label(chain.entries[order][1]) for order in sorted(order for order in before if order is not None)]
        reasons.append(
            f"{others[0]} has its name first" if others else "it has no name, and another is first at its address"
        )
    return reasons[0] if reasons else ""
