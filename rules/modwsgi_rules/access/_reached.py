"""What the URLs of a host lead to, for rules about sections that hold for nothing of it."""

from __future__ import annotations

from modwsgi_fix.directives.families import LOCATION_SECTIONS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import Served, served
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.sections import is_regex_section, location_match, pattern_of
from modwsgi_fix.model.paths import Nested, has_wildcard
from modwsgi_fix.model.rewrites import flags_of

#: Flags of a RewriteRule that answers by itself, and leads nowhere.
_ANSWERS = frozenset({"r", "f", "g"})


def reached_by_urls(config: Config, server: Server) -> Nested[Served] | None:
    """Return what a host serves, by directory.

    None where some of that is not known, a rewrite may lead anywhere, or a section by URL says who may come in there, too.
    """
    return config.once((reached_by_urls, server), lambda: _find(config, server))


def _find(config: Config, server: Server) -> Nested[Served] | None:
    found = served(config, server)
    if found is None or any(has_wildcard(one.directory) for one in found):
        return None
    for where in (server, config.main):
        sections = (item.section(*LOCATION_SECTIONS) for item in config.within(where, "authtype", "require"))
        if any(_may_hold(section, found) for section in dict.fromkeys(sections) if section is not None):
            return None
        for item in config.within(where, "rewriterule"):
            if len(item.values) > 1 and item.values[1] != "-" and not _ANSWERS & flags_of(item).keys():
                return None
    return Nested((one.directory, one) for one in found)


def _may_hold(section: Item, targets: list[Served]) -> bool:
    """Whether a ``<Location>`` may hold for all URLs of a target, as that of a status page does not."""
    pattern = pattern_of(section)
    if is_regex_section(section) or has_wildcard(pattern) or not section.known:
        return True
    mappings = [one.mapping for one in targets if one.mapping is not None]
    return any(one.is_regex or location_match(section, one.url) is not False for one in mappings) or pattern == "/"
