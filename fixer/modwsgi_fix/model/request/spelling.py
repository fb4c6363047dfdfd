"""mod_speling: a missing file whose name is like that of another, which the visitor is sent to (mod_speling.c:check_speling)."""

from __future__ import annotations

from enum import IntEnum

from modwsgi_fix.directives.families import SPELLING
from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import every
from modwsgi_fix.model.merge.world import MISSING, Beyond
from modwsgi_fix.model.modules import is_loaded
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.model.request.state import State, escaped, location_url


class Likeness(IntEnum):
    """How a name is like another, the likest first."""

    CASE = 1
    SWAPPED = 2
    LACKS_ONE = 3
    HAS_ONE_MORE = 4
    ONE_IS_OTHER = 5
    #: All before the first dot is equal.
    BASE = 6


def correct_spelling(state: State) -> None:
    """Raise ``Done`` where the visitor is sent to a file with a similar name, or shown several."""
    lines: dict[str, Item] = {}
    for _, items in every(state.layers, SPELLING, state.world):
        # A section is not merged with those outside: what it does not say has its default (measured).
        lines = {item.key: item for item in items}
    item = lines.get("checkspelling")
    if item is None or item.value.lower() != "on" or is_loaded(state.config, "mod_speling.c") is False:
        return
    filename, world = state.filename or "", state.world
    if state.type != MISSING or state.sub or state.request.method not in ("GET", "HEAD") or not filename:
        return
    directory, _, name = filename.rpartition("/")
    end = len(state.uri) - len(name + state.path_info)
    if state.uri == "/" or not state.uri.endswith(name + state.path_info):
        return
    if world.disk is None or state.failed:
        raise Beyond(f"{item.name} may find another file for {filename}", item)
    try:
        names = [".", "..", *world.disk.names(directory or "/")]
    except FileProblem:
        return
    if name in names:
        # A link that leads nowhere.
        return
    is_case_alone, by_base = _is(lines, "checkcaseonly", "on"), not _is(lines, "checkbasenamematch", "off")
    found = sorted(
        (likeness, other)
        for other in names
        if (likeness := likeness_of(name, other)) is not None
        and (likeness in (Likeness.CASE, Likeness.BASE) or not is_case_alone)
        and (likeness is not Likeness.BASE or by_base)
    )
    if not found:
        return
    likeness, other = found[0]
    if likeness is Likeness.BASE or (len(found) > 1 and found[1][0] is likeness):
        state.step("directory", f"{item.name} finds several names like {name}", item)
        raise state.done(Kind.SERVER, 300, "several files have a similar name")
    location = location_url(state, escaped(state.uri[:end] + other + state.path_info))
    state.step("directory", f"{item.name} takes {name} for {other}", item)
    raise state.done(Kind.REDIRECT, 301, location=location + (f"?{state.query}" if state.query else ""))


def _is(lines: dict[str, Item], key: str, value: str) -> bool:
    return key in lines and lines[key].value.lower() == value


def likeness_of(name: str, other: str) -> Likeness | None:
    """Return how one name is like another (mod_speling.c:spdist); None where it is not."""
    left, right = name.lower(), other.lower()
    if left == right:
        return Likeness.CASE
    at = next(
        (at for at, (one, two) in enumerate(zip(left, right, strict=False)) if one != two), min(len(left), len(right))
    )
    left, right = left[at:], right[at:]
    if left[:2] == right[1::-1] and len(right) > 1 and left[2:] == right[2:]:
        return Likeness.SWAPPED
    if left and right and left[1:] == right[1:]:
        return Likeness.ONE_IS_OTHER
    if left and left[1:] == right:
        return Likeness.HAS_ONE_MORE
    if right and left == right[1:]:
        return Likeness.LACKS_ONE
    return Likeness.BASE if name.partition(".")[0].lower() == other.partition(".")[0].lower() else None
