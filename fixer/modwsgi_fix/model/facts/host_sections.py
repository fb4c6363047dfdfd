"""The hosts of a server that was read, as texts that may be alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import partial
from typing import Generic, TypeVar

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Bindings, Item, Server, for_use
from modwsgi_fix.model.shapes import FEW
from modwsgi_fix.model.shapes.hosts import Text
from modwsgi_fix.syntax import Directive
from modwsgi_fix.tuples import NamedTuple

K = TypeVar("K")
T = TypeVar("T")

#: In the text of a section: a line, or a part of one, that may have other lines read with it. Most sections have none.
_LEADS_ELSEWHERE = expression(r"^[ \t\v\f\r\"']*(?:Include|Use)|\\", re.M | re.I)


def section_of(server: Server | None) -> Item | None:
    """Return the section of a host; None for the main server, and where a part of the host stands outside of the section."""
    item = server.item if server is not None else None
    if server is None or item is None or item.foreign:
        return None
    if not _LEADS_ELSEWHERE.search(text_of(item)):
        return item
    for line in server.walk():
        if line.file is not item.file or line.foreign:
            return None
    return item


def said_by(server: Server | None) -> str | None:
    """All that a host says: the text of its section, and the names of the files that it includes, by their keys.

    None of the main server, and where a macro says some of it; a macro may write all of it.
    """
    if server is None or server.item is None:
        return None
    return server.once(said_by, partial(_said_by, server, server.item))


def _said_by(server: Server, item: Item) -> str | None:
    text = text_of(item)
    if section_of(server) is not None:
        return text
    if server.written is not None:
        return _written(item, server.written[1])
    included: dict[str, None] = {}
    for line in server.walk():
        if line.foreign:
            return None
        if line.file is not item.file:
            included[line.path] = None
    return "\0\n".join([text, *included])


def _written(item: Item, parameters: Bindings) -> str | None:
    """Return what a macro writes of a host; None where it writes something beside hosts, or has other lines read with one."""
    text, macro = text_of(item), item.wrapper
    if macro is None or macro.key != "macro" or _LEADS_ELSEWHERE.search(text):
        return None
    if any(isinstance(node, Directive) and node.key != "virtualhost" for node in macro.children):
        return None
    return for_use(text, parameters)


def text_of(section: Item) -> str:
    """Return the text of a section, with its tags."""
    return section.file.text[section.node.start : section.node.end]


def spans(sections: Iterable[Item]) -> dict[str, list[tuple[int, int]]]:
    """Return where sections stand, as (start, end), by the keys of their files."""
    found: dict[str, list[tuple[int, int]]] = {}
    for item in sections:
        found.setdefault(item.path, []).append((item.node.start, item.node.end))
    return found


def texts_without(config: Config, sections: Iterable[Item]) -> Iterator[str]:
    """Yield the texts of all files without some sections, or the uses that write these, and the values of variables."""
    of_file = spans({_place(item): None for item in sections})
    for path, file in config.files.items():
        yield Text(file.text, tuple(sorted(of_file.get(path, ())))).outside
    yield "\n".join(config.variables.values())


def _place(section: Item) -> Item:
    """Return the use of a macro that writes the section of a host, and nothing else of it; the section where there is none."""
    written = section.server.written if section.server.item is section else None
    return section if written is None else written[0]


@derived
def stood_for(config: Config) -> Mapping[Server, Server]:
    """Return the hosts for which others stand where requests are asked about, each with the host that stands for it.

    What is certain of one URL of a host is certain of the same URL of all for which the same host stands. Under a disk there
    are none, because what is on it may differ from host to host; nor are there where the hosts are few.
    """
    if len(config.hosts) < FEW or config.disk is not None:
        return {}
    return {copy: host for copy, (host, _) in like_others(host_groups(config)).items()}


def stand_in(config: Config, server: Server) -> Server | None:
    """Return the host that stands for a server; None where it stands for itself."""
    return stood_for(config).get(server)


def of_alike(config: Config, server: Server, key: Hashable, compute: Callable[[], T]) -> T:
    """Return ``compute()`` for a server, called once for all hosts for which the same host stands.

    ``compute`` must depend on what the host and the main server say, and its result must name no item.
    """
    stands = stand_in(config, server)
    return compute() if stands is None else config.once((key, stands), compute)


def place_of(item: Item) -> tuple[bool, int]:
    """Return whether an item is the main server's, and which of its server's lines it is: the same in hosts that are alike."""
    host = item.server.item
    return host is None, item.index - (host.index if host is not None else 0)


def counterpart(config: Config, server: Server, item: Item) -> Item:
    """Return the line of a host that is at the place of a line of another host that is alike; any other line stays itself."""
    host = item.server.item
    return item if host is None or server.item is None else config.items[server.item.index + item.index - host.index]


class HostGroup(NamedTuple, Generic[K]):
    """Hosts that share words which no other has (``model.shapes.alike.Group``), as a request sees them.

    Groups of the same ``shape`` are alike; it is None for a group like no other.
    """

    hosts: tuple[K, ...]
    shape: int | None
    own: frozenset[bytes]
    words: tuple[str, ...]
    scripts: tuple[str, ...] = ()


@derived
def host_groups(config: Config) -> list[HostGroup[Server]]:
    """Return the hosts of a server in groups, without those of which a macro says something; empty where none can be alike."""
    said = {host: text for host in config.hosts if (text := said_by(host)) is not None}
    return in_groups(said, texts_without(config, [host.item for host in said if host.item is not None]))


def in_groups(said: Mapping[K, str], elsewhere: Iterable[str]) -> list[HostGroup[K]]:
    """Return hosts, by their texts, in groups. ``elsewhere`` is all other text."""
    from modwsgi_fix.model.shapes.alike import Unit, grouped
    from modwsgi_fix.model.shapes.words import known

    units = {Unit("", at, at, text, whole=False): host for at, (host, text) in enumerate(said.items())}
    packages = (__name__.partition(".")[0],)
    groups = grouped(list(units), list(elsewhere), lambda some: known(some, packages), lambda _: False)
    return [
        HostGroup(tuple(units[unit] for unit in group.units), group.shape, group.own, group.words, group.scripts)
        for group in groups or ()
    ]


def like_others(groups: Iterable[HostGroup[K]]) -> dict[K, tuple[K, Mapping[str, str]]]:
    """Return the hosts that are like others; without the first, the second and the last of those that are alike.

    Each comes with the second, which stands for it, and the words of that one with its own.
    """
    from modwsgi_fix.model.shapes.alike import STANDING, by_shape

    return {
        copy: (host, dict(zip(second.words, group.words, strict=True)))
        for _, second, *others in (alike for alike in by_shape(groups).values() if len(alike) > STANDING)
        for group in others[:-1]
        for host, copy in zip(second.hosts, group.hosts, strict=True)
    }
