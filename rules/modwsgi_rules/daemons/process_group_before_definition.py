"""
A process group is looked up at start, before it is defined.

`WSGIImportScript`, and `WSGIScriptAlias` with both `process-group=` and `application-group=`, load the script at start, and
so need the `WSGIDaemonProcess` earlier in reading order; else httpd refuses to start: *WSGI process group not yet
configured.* (`WSGIProcessGroup` is looked up per request and may stand anywhere.) The order of files counts: Debian reads
sites by name.

The fix moves the definition up: to the line before, or, where another host defines it, to the main server before the
first host that needs it.

    ```diff
     <VirtualHost *:80>
         ServerName example.com
    +    WSGIDaemonProcess shop threads=5
         WSGIScriptAlias / /srv/shop.wsgi process-group=shop application-group=%{GLOBAL}
    -    WSGIDaemonProcess shop threads=5
     </VirtualHost>
    ```
    ```diff
    +WSGIDaemonProcess shop threads=5
     <VirtualHost *:443>
         ServerName example.com
         WSGIImportScript /srv/shop.wsgi process-group=shop application-group=%{GLOBAL}
     </VirtualHost>
     <VirtualHost *:80>
         ServerName example.com
    -    WSGIDaemonProcess shop threads=5
     </VirtualHost>
    ```
    ```apache
    WSGIProcessGroup shop
    WSGIScriptAlias / /srv/shop.wsgi process-group=shop
    WSGIDaemonProcess shop threads=5
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, daemon_processes, group_uses
from modwsgi_fix.rewriting.lines import insert_before
from modwsgi_fix.rewriting.moving import delete_with_comment, lines_with_comment
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.daemons._shared import hoisted


@rule(severity=Severity.ERROR)
def process_group_before_definition(config: Config) -> Iterator[Diagnostic]:
    first: dict[str, DaemonProcess] = {}
    count: dict[str, int] = {}
    for process in daemon_processes(config):
        first.setdefault(process.name, process)
        count[process.name] = count.get(process.name, 0) + 1
    for use in group_uses(config):
        found = first.get(use.name)
        if not use.at_start or found is None or found.directive.index < use.item.index:
            continue
        place = found.directive
        fix = _fix(config, found) if count[use.name] == 1 else None
        yield Diagnostic(
            use.item.path,
            use.arg_span,
            f"process group {use.name} is looked up here and defined later, so httpd will not start: define it before",
            fix,
            (Related(place.path, place.args[0].span, "defined here"),),
        )


def _fix(config: Config, process: DaemonProcess) -> Fix | None:
    item = process.directive
    early = [use.item for use in group_uses(config) if use.at_start and use.name == process.name]
    place = min(early, key=lambda use: use.index)
    if place.server is process.server and not place.server.is_main:
        alone = len(config.readings(place)) == len(config.readings(item)) == 1
        if item.foreign or process.stray or place.foreign or not alone or set(place.guards) != set(item.guards):
            return None
        edits = [insert_before(place, lines_with_comment(item)), delete_with_comment(item)]
        return Fix.safe("Move the definition up", *edits, reason="httpd refused to start")
    reason = (
        "httpd refused to start; every host may use the group there, and its start-up messages go to the main ErrorLog"
    )
    return hoisted(config, process, reason)
