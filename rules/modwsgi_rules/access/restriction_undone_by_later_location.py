"""
A later `<Location>` undoes the restriction of an earlier one.

`<Location>` sections are merged in the order of the file, whatever their length. Where `<Location /admin>` asks for an
address or a password and `<Location />` below it admits everyone, the second one is the last word on `/admin` as well: it is
open to all.

The fix moves the restriction below, so that it is in force. (Better still, take the grant out of the Location: see
`allow-in-location`.) It is offered where both stand side by side and the restricting section is about nothing else.

    ```diff repair
     <VirtualHost *:443>
         WSGIScriptAlias / /srv/site/app.wsgi
    -    # the office
    -    <Location /admin>
    -        Require ip 192.0.2.0/24
    -    </Location>
         <Location />
             Require all granted
         </Location>
    +    # the office
    +    <Location /admin>
    +        Require ip 192.0.2.0/24
    +    </Location>
     </VirtualHost>
    ```

The restriction is of the other dialect, and both are asked; it comes last; it is not about who is asking:

    ```apache
    <Location /admin>
        Order deny,allow
        Deny from all
        Allow from 192.0.2.0/24
    </Location>
    <Location /secure>
        SSLRequireSSL
    </Location>
    <Location />
        Require all granted
    </Location>
    <Location /office>
        Require ip 192.0.2.0/24
    </Location>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import AUTHENTICATION
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.facts.served import location_prefix
from modwsgi_fix.model.merge.access import Access, access_of, grant_together
from modwsgi_fix.model.merge.sections import is_regex_section, location_sections, pattern_of
from modwsgi_fix.model.urls import is_prefix
from modwsgi_fix.rewriting.lines import delete_lines, with_comments
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR, changes=("restricted", "closed"))
def restriction_undone_by_later_location(config: Config) -> Iterator[Diagnostic]:
    seen: set[int] = set()
    for server in config.servers:
        sections = location_sections(config, server)
        for at, section in enumerate(sections):
            access = access_of(section)
            if section.index in seen or not _restricts(access):
                continue
            undoing = next((one for one in sections[at + 1 :] if _undoes(access, access_of(one))), None)
            if undoing is None:
                continue
            seen.add(section.index)
            yield Diagnostic(
                section.path,
                section.args[-1].span,
                f"<{undoing.name} {pattern_of(undoing)}> below admits everyone, to {pattern_of(section)} as well: what is"
                " asked for here is not in force",
                _fix(section, undoing, sections[at + 1 :]),
                (Related(undoing.path, undoing.span, "the section that undoes it"),),
            )


def _restricts(access: Access) -> bool:
    """True when the section refuses somebody, in a dialect that a later section can replace."""
    return bool(access.section.args) and access.restricts and not access.satisfy_any


def _undoes(access: Access, later: Access) -> bool:
    """True when the later section speaks of the same URLs, and in each restricting dialect admits everyone."""
    outer, inner = location_prefix(later.section), location_prefix(access.section)
    if outer is None or not later.section.accompanies(access.section):
        return False
    if inner is None:
        # A regular expression: certain only under a section for every URL.
        if outer.strip("/"):
            return False
    elif not is_prefix(outer, inner):
        return False
    return grant_together([access.section, later.section])


def _fix(section: Item, undoing: Item, behind: Sequence[Item]) -> Fix | None:
    if section.file is not undoing.file or section.wrapper is not undoing.wrapper or section.foreign:
        return None
    if undoing.foreign or section.guards != undoing.guards or is_regex_section(undoing):
        return None
    access = access_of(section)
    if any(child not in access.lines and child.key not in AUTHENTICATION for child in section.children):
        return None
    between = [one for one in behind if one.index < undoing.index]
    if any(not access_of(one).is_empty and _overlaps(section, one) for one in between):
        return None
    source, newline = section.file.text, section.file.newline
    start, end = with_comments(section)
    text = source[start:end]
    text = text if text.endswith("\n") else text + newline
    place = undoing.node.end
    lead = "" if source[place - 1] == "\n" else newline
    return Fix.repair(
        "Move the restriction below",
        delete_lines(section),
        Edit(section.path, Span(place, place), lead + text),
        reason="it is in force then; everything else is answered as before",
    )


def _overlaps(one: Item, other: Item) -> bool:
    first, second = location_prefix(one), location_prefix(other)
    if first is None or second is None:
        return True
    return is_prefix(first, second) or is_prefix(second, first)
