"""What to ask a configuration of somebody else's: requests for what it mounts, aliases, restricts and grants."""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.servers import address, addresses, own_name
from modwsgi_fix.model.urls import Mapping, aliases, document_root, mounts, redirects

from .patterns import sample
from .planted import CREDENTIALS, MARKER, SOURCE
from .probe import Probe

#: As many requests as one server is asked.
MOST = 25
#: The name of the main server where the configuration has none.
NAMELESS = "nameless.invalid"
_AUTHORIZED = (("Authorization", "Basic " + base64.b64encode(":".join(CREDENTIALS).encode()).decode()),)


def questions(config: Config) -> tuple[Probe, ...]:
    """At most ``MOST`` probes, the hosts in turn, what tells most first."""
    lists = [list(_of_server(config, server)) for server in _asked(config)]
    found: dict[str, Probe] = {}
    for rank in range(max(map(len, lists), default=0)):
        for each in lists:
            if rank < len(each) and len(found) < MOST:
                found.setdefault(str(each[rank]), each[rank])
    return tuple(found.values())


def _asked(config: Config) -> list[Server]:
    """The main server where something reaches it, and the hosts: no more than can be asked anything worth it."""
    own = [item for item in config.main.items if item.key in ("wsgiscriptalias", "alias", "documentroot", "location")]
    hosts = [host for host in config.hosts if host.items]
    return [*hosts[:8], *([config.main] if own or not hosts else [])]


def _of_server(config: Config, server: Server) -> Iterator[Probe]:
    host, port = own_name(server) or _alias_name(server) or NAMELESS, _port(config, server)
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", host):
        host = NAMELESS
    engine = server.last("sslengine")
    # What the configuration asks for is loaded, whatever condition stands around it.
    tls = engine is not None and engine.value.lower() == "on"
    paths = list(dict.fromkeys(path for path in _paths(config, server) if re.fullmatch(r"/[!-~]*", path)))
    probes = [Probe(host, path, port, tls=tls) for path in paths]
    if config.named("authtype", "authbasicprovider"):
        probes[2:2] = [Probe(host, path, port, tls=tls, headers=_AUTHORIZED) for path in paths[:4]]
    yield from probes


def _alias_name(server: Server) -> str | None:
    item = server.last("serveralias")
    return item.value.replace("*", "x") if item and item.args else None


def _port(config: Config, server: Server) -> int:
    words = [one.port for one in addresses(server)]
    words += [address(item.value).port if ":" in item.value else item.value for item in config.named("listen")]
    return next((int(word) for word in words if word.isdecimal() and word.isascii() and 0 < int(word) < 65536), 80)


def _paths(config: Config, server: Server) -> Iterator[str]:
    """URL paths; each kind's own first, then what lies beside and below."""
    mounted, aliased = mounts(config, server), aliases(config, server)
    yield "/"
    yield from _interleaved([
        [path for mount in mounted for path in _of_mount(mount)],
        [path for alias in aliased for path in _of_alias(alias)],
        list(_of_locations(config, server)),
        list(_of_directories(config, server, mounted, aliased)),
        [path for redirect in redirects(config, server) for path in _url(redirect)],
    ])  # fmt: skip
    yield from (f"/{MARKER}", "/nowhere/at/all")


def _interleaved(lists: Sequence[Sequence[str]]) -> Iterator[str]:
    for rank in range(max(map(len, lists))):
        yield from (each[rank] for each in lists if rank < len(each))


def _url(mapping: Mapping) -> Iterator[str]:
    if not mapping.is_regex:
        yield mapping.url
    elif chosen := sample(mapping.url):
        yield chosen


def _of_mount(mount: Mapping) -> Iterator[str]:
    for url in _url(mount):
        yield f"{url.rstrip('/')}/x/y"
        yield url
        if mount.target.endswith("/"):
            yield f"{url.rstrip('/')}/{SOURCE}/x"
        if url != "/":
            yield f"{url.rstrip('/')}x"


def _of_alias(alias: Mapping) -> Iterator[str]:
    for url in _url(alias):
        if alias.is_regex:
            yield url
            continue
        yield posixpath.join(url, MARKER)
        yield url
        yield posixpath.join(url, SOURCE)
        if url.strip("/"):
            yield f"{url.rstrip('/')}x"
            yield url.removesuffix("/") if url.endswith("/") else f"{url}/"


def _of_locations(config: Config, server: Server) -> Iterator[str]:
    for item in _sections(config, server, "location", "locationmatch"):
        pattern = item.values[-1] if item.args else ""
        is_regex = item.key == "locationmatch" or (len(item.args) > 1 and item.value == "~")
        url = sample(pattern) if is_regex else pattern.replace("*", "x").replace("?", "x")
        if url and url.startswith("/"):
            yield f"{url.rstrip('/')}/x"
            yield url


def _of_directories(
    config: Config, server: Server, mounted: Iterable[Mapping], aliased: Iterable[Mapping]
) -> Iterator[str]:
    """URLs of what lies in directories that the configuration speaks of: those beside a script, and sections."""
    roots = [(alias.target, alias.url) for alias in aliased if not alias.is_regex]
    documents = document_root(config, server)
    if documents is not None:
        roots.append((documents.value, "/"))
        yield f"/{SOURCE}"
    beside = [posixpath.dirname(mount.target) for mount in mounted if not mount.is_regex]
    sections = [item.value for item in _sections(config, server, "directory") if "*" not in item.value]
    for directory in dict.fromkeys([*beside, *(path.rstrip("/") for path in sections)]):
        for top, url in roots:
            inside = directory.removeprefix(top.rstrip("/"))
            if inside != directory and inside[:1] in ("", "/"):
                yield posixpath.join(url, inside.lstrip("/"), SOURCE)
                yield posixpath.join(url, inside.lstrip("/"), MARKER)


def _sections(config: Config, server: Server, *keys: str) -> Iterator[Item]:
    servers = [server] if server.is_main else [server, config.main]
    yield from (item for one in servers for item in one.walk() if item.key in keys and item.args)
