"""
A URL leads through a symbolic link, and `Options` does not let httpd follow links there.

## What happens

Every request for it is refused with 403, be it a WSGI application or a static file.

## Why

httpd looks at each part of the path, and at the `Options` of the directories above it: a link is followed where
`FollowSymLinks` is on, or `SymLinksIfOwnerMatch` and both have one owner (`request.c:resolve_symlink`; measured with 2.4.71 and mod_wsgi 4.9.4, whose scripts are
found in the same way). `Options None` and a list without signs, such as `Options Indexes`, switch off what they do not name.

## Left alone

There is no fix: write `Options +FollowSymLinks` in the section, or the path that the link leads to, which then needs a grant of its own. Only `--root`
shows links. A server whose `<Location>`s have `Options` is not reported, nor a path with an `.htaccess` file on the way.

## See also

httpd's own message is *AH00037: Symbolic link not allowed or link target not accessible*. Rules
`links-followed-in-public-directory` and `options-mixed-signs`.

## Examples

Reported without a fix:

    ```apache
    #- httpd.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    #                 ^^^^^^^^^^^^^^^^^^
    <Directory /srv/shop>
        Options None
        Require all granted
    </Directory>
    #- /srv/shop/app.wsgi -> /srv/shop/releases/7/app.wsgi
    #- /srv/shop/releases/7/app.wsgi
    def application(environ, start_response):
        return []
    ```

Not reported:

    ```apache
    #- httpd.conf
    WSGIScriptAlias / /srv/shop/app.wsgi
    Alias /static /srv/shop/static
    <Directory /srv/shop>
        Options Indexes SymLinksIfOwnerMatch
        Require all granted
    </Directory>
    #- /srv/shop/app.wsgi -> /srv/shop/releases/7/app.wsgi
    #- /srv/shop/static/a.css
    #- /srv/shop/releases/7/app.wsgi
    def application(environ, start_response):
        return []
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.directives.families import ALIASES, MOUNTS
from modwsgi_fix.model.bounds import LONGEST_PATH
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.places import option
from modwsgi_fix.model.paths import ascending, has_wildcard
from modwsgi_fix.model.urls import mapping_of
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.ERROR)
def link_not_followed(config: Config) -> Iterator[Diagnostic]:
    items = config.named("options") and config.named(*MOUNTS, *ALIASES)
    if config.disk is None:
        return
    links: dict[str, list[str]] = {}
    for item in items:
        mapping = mapping_of(item)
        target = target_of(config, mapping) if mapping is not None and not mapping.is_regex else None
        if mapping is None or target is None or item.in_doubt or len(target.path) > LONGEST_PATH:
            continue
        if target.path not in links:
            links[target.path] = _links(config, target.path)
        for link in links[target.path]:
            by = _forbidding(config, item, posixpath.dirname(link))
            if by is not None:
                yield Diagnostic(
                    item.path,
                    mapping.target_span,
                    f"{link} is a symbolic link, which Options does not let httpd follow, so it answers 403",
                    related=(Related(by.path, by.span, "links are not followed because of this line"),),
                    help="write Options +FollowSymLinks there, or the path that the link leads to",
                )
                break


def _links(config: Config, path: str) -> list[str]:
    """Return the links on the way to a path, itself included; none where an ``.htaccess`` file may have Options."""
    disk = config.disk
    if disk is None or not path.startswith("/") or has_wildcard(path):
        return []
    ways = list(ascending(path))
    found = [one for one in ways if one != "/" and disk.is_link(one)]
    return [] if found and any(disk.is_file(posixpath.join(one, ".htaccess")) for one in ways) else found[::-1]


def _forbidding(config: Config, item: Item, directory: str) -> Item | None:
    """Return the line for which no link is followed in a directory; None where links are followed or that is not known."""
    follows, matches = (
        option(config, item.server, directory, name) for name in ("followsymlinks", "symlinksifownermatch")
    )
    return follows.by if follows.on is False and matches.on is False else None
