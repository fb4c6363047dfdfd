"""Moving the definition of a process group to where every host may use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from modwsgi_fix.directives import spelled
from modwsgi_fix.directives.families import CONDITIONS
from modwsgi_fix.edits import Edit
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, uses_of
from modwsgi_fix.model.items import File, Guard, Item
from modwsgi_fix.rewriting.moving import delete_with_comment, insert_above, lines_with_comment


class Hoisted(NamedTuple):
    """A definition that is moved to the main server.

    ``keeper`` is the file that has it then, where other files need it and it is not the main one, which is always read.
    """

    edits: tuple[Edit, ...]
    keeper: File | None


def main_file(config: Config) -> File | None:
    """The file that httpd reads first and that may be edited; None in fragments, where nobody knows which it is."""
    entry = next(iter(config.files.values()), None)
    return entry if config.complete and entry is not None and entry.writable else None


def files_of(config: Config, name: str, definitions: Sequence[Item]) -> list[File]:
    """The files that are enabled one by one and define or use a process group: those of their hosts."""
    items = [*definitions, *(use.item for use in uses_of(config, name))]
    return list(dict.fromkeys((item.server.item or item).file for item in items))


def is_generated(file: File) -> bool:
    """Whether a file is the copy that a certificate client makes of another, and makes anew."""
    return file.path.endswith("-le-ssl.conf")


def hoist(
    config: Config, process: DaemonProcess, gone: Sequence[Item] = (), extra: Sequence[str] = ()
) -> Hoisted | None:
    """Move a definition to the main server: before the first host that defines the group or looks for it at start.

    Where files that are enabled one by one share the group, it goes into the main file, before what includes the first of
    them; else it stays in the file that ``process`` is in. ``gone`` are further definitions that it replaces, ``extra``
    words to add. Its comment goes along. None where no place is right whatever the undecided conditions are, or where a
    value would change with its continuation line's indentation.
    """
    item = process.directive
    gone = [item, *gone]
    text = item.file.text
    if any("\n" in text[option.value_span.start : option.value_span.end] for option in process.options):
        return None
    if item.foreign or process.stray or any(set(config.readings(one)) - set(gone) for one in gone):
        return None
    early = [use.item for use in uses_of(config, process.name) if use.at_start]
    needed = {use.server.item or use for use in early}
    places = sorted(
        needed | {one.server.item for one in gone if one.server.item is not None}, key=lambda place: place.index
    )
    files = files_of(config, process.name, gone)
    keeper: File | None = None
    if len(files) > 1:
        anchor = _includes(config, places)
        if anchor is not None and _fits(config, anchor, item):
            places = [anchor]
        else:
            keeper = (item.server.item or item).file
            if any(place.file is not keeper for place in places if place in needed and place.index < item.index):
                return None
            places = [place for place in places if place.file is keeper]
    for place in places:
        if _fits(config, place, item):
            lines = lines_with_comment(item)
            lines[-1] += "".join(f" {word}" for word in extra)
            lines = _within(item.guards[len(place.guards) :], lines)
            edits = insert_above(place, lines), *sorted({delete_with_comment(one) for one in gone})
            return Hoisted(edits, keeper)
        if place in needed:
            return None
    return None


def _includes(config: Config, places: Sequence[Item]) -> Item | None:
    """What stands in the main file and includes the first of these, or is it."""
    main = main_file(config)
    if main is None or not places:
        return None
    until = config.items[: places[0].index + 1]
    return next((one for one in reversed(until) if one.file is main and one.parent is None), None)


def _fits(config: Config, place: Item, item: Item) -> bool:
    """Whether a line may be written before a place: read once, whenever the item is."""
    held = place.is_section or place.parent is None
    return (
        held
        and not place.foreign
        and len(config.readings(place)) == 1
        and item.guards[: len(place.guards)] == place.guards
        and all(guard.kind in CONDITIONS for guard in item.guards[len(place.guards) :])
    )


def _within(guards: Sequence[Guard], lines: Sequence[str]) -> list[str]:
    """Lines in the conditions that they stood in."""
    kept = list(lines)
    for guard in reversed(guards):
        name = spelled(guard.kind)
        # The test of a version has its negation in it.
        test = f"!{guard.test}" if guard.negated and guard.kind != "ifversion" else guard.test
        kept = [f"<{name} {test}>", *(f"    {line}" if line else line for line in kept), f"</{name}>"]
    return kept


def dependents(config: Config, keeper: File, name: str, definitions: Sequence[Item]) -> Iterator[str]:
    """The names of the other files that need the group which one file defines."""
    return (file.name for file in files_of(config, name, definitions) if file is not keeper)
