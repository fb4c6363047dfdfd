"""The configuration files that were named, indented."""

from __future__ import annotations

from modwsgi_fix.edits import apply
from modwsgi_fix.engine import Rewritten
from modwsgi_fix.formatting import indented, obstacle
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.session import Session


class Layout(NamedTuple):
    """The outcome of formatting: the files that change, the number of files, and why some are left as they are."""

    files: tuple[Rewritten, ...]
    total: int
    left: tuple[str, ...]


def layout(session: Session) -> Layout:
    """Return the indented files of a session: only those that may be written and are not as their packages ship them."""
    files: dict[str, Rewritten] = {}
    left: dict[str, str] = {}
    seen: set[str] = set()
    for job, config in zip(session.plan.jobs, session.configs, strict=True):
        for path, file in config.files.items():
            if not file.writable or path in seen or job.shipped(file):
                continue
            seen.add(path)
            if reason := obstacle(file.tree, path):
                left[path] = f"{file.name}: {reason}; left as it is"
            elif edits := indented(file.tree, path):
                files[path] = Rewritten(path, file.name, file.text, apply(file.text, edits), tuple(edits))
    return Layout(tuple(files.values()), len(seen), tuple(left.values()))
