"""
A `<Directory>` asks for a log-in, no URL leads into it, and the application of the host is open to everyone.

## What happens

httpd starts and says nothing. Nobody is asked for a password.

## Why

A `<Directory>` holds for the path that a URL was mapped to (`request.c:ap_directory_walk`), and that of an application is the path
of its script. The directory of its data is never asked for by a visitor: the application opens the files itself.

## Left alone

There is no fix: those who could come in so far may not have a password. Write the log-in into the section of the script's directory,
or into `<Location />`. A section of a fragment is not reported, nor one that an alias, a mount or the DocumentRoot leads into or
above, nor one that a rewrite may lead to.

## See also

`dead-restriction`, `log-in-incomplete`, `authorization-not-passed`, `group-selected-beside-the-script`.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    <VirtualHost *:80>
        ServerName calendar.example.com
        WSGIScriptAlias / /usr/share/calendar/app.wsgi
        <Directory /usr/share/calendar>
            Require all granted
        </Directory>
        <Directory /var/lib/calendar>
    #              ^^^^^^^^^^^^^^^^^
            AuthType Basic
            AuthName "Calendar"
            AuthUserFile /etc/calendar/users
            Require valid-user
        </Directory>
    </VirtualHost>
    ```

The directory of the script, one that a URL leads into, and an application that asks for a log-in by its URL:

    ```apache
    #- apache2.conf
    <VirtualHost *:80>
        ServerName calendar.example.com
        WSGIScriptAlias / /srv/calendar/app.wsgi
        <Directory /srv/calendar>
            AuthType Basic
            AuthName "Calendar"
            AuthUserFile /etc/calendar/users
            Require valid-user
        </Directory>
    </VirtualHost>
    <VirtualHost *:80>
        ServerName files.example.com
        WSGIScriptAlias / /srv/files/app.wsgi
        Alias /data /var/lib/files
        <Directory /srv/files>
            Require all granted
        </Directory>
        <Directory /var/lib/files/private>
            AuthType Basic
            AuthName "Files"
            AuthUserFile /etc/files/users
            Require valid-user
        </Directory>
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import NAMED_DIRECTORIES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import Served
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import grant
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule
from modwsgi_rules.access._reached import reached_by_urls

#: The words of Require that ask who somebody is.
_WHO = frozenset({"valid-user", "user", "group", "ldap-user", "ldap-group", "dbm-group"})


@rule(severity=Severity.WARNING, rank=Rank.EXPOSED)
def log_in_beside_what_is_served(config: Config) -> Iterator[Diagnostic]:
    asking = config.named("authtype")
    if not asking or not config.complete or not sees_all_sections(config) or config.named(*NAMED_DIRECTORIES):
        return
    for section in dict.fromkeys(item.parent for item in asking if item.parent is not None):
        if section.key != "directory":
            continue
        path = pattern_of(section).rstrip("/")
        if section.server.is_main or not _is_clear(section, path) or not _asks_who(section):
            continue
        targets = reached_by_urls(config, section.server)
        if targets is None or targets.below(path) or any(one.file is None for one in targets.above(path)):
            continue
        script = next(
            (one for one in targets.below("/") if one.is_script and _is_open(config, section.server, one)), None
        )
        if script is None or script.mapping is None:
            continue
        yield Diagnostic(
            section.path,
            section.args[-1].span,
            f"no URL leads into <Directory {pattern_of(section)}>, so nobody is asked for its log-in",
            related=(Related(script.mapping.item.path, script.mapping.target_span, "this is open to everyone"),),
            help=f"ask for the log-in in <Directory {script.directory}>, where the application lies",
        )


def _is_clear(section: Item, path: str) -> bool:
    """Whether a section is certainly about one directory."""
    if section.in_doubt or not section.known or section.file.tree.is_template or is_regex_section(section):
        return False
    return path.startswith("/") and is_settled(path) and not has_wildcard(path)


def _asks_who(section: Item) -> bool:
    left = list(section.children)
    while left:
        item = left.pop()
        if item.key == "require" and item.values and item.value.lower() in _WHO:
            return True
        left += item.children
    return False


def _is_open(config: Config, server: Server, script: Served) -> bool:
    """Whether everyone gets an application, as far as sections of directories say."""
    return grant(config, server, script.directory, script.file).allowed is True
