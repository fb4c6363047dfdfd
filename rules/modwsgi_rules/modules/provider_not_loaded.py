"""
A word asks for a module that is not loaded.

## What happens

httpd does not start. The directive itself is known, so the message speaks of a provider or a method, and not of a module.

## Why

httpd 2.4 keeps in modules of their own what belonged to others in 2.2: how a balancer chooses (`mod_lbmethod_byrequests` and
others) and the memory that it shares (`mod_slotmem_shm`), the kinds of `SSLSessionCache` (`mod_socache_shmcb` and others), and
what `Require ip` or `Require valid-user` ask (httpd's *Upgrading to 2.4 from 2.2*; `ap_lookup_provider`). A list of LoadModule
lines that is from 2.2 lacks them.

## Left alone

There is no fix: to load code into httpd is the administrator's decision. In a whole server all `LoadModule` lines are in sight,
and only of one that loads six modules at least is anything said. A line under a condition is not reported.

## See also

httpd's own messages are *Unknown Authz provider: valid-user*, *Unknown Authn provider: ldap*, *SSLSessionCache: 'shmcb' session
cache not supported*, *ProxyPass unknown lbmethod*, *AH02432: Cannot find LB Method: byrequests* and *AH01177: Failed to lookup
provider 'shm' for 'slotmem'*. Rules `module-not-loaded` and `old-module-list`.

## Examples

Reported without a fix, once for each module:

    ```apache
    #- httpd.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule proxy_module modules/mod_proxy.so
    LoadModule proxy_balancer_module modules/mod_proxy_balancer.so
    #          ^^^^^^^^^^^^^^^^^^^^^
    LoadModule ssl_module modules/mod_ssl.so
    SSLSessionCache shmcb:logs/ssl_scache(512000)
    #               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ProxyPass /shop balancer://shop
    #               ^^^^^^^^^^^^^^^
    <Location /shop>
        Require ip 192.0.2.1
    #           ^^
        Require ip 192.0.2.2
    </Location>
    ```

Not reported:

    ```apache
    #- httpd.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule authz_host_module modules/mod_authz_host.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule ssl_module modules/mod_ssl.so
    LoadModule socache_shmcb_module modules/mod_socache_shmcb.so
    SSLSessionCache shmcb:logs/ssl_scache(512000)
    <Location /shop>
        Require all denied
        Require ip 192.0.2.1
    </Location>
    <IfModule mod_authz_user.c>
        <Location /club>
            Require valid-user
        </Location>
    </IfModule>
    ```
    ```apache
    SSLSessionCache shmcb:logs/ssl_scache(512000)
    ProxyPass /shop balancer://shop lbmethod=bybusyness
    ```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from modwsgi_fix.directives import modules
from modwsgi_fix.directives.families import BALANCER_LINES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.loaded import Loaded, loaded
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_fix.text import Span

#: The words of ``Require`` by the module that is asked (tried on 2.4.71 without these modules).
_REQUIRED = {
    "authnz_ldap": "ldap-attribute ldap-dn ldap-filter ldap-group ldap-user",
    "authz_dbm": "dbm-file-group dbm-group",
    "authz_groupfile": "file-group group",
    "authz_host": "forward-dns host ip local",
    "authz_owner": "file-owner",
    "authz_user": "user valid-user",
}
_MODULE_OF = {word: module for module, words in _REQUIRED.items() for word in words.split()}
#: What ``AuthBasicProvider`` and ``AuthDigestProvider`` name.
_ASKED_FOR_PASSWORDS = {
    "anon": "authn_anon",
    "dbd": "authn_dbd",
    "dbm": "authn_dbm",
    "file": "authn_file",
    "ldap": "authnz_ldap",
    "socache": "authn_socache",
}
_CACHES = ("dbm", "memcache", "redis", "shmcb")
_METHODS = ("bybusyness", "byrequests", "bytraffic", "heartbeat")


class Asked(NamedTuple):
    """A word that asks for a module, by its name without ``_module``."""

    item: Item
    span: Span
    module: str


@rule(severity=Severity.ERROR, rank=Rank.START)
def provider_not_loaded(config: Config) -> Iterator[Diagnostic]:
    told: set[str] = set()
    words = [*_by_words(config), *_by_caches(config), *_by_balancers(config)]
    there = loaded(config) if words else None
    for item, span, module in words if there is not None else ():
        if module in told or item.guards or not item.known or not _is_absent(there, module):
            continue
        told.add(module)
        name = f"{module}_module"
        word = item.file.text[slice(*span)].strip('"')
        yield Diagnostic(
            item.path,
            span,
            f"{word} needs {name}, which is not loaded, so httpd does not start",
            help=f"a2enmod {module}, or LoadModule {name} modules/mod_{module}.so",
        )


def _is_absent(there: Loaded | None, module: str) -> bool:
    return there is not None and module not in there.all and f"{module}_module" in modules().values()


def _by_words(config: Config) -> Iterator[Asked]:
    for item in config.named("authbasicprovider", "authdigestprovider"):
        for arg in item.args:
            if arg.value.lower() in _ASKED_FOR_PASSWORDS:
                yield Asked(item, arg.span, _ASKED_FOR_PASSWORDS[arg.value.lower()])
    for item in config.named("require"):
        args = [arg for arg in item.args[:2] if arg.value.lower() != "not"]
        if args and args[0].value.lower() in _MODULE_OF:
            yield Asked(item, args[0].span, _MODULE_OF[args[0].value.lower()])


def _by_caches(config: Config) -> Iterator[Asked]:
    for item in config.named("sslsessioncache", "sslstaplingcache"):
        kind = item.value.partition(":")[0].lower()
        if kind in _CACHES:
            yield Asked(item, item.args[0].span, f"socache_{kind}")


def _by_balancers(config: Config) -> Iterator[Asked]:
    balancers = [item for item in config.named("loadmodule") if item.value == "proxy_balancer_module"]
    for item in balancers:
        yield Asked(item, item.args[0].span, "slotmem_shm")
    for item in config.named(*BALANCER_LINES) if balancers else ():
        named = [arg for arg in item.args if arg.value.lower().startswith("lbmethod=")]
        for arg in named:
            method = arg.value.partition("=")[2]
            if method in _METHODS:
                yield Asked(item, arg.span, f"lbmethod_{method}")
        if not named and item.key == "proxypass" and not config.named("proxyset"):
            # Who names no method gets this one (mod_proxy.c).
            yield from (
                Asked(item, arg.span, "lbmethod_byrequests") for arg in item.args if arg.value.startswith("balancer:")
            )
