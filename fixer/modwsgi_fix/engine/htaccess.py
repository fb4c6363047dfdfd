"""Fixes of a named ``.htaccess``, whose effect depends on the server that reads it.

Where that server is in sight, with the files that it serves, the same requests are traced with the file before and after
the fix. Without the server, a fix is certain only where httpd reads every line as before, or accepts the file at last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from modwsgi_fix.directives import find
from modwsgi_fix.edits import Applicability, Fix
from modwsgi_fix.effect.classes import Difference, Effect, compared
from modwsgi_fix.effect.exposure import kind_of
from modwsgi_fix.effect.touched import Pair
from modwsgi_fix.engine.gate import admitted, fewer_refusals
from modwsgi_fix.engine.job import Job, read
from modwsgi_fix.engine.read_later import NAME
from modwsgi_fix.files import Overlay
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.request import Kind, Request
from modwsgi_fix.model.request.htaccess import refused_by
from modwsgi_fix.model.request.visits import every_file, visits
from modwsgi_fix.rewriting.verdict import refusal
from modwsgi_fix.tuples import NamedTuple

#: The most requests to one host.
_MOST = 2_000
_ALONE = (
    "what a line of .htaccess does depends on AllowOverride and the sections of the server that reads it; name that server "
    "as well, with --root"
)


class Around(NamedTuple):
    """A whole server that may read such a file: the job that reads it, and the filesystem that its paths mean."""

    job: Job
    disk: Rooted


def objection(
    around: Sequence[Around], before: Config, after: Config, fix: Fix, changes: frozenset[str], only: Pair | None = None
) -> str | None:
    """Return why a fix of such a file must not be made, in words for the user; None where nothing stands against it."""
    changed = [path for path, file in after.files.items() if file.text != before.files[path].text]
    if not around:
        return None if fewer_refusals(before, after) or _replaces_refused(before, after) else _ALONE
    for server in around:
        was, now = (_with(server, config, changed) for config in (before, after))
        for difference in compared(was, now, _requests(was)):
            if not _is_admitted(difference, fix, changes, was):
                return f"{difference.effect}: {difference}"
    return None


def _with(server: Around, config: Config, paths: Iterable[str]) -> Config:
    """Return the server read with the texts that these files have in ``config``."""
    texts = {server.disk.inside(path) or path: config.files[path].text for path in paths}
    job = server.job._replace(disk=Overlay(server.disk, texts))
    return config.once((_with, server.job.source.entries, *texts.items()), lambda: read(job))


def _requests(config: Config) -> Iterator[Request]:
    """Yield requests for the files that a host serves, for missing files beside them, and those worth tracing anyway."""
    for server in config.servers:
        found: dict[Request, None] = {}
        for request in islice(every_file(config, server), _MOST):
            found[request] = None
            found[request._replace(path=request.path.rpartition("/")[0] + "/")] = None
        yield from found
        yield from (visit.request for visit in visits(config, server))


def _is_admitted(difference: Difference, fix: Fix, changes: frozenset[str], before: Config) -> bool:
    """Whether the gate admits a difference, or an error 500 for this very file becomes an answer that is not secret."""
    if fix.applicability is Applicability.UNSAFE or admitted(difference, fix, changes, before):
        return True
    was, now = difference.was, difference.now
    if (refused_by(was) or "").rpartition("/")[2] != NAME:
        return False
    if difference.effect is not Effect.OPENED:
        return True
    return now.kind in (Kind.FILE, Kind.LISTING) and not kind_of(now.file)


def _replaces_refused(before: Config, after: Config) -> bool:
    """Whether every line that httpd accepts is still read as before, and new lines only take the place of refused ones."""
    was = Counter(_line(item) for item in before.items)
    taken = Counter(_line(item) for item in before.items if not _is_refused(item))
    now = Counter(_line(item) for item in after.items)
    return not taken - now and (now - taken).total() <= (was - taken).total()


def _is_refused(item: Item) -> bool:
    """Whether httpd certainly refuses a line, wherever it stands."""
    info = find(item.key)
    if info is None or info.section:
        return info is not None and bool(refusal(item.name, item.values))
    return not info.takes(item.values) or bool(refusal(item.name, item.values))


def _line(item: Item) -> tuple[object, ...]:
    """Return a line as httpd reads it: its name, its words, its conditions, and the sections around it."""
    parents = []
    parent = item.parent
    while parent is not None:
        parents.append((parent.key, parent.values))
        parent = parent.parent
    return (item.key, item.values, item.guards, tuple(parents))
