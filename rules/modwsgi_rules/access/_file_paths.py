"""Locations with a path of the disk as their URL, so that no request matches them."""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.sections import depth, is_regex_section, pattern_of
from modwsgi_fix.model.paths import Nested, has_wildcard
from modwsgi_fix.model.urls import aliases, document_root, mounts


def names_a_file_path(config: Config, section: Item) -> bool:
    """Whether a ``<Location>`` has the path of files that its server serves, and not the URL of a mount or an alias."""
    pattern = pattern_of(section).rstrip("/")
    if section.key != "location" or not section.args or not section.known:
        return False
    if is_regex_section(section) or has_wildcard(pattern) or depth(pattern) < 2:
        return False
    return _is_on_disk(config, section, pattern) and not _is_url(config, section, pattern)


def _is_on_disk(config: Config, section: Item, pattern: str) -> bool:
    """Whether this server serves files at a path, above it or below it."""
    places = config.once((_places, section.server), lambda: Nested(_places(config, section.server)))
    return bool(places.above(pattern) or places.below(pattern))


def _places(config: Config, host: Server) -> Iterator[tuple[str, str]]:
    """Yield the directories that URLs of a host and of the main server lead to; for the main server those of all hosts."""
    for server in config.servers if host.is_main else [config.main, host]:
        targets = (target_of(config, mapping) for mapping in [*mounts(config, server), *aliases(config, server)])
        paths = [target.directory for target in targets if target is not None and "*" not in target.directory]
        root = document_root(config, server)
        if root is not None and root.known:
            paths.append(root.value.rstrip("/"))
        yield from ((path, path) for path in paths if path.startswith("/") and depth(path) > 1)


def _is_url(config: Config, section: Item, pattern: str) -> bool:
    """Whether a mount or an alias maps such a URL."""
    server = section.server
    return pattern.split("/")[1] in config.once((_first_parts, server), lambda: _first_parts(config, server))


def _first_parts(config: Config, host: Server) -> set[str]:
    """Return the first components of the URLs of a host's mounts and aliases; for the main server those of all hosts."""
    servers = config.servers if host.is_main else [host]
    mappings = (one for server in servers for one in [*mounts(config, server), *aliases(config, server)])
    return {one.url.split("/")[1] for one in mappings if one.url.startswith("/") and not one.is_regex}
