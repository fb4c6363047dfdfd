"""Which access lines of a Location a later one for the same URLs replaces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from modwsgi_fix.model.facts.served import location_prefix
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.access import Access, access_of
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.model.urls import is_prefix

Dialect = Callable[[Access], tuple[Item, ...]]


def old_lines(access: Access) -> tuple[Item, ...]:
    """Return the lines of 2.2, all of which a later section replaces (mod_access_compat.c has no merger)."""
    return access.orders + access.allows + access.denies


def new_lines(access: Access) -> tuple[Item, ...]:
    """Return the lines of 2.4, all of which a later section replaces (mod_authz_core.c:merge_authz_core_dir_config)."""
    return access.requires


DIALECTS = (old_lines, new_lines)


def last_by_prefix(sections: Iterable[Item], dialect: Dialect) -> Nested[Item]:
    """Return the last section with lines of a dialect for each prefix of URLs."""
    last: dict[str, Item] = {}
    for section in sections:
        prefix = location_prefix(section)
        if prefix is not None and dialect(access_of(section)):
            last[prefix] = section
    return Nested(last.items())


def replacing(section: Item, last: Nested[Item]) -> Iterator[Item]:
    """Yield the later sections that hold for all URLs of a section, and so replace what it says in their dialect."""
    prefix = location_prefix(section)
    for other in last.above(prefix or "/"):
        own = location_prefix(other) or ""
        # A regular expression is certainly covered only by a section for every URL.
        covers = own == "/" if prefix is None else is_prefix(own, prefix)
        if covers and other.index > section.index and other.accompanies(section):
            yield other
