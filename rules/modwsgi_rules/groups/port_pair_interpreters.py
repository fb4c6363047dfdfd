"""
One application is loaded twice in each process, because its two hosts are reached by different ports.

By default the interpreter that an application runs in is named after the host, the port and the mount point. For 80 and 443
mod_wsgi leaves the port out, so the HTTP and the HTTPS host of a site share one copy. For any other port it does not: hosts
on 8080 and 8443 that share a process group hold the application twice in each of its processes.

`WSGIApplicationGroup` with one name in both hosts lets them share. Whatever the copies kept apart in memory is shared then,
so the administrator decides. The fix does it where each host mounts a single script.

    ```diff unsafe
     WSGIDaemonProcess shop
     <VirtualHost *:8080>
         ServerName shop.example
         WSGIProcessGroup shop
    +    WSGIApplicationGroup shop.example
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
     <VirtualHost *:8443>
         ServerName shop.example
         WSGIProcessGroup shop
    +    WSGIApplicationGroup shop.example
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
    ```

Ports 80 and 443 share; so do hosts with a common name for their interpreter, or canonical names:

    ```apache
    WSGIDaemonProcess shop
    <VirtualHost *:80>
        ServerName shop.example
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop.wsgi
    </VirtualHost>
    <VirtualHost *:443>
        ServerName shop.example
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop.wsgi
    </VirtualHost>
    ```
    ```apache
    WSGIApplicationGroup %{GLOBAL}
    WSGIDaemonProcess shop
    <VirtualHost *:8080>
        ServerName shop.example
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop.wsgi
    </VirtualHost>
    <VirtualHost *:8443>
        ServerName shop.example
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop.wsgi
    </VirtualHost>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.merge.groups import DEFAULT_APPLICATION, application_group, process_group, script_path
from modwsgi_fix.model.servers import addresses, own_name
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.rewriting.lines import insert_after, insert_before
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule

#: The port is left out of the interpreter's name (wsgi_config.c:wsgi_application_group).
_FOLDED = frozenset({"80", "443"})


@rule(severity=Severity.INFO)
def port_pair_interpreters(config: Config) -> Iterator[Diagnostic]:
    if any(item.value.lower() == "on" for item in config.named("usecanonicalname")):
        return
    seen: dict[tuple[object, ...], tuple[Server, Mapping, frozenset[str]]] = {}
    told: set[Server] = set()
    for host in config.hosts:
        ports = frozenset(address.port for address in addresses(host))
        name = own_name(host)
        if name is None or "*" in ports or host in told:
            continue
        for mount in mounts(config, host):
            group, script = process_group(config, host, mount).name, script_path(mount)
            if not group or script is None or application_group(config, host, mount).name != DEFAULT_APPLICATION:
                continue
            other, first, theirs = seen.setdefault((name, group, mount.url, script), (host, mount, ports))
            if other is host or ports & theirs or ports | theirs <= _FOLDED:
                continue
            told.add(host)
            pair = f"{'/'.join(sorted(theirs))} and {'/'.join(sorted(ports))}"
            message = (
                f"requests for ports {pair} run two copies of the application in each process of {group}: give both hosts one "
                "WSGIApplicationGroup"
            )
            related = (Related(first.item.path, first.target_span, "the first copy"),)
            yield Diagnostic(mount.item.path, mount.target_span, message, _fix(config, name, [other, host]), related)
            break


def _fix(config: Config, name: str, hosts: list[Server]) -> Fix | None:
    if not re.fullmatch(r"[A-Za-z0-9.-]+", name):
        return None
    places: list[Item] = []
    for host in hosts:
        found = mounts(config, host)
        if len(found) != 1 or found[0].server is not host:
            return None
        places.append(host.last("wsgiprocessgroup") or found[0].item)
    if any(place.foreign or place.guards or len(config.readings(place)) > 1 for place in places):
        return None
    line = [f"WSGIApplicationGroup {name}"]
    edits = [
        insert_after(place, line) if place.key == "wsgiprocessgroup" else insert_before(place, line) for place in places
    ]
    return Fix.unsafe("Name the interpreter in both hosts", *edits, reason="the two copies become one")
