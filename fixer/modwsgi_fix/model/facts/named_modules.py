"""Lines whose words name what a module brings: providers of ``Require`` and of passwords, kinds of caches, methods of balancers,
modules of ``LogLevel``, and the MPM.

This needs a server whose modules are all in sight (``facts.loaded``), since an unknown module may have anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import modules as known_modules
from modwsgi_fix.directives.families import BALANCER_LINES, PASSWORD_PROVIDERS
from modwsgi_fix.model.builds import Build
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.loaded import MPMS, Loaded, loaded
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.model.modules import build, loads_unknown_modules
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

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


#: Each provider of passwords, by its module (``ap_register_auth_provider``).
_OF_PASSWORDS = {
    "anon": "authn_anon",
    "dbd": "authn_dbd",
    "dbm": "authn_dbm",
    "file": "authn_file",
    "ldap": "authnz_ldap",
    "socache": "authn_socache",
    "wsgi": "wsgi",
}
_CACHES = ("dbm", "memcache", "redis", "shmcb")
#: What httpd says where no module of ``MPMS`` is there.
NO_MPM = "Configuration error: No MPM loaded."
SECOND_MPM = "Configuration error: More than one MPM loaded."
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
    """Return the lines that are certainly read and name something that no loaded module has.

    Sources: mod_authz_core.c:add_authz_provider, mod_auth_basic.c:add_authn_provider,
    ssl_engine_config.c:ssl_cmd_SSLSessionCache, mod_proxy_balancer.c, core.c:set_loglevel, main.c.
    """
    modules = loaded(config)
    if modules is None:
        return []
    found = [*_mpm(config, modules), *_providers(config, modules), *_levels(config, modules)]
    if not loads_unknown_modules(config):
        found += [line for line in asked(config) if line.module not in modules.all]
        found += _unknown_passwords(config)
    return found


@derived
def asked(config: Config) -> list[Unserved]:
    """Return the words for passwords, caches and balancers that are certainly read, each with its module, loaded or not."""
    return [*_passwords(config), *_caches(config), *_balancers(config)]


def _mpm(config: Config, modules: Loaded) -> Iterator[Unserved]:
    lines = config.named("loadmodule")
    if not (modules.certain | modules.possible) & MPMS and build(config) is not Build.OTHER:
        yield Unserved(lines[0], NO_MPM, lines[0].span)


@derived
def second_mpms(config: Config) -> list[tuple[Item, Item]]:
    """Return the lines that certainly load another MPM than the first line of one, each with that (main.c:ap_read_config)."""
    lines = [
        item
        for item in config.named("loadmodule")
        if item.value.removesuffix("_module") in MPMS and len(item.args) == 2 and item.known and not item.guards
    ]
    if not config.complete or any(item.file.tree.is_template for item in lines):
        return []
    return [(item, lines[0]) for item in lines[1:] if item.value != lines[0].value]


def _providers(config: Config, present: Loaded) -> Iterator[Unserved]:
    if loads_unknown_modules(config) or config.named("authzprovideralias"):
        return
    modules = present.certain | present.possible
    known = {name for module, names in _PROVIDERS.items() if module in modules for name in names}
    for item in config.named("require"):
        words = item.values[1:] if item.value.lower() == "not" else item.values
        name = words[0] if words else ""
        if name not in known and item.known and not item.guards:
            module = next((module for module, names in _PROVIDERS.items() if name in names), "")
            span = item.args[len(item.args) - len(words)].span if words else item.span
            yield Unserved(item, f"Unknown Authz provider: {name}".rstrip(), span, module)


def _levels(config: Config, present: Loaded) -> Iterator[Unserved]:
    if loads_unknown_modules(config):
        return
    modules, names = present.all, known_modules().values()
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
    for item, arg in _of_passwords(config):
        if arg.value in _OF_PASSWORDS:
            yield Unserved(item, f"Unknown Authn provider: {arg.value}", arg.span, _OF_PASSWORDS[arg.value])


def _unknown_passwords(config: Config) -> Iterator[Unserved]:
    """Yield the providers of passwords that no module of httpd has, nor mod_wsgi."""
    for item, arg in _of_passwords(config):
        if arg.value not in _OF_PASSWORDS:
            yield Unserved(item, f"Unknown Authn provider: {arg.value}", arg.span)


def _of_passwords(config: Config) -> Iterator[tuple[Item, Arg]]:
    """Yield the providers of passwords that are certainly asked for and have no alias."""
    aliases = {item.values[1] for item in config.named("authnprovideralias") if len(item.values) > 1}
    for item in filter(_is_read, config.named(*PASSWORD_PROVIDERS)):
        yield from ((item, arg) for arg in item.args if arg.value not in aliases)


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
