"""
`WSGIProcessGroup` or `WSGIApplicationGroup` has no effect, because something else at the same place overrides it.

Of two at one level the last counts. And where every `WSGIScriptAlias` says `process-group=` itself, `WSGIProcessGroup` beside
it decides nothing, but reads as if it did.

Two files that set it differently are a conflict, and a warning at both lines: the applications of the one run in the group that the
other meant. An unsafe fix gives the mounts of the file that loses its group as an option, and the other line stays.

Of one file, an earlier one at the same level goes; of two files, one that says the same. One that all mounts override is reported only: scripts which are started by their
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
from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.daemons import in_template
from modwsgi_fix.model.facts.selections import handlers
from modwsgi_fix.model.urls import mount_options, mounts
from modwsgi_fix.rewriting.lines import add_words, delete
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
                if later.path != item.path and later.value != item.value:
                    yield from _conflict(config, item, later, option)
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


def _conflict(config: Config, item: Item, later: Item, option: str) -> Iterator[Diagnostic]:
    """Two files that set the group of one server: neither line is redundant, each says what its file meant."""
    losing = [
        mount
        for mount in mounts(config, item.server)
        if mount.item.path == item.path and option not in mount_options(config, mount)
    ]
    whose = "the main server" if item.server.is_main else "this host"
    effect = f", so {losing[0].url} runs in {later.value}" if losing else ""
    message = (
        f"{item.file.name} and {later.file.name} both set {item.name} of {whose}, and the last one counts{effect}:"
        f" give each WSGIScriptAlias {option}="
    )
    fix = None
    is_plain = item.known and not any(char in item.value for char in " \"'\\")
    if losing and is_plain and not item.foreign and not any(m.item.foreign or m.item.guards for m in losing):
        words = [f"{option}={item.value}"]
        edits = (add_words(mount.item, words) for mount in losing)
        fix = Fix.unsafe(
            "Give the mounts of this file its group", delete(item), *edits, reason="the application moves to that group"
        )
    places = (item, later), (later, item)
    for one, other in places:
        related = (Related(other.path, other.args[0].span, "the other one"),)
        own = fix if one is item else None
        yield Diagnostic(one.path, one.args[0].span, message, own, related, Severity.WARNING)


def _overridden(config: Config, server: Server, option: str) -> bool:
    servers = config.servers if server.is_main else [server]
    found = {mount.item.index: mount for one in servers for mount in mounts(config, one)}
    return bool(found) and all(option in mount_options(config, mount) for mount in found.values())
