"""
A file of passwords lies where a URL leads to, and everyone may fetch it.

## What happens

A visitor who guesses its name gets the names and the hashes of all users.

## Why

httpd hides files of the name `.ht*` where a section says so, as those of the distributions do, and no others. The file is read by httpd itself and
needs no URL.

## Left alone

There is no fix: move the file out of all directories that URLs lead to, such as into httpd's own directory, and write the new path here. A
file that the sections in sight do not open is not reported, nor one behind an application that takes its URL. Where the main
file is not in sight, it is taken to hide `.ht*`.

## See also

`alias-exposes-application`, `log-in-incomplete`.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    <VirtualHost *:80>
        ServerName shop.example.com
        DocumentRoot /var/www/shop
        WSGIScriptAlias /admin /srv/shop/app.wsgi
        <Directory /var/www/shop>
            Require all granted
        </Directory>
        <Location /admin>
            AuthType Basic
            AuthName "Shop"
            AuthUserFile /var/www/shop/passwords
    #                    ^^^^^^^^^^^^^^^^^^^^^^^
            Require valid-user
        </Location>
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- apache2.conf
    <Files ".ht*">
        Require all denied
    </Files>
    <VirtualHost *:80>
        ServerName shop.example.com
        DocumentRoot /var/www/shop
        <Directory /var/www/shop>
            Require all granted
        </Directory>
        <Location /admin>
            AuthType Basic
            AuthName "Shop"
            AuthUserFile /var/www/shop/.htpasswd
            AuthGroupFile /etc/apache2/groups
            Require valid-user
        </Location>
    </VirtualHost>
    <VirtualHost *:80>
        ServerName blog.example.com
        DocumentRoot /srv/blog
        WSGIScriptAlias / /srv/blog/app.wsgi
        <Directory /srv/blog>
            AuthType Basic
            AuthName "Blog"
            AuthUserFile /srv/blog/users
            Require valid-user
        </Directory>
    </VirtualHost>
    <VirtualHost *:80>
        ServerName wiki.example.com
        DocumentRoot /srv/wiki
        <Directory /srv/wiki>
            Require all granted
        </Directory>
        <Location />
            AuthType Basic
            AuthName "Wiki"
            AuthUserFile /srv/wiki/users
            Require valid-user
        </Location>
    </VirtualHost>
    ```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.directives.families import PASSWORD_FILES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import served
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import access_of, grant
from modwsgi_fix.model.merge.sections import location_match, location_sections
from modwsgi_fix.model.urls import document_root
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule


@rule(severity=Severity.ERROR, rank=Rank.EXPOSED)
def password_file_served(config: Config) -> Iterator[Diagnostic]:
    told: set[str] = set()
    for item in config.named(*PASSWORD_FILES):
        path = item.value
        if not item.args or not item.known or not is_settled(path) or not path.startswith("/") or path in told:
            continue
        if not config.complete and posixpath.basename(path).startswith(".ht"):
            continue  # the main file of each distribution hides it
        for host in config.servers if item.server.is_main else [item.server]:
            line = _leading_to(config, host, path)
            if line is None:
                continue
            told.add(path)
            yield Diagnostic(
                item.path,
                item.args[0].span,
                f"everyone may fetch {path} by a URL",
                related=(Related(line.path, line.span, "URLs lead there by this"),),
                help="move the file out of every directory that URLs lead to",
            )
            break


def _leading_to(config: Config, host: Server, path: str) -> Item | None:
    """Return the line that leads a URL to a file, where everyone gets the file."""
    directory, name = posixpath.split(path)
    for target in served(config, host) or ():
        top = target.directory.rstrip("/")
        if target.file is not None or not f"{directory}/".startswith(f"{top}/"):
            continue
        url = (target.mapping.url.rstrip("/") if target.mapping is not None else "") + path[len(top) :]
        if grant(config, host, directory, name).allowed is True and not _is_restricted(config, host, url):
            return target.mapping.item if target.mapping is not None else document_root(config, host)
    return None


def _is_restricted(config: Config, host: Server, url: str) -> bool:
    """Whether a section may restrict a URL."""
    sections = location_sections(config, host)
    return any(access_of(one).restricts and location_match(one, url) is not False for one in sections)
