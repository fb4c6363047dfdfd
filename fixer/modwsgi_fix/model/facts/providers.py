"""Modules that a line needs for what it says, besides the module that has its name.

httpd 2.2 had these inside other modules: the caches of TLS sessions in mod_ssl, and the ways to balance in
mod_proxy_balancer (httpd's *Upgrading to 2.4 from 2.2*; ssl_engine_config.c:ssl_cmd_SSLSessionCache,
mod_proxy_balancer.c:balancer_post_config).
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.modules import is_loaded

_CACHES = {"shmcb": "socache_shmcb", "dbm": "socache_dbm", "memcache": "socache_memcache", "redis": "socache_redis"}
_BALANCER = ("slotmem_shm", "lbmethod_byrequests")
#: A way to balance that is said for each balancer, so that no other has to be there.
_BY_NAME = "lbmethod="


def lacking(config: Config) -> Iterator[tuple[Item, str]]:
    """The lines on which httpd 2.4 ends for want of such a module, and the module's name without ``_module``."""
    for item in config.named("sslsessioncache", "sslstaplingcache"):
        module = _CACHES.get(item.value.partition(":")[0].lower()) if item.known and not item.guards else None
        if module and _is_missing(config, module):
            yield item, module
    for item in config.named("loadmodule"):
        if item.value == "proxy_balancer_module" and not item.guards:
            yield from ((item, module) for module in _balancing(config) if _is_missing(config, module))


def _balancing(config: Config) -> tuple[str, ...]:
    named = any(_BY_NAME in word.lower() for item in config.named("proxyset", "proxypass") for word in item.values)
    return _BALANCER if config.named("balancermember") and not named else _BALANCER[:1]


def _is_missing(config: Config, module: str) -> bool:
    return is_loaded(config, f"mod_{module}.c") is False
