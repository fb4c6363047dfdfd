"""Lines whose words name what a module brings: providers of ``Require`` and of passwords, kinds of caches, methods of balancers,
modules of ``LogLevel``, and the MPM.

Asked only of a server whose modules are all in sight (``facts.loaded``); a module that nobody here knows may bring anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from modwsgi_fix.directives import modules as known_modules
from modwsgi_fix.directives.families import BALANCER_LINES
from modwsgi_fix.model.builds import Build
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.loaded import MPMS, Loaded, loaded
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.modules import build, loads_unknown_modules
from modwsgi_fix.text import Span

#: Each provider of ``Require``, by the module that registers it (``ap_register_auth_provider``).
_PROVIDERS = {
    "authz_core": ("all", "env", "expr", "method"),
    "authz_host": ("forward-dns", "host", "ip", "local"),
    "authz_user": ("user", "valid-user"),
    "authz_groupfile": ("file-group", "group"),
    "authz_owner": ("file-owner",),
    "authz_dbm": ("dbm-file-group", "dbm-group"),
    "authz_dbd": ("dbd-group", "dbd-login", "dbd-logout"),
    "authnz_ldap": (
        "ldap-attribute", "ldap-dn", "ldap-filter", "ldap-group", "ldap-search", "ldap-user",
    ),
    "ssl": ("ssl", "ssl-verify-client"),
    "wsgi": ("wsgi-group",),
}  # fmt: skip


#: Each provider of ``AuthBasicProvider`` and ``AuthDigestProvider``, by its module.
_OF_PASSWORDS = {
    "anon": "authn_anon",
    "dbd": "authn_dbd",
    "dbm": "authn_dbm",
    "file": "authn_file",
    "ldap": "authnz_ldap",
    "socache": "authn_socache",
}
_CACHES = ("dbm", "memcache", "redis", "shmcb")
_METHODS = ("bybusyness", "byrequests", "bytraffic", "heartbeat")


class Unserved(NamedTuple):
    """A line that httpd refuses for a module that is not loaded, with httpd's message."""

    item: Item
    message: str
    #: The word that asks for it, and its module without ``_module``; empty where none or several would do.
    span: Span
    module: str = ""


@derived
def unserved(config: Config) -> list[Unserved]:
    """The lines that are certainly read and name what no loaded module has (mod_authz_core.c:add_authz_provider,
    mod_auth_basic.c:add_authn_provider, ssl_engine_config.c:ssl_cmd_SSLSessionCache, mod_proxy_balancer.c, core.c:set_loglevel,
    main.c)."""
    there = loaded(config)
    if there is None:
        return []
    found = [*_mpm(config, there), *_providers(config, there), *_levels(config, there)]
    if not loads_unknown_modules(config):
        found += [one for one in asked(config) if one.module not in there.all]
    return found


@derived
def asked(config: Config) -> list[Unserved]:
    """The words for passwords, caches and balancers that are certainly read, each with the module that it asks for; also where
    that is loaded."""
    return [*_passwords(config), *_caches(config), *_balancers(config)]


def _mpm(config: Config, there: Loaded) -> Iterator[Unserved]:
    lines = config.named("loadmodule")
    if not (there.certain | there.possible) & MPMS and build(config) is not Build.OTHER:
        yield Unserved(lines[0], "Configuration error: No MPM loaded.", lines[0].span)


def _providers(config: Config, there: Loaded) -> Iterator[Unserved]:
    if loads_unknown_modules(config) or config.named("authzprovideralias"):
        return
    modules = there.certain | there.possible
    known = {name for module, names in _PROVIDERS.items() if module in modules for name in names}
    for item in config.named("require"):
        words = item.values[1:] if item.value.lower() == "not" else item.values
        name = words[0] if words else ""
        if name not in known and item.known and not item.guards:
            module = next((module for module, names in _PROVIDERS.items() if name in names), "")
            span = item.args[len(item.args) - len(words)].span if words else item.span
            yield Unserved(item, f"Unknown Authz provider: {name}".rstrip(), span, module)


def _levels(config: Config, there: Loaded) -> Iterator[Unserved]:
    if loads_unknown_modules(config):
        return
    modules, names = there.all, known_modules().values()
    for item in config.named("loglevel"):
        for arg in item.args:
            name, colon, _ = arg.value.rpartition(":")
            plain = (
                name.removeprefix("mod_").removesuffix(".c") if name.endswith(".c") else name.removesuffix("_module")
            )
            if colon and plain not in modules and item.known and not item.guards:
                module = plain if f"{plain}_module" in names else ""
                yield Unserved(item, f"Cannot find module {name}", arg.span, module)
                break


def _passwords(config: Config) -> Iterator[Unserved]:
    aliases = {item.values[1] for item in config.named("authnprovideralias") if len(item.values) > 1}
    for item in config.named("authbasicprovider", "authdigestprovider"):
        for arg in item.args if _is_read(item) else ():
            if arg.value in _OF_PASSWORDS and arg.value not in aliases:
                yield Unserved(item, f"Unknown Authn provider: {arg.value}", arg.span, _OF_PASSWORDS[arg.value])


def _caches(config: Config) -> Iterator[Unserved]:
    for item in filter(_is_read, config.named("sslsessioncache", "sslstaplingcache")):
        kind = item.value.partition(":")[0]
        if kind in _CACHES:
            message = f"{item.name}: '{kind}' session cache not supported"
            yield Unserved(item, message, item.args[0].span, f"socache_{kind}")


def _balancers(config: Config) -> Iterator[Unserved]:
    """What mod_proxy_balancer needs to start: memory to share, and for each balancer a method (byrequests by default)."""
    loading = [item for item in config.named("loadmodule") if item.value == "proxy_balancer_module" and _is_read(item)]
    for item in loading:
        message = "Failed to lookup provider 'shm' for 'slotmem': is mod_slotmem_shm loaded??"
        yield Unserved(item, message, item.args[0].span, "slotmem_shm")
    is_named = False
    for item in filter(_is_read, config.named(*BALANCER_LINES) if loading else ()):
        for arg in (arg for arg in item.args if arg.value.startswith("lbmethod=")):
            is_named, method = True, arg.value.partition("=")[2]
            if method in _METHODS:
                yield Unserved(item, "ProxyPass unknown lbmethod", arg.span, f"lbmethod_{method}")
    # One that is named for a balancer may be that of all.
    for item in filter(_is_read, config.named("proxypass", "balancermember") if loading and not is_named else ()):
        for arg in item.args:
            if arg.value.startswith("balancer:") or item.key == "balancermember":
                yield Unserved(item, "Cannot find LB Method: byrequests", arg.span, "lbmethod_byrequests")
                break


def _is_read(item: Item) -> bool:
    return item.known and not item.guards and bool(item.args)
