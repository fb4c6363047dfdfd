"""Sections for directories and files of the disk whose path is a URL that an application answers."""

from __future__ import annotations

from modwsgi_fix.directives.families import HOST_ALIASES, LOCATION_SECTIONS, MERGED_SECTIONS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import Served, served
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.model.merge.sections import is_regex_section, location_match, location_sections, pattern_of
from modwsgi_fix.model.paths import Nested, Ordered, Prefixes, has_wildcard
from modwsgi_fix.model.urls import Mapping, aliases, mounts

#: What applications call the pages that are to be protected, and nobody a directory at the root of a disk or a file.
_PAGES = frozenset({
    "account", "accounts", "admin", "administration", "administrator", "api", "backend", "backoffice", "dashboard", "intranet",
    "login", "manage", "management", "manager", "metrics", "staff", "status", "wp-admin",
})  # fmt: skip
#: They are about the disk, whatever the URL is.
_OF_THE_DISK = MERGED_SECTIONS - frozenset(LOCATION_SECTIONS)
#: So many patterns are asked one by one.
_MANY = 20


def may_be_url(section: Item) -> bool:
    """Whether a section may hold a URL, which most do not: it begins as a page or a mount of its own host does."""
    if section.key not in _OF_THE_DISK:
        return False
    first = section.value.strip("/").partition("/")[0]
    return first in _PAGES or first in section.server.once(may_be_url, lambda: _mounted(section.server))


def _mounted(server: Server) -> set[str]:
    """Return the first names of the URLs at which a server mounts applications itself."""
    return {item.value.strip("/").partition("/")[0] for item in server.all("wsgiscriptalias")}


def url_meant(config: Config, section: Item) -> str | None:
    """Return the URL that a ``<Directory>`` or ``<Files>`` is meant for; None where it may be meant for the disk.

    An application is mounted there, the name is that of a page or the path lies below the URL of the mount, nothing in sight
    leads to such a directory or file, and no other section restricts the URL.
    """
    server = section.server
    if section.sections or len(section.args) != 1 or is_regex_section(section) or (server.is_main and config.hosts):
        return None
    path = section.value.rstrip("/")
    url = path if section.key == "directory" else f"/{path}"
    if has_wildcard(url) or not url.startswith("/") or "//" in url or not url.strip("/"):
        return None
    if not _is_answered(config, server, url) or _is_on_disk(config, server, section, url):
        return None
    return None if _is_restricted(config, server, url) else url


def _is_answered(config: Config, server: Server, url: str) -> bool:
    """Whether an application answers a URL that is the name of a page, or lies at or below a mount with a name of its own."""
    own, taken = config.once(
        (_is_answered, server), lambda: (_by_url(mounts(config, server)), _by_url(aliases(config, server)))
    )
    mount = next((one for one in own(url) if one.matches(url) is not False), None)
    if mount is None or mount.is_regex or any(one.matches(url) is not False for one in taken(url)):
        return False
    return mount.url.strip("/") != "" or url.split("/")[1] in _PAGES


def _by_url(mappings: list[Mapping]) -> Prefixes[Mapping]:
    return Prefixes(mappings, lambda mapping: None if mapping.is_regex else mapping.url)


def _is_on_disk(config: Config, server: Server, section: Item, url: str) -> bool:
    """Whether the host may have such a directory or file."""
    targets = config.once((_is_on_disk, server), lambda: served(config, server))
    if targets is None or any(config.within(one, *HOST_ALIASES) for one in (config.main, server)):
        return True
    if section.key == "files":
        return section.value in config.once((_file_names, server), lambda: _file_names(targets))
    if config.disk is not None and config.disk.is_dir(url):
        return True
    places = config.once((url_meant, server), lambda: Nested((one.path, one) for one in targets))
    return bool(places.above(url) or places.below(url)) or _is_rewritten(config, server, url)


def _file_names(targets: list[Served]) -> set[str | None]:
    return {one.file for one in targets}


def _is_rewritten(config: Config, server: Server, url: str) -> bool:
    """Whether a RewriteRule leads to such a path, be it of the disk or a URL."""

    def found() -> Ordered:
        rules = [item for one in dict.fromkeys((config.main, server)) for item in config.within(one, "rewriterule")]
        return Ordered(rule.values[1] for rule in rules if len(rule.values) > 1)

    return bool(config.once((_is_rewritten, server), found).beginning_with(url))


def _is_restricted(config: Config, server: Server, url: str) -> bool:
    """Whether a section for URLs says who may have this one."""

    def found() -> tuple[Nested[Item], list[Item]]:
        sections = [one for one in location_sections(config, server) if access_of(one).restricts]
        patterns = [one for one in sections if is_regex_section(one) or has_wildcard(pattern_of(one))]
        plain = [one for one in sections if one not in set(patterns)]
        return Nested((pattern_of(one), one) for one in plain), patterns

    plain, patterns = config.once((_is_restricted, server), found)
    # Who writes more patterns than that has thought of the URL.
    if plain.above(url) or len(patterns) > _MANY:
        return True
    return any(location_match(one, url) is not False for one in patterns)
