"""
The interpreter of an application is named after what the request says of host and port.

Without a `WSGIApplicationGroup` the name is made of the host, the port and the mount point; the port is that of the request
unless `UseCanonicalName` is on. So how often an application is loaded is not decided by the configuration alone. An
application that has its processes to itself is best run in the main interpreter: `WSGIApplicationGroup %{GLOBAL}`; several
that share processes each get a name.

This is an opinion that must be asked for.

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

from modwsgi_fix.model.config import Config, Server
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
                message = (
                    "the name of the interpreter depends on the request, and with it how often the application is loaded: "
                    "fix it by WSGIApplicationGroup"
                )
                yield Diagnostic(mount.item.path, mount.target_span, message)


def _canonical(config: Config, server: Server) -> bool:
    item = server.last("usecanonicalname") or config.main.last("usecanonicalname")
    return item is not None and item.value.lower() == "on"
