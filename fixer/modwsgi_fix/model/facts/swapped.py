"""Aliases and mounts whose two words stand in the wrong order: the file first, then the URL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    paths = config.in_each_server(_with_two_paths, _MOUNT, *PREFIX_ALIASES)
    return frozenset(item for item in paths if _is_swapped(config, item))


def _with_two_paths(lines: Sequence[Item]) -> Iterator[Item]:
    """Yield the lines of which the first word may be a path of the disk, and the second a URL."""
    for item in lines:
        words = item.values
        if len(words) > 1 and words[0][:1] == words[1][:1] == "/" and "/" in words[0].strip("/"):
            yield item


def _is_swapped(config: Config, item: Item) -> bool:
    if not all(arg.known and is_settled(arg.value) for arg in item.args[:2]):
        return False
    first, second = item.values[0], item.values[1]
    if item.key == _MOUNT:
        return bool(script_in(first)) and len(components(first)) > 1 and script_in(second) is None
    disk, parts = config.disk, components(first)
    if disk is not None and disk.is_known(second):
        is_first, is_second = (disk.is_file(path) or disk.is_dir(path) for path in (first, second))
        return len(parts) > 1 and is_first and not is_second
    far = bool(parts) and parts[0].lower() in _TOP and len(parts) > 2
    return far and len(components(second)) == 1 and components(second)[0].lower() not in _TOP
