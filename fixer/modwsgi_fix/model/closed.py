"""What a server maps URLs to and then refuses, because no section opens it."""

from __future__ import annotations

import posixpath

from modwsgi_fix.model.access import (
    access_of,
    baseline,
    directory_matches,
    directory_sections,
    grant,
    grant_lines,
    location_sections,
)
from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.served import Served, location_prefix, quoted, served
from modwsgi_fix.model.urls import Mapping, is_prefix


def closed_by_baseline(config: Config, server: Server, target: Served) -> bool:
    """True when nobody gets ``target`` by its mapping, and ``<Directory />`` alone is why.

    Only of a whole server, where every section is in sight, and none that comes later may open it: a ``<Location>`` over
    the whole mapping, an ``<If>``, an ``.htaccess`` file, ``Satisfy``.
    """
    mapping = target.mapping
    if mapping is None or not sees_all_sections(config):
        return False
    if config.named("satisfy", "authmerging", "if", "elseif", "else", "requireall", "requireany", "requirenone"):
        return False
    found = grant(config, server, target.directory, target.file)
    if found.allowed is not False:
        return False
    base = baseline(config)
    deciding = [(found.by_22, "admits_22"), (found.by_24, "admits_24")]
    refusing = [item for item, admits in deciding if item is not None and getattr(access_of(item), admits) is not True]
    if not refusing or any(item not in base for item in refusing):
        return False
    if any(_may_open(section, mapping) for section in location_sections(config, server)):
        return False
    return not _may_be_overridden(config, server, target)


def _may_open(section: Item, mapping: Mapping) -> bool:
    """True when a Location speaks of access for all that is mapped, or for what cannot be told."""
    if access_of(section).is_empty:
        return False
    prefix = location_prefix(section)
    return prefix is None or mapping.is_regex or is_prefix(prefix, mapping.url)


def _may_be_overridden(config: Config, server: Server, target: Served) -> bool:
    """True when an ``.htaccess`` file may speak of access there."""
    allowed = config.target.is_22
    for section in directory_sections(config, server):
        held = directory_matches(section, target.directory)
        if held is False:
            continue
        for item in section.children:
            if item.key == "allowoverride":
                allowed = any(value.lower() != "none" for value in item.values) or (allowed and held is None)
    if not allowed or config.disk is None:
        return allowed
    path = target.directory
    while True:
        if config.disk.is_file(posixpath.join(path, ".htaccess")):
            return True
        if path in ("/", ""):
            return False
        path = posixpath.dirname(path)


def file_grant(config: Config, target: Served) -> list[str]:
    """The block that opens one file, and says nothing of its directory."""
    assert target.file is not None
    return [
        f"<Directory {quoted(target.directory)}>",
        f"    <Files {quoted(target.file)}>",
        *(f"        {line}" for line in grant_lines(config)),
        "    </Files>",
        "</Directory>",
    ]


def fetched_as_file(config: Config, script: Served) -> bool:
    """True when some URL may lead to a script as to a file: by an alias or a DocumentRoot above it, or one unknown."""
    for server in config.servers:
        found = served(config, server)
        if found is None:
            return True
        for other in found:
            if other.is_script:
                continue
            if other.file is None and (script.directory + "/").startswith(other.directory.rstrip("/") + "/"):
                return True
            if other.path == script.path or "*" in other.directory:
                return True
    return bool(config.named("rewriterule", "userdir", "virtualdocumentroot"))
