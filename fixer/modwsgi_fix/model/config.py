"""One server as httpd reads it: files joined by Include, variables expanded, conditions weighed, macros used.

``reader.load`` turns files into a ``Config``: a flat list of ``Item``, each one reading of one directive. A file that
is included twice is read twice, so one syntax node may have many items; an edit must be right for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from copy import copy
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.items import READING_ORDER, File, Item, PassedOver, Script, Server, Used
from modwsgi_fix.syntax import Section
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from modwsgi_fix.model.bounds import Endless
    from modwsgi_fix.model.gaps import Gap
    from modwsgi_fix.model.rule_settings import Setting

T = TypeVar("T")
K = TypeVar("K")

_SERVER = attrgetter("server")


class Target(NamedTuple):
    """The versions that the configuration is meant for.

    None for ``mod_wsgi`` means any version from 4.9 on, None for ``python`` an unknown version of Python 3.
    """

    httpd: tuple[int, ...] = (2, 4)
    mod_wsgi: tuple[int, ...] | None = None
    python: tuple[int, ...] | None = None

    @property
    def is_22(self) -> bool:
        """Whether this is httpd 2.2 or older, with the old access control, and name-based hosts by NameVirtualHost."""
        return self.httpd < (2, 3)


class Asked(NamedTuple):
    """The servers and files of a configuration that rules are asked about."""

    servers: frozenset[Server]
    files: frozenset[File]


class Config:
    """A whole server, or fragments of one."""

    def __init__(
        self,
        files: Mapping[str, File],
        items: Sequence[Item],
        servers: Sequence[Server],
        gaps: Sequence[Gap],
        *,
        unmatched: Sequence[Item],
        unseen: Sequence[Item],
        endless: Sequence[Endless],
        left_out: str,
        complete: bool,
        target: Target,
        disk: Files | None,
        options: Mapping[str, Mapping[str, object]],
        variables: Mapping[str, str],
        read: Callable[[str], Script | FileProblem | None],
        named_scripts: Sequence[Script] = (),
        unread: Sequence[FileProblem] = (),
        skipped: Sequence[tuple[str, str]] = (),
        passed_over: Callable[[], Iterable[PassedOver]] = tuple,
        open_conditions: Mapping[Section, bool | None] = MappingProxyType({}),
        shown_within: tuple[str, ...] = (),
        denies: str = "",
        known_directives: Set[str] = frozenset(),
        again: Callable[[Mapping[str, str], str], Config] | None = None,
        matched: Mapping[str, tuple[list[str], int]] = MappingProxyType({}),
        used: Sequence[Used] = (),
    ) -> None:
        #: The files by key, in the order in which they were first read.
        self.files = files
        #: Every directive and section that is or may be read, in reading order, without the conditions themselves.
        self.items = items
        #: The main server, then the virtual hosts in order.
        self.servers = servers
        self.gaps = gaps
        #: As ``Source.shown_within``.
        self.shown_within = shown_within
        #: As ``Source.denies``.
        self.denies = denies
        #: As ``Source.directives``.
        self.known_directives = known_directives
        self._again = again
        #: The files that each pattern of an Include matches, and the number of readings that finding them took.
        self.matched = matched
        #: The macros that are used.
        self.used = used
        #: The Includes whose wildcard no file matches, of a complete server.
        self.unmatched = unmatched
        #: The Includes with a wildcard whose directory is not among the files that are read, optional Includes too.
        self.unseen = unseen
        #: The Includes and Uses that lead back to themselves; they are not followed.
        self.endless = endless
        self._passed_over = passed_over
        #: The conditions that are never closed, and whether each holds; None where that is not known.
        self.open_conditions = open_conditions
        #: Why a part of the server was left out, where one of our limits was reached; empty where all of it was read.
        self.left_out = left_out
        #: Whether the entry file was found, so that what is absent is really absent.
        self.complete = complete
        self.target = target
        #: The filesystem that the paths in the configuration mean (``--root``); None when unknown.
        self.disk = disk
        #: The values of defined variables after the whole configuration was read.
        self.variables = variables
        #: The WSGI scripts that were read so far, by key.
        self.scripts: dict[str, Script] = {script.path: script for script in named_scripts}
        #: The paths of scripts that exist and cannot be read, with the reason.
        self.unreadable: dict[str, str] = {}
        #: The .htaccess files in which something was found, by key.
        self.htaccess: dict[str, File] = {}
        #: The WSGI scripts that the user named, whether a directive names them or not.
        self.named_scripts = named_scripts
        #: Files and directories that exist and cannot be read.
        self.unread = unread
        #: Files that are not httpd's, as (what to show, the language that each looks like).
        self.skipped = skipped
        #: The errors of rules that raised an exception, by the rule's name. What they would have found is not known.
        self.failed: dict[str, str] = {}
        self._read = read
        self._options = options
        self._rule = ""
        #: What rules with a narrow ``Scope`` are asked about; None for everything.
        self.asked: Asked | None = None
        self._derived: dict[object, Any] = {}

    @property
    def main(self) -> Server:
        """The main server."""
        return self.servers[0]

    @property
    def hosts(self) -> Sequence[Server]:
        """The virtual hosts."""
        return self.servers[1:]

    def script(self, path: str) -> Script | None:
        """Return the WSGI script at a path of the configuration; None where it cannot be read (see ``--root``)."""
        script = self._read(path)
        if script is None:
            return None
        if isinstance(script, FileProblem):
            self.unreadable[path] = script.reason
            return None
        return self.scripts.setdefault(script.path, script)

    def beside(self, texts: Mapping[str, str], denies: str) -> Config:
        """Return these fragments read again after other files of the same server (texts by path), with that default deny."""
        assert self._again is not None, "only what was read can be read again"
        return self._again(texts, denies)

    def source(self, path: str) -> File | Script:
        """Return the file or script with that key."""
        return self.files.get(path) or self.htaccess.get(path) or self.scripts[path]

    def for_rule(self, name: str) -> Config:
        """Return this configuration for one rule, whose settings ``setting`` then returns."""
        if name not in self._options:
            return self
        view = copy(self)
        view._rule = name
        return view

    def about(self, asked: Asked) -> Config:
        """Return this configuration for rules that are asked about a part of it, as far as their ``Scope`` allows."""
        view = copy(self)
        view.asked = asked
        return view

    def asks(self, part: Server | File) -> bool:
        """Whether a rule has to tell what it finds in a server or file, where that is not known. Facts are about all of them."""
        return self.asked is None or part in self.asked.servers or part in self.asked.files

    def asked_about(self, *keys: str) -> list[Item]:
        """Return the items of these names that a rule has to tell of (``asks``), in reading order."""
        if self.asked is None:
            return self.named(*keys)
        found = [item for server in self.servers if self.asks(server) for item in self.within(server, *keys)]
        return sorted(found, key=READING_ORDER)

    @property
    def passed_over(self) -> tuple[PassedOver, ...]:
        """The Includes that pass sites over because of their names; they are searched for with the first use."""
        return self.once(Config.passed_over, lambda: tuple(self._passed_over()))

    def setting(self, setting: Setting[T]) -> T:
        """Return the running rule's setting, or its default; given values were checked when the settings were loaded."""
        return self._options.get(self._rule, {}).get(setting.name, setting.default)  # type: ignore[return-value]

    def named(self, *keys: str) -> list[Item]:
        """Return all items of these names (in lower case), in reading order."""
        by_key = self.derived(_by_key)
        found = [item for key in keys for item in by_key.get(key, ())]
        return sorted(found, key=READING_ORDER) if len(keys) > 1 else found

    def in_each_server(self, find: Callable[[Sequence[Item]], Iterable[T]], *keys: str) -> list[T]:
        """Return what ``find`` finds in the items of these names, which it is given server by server, in reading order.

        It is called once for each server that has any, also where a host stays while other files change: as for ``Server.once``,
        what it finds depends on these lines and others of the same server alone.
        """
        return [
            one
            for server, items in _of_servers(self.named(*keys)).items()
            for one in server.once((find, keys), lambda items=items: tuple(find(items)))  # type: ignore[misc]
        ]

    def matching(self, is_wanted: Callable[[str], bool]) -> list[Item]:
        """Return all items whose names (in lower case) are wanted, in reading order."""
        return self.named(*filter(is_wanted, self.derived(_by_key)))

    @property
    def names(self) -> frozenset[str]:
        """The names of all items, in lower case."""
        return frozenset(self.derived(_by_key))

    def lacks(self, keys: Set[str]) -> bool:
        """Whether no item has one of these names, and the server consists of nothing but its items."""
        return keys.isdisjoint(self.derived(_by_key)) and self.disk is None and not self.named_scripts

    def within(self, server: Server, *keys: str) -> list[Item]:
        """Return the items of these names of one server, those in its sections too, in reading order."""
        found = [item for key in keys for item in self._by_server(key).get(server, ())]
        return sorted(found, key=READING_ORDER) if len(keys) > 1 else found

    def _by_server(self, key: str) -> dict[Server, list[Item]]:
        return self.once(("by server", key), lambda: _of_servers(self.named(key)))

    @property
    def by_server(self) -> Mapping[Server, list[Item]]:
        """All items by their server, in reading order; servers without any are left out."""
        return self.derived(_by_every_server)

    def readings(self, item: Item) -> list[Item]:
        """Return every reading of the text that ``item`` is one reading of."""
        return self.derived(_by_node)[item.path, item.node.start]

    def derived(self, compute: Callable[[Config], T]) -> T:
        """Return ``compute(self)``, called once."""
        if compute not in self._derived:
            self._derived[compute] = compute(self)
        result: T = self._derived[compute]
        return result

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """Return ``compute()``, called once for that key and this configuration."""
        if key not in self._derived:
            self._derived[key] = compute()
        result: T = self._derived[key]
        return result

    def knows(self, key: object) -> bool:
        """Whether something was computed ``once`` for that key."""
        return key in self._derived


def grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Return things by the key that a function gives each, in their order."""
    groups = defaultdict[K, list[T]](list)
    for thing in things:
        groups[key(thing)].append(thing)
    return dict(groups)


def derived(compute: Callable[[Config], T]) -> Callable[[Config], T]:
    """Decorate a function of a configuration so that it is computed once for each."""

    def once(config: Config) -> T:
        # As ``derived``, which would be called each time.
        known = config._derived
        if compute not in known:
            known[compute] = compute(config)
        found: T = known[compute]
        return found

    once.__doc__ = compute.__doc__
    once.__name__ = compute.__name__
    return once


def _by_key(config: Config) -> dict[str, list[Item]]:
    return grouped(config.items, attrgetter("key"))


def _by_every_server(config: Config) -> dict[Server, list[Item]]:
    return _of_servers(config.items)


def _of_servers(items: Iterable[Item]) -> dict[Server, list[Item]]:
    # Items of one server mostly stand side by side.
    servers: dict[Server, list[Item]] = {}
    for server, beside in groupby(items, _SERVER):
        servers.setdefault(server, []).extend(beside)
    return servers


def _by_node(config: Config) -> dict[tuple[str, int], list[Item]]:
    return grouped(config.items, lambda item: (item.path, item.node.start))
