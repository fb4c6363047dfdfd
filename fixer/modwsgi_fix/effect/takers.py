"""Which of some hosts may answer requests that are meant for another: by the name, or as the first at the address.

A request is meant for a host where it comes to one of its addresses and ports with its name (``visits.authorities_of``). Where
conditions or variables leave open which hosts there are, any of these hosts may be there (``request.hosts`` is what httpd does).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Set

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.patterns import host_wildcard
from modwsgi_fix.model.request.hosts import Chain, aliases_of, arriving, index_of, is_certain
from modwsgi_fix.model.request.visits import Authority, authorities_of
from modwsgi_fix.model.servers import own_name


class _Some:
    """Those of some hosts at one place that may answer: as the first there, by a name, by a pattern, or by any name."""

    __slots__ = ("first", "named", "patterns", "unclear")

    def __init__(self) -> None:
        self.first: list[Server] = []
        self.named = defaultdict[str, list[Server]](list)
        self.patterns: list[tuple[Callable[[str], bool], Server]] = []
        self.unclear: list[Server] = []

    def add(self, chain: Chain, some: Set[Server], main: str | None) -> None:
        """Add those of ``some`` that are in a chain; ``main`` is the main server's name, which a host without a name may have."""
        may_be_first = True
        for address, server in chain.entries:
            if server in some:
                if may_be_first:
                    self.first.append(server)
                if not all(item.known for item in server.all("servername", "serveralias")):
                    self.unclear.append(server)
                for name in (address.host, own_name(server) or main or "", *aliases_of(server)):
                    self.named[name.lower()].append(server)
                patterns = (name for name in aliases_of(server) if "*" in name or "?" in name)
                self.patterns += [(host_wildcard(name.lower()), server) for name in patterns]
            may_be_first = may_be_first and not is_certain(server)

    def by_name(self, name: str) -> Iterator[Server]:
        """Yield the hosts that may have a name."""
        yield from self.unclear
        yield from self.named.get(name, ())
        yield from (server for matches, server in self.patterns if matches(name))


def takers(config: Config, some: Set[Server]) -> Callable[[Server], Iterator[Server]]:
    """Return a function that yields those of ``some`` that may answer requests meant for a server, maybe itself."""
    main = own_name(config.main)
    at: dict[int, _Some] = {}
    #: Those at an address of their own, by port: a request to any address may arrive there.
    elsewhere = defaultdict[int, _Some](_Some)
    for address, ports in index_of(config).chains.items():
        for port, chain in ports.items():
            if any(server in some for _, server in chain.entries):
                at[id(chain)] = _Some()
                at[id(chain)].add(chain, some, main)
                if address:
                    elsewhere[port].add(chain, some, main)
    anywhere = [server for server in some if server.item is not None and not server.item.known]

    def of(server: Server) -> Iterator[Server]:
        yield from anywhere
        for authority in authorities_of(config, server):
            yield from _at(config, authority, some, at, elsewhere)

    return of


def _at(
    config: Config, authority: Authority, some: Set[Server], at: dict[int, _Some], elsewhere: dict[int, _Some]
) -> Iterator[Server]:
    name = authority.name.lower().removesuffix(".")
    address = arriving(authority.address, authority.name)
    for port in (authority.port, 0) if address is None else ():
        if port in elsewhere:
            yield from elsewhere[port].first
            yield from elsewhere[port].by_name(name)
    for chain in index_of(config).reached(address, authority.port):
        if id(chain) in at:
            found = chain.find(name)
            sole = chain.entries[found][1] if found is not None else None
            if sole is not None and is_certain(sole):
                yield from at[id(chain)].unclear
                yield from (sole,) if sole in some else ()
            else:
                yield from at[id(chain)].first
                yield from at[id(chain)].by_name(name)
