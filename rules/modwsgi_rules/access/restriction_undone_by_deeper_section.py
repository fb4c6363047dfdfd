"""
A directory of a host is restricted, and deeper sections open all that its URLs lead to.

## What happens

httpd starts and says nothing. What should be for some addresses or people is open to everyone.

## Why

httpd merges the sections of a path from its root downwards, and the `Require` of a deeper one replaces what was said above
(`request.c:ap_directory_walk`, `mod_authz_core.c:merge_authz_core_dir_config`: `AuthMerging` is `Off`). An application at `/`
takes all URLs of the DocumentRoot, so that the section of its script is the only one that decides.

## Left alone

There is no fix: what the deeper section should ask for is the owner's to say. Write the restriction there, or into
`<Location />`, which is merged last. A section of another directory than the host's own DocumentRoot may be a baseline, and is not
reported, but for one that opens all of it itself, by a `<Files>` in it.

## See also

`restriction-undone-by-later-location`, `log-in-beside-what-is-served`, `dead-restriction`.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    <VirtualHost *:80>
        ServerName data.example.com
        DocumentRoot /srv/data
        <Directory /srv/data>
            Require ip 192.0.2.0/24
    #       ^^^^^^^^^^^^^^^^^^^^^^^
        </Directory>
        WSGIScriptAlias / /srv/data/code/wsgi.py
        <Directory /srv/data/code>
            <Files wsgi.py>
                Require all granted
            </Files>
        </Directory>
    </VirtualHost>
    ```

The section has the restriction, and opens all that URLs lead to there:

    ```apache
    #- apache2.conf
    <VirtualHost *:80>
        ServerName data.example.com
        WSGIScriptAlias / /srv/data/code/wsgi.py
        <Directory /srv/data/code>
            Require ip 192.0.2.0/24
    #       ^^^^^^^^^^^^^^^^^^^^^^^
            <Files wsgi.py>
                Require all granted
            </Files>
        </Directory>
    </VirtualHost>
    ```

The section of the script asks, too, or the DocumentRoot is served beside the application:

    ```apache
    #- apache2.conf
    <VirtualHost *:80>
        ServerName data.example.com
        DocumentRoot /srv/data
        <Directory /srv/data>
            Require ip 192.0.2.0/24
        </Directory>
        WSGIScriptAlias / /srv/data/code/wsgi.py
        Alias /static /srv/data/static
        <Directory /srv/data/static>
            Require all granted
        </Directory>
    </VirtualHost>
    <VirtualHost *:80>
        ServerName shop.example.com
        DocumentRoot /srv/shop
        <Directory /srv/shop>
            Require ip 192.0.2.0/24
        </Directory>
        WSGIScriptAlias /app /srv/shop/code/wsgi.py
        <Directory /srv/shop/code>
            Require all granted
        </Directory>
    </VirtualHost>
    <VirtualHost *:80>
        ServerName club.example.com
        WSGIScriptAlias / /srv/club/code/wsgi.py
        Alias /reports /srv/club/code/reports
        <Directory /srv/club/code>
            Require ip 192.0.2.0/24
            <Files wsgi.py>
                Require all granted
            </Files>
        </Directory>
    </VirtualHost>
    <VirtualHost *:80>
        ServerName blog.example.com
        WSGIScriptAlias / /srv/blog/code/wsgi.py
        <Directory /srv/blog>
            Require ip 192.0.2.0/24
        </Directory>
        <Directory /srv/blog/code>
            Require all granted
        </Directory>
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import NAMED_DIRECTORIES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import grant
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.rule import Diagnostic, Rank, Related, Scope, Severity, rule
from modwsgi_rules.access._reached import reached_by_urls

#: The words of Require that ask where somebody is, or who.
_SOME = frozenset(
    {"ip", "host", "local", "forward-dns", "valid-user", "user", "group", "ldap-user", "ldap-group", "dbm-group"}
)


@rule(severity=Severity.WARNING, rank=Rank.EXPOSED, scope=Scope.HOST)
def restriction_undone_by_deeper_section(config: Config) -> Iterator[Diagnostic]:
    asking = [item for item in config.asked_about("require") if item.value.lower() in _SOME]
    if not asking or not config.complete or not sees_all_sections(config) or config.named(*NAMED_DIRECTORIES):
        return
    told: set[Item] = set()
    for item in asking:
        section = item.parent
        if section is None or section in told or section.server.is_main:
            continue
        if item.in_doubt or not _is_of_directory(section):
            continue
        grants = _grants(config, section.server, pattern_of(section).rstrip("/"))
        # Another directory than the root may be a baseline, but for files that it opens itself.
        if not grants or not (_is_of_root(section) or any(one.parent is section for one in grants)):
            continue
        told.add(section)
        yield Diagnostic(
            item.path,
            item.span,
            f"deeper sections open all that URLs lead to below {pattern_of(section)}, so this admits everyone",
            related=tuple(Related(one.path, one.span, "this decides instead") for one in grants),
            help="write it where the application is opened, or into <Location />",
        )


def _is_of_directory(section: Item) -> bool:
    """Whether a section is certainly read, and is that of one directory."""
    return section.key == "directory" and not section.in_doubt and section.known and not is_regex_section(section)


def _is_of_root(section: Item) -> bool:
    """Whether a section is that of the DocumentRoot of its host."""
    root = section.server.last("documentroot")
    return root is not None and root.known and root.value.rstrip("/") == pattern_of(section).rstrip("/")


def _grants(config: Config, server: Server, path: str) -> list[Item]:
    """Return the sections that open what URLs lead to below a path; none where not all of it is open, or the path is served."""
    targets = reached_by_urls(config, server)
    if targets is None or any(one.file is None for one in targets.above(path)):
        return []
    found = [grant(config, server, one.directory, one.file) for one in targets.below(path)]
    if any(one.allowed is not True or one.by_24 is None for one in found):
        return []
    return list(dict.fromkeys(one.by_24 for one in found if one.by_24 is not None))
