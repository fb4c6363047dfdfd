"""
`WSGIProcessGroup` or `WSGIApplicationGroup` has no effect, because something else in the same place overrides it.

## What happens

The line does not decide anything, but reads as if it did. Where two files set the group of one server differently,
the applications of one file run in the group that the other file meant.

## Why

Of two lines at one level the last one counts. Where every `WSGIScriptAlias` says `process-group=` itself,
`WSGIProcessGroup` beside it decides nothing: the option of the mount wins (`mod_wsgi.c:wsgi_hook_handler`).

## The fix

A safe fix deletes an earlier line at the same level in one file, and one in another file that says the same.

Two files that set the group differently are a warning at both lines. An unsafe fix gives the mounts of the file that
loses its group as an option, and the other line stays. So does one in a file where each of two lines stands above mounts
of its own, as if it were for these alone: then the last group has all of them.

## Left alone

A line that all mounts override is reported without a fix: scripts that are started by their extension
(`AddHandler wsgi-script`, perhaps in an `.htaccess` file) would still follow it.

## See also

`redundant-default`, `needless-location-root`, `unused-daemon-process`.

## Examples

    ```diff
     <VirtualHost *:80>
         ServerName shop.example
    -    WSGIProcessGroup blog
         WSGIScriptAlias / /srv/shop.wsgi
         WSGIProcessGroup shop
     </VirtualHost>
    ```
    ```diff unsafe
     <VirtualHost *:80>
         ServerName shop.example
         WSGIDaemonProcess blog
    -    WSGIProcessGroup blog
    -    WSGIScriptAlias /blog /srv/blog/app.wsgi
    +    WSGIScriptAlias /blog /srv/blog/app.wsgi process-group=blog
         WSGIDaemonProcess shop
         WSGIProcessGroup shop
         WSGIScriptAlias /shop /srv/shop/app.wsgi
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
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import defined_names, in_template
from modwsgi_fix.model.facts.selections import handlers
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.urls import Mapping, mount_options, mounts
from modwsgi_fix.rewriting.lines import add_words, delete, is_bare
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule

_OPTION = {"wsgiprocessgroup": "process-group", "wsgiapplicationgroup": "application-group"}


@rule(severity=Severity.INFO)
def redundant_process_group(config: Config) -> Iterator[Diagnostic]:
    speaking = {item.server for item in config.named(*_OPTION)}
    for server in filter(speaking.__contains__, config.servers):
        for key, option in _OPTION.items():
            items = [item for item in server.all(key) if item.args and not in_template(item)]
            for at, item in enumerate(items[:-1]):
                later = next((below for below in items[at + 1 :] if below.accompanies(item)), None)
                if later is None:
                    continue
                if later.path != item.path and later.value != item.value:
                    yield from _conflict(config, item, later, option)
                    continue
                if told := _for_its_mounts(config, item, later, option):
                    yield told
                    continue
                fix = None
                if item not in config.readings(later):
                    fix = Fix.safe("Delete it", delete(item), reason="the later line counts")
                message = (
                    f"this line has no effect, because {item.name} {later.value} further down counts for this host"
                )
                related = (Related(later.path, later.args[0].span, "this one counts"),)
                advice = "" if fix else "delete the line"
                yield Diagnostic(item.path, item.args[0].span, message, fix, related, help=advice)
            if items and not handlers(config) and _overridden(config, server, option):
                item = items[-1]
                message = f"every WSGIScriptAlias there has {option}=, so {item.name} has no effect"
                yield Diagnostic(item.path, item.args[0].span, message, help="delete the line")


def _conflict(config: Config, item: Item, later: Item, option: str) -> Iterator[Diagnostic]:
    """Report two files that set the group of one server: neither line is redundant, since each is for its own file."""
    losing = _without_option(config, item, option)
    message = f"{item.name} {later.value} in {later.file.name} overrides {item.value} in {item.file.name}"
    if losing:
        message += f", so {losing[0].url} runs in {later.value}"
    fix = _given(item, losing, option, "Give the mounts of this file its group")
    places = (item, later), (later, item)
    for line, rival in places:
        related = (Related(rival.path, rival.args[0].span, "the other line"),)
        own = fix if line is item else None
        advice = "" if own else f"give each WSGIScriptAlias {option}="
        yield Diagnostic(line.path, line.args[0].span, message, own, related, Severity.WARNING, help=advice)


def _for_its_mounts(config: Config, item: Item, later: Item, option: str) -> Diagnostic | None:
    """Return what is to be said of a line that stands above some mounts of a file, where the line that counts is above others."""
    if later.value == item.value or not item.known or not later.known:
        return None
    losing = [mount for mount in _without_option(config, item, option) if item.index < mount.item.index]
    below = [mount for mount in losing if mount.item.index > later.index]
    losing = [mount for mount in losing if mount.item.index < later.index]
    if not losing or not below:
        return None
    if option == "process-group" and not {item.value, later.value} <= defined_names(config).keys():
        return None
    where = "server" if item.server.is_main else "host"
    message = f"{item.name} {later.value} below counts for the whole {where}, so {losing[0].url} runs there as well"
    fix = _given(item, losing, option, "Give the mounts below it its group")
    related = (Related(later.path, later.args[0].span, "this one counts"),)
    advice = "" if fix else f"give each WSGIScriptAlias {option}="
    return Diagnostic(item.path, item.args[0].span, message, fix, related, Severity.WARNING, help=advice)


def _without_option(config: Config, item: Item, option: str) -> list[Mapping]:
    """Return the mounts of the file and server of a line that do not select a group themselves."""
    return [
        mount
        for mount in mounts(config, item.server)
        if mount.item.path == item.path and option not in mount_options(config, mount)
    ]


def _given(item: Item, losing: list[Mapping], option: str, title: str) -> Fix | None:
    """Return the fix that gives mounts the group of a line as an option, and deletes the line."""
    if not losing or not item.known or not is_bare(item.value) or any(one.item.guards for one in losing):
        return None
    edits = (add_words(mount.item, [f"{option}={item.value}"]) for mount in losing)
    return Fix.unsafe(title, delete(item), *edits, reason="the application moves to that group")


def _overridden(config: Config, server: Server, option: str) -> bool:
    servers = config.servers if server.is_main else [server]
    own = {mount.item.index: mount for each in servers for mount in mounts(config, each)}
    return bool(own) and all(option in mount_options(config, mount) for mount in own.values())
