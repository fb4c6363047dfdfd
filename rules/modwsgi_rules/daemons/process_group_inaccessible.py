"""
A process group is selected that belongs to a virtual host of another name.

## What happens

httpd starts, and every request of the application gets an error 500.

## Why

A group that a virtual host defines may be used by hosts of the same ServerName only (`wsgi_execute_remote` of mod_wsgi). The
case of the name counts, the port does not, and ServerAlias is not considered.

## The fix

A repair: it moves the definition to the main server, where every host may use it. The start-up messages of the group then go
to the main ErrorLog.

Where the two names differ in case only, and the hosts share an ErrorLog, it writes this host's ServerName like the other.
That is safe.

## Left alone

A host that only redirects does not run the application, and is not reported. Names that are not known are not compared.

## See also

httpd's own message is *Daemon process called 'shop' cannot be accessed by this WSGI application*. Rule
`process-group-undefined`.

## Examples

    ```diff repair
    +WSGIDaemonProcess shop threads=5
     <VirtualHost *:80>
         ServerName shop.example
    -    WSGIDaemonProcess shop threads=5
         WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
     <VirtualHost *:80>
         ServerName www.shop.example
         WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
    ```
    ```diff
     <VirtualHost *:80>
         ServerName shop.example
         WSGIDaemonProcess shop threads=5
         WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
     <VirtualHost *:443>
    -    ServerName Shop.example:443
    +    ServerName shop.example:443
         WSGIProcessGroup shop
         WSGIScriptAlias / /srv/shop.wsgi
     </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:443>
        ServerName shop.example
        WSGIDaemonProcess shop threads=5
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop.wsgi
    </VirtualHost>
    <VirtualHost *:80>
        ServerName www.shop.example
        WSGIProcessGroup shop
        Redirect / https://shop.example/
    </VirtualHost>
    <VirtualHost 192.0.2.1:443>
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop.wsgi
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Applicability, Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import (
    DaemonProcess,
    GroupUse,
    daemon_processes,
    definitions,
    group_uses,
    may_use,
    refused_uses,
)
from modwsgi_fix.model.facts.selections import in_force
from modwsgi_fix.model.servers import label, name_item, own_name, same_error_log, split_name
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.daemons._shared import hoisted


@rule(severity=Severity.ERROR, changes=("regained",))
def process_group_inaccessible(config: Config) -> Iterator[Diagnostic]:
    stops = {refused.use for refused in refused_uses(config)}
    for use in group_uses(config):
        host = use.item.server
        defined = definitions(config, use.name)
        if host.is_main or len(defined) != 1 or may_use(config, host, defined[0]) is not False:
            continue
        if not in_force(config, use):
            continue
        process = defined[0]
        outcome = "httpd does not start" if use in stops else "every request gets an error 500"
        message = f"process group {use.name} belongs to a host of another ServerName, so {outcome}"
        fix = _spell_alike(config, use, process)
        if fix is None:
            reason = "every host may use the group there, and its start-up messages go to the main ErrorLog"
            fix = hoisted(config, process, reason, level=Applicability.REPAIR)
        advice = "" if fix else f"move its definition from {label(process.server)} to the main server"
        place = process.directive
        related = (Related(place.path, place.args[0].span, "defined here"),)
        yield Diagnostic(use.item.path, use.arg_span, message, fix, related, help=advice)


def _spell_alike(config: Config, use: GroupUse, process: DaemonProcess) -> Fix | None:
    host = use.item.server
    mine, theirs, item = own_name(host), own_name(process.server), name_item(host)
    if mine is None or theirs is None or item is None or mine.lower() != theirs.lower():
        return None
    if not same_error_log(host, process.server):
        return None  # the application's log messages for this host would be lost
    source = item.file.text[item.args[0].span.start : item.args[0].span.end]
    has_groups = any(known.server is host for known in daemon_processes(config))
    if len(host.all("servername")) > 1 or source.count(mine) != 1 or has_groups or item.guards:
        return None
    if split_name(source.strip("\"'"))[0] != mine:
        return None
    edit = Edit(item.path, item.args[0].span, source.replace(mine, theirs))
    return Fix.safe(f"Write {theirs}", edit, reason="hosts are matched without regard to case, process groups are not")
