"""
Requests are handed to a process group without threads.

## What happens

Every request of the application waits until it times out.

## Why

`threads=0` makes processes that serve no requests. They run what a `WSGIImportScript` starts, such as a background service
(mod_wsgi's manual, WSGIDaemonProcess). httpd accepts such a group for an application too.

## Left alone

The selection is reported without a fix, because only its author knows how many threads were meant. A group that no request
is handed to is not reported.

## Examples

Reported without a fix:

    ```apache
    WSGIDaemonProcess shop threads=0
    WSGIProcessGroup shop
    #                ^^^^
    WSGIScriptAlias / /srv/shop.wsgi
    ```

Not reported:

    ```apache
    WSGIDaemonProcess clock threads=0
    WSGIImportScript /srv/clock.py process-group=clock application-group=%{GLOBAL}
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import daemon_processes, group_uses
from modwsgi_fix.model.facts.selections import in_force
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.ERROR)
def service_process_selected(config: Config) -> Iterator[Diagnostic]:
    services = {
        process.name: process.directive
        for process in daemon_processes(config)
        if (option := process.option("threads")) is not None and option.value == "0" and not process.directive.guards
    }
    for use in group_uses(config):
        place = services.get(use.name)
        if place is None or use.item.key == "wsgiimportscript" or not in_force(config, use):
            continue
        yield Diagnostic(
            use.item.path,
            use.arg_span,
            f"process group {use.name} has no threads, so every request of the application hangs",
            None,
            (Related(place.path, place.args[0].span, "defined here"),),
            help="set threads= of the group, or select another group",
        )
