"""
A process group is selected that belongs to a virtual host of another name.

A group which a virtual host defines may be used by hosts of the same ServerName only; case counts, the port does not,
ServerAlias is not considered. httpd starts, and every request gets an error 500: *Daemon process called 'N' cannot be
accessed by this WSGI application.*

Where the two names differ in case only, and the hosts share an ErrorLog, the fix writes this host's ServerName like the other.
Else it moves the definition to the main server, where every host may use it; its start-up messages then go to the main ErrorLog.

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

A host that only redirects asks for nothing, and names that are not known here are not compared:

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
from modwsgi_fix.model.daemons import DaemonProcess, GroupUse, daemon_processes, group_uses, may_use
from modwsgi_fix.model.facts.selections import in_force
from modwsgi_fix.model.servers import label, name_item, own_name, same_error_log, split_name
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.daemons._shared import hoisted


@rule(severity=Severity.ERROR, changes=("regained",))
def process_group_inaccessible(config: Config) -> Iterator[Diagnostic]:
    by_name: dict[str, list[DaemonProcess]] = {}
    for process in daemon_processes(config):
        by_name.setdefault(process.name, []).append(process)
    for use in group_uses(config):
        host = use.item.server
        found = by_name.get(use.name, [])
        if host.is_main or len(found) != 1 or may_use(config, host, found[0]) is not False:
            continue
        if not in_force(config, use):
            continue
        process = found[0]
        message = (
            f"process group {use.name} belongs to {label(process.server)}, and hosts of another ServerName may not use it, so "
        ) + ("httpd will not start" if use.at_start else "every request gets an error 500")
        fix = _spell_alike(config, use, process)
        if fix is not None:
            message += ": write the two names alike"
        else:
            reason = "every host may use the group there, and its start-up messages go to the main ErrorLog"
            fix = hoisted(config, process, reason, level=Applicability.REPAIR)
            message += ": define it in the main server"
        place = process.directive
        related = (Related(place.path, place.args[0].span, "defined here"),)
        yield Diagnostic(use.item.path, use.arg_span, message, fix, related)


def _spell_alike(config: Config, use: GroupUse, process: DaemonProcess) -> Fix | None:
    host = use.item.server
    mine, theirs, item = own_name(host), own_name(process.server), name_item(host)
    if mine is None or theirs is None or item is None or mine.lower() != theirs.lower():
        return None
    if not same_error_log(host, process.server):
        return None  # what the application logs for this host would be lost
    source = item.file.text[item.args[0].span.start : item.args[0].span.end]
    others = any(other.server is host for other in daemon_processes(config))
    if len(host.all("servername")) > 1 or source.count(mine) != 1 or others or item.foreign or item.guards:
        return None
    if split_name(source.strip("\"'"))[0] != mine:
        return None
    edit = Edit(item.path, item.args[0].span, source.replace(mine, theirs))
    return Fix.safe(f"Write {theirs}", edit, reason="hosts are matched without regard to case, process groups are not")
