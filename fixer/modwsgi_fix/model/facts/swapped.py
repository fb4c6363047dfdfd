"""Aliases and mounts whose two words stand in the wrong order: the file first, then the URL."""

from __future__ import annotations

from modwsgi_fix.directives.families import PREFIX_ALIASES
from modwsgi_fix.directives.suffixes import script_in
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.paths import components
from modwsgi_fix.placeholders import is_settled

_MOUNT = "wsgiscriptalias"
#: What a path of the disk begins with, and hardly a URL.
_TOP = frozenset({"home", "opt", "srv", "users", "usr", "var"})


@derived
def swapped(config: Config) -> frozenset[Item]:
    """Return the lines whose first word is a path of the disk and the second a URL; without the disk only plain ones."""
    return frozenset(item for item in config.named(_MOUNT, *PREFIX_ALIASES) if _is_swapped(config, item))


def _is_swapped(config: Config, item: Item) -> bool:
    if len(item.args) < 2 or not all(arg.known and is_settled(arg.value) for arg in item.args[:2]):
        return False
    first, second = item.values[0], item.values[1]
    if not (first.startswith("/") and second.startswith("/")):
        return False
    if item.key == _MOUNT:
        return bool(script_in(first)) and len(components(first)) > 1 and script_in(second) is None
    disk, parts = config.disk, components(first)
    if disk is not None and disk.is_known(second):
        is_first, is_second = (disk.is_file(path) or disk.is_dir(path) for path in (first, second))
        return len(parts) > 1 and is_first and not is_second
    far = bool(parts) and parts[0].lower() in _TOP and len(parts) > 2
    return far and len(components(second)) == 1 and components(second)[0].lower() not in _TOP
