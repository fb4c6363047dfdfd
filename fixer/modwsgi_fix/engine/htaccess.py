"""Fixes of a named ``.htaccess``: what its lines do is decided by the server that reads it.

Where that server is in sight, with the files that it serves, the same requests are asked of it with the file as it was and
as it would be. Alone, only what lets httpd take the file, or leaves every line as it reads it, is certain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

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

#: Requests of one host.
_MOST = 2_000
_ALONE = (
    "what a line of .htaccess does depends on AllowOverride and the sections of the server that reads it; name that server "
    "as well, with --root"
)


class Around(NamedTuple):
    """A whole server that may read such a file: how it is read, and as it is now."""

    job: Job
    disk: Rooted


def objection(
    around: Sequence[Around], before: Config, after: Config, fix: Fix, changes: frozenset[str], only: Pair | None = None
) -> str | None:
    """Why a fix of such a file must not be made, in words for the user; None where nothing stands against it."""
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
    """The server, where these files have the texts that they have in a configuration."""
    texts = {server.disk.inside(path) or path: config.files[path].text for path in paths}
    job = server.job._replace(disk=Overlay(server.disk, texts))
    return config.once((_with, server.job.source.entries, *texts.items()), lambda: read(job))


def _requests(config: Config) -> Iterator[Request]:
    """Requests for the files that a host serves, for what is not there beside them, and those worth asking anyway."""
    for server in config.servers:
        found: dict[Request, None] = {}
        for request in islice(every_file(config, server), _MOST):
            found[request] = None
            found[request._replace(path=request.path.rpartition("/")[0] + "/")] = None
        yield from found
        yield from (visit.request for visit in visits(config, server))


def _is_admitted(difference: Difference, fix: Fix, changes: frozenset[str], before: Config) -> bool:
    """As the gate has it; what httpd answered with an error 500 for this very file may be answered now, but for secrets."""
    if fix.applicability is Applicability.UNSAFE or admitted(difference, fix, changes, before):
        return True
    was, now = difference.was, difference.now
    if (refused_by(was) or "").rpartition("/")[2] != NAME:
        return False
    if difference.effect is not Effect.OPENED:
        return True
    return now.kind in (Kind.FILE, Kind.LISTING) and not kind_of(now.file)


def _replaces_refused(before: Config, after: Config) -> bool:
    """Whether every line that httpd takes is still there as it reads it, and none is new but for one that it refuses."""
    was = Counter(_line(item) for item in before.items)
    taken = Counter(_line(item) for item in before.items if not _is_refused(item))
    now = Counter(_line(item) for item in after.items)
    return not taken - now and (now - taken).total() <= (was - taken).total()


def _is_refused(item: Item) -> bool:
    """Whether httpd certainly does not take a line, wherever it stands."""
    info = find(item.key)
    if info is None or info.section:
        return info is not None and bool(refusal(item.name, item.values))
    least, most = info.counts()
    is_counted = len(item.args) >= least and (most is None or len(item.args) <= most)
    return not is_counted or bool(refusal(item.name, item.values))


def _line(item: Item) -> tuple[object, ...]:
    """A line as httpd reads it: its name, its words, the conditions, and what it stands in."""
    parents = []
    parent = item.parent
    while parent is not None:
        parents.append((parent.key, parent.values))
        parent = parent.parent
    return (item.key, item.values, item.guards, tuple(parents))
