"""Directories of files that everyone may fetch by a URL, with the sections that open them."""

from __future__ import annotations

from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import access_in
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.model.urls import aliases


@derived
def public_sections(config: Config) -> list[tuple[Server, Item, str]]:
    """Return the ``<Directory>`` sections that grant everyone exactly the directory that an alias leads to."""
    targets: dict[str, Server] = {}
    for server in config.servers:
        for alias in aliases(config, server):
            target = target_of(config, alias)
            if target is not None and target.file is None and not target.is_script:
                targets.setdefault(target.directory, server)
    found: list[tuple[Server, Item, str]] = []
    for section in config.named("directory"):
        path = pattern_of(section).rstrip("/")
        if path not in targets or not section.args or not section.known or is_regex_section(section):
            continue
        if access_in(config, section).grants and not section.file.tree.is_template:
            if has_wildcard(path) and "[" in path:
                continue
            server = targets[path] if section.server.is_main else section.server
            found.append((server, section, path))
    return found
