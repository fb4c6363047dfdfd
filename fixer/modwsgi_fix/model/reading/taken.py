"""What a server would read besides, if it were there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modwsgi_fix.files import Files, Overlay
from modwsgi_fix.model.config import Target
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import Source


def taken_in(
    source: Source, paths: Iterable[str], *, target: Target, disk: Files | None, texts: Mapping[str, str]
) -> frozenset[str]:
    """Return those of these real paths at which an Include of the server would read a new file.

    The server is read with empty files there, so that whole directories, patterns, links and conditions count as they
    do otherwise (server/config.c: ap_process_resource_config). ``texts`` stand in for what its files hold, by key. Where
    it cannot be read, nothing is known, and it might read any of them.
    """
    new = frozenset(paths)
    files = Overlay(source.files, dict.fromkeys(new, ""))
    config = load(source._replace(files=files), target=target, disk=disk, texts=texts)
    if not all(files.key(entry) in config.files for entry in source.entries):
        return new
    return new & config.files.keys()
