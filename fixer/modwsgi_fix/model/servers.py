"""Virtual hosts: names, addresses, TLS, and whether two of them count as one for mod_wsgi."""

from __future__ import annotations

from functools import lru_cache

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Guard, Item, Server
from modwsgi_fix.tuples import NamedTuple

_SCHEME = expression(r"[A-Za-z][A-Za-z0-9+.-]{0,40}://")
#: The number of names that are remembered once they were split.
_MOST_NAMES = 16384


class Address(NamedTuple):
    """One address of a ``<VirtualHost>``: ``*``, ``_default_``, an IP or a name; the port, or ``*`` for any."""

    host: str
    port: str

    @property
    def is_wildcard(self) -> bool:
        """Whether it stands for every address: ``*`` or ``_default_``."""
        return self.host in ("*", "_default_", "[::]", "0.0.0.0")


def addresses(server: Server) -> tuple[Address, ...]:
    """Return the addresses of a virtual host (vhost.c:get_addresses); none for the main server."""
    item = server.item
    return server.once(addresses, lambda: tuple(map(address, item.values))) if item is not None else ()


def address(text: str) -> Address:
    """Split ``host:port``; a missing port means any port."""
    host, colon, port = text.rpartition(":")
    if not colon or "]" in port:
        return Address(text, "*")
    return Address(host or "*", port)


class Listener(NamedTuple):
    """One ``Listen``: its address, and the protocol that it names or httpd derives from its port (listen.c:ap_set_listener)."""

    item: Item
    address: Address
    protocol: str


@derived
def listeners(config: Config) -> list[Listener]:
    """Return every ``Listen``, in the order in which httpd reads them."""
    found = []
    for item in config.named("listen"):
        if item.values:
            at = address(item.value) if ":" in item.value else Address("*", item.value)
            usual = "https" if at.port == "443" else "http"
            found.append(Listener(item, at, item.values[1].lower() if len(item.values) > 1 else usual))
    return found


@lru_cache(_MOST_NAMES)
def split_name(text: str) -> tuple[str, str]:
    """Return a ServerName without its scheme, and its port or an empty string (core.c:server_hostname_port)."""
    if ":" not in text:
        return text, ""
    text = _SCHEME.sub("", text, count=1)
    host, colon, port = text.rpartition(":")
    return (host, port) if colon and port.isdigit() else (text, "")


def name_item(server: Server) -> Item | None:
    """Return the ServerName that counts, which is the last one; None without one."""
    return server.last("servername")


def own_name(server: Server) -> str | None:
    """Return the host's own ServerName as it is spelt, without scheme and port; None without one."""
    return server.once(own_name, lambda: _own_name(server))


def _own_name(server: Server) -> str | None:
    item = name_item(server)
    values = item.values if item is not None else ()
    return split_name(values[0])[0] if values else None


def is_tls(server: Server) -> bool | None:
    """Whether the host has ``SSLEngine On``; None where a condition or a variable decides."""
    item = server.last("sslengine")
    if item is None:
        return False
    if conditions_within(item) or not item.known:
        return None
    return item.value.lower() == "on"


def speaks_tls(config: Config, server: Server) -> bool | None:
    """Whether a host speaks TLS: by SSLEngine, its own or the main server's, or because httpd turns it on by itself.

    httpd does so where the host has a certificate and its protocol is https: by ``Protocol``, or by the Listen with the
    host's address and port (ssl_engine_init.c:ssl_init_Module, listen.c:ap_setup_listeners; measured). None where a
    condition or a variable decides.
    """
    engine = server.last("sslengine") or config.main.last("sslengine")
    if engine is not None:
        if conditions_within(engine) or not engine.known:
            return None
        return engine.value.lower() == "on"
    certificate = server.last("sslcertificatefile") or config.main.last("sslcertificatefile")
    if server.is_main or certificate is None:
        return False
    found = _protocol(config, server) == "https"
    return None if found and conditions_within(certificate) else found


def _protocol(config: Config, server: Server) -> str | None:
    said = server.last("protocol") or config.main.last("protocol")
    if said is not None:
        return said.value.lower()
    if not config.complete and not listeners(config):
        # Every distribution listens on 443 at all addresses.
        usual = any(one.is_wildcard and one.port == "443" for one in addresses(server))
        return "https" if usual else None
    protocols = _protocols(config)
    return next((protocols[key] for key in map(_key, addresses(server)) if key in protocols), None)


@derived
def _protocols(config: Config) -> dict[tuple[str, str], str]:
    """Return the protocol of the first ``Listen`` at each address and port."""
    found: dict[tuple[str, str], str] = {}
    for listener in listeners(config):
        found.setdefault(_key(listener.address), listener.protocol)
    return found


def _key(address: Address) -> tuple[str, str]:
    return ("*" if address.is_wildcard else address.host.lower(), address.port)


def conditions_within(item: Item) -> tuple[Guard, ...]:
    """Return the undecided conditions around a directive within its host; those around the host hold wherever the host exists."""
    host = item.server.item
    return item.guards if host is None else item.guards[len(host.guards) :]


def same_name(config: Config, user: Server, owner: Server) -> bool | None:
    """Whether mod_wsgi lets ``user`` use a process group that ``owner`` declares: equal names, by ``strcmp``.

    Scheme and port are ignored, case is not, ServerAlias is not considered; a host without ServerName at a wildcard
    address has the main server's (wsgi_remote.c:wsgi_execute_remote, vhost.c:ap_fini_vhost_config; F-daemon-2).
    None where the files do not say.
    """
    if user is owner:
        return True
    mine, theirs = name_of(config, user), name_of(config, owner)
    if mine is None or theirs is None:
        return None
    if mine == theirs:
        return True
    if _UNKNOWN in (mine, theirs) or "${" in mine or "${" in theirs:
        return None
    return False


def name_of(config: Config, server: Server) -> str | None:
    """Return the name by which ``same_name`` compares a server; None where the files do not say. It must not be shown."""
    return _names(config)[server]


#: Stands for the main server's name where that is not written: some name that is not known.
_UNKNOWN = "\0main"


@derived
def _names(config: Config) -> dict[Server, str | None]:
    return {server: _name(config, server) for server in config.servers}


def _name(config: Config, server: Server) -> str | None:
    items = server.all("servername")
    if any(conditions_within(item) for item in items):
        return None
    own = own_name(server)
    if own is not None:
        return own
    if not server.is_main and not any(address.is_wildcard for address in addresses(server)):
        # The name then comes from a reverse look-up of the address.
        return None
    main = own_name(config.main)
    return main if main is not None and not config.main.all("servername")[-1].guards else _UNKNOWN


def same_error_log(first: Server, second: Server) -> bool:
    """Whether two servers write to one error log, as far as their own lines tell.

    What an application writes to ``wsgi.errors`` is lost where its host has another log than the host of its process group.
    """
    return _error_log(first) == _error_log(second)


def _error_log(server: Server) -> tuple[str, object] | None:
    log = server.last("errorlog")
    return (log.value, conditions_within(log)) if log else None


def label(server: Server) -> str:
    """Return the name of a server for messages: ``*:443 example.com``."""
    if server.item is None:
        return "the main server"
    name = own_name(server)
    where = " ".join(server.item.values)
    return f"<VirtualHost {where}>" + (f" ({name})" if name else "")
