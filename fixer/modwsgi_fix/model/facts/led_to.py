"""Where on the disk the URLs of a ``<Location>`` lead, so that it can be told which directories it may be merged with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modwsgi_fix.directives.families import HOST_ALIASES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import location_prefix, served_near
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.sections import are_apart
from modwsgi_fix.model.paths import components
from modwsgi_fix.model.rewrites import flags_of
from modwsgi_fix.model.urls import aliases, document_root, mounts

#: Flags of a RewriteRule that answers by itself, and leads nowhere.
_ANSWERS = frozenset({"r", "f", "g"})


def led_to(config: Config, server: Server, section: Item) -> tuple[tuple[str, ...], ...] | None:
    """The paths of a host that the URLs of a section lead to or below, as components; None where that cannot be told.

    A URL keeps its Location while it is mapped to a file, so that only the ways of mapping count (request.c,
    ap_process_request_internal); what is redirected internally is another request.
    """
    return config.once((led_to, server, section), lambda: _led_to(config, server, section))


def leads_past(config: Config, location: Item, hosts: Iterable[Server], directory: Sequence[str]) -> bool:
    """Whether no URL of a Location leads to a directory or to what lies below it, in any of these hosts."""
    led = (led_to(config, host, location) for host in hosts)
    return all(paths is not None and all(are_apart(directory, path) for path in paths) for paths in led)


def _led_to(config: Config, server: Server, section: Item) -> tuple[tuple[str, ...], ...] | None:
    prefix = location_prefix(section) if section.known else None
    targets = served_near(config, server, prefix) if prefix is not None and config.complete else None
    if prefix is None or targets is None or _leads_elsewhere(config, server, prefix):
        return None
    below = components(prefix)
    found = []
    for target in targets:
        path = components(target.path)
        url = components(target.mapping.url) if target.mapping is not None else ()
        is_prefix = target.mapping is None or not target.mapping.is_regex
        found.append((*path, *below[len(url) :]) if is_prefix and target.file is None else path)
    return tuple(dict.fromkeys(found))


def _leads_elsewhere(config: Config, server: Server, prefix: str) -> bool:
    """Whether a URL below a prefix may come to a file by another way than an alias, a mount and the DocumentRoot."""
    takes_all = any(not one.is_regex and one.url == "/" for one in (*aliases(config, server), *mounts(config, server)))
    if not takes_all and document_root(config, server) is None:
        return True
    if (prefix == "/" or prefix.startswith("/~")) and config.named("userdir"):
        return True
    rules = (item for item in config.named("rewriterule") if item.section("directory", "directorymatch") is None)
    ways = [*config.named(*HOST_ALIASES), *(rule for rule in rules if not _ANSWERS & flags_of(rule).keys())]
    return any(way.server is server or way.server.is_main for way in ways)
