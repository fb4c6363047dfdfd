"""What a configuration of somebody else's needs around it to start: files, users, modules, ports.

All of it is planted in a private root, where the configuration finds its own paths. Only what no file system can give
is changed in its text, by ``neutral``: modules that do not exist here, ports behind a condition, addresses that are not
ours. The same function is applied before and after a fix, and says what it took away, so that it can hide nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from modwsgi_fix import directives
from modwsgi_fix.directives.families import CONDITIONS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.servers import addresses
from modwsgi_fix.syntax import Directive, Section, Tree, parse

from . import install
from .planted import Plan, fill, options_of, users_of
from .root import CERTIFICATE
from .root import Tree as Files
from .server import Mpm


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one configuration, in all its versions, is started. ``hosts`` are names that must lead to the server."""

    tree: Files
    hosts: tuple[str, ...]
    modules: tuple[str, ...]
    mpm: Mpm
    ports: tuple[int, ...]
    preamble: str


def stage(configs: Sequence[Config]) -> Stage:
    """The union of what these configurations need: versions of one, before and after its fixes."""
    plan = Plan()
    names: dict[str, None] = {}
    for config in configs:
        fill(plan, config)
        names |= dict.fromkeys(_host_names(config))
    items = [item for config in configs for item in config.items]
    loaded = {item.value.removesuffix("_module") for item in items if item.key == "loadmodule"}
    mpm: Mpm = "prefork" if "mpm_prefork" in loaded else "worker" if "mpm_worker" in loaded else "event"
    ports = sorted({port for config in configs for port in _ports(config)})
    return Stage(
        plan.tree(users_of(items)),
        tuple(names),
        tuple(sorted(set(_modules(items)))),
        mpm,
        tuple(ports),
        "\n".join(_elsewhere(configs)),
    )


def _elsewhere(configs: Sequence[Config]) -> Iterator[str]:
    """What a piece leaves to the rest of its server: process groups that it uses and no version of it defines, a
    certificate."""
    pieces = [config for config in configs if not config.complete]
    unknown = [set(_used(config)) - {_name(item) for item in config.items} for config in pieces]
    names = sorted(set.intersection(*unknown)) if unknown else []
    yield from (f'WSGIDaemonProcess "{name}" threads=2' for name in names)
    if pieces and pieces[0].named("sslengine") and not pieces[0].named("sslcertificatefile"):
        yield f"SSLCertificateFile {CERTIFICATE}"


def _name(item: Item) -> str:
    return item.value if item.key == "wsgidaemonprocess" else ""


def _used(config: Config) -> Iterator[str]:
    for item in config.items:
        names = [item.value] if item.key == "wsgiprocessgroup" else []
        if item.key in ("wsgiscriptalias", "wsgiscriptaliasmatch", "wsgiimportscript"):
            names = [value for name, value in options_of(item) if name == "process-group"]
        yield from (name for name in names if name and re.fullmatch(r"[\w.-]+", name))


# -- the text -------------------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])", re.ASCII)


@functools.cache
def neutral(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as it can be started here, with as many lines, and the directives that were taken out of it."""
    tree = parse(text)
    found = install.find()
    cut: list[tuple[int, int, str]] = []
    taken: list[str] = []
    addresses = {address for node, _ in _nodes(tree) for address in _addresses(node)}
    for node, conditional in _nodes(tree):
        body = text[node.body_span.start : node.body_span.end]
        if _unavailable(node, found) or (node.key == "listen" and (conditional or "[" in body)):
            taken.append(" ".join(body.split()))
            cut.append((*node.body_span, "#" + "\n#" * body.count("\n")))
        elif len(addresses) == 1 and node.key in ("virtualhost", "namevirtualhost"):
            cut.append((*node.body_span, _ADDRESS.sub(_ours, body)))
    for start, end, new in sorted(cut, reverse=True):
        text = text[:start] + new + text[end:]
    return text, tuple(sorted(taken))


def _nodes(tree: Tree) -> Iterator[tuple[Directive, bool]]:
    """Every directive and section, and whether it stands under a condition."""
    stack = [(node, False) for node in reversed(tree.children)]
    while stack:
        node, conditional = stack.pop()
        if isinstance(node, Directive):
            yield node, conditional
        if isinstance(node, Section):
            inner = conditional or node.key in CONDITIONS or node.key == "macro"
            stack += [(child, inner) for child in reversed(node.children)]


def _unavailable(node: Directive, found: install.Install | str) -> bool:
    """What loads a library that is not here, or is compiled in; a module that is loaded already is skipped by httpd."""
    if node.key == "loadfile":
        return True
    if node.key != "loadmodule" or not node.args or isinstance(found, str):
        return False
    name = node.args[0][0].removesuffix("_module")
    return name != "wsgi" and found.module(name) is None


def _addresses(node: Directive) -> Iterator[str]:
    if node.key in ("virtualhost", "namevirtualhost"):
        yield from (address for value, _ in node.args for address in _ADDRESS.findall(value) if address != "0.0.0.0")


def _ours(address: re.Match[str]) -> str:
    return address[0] if address[0] == "0.0.0.0" else "@IP@"


def _host_names(config: Config) -> Iterator[str]:
    """The names in ``<VirtualHost>`` and ``NameVirtualHost``, which httpd looks up when it starts."""
    for host in config.hosts:
        for one in addresses(host):
            if not one.is_wildcard and re.fullmatch(r"[A-Za-z][\w.-]*", one.host, re.ASCII):
                yield one.host


def _ports(config: Config) -> Iterator[int]:
    """Every port that the configuration listens on or has a host for; 80 where it speaks of none."""
    words = [one.port for host in config.hosts for one in addresses(host)]
    words += [item.value.rpartition(":")[2] for item in config.named("listen")]
    numbers = [int(word) for word in words if word.isdecimal() and word.isascii()]
    yield from (number for number in numbers if 0 < number < 65536)
    if not numbers or "*" in words:
        yield 80


# -- modules --------------------------------------------------------------------------------------------------------

#: Modules that a word asks for, whichever directive it stands in.
_BY_WORD = {
    "deflate": ("filter", "deflate"),
    "balancer": ("proxy_balancer", "slotmem_shm", "lbmethod_byrequests"),
    "cgi-script": ("cgid",),
    "shmcb": ("socache_shmcb",),
    "dbm": ("authn_dbm", "authz_dbm", "socache_dbm"),
    "ldap": ("ldap", "authnz_ldap"),
    "ldap-group": ("ldap", "authnz_ldap"),
    "ldap-user": ("ldap", "authnz_ldap"),
    "digest": ("auth_digest",),
    "group": ("authz_groupfile",),
    "includes": ("include",),
    "server-status": ("status",),
    "server-info": ("info",),
    "uwsgi": ("proxy_uwsgi",),
    "http": ("proxy_http",),
    "https": ("proxy_http",),
    "ajp": ("proxy_ajp",),
    "unix": ("proxy_http",),
}
_ASKING = frozenset(
    [
        "addoutputfilterbytype",
        "addoutputfilter",
        "setoutputfilter",
        "setinputfilter",
        "addhandler",
        "sethandler",
        "authbasicprovider",
        "authdigestprovider",
        "authtype",
        "require",
        "sslsessioncache",
        "sslstaplingcache",
        "proxypass",
        "proxypassmatch",
        "balancermember",
        "options",
    ]
)
_MPMS = frozenset({"event.c", "worker.c", "prefork.c"})


def _modules(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        module = directives.module_of(item.name)
        if module and not set((directives.find(item.name) or _NOTHING).modules) & _MPMS:
            name = module.removesuffix(".c").removeprefix("mod_").removeprefix("util_")
            yield from _needed(name)
        if item.key in _ASKING:
            for word in item.values:
                yield from _BY_WORD.get(re.split(r"[:;+]", word.lower().lstrip("+-"))[0], ())
        if item.key == "scriptalias":
            yield "cgid"
        if item.key == "loadmodule" and not item.value.startswith("mpm_"):
            yield item.value.removesuffix("_module")


_NOTHING = directives.directives()["servername"]


def _needed(name: str) -> Iterator[str]:
    """A module, and what it cannot be without."""
    family = name.partition("_")[0]
    if family in ("proxy", "dav", "session", "cache") and family != name:
        yield family
    yield "alias" if name == "wsgi" else name
