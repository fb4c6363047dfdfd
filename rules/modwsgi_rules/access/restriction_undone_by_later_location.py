"""
A later `<Location>` undoes the restriction of an earlier one.

## What happens

What the earlier section should protect is open to everyone.

## Why

httpd merges `<Location>` sections in the order of the file, whatever their length (`request.c:ap_location_walk`).
`<Location /admin>` may ask for an address or a password: where `<Location />` below it admits everyone, the later
section decides about `/admin` too.

## The fix

A repair: it moves the restriction below the grant, so that it takes effect. It is better still to take the grant out
of the Location (see `allow-in-location`).

## Left alone

There is no fix where the two sections do not stand side by side, and where the restricting section has directives
that are not about access.

## See also

`allow-in-location`, `dead-restriction`.

## Examples

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

httpd asks both dialects; `SSLRequireSSL` is asked whatever follows; and the last restriction comes last:

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

from collections.abc import Iterable, Iterator, Sequence

from modwsgi_fix.directives.families import AUTHENTICATION
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import location_prefix
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.access import Access, access_of, grant_together
from modwsgi_fix.model.merge.sections import is_regex_section, location_sections, pattern_of
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.model.urls import is_prefix
from modwsgi_fix.rewriting.lines import delete_lines, with_comments
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule
from modwsgi_fix.text import Span


@rule(severity=Severity.ERROR, changes=("restricted", "closed"))
def restriction_undone_by_later_location(config: Config) -> Iterator[Diagnostic]:
    seen: set[int] = set()
    for server in config.servers:
        located = list(enumerate(location_sections(config, server)))
        restricting = [one for one in located if one[1].index not in seen and _restricts(access_of(one[1]))]
        if not restricting:
            continue
        granting = _by_url(one for one in located if access_of(one[1]).grants)
        speaking = _by_url(one for one in located if not access_of(one[1]).is_empty)
        for at, section in restricting:
            access = access_of(section)
            url = _url(section)
            later = sorted(one for one in granting.above(url) if one[0] > at)
            undoing = next((one for _, one in later if _undoes(access, access_of(one))), None)
            if undoing is None:
                continue
            seen.add(section.index)
            beside = (*speaking.above(url), *speaking.below(url))
            fix = _fix(section, undoing, [one for number, one in beside if number > at])
            yield Diagnostic(
                section.path,
                section.args[-1].span,
                f"<{undoing.name} {pattern_of(undoing)}> below admits everyone, so the restriction on {pattern_of(section)}"
                " has no effect",
                fix,
                (Related(undoing.path, undoing.span, "the section that undoes it"),),
                help="" if fix else "move the restriction below it, or take the grant out",
            )


_Located = tuple[int, Item]


def _by_url(located: Iterable[_Located]) -> Nested[_Located]:
    """Return Locations, with their numbers, by their URL prefixes."""
    return Nested((_url(one[1]), one) for one in located)


def _url(section: Item) -> str:
    """Return the prefix of a Location; that of all URLs for a regular expression."""
    return location_prefix(section) or "/"


def _restricts(access: Access) -> bool:
    """Whether the section refuses somebody, in a dialect that a later section can replace."""
    return bool(access.section.args) and access.restricts and not access.satisfy_any


def _undoes(access: Access, later: Access) -> bool:
    """Whether the later section holds for the same URLs, and admits everyone in each dialect that restricts."""
    outer, inner = location_prefix(later.section), location_prefix(access.section)
    if outer is None or not later.section.accompanies(access.section):
        return False
    if inner is None:
        # A regular expression is certainly covered only by a section for every URL.
        if outer.strip("/"):
            return False
    elif not is_prefix(outer, inner):
        return False
    return grant_together([access.section, later.section])


def _fix(section: Item, undoing: Item, behind: Sequence[Item]) -> Fix | None:
    if section.file is not undoing.file or section.wrapper is not undoing.wrapper:
        return None
    if section.foreign is not undoing.foreign or section.guards != undoing.guards or is_regex_section(undoing):
        return None
    access = access_of(section)
    if any(child not in access.lines and child.key not in AUTHENTICATION for child in section.children):
        return None
    if any(one.index < undoing.index and _overlaps(section, one) for one in behind):
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
        reason="it then takes effect; everything else is answered as before",
    )


def _overlaps(outer: Item, inner: Item) -> bool:
    first, second = location_prefix(outer), location_prefix(inner)
    if first is None or second is None:
        return True
    return is_prefix(first, second) or is_prefix(second, first)
