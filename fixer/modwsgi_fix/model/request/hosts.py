"""The virtual host that answers: chosen by address and port, then by name (server/vhost.c)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.layers import site_of
from modwsgi_fix.model.merge.permit import CERTIFICATE
from modwsgi_fix.model.merge.world import World
from modwsgi_fix.model.patterns import host_wildcard
from modwsgi_fix.model.request.outcome import Done, Kind, Outcome, Request
from modwsgi_fix.model.servers import Address, addresses, label, listeners, name_item, own_name, speaks_tls, split_name
from modwsgi_fix.text import whole_number
from modwsgi_fix.tuples import NamedTuple

#: The characters of a strict Host header (vhost.c:strict_hostname_check), in lower case.
_IPV4 = expression(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", re.ASCII)
_MAYBE_IP = expression(r"[0-9.]+|\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\]?", re.ASCII)
#: The methods by which OpenSSL sees that a client speaks HTTP; httpd answers these, and closes the connection at any other.
_HTTP_TO_OPENSSL = ("GET", "POST", "HEAD", "PUT")
_HOST = expression(r"[a-z0-9_.-]+", re.ASCII)


class Chain:
    """The hosts at one address and port, in the order in which names are tried; the first is the default."""

    __slots__ = ("entries", "exact", "orders", "suffixes", "wild")

    def __init__(self) -> None:
        self.entries: list[tuple[Address, Server]] = []
        self.exact: dict[str, int] = {}
        #: The place of each host among ``entries``, by its identity.
        self.orders: dict[int, int] = {}
        #: ``*`` and a literal rest, by that rest; any other wildcards one by one.
        self.suffixes: dict[str, int] = {}
        self.wild: list[tuple[int, str]] = []

    def index(self, main_name: str | None) -> None:
        """Prepare the look-up of names by hash instead of one by one."""
        for order, (address, server) in enumerate(self.entries):
            name = own_name(server)
            self.orders.setdefault(id(server), order)
            self.exact.setdefault(address.host.lower(), order)
            if name is None and any(a.is_wildcard for a in addresses(server)):
                name = main_name
            if name is not None:
                self.exact.setdefault(name.lower(), order)
            for alias in aliases_of(server):
                if alias.startswith("*") and "*" not in alias[1:] and "?" not in alias:
                    self.suffixes.setdefault(alias[1:].lower(), order)
                elif "*" in alias or "?" in alias:
                    self.wild.append((order, alias.lower()))
                else:
                    self.exact.setdefault(alias.lower(), order)

    def find(self, name: str) -> int | None:
        """Return the number of the first host that has this name; None where no host has it."""
        found = [self.exact.get(name)]
        if self.suffixes:
            found += [self.suffixes.get(name[at:]) for at in range(len(name) + 1)]
        found += [next((order for order, pattern in self.wild if host_wildcard(pattern)(name)), None)]
        return min((order for order in found if order is not None), default=None)


class Index(NamedTuple):
    """The chains of hosts by address (empty for any) and port (0 for any)."""

    chains: dict[str, dict[int, Chain]]

    def chain(self, address: str | None, port: int) -> Chain | None:
        """Return the chain of an address and port; the address goes before a wildcard, and then the port before any port.

        Source: vhost.c:ap_update_vhost_given_ip.
        """
        for one in (address, ""):
            ports = self.chains.get(one) if one is not None else None
            if ports and (found := ports.get(port) or ports.get(0)):
                return found
        return None

    def reached(self, address: str | None, port: int) -> Iterator[Chain]:
        """Yield the chains that may be asked for an address and port: the first one where a host of it is certainly there."""
        for one in dict.fromkeys((address, "")):
            ports = self.chains.get(one, {}) if one is not None else {}
            for chain in [ports[number] for number in dict.fromkeys((port, 0)) if number in ports]:
                yield chain
                if any(is_certain(server) for _, server in chain.entries):
                    return

    def named(self, port: int) -> list[str]:
        """Return the addresses with hosts of their own for a port."""
        return sorted(ip for ip, ports in self.chains.items() if ip and ports.keys() & {0, port})


@derived
def index_of(config: Config) -> Index:
    """Return all hosts by address and port."""
    return index_among(config, config.hosts)


def index_among(config: Config, hosts: Iterable[Server]) -> Index:
    """Return hosts by address and port; those at exactly one address and port are told apart by name, in file order.

    Source: vhost.c:ap_fini_vhost_config.
    """
    index = Index({})
    for server in hosts:
        for address in dict.fromkeys(addresses(server)):
            ports = index.chains.setdefault(place_of(address), {})
            chain = ports.setdefault(port_of_address(address), Chain())
            chain.entries.append((address, server))
    main = own_name(config.main)
    for ports in index.chains.values():
        for chain in ports.values():
            chain.index(main)
    return index


def port_of_address(address: Address) -> int:
    """Return the port of a host's address; 0 for any."""
    return whole_number(address.port) or 0


def place_of(address: Address) -> str:
    """Return the address by which a chain of hosts is found; empty for any."""
    return "" if address.is_wildcard else _plain(address.host)


def _plain(host: str) -> str:
    if not _MAYBE_IP.fullmatch(host):
        return host
    from ipaddress import ip_address

    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        return host


def is_ip(host: str) -> bool:
    """Whether a host is an IP address."""
    return _plain(host) != host or bool(_IPV4.fullmatch(host)) or (":" in host and bool(_MAYBE_IP.fullmatch(host)))


def aliases_of(server: Server) -> list[str]:
    """Return all ServerAlias names of a host."""
    return [value for item in server.all("serveralias") for value in item.values]


@derived
def hosts_are_open(config: Config) -> bool:
    """Whether a condition or a variable leaves open which hosts there are, or what their names are."""
    return not all(map(is_certain, config.hosts))


def is_certain(host: Server) -> bool:
    """Whether no condition or variable leaves open whether a host is there, or what its names are."""
    items = [*([host.item] if host.item is not None else ()), *host.all("servername", "serveralias")]
    return not any(item.guards or not item.known for item in items)


@derived
def listening(config: Config) -> dict[int, list[str]] | None:
    """Return the addresses of Listen by port; None where not all of them are in sight."""
    found = listeners(config)
    if not config.complete or not found or any(one.item.guards or not one.item.known for one in found):
        return None
    ports: dict[int, list[str]] = {}
    for one in found:
        if (number := whole_number(one.address.port)) is not None:
            ports.setdefault(number, []).append(place_of(one.address))
    return ports


def select(config: Config, request: Request, world: World) -> Server:
    """Return the host whose configuration answers a request. Raises ``Done`` where httpd refuses before that."""
    ports = listening(config)
    if ports is not None and request.port not in ports:
        world.step("host", f"nothing listens on port {request.port}")
        raise Done(Outcome(Kind.ERROR, reason=f"nothing listens on port {request.port}"))
    at = _plain(request.address or request.host)
    if ports is not None and "" not in ports[request.port] and is_ip(at) and at not in ports[request.port]:
        world.step("host", f"nothing listens on port {request.port} of {at}")
        raise Done(Outcome(Kind.ERROR, reason=f"nothing listens on port {request.port} of {at}"))
    index = index_of(config)
    if hosts_are_open(config):
        index = index_among(config, [host for host in config.hosts if _exists(host, request.port, world)])
    chain = index.chain(_address(index, request, world), request.port)
    host = request.host_header
    name = host.rsplit(":", 1)[0].lower() if re.search(r":\d*$", host) else host.lower()
    has_empty_part = ".." in name
    name = name.removesuffix(".")
    base = chain.entries[0][1] if chain else config.main
    _handshake(config, base, request, world)
    _read_line(config, base, request, world)
    if has_empty_part or (not _HOST.fullmatch(name) and not is_ip(name)):
        world.step("host", f"{host!r} is not a host name")
        raise Done(Outcome(Kind.ERROR, 400, base, reason="the Host header is not a host name"))
    found = chain.find(name) if chain is not None else None
    own = own_name(config.main)
    if found is None and not (chain is None and own is not None and own.lower() == name):
        strict = site_of(config, base).last("stricthostcheck", world)
        if strict is not None and strict.value.lower() == "on":
            world.step("host", f"no name matches {name}, and StrictHostCheck is on", strict)
            raise Done(Outcome(Kind.ERROR, 400, base, reason="no host has this name"))
    if chain is None:
        world.step("host", f"no virtual host is at port {request.port}: the main server")
        return config.main
    if found is None:
        which = "the only one" if len(chain.entries) == 1 else "the first"
        world.step("host", f"no name matches {name}: {label(base)} is {which} at its address", base.item)
        return base
    address, server = chain.entries[found]
    _explain(config, server, name, address, world)
    return server


def _exists(host: Server, port: int, world: World) -> bool:
    assert host.item is not None
    if all(port_of_address(address) not in (0, port) for address in addresses(host)):
        return False
    if not host.item.known:
        return world.holds(f"{label(host)} is at this address and port")
    if not world.active(host.item):
        return False
    return all(world.active(item) for item in host.all("servername", "serveralias"))


def _address(index: Index, request: Request, world: World) -> str | None:
    """Return the address at which the request arrives; it is a question to the world only where it matters."""
    address = arriving(request.address, request.host)
    if address is not None:
        return address
    named = index.named(request.port)
    if not named:
        return None
    answers = [(ip, f"it arrives at {ip}") for ip in named]
    found = world.ask("the address that it arrives at", *answers, ("", "it arrives at another address"))
    return found or None


def arriving(address: str | None, host: str) -> str | None:
    """Return the address at which a request arrives that is sent to an address, None for any, with a host's name or address."""
    if address is not None:
        return _plain(address)
    return _plain(host) if is_ip(host) else None


def _handshake(config: Config, base: Server, request: Request, world: World) -> None:
    """Raise ``Done`` where one side speaks TLS and the other does not; httpd goes by the first host at the address."""
    tls = speaks_tls(config, base)
    if tls is None:
        engine = base.last("sslengine")
        known = engine is not None and engine.known
        tls = world.active(engine) if known and engine else world.holds(f"{label(base)} speaks TLS")
    if request.tls and not tls:
        world.step("host", f"{label(base)} does not speak TLS", base.item)
        raise Done(Outcome(Kind.ERROR, None, base, reason="no TLS is spoken at this address and port"))
    if tls and not request.tls and request.method not in _HTTP_TO_OPENSSL:
        world.step("host", f"{label(base)} speaks TLS, and the request does not", base.last("sslengine"))
        raise Done(Outcome(Kind.ERROR, None, base, reason="plain HTTP is spoken to a port of TLS"))
    if tls and not request.tls:
        world.step("host", f"{label(base)} speaks TLS, and the request does not", base.last("sslengine"))
        raise Done(Outcome(Kind.ERROR, 400, base, reason="plain HTTP is spoken to a port of TLS"))


def _read_line(config: Config, base: Server, request: Request, world: World) -> None:
    """414 for a request line that is too long: also by the first host at the address (protocol.c:read_request_line).

    One byte more than the limit still passes (measured).
    """
    item = site_of(config, base).last("limitrequestline", world)
    most = whole_number(item.value) if item is not None else None
    target = request.path + (f"?{request.query}" if request.query else "")
    if most is not None and len(f"{request.method} {target} HTTP/1.1".encode("utf-8", "surrogateescape")) > most + 1:
        world.step("url", "the request line is longer than LimitRequestLine allows", item)
        raise Done(Outcome(Kind.ERROR, 414, base, reason="the request line is too long"))


def _explain(config: Config, server: Server, name: str, address: Address, world: World) -> None:
    where = " ".join(server.item.values) if server.item else ""
    own = own_name(server)
    if address.host.lower() == name:
        world.step("host", f"{label(server)}: its address is called {name}", server.item)
    elif own is not None and own.lower() == name:
        world.step("host", f"{label(server)}: ServerName is {own}", name_item(server))
    elif own is None and (main := own_name(config.main)) is not None and main.lower() == name:
        world.step("host", f"<VirtualHost {where}> has the main server's name", server.item)
    else:
        for item in server.all("serveralias"):
            for alias in item.values:
                if alias.lower() == name or (("*" in alias or "?" in alias) and host_wildcard(alias)(name)):
                    world.step("host", f"{label(server)}: ServerAlias {alias} matches", item)
                    return


def hostname(config: Config, server: Server, world: World) -> str:
    """Return ``server_hostname``, by which mod_wsgi names and compares: ServerName, else the main server's (F-daemon-2)."""
    for one in (server, config.main):
        item = name_item(one)
        if item is not None and not item.known:
            return world.ask(f"the value of ServerName {item.value}", ("", f"ServerName is {item.value} as it stands"))
        if item is not None:
            return split_name(item.value)[0]
        if not one.is_main and not any(address.is_wildcard for address in addresses(one)):
            break
    return ""


def verify_client(config: Config, server: Server, request: Request, world: World) -> None:
    """Apply ``SSLVerifyClient require`` of a host: without a certificate the handshake fails, and there is no answer."""
    item = site_of(config, server).last("sslverifyclient", world) if request.tls else None
    if item is not None and item.value.lower() == "require" and not world.holds(CERTIFICATE):
        world.step("host", "SSLVerifyClient require, and the visitor has no certificate", item)
        raise Done(Outcome(Kind.ERROR, reason="no client certificate"))


def goes_by(config: Config, server: Server, name: str, port: int, world: World) -> bool:
    """Whether a name in lower case and a port are those of a host (vhost.c:ap_matches_request_vhost).

    A ServerName without a port never matches (measured).
    """
    if any(at.host.lower() == name and port_of_address(at) in (0, port) for at in addresses(server)):
        return True
    patterns = (alias.lower() for alias in aliases_of(server))
    named = name == hostname(config, server, world).lower() or any(host_wildcard(alias)(name) for alias in patterns)
    return named and _said_port(server) == port


def _said_port(server: Server) -> int:
    """Return the port of ServerName, or of the first address where there is no ServerName; 0 where no port is given."""
    item = name_item(server)
    if item is not None:
        return whole_number(split_name(item.value)[1]) or 0
    ports = [port_of_address(address) for address in addresses(server)]
    return ports[0] if ports else 0


def scheme_of(server: Server, request: Request) -> tuple[str, int]:
    """Return the scheme that httpd writes into URLs, and its port: also https where ServerName begins so (core.c:http_scheme)."""
    item = name_item(server)
    said = item is not None and bool(item.args) and item.value.lower().startswith("https://")
    return ("https", 443) if request.tls or said else ("http", 80)


def server_port(
    server: Server, request: Request, canonical: Item | None, physical: Item | None, *, sub: bool = False
) -> int:
    """Return ``ap_get_server_port``: with UseCanonicalName Off that of the Host header, else ServerName's (F-interpreter-2).

    The Host header counts only for the request itself (vhost.c:fix_hostname), never for a subrequest. With
    UseCanonicalPhysicalPort On the port of the connection comes before ServerName's, and after it with UseCanonicalName On.
    """
    _, default = scheme_of(server, request)
    own = said = _said_port(server)
    if physical is not None and physical.value.lower() == "on":
        own = request.port
    if canonical is not None and canonical.value.lower() == "on":
        return said or own or default
    if sub:
        return own or default
    found = re.search(r":(\d+)$", request.host_header)
    return (whole_number(found[1]) if found else own) or default
