"""
An application has its processes to itself, and yet does not run in their main interpreter.

By default mod_wsgi makes a sub-interpreter. Many C extensions (numpy, pandas, lxml, cryptography and whatever uses the
simplified GIL functions) were not written for one: they hang, crash or refuse to be loaded a second time. Where a process
group serves one script only, the main interpreter costs nothing.

`WSGIApplicationGroup %{GLOBAL}` selects it. The application moves to another interpreter, so the administrator decides.

This is an opinion that must be asked for.

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

Two scripts in one process group need an interpreter each, and embedded mode is another matter:

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
from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.daemons import daemon_processes
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
        found = served.get(process.name, [])
        if len({script_path(mount) for _, mount, _ in found}) != 1 or script_path(found[0][1]) is None:
            continue
        if any(application_group(config, server, mount).name != DEFAULT_APPLICATION for server, mount, _ in found):
            continue
        edits: dict[Edit, None] = {}
        for _, mount, item in found:
            if item is mount.item:
                edits[add_words(item, ["application-group=%{GLOBAL}"])] = None
            elif item is not None:
                edits[insert_after(item, ["WSGIApplicationGroup %{GLOBAL}"])] = None
        items = [item for _, _, item in found]
        fix = None
        if all(item is not None and not item.foreign and len(config.readings(item)) == 1 for item in items):
            fix = Fix.unsafe(
                "Select the main interpreter", *edits, reason="the application moves to another interpreter"
            )
        message = (
            f"process group {process.name} serves one script, and runs it in a sub-interpreter, where many C extensions fail: "
            "add WSGIApplicationGroup %{GLOBAL}"
        )
        yield Diagnostic(found[0][1].item.path, found[0][1].target_span, message, fix)
