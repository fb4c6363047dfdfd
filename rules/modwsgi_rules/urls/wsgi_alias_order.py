"""
A shorter `WSGIScriptAlias` above hides a mounted application.

## What happens

The application is never reached. The one that is mounted at the shorter path gets its requests, and mostly answers
404.

## Why

mod_wsgi takes the first `WSGIScriptAlias` in the order of the file whose path matches
(`mod_wsgi.c:wsgi_hook_intercept`). `/` matches everything.

## The fix

A repair: it moves the longer mounts above the shorter one, with the comments directly above them. Each application
then answers its own URLs; all other URLs are answered as before.

## Left alone

There is no fix where the script of the hidden application is missing (`--root`) or closed, and where the mount would
move above the `WSGIDaemonProcess` or `ServerName` that it needs: mod_wsgi looks these up while it reads the mount
(`wsgi_config.c:wsgi_add_script_alias`).

## See also

`duplicate-wsgi-alias`, `alias-hides-application`, `servername-after-wsgi-alias`.

## Examples

    ```diff repair
     <VirtualHost *:80>
         ServerName example.com
    +    # the wiki
    +    WSGIScriptAlias /wiki /srv/wiki/wiki.wsgi
         # everything else
         WSGIScriptAlias / /srv/portal/portal.wsgi
    -    # the wiki
    -    WSGIScriptAlias /wiki /srv/wiki/wiki.wsgi
     </VirtualHost>
    ```
    ```diff repair
    +WSGIScriptAlias /shop/admin /srv/admin/admin.wsgi
    +WSGIScriptAlias /shop /srv/shop/shop.wsgi
     WSGIScriptAlias / /srv/portal/portal.wsgi
    -WSGIScriptAlias /shop /srv/shop/shop.wsgi
     Alias /robots.txt /srv/robots.txt
    -WSGIScriptAlias /shop/admin /srv/admin/admin.wsgi
    ```

The group is not defined yet where the mount would have to go:

    ```apache
    WSGIScriptAlias / /srv/portal/portal.wsgi
    WSGIDaemonProcess wiki
    WSGIScriptAlias /wiki /srv/wiki/wiki.wsgi process-group=wiki application-group=%{GLOBAL}
    #               ^^^^^
    ```
    ```apache
    WSGIScriptAlias /wiki /srv/wiki/wiki.wsgi
    WSGIScriptAlias / /srv/portal/portal.wsgi
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.lines import wrapped_end
from modwsgi_fix.model.merge.access import grant
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.model.urls import Mapping, covers_whole, mount_options, mounts, together
from modwsgi_fix.rewriting.lines import delete_lines, with_comments
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.text import Span, listed


@rule(severity=Severity.ERROR, changes=("moved",))
def wsgi_alias_order(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        own = [mount for mount in mounts(config, server) if mount.server is server]
        for shorter, hidden in _groups(own):
            fix = _fix(config, server, shorter, hidden)
            for mount in hidden:
                taker = f"{shorter.item.name} {shorter.url}"
                message = f"{taker} above takes every URL of {mount.url}, so this application is never reached"
                yield Diagnostic(
                    mount.item.path,
                    mount.url_span,
                    message,
                    fix,
                    (Related(shorter.item.path, shorter.url_span, "the mount that hides it"),),
                    help="" if fix else "move the longer path above the shorter one",
                )


def _groups(own: list[Mapping]) -> Iterator[tuple[Mapping, list[Mapping]]]:
    """Yield each mount with the mounts that it is the first to hide. Equal paths are left to duplicate-wsgi-alias."""
    taken: set[int] = set()
    plain = Nested((mount.url, (at, mount)) for at, mount in enumerate(own) if not mount.is_regex)
    for at, shorter in enumerate(own):
        below = own[at + 1 :] if shorter.is_regex else [one for place, one in plain.below(shorter.url) if place > at]
        hidden = [
            mount
            for mount in below
            if mount.item.index not in taken
            and mount.url != shorter.url
            and not mount.is_regex
            and together(shorter.item, mount.item)
            and covers_whole(shorter, mount)
        ]
        if hidden:
            taken.update(mount.item.index for mount in hidden)
            yield shorter, hidden


def _fix(config: Config, server: Server, shorter: Mapping, hidden: list[Mapping]) -> Fix | None:
    if shorter.is_regex or not all(_may_move(config, server, shorter, mount) for mount in hidden):
        return None
    # Of the hidden ones, too, none may hide another; the rest stay in order.
    order: list[Mapping] = []
    for mount in hidden:
        at = next((i for i, one in enumerate(order) if one.url != mount.url and covers_whole(one, mount)), len(order))
        order.insert(at, mount)
    item = shorter.item
    source, newline = item.file.text, item.file.newline
    moved = ""
    for mount in order:
        start, end = with_comments(mount.item)
        text = source[start:end]
        moved += text if text.endswith("\n") else text + newline
    place = with_comments(item).start
    edits = [Edit(item.path, Span(place, place), moved), *(delete_lines(mount.item) for mount in hidden)]
    names = listed(dict.fromkeys(mount.url for mount in order))
    return Fix.repair(
        f"Move the longer paths above {shorter.url}",
        *edits,
        reason=f"the applications of {names} answer their own URLs; everything else is answered as before",
    )


def _may_move(config: Config, server: Server, shorter: Mapping, mount: Mapping) -> bool:
    first, second = shorter.item, mount.item
    if wrapped_end(second.node) != second.node.end:
        return False
    if first.file is not second.file or first.wrapper is not second.wrapper or first.foreign is not second.foreign:
        return False
    if not (first.known and second.known) or first.guards != second.guards or second.node.start < first.node.end:
        return False
    target = target_of(config, mount)
    if target is None or target.file is None:
        return False
    if config.disk is not None and not config.disk.is_file(target.path):
        return False
    if grant(config, server, target.directory, target.file).allowed is False:
        return False
    options = mount_options(config, mount)
    if {"process-group", "application-group"} <= options.keys():
        # Both given: mod_wsgi looks the group up at once, and compares the names of the hosts (F-daemon-4).
        between = config.named("wsgidaemonprocess", "servername")
        return not any(first.index < item.index < second.index for item in between)
    return True
