"""
A `<Directory>` opens the root of the file system, or a directory that holds much more than a site.

## What happens

httpd serves every file that its user may read, as soon as an alias, a rewrite rule or a symbolic link leads there.

## Why

`<Directory />` is there to close the file system; a grant in it does the reverse. `/home`, `/etc`, `/var`, `/srv`,
`/usr` and `/opt` are little better (the httpd manual, "Security tips: protect server files by default"). A regular
expression or a wildcard may mean as much: `<DirectoryMatch "^/">`, `<Directory /*>`. So may a grant that looks like a
restriction: a `<Limit>` of methods, a ban of one address in `<RequireAll>`, `Require method` and an `<If>` let everyone
else in, and a `<Limit GET POST>` that grants lets in by every method (measured with 2.4.71).

## Left alone

There is no fix: the administrator knows which directories are to be served. Open each of them, then write
`Require all denied` for the root. A section that lets in a log-in or certain addresses only is not reported.

## See also

`missing-deny-baseline`, `allow-in-location`, `broad-grant-in-location`, `allow-in-if`.

## Examples

    ```apache
    <Directory />
    #          ^
        Options FollowSymLinks
        Require all granted
    </Directory>
    ```
    ```apache
    <Directory /home>
    #          ^^^^^
        Order deny,allow
        Allow from all
    </Directory>
    ```
    ```apache
    <DirectoryMatch "^/srv">
    #               ^^^^^^^
        <RequireAll>
            Require all granted
            Require not ip 192.0.2.1
        </RequireAll>
    </DirectoryMatch>
    ```
    ```apache
    <Directory />
        Require all denied
    </Directory>
    <Directory /var/www/html>
        Require all granted
    </Directory>
    <DirectoryMatch "^/home/[^/]+/public_html">
        Require all granted
    </DirectoryMatch>
    <Directory /home>
        Require ip 192.0.2.0/24
    </Directory>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from modwsgi_fix.directives.families import DIRECTORY_SECTIONS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.sections import directories_in, directory_matches, pattern_of
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_rules.access._expressions import whom
from modwsgi_rules.access._shared import WIDE

#: Names that no pattern is meant for; a pattern that matches them matches every name.
_SAMPLES = ("a-b.c", "0/x y", "._/q/z")


@rule(severity=Severity.WARNING, scope=Scope.HOST)
def root_directory_granted(config: Config) -> Iterator[Diagnostic]:
    for section, path in _wide(config) if config.named(*DIRECTORY_SECTIONS) else ():
        who = whom(section)
        if not who:
            continue
        what = "the whole file system" if not path else f"all of {path}"
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            f"<{section.name} {pattern_of(section)}> opens {what} to {who}",
            help="open the directories that are served, and close the rest",
        )


def _wide(config: Config) -> Iterator[tuple[Item, str]]:
    """Yield the sections that are about a wide directory, each with it, empty for the root."""
    for server in filter(config.asks, config.servers):
        sections = directories_in(config, server)
        for section, path in sections.paths:
            while path.endswith("/*"):
                path = path.removesuffix("/*").rstrip("/")
            if path in WIDE:
                yield section, path
        for section in sections.regexes:
            if section.known and is_settled(pattern_of(section)):
                yield from islice(_matched(section), 1)


def _matched(section: Item) -> Iterator[tuple[Item, str]]:
    """Yield the wide directories that a regular expression holds for, each with the section."""
    for path in sorted(WIDE):
        if all(directory_matches(section, f"{path}/{one}") for one in _SAMPLES):
            yield section, path
