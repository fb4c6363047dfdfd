"""Grants in the words of 2.2 that open nothing, because ``Require`` refuses all the same: both dialects must agree."""

from __future__ import annotations

from modwsgi_fix.directives.families import COMBINING
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.host_sections import of_alike, place_of
from modwsgi_fix.model.facts.served import location_prefix, served_near
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import Access, access_of, grant
from modwsgi_fix.model.merge.sections import location_sections


def refused_by_require(config: Config, server: Server, access: Access) -> Item | None:
    """Return the section that refuses by ``Require`` what a Location grants by ``Allow``.

    None where that does not hold for all URLs of the Location, or is not known: in fragments, and where another Location or
    ``Satisfy`` may say otherwise.
    """
    return config.once((refused_by_require, server, access.section), lambda: _refusing(config, server, access))


def is_refused_by_require(config: Config, server: Server, access: Access) -> bool:
    """Whether there is such a section; asked once for hosts that are alike."""
    key = is_refused_by_require, place_of(access.section)
    return of_alike(config, server, key, lambda: refused_by_require(config, server, access) is not None)


def _refusing(config: Config, server: Server, access: Access) -> Item | None:
    prefix = location_prefix(access.section)
    if config.target.is_22 or not access.grants or access.has_24 or not access.allows or prefix is None:
        return None
    if not sees_all_sections(config) or config.named(*COMBINING) or not config.named("require"):
        return None
    if _speaks_new(config, server):
        return None
    near = served_near(config, server, prefix) or ()
    found = [grant(config, server, one.directory, one.file).by_24 for one in near]
    refusing = [one for one in found if one is not None and access_of(one).admits_24 is False]
    return refusing[0] if refusing and len(refusing) == len(found) else None


def _speaks_new(config: Config, server: Server) -> bool:
    """Whether some Location that holds for a server has ``Require``."""
    return config.once(
        (_speaks_new, server), lambda: any(access_of(one).has_24 for one in location_sections(config, server))
    )
