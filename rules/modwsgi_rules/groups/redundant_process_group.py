"""
`WSGIProcessGroup` or `WSGIApplicationGroup` has no effect, because something else at the same place overrides it.

Of two at one level the last counts. And where every `WSGIScriptAlias` says `process-group=` itself, `WSGIProcessGroup` beside
it decides nothing, but reads as if it did.

An earlier one at the same level goes. One that all mounts override is reported only: scripts which are started by their
extension (`AddHandler wsgi-script`, in a .htaccess file perhaps) would still follow it.

    ```diff
     <VirtualHost *:80>
         ServerName shop.example
    -    WSGIProcessGroup blog
         WSGIScriptAlias / /srv/shop.wsgi
         WSGIProcessGroup shop
     </VirtualHost>
    ```
    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        WSGIDaemonProcess shop
        WSGIProcessGroup shop
        #                ^^^^
        WSGIScriptAlias / /srv/shop.wsgi process-group=shop application-group=%{GLOBAL}
    </VirtualHost>
    ```
    ```apache
    WSGIProcessGroup blog
    WSGIScriptAlias /blog /srv/blog.wsgi
    <VirtualHost *:80>
        ServerName shop.example
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop.wsgi
        <Location /admin>
            WSGIProcessGroup admin
        </Location>
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config, Server
from modwsgi_fix.model.daemons import in_template
from modwsgi_fix.model.groups import handlers
from modwsgi_fix.model.rewrite import delete
from modwsgi_fix.model.urls import mount_options, mounts
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule

_OPTION = {"wsgiprocessgroup": "process-group", "wsgiapplicationgroup": "application-group"}


@rule(severity=Severity.INFO)
def redundant_process_group(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        for key, option in _OPTION.items():
            items = [item for item in server.all(key) if item.args and not in_template(item)]
            for at, item in enumerate(items[:-1]):
                later = next((other for other in items[at + 1 :] if other.accompanies(item)), None)
                if later is None:
                    continue
                fix = None
                if not item.foreign and item not in config.readings(later):
                    fix = Fix.safe("Delete it", delete(item), reason="the later one counts")
                message = (
                    f"{item.name} {later.value} further down counts for this host, so this one has no effect: delete it"
                )
                related = (Related(later.path, later.args[0].span, "this one counts"),)
                yield Diagnostic(item.path, item.args[0].span, message, fix, related)
            if items and not handlers(config) and _overridden(config, server, option):
                item = items[-1]
                message = (
                    f"every WSGIScriptAlias here has {option}= of its own, so {item.name} has no effect: delete it"
                )
                yield Diagnostic(item.path, item.args[0].span, message)


def _overridden(config: Config, server: Server, option: str) -> bool:
    servers = config.servers if server.is_main else [server]
    found = {mount.item.index: mount for one in servers for mount in mounts(config, one)}
    return bool(found) and all(option in mount_options(config, mount) for mount in found.values())
