"""
A line outside of all virtual hosts is not taken over by hosts, and hosts answer every request.

## What happens

httpd starts and the line does nothing. A `RewriteRule` that sends web sockets to another server, or visitors to https, is never looked at, although a `ProxyPass` beside it
works in every host. With `AllowEncodedSlashes` each URL with `%2F` stays a 404.

## Why

A host takes over most of what the main server says, such as aliases, proxies and the engine of mod_rewrite, but not its rules (mod_rewrite.c:config_server_merge), nor
`AllowEncodedSlashes` (core.c). The main server itself answers only where no host has the address and port. Measured with 2.4.71.

## Left alone

There is no fix: for which of the hosts it is meant is not known. Write it into the host; rules of the main server are also read in a host that has `RewriteOptions Inherit`.
Not reported where any such line stands, where a host has an `AllowEncodedSlashes` of its own, or where the main server answers at an address of `Listen`.

## See also

httpd's own message for the second is *AH00026: found %2f (encoded '/') in URI path*, with `LogLevel info`. Rules `rewrite-engine-off` and `host-never-reached`.

## Examples

Reported without a fix:

    ```apache
    #- httpd.conf
    Listen 80
    RewriteEngine On
      RewriteRule ^/board/socket(.*) ws://127.0.0.1:8000/socket$1 [P]
    # ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      AllowEncodedSlashes NoDecode
    # ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    ProxyPass /board http://127.0.0.1:8000
    <VirtualHost *:80>
        ServerName shop.example
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- httpd.conf
    Listen 80
    Listen 8080
    RewriteEngine On
    RewriteRule ^/old /new [PT]
    AllowEncodedSlashes NoDecode
    <VirtualHost *:80>
        ServerName shop.example
    </VirtualHost>
    ```
    ```apache
    #- httpd.conf
    Listen 80
    RewriteEngine On
    RewriteRule ^/old /new [PT]
    <VirtualHost *:80>
        RewriteOptions Inherit
    </VirtualHost>
    ```
    ```apache
    RewriteEngine On
    RewriteRule ^/old /new [PT]
    <VirtualHost *:80>
        ServerName shop.example
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.gaps import HARMLESS
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.request.hosts import hosts_are_open, index_of, listening
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule

_RULE, _SLASHES = "rewriterule", "allowencodedslashes"


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def not_taken_over_by_hosts(config: Config) -> Iterator[Diagnostic]:
    lines = [*_rules(config), *_slashes(config)]
    if not lines or not _hosts_answer_all(config):
        return
    rules = [item for item in lines if item.key == _RULE]
    for item in [*rules[:1], *(item for item in lines if item.key == _SLASHES)]:
        count = f"these {len(rules)} RewriteRules" if len(rules) > 1 and item.key == _RULE else f"this {item.name}"
        help = f"write {'them' if item.key == _RULE and len(rules) > 1 else 'it'} into the host that is meant"
        if item.key == _RULE:
            help += ", or RewriteOptions Inherit there"
        yield Diagnostic(item.path, item.span, f"no host takes over {count}, and hosts answer every request", help=help)


def _rules(config: Config) -> list[Item]:
    """Return the rules of the main server that would be looked at, if it answered."""
    rules = _own(config, _RULE)
    if not rules or config.named("rewriteoptions"):
        return []
    engine = config.main.last("rewriteengine")
    return rules if engine is not None and engine.value.lower() == "on" and not engine.guards else []


def _slashes(config: Config) -> list[Item]:
    every = config.named(_SLASHES)
    if any(not item.server.is_main for item in every):
        return []
    return [item for item in _own(config, _SLASHES) if item.value.lower() != "off"]


def _own(config: Config, name: str) -> list[Item]:
    """Return the lines of the main server outside of sections, whichever way conditions are decided."""
    return [item for item in config.within(config.main, name) if item.parent is None and item.known and not item.guards]


def _hosts_answer_all(config: Config) -> bool:
    """Whether at each address that httpd listens on a host answers, and never the main server."""
    if not config.hosts or any(gap.kind not in HARMLESS for gap in config.gaps) or hosts_are_open(config):
        return False
    ports, index = listening(config), index_of(config)
    if not ports or config.target.is_22:
        return False
    return all(index.chain(place, port) is not None for port, places in ports.items() for place in places)
