"""
A virtual host uses the process group of another host before its own ServerName is read.

## What happens

httpd does not start.

## Why

`WSGIImportScript`, and `WSGIScriptAlias` with both `process-group=` and `application-group=`, are checked while httpd reads
the line (`wsgi_add_import_script` and `wsgi_add_script_alias` of mod_wsgi). The group of another host may be used if both
have the same ServerName. A host whose ServerName comes further down does not have its name yet.

## The fix

A safe fix: it moves the ServerName to the top of its host. Where each of the two hosts has its own ErrorLog, what the
application logs for this host would then be lost. There the definition moves to the main server instead, and every host may
use the group.

## Left alone

A group of the host itself or of the main server does not need the name, and neither does a group that is looked up per
request. They are not reported.

## See also

httpd's own message is *WSGI process group not matchable.* Rules `process-group-before-definition` and
`process-group-inaccessible`.

## Examples

    ```diff
     <VirtualHost *:80>
         ServerName example.com
         WSGIDaemonProcess shop
     </VirtualHost>
     <VirtualHost *:443>
    +    ServerName example.com
         WSGIScriptAlias / /srv/shop.wsgi process-group=shop application-group=%{GLOBAL}
    -    ServerName example.com
     </VirtualHost>
    ```

Where each of the two hosts has its own ErrorLog, what the application logs for this one would then be lost. So the
definition moves to the main server, and every host may use it whatever its name:

    ```diff
    +WSGIDaemonProcess shop
     <VirtualHost *:80>
         ServerName example.com
         ErrorLog logs/error.log
    -    WSGIDaemonProcess shop
     </VirtualHost>
     <VirtualHost *:443>
         ErrorLog logs/ssl_error.log
         WSGIScriptAlias / /srv/shop.wsgi process-group=shop application-group=%{GLOBAL}
         ServerName example.com
     </VirtualHost>
    ```

Not reported:

    ```apache
    WSGIDaemonProcess main
    <VirtualHost *:80>
        WSGIDaemonProcess shop
        WSGIScriptAlias / /srv/shop.wsgi process-group=shop application-group=%{GLOBAL}
        WSGIScriptAlias /main /srv/main.wsgi process-group=main application-group=%{GLOBAL}
        ServerName example.com
    </VirtualHost>
    <VirtualHost *:443>
        WSGIScriptAlias / /srv/shop.wsgi process-group=shop
        ServerName example.com
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, may_use, refused_uses
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.servers import label, same_error_log
from modwsgi_fix.rewriting.lines import prepend
from modwsgi_fix.rewriting.moving import delete_with_comment, lines_with_comment
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_rules.daemons._shared import hoisted


@rule(severity=Severity.ERROR)
def servername_after_wsgi_alias(config: Config) -> Iterator[Diagnostic]:
    for use, process, name, _ in refused_uses(config):
        host = use.item.server
        if name is None or may_use(config, host, process) is not True:
            continue
        message = f"process group {use.name} is looked up before this host has its ServerName, so httpd does not start"
        together = same_error_log(host, process.server)
        advice = "move ServerName to the top of the host"
        if not together:
            advice = f"move the definition of the group from {label(process.server)} to the main server"
        related = (Related(name.path, name.span, "the name of this host"),)
        fix = _fix(config, host.item, name, host.all("servername")) if together else _in_main_server(config, process)
        yield Diagnostic(use.item.path, use.arg_span, message, fix, related, help="" if fix else advice)


def _fix(config: Config, host: Item | None, name: Item, names: list[Item]) -> Fix | None:
    if host is None or len(names) > 1 or name.foreign is not host.foreign or name.guards != host.guards:
        return None
    if name.file is not host.file or len(config.readings(name)) > 1 or len(name.args) != 1:
        return None
    return Fix.safe(
        "Move ServerName to the top",
        prepend(host, lines_with_comment(name)),
        delete_with_comment(name),
        reason="httpd refused to start",
    )


def _in_main_server(config: Config, process: DaemonProcess) -> Fix | None:
    reason = "httpd refused to start; in its host, what the group logs for a host with another ErrorLog would be lost"
    return hoisted(config, process, reason)
