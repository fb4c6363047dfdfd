"""
Nothing denies access to the file system as a whole.

## What happens

A rewrite rule that goes wrong, or a stray link, serves `/etc/passwd` instead of a 403.

## Why

httpd 2.4 serves a file that no section is about (`mod_authz_core.c:authorize_user_core`; the httpd manual, "Security
tips: protect server files by default"). So the main server should close the root directory, and a `<Directory>`
should open each directory that is to be served. Distributions ship this baseline; servers put together by hand often
lack it.

## The fix

A repair: it closes the root directory. It is made where a `<Directory>` opens everything that the mounts and aliases
of all hosts lead to, and nothing else maps URLs to files.

## Left alone

There is no fix where it would close a site. The rule needs a whole server (`apache2.conf` or `httpd.conf` is
among the files), because a server that includes a fragment may well have a baseline.

## See also

`root-directory-granted`, `allow-in-location`, `script-directory-not-granted`.

## Examples

    ```diff repair
     #- httpd.conf
     ServerName example.com
    +<Directory />
    +    Require all denied
    +</Directory>
     WSGIScriptAlias / /srv/site/app.wsgi
     <Directory /srv/site>
         <Files app.wsgi>
             Require all granted
         </Files>
     </Directory>
    ```

The fix would close the static files:

    ```apache
    #- httpd.conf
    ServerName example.com
      WSGIScriptAlias / /srv/site/app.wsgi
    # ^^^^^^^^^^^^^^^
      Alias /static/ /srv/site/static/
    <Directory /srv/site>
        <Files app.wsgi>
            Require all granted
        </Files>
    </Directory>
    ```
    ```apache
    #- httpd.conf
    <Directory />
        Require all denied
    </Directory>
    WSGIScriptAlias / /srv/site/app.wsgi
    ```
    ```apache
    WSGIScriptAlias / /srv/site/app.wsgi
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import DIRECTORY_SECTIONS, INCLUDES, INDIRECT_MAPPINGS, MOUNTS
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.baseline import baseline
from modwsgi_fix.model.facts.served import served
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.access import access_of, grant
from modwsgi_fix.rewriting.access_blocks import deny_lines
from modwsgi_fix.rewriting.lines import append, insert_before
from modwsgi_fix.rule import Diagnostic, rule

#: Directives that lead from URLs to files in ways that are not followed here.
_OTHER_MAPPINGS = (*INDIRECT_MAPPINGS, "virtualscriptalias", "action", "scriptaliasmatch")


@rule()
def missing_deny_baseline(config: Config) -> Iterator[Diagnostic]:
    if not config.complete:
        return
    sections = baseline(config)
    if any(not access_of(section).is_empty for section in sections):
        return
    place = _place(config, sections)
    if place is None:
        return
    fix = _fix(config, sections, place)
    message = "nothing denies access to the file system, so whatever file a URL leads to is served"
    advice = "" if fix else "open each directory that is to be served, then close <Directory />"
    yield Diagnostic(place.path, place.node.name_span, message, fix, help=advice)


def _place(config: Config, baseline_sections: list[Item]) -> Item | None:
    """Return the place of the block: in a ``<Directory />`` without access lines, or before the sections that it precedes.

    That is in the server's own file, where an administrator looks for it: before the Include that leads to the first of these.
    """
    if baseline_sections:
        return baseline_sections[0]
    sections, lines = (*DIRECTORY_SECTIONS, "virtualhost"), (*MOUNTS, "alias")
    about = (
        item for item in config.main.all(*sections, *lines) if item.key in (sections if item.is_section else lines)
    )
    first = next((item for item in about if not item.guards), None)
    if first is None or first.path == (own := next(iter(config.files))):
        return first
    including = [item for item in config.main.all(*INCLUDES) if item.path == own]
    leading = max((item for item in including if item.index < first.index), key=lambda item: item.index, default=first)
    return leading if leading.parent is None and not leading.guards and not leading.foreign else first


def _fix(config: Config, sections: list[Item], place: Item) -> Fix | None:
    if config.gaps or config.named(*_OTHER_MAPPINGS) or place.foreign or place.guards:
        return None
    for server in config.servers:
        targets = served(config, server)
        if targets is None:
            return None
        for target in targets:
            access = grant(config, server, target.directory, target.file)
            if access.allowed is not True or (access.by_22 is None and access.by_24 is None):
                return None
    lines = deny_lines(config)
    edit = (
        append(place, lines)
        if sections
        # No AllowOverride is written: without one, httpd reads .htaccess files, and their lines count.
        else insert_before(place, ["<Directory />", *(f"    {line}" for line in lines), "</Directory>"])
    )
    return Fix.repair(
        "Close the root directory",
        edit,
        reason="a <Directory> opens everything that mounts and aliases lead to",
    )
