"""The requests worth tracing on a server, drawn from its configuration and the files that it maps URLs to.

These are for mounts, aliases, redirects, sections and their neighbours (``/app``, ``/app/``, ``/appx``), for scripts and
sources that a URL may reach, and for files on the disk below every served directory.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.layers import Site, site_of
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.merge.world import Beyond
from modwsgi_fix.model.paths import Ordered, has_wildcard
from modwsgi_fix.model.patterns import Match, quoted, search
from modwsgi_fix.model.request.hosts import aliases_of
from modwsgi_fix.model.request.outcome import Request
from modwsgi_fix.model.request.state import escaped
from modwsgi_fix.model.request.translate import Tables, mapped
from modwsgi_fix.model.servers import addresses, own_name, speaks_tls
from modwsgi_fix.model.urls import Mapping, alias_match
from modwsgi_fix.text import whole_number
from modwsgi_fix.tuples import NamedTuple

#: The most requests for one host, the most files below one mapping, and their greatest depth.
MOST_VISITS, _MOST_FILES, _DEPTH = 300, 200, 12
#: The most files below one mapping where all of them are requested.
_EVERY_FILE = 200_000
_SAMPLE = "page"


def sample(pattern: str, groups: dict[int, str] | None = None) -> str | None:
    """As ``samples.sample``, which is imported with the first regular expression."""
    from modwsgi_fix.model.request import samples

    return samples.sample(pattern, groups)


class Visit(NamedTuple):
    """A request, and the class of URLs that it stands for: a path, or a directory with ``*``."""

    request: Request
    group: str


def visits(config: Config, server: Server) -> list[Visit]:
    """Return the visits of one host; none for a main server that no request can reach."""
    return config.once((visits, id(server)), lambda: _visits(config, server))


def _visits(config: Config, server: Server) -> list[Visit]:
    authority = authority_of(config, server)
    if authority is None:
        return []
    found: dict[str, str] = {}
    for path, group in _paths(config, server):
        found.setdefault(path, group)
        if len(found) >= MOST_VISITS:
            break
    return [Visit(authority.request(escaped(path)), group) for path, group in found.items()]


def every_file(config: Config, server: Server) -> Iterator[Request]:
    """Yield a request for each file that a mapping of the host may lead to, but not for directories."""
    authority = authority_of(config, server)
    if authority is None:
        return
    site = site_of(config, server)
    seen: set[str] = set()
    for url in _all_urls(config, Tables(site.base), _rewritten(server), _document_root(site)):
        if url not in seen and not url.endswith("/"):
            seen.add(url)
            yield authority.request(escaped(url))


def _rewritten(server: Server) -> list[Mapping]:
    """Return RewriteRules that lead straight to the filesystem, as equivalent AliasMatch mappings."""
    if not any(item.key == "rewriterule" for item in server.items):
        return []
    from modwsgi_fix.model.request.rewrite_rules import rules_of

    return [
        Mapping(rule.item, rule.pattern, rule.target, True, rule.item.args[0].span, rule.item.args[1].span)
        for rule in rules_of(server)
        if rule.target.startswith("/") and not rule.negated and "%{" not in rule.target
        and not rule.flags.keys() & {"r", "redirect", "pt", "passthrough", "f", "g", "p", "proxy", "c", "chain"}
    ]  # fmt: skip


def _all_urls(config: Config, tables: Tables, rewritten: list[Mapping], root: str | None) -> Iterator[str]:
    for mapping in [*tables.aliases, *rewritten]:
        if mapping.item.known:
            for url, _ in _files_of(config, mapping, _EVERY_FILE):
                yield url
    for path in _below(config, root, _EVERY_FILE) if root is not None else ():
        yield path[len(root or "") :]
    for mount in tables.mounts:
        # A ScriptAlias for a directory hands out its files, each as a program.
        if mount.item.known and not mount.is_regex and config.disk is not None and config.disk.is_dir(mount.target):
            for url, _ in _files_of(config, mount, _EVERY_FILE):
                yield url


def _document_root(site: Site) -> str | None:
    items = site.base[-1].by_key.get("documentroot") or site.base[0].by_key.get("documentroot")
    return items[-1].value.rstrip("/") if items and items[-1].known else None


class Authority(NamedTuple):
    """How to reach a host: a name, a port, TLS or not, and the server's address, None for any."""

    name: str
    port: int
    tls: bool
    address: str | None

    def request(self, path: str) -> Request:
        """Return a GET request for a path."""
        return Request(self.name, self.port, path, tls=self.tls, address=self.address)


def authority_of(config: Config, server: Server) -> Authority | None:
    """Return a name and port by which a host is reached; None for a main server with virtual hosts for every port."""
    return next(iter(authorities_of(config, server)), None)


def authorities_of(config: Config, server: Server) -> list[Authority]:
    """Return every address and port at which a host is reached, with its name; none for an unreachable main server."""
    tls = speaks_tls(config, server) is True
    usual = 443 if tls else 80
    name = _name(server)
    if server.is_main:
        taken = _taken_ports(config)
        ports = [item.value.rpartition(":")[2] for item in config.main.all("listen")] or [str(usual)]
        free = [whole_number(one) for one in ports if one not in taken and "*" not in taken]
        return [Authority(name, port, tls, None) for port in dict.fromkeys(free) if port is not None]
    found = [
        Authority(name, whole_number(one.port) or usual, tls, None if one.is_wildcard else one.host.strip("[]"))
        for one in addresses(server)
    ]
    return list(dict.fromkeys(found)) or [Authority(name, usual, tls, None)]


@derived
def _taken_ports(config: Config) -> set[str]:
    """Return the ports of which hosts take each address."""
    return {a.port for host in config.hosts for a in addresses(host) if a.is_wildcard}


def _name(server: Server) -> str:
    own = own_name(server)
    if own is not None and "${" not in own:
        return own
    names = [alias for alias in aliases_of(server) if "${" not in alias]
    return names[0].replace("*", "any").replace("?", "a") if names else "unnamed.invalid"


def _paths(config: Config, server: Server) -> Iterator[tuple[str, str]]:
    site = site_of(config, server)
    tables = Tables(site.base)
    yield "/", "/"
    for mapping in [*tables.mounts, *tables.aliases]:
        if mapping.item.known:
            yield from _around(mapping)
    for redirect in tables.redirects:
        if redirect.url is not None:
            url = (sample(redirect.url) or "/") if redirect.is_regex else redirect.url
            yield url, url
            if not redirect.is_regex:
                yield posixpath.join(url, _SAMPLE), posixpath.join(url, "*")
    if any(item.key == "rewriterule" for item in server.items):
        from modwsgi_fix.model.request.rewrite_rules import rules_of

        for rule in rules_of(server):
            asked = None if rule.negated else sample(rule.pattern)
            if asked is not None:
                yield asked, asked
    for section in site.every_location():
        yield from _section(section)
    places, scripts = _places(config, server), _scripts(config)
    for mapping in [*tables.aliases, *_rewritten(server)]:
        near = scripts.all if mapping.is_regex else scripts.beginning_with(mapping.target)
        yield from _reached(mapping, [*places, *near])
    root = _document_root(site)
    if root is not None:
        for path in [*places, *scripts.beginning_with(f"{root}/")]:
            if path.startswith(root + "/"):
                yield path[len(root) :], path[len(root) :]
    for mapping in [*tables.aliases, *_rewritten(server)]:
        if mapping.item.known:
            yield from _files_of(config, mapping, _MOST_FILES)
    if root is not None:
        for path in _below(config, root, _MOST_FILES):
            url = path[len(root) :]
            yield url, _class(url)
    yield f"/{_SAMPLE}", "/*"


def _class(url: str) -> str:
    return posixpath.join(posixpath.dirname(url), "*")


def _around(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Yield the URL of a mapping, one below it, and its neighbour, each with its class."""
    if mapping.is_regex:
        url = sample(mapping.url)
        if url is not None:
            yield url, url if url.rstrip("/") == url else url + "*"
        return
    base = mapping.url.rstrip("/")
    yield base or "/", base or "/"
    if base:
        yield f"{base}/", f"{base}/"
        yield f"{base}x", f"{base}x"
    yield f"{base}/{_SAMPLE}", f"{base}/*"
    yield f"{base}/{_SAMPLE}/deeper.txt", f"{base}/*"


def _section(section: Item) -> Iterator[tuple[str, str]]:
    pattern = pattern_of(section)
    if is_regex_section(section):
        found = sample(pattern)
        if found is not None:
            yield found, found
        return
    if has_wildcard(pattern):
        pattern = re.sub(r"\[[^]]{0,200}\]|[*?]", _SAMPLE, pattern)
    if pattern.startswith("/"):
        yield pattern, pattern
        yield posixpath.join(pattern, _SAMPLE), posixpath.join(pattern, "*")


def _places(config: Config, server: Server) -> list[str]:
    """Return the paths of the filesystem that sections name, each once."""
    servers = [server] if server.is_main else [config.main, server]
    found: dict[str, None] = {}
    for one in servers:
        for item in one.items:
            if item.key == "directory" and not is_regex_section(item):
                path = pattern_of(item).rstrip("/")
                if not has_wildcard(path):
                    found |= {f"{path}/": None, f"{path}/{_SAMPLE}.txt": None}
    return list(found)


@derived
def _scripts(config: Config) -> Ordered:
    """Return every WSGI script and its neighbour, which no alias should hand out."""
    found = []
    for item in config.named("wsgiscriptalias"):
        values = item.values
        if len(values) > 1 and item.known:
            directory, slash, _ = values[1].rpartition("/")
            found += [values[1], f"{directory.rstrip('/') or directory}{slash}settings.py"]
    return Ordered(found)


def _reached(mapping: Mapping, paths: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the URLs by which an alias reaches these paths, each with its class."""
    for path in paths:
        for url in _urls_of(mapping, path):
            yield url, url


def _urls_of(mapping: Mapping, path: str) -> Iterator[str]:
    if not mapping.is_regex:
        if path.startswith(mapping.target):
            url = mapping.url + path[len(mapping.target) :]
            if alias_match(mapping.url, url) is not None:
                yield url
        return
    parts = re.split(r"\$(\d)", mapping.target)
    found = search("^" + "(.*)".join(quoted(part) for part in parts[::2]) + "$", path)
    if not isinstance(found, Match):
        return
    groups = dict(zip(map(int, parts[1::2]), found.groups[1:], strict=True))
    made = sample(mapping.url, groups)
    try:
        if made is not None and mapped(made, mapping) == path:
            yield made
    except Beyond:
        return


def _files_of(config: Config, mapping: Mapping, most: int) -> Iterator[tuple[str, str]]:
    """Yield the URLs of the existing files of a mapping, each with its class."""
    top = mapping.target.split("$")[0] if mapping.is_regex else mapping.target
    directory = top.rstrip("/") if config.disk is not None and config.disk.is_dir(top) else posixpath.dirname(top)
    if not directory.startswith("/") or directory == "/":
        return
    for path in _below(config, directory, most):
        for url in _urls_of(mapping, path):
            yield url, _class(url)


def _below(config: Config, directory: str, most: int) -> list[str]:
    """Files and directories below one, level by level, links followed; at most so many. Hosts share directories."""
    return config.once((_below, directory, most), lambda: list(_walked(config, directory, most)))


def _walked(config: Config, directory: str, most: int) -> Iterator[str]:
    disk = config.disk
    if disk is None or not disk.is_dir(directory):
        return
    level, count, seen = [directory], 0, set()
    for _ in range(_DEPTH):
        following = []
        for here in level:
            key = disk.key(here)
            if key in seen:
                continue
            seen.add(key)
            try:
                names = disk.names(here)
            except FileProblem:
                continue
            for name in names:
                path = f"{here}/{name}"
                count += 1
                if count > most:
                    return
                if disk.is_dir(path):
                    following.append(path)
                    yield path + "/"
                else:
                    yield path
        level = following
