"""
A later `<Location>` that holds for the same URLs selects another group, so the selection for the narrower URL has no effect.

## What happens

The application below the narrower URL runs in the processes, or the interpreter, of the other one: two sites of one framework then show
each other's settings, and it seems to depend on chance which process answers.

## Why

httpd merges all sections that hold for a URL in the order in which they stand, and the last value counts (server/request.c:
`ap_location_walk`). How long their paths are does not matter, other than for `<Directory>`. For mounts it is the other way round: the first
that matches answers.

## The fix

An unsafe fix writes the group on the `WSGIScriptAlias` below that URL, where it holds whatever sections say.

## Left alone

Where a path has a wildcard or a condition, nothing is reported. It helps as well to write the section of `/` first.

## See also

`needless-location-root`, `redundant-process-group`, `restriction-undone-by-later-location`; `modwsgi-fix trace` shows the group of a URL.

## Examples

    ```diff unsafe
     WSGIDaemonProcess admin
     WSGIDaemonProcess shop
     <VirtualHost *:80>
         ServerName shop.example
    -    WSGIScriptAlias /admin /srv/admin/app.wsgi
    +    WSGIScriptAlias /admin /srv/admin/app.wsgi process-group=admin
         WSGIScriptAlias / /srv/shop/app.wsgi
         <Location /admin>
             WSGIProcessGroup admin
         </Location>
         <Location />
             WSGIProcessGroup shop
         </Location>
     </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        WSGIScriptAlias /admin /srv/admin/app.wsgi
        WSGIScriptAlias / /srv/shop/app.wsgi
        <Location />
            WSGIProcessGroup shop
        </Location>
        <Location /admin>
            WSGIProcessGroup admin
        </Location>
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.groups import application_group, process_group
from modwsgi_fix.model.paths import components, has_wildcard
from modwsgi_fix.model.urls import Mapping, mounts
from modwsgi_fix.rewriting.lines import add_words, is_bare
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule

#: The most mounts below one path that are looked at.
_MOST = 50
_OPTIONS = {"wsgiprocessgroup": "process-group", "wsgiapplicationgroup": "application-group"}


@rule(severity=Severity.WARNING)
def group_undone_by_later_location(config: Config) -> Iterator[Diagnostic]:
    for key, option in _OPTIONS.items():
        by_server: dict[Server, list[Item]] = {}
        for item in config.named(key):
            if _path(item) is not None:
                by_server.setdefault(item.server, []).append(item)
        for server, items in by_server.items():
            for item, later in _undone(items) if len(items) > 1 else ():
                found = _moved(config, server, item, later)
                if found:
                    yield _finding(item, later, option, found)


def _path(item: Item) -> tuple[str, ...] | None:
    """Return the parts of the path of the one `<Location>` that an item stands in; None for any other place."""
    section = item.section("location")
    if section is None or item.sections != (section,) or len(section.args) != 1 or not section.known or not item.known:
        return None
    path = section.value
    if has_wildcard(path) or not path.startswith("/") or (len(path) > 1 and path.endswith("/")) or len(item.args) != 1:
        return None
    return components(path)


def _undone(items: list[Item]) -> Iterator[tuple[Item, Item]]:
    """Yield the selections of one server that a later one for the same or a shorter path overrides, with that one."""
    below: dict[tuple[str, ...], Item] = {}
    for item in reversed(items):
        path = _path(item) or ()
        later = [below[path[:count]] for count in range(len(path) + 1) if path[:count] in below]
        last = max(later, key=lambda item: item.index, default=None)
        if last is not None and last.value != item.value and last.accompanies(item) and last.parent is not item.parent:
            yield item, last
        below.setdefault(path, item)


def _moved(config: Config, server: Server, item: Item, later: Item) -> list[Mapping]:
    """Return the mounts at or below the path of a selection that run where the later one says."""
    selected = process_group if item.key == "wsgiprocessgroup" else application_group
    below = config.once((_moved, server), lambda: _by_path(config, server)).get(_path(item) or (), [])
    return [mount for host, mount in below[:_MOST] if selected(config, host, mount).item is later]


def _by_path(config: Config, server: Server) -> dict[tuple[str, ...], list[tuple[Server, Mapping]]]:
    """Return the mounts of a server, of all where it is the main one, with their hosts by each path at or above them."""
    found: dict[tuple[str, ...], list[tuple[Server, Mapping]]] = {}
    for host in config.servers if server.is_main else [server]:
        for mount in mounts(config, host):
            parts = components(mount.url)
            for count in range(len(parts) + 1) if not mount.is_regex else ():
                found.setdefault(parts[:count], []).append((host, mount))
    return found


def _finding(item: Item, later: Item, option: str, found: list[Mapping]) -> Diagnostic:
    broader = later.sections[-1]
    message = f"<Location {broader.value}> below selects {later.value}, so {found[0].url} runs there"
    fix = None
    if is_bare(item.value) and len(found) < _MOST and not any(mount.item.guards for mount in found):
        lines = dict.fromkeys(mount.item for mount in found)
        edits = (add_words(line, [f"{option}={item.value}"]) for line in lines)
        fix = Fix.unsafe("Write the group on the mount", *edits, reason="the application moves to that group")
    related = (Related(later.path, later.args[0].span, "this one counts"),)
    advice = "" if fix else "write this section below that one"
    return Diagnostic(item.path, item.args[0].span, message, fix, related, help=advice)
