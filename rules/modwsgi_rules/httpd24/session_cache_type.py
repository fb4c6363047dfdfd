"""
`SSLSessionCache` names a kind of cache that httpd 2.4 does not have.

## What happens

httpd does not start.

## Why

Since 2.4 the caches are modules of their own, `mod_socache_shmcb` and others. `shm:` and `shmht:` of older releases are not
among them, and the distributed cache `dc:` is gone as well (`ssl_cmd_SSLSessionCache`, ssl_engine_config.c).

## The fix

A safe fix: it writes `shmcb`, which takes the same file and size. Sessions are kept in shared memory again.

## Left alone

`dc:` is reported without a fix: `memcache:` takes the place of such a server, and needs one. A line for 2.2 only is not
reported, and neither is a server of 2.2.

## See also

httpd's own message is *SSLSessionCache: 'shm' session cache not supported*. Rule `provider-not-loaded`.

## Examples

    ```diff
    -SSLSessionCache shm:logs/ssl_scache(512000)
    +SSLSessionCache shmcb:logs/ssl_scache(512000)
    ```
    ```diff
     <IfModule mod_ssl.c>
    -    SSLSessionCache "shmht:/var/run/ssl_scache(512000)"
    +    SSLSessionCache "shmcb:/var/run/ssl_scache(512000)"
     </IfModule>
    ```

Reported without a fix:

    ```apache
    SSLSessionCache dc:UNIX:/var/run/distcache
    #               ^^^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    SSLSessionCache shmcb:/var/run/ssl_scache(512000)
    SSLSessionCache none
    ```
    ```apache httpd=2.2
    SSLSessionCache shm:logs/ssl_scache(512000)
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.text import Span
from modwsgi_rules.httpd24._shared import read_by_24

_SHARED_MEMORY = ("shm", "shmht")


@rule(severity=Severity.ERROR)
def session_cache_type(config: Config) -> Iterator[Diagnostic]:
    for item in read_by_24(config, "sslsessioncache"):
        kind, colon, _ = item.value.partition(":")
        if not colon or kind.lower() not in (*_SHARED_MEMORY, "dc"):
            continue
        message = f"httpd 2.4 does not know the session cache {kind}, so it does not start"
        advice = "write shmcb:, or memcache: with the address of a server"
        yield Diagnostic(item.path, item.args[0].span, message, _fix(item, kind), help=advice)


def _fix(item: Item, kind: str) -> Fix | None:
    start, end = item.args[0].span
    at = item.file.text.find(kind, start, end)
    if at < 0 or kind.lower() not in _SHARED_MEMORY:
        return None
    edit = Edit(item.path, Span(at, at + len(kind)), "shmcb")
    return Fix.safe("Write shmcb", edit, reason="httpd refused the line", every_reading=True)
