"""Locations that are exceptions from others, and Locations whose URLs do not lead to files."""

from __future__ import annotations

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import location_prefix
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.merge.access import Access
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.model.urls import aliases, is_prefix, mounts


def lifts(access: Access, restricting: Nested[Access]) -> bool:
    """Whether a section lets everyone in where a broader one would ask: an earlier Location, or any for ``Satisfy Any``."""
    if access.satisfy_any and pattern_of(access.section).strip("/"):
        return True
    return is_exception_of_any(access, restricting)


def is_exception_of_any(access: Access, restricting: Nested[Access]) -> bool:
    """Whether ``access`` opens part of what one of these sections restricts; they are found by their patterns."""
    return any(is_exception(access, other) for other in restricting.above(pattern_of(access.section)))


def is_exception(access: Access, earlier: Access) -> bool:
    """Whether ``access`` opens part of what an earlier, broader Location restricts."""
    if _order(earlier) > _order(access):
        return False
    if is_regex_section(access.section) or is_regex_section(earlier.section):
        return False
    inner, outer = pattern_of(access.section).rstrip("/"), pattern_of(earlier.section).rstrip("/")
    return inner.startswith(outer + "/") and inner != outer


def _order(access: Access) -> tuple[bool, int]:
    """Return the sort key by which httpd merges Locations: the main server's come first."""
    return not access.section.server.is_main, access.section.index


def is_of_application(config: Config, server: Server, access: Access) -> bool:
    """Whether a mounted application answers every URL of a Location, as far as mappings say."""
    prefix = location_prefix(access.section)
    if prefix is None:
        return False
    prefix = prefix.rstrip("/") or "/"
    if not any(not mount.is_regex and is_prefix(mount.url, prefix) for mount in mounts(config, server)):
        return False
    return not any(
        alias.is_regex or is_prefix(alias.url.rstrip("/") or "/", prefix) or is_prefix(prefix, alias.url)
        for alias in aliases(config, server)
    )
