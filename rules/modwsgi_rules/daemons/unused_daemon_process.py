"""
A process group is defined and nothing selects it.

## What happens

Its processes start and sit idle. The application runs inside httpd's own processes (embedded mode), as their user and as
often as there are processes; under `WSGIRestrictEmbedded On` it does not run at all.

## Why

`WSGIDaemonProcess` alone delegates nothing. The group is selected by a `WSGIProcessGroup` of its name, or by
`process-group=` on the `WSGIScriptAlias` (mod_wsgi's manual, WSGIProcessGroup).

## The fix

It adds the `WSGIProcessGroup`. It is unsafe, because the application then runs as another user, in another directory and
with another Python path. Where `WSGIRestrictEmbedded On` refuses the application, it is safe. The whole server must be in
sight for that, with one group and one virtual host with applications.

## Left alone

Elsewhere a person has to say which application the group is for, and the definition is reported without a fix. It is not
reported where no application is in sight, or where a request or a script decides.

## Examples

    ```diff unsafe
     #- apache2.conf
     <VirtualHost *:80>
         ServerName example.com
         WSGIDaemonProcess shop threads=5 home=/srv/shop
    +    WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop/shop.wsgi
     </VirtualHost>
    ```

Every request was refused, for embedded mode is off:

    ```diff
     #- apache2.conf
     WSGIRestrictEmbedded On
     <VirtualHost *:80>
         ServerName example.com
         WSGIDaemonProcess shop threads=5 home=/srv/shop
    +    WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop/shop.wsgi
     </VirtualHost>
    ```

Reported without a fix:

    ```apache
    WSGIDaemonProcess shop threads=5
    #                 ^^^^
    WSGIScriptAlias / /srv/shop/shop.wsgi
    ```

Not reported:

    ```apache
    WSGIDaemonProcess shop threads=5
    ```
    ```apache
    WSGIDaemonProcess shop threads=5
    WSGIProcessGroup %{ENV:GROUP}
    WSGIScriptAlias / /srv/shop/shop.wsgi
    ```
    ```apache
    WSGIDaemonProcess service:clock threads=0
    WSGIImportScript /srv/clock.py process-group=service:clock application-group=%{GLOBAL}
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.daemons import (
    all_groups_known,
    daemon_processes,
    embedded_mode_off,
    group_uses,
)
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.groups import process_group
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.placeholders import has_placeholder, is_settled
from modwsgi_fix.rewriting.lines import insert_after
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.WARNING)
def unused_daemon_process(config: Config) -> Iterator[Diagnostic]:
    uses = group_uses(config)
    if config.named("wsgidispatchscript") or any(not use.is_fixed and use.name != "%{GLOBAL}" for use in uses):
        return
    if any(not is_settled(use.name) for use in uses):
        return
    used = {use.name for use in uses} | {value for item in config.named("wsgirestrictprocess") for value in item.values}
    processes, is_off = daemon_processes(config), embedded_mode_off(config) is not None
    for process in processes:
        if process.name in used or has_placeholder(process.name):
            continue
        embedded = _embedded(config, process.server)
        certain = all_groups_known(config)
        if not embedded and not certain:
            continue
        if embedded and is_off:
            message = f"nothing selects process group {process.name}, and embedded mode is off for its application"
            advice = f"add WSGIProcessGroup {process.name}"
        elif embedded:
            message = f"nothing selects process group {process.name}, so the application runs inside httpd"
            advice = f"add WSGIProcessGroup {process.name}"
        else:
            message = f"nothing selects process group {process.name}, so its processes sit idle"
            advice = "select it or delete it"
        fix = None
        only = len(processes) == 1 and not uses and _mounting(config) == [process.server] and embedded
        if certain and only and not process.stray and is_settled(process.name):
            title = f"Add WSGIProcessGroup {process.name}"
            edit = insert_after(process.directive, [f"WSGIProcessGroup {_quoted(process.name)}"])
            fix = (
                Fix.safe(title, edit, reason="requests of the application were refused")
                if is_off
                else Fix.unsafe(
                    title,
                    edit,
                    reason="the application moves out of httpd's processes; its user, directory and Python path may change",
                )
            )
        place = process.directive
        yield Diagnostic(place.path, place.args[0].span, message, fix, help="" if fix else advice)


def _embedded(config: Config, server: Server) -> bool:
    """Whether an application of the server is in sight that runs in embedded mode without being told to."""
    # Where there are virtual hosts, these serve the requests, with the main server's mounts, too.
    if server.is_main and config.hosts:
        return _any_embedded(config)
    selections = (process_group(config, server, mount) for mount in mounts(config, server))
    return any(selection.name == "" and selection.item is None for selection in selections)


@derived
def _any_embedded(config: Config) -> bool:
    return any(_embedded(config, host) for host in config.hosts)


def _mounting(config: Config) -> list[Server]:
    """Return the servers that have a mount of their own."""
    return [server for server in config.servers if any(m.server is server for m in mounts(config, server))]


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
