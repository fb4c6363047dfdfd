"""
A process group is looked up at start, before it is defined.

## What happens

httpd does not start.

## Why

`WSGIImportScript`, and `WSGIScriptAlias` with both `process-group=` and `application-group=`, load the script at start.
mod_wsgi looks up their group while the line is read (`wsgi_add_import_script` and `wsgi_add_script_alias`), so the
`WSGIDaemonProcess` must come earlier in reading order. The order of files counts: Debian reads sites by name.

## The fix

A safe fix: it moves the definition up, to the line before its first use. Where another host defines the group, the
definition moves to the main server, before the first host that needs it.

## Left alone

`WSGIProcessGroup`, and a `WSGIScriptAlias` with only one of the two options, are looked up per request, so the definition
may stand anywhere. They are not reported.

## See also

httpd's own message is *WSGI process group not yet configured.* Rule `servername-after-wsgi-alias`.

## Examples

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

Not reported:

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
from modwsgi_fix.model.daemons import DaemonProcess, definitions, group_uses
from modwsgi_fix.rewriting.lines import insert_before
from modwsgi_fix.rewriting.moving import delete_with_comment, lines_with_comment
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.daemons._shared import hoisted


@rule(severity=Severity.ERROR)
def process_group_before_definition(config: Config) -> Iterator[Diagnostic]:
    for use in group_uses(config):
        defined = definitions(config, use.name)
        if not use.at_start or not defined or defined[0].directive.index < use.item.index:
            continue
        place = defined[0].directive
        fix = _fix(config, defined[0]) if len(defined) == 1 else None
        yield Diagnostic(
            use.item.path,
            use.arg_span,
            f"process group {use.name} is looked up before it is defined, so httpd does not start",
            fix,
            (Related(place.path, place.args[0].span, "defined here"),),
            help="" if fix else "define it above this line",
        )


def _fix(config: Config, process: DaemonProcess) -> Fix | None:
    item = process.directive
    early = [use.item for use in group_uses(config) if use.at_start and use.name == process.name]
    place = min(early, key=lambda use: use.index)
    if place.server is process.server and not place.server.is_main:
        alone = len(config.readings(place)) == len(config.readings(item)) == 1
        if item.foreign is not place.foreign or process.stray or not alone or set(place.guards) != set(item.guards):
            return None
        edits = [insert_before(place, lines_with_comment(item)), delete_with_comment(item)]
        return Fix.safe("Move the definition up", *edits, reason="httpd refused to start")
    reason = (
        "httpd refused to start; every host may use the group there, and its start-up messages go to the main ErrorLog"
    )
    return hoisted(config, process, reason)
