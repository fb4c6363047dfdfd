"""
`CacheEnable mem` asks for a cache that httpd 2.4 does not have.

## What happens

httpd starts, and nothing is cached.

## Why

`mod_mem_cache` is gone (httpd's *Upgrading to 2.4 from 2.2*). `CacheEnable` takes any name, and where no module provides it,
requests are answered without a cache (`cache_get_providers`, cache_util.c).

## Left alone

There is no fix, because the administrator decides what is kept, and where: by `CacheEnable disk` with `CacheRoot`, whose files
the system keeps in memory anyway, or by `CacheEnable socache`. A section of `<IfModule mod_mem_cache.c>` is never read; that is
reported by `removed-module`. A server of 2.2 is not reported.

## See also

httpd writes nothing of it. Rules `removed-module` and `removed-directives`.

## Examples

Reported without a fix:

    ```apache
    <IfModule mod_cache.c>
        CacheEnable mem /icons
    #               ^^^
    </IfModule>
    ```

Not reported:

    ```apache
    CacheEnable disk /
    CacheRoot /var/cache/apache2
    <IfModule mod_mem_cache.c>
        CacheEnable mem /
    </IfModule>
    ```
    ```apache httpd=2.2
    CacheEnable mem /
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_rules.httpd24._shared import read_by_24

_GONE = ("mem", "fd")


@rule(severity=Severity.WARNING)
def cache_in_memory(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, "cacheenable"):
        never_read = any("mem_cache" in guard.test and not guard.negated for guard in item.guards)
        if item.value.lower() not in _GONE or never_read:
            continue
        message = f"httpd 2.4 does not have the cache {item.value}, so nothing is cached"
        yield Diagnostic(
            item.path, item.args[0].span, message, help="write CacheEnable disk, and CacheRoot with a directory"
        )
