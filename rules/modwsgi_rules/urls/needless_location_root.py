"""
Directives stand in a `<Location "/">` that the host could hold itself.

`/` is what a virtual host is about anyway, so the section says nothing; it only makes its directives win over those of
`<Directory>` and `<Files>`, and invites others that do not belong in a Location. `WSGIProcessGroup` and its relatives go
directly into the virtual host.

The fix moves them there and removes the section once it is empty. It is offered only where no other section of the host
or of the main server sets the same directive: there the Location would win, and the host's own level would not. Access
directives cannot stand in a virtual host: grants are what `allow-in-location` is about, and a section that restricts
is left alone.

    ```diff
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

A narrower URL, or a section that restricts:

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

from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.model.access import access_of, is_regex_section, pattern_of
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.rewrite import unwrap
from modwsgi_fix.rule import Diagnostic, rule
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
_GRANTS = frozenset({"require", "order", "allow"})


@rule()
def needless_location_root(config: Config) -> Iterator[Diagnostic]:
    for section in config.named("location"):
        if not section.is_section or not section.args:
            continue
        if is_regex_section(section) or pattern_of(section).strip("/") or section.sections:
            continue
        movable = [child for child in section.children if child.key in _MOVABLE]
        others = [child for child in section.children if child.key not in _MOVABLE]
        access = access_of(section)
        if not movable or any(child.key not in _GRANTS for child in others):
            continue
        if others and not access.grants:
            continue
        rival = next((found for child in movable if (found := _rival(config, section, child))), None)
        fix = None if rival or others else _fix(section, movable)
        message = f'{movable[0].name} needs no <Location "/">: a virtual host is about "/" anyway'
        if rival is not None:
            message += f"; it wins over {rival.file.name}:{rival.line} there, and would not in the host itself"
        yield Diagnostic(section.path, movable[0].node.name_span, message, fix)


def _rival(config: Config, section: Item, child: Item) -> Item | None:
    """Another setting of the same directive that the Location overrides, and the host's own level would not."""
    for item in config.named(child.key):
        if item is child or (item.parent is section):
            continue
        if section.server.is_main or item.server is section.server:
            return item
        if item.server.is_main and item.sections:
            return item
    return None


def _fix(section: Item, movable: list[Item]) -> Fix | None:
    node = section.node
    if not isinstance(node, Section) or any(isinstance(child, Section) for child in node.children):
        # A branch that is not read now may hold what cannot stand in a host.
        return None
    if section.guards or section.foreign or any(child.guards or child.file is not section.file for child in movable):
        return None
    if len({child.key for child in movable}) < len(movable):
        return None
    level = Applicability.REPAIR if any(_MOVABLE[child.key] for child in movable) else Applicability.SAFE
    return Fix(
        "Move the directives to the host itself",
        unwrap(section),
        level,
        reason="no other section sets them, so they hold for the same requests",
    )
