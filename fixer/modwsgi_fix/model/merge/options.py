"""``Options``: what a directory may do, as sections that hold for it say, one after the other.

Words without a sign replace what held before; ``+`` and ``-`` change it (core.c:set_options, core_merge_dir_configs).
"""

from __future__ import annotations

from typing import NamedTuple

from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.merge.sections import directory_matches, directory_sections, location_sections

#: What ``All`` leaves out.
_NOT_IN_ALL = frozenset({"multiviews"})


class Option(NamedTuple):
    """Whether an option is on; None where that is unknown. ``by`` is the directive that decided, None the default."""

    on: bool | None
    by: Item | None


def option(config: Config, server: Server, path: str, name: str) -> Option:
    """Whether the option ``name`` (lower case) holds in the directory ``path``, as far as ``<Directory>`` decides."""
    servers = [server] if server.is_main else [config.main, server]
    found = Option(_default(config, name), None)
    for one in servers:
        for item in one.all("options"):
            found = _after(found, item, name)
    for section in directory_sections(config, server):
        held = directory_matches(section, path)
        if held is False:
            continue
        for item in section.children:
            if item.key == "options":
                after = _after(found, item, name)
                found = after if (held and not section.guards) or after == found else Option(None, item)
    if any(item.key == "options" for section in location_sections(config, server) for item in section.children):
        # A Location is merged later; which URLs lead here is not asked.
        return Option(None, found.by)
    return found


def _default(config: Config, name: str) -> bool | None:
    if not config.complete:
        return None
    # core.c:create_core_dir_config: FollowSymLinks since 2.3.11, All before.
    return name not in _NOT_IN_ALL if config.target.is_22 else name == "followsymlinks"


def _after(before: Option, item: Item, name: str) -> Option:
    says = said(item, name)
    if says is None:
        return before
    return Option(None, item) if item.guards or not item.known else Option(says, item)


def said(item: Item, name: str) -> bool | None:
    """What one Options line says of an option: on, off, or nothing."""
    words = [value.lower() for value in item.values]
    verdict: bool | None = None
    if any(word[:1] not in "+-" for word in words):
        verdict = False
    for word in words:
        bare = word.lstrip("+-")
        if bare == name or (bare == "all" and name not in _NOT_IN_ALL):
            verdict = not word.startswith("-")
        elif bare == "none" and not word.startswith("-"):
            verdict = False
        elif bare in ("symlinksifownermatch", "includes", "includesnoexec"):
            continue
    return verdict


def has_signs(item: Item) -> bool:
    """True for ``Options +A -B``; a line has signs on all of its words or on none."""
    return all(value[:1] in "+-" for value in item.values)
