"""
Each process loads one application twice, because its two hosts have different ports.

## What happens

Hosts on 8080 and 8443 that share a process group hold the application twice in each of its processes.

## Why

By default the interpreter of an application is named after the host, the port and the mount point. mod_wsgi leaves
out the ports 80 and 443 (`wsgi_config.c:wsgi_application_group`), so the HTTP and the HTTPS host of a site share one
copy. On any other ports they do not.

## The fix

It writes `WSGIApplicationGroup` with one name into both hosts. It is unsafe, because the hosts then share what the
copies kept apart in memory. It is made where each host mounts a single script.

## Left alone

Where a host mounts several scripts, there is no fix.

## See also

`client-controlled-application-group`.

## Examples

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

Hosts on ports 80 and 443 share, and so do hosts with one name for their interpreter:

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
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
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
    # Which group a mount is in costs most to find out, and is of interest only where hosts of one name have it on other ports.
    ports_of: dict[tuple[str | None, str, str], set[str]] = {}
    for host in config.hosts:
        for mount in mounts(config, host):
            ports_of.setdefault((own_name(host), mount.url, mount.target), set()).update(_ports(host))
    for host in config.hosts:
        name, ports = own_name(host), _ports(host)
        if name is None or "*" in ports or host in told:
            continue
        for mount in mounts(config, host):
            if ports_of[name, mount.url, mount.target] <= _FOLDED:
                continue
            group, script = process_group(config, host, mount).name, script_path(mount)
            if not group or script is None or application_group(config, host, mount).name != DEFAULT_APPLICATION:
                continue
            twin, first, theirs = seen.setdefault((name, group, mount.url, script), (host, mount, ports))
            if twin is host or ports & theirs or ports | theirs <= _FOLDED:
                continue
            told.add(host)
            pair = f"{'/'.join(sorted(theirs))} and {'/'.join(sorted(ports))}"
            message = f"requests for ports {pair} load the application twice in each process of {group}"
            related = (Related(first.item.path, first.target_span, "the first copy"),)
            fix = _fix(config, name, [twin, host])
            advice = "" if fix else "give both hosts one WSGIApplicationGroup"
            yield Diagnostic(mount.item.path, mount.target_span, message, fix, related, help=advice)
            break


def _ports(host: Server) -> frozenset[str]:
    return frozenset(address.port for address in addresses(host))


def _fix(config: Config, name: str, hosts: list[Server]) -> Fix | None:
    if not re.fullmatch(r"[A-Za-z0-9.-]+", name):
        return None
    places: list[Item] = []
    for host in hosts:
        own = mounts(config, host)
        if len(own) != 1 or own[0].server is not host:
            return None
        places.append(host.last("wsgiprocessgroup") or own[0].item)
    if any(place.guards or len(config.readings(place)) > 1 for place in places):
        return None
    line = [f"WSGIApplicationGroup {name}"]
    edits = [
        insert_after(place, line) if place.key == "wsgiprocessgroup" else insert_before(place, line) for place in places
    ]
    return Fix.unsafe("Name the interpreter in both hosts", *edits, reason="the two copies become one")
