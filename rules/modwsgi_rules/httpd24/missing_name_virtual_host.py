"""
Several virtual hosts share an address, and httpd 2.2 is not told that it is name-based.

## What happens

httpd 2.2 sends every request for the address to its first `<VirtualHost>`, whatever name was asked for.

## Why

In 2.2, hosts are chosen by name only at an address that `NameVirtualHost` names (httpd 2.2's manual, NameVirtualHost). httpd
2.4 does not need the line, so this rule runs only where the target is 2.2, and only in a whole server: the line usually
stands in another file.

## The fix

A repair: it writes the line before the first of the hosts. The other hosts then answer under their own names.

## See also

httpd's own message is `VirtualHost *:80 overlaps with VirtualHost *:80, the first has precedence`. Rule `name-virtual-host`.

## Examples

    ```diff repair httpd=2.2
     #- httpd.conf
     Listen 80
    +NameVirtualHost *:80
     <VirtualHost *:80>
         ServerName example.com
     </VirtualHost>
     <VirtualHost *:80>
         ServerName shop.example.com
     </VirtualHost>
    ```

Not reported:

    ```apache httpd=2.2
    #- httpd.conf
    NameVirtualHost *:80
    <VirtualHost *:80>
        ServerName example.com
    </VirtualHost>
    <VirtualHost *:80>
        ServerName shop.example.com
    </VirtualHost>
    ```
    ```apache
    #- httpd.conf
    <VirtualHost *:80>
        ServerName example.com
    </VirtualHost>
    <VirtualHost *:80>
        ServerName shop.example.com
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.servers import Address, address
from modwsgi_fix.rewriting.lines import insert_before
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.ERROR)
def missing_name_virtual_host(config: Config) -> Iterator[Diagnostic]:
    if not config.target.is_22 or not config.complete or not config.hosts or config.gaps:
        return
    lines = config.named("namevirtualhost")
    if any(not item.known for item in lines):
        return
    named = {address(value) for item in lines for value in item.values}
    hosts: dict[Address, list[Item]] = {}
    for server in config.hosts:
        item = server.item
        if item is None or not item.known or item.guards:
            continue
        for value in item.values:
            hosts.setdefault(address(value), []).append(item)
    for where, items in hosts.items():
        if len(items) < 2 or where.host == "_default_" or any(_covers(declared, where) for declared in named):
            continue
        first, second, *_ = items
        text = where.host if where.port == "*" else f"{where.host}:{where.port}"
        fix = Fix.repair(
            "Declare the address name-based",
            insert_before(first, [f"NameVirtualHost {text}"]),
            reason="the hosts after the first one answer under their own names",
        )
        yield Diagnostic(
            second.path,
            second.span,
            f"without NameVirtualHost {text} httpd 2.2 never chooses this host",
            fix,
            (Related(first.path, first.span, "this host answers"),),
        )


def _covers(declared: Address, where: Address) -> bool:
    """Whether a NameVirtualHost names this address.

    Without a port it is for the port of the last Listen, or for all, so it is taken to name every port.
    """
    return declared.host == where.host and declared.port in (where.port, "*")
