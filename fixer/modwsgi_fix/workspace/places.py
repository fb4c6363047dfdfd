"""Where files lie in their server, whatever machine or directory it was copied to."""

from __future__ import annotations

import os
from collections.abc import Sequence

from modwsgi_fix.engine import Job
from modwsgi_fix.model.reading.source import Source, lies_in


def place_of(jobs: Sequence[Job], path: str) -> str:
    """Return the path of a file, given by its key, from the directory of its server's main file.

    Of fragments, and of a file that lies elsewhere, it is the path from the directory that was given, or its own name.
    """
    sources = [job.source for job in jobs]
    for source in sources:
        if source.complete and lies_in(path, top := os.path.dirname(source.files.key(source.entries[0]))):
            return os.path.relpath(path, top)
    return next(filter(None, (below_given(source, path) for source in sources)), os.path.basename(path))


def below_given(source: Source, path: str) -> str:
    """Return a file's path from the directory that was given; empty where it lies in none."""
    for _, given in source.given:
        if path != given and lies_in(path, given):
            return os.path.relpath(path, given)
    return ""
