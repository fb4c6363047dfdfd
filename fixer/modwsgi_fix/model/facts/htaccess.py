"""The ``.htaccess`` files on the way to what a server serves, as far as ``--root`` shows them, and those that httpd refuses.

One refused line makes httpd answer 500 for everything below the directory (config.c:ap_parse_htaccess).
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from itertools import islice, takewhile

from modwsgi_fix.directives import find
from modwsgi_fix.files import Files
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.loaded import list_of_22
from modwsgi_fix.model.facts.served import served
from modwsgi_fix.model.items import File, Item, Server
from modwsgi_fix.model.merge.places import is_override_default, may_override
from modwsgi_fix.model.modules import has_module
from modwsgi_fix.model.paths import Nested, ascending, components, has_wildcard
from modwsgi_fix.model.request import Outcome, Request, trace
from modwsgi_fix.model.request.htaccess import htaccess_file, refused_by
from modwsgi_fix.model.request.state import escaped
from modwsgi_fix.model.request.visits import authority_of, every_file
from modwsgi_fix.model.urls import mounts
from modwsgi_fix.syntax import Directive
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: The most files of one host that are looked at.
_MOST = 200
#: Names below what a host serves that are looked at; of more it is not known which files are among them.
_NAMES = 20_000


class Refused(NamedTuple):
    """A file that httpd refuses, the span of the refused line, and the reason in a sentence.

    ``place`` is the file's path in the configuration, and ``server`` a host that reads it.
    """

    file: File
    span: Span
    reason: str
    place: str
    server: Server


def refused_htaccess(config: Config) -> Iterator[Refused]:
    """Yield what httpd certainly refuses, each line once; nothing without a disk."""
    if config.disk is None or not config.complete or config.target.is_22:
        return
    seen: set[tuple[str, Span]] = set()
    for server, outcome in _outcomes(config):
        found = _refused(config, server, outcome)
        if found is not None and (found.file.path, found.span) not in seen:
            seen.add((found.file.path, found.span))
            config.htaccess[found.file.path] = found.file
            yield found


@derived
def _outcomes(config: Config) -> list[tuple[Server, Outcome]]:
    """Return what requests come to that such files decide over, each with its server."""
    names = _names(config)
    return [
        (server, trace(config, request).outcome)
        for server in config.servers
        for request in islice(_asked(config, server, names), _MOST)
    ]


class Unread(NamedTuple):
    """A file with lines that no host reads; its path, and how many more lie below its directory."""

    file: File
    place: str
    below: int


def unread_htaccess(config: Config) -> list[Unread]:
    """Return what ``AllowOverride None`` certainly leaves unread in every host that serves it; nothing without a disk."""
    if config.disk is None or not config.complete or not config.named("allowoverride"):
        return []
    names, exists = _names(config), config.disk.is_file
    answers = {(server, posixpath.dirname(outcome.file)) for server, outcome in _outcomes(config) if outcome.file}
    beside = {(server, path) for server, at in answers for name in names if exists(path := posixpath.join(at, name))}
    read = {path for server, path in beside if _may_be_read(config, server, posixpath.dirname(path))}
    unread = sorted({path for _, path in beside} - read)
    tops = Nested((posixpath.dirname(path), path) for path in unread)
    found = []
    for path in unread:
        file = htaccess_file(config, path)
        directory = posixpath.dirname(path)
        if file is None or not any(isinstance(node, Directive) for node in file.tree.children):
            continue
        if all(posixpath.dirname(one) == directory for one in tops.above(directory)):
            config.htaccess[file.path] = file
            found.append(Unread(file, path, len(list(tops.below(directory))) - 1))
    return found


def _may_be_read(config: Config, server: Server, directory: str) -> bool:
    return is_override_default(config, server, directory) or may_override(config, server, directory)


def _names(config: Config) -> set[str]:
    return {name for item in config.named("accessfilename") for name in item.values} or {".htaccess"}


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


def _refused(config: Config, server: Server, outcome: Outcome) -> Refused | None:
    """Return the refused line of an .htaccess file on the way of a request; None where no line is refused."""
    path = refused_by(outcome)
    if path is None:
        return None
    step = outcome.because[-1]
    if step.item is not None and _waits_for_modules(config, step.item):
        return None
    if step.item is not None:
        return Refused(step.item.file, step.item.span, step.text.rpartition(": ")[2], path, server)
    file = htaccess_file(config, path)
    problem = next(iter(file.tree.problems), None) if file is not None else None
    if file is None or problem is None:
        return None
    return Refused(file, Span(problem.node.start, problem.node.start), problem.message, path, server)


def _waits_for_modules(config: Config, item: Item) -> bool:
    """Whether a line is refused for want of a module of a server whose list of modules is still that of httpd 2.2."""
    if list_of_22(config) is None:
        return False
    info = find(f"<{item.name}" if item.is_section else item.name)
    return info is not None and info.exists_in("2.4") and has_module(config, info) is False


def htaccess_files(config: Config, server: Server) -> list[tuple[str, File]] | None:
    """Every such file above and below what the URLs of a host lead to, by its path; None where not all can be seen.

    Whether an ``AllowOverride`` has httpd read it is not asked.
    """
    return config.once((htaccess_files, server), lambda: _htaccess_files(config, server))


def _htaccess_files(config: Config, server: Server) -> list[tuple[str, File]] | None:
    disk, targets = config.disk, served(config, server)
    if disk is None or targets is None or not config.complete:
        return None
    if any(not item.known for item in config.named("accessfilename")):
        return None
    above: dict[str, None] = {}
    tops: list[str] = []
    for target in targets:
        place = _before_wildcards(target.directory)
        above |= dict.fromkeys(ascending(place))
        tops += [place] if target.file is None else []
    below = _below(disk, tops)
    if below is None:
        return None
    paths = (
        posixpath.join(place, name) for place in {**above, **dict.fromkeys(below)} for name in sorted(_names(config))
    )
    read = ((path, htaccess_file(config, path)) for path in paths if disk.is_file(path))
    return [(path, file) for path, file in read if file is not None]


def _below(disk: Files, tops: list[str]) -> list[str] | None:
    """These directories and all below them, each once, whatever links lead there; None where there are too many."""
    pending, found = tops, dict[str, str]()
    count = 0
    while pending:
        place = pending.pop()
        if disk.key(place) in found or not disk.is_dir(place):
            continue
        found[disk.key(place)] = place
        names = disk.names(place)
        count += len(names)
        if count > _NAMES:
            return None
        pending += [posixpath.join(place, name) for name in names]
    return list(found.values())


def _before_wildcards(path: str) -> str:
    """The directory that is named before the first wildcard of a path."""
    return "/" + "/".join(takewhile(lambda part: not has_wildcard(part), components(path)))
