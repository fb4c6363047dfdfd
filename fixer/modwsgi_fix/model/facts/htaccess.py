"""The ``.htaccess`` files in served directories that httpd refuses, as far as ``--root`` shows them.

One refused line makes httpd answer 500 for everything below the directory (config.c:ap_parse_htaccess).
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File, Server
from modwsgi_fix.model.paths import ascending
from modwsgi_fix.model.request import Request, trace
from modwsgi_fix.model.request.htaccess import htaccess_file, refused_by
from modwsgi_fix.model.request.state import escaped
from modwsgi_fix.model.request.visits import authority_of, every_file
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.text import Span

#: The most files of one host that are looked at.
_MOST = 200


class Refused(NamedTuple):
    """A file that httpd refuses, the span of the refused line, and the reason in a sentence."""

    file: File
    span: Span
    reason: str


def refused_htaccess(config: Config) -> Iterator[Refused]:
    """Yield what httpd certainly refuses, each line once; nothing without a disk."""
    if config.disk is None or not config.complete or config.target.is_22:
        return
    names = {name for item in config.named("accessfilename") for name in item.values} or {".htaccess"}
    seen: set[tuple[str, Span]] = set()
    for server in config.servers:
        for request in islice(_asked(config, server, names), _MOST):
            found = _refused(config, request)
            if found is not None and (found.file.path, found.span) not in seen:
                seen.add((found.file.path, found.span))
                config.htaccess[found.file.path] = found.file
                yield found


def _asked(config: Config, server: Server, names: Collection[str]) -> Iterator[Request]:
    """Yield a request for something beside each such file that a URL leads to, and for each script below one."""
    for request in every_file(config, server):
        directory, _, name = request.path.rpartition("/")
        if name in names:
            yield request._replace(path=f"{directory}/page.html")
    authority = authority_of(config, server)
    if authority is None:
        return
    for mount in mounts(config, server):
        if not mount.is_regex and mount.item.known and _is_on_the_way(config, mount.target, names):
            yield authority.request(escaped(mount.url))


def _is_on_the_way(config: Config, path: str, names: Collection[str]) -> bool:
    disk = config.disk
    if disk is None or not path.startswith("/"):
        return False
    above = ascending(posixpath.dirname(path))
    return any(disk.is_file(posixpath.join(directory, name)) for directory in above for name in names)


def _refused(config: Config, request: Request) -> Refused | None:
    """Return the refused line of an .htaccess file on the way of a request; None where no line is refused."""
    outcome = trace(config, request).outcome
    path = refused_by(outcome)
    if path is None:
        return None
    step = outcome.because[-1]
    if step.item is not None:
        return Refused(step.item.file, step.item.span, step.text.rpartition(": ")[2])
    file = htaccess_file(config, path)
    problem = next(iter(file.tree.problems), None) if file is not None else None
    if file is None or problem is None:
        return None
    return Refused(file, Span(problem.node.start, problem.node.start), problem.message)
