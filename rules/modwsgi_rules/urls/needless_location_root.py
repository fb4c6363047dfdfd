"""
Directives stand in a `<Location "/">` that the host could hold itself.

## What happens

The section only makes its directives win over those of `<Directory>` and `<Files>`. It also invites directives that
do not belong in a Location.

## Why

A virtual host is about `/` anyway. `WSGIProcessGroup` and its relatives may stand in the virtual host itself
(`mod_wsgi.c:wsgi_commands`).

## The fix

It moves the directives into the host, and removes the section once it is empty. It is made only where no other
section of the host or of the main server sets the same directive: there the Location wins, and the host itself would
not. It is safe in a whole server. In files without a server above them a section out of sight may set the directive,
and in any server an `.htaccess` file may set some of them; then it is a repair.

A section of the main server, in files without a server above them, holds for the applications of all other files.
What it sets belongs on the mount: an unsafe fix writes `process-group=` and `application-group=` there. It is unsafe
because it moves the applications that are out of sight to groups of their own, or to embedded mode. Where a host in sight
names another group, which such a section undoes, this is a warning without a fix.

## Left alone

A section that grants access is reported without a fix: the grant cannot stand in a virtual host, and is what
`allow-in-location` is about. A section that restricts is not reported.

## See also

`allow-in-location`, `redundant-process-group`.

## Examples

    ```diff repair
     <VirtualHost *:80>
         ServerName example.com
         WSGIScriptAlias / /srv/site/app.wsgi
    -    <Location "/">
    -        # the daemon
    -        WSGIProcessGroup site
    -        WSGIApplicationGroup %{GLOBAL}
    -    </Location>
    +    # the daemon
    +    WSGIProcessGroup site
    +    WSGIApplicationGroup %{GLOBAL}
     </VirtualHost>
    ```

A pattern that any URL matches:

    ```diff repair
     <VirtualHost *:80>
         ServerName example.com
         WSGIScriptAlias / /srv/site/app.wsgi
    -    <LocationMatch ^/>
    -        WSGIProcessGroup site
    -    </LocationMatch>
    +    WSGIProcessGroup site
     </VirtualHost>
    ```

In a whole server all sections are in sight:

    ```diff
     #- httpd.conf
     WSGIScriptAlias / /srv/site/app.wsgi
    -<Location />
    -    WSGIProcessGroup site
    -</Location>
    +WSGIProcessGroup site
    ```

The main server, in files without a server above them:

    ```diff unsafe
    -WSGIScriptAlias /desk /srv/desk/run.wsgi
    +WSGIScriptAlias /desk /srv/desk/run.wsgi process-group=desk application-group=%{GLOBAL}
    -<Location />
    -    WSGIProcessGroup desk
    -    WSGIApplicationGroup %{GLOBAL}
    -</Location>
    ```

Another section would win after the move:

    ```apache
    <VirtualHost *:80>
        <Directory /srv/site>
            WSGIProcessGroup other
        </Directory>
        <Location />
            WSGIProcessGroup site
    #       ^^^^^^^^^^^^^^^^
        </Location>
    </VirtualHost>
    ```

A section of the main server holds in every host, and wins over what the host says (measured with mod_wsgi 4.9.4):

    ```apache
    #- httpd.conf
    <Location />
        WSGIProcessGroup desk
    #   ^^^^^^^^^^^^^^^^
    </Location>
    <VirtualHost *:80>
        ServerName shop.example
        WSGIProcessGroup shop
        WSGIScriptAlias / /srv/shop/shop.wsgi
    </VirtualHost>
    ```

A narrower URL, and a section that restricts:

    ```apache
    <VirtualHost *:80>
        <Location /reports>
            WSGIProcessGroup reports
        </Location>
        <Location />
            Require ip 192.0.2.0/24
            WSGIProcessGroup site
        </Location>
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import GRANTS, LOCATION_SECTIONS
from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.urls import mount_options, mounts
from modwsgi_fix.rewriting.lines import add_words, delete, is_bare, unwrap
from modwsgi_fix.rule import Diagnostic, Severity, rule
from modwsgi_fix.syntax import Section

#: Directives that httpd takes at the level of a server, and that mean the same there for every URL. With True those that
#: an .htaccess file could set as well, over the host's value though not over the Location's.
_MOVABLE = {
    "wsgiprocessgroup": False,
    "wsgiapplicationgroup": False,
    "wsgirestrictprocess": False,
    "wsgipassapacherequest": False,
    "wsgicallableobject": True,
    "wsgipassauthorization": True,
    "wsgiscriptreloading": True,
    "wsgierroroverride": True,
    "wsgichunkedrequest": True,
    "wsgimapheadtoget": True,
}
#: Regular expressions that match the path of any URL.
_ANY_URL = frozenset({"/", "^/", "^/.*", "^/.*$", "/.*", ".*", "^.*$", "^/(.*)", "^/(.*)$"})
#: Directives with an equal option of WSGIScriptAlias.
_ON_MOUNT = {"wsgiprocessgroup": "process-group", "wsgiapplicationgroup": "application-group"}


@rule()
def needless_location_root(config: Config) -> Iterator[Diagnostic]:
    for section in config.named(*LOCATION_SECTIONS):
        if not section.is_section or not section.args:
            continue
        pattern = pattern_of(section)
        is_root = pattern in _ANY_URL if is_regex_section(section) else not pattern.strip("/")
        if not is_root or section.sections:
            continue
        shown = '<Location "/">' if section.value == "/" else f"<{section.name} {' '.join(section.values)}>"
        movable = [child for child in section.children if child.key in _MOVABLE]
        others = [child for child in section.children if child.key not in _MOVABLE]
        access = access_of(section)
        if not movable or any(child.key not in GRANTS - {"satisfy"} for child in others):
            continue
        if others and not access.grants:
            continue
        rival = next((item for child in movable if (item := _rival(config, section, child))), None)
        undone = _undone(config, section, movable)
        is_everywhere = undone is not None or (section.server.is_main and not config.complete)
        message = f'{movable[0].name} does not need {shown}, because a host is about "/" anyway'
        advice = "move it into the host itself"
        if is_everywhere:
            fix = None if others or undone else _onto_mounts(config, section, movable)
            message = f"{movable[0].name} in {shown} of the main server holds for all other files, too"
            advice = "give each WSGIScriptAlias its group"
            if undone is not None:
                message = f"{movable[0].name} in {shown} of the main server undoes that of a host"
                advice = f"{advice}: {undone.file.name}:{undone.line} has no effect"
        else:
            fix = None if rival or others else _fix(config, section, movable)
        if rival is not None and not is_everywhere:
            advice = (
                f"keep it until {rival.file.name}:{rival.line} goes: it wins over that line, and the host would not"
            )
        severity = None if is_everywhere else Severity.INFO
        yield Diagnostic(
            section.path, movable[0].node.name_span, message, fix, severity=severity, help="" if fix else advice
        )


def _rival(config: Config, section: Item, child: Item) -> Item | None:
    """Return another setting of the same directive that the Location overrides, and the host itself would not."""
    if section.server.is_main:
        settings = config.named(child.key)
    else:
        inherited = (item for item in config.within(config.main, child.key) if item.sections)
        settings = [*inherited, *config.within(section.server, child.key)]
    others = (item for item in settings if item is not child and item.parent is not section)
    return min(others, key=lambda item: item.index, default=None)


def _undone(config: Config, section: Item, movable: list[Item]) -> Item | None:
    """Return a host's own setting that a Location of the main server overrides with another value."""
    if not section.server.is_main:
        return None
    settings = [(item, child) for child in movable if child.key in _ON_MOUNT for item in config.named(child.key)]
    return next(
        (
            item
            for item, child in settings
            if not item.server.is_main and not item.parent and item.values != child.values
        ),
        None,
    )


def _fix(config: Config, section: Item, movable: list[Item]) -> Fix | None:
    if not _is_simple(section, movable):
        return None
    by_htaccess = any(_MOVABLE[child.key] for child in movable)
    level = Applicability.SAFE if config.complete and not by_htaccess else Applicability.REPAIR
    return Fix(
        "Move the directives to the host itself",
        unwrap(section),
        level,
        reason="no other section sets them, so they hold for the same requests",
    )


def _is_simple(section: Item, movable: list[Item]) -> bool:
    """Whether each directive is there once, in the section itself, under the conditions of the section."""
    node = section.node
    if not isinstance(node, Section) or any(isinstance(child, Section) for child in node.children):
        # A branch that is not read now may have lines that cannot stand in a host.
        return False
    host = section.server.item
    if section.guards != (host.guards if host is not None else ()):
        return False
    if any(child.guards != section.guards or child.file is not section.file for child in movable):
        return False
    return len({child.key for child in movable}) == len(movable)


def _onto_mounts(config: Config, section: Item, movable: list[Item]) -> Fix | None:
    """Return the fix that writes the groups on each mount in sight, in place of a section for all mounts."""
    if not _is_simple(section, movable):
        return None
    if any(child.key not in _ON_MOUNT or not child.known or len(child.args) != 1 for child in movable):
        return None
    in_sight = {mount.item: mount for server in config.servers for mount in mounts(config, server)}
    if not in_sight or any(item.guards for item in in_sight):
        return None
    edits = [delete(section)]
    for item, mount in in_sight.items():
        written = mount_options(config, mount)
        words = [f"{name}={child.args[0].value}" for child in movable if (name := _ON_MOUNT[child.key]) not in written]
        if not all(map(is_bare, words)):
            return None
        if words:
            edits.append(add_words(item, words))
    return Fix.unsafe(
        "Give each mount its group",
        *edits,
        reason="applications of other files move to groups of their own, or to embedded mode",
    )
