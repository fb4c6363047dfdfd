"""Hosts of a server that was read before a change, which are read again as they are: their items stay the same objects.

What a host says is the same where its lines are, the file is shown as before, and the same is defined and loaded above it. So
what was found out about its lines alone (``Item.args``, ``Server.once``) need not be found out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from modwsgi_fix.directives.families import READ_ANEW
from modwsgi_fix.model.items import File, Item, Server
from modwsgi_fix.syntax import Directive, Node, Section, Tree, is_opaque_section, parse

if TYPE_CHECKING:
    from modwsgi_fix.model.config import Config
    from modwsgi_fix.model.reading.frames import Where
    from modwsgi_fix.model.reading.reader import Reader
    from modwsgi_fix.model.reading.source import Source


class ReadTwice(Exception):
    """A file that was kept was read once before, and is read more often now: then its items are others."""


def state_of(reader: Reader) -> object:
    """Return what is defined and loaded at a point of the reading, as a value that is equal for equal states."""
    return reader.variables.state, reader.modules.state, reader.declared_root


class Kept:
    """What a server that is read may keep of an ``earlier`` one, as it was before some texts changed.

    ``trees`` is a cache of parsed files, by key, that is used and filled.
    """

    def __init__(self, trees: dict[str, Tree], earlier: Config | None) -> None:
        self._trees = trees
        self._files: Mapping[str, File] = {}
        self._hosts: dict[Section, Server] = {}
        self._unclear: set[str] = set()
        #: As ``Reader.matched``, which no text changes.
        self.matched: Mapping[str, tuple[list[str], int]] = {}
        #: The files that were kept, by key, and how often each is read now.
        self._kept: dict[str, int] = {}
        if earlier is None or earlier.left_out:
            return
        self._files = earlier.files
        self.matched = earlier.matched if not earlier.unread else {}
        self._unclear = {gap.path for gap in earlier.gaps}
        for server in earlier.hosts:
            if server.item is not None and isinstance(server.item.node, Section):
                self._hosts[server.item.node] = server

    def file(self, source: Source, key: str, text: str) -> File:
        """Return a file that is read for the first time: that of before where it is the same."""
        tree = self._trees.get(key)
        if tree is None or tree.source != text:
            tree = self._trees[key] = parse(text)
        file = File(key, source.name(key), tree, writable=source.writable(key), quotable=source.quotable(key))
        stand_in, whole = source.stand_ins.get(key, ("", None))
        if text == stand_in:
            file.whole = whole
        old = self._files.get(key)
        if old is None or old.tree is not tree or old.readings != 1:
            return file
        if (old.name, old.writable, old.quotable, old.whole) != (file.name, file.writable, file.quotable, file.whole):
            return file
        self._kept[key] = 0
        return old

    def count(self, file: File) -> None:
        """Note that a file is read once more. Raises ``ReadTwice``."""
        if file.path not in self._kept:
            file.readings += 1
        elif self._kept[file.path]:
            raise ReadTwice
        else:
            self._kept[file.path] = 1

    def takes_over(self, reader: Reader, node: Section, where: Where) -> bool:
        """Read a host by adding what it was before, where reading it would make the same; False where it has to be read."""
        server = self._hosts.get(node)
        item = server.item if server is not None else None
        if server is None or item is None or not self._is_same(reader, server, item, where):
            return False
        lines = _lines(where.file, node)
        if not lines:
            return False
        items = server.once(Server.walk, lambda: (item, *server.walk()))
        reader.budget.spend(lines)
        for arg in (arg for one in items for arg in one.args) if where.file.has_variables else ():
            if "${" in arg.written:
                reader.budget.spend_on(characters=len(arg.value))
        reader.items += items
        reader.main.items.append(item)
        reader.servers.append(server)
        return True

    def _is_same(self, reader: Reader, server: Server, item: Item, where: Where) -> bool:
        """Whether a host stands at the same place as before, and all that its lines may mean is the same there."""
        is_here = item.index == len(reader.items) and item.wrapper is where.wrapper and item.guards == where.guards
        is_clear = item.path in self._kept and item.path not in self._unclear and not where.foreign
        return is_here and is_clear and server.state == state_of(reader)


def _lines(file: File, node: Section) -> int:
    """Return the number of nodes in a section; 0 where one of them does more than say something of its host."""
    tree = file.tree
    return 0 if tree.problems else tree.once((_lines, node), lambda: _counted(node))


def _counted(host: Section) -> int:
    count, stack = 0, list[Node](host.children)
    while stack:
        node = stack.pop()
        count += 1
        if isinstance(node, Directive) and (node.key in READ_ANEW or is_opaque_section(node.key)):
            return 0
        if isinstance(node, Section):
            if node.is_unread:
                return 0
            stack += node.children
    return count
