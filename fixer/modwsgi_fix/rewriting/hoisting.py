"""Moving the definition of a process group to where every host may use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives import spelled
from modwsgi_fix.directives.families import CONDITIONS
from modwsgi_fix.edits import Edit
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import DaemonProcess, uses_of
from modwsgi_fix.model.items import File, Guard, Item
from modwsgi_fix.rewriting.moving import delete_with_comment, insert_above, lines_with_comment
from modwsgi_fix.tuples import NamedTuple


class Hoisted(NamedTuple):
    """The edits that move a definition to the main server.

    ``keeper`` is the file that has the definition then, where other files need it and the file is not the main file, which is
    always read; else None.
    """

    edits: tuple[Edit, ...]
    keeper: File | None


def main_file(config: Config) -> File | None:
    """Return the file that httpd reads first, if it may be edited; None in fragments, where it is not known."""
    entry = next(iter(config.files.values()), None)
    return entry if config.complete and entry is not None and entry.writable else None


def files_of(config: Config, name: str, definitions: Sequence[Item]) -> list[File]:
    """Return the files that are enabled one by one and whose hosts define or use a process group."""
    items = [*definitions, *(use.item for use in uses_of(config, name))]
    return list(dict.fromkeys((item.server.item or item).file for item in items))


def is_generated(file: File) -> bool:
    """Whether a file is a copy that a certificate client makes of another file, and may make anew."""
    return file.path.endswith("-le-ssl.conf")


def hoist(
    config: Config, process: DaemonProcess, gone: Sequence[Item] = (), extra: Sequence[str] = ()
) -> Hoisted | None:
    """Move a definition to the main server: before the first host that defines the group or looks for it at start.

    Where files that are enabled one by one share the group, it goes into the main file, before what includes the first of
    them; else it stays in the file of ``process``. ``gone`` are further definitions that it replaces, ``extra`` words to
    add. Its comment goes along. None where no place is right under all undecided conditions, or where a value would change
    with the indentation of its continuation line.
    """
    item = process.directive
    gone = [item, *gone]
    text = item.file.text
    if any("\n" in text[option.value_span.start : option.value_span.end] for option in process.options):
        return None
    if process.stray or any(set(config.readings(one)) - set(gone) for one in gone):
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
    """Return the line of the main file that includes the first of these items, or is that item; None where there is none."""
    main = main_file(config)
    if main is None or not places:
        return None
    until = config.items[: places[0].index + 1]
    return next((one for one in reversed(until) if one.file is main and one.parent is None), None)


def _fits(config: Config, place: Item, item: Item) -> bool:
    """Whether a line may be written before a place: it must be read once, and whenever the item is read."""
    held = place.is_section or place.parent is None
    return (
        held
        and place.foreign is item.foreign
        and len(config.readings(place)) == 1
        and item.guards[: len(place.guards)] == place.guards
        and all(guard.kind in CONDITIONS for guard in item.guards[len(place.guards) :])
    )


def _within(guards: Sequence[Guard], lines: Sequence[str]) -> list[str]:
    """Return lines within the conditions that they stood in."""
    kept = list(lines)
    for guard in reversed(guards):
        name = spelled(guard.kind)
        # The test of <IfVersion> includes its negation.
        test = f"!{guard.test}" if guard.negated and guard.kind != "ifversion" else guard.test
        kept = [f"<{name} {test}>", *(f"    {line}" if line else line for line in kept), f"</{name}>"]
    return kept


def dependents(config: Config, keeper: File, name: str, definitions: Sequence[Item]) -> Iterator[str]:
    """Yield the names of the other files that need the group that the file ``keeper`` defines."""
    return (file.name for file in files_of(config, name, definitions) if file is not keeper)
