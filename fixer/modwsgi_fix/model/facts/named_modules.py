"""Lines whose words name something of a module: providers of ``Require``, modules of ``LogLevel``, and the MPM.

This needs a server whose modules are all in sight (``facts.loaded``), since an unknown module may have anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from modwsgi_fix.model.builds import Build
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.loaded import MPMS, Loaded, loaded
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.modules import build, loads_unknown_modules

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


class Unserved(NamedTuple):
    """A line that httpd refuses for a module that is not loaded, with httpd's message."""

    item: Item
    message: str


@derived
def unserved(config: Config) -> list[Unserved]:
    """Return the lines that are certainly read and name something that no loaded module has.

    Sources: mod_authz_core.c:add_authz_provider, core.c:set_loglevel, main.c.
    """
    modules = loaded(config)
    if modules is None:
        return []
    return [*_mpm(config, modules), *_providers(config, modules), *_levels(config, modules)]


def _mpm(config: Config, modules: Loaded) -> Iterator[Unserved]:
    lines = config.named("loadmodule")
    if not (modules.certain | modules.possible) & MPMS and build(config) is not Build.OTHER:
        yield Unserved(lines[0], "Configuration error: No MPM loaded.")


def _providers(config: Config, present: Loaded) -> Iterator[Unserved]:
    if loads_unknown_modules(config) or config.named("authzprovideralias"):
        return
    modules = present.certain | present.possible
    known = {name for module, names in _PROVIDERS.items() if module in modules for name in names}
    for item in config.named("require"):
        words = item.values[1:] if item.value.lower() == "not" else item.values
        name = words[0] if words else ""
        if name not in known and item.known and not item.guards:
            yield Unserved(item, f"Unknown Authz provider: {name}".rstrip())


def _levels(config: Config, present: Loaded) -> Iterator[Unserved]:
    if loads_unknown_modules(config):
        return
    modules = present.all
    for item in config.named("loglevel"):
        for word in item.values:
            name, colon, _ = word.rpartition(":")
            plain = (
                name.removeprefix("mod_").removesuffix(".c") if name.endswith(".c") else name.removesuffix("_module")
            )
            if colon and plain not in modules and item.known and not item.guards:
                yield Unserved(item, f"Cannot find module {name}")
                break
