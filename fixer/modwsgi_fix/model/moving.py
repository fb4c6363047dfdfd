"""Moving a directive out of the section that httpd does not take it in."""

from __future__ import annotations

from modwsgi_fix.directives import Context, allowed_in, context_of
from modwsgi_fix.edits import Edit
from modwsgi_fix.model.config import Item
from modwsgi_fix.model.lines import wrapped_end
from modwsgi_fix.model.rewrite import delete, insert_before, lines_of


def context(item: Item) -> Context:
    """Where it stands, as ``directives`` has it; NOWHERE inside sections that are not known."""
    keys = tuple(section.key for section in item.sections)
    host = item.server.item
    if host is not None and host is not item:
        keys = ("virtualhost", *keys)
    return context_of(keys, htaccess=item.file.path.rpartition("/")[2] == ".htaccess")


def refuge(item: Item, name: str) -> Item | None:
    """The section before which a directive of that name may stand, as near as can be; None where it must stay.

    That is the outermost one in its virtual host; or the host, where only the main server takes it.
    """
    host = item.server.item
    sections = item.sections
    if sections and allowed_in(name, Context.SERVER if host is None else Context.VIRTUAL_HOST):
        return sections[0]
    return host if host is not None and host is not item and allowed_in(name, Context.SERVER) else None


def may_move(item: Item, anchor: Item) -> bool:
    """Whether the text can be moved as it is: one file, no macro, all on its lines, no condition that it would lose."""
    if wrapped_end(item.node) != item.node.end:
        return False
    held = item.parent is not None and item.wrapper is item.parent.node
    return held and item.file is anchor.file and not item.foreign and not anchor.foreign


def move_before(item: Item, anchor: Item) -> tuple[Edit, ...]:
    """Write it before the section instead."""
    return insert_before(anchor, lines_of(item)), delete(item)
