"""Hosts that are alike and in which rules find something, asked about in parts of a server.

``engine.shapes`` reads and checks a few of the hosts that come from one template. Where all that is found in these comes from
rules of ``Scope.HOST``, such a rule says of each host what it says of it beside those few, and the other rules say nothing: so
the rest is read a part at a time, each with the text outside of hosts and those few, and let go of before the next part.
Every finding is made from the real text of its host. What is found in the few hosts has to be the same in each part, or none
of this counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from modwsgi_fix.collector import piece_by_piece
from modwsgi_fix.edits import Edit
from modwsgi_fix.engine.check import findings
from modwsgi_fix.model.config import Asked, Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.outside import looks_outside
from modwsgi_fix.model.secrets import has_secrets
from modwsgi_fix.model.shapes.alike import Group, Unit
from modwsgi_fix.model.shapes.hosts import Excerpt, host_at
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: The number of groups of hosts in a part.
AT_ONCE = 250
#: The beginning of a comment that suppresses findings.
_ALLOWS = "modwsgi-fix:"


class Part(NamedTuple):
    """A part of a server that was read. ``excerpts`` are the files of which only some lines were read, by key."""

    config: Config
    excerpts: Mapping[str, Excerpt]

    def found(self, rules: Iterable[Rule], asked: Asked | None = None) -> list[Diagnostic]:
        """Return what rules find, at its places on the disk; with ``asked``, what they are asked about."""
        found = findings(self.config if asked is None else self.config.about(asked), rules)
        return [self._on_the_disk(one) for one in found] if self.excerpts else found

    def moved(self, path: str, span: Span) -> Span:
        """Return where a span of a file is on the disk."""
        return self.excerpts[path].moved(span) if path in self.excerpts else span

    def _on_the_disk(self, found: Diagnostic) -> Diagnostic:
        moved, fix, related = self.moved, found.fix, found.related
        if fix is not None:
            fix = fix._replace(edits=tuple([Edit(path, moved(path, span), text) for path, span, text in fix.edits]))
        if related:
            related = tuple([one._replace(span=moved(one.path, one.span)) for one in related])
        return found._replace(span=moved(found.path, found.span), fix=fix, related=related)


class Places:
    """The places of hosts in files as they are on the disk; ``key_of`` gives the key of a file."""

    def __init__(self, units: Iterable[Unit], key_of: Callable[[str], str]) -> None:
        self._whole: set[str] = set()
        self._hosts: dict[str, list[tuple[int, int]]] = {}
        for unit in units:
            if unit.whole:
                self._whole.add(key_of(unit.path))
            else:
                self._hosts.setdefault(key_of(unit.path), []).append((unit.start, unit.end))
        for hosts in self._hosts.values():
            hosts.sort()

    def has(self, path: str, offset: int) -> bool:
        """Whether an offset of a file lies in one of the hosts."""
        if path in self._whole:
            return True
        return host_at(self._hosts.get(path, ()), offset) is not None


def can_be_asked(config: Config, texts: Iterable[str]) -> bool:
    """Whether what is found in parts may be shown as it is, and no comment in these texts has a say in it."""
    if has_secrets(config) or looks_outside(config):
        return False
    return not any(_ALLOWS in text for text in (*texts, *(file.text for file in config.files.values())))


def found_in_parts(
    few: Part,
    rules: Sequence[Rule],
    standing: Sequence[Unit],
    others: Sequence[Group],
    read: Callable[[Sequence[Group]], Part],
    key_of: Callable[[str], str],
) -> list[Diagnostic] | None:
    """Return what rules find in hosts, by part; None where parts do not tell it.

    In ``few``, which has none of the ``others``, the hosts that are ``standing`` for them were checked. ``read`` reads the
    server with some of the others, too.
    """
    known, places = set(few.found(rules)), Places(standing, key_of)
    expected = {one for one in known if places.has(one.path, one.span.start)}
    found: list[Diagnostic] = []
    with piece_by_piece() as free:
        for first in range(0, len(others), AT_ONCE):
            some = others[first : first + AT_ONCE]
            own = Places((unit for group in some for unit in group.units), key_of)
            told = _told(read(some), rules, (places, own), len(few.config.gaps))
            free()
            new = [one for one in told if own.has(one.path, one.span.start)]
            again = {one for one in told if one in known}
            if len(new) + len(again) != len(told) or not expected <= again:
                return None
            found += new
    return found


def _told(part: Part, rules: Sequence[Rule], asked: Sequence[Places], gaps: int) -> list[Diagnostic]:
    """Return what rules find in some of the hosts of a part.

    Nothing is found where the part is not understood as the server is, which has so many ``gaps``.
    """

    def is_asked(item: Item) -> bool:
        start = part.moved(item.path, Span(item.node.start, item.node.start)).start
        return any(places.has(item.path, start) for places in asked)

    config = part.config
    servers = frozenset(server for server in config.hosts if server.item is not None and is_asked(server.item))
    found = part.found(rules, Asked(servers, frozenset()))
    if config.failed or config.left_out or config.unread or len(config.gaps) != gaps:
        return []
    return found
