"""Directories of files that everyone may fetch by a URL, with the sections that open them."""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.host_sections import counterpart, stand_in
from modwsgi_fix.model.facts.served import led_to
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import grants_in
from modwsgi_fix.model.merge.sections import directories_in, pattern_of


def public_sections(config: Config, server: Server) -> list[tuple[Server, Item, str]]:
    """Return the ``<Directory>`` sections of a server that grant everyone exactly the directory that an alias of it leads to.

    Each comes with the directory, and with the server of the alias: sections of the main server hold for all hosts.
    """
    return config.once((public_sections, server), lambda: list(_public_as_alike(config, server)))


def _public_as_alike(config: Config, server: Server) -> Iterator[tuple[Server, Item, str]]:
    stands = stand_in(config, server)
    if stands is None:
        yield from _public(config, server)
        return
    for _, section, _ in public_sections(config, stands):
        own = counterpart(config, server, section)
        yield server, own, pattern_of(own).rstrip("/")


def _public(config: Config, server: Server) -> Iterator[tuple[Server, Item, str]]:
    # Most main servers open no directory, and then the aliases of all hosts do not matter. A section in another one, which
    # httpd refuses, opens nothing.
    sections = [
        (section, path)
        for section, path in directories_in(config, server).paths
        if section.parent is server.item and _is_opened(config, section, path)
    ]
    targets: dict[str, Server] = {}
    for host in (config.servers if server.is_main else [server]) if sections else ():
        for _, target in led_to(config, host):
            if target is not None and target.file is None and not target.is_script:
                targets.setdefault(target.directory, host)
    for section, path in sections:
        if path in targets:
            yield targets[path], section, path


def _is_opened(config: Config, section: Item, path: str) -> bool:
    """Whether a section certainly grants everyone its path, which is not one of several directories."""
    return grants_in(config, section) and section.known and not section.file.tree.is_template and "[" not in path
