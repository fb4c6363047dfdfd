"""
A directory of public files is listed.

## What happens

A URL that names a directory without an index page shows the names of all files in it: of uploads, of backups, of editors' copies.

## Why

`Options Indexes` lets mod_autoindex write the list (`mod_autoindex.c:handle_autoindex`). Style sheets and pictures need none.

## The fix

It is unsafe, because somebody may use the list: it switches `Indexes` off in the section that opens the directory.

## Left alone

A section that says how the list is to look (`IndexOptions`, `HeaderName`, `AddDescription` and the like) means it. Where the list of
another directory is meant, as on a download site, allow it by a comment.

## See also

`links-followed-in-public-directory`.

## Examples

    ```diff unsafe
     Alias /static/ /srv/site/static/
     <Directory /srv/site/static>
    -    Options Indexes FollowSymLinks
    +    Options FollowSymLinks
         Require all granted
     </Directory>
    ```
    ```diff unsafe
     Alias /static/ /srv/site/static/
     <Directory /srv/site/static>
    -    Options +Indexes
    +    Options -Indexes
         Require all granted
     </Directory>
    ```
    ```apache
    Alias /static/ /srv/site/static/
    <Directory /srv/site/static>
        Options All
    #           ^^^
        Require all granted
    </Directory>
    ```
    ```apache
    Alias /downloads/ /srv/downloads/
    <Directory /srv/downloads>
        Options Indexes
        <IfModule mod_autoindex.c>
            IndexOptions FancyIndexing
            ReadmeName about.html
        </IfModule>
        Require all granted
    </Directory>
    ```
    ```apache
    Alias /static/ /srv/site/static/
    <Directory /srv/site/static>
        Options -Indexes
        Require all granted
    </Directory>
    <Directory /srv/private>
        Options Indexes
        Require all denied
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from modwsgi_fix.directives.families import LISTINGS
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.public import public_sections
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.options import has_signs, turned
from modwsgi_fix.model.merge.places import option
from modwsgi_fix.rewriting.lines import delete_span, replace_arg
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule


@rule(severity=Severity.INFO, scope=Scope.HOST)
def indexes_in_public_directory(config: Config) -> Iterator[Diagnostic]:
    for server, section, directory in chain.from_iterable(
        public_sections(config, server) for server in filter(config.asks, config.servers)
    ):
        if "options" not in [child.key for child in section.children]:
            continue
        by = option(config, server, directory, "indexes").by
        if by is None or by.parent is not section or not turned(by).get("indexes"):
            continue
        if any(child.key in LISTINGS for child in section.children):
            continue
        number = next((n for n, value in enumerate(by.values) if value.lstrip("+").lower() in ("indexes", "all")), None)
        if number is None:
            continue
        yield Diagnostic(
            by.path,
            by.args[number].span,
            f"{directory} is listed to everyone",
            _fix(by, number),
            help="switch Indexes off for public files",
        )


def _fix(line: Item, number: int) -> Fix | None:
    if line.guards or not line.known or line.values[number].lower().lstrip("+") == "all":
        return None
    title, reason = "Do not list the directory", "a URL that names the directory is answered with 403"
    if has_signs(line):
        return Fix.unsafe(title, replace_arg(line, number, "-Indexes"), reason=reason)
    if len(line.args) == 1:
        return Fix.unsafe(title, replace_arg(line, 0, "None"), reason=reason)
    return Fix.unsafe(title, delete_span(line, line.args[number].span), reason=reason)
