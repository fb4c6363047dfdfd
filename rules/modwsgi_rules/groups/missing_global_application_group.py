"""
An application has its processes to itself, and yet does not run in their main interpreter.

## What happens

Many C extensions (numpy, pandas, lxml, cryptography and whatever uses the simplified GIL functions) are not written
for a sub-interpreter. They hang, crash or refuse to be loaded a second time.

## Why

By default mod_wsgi makes a sub-interpreter (`wsgi_config.c:wsgi_application_group`; the mod_wsgi manual, "Application
Issues: Python Simplified GIL State API"). Where a process group serves one script only, the main interpreter costs
nothing.

## The fix

It selects the main interpreter by `WSGIApplicationGroup %{GLOBAL}`. It is unsafe, because the application moves to
another interpreter.

## Left alone

The rule is an opinion that must be asked for. It does not report scripts that share a process group, because each
needs an interpreter of its own.

## See also

*cannot load module more than once per process*; `two-applications-in-main-interpreter`,
`client-controlled-application-group`.

## Examples

    ```diff unsafe
     WSGIDaemonProcess shop
     WSGIProcessGroup shop
    +WSGIApplicationGroup %{GLOBAL}
     WSGIScriptAlias / /srv/shop.wsgi
    ```
    ```diff unsafe
     WSGIDaemonProcess shop
    -WSGIScriptAlias / /srv/shop.wsgi process-group=shop
    +WSGIScriptAlias / /srv/shop.wsgi process-group=shop application-group=%{GLOBAL}
    ```

Two scripts share a process group, and an application runs in embedded mode:

    ```apache
    WSGIDaemonProcess sites
    WSGIProcessGroup sites
    WSGIScriptAlias /blog /srv/blog/wsgi.py
    WSGIScriptAlias /shop /srv/shop/wsgi.py
    ```
    ```apache
    WSGIScriptAlias /shop /srv/shop/wsgi.py
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.groups import DEFAULT_APPLICATION, application_group, process_group, script_path
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.rewriting.lines import add_words, insert_after
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.INFO, default=False)
def missing_global_application_group(config: Config) -> Iterator[Diagnostic]:
    served: dict[str, list[tuple[Server, Mapping, Item | None]]] = {}
    for server in config.servers:
        for mount in mounts(config, server):
            selection = process_group(config, server, mount)
            if selection.name is None:
                return
            served.setdefault(selection.name, []).append((server, mount, selection.item))
    for process in daemon_processes(config):
        uses = served.get(process.name, [])
        if len({script_path(mount) for _, mount, _ in uses}) != 1 or script_path(uses[0][1]) is None:
            continue
        if any(application_group(config, server, mount).name != DEFAULT_APPLICATION for server, mount, _ in uses):
            continue
        edits: dict[Edit, None] = {}
        for _, mount, item in uses:
            if item is mount.item:
                edits[add_words(item, ["application-group=%{GLOBAL}"])] = None
            elif item is not None:
                edits[insert_after(item, ["WSGIApplicationGroup %{GLOBAL}"])] = None
        items = [item for _, _, item in uses]
        fix = None
        if all(item is not None and len(config.readings(item)) == 1 for item in items):
            fix = Fix.unsafe(
                "Select the main interpreter", *edits, reason="the application moves to another interpreter"
            )
        mount = uses[0][1]
        message = f"process group {process.name} runs one script in a sub-interpreter, where many C extensions fail"
        advice = "" if fix else "add WSGIApplicationGroup %{GLOBAL}"
        yield Diagnostic(mount.item.path, mount.target_span, message, fix, help=advice)
