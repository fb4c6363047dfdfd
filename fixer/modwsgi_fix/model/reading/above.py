"""The server that a file or a directory belongs to, where it was not named itself.

The meaning of a virtual host's file depends on its server: the deny in the main file, the modules that are loaded, the other
hosts. So the whole server is read, and only the named files are reported on and changed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import Source, lies_in, servers_above

#: Directories whose files are enabled by a link: such a file is read as if it were enabled.
_AVAILABLE = ("sites-available", "conf-available")


def within_servers(files: Files, sources: list[Source], known: Mapping[str, frozenset[str]]) -> list[Source]:
    """Return the sources, with fragments that a server above them reads turned into that server.

    It is the server of the nearest main file above that reaches the file by its Includes; for a file that is only available,
    that of the nearest main file. Files that no server reaches stay fragments of one server. ``known`` has the keys of the files
    that servers reach, by main file, so that these need not be read.
    """
    found: list[Source] = []
    reached = dict(known)
    for source in sources:
        if source.complete or not source.entries:
            found.append(source)
            continue
        servers: dict[str, Source] = {}
        alone = []
        for path in source.entries:
            server = _server_of(files, path, reached)
            if server is None:
                alone.append(path)
                continue
            main, key = server.entries[0], files.key(path)
            so_far = servers.get(main, server._replace(
                given=source.given, as_httpd=source.as_httpd, shown_within=source.shown_within, named_only=True
            ))  # fmt: skip
            more = () if key in reached[main] else (path,)
            # A link in a directory that was named stands for the file of the same server that it leads to.
            linked = () if so_far.writable(key) or not lies_in(key, posixpath.dirname(main)) else ((path, key),)
            servers[main] = so_far._replace(entries=(*so_far.entries, *more), given=(*so_far.given, *linked))
        found += servers.values()
        if alone:
            found.append(source._replace(entries=tuple(alone)))
    return found


def _server_of(files: Files, path: str, reached: dict[str, frozenset[str]]) -> Source | None:
    """Return the server that reads a file, else None; ``reached`` caches the keys of each server's files, by main file."""
    key = files.key(path)
    nearest = None
    for server in servers_above(files, key):
        main = server.entries[0]
        if main not in reached:
            reached[main] = _reached(server)
        if not reached[main]:
            continue
        if key in reached[main]:
            return server
        nearest = nearest or server
    available = any(posixpath.basename(directory) in _AVAILABLE for directory in _parents(path, key))
    return nearest if available else None


def _parents(*paths: str) -> Iterator[str]:
    return (posixpath.dirname(path) for path in paths)


def _reached(server: Source) -> frozenset[str]:
    try:
        return frozenset(load(server).files)
    except FileProblem:
        return frozenset()
