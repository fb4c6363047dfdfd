"""
A `<Location>`, or a `<Files>` for every file, lets most visitors past a denial, by a grant that looks like a restriction.

## What happens

Files are handed out that no `<Directory>` opens: what an alias or the DocumentRoot leads to, and what symbolic links
there lead out to.

## Why

The sections of a URL are merged after those of directories and replace what they say, and so are those of file names
that stand outside of any directory (request.c:ap_location_walk, ap_file_walk). A block that bans an address, `Require
method`, `Require env` and `<If>` each grant access to everyone else (measured with 2.4.71).

## Left alone

There is no fix: the directories have to be opened, and the ban kept in a section of its own with a grant beside it,
which the owner decides on. A Location over directories that are open anyhow is not reported, nor is one that lets in a
log-in or certain addresses only. Only a whole server is looked at.

## See also

Rule `allow-in-location` is about plain grants.

## Examples

Reported without a fix:

    ```apache
    #- httpd.conf
    <VirtualHost *:80>
        <Directory /srv/site>
            Require all denied
        </Directory>
        Alias /static/ /srv/site/static/
        <Location /static/>
    #   ^^^^^^^^^^^^^^^^^^^
            <RequireAll>
                Require all granted
                Require not ip 192.0.2.1
            </RequireAll>
        </Location>
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- httpd.conf
    <Directory />
        Require all denied
    </Directory>
    <VirtualHost *:80>
        Alias /static/ /srv/site/static/
        <Directory /srv/site/static>
            Require all granted
        </Directory>
        <Location /static/>
            <RequireAll>
                Require all granted
                Require not ip 192.0.2.1
            </RequireAll>
        </Location>
        <Location /admin/>
            Require ip 192.0.2.0/24
        </Location>
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import FILES_SECTIONS, LOCATION_SECTIONS, OLD_ACCESS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import Served, location_prefix, served, served_near
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import access_of, grant
from modwsgi_fix.model.merge.sections import location_sections, pattern_of
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule
from modwsgi_rules.access._grants import is_for_every_file

_HELP = "open the directories that are served, and keep the ban in a section beside such a grant"


@rule(severity=Severity.WARNING, scope=Scope.HOST)
def broad_grant_in_location(config: Config) -> Iterator[Diagnostic]:
    if not config.named(*LOCATION_SECTIONS, *FILES_SECTIONS) or not sees_all_sections(config) or config.target.is_22:
        return
    for server in filter(config.asks, config.servers):
        for section in location_sections(config, server):
            if section.server is not server or not _lets_most_in(section):
                continue
            prefix = location_prefix(section)
            closed = _closed(config, server, prefix) if prefix is not None else None
            if closed is None:
                continue
            yield Diagnostic(
                section.path,
                section.span,
                f"<{section.name} {pattern_of(section)}> lets most visitors into {closed.path}, which its directory denies",
                help=_HELP,
            )
        yield from _by_name(config, server)


def _by_name(config: Config, server: Server) -> Iterator[Diagnostic]:
    """Report grants in a ``<Files>`` outside of any directory that matches every name."""
    for section in server.all(*FILES_SECTIONS):
        if not is_for_every_file(section) or not _lets_most_in(section):
            continue
        every = config.once((_by_name, server), lambda: _closed_by_directories(config, server))
        if every is not None:
            message = f"<{section.name} {pattern_of(section)}> lets most visitors into {every.path}, which its directory denies"
            yield Diagnostic(section.path, section.span, message, help=_HELP)


def _closed_by_directories(config: Config, server: Server) -> Served | None:
    """Return a target of a host, or for the main server of any host, that no directory opens; None without one."""
    for host in config.servers if server.is_main else [server]:
        for target in served(config, host) or ():
            if grant(config, host, target.directory).allowed is False:
                return target
    return None


def _lets_most_in(section: Item) -> bool:
    """Whether strangers get in by something other than a plain grant, which allow-in-location reports."""
    blocks = [access_of(child) for child in section.children if child.key == "if"]
    if any(block.admits_strangers for block in blocks):
        return True
    access = access_of(section)
    is_plain = all(
        line.key in OLD_ACCESS or (line.key == "require" and line.value.lower() == "all") for line in access.lines
    )
    return not is_plain and access.admits_strangers


def _closed(config: Config, server: Server, prefix: str) -> Served | None:
    """Return a target of URLs below a prefix that no directory opens; None without one."""
    near = served_near(config, server, prefix) or ()
    return next((one for one in near if grant(config, server, one.directory, one.file).allowed is False), None)
