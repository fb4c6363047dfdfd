"""The targets of a host that a grant by URL opened, and no ``<Directory>`` opens."""

from __future__ import annotations

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.host_sections import of_alike, place_of
from modwsgi_fix.model.facts.served import Served, coverage, location_prefix
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.access import Access, grant
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.model.urls import is_prefix

#: A target, with its number in the order in which httpd asks the mappings.
_Numbered = tuple[int, Served]


def by_url(targets: list[Served]) -> Nested[_Numbered]:
    """Return the targets of plain URLs, with their numbers."""
    numbered = ((one.mapping, (number, one)) for number, one in enumerate(targets))
    return Nested((mapping.url, one) for mapping, one in numbered if mapping is not None and not mapping.is_regex)


def opened(
    config: Config, host: Server, removable: list[Access], numbered: _Numbered, urls: Nested[_Numbered]
) -> list[Served] | None:
    """Return the part of a target that the Locations opened and no Directory opens; None where no directory covers it."""
    number, target = numbered
    key = _is_open, number, *(place_of(access.section) for access in removable)
    if of_alike(config, host, key, lambda: _is_open(config, host, removable, target)) or _is_shadowed(numbered, urls):
        return []
    parts: list[Served] = []
    for access in removable:
        prefix = location_prefix(access.section)
        if prefix is None:
            # The other URLs of a regular expression show only in the other mappings.
            parts.append(target) if not is_dead(access) else None
            continue
        covered = coverage(prefix, target)
        if covered == "all":
            return [target]
        if covered == "some" and not any(_takes_all(other, prefix, target) for _, other in urls.above(prefix)):
            parts.append(target)
    return None if parts else []


def _is_shadowed(numbered: _Numbered, urls: Nested[_Numbered]) -> bool:
    """Whether an earlier mapping of the same kind takes every URL of the target: a host's own ``/``."""
    number, target = numbered
    mapping = target.mapping
    if mapping is None or mapping.is_regex:
        return False
    asked_before = (other.mapping for at, other in urls.above(mapping.url) if at < number)
    return any(
        before is not None and before.is_mount == mapping.is_mount and not before.item.guards
        and is_prefix(before.url, mapping.url)
        for before in asked_before
    )  # fmt: skip


def is_dead(access: Access) -> bool:
    """Whether a pattern begins with the modifier letter that word processors make of a circumflex, which no URL has."""
    return is_regex_section(access.section) and pattern_of(access.section).startswith("ˆ")


def _takes_all(other: Served, prefix: str, target: Served) -> bool:
    """Whether another mapping, asked before that of ``target``, answers every URL below ``prefix``."""
    if other is target or other.mapping is None or other.mapping.is_regex:
        return False
    before = target.mapping is None or (target.is_script and not other.is_script)
    return before and is_prefix(other.mapping.url.rstrip("/") or "/", prefix.rstrip("/") or "/")


def _is_open(config: Config, host: Server, removable: list[Access], target: Served) -> bool:
    """Whether Directory sections open the target in each dialect that the Locations use."""
    given = removable[0].section.guards
    access = grant(config, host, target.directory, target.file, given)
    if access.allowed is not True:
        return False
    old, new = any(a.has_22 for a in removable), any(a.has_24 for a in removable)
    return config.complete or not ((old and access.by_22 is None) or (new and access.by_24 is None))
