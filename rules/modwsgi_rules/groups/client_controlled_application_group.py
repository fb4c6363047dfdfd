"""
The interpreter of an application is named after the host and port that the request asks for.

## What happens

The configuration alone does not decide how often an application is loaded. A client that asks with a new port in its
`Host` header makes each process load the application once more.

## Why

Without a `WSGIApplicationGroup` mod_wsgi makes the name of host, port and mount point
(`wsgi_config.c:wsgi_application_group`). The port is that of the request, unless `UseCanonicalName` is on.

## Left alone

There is no fix, and the rule is an opinion that must be asked for. An application that has its processes to itself
runs best in the main interpreter: `WSGIApplicationGroup %{GLOBAL}`. Applications that share processes each need a
name.

## See also

`port-pair-interpreters`, `missing-global-application-group`, `wsgi-alias-match-unanchored`.

## Examples

    ```apache
    WSGIDaemonProcess shop
    WSGIProcessGroup shop
    WSGIScriptAlias / /srv/shop.wsgi
    #                 ^^^^^^^^^^^^^^
    ```
    ```apache
    WSGIDaemonProcess shop
    WSGIProcessGroup shop
    WSGIApplicationGroup %{GLOBAL}
    WSGIScriptAlias / /srv/shop.wsgi
    ```
    ```apache
    UseCanonicalName On
    WSGIScriptAlias / /srv/shop.wsgi
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.groups import DEFAULT_APPLICATION, application_group
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.rule import Diagnostic, Severity, rule

_BY_REQUEST = frozenset({DEFAULT_APPLICATION, "%{SERVER}", "%{HOST}"})


@rule(severity=Severity.INFO, default=False)
def client_controlled_application_group(config: Config) -> Iterator[Diagnostic]:
    told: set[int] = set()
    for server in config.servers:
        if _canonical(config, server):
            continue
        for mount in mounts(config, server):
            name = application_group(config, server, mount).name
            if name in _BY_REQUEST and mount.item.index not in told:
                told.add(mount.item.index)
                message = "the request decides the name of the interpreter, and so how often the application is loaded"
                yield Diagnostic(
                    mount.item.path, mount.target_span, message, help="set the name by WSGIApplicationGroup"
                )


def _canonical(config: Config, server: Server) -> bool:
    item = server.last("usecanonicalname") or config.main.last("usecanonicalname")
    return item is not None and item.value.lower() == "on"
