"""The files of a configuration that httpd's own user, or a process group's, may not reach or read (``--root``).

Of a mode only one part counts for a user: owner, group or others (path_resolution(7)). A tree that somebody copied may have
other owners than the server; so nothing is reported where its ``/etc/passwd`` is not root's or not readable by all.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from modwsgi_fix.files import Files
from modwsgi_fix.files.paths import resolve
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.daemons import daemon_processes
from modwsgi_fix.model.facts.accounts import Identity, accounts, home_of_user, identities
from modwsgi_fix.model.facts.served import target_of
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.groups import process_group
from modwsgi_fix.model.modules import server_root
from modwsgi_fix.model.paths import ascending
from modwsgi_fix.model.urls import aliases, mounts
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: The permissions that a use of a path needs, as three bits.
SEARCH, READ = 1, 4


class Barred(NamedTuple):
    """A path that the user ``who`` may not use: ``where`` the user is stopped, and the missing right, ``search`` or ``read``."""

    item: Item
    span: Span
    who: str
    where: str
    right: str
    what: str
    url: str = ""


class _Use(NamedTuple):
    """A use of a path: it needs to search every directory on the way, and ``bits`` are the rights it needs on the path itself."""

    item: Item
    span: Span
    path: str
    bits: int
    group: str
    what: str
    url: str = ""


@derived
def barred(config: Config) -> list[Barred]:
    """Return every use of a path that certainly lacks a permission; none where owners are not those of the server."""
    disk = config.disk
    if disk is None or not _is_original(config, disk):
        return []
    return list(_barred(config, disk))


def _is_original(config: Config, disk: Files) -> bool:
    """Whether owners and modes are as they are on the server."""
    found = disk.permissions("/etc/passwd")
    return accounts(config) is not None and found is not None and found.owner == 0 and bool(found.mode & READ)


def _barred(config: Config, disk: Files) -> Iterator[Barred]:
    told: set[tuple[Item, Span]] = set()
    for use in _uses(config):
        who = identities(config).get(use.group)
        if who is None or use.item.in_doubt or (use.item, use.span) in told or not use.path.startswith("/"):
            continue
        stop = _stop(config, disk, who, use)
        if stop is not None:
            told.add((use.item, use.span))
            yield Barred(use.item, use.span, who.name, *stop, use.what, use.url)


def _stop(config: Config, disk: Files, who: Identity, use: _Use) -> tuple[str, str] | None:
    """Return where a user is stopped on the way to a path, and the missing permission; None where the user is not."""
    real = resolve(use.path, lambda path: disk.readlink(path) if disk.is_link(path) else None)
    for directory in dict.fromkeys([*_above(use.path), *_above(real)]):
        if _may(config, disk, who, directory, SEARCH) is False:
            return directory, "search"
    # A file in the place of a directory is wrong whatever its mode is.
    is_misplaced = bool(use.bits & SEARCH) and disk.is_file(use.path)
    for bit, right in ((SEARCH, "search"), (READ, "read")):
        if use.bits & bit and not is_misplaced and _may(config, disk, who, use.path, bit) is False:
            return use.path, right
    return None


def _above(path: str) -> list[str]:
    """Return the directories on the way to a path, outermost first."""
    return list(ascending(path))[:0:-1]


def _may(config: Config, disk: Files, who: Identity, path: str, bit: int) -> bool | None:
    """Whether a user has a permission on a path; None where its mode, owner or group is not known."""
    found, known = disk.permissions(path), accounts(config)
    if found is None or known is None:
        return None
    if who.user == found.owner:
        return bool(found.mode >> 6 & bit)
    if found.group in who.groups:
        return bool(found.mode >> 3 & bit)
    if found.mode & bit:
        return True
    is_known = found.owner in {number for number, _ in known.users.values()} and found.group in known.groups.values()
    return False if is_known else None


def _uses(config: Config) -> Iterator[_Use]:
    for server in config.servers:
        yield from _uses_of(config, server)
    under = server_root(config)
    for item in config.named("wsgisocketprefix") if daemon_processes(config) else ():
        if item.args and item.known:
            path = posixpath.dirname(posixpath.join(under, item.value))
            yield _Use(item, item.args[0].span, path, SEARCH, "", "sockets")
    for item in config.named("authuserfile"):
        if item.args and item.known:
            yield _Use(item, item.args[0].span, posixpath.join(under, item.value), READ, "", "log-in")
    yield from _pythons(config)
    for process in daemon_processes(config):
        for option in process.options:
            if option.name in ("home", "python-home", "python-path") and option.known:
                bits = SEARCH if option.name == "home" else SEARCH | READ
                for path in option.value.split(":") if option.name == "python-path" else [option.value]:
                    yield _Use(process.directive, option.value_span, path, bits, process.name, option.name)
            elif option.name == "user" and option.known and (home := home_of_user(config, process)):
                yield _Use(process.directive, option.value_span, home, SEARCH, process.name, "home")


def _pythons(config: Config) -> Iterator[_Use]:
    """Yield the uses of WSGIPythonHome, by httpd and groups without a home of their own, and of WSGIPythonPath, by httpd.

    Python starts in processes that already run as their user (the child's hook calls wsgi_interp.c:wsgi_python_init).
    """
    restricted = config.main.last("wsgirestrictembedded")
    embedded = restricted is None or restricted.value.lower() != "on"
    own = [process.name for process in daemon_processes(config) if process.option("python-home") is None]
    home, path = config.main.last("wsgipythonhome"), config.main.last("wsgipythonpath")
    for group in [*([""] if embedded else []), *own]:
        if home is not None and home.args and home.known:
            yield _Use(home, home.args[0].span, home.value, SEARCH | READ, group, "python-home")
    if path is not None and path.args and path.known and embedded:
        for directory in path.value.split(":"):
            yield _Use(path, path.args[0].span, directory, SEARCH | READ, "", "python-path")


def _uses_of(config: Config, server: Server) -> Iterator[_Use]:
    for mount in mounts(config, server):
        target = target_of(config, mount)
        if mount.server is not server or mount.is_regex or target is None or target.file is None:
            continue
        # httpd looks for the script, and the process that runs it reads it.
        yield _Use(mount.item, mount.target_span, target.path, 0, "", "script", mount.url)
        group = process_group(config, server, mount).name
        if group is not None:
            yield _Use(mount.item, mount.target_span, target.path, READ, group, "source", mount.url)
    for alias in aliases(config, server):
        target = target_of(config, alias)
        if alias.server is not server or alias.is_regex or alias.item.key == "scriptalias" or target is None:
            continue
        bits = SEARCH if target.file is None else READ
        yield _Use(alias.item, alias.target_span, target.path, bits, "", "alias", alias.url)
    root = server.last("documentroot")
    if root is not None and root.args and root.known and not any(one.url == "/" for one in mounts(config, server)):
        yield _Use(root, root.args[0].span, root.value.rstrip("/") or "/", SEARCH, "", "alias", "/")


def is_readable_by_all(config: Config, path: str) -> bool:
    """Whether a file certainly exists that every user of the server may read."""
    disk = config.disk
    if disk is None or not path.startswith("/") or not disk.is_file(path):
        return False
    real = resolve(path, lambda one: disk.readlink(one) if disk.is_link(one) else None)
    if not all(_lets_all_pass(disk, directory) for directory in _above(real)):
        return False
    own = disk.permissions(real)
    return own is not None and bool(own.mode & READ)


def _lets_all_pass(disk: Files, directory: str) -> bool:
    """Whether every user may search a directory; one with an unknown mode counts, if not in a copy that was fetched in part."""
    found = disk.permissions(directory)
    return directory == "/" or disk.is_known(directory) if found is None else bool(found.mode & SEARCH)
