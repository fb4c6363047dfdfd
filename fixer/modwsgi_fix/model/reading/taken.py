"""Which new files a server would read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modwsgi_fix.files import Files, Overlay
from modwsgi_fix.model.config import Target
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import Source


def taken_in(
    source: Source, paths: Iterable[str], *, target: Target, disk: Files | None, texts: Mapping[str, str]
) -> frozenset[str]:
    """Return the real paths among these at which an Include of the server would read a new file.

    The server is read with empty files there, so that whole directories, patterns, links and conditions count as they
    usually do (server/config.c: ap_process_resource_config). ``texts`` stand in for its files, by key. Where the server
    cannot be read, it might read any of these paths, so all are returned.
    """
    new = frozenset(paths)
    files = Overlay(source.files, dict.fromkeys(new, ""))
    config = load(source._replace(files=files), target=target, disk=disk, texts=texts)
    if not all(files.key(entry) in config.files for entry in source.entries):
        return new
    return new & config.files.keys()
