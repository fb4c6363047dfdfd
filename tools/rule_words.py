"""What each rule asks a configuration for by name, found out by asking it of servers in which there is nothing.

    python tools/rule_words.py            # writes rules/modwsgi_rules/_words.py

A rule sees a configuration through ``Config`` and ``Server`` only. Where it has asked for items by name alone, none of
which were there, and found nothing, it finds nothing in any configuration that has none of these names: it would be given
the same answers. So neither need it be asked of such a server, nor its module be imported. A rule that looks at anything
else (the text of the files, what was not understood, all items) is not listed, and is always asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

from modwsgi_fix.files import Memory
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import Rule, all_rules

T = TypeVar("T")

PACKAGE = "modwsgi_rules"
PATH = Path(__file__).resolve().parents[1] / "rules" / PACKAGE / "_words.py"

#: Something that a rule looked at and that is not asked for by name.
OTHER = "*"
#: With none of these there is but the main server.
HOST = "virtualhost"
_SERVERS = frozenset({"servers", "main", "hosts"})
#: What is noted below, or says the same of every server without filesystem and named scripts, or is varied below.
_KNOWN = frozenset(
    {
        "named",
        "within",
        "derived",
        "once",
        "setting",
        "target",
        "complete",
        "denies",
        "disk",
        "named_scripts",
        "asks",
        "asked",
        "asked_about",
        "in_each_server",
    }
)


class Log:
    """The names that are being asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        #: Above 0 while one of the methods below answers.
        self.answering = 0
        self.of_derived: dict[object, set[str]] = {}

    def note(self, *names: str) -> None:
        if not self.answering:
            self.names.update(names)

    def once(self, known: dict[object, Any], key: object, compute: Callable[[], T]) -> T:
        """Remember what is computed for a key, and what was asked for it, which is asked each time."""
        if key not in known:
            outer, self.names = self.names, set()
            try:
                known[key] = compute()
            finally:
                self.of_derived[key], self.names = self.names, outer
        self.note(*self.of_derived[key])
        found: T = known[key]
        return found

    def answer(self, work: Callable[[], T]) -> T:
        self.answering += 1
        try:
            return work()
        finally:
            self.answering -= 1


class WatchedServer(Server):
    """The main server, which notes what it is asked for."""

    log: Log

    def __getattribute__(self, name: str) -> Any:
        if name in ("items", "walk", "__dict__"):
            object.__getattribute__(self, "log").note(OTHER)
        return object.__getattribute__(self, name)

    def once(self, key: object, compute: Callable[[], T]) -> T:
        if self._known is None:
            self._known = {}
        return self.log.once(self._known, key, compute)

    def last(self, key: str) -> Item | None:
        self.log.note(key)
        return self.log.answer(lambda: Server.last(self, key))

    def all(self, *keys: str) -> list[Item]:
        self.log.note(*keys)
        return self.log.answer(lambda: Server.all(self, *keys))


class Watched(Config):
    """A configuration that notes what it is asked for. ``once`` and ``derived`` remember what was asked for them."""

    log: Log

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name != "log" and name not in _KNOWN:
            object.__getattribute__(self, "log").note(HOST if name in _SERVERS else OTHER)
        return object.__getattribute__(self, name)

    def named(self, *keys: str) -> list[Item]:
        self.log.note(*keys)
        return self.log.answer(lambda: Config.named(self, *keys))

    def within(self, server: Server, *keys: str) -> list[Item]:
        self.log.note(*keys)
        return self.log.answer(lambda: Config.within(self, server, *keys))

    def in_each_server(self, find: Callable[[Sequence[Item]], Iterable[T]], *keys: str) -> list[T]:
        self.log.note(*keys)
        return self.log.answer(lambda: Config.in_each_server(self, find, *keys))

    def derived(self, compute: Callable[[Config], T]) -> T:
        return self.once(compute, lambda: compute(self))

    def once(self, key: object, compute: Callable[[], T]) -> T:
        return self.log.once(self._derived, key, compute)


def watched(config: Config) -> Watched:
    """The same configuration, which has no items, watched."""
    assert not config.items
    log, main, seen = Log(), WatchedServer(None), object.__new__(Watched)
    main.log = log
    vars(seen).update(vars(config), log=log, servers=[main], _derived={})
    return seen


def empty_servers() -> Iterator[Watched]:
    """Whole servers and fragments without a directive, for each kind of target and of assumed denial."""
    versions = [Target(), Target(httpd=(2, 2))]
    versions += [Target(mod_wsgi=version) for version in ((3, 4), (4, 5), (5, 0))]
    versions += [Target(python=version) for version in ((2, 7), (3, 14))]
    for name, target, denies in product(("apache2.conf", "site.conf"), versions, ("", "none", "2.2", "2.4")):
        files = Memory({f"/etc/apache2/{name}": "\n"})
        source = find_sources(files, ["/etc/apache2"])[0]._replace(as_httpd=True)
        config = load(source._replace(denies="" if source.complete else denies), target=target)
        if not source.complete or not denies:
            yield watched(config)


def words_of(rule: Rule) -> frozenset[str] | None:
    """The names that a rule asks for; None where it also looks at something else, or finds something in nothing."""
    names: set[str] = set()
    for config in empty_servers():
        config.log.names = set()
        if list(rule.check(config)):
            return None
        names |= config.log.names
    return None if OTHER in names else frozenset(names)


def table() -> str:
    """The module ``_words`` of our rules."""
    listed, opinions = [], []
    for rule in all_rules().values():
        module = rule.check.__module__
        words = words_of(rule) if module.startswith(f"{PACKAGE}.") else None
        if words is not None:
            name = module.removeprefix(f"{PACKAGE}.")
            quoted = "".join(f'"{word}", ' for word in sorted(words))
            listed.append(f'    "{name}": ({quoted.rstrip()}),\n')
            opinions += [] if rule.default else [f'    "{name}",\n']
    head = (
        '"""The names that rules ask for: where a server has none of them, they are not asked, and not even imported.\n\n'
        "``make words`` writes it (``tools/rule_words.py``). A rule that is not listed is imported at once, and always asked.\n"
        '"""\n\n# fmt: off\nWORDS: dict[str, tuple[str, ...]] = {\n'
    )
    between = "}\n\n#: Those that must be asked for with ``--select``.\nOPINIONS = frozenset({\n"
    return "".join([head, *listed, between, *opinions, "})\n"])


if __name__ == "__main__":
    # An old table, or what a merge has left of one, is not to be read.
    PATH.unlink(missing_ok=True)
    PATH.write_text(table(), "utf-8")
