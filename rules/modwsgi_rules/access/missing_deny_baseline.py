"""
Nothing denies access to the file system as a whole.

Where no section speaks of a file, httpd 2.4 serves it. So the main server closes the root directory, and each directory
that is to be served is opened by a `<Directory>` of its own: then an errant rewrite rule or a stray link leads to a 403,
and not to `/etc/passwd`. Distributions ship this block; servers put together by hand often lack it.

Only looked for in a whole server (`apache2.conf` or `httpd.conf` among the files): a fragment may well be included by one
that has it. The fix is offered where everything that the mounts and aliases of all hosts lead to is opened by a
`<Directory>` already, and nothing else maps URLs to files; otherwise it is reported only, because closing first would
take sites away.

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

The static files would be closed:

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

from modwsgi_fix.directives.families import DIRECTORY_SECTIONS, INDIRECT_MAPPINGS, MOUNTS
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.facts.baseline import baseline
from modwsgi_fix.model.facts.served import served
from modwsgi_fix.model.merge.access import access_of, grant
from modwsgi_fix.rewriting.access_blocks import deny_lines
from modwsgi_fix.rewriting.lines import append, insert_before
from modwsgi_fix.rule import Diagnostic, rule

#: What else leads from URLs to files, in ways that are not followed here.
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
    message = "no <Directory /> denies access to the file system, so whatever a URL happens to lead to is served"
    if fix is None:
        message += "; open each directory that is to be served, then close the root"
    yield Diagnostic(place.path, place.node.name_span, message, fix)


def _place(config: Config, baseline_sections: list[Item]) -> Item | None:
    """Where the block goes: into a ``<Directory />`` without access lines, or before what it is about."""
    if baseline_sections:
        return baseline_sections[0]
    sections, lines = (
        {*DIRECTORY_SECTIONS, "virtualhost"},
        {*MOUNTS, "alias"},
    )
    about = (item for item in config.main.items if item.key in (sections if item.is_section else lines))
    return next((item for item in about if not item.guards), None)


def _fix(config: Config, sections: list[Item], place: Item) -> Fix | None:
    if config.gaps or config.named(*_OTHER_MAPPINGS) or place.foreign or place.guards:
        return None
    for server in config.servers:
        targets = served(config, server)
        if targets is None:
            return None
        for target in targets:
            found = grant(config, server, target.directory, target.file)
            if found.allowed is not True or (found.by_22 is None and found.by_24 is None):
                return None
    lines = deny_lines(config)
    edit = (
        append(place, lines)
        if sections
        # No AllowOverride: where none is said, httpd opens an .htaccess file, and what it says is in force.
        else insert_before(place, ["<Directory />", *(f"    {line}" for line in lines), "</Directory>"])
    )
    return Fix.repair(
        "Close the root directory",
        edit,
        reason="all that mounts and aliases lead to is opened by directories of its own",
    )
