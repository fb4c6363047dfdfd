"""
An `Alias` or `ScriptAlias` with a URL stands inside a section.

httpd refuses to start: *Alias cannot occur within directory context*. The fix moves the line before the section; what was
meant by it holds from then on.

    ```diff
     <VirtualHost *:80>
         ServerName example.com
    +    Alias /static /srv/site/static
         <Location /static>
    -        Alias /static /srv/site/static
             SetHandler None
         </Location>
     </VirtualHost>
    ```

Without a URL it may stand in a `<Location>` (since httpd 2.4.19), and maps each URL of the section to the very same path: right
for a file. A directory needs `AliasPreservePath On` (2.4.58), or the form with two arguments outside:

    ```apache
    <Location /static>
        Alias /srv/site/static/
    #         ^^^^^^^^^^^^^^^^^
    </Location>
    ```
    ```apache
    <Location /robots.txt>
        Alias /srv/site/static/robots.txt
    </Location>
    <Location /static>
        Alias /srv/site/static/
        AliasPreservePath On
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives import Context
from modwsgi_fix.directives.families import PREFIX_ALIASES
from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.merge.sections import is_regex_section
from modwsgi_fix.rewriting.lines import delete
from modwsgi_fix.rewriting.moving import context, may_move, move_before, refuge
from modwsgi_fix.rule import Diagnostic, Severity, rule


@rule(severity=Severity.ERROR)
def alias_inside_location(config: Config) -> Iterator[Diagnostic]:
    for item in config.named(*PREFIX_ALIASES):
        where = context(item)
        if not where or Context.SERVER in where or Context.VIRTUAL_HOST in where or where is Context.HTACCESS:
            continue
        if len(item.args) == 2:
            yield Diagnostic(
                item.path,
                item.span,
                f"{item.name} with a URL may not stand in <{item.sections[-1].name}>, and httpd will not start; move it out",
                _fix(item),
            )
        elif len(item.args) == 1 and _maps_a_directory(config, item):
            yield Diagnostic(
                item.path,
                item.args[0].span,
                f"each URL below {item.sections[-1].value} is mapped to {item.value} itself; write AliasPreservePath On,"
                f" or {item.name} with both outside",
                severity=Severity.WARNING,
            )


def _fix(item: Item) -> Fix | None:
    anchor = refuge(item, item.name)
    if anchor is None or not may_move(item, anchor):
        return None
    same = [other for other in item.server.all(*PREFIX_ALIASES) if other.args and other.value == item.value]
    if any(other.key == item.key and other.values == item.values and other.accompanies(item) for other in same):
        return Fix.safe(f"Delete {item.name}", delete(item), reason="httpd starts; the same line stands outside")
    if same:
        return None
    return Fix.safe(
        f"Move {item.name} out", *move_before(item, anchor), reason=f"httpd starts, and maps {item.value} as it says"
    )


def _maps_a_directory(config: Config, item: Item) -> bool:
    section = item.sections[-1]
    if section.key != "location" or is_regex_section(section) or not item.known or "%{" in item.value:
        return False
    preserve = [
        one for one in (*section.children, *item.server.items, *config.main.items) if one.key == "aliaspreservepath"
    ]
    if any(one.value.lower() != "off" for one in preserve):
        return False
    if config.disk is not None and (config.disk.is_dir(item.value) or config.disk.is_file(item.value)):
        return config.disk.is_dir(item.value)
    return item.value.endswith("/")
