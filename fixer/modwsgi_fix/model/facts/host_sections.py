"""The hosts of a server that was read, as texts that may be alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.shapes.hosts import Text


def section_of(server: Server | None) -> Item | None:
    """Return the section of a host; None for the main server, and where a part of the host stands outside of the section."""
    item = server.item if server is not None else None
    if server is None or item is None or any(one.path != item.path or one.foreign for one in server.walk()):
        return None
    return item


def said_by(server: Server | None) -> str | None:
    """All that a host says: the text of its section, and the names of the files that it includes, by their keys.

    None of the main server, and where a macro says some of it.
    """
    item = server.item if server is not None else None
    if server is None or item is None or any(one.foreign for one in server.walk()):
        return None
    included = dict.fromkeys(one.path for one in server.walk() if one.path != item.path)
    return "\0\n".join([text_of(item), *included])


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
    """Yield the texts of all files without those of some sections, and the values of variables."""
    of_file = spans(sections)
    for path, file in config.files.items():
        yield Text(file.text, tuple(sorted(of_file.get(path, ())))).outside
    yield "\n".join(config.variables.values())
