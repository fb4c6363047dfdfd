"""The lines that httpd refuses when it reads them: for their words, their place, or the lines above them.

Only what was measured with ``apache2 -t`` of 2.4.71 and mod_wsgi 4.9.4 counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from functools import cache, partial

from modwsgi_fix import directives
from modwsgi_fix.directives import Context
from modwsgi_fix.directives.families import PREFIX_ALIASES, REQUIRE_SECTIONS
from modwsgi_fix.directives.removed import REMOVED_MODULES
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.beside import refused_beside
from modwsgi_fix.model.config import Config, Target, derived
from modwsgi_fix.model.containers import container_fault, only_denies
from modwsgi_fix.model.daemons import all_groups_known, definitions, group_uses, options_of, refused_uses
from modwsgi_fix.model.items import Item, as_written
from modwsgi_fix.model.request.rewrite_rules import arguments
from modwsgi_fix.rewriting.moving import context
from modwsgi_fix.rewriting.verdict import NO_TARGET, counts_words, refusal, refusal_of_24
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple


class Stage(IntEnum):
    """When httpd finds a fault (main.c): a later stage is not reached with a fault of an earlier one."""

    #: While it reads the files: sections, and lines that take effect at once.
    READING = 0
    #: When all is read: whether there is an MPM (config.c:ap_read_config).
    READ = 1
    #: While it processes what it has read, line by line.
    PROCESSING = 2
    #: When modules are set up, which ``apachectl configtest`` does not do.
    STARTING = 3


class Fault(NamedTuple):
    """A refused line: the key of the file, the span, and httpd's own message or what is wrong."""

    path: str
    span: Span
    message: str
    #: When httpd finds it.
    stage: Stage = Stage.PROCESSING

    @property
    def is_of_place(self) -> bool:
        """Whether the line is refused for where it stands."""
        return self.message.endswith(_MISPLACED)


#: The end of httpd's message on a directive in the wrong section, or in none.
_MISPLACED = " not allowed here"
#: In a line of Require: a negation, or a backslash, which may hide one.
_MAY_NEGATE = expression(r"not|\\", re.I)
#: The lines of which it is remembered whether httpd refuses them, and the most characters of these.
_MOST_LINES, _LONG = 4000, 200


def is_certain(item: Item) -> bool:
    """Whether a line is certainly read, and all of its words are known."""
    return not item.guards and item.known


@derived
def refused(config: Config) -> list[Fault]:
    """Return what httpd certainly refuses: the line is read under all conditions, and no variable decides what it says."""
    return list(_refused(config))


def _refused(config: Config) -> Iterator[Fault]:
    for item, reason in refused_lines(config):
        if is_certain(item):
            yield Fault(item.path, item.span, reason)
    for item in filter(is_certain, config.named("loadmodule") if not config.target.is_22 else ()):
        if item.value.removesuffix("_module") in REMOVED_MODULES and len(item.args) == 2:
            yield Fault(item.path, item.span, f"Cannot load {item.values[1]} into server", Stage.READING)
    yield from _preloaded(config)
    for item, reason in refused_beside(config):
        if is_certain(item):
            yield Fault(item.path, item.span, reason)
    if not config.target.is_22:
        yield from _of_containers(config)


def _of_containers(config: Config) -> Iterator[Fault]:
    """Yield what httpd refuses of ``Require`` and its containers, and of what stands in them."""
    for item, reason in refused_containers(config):
        if is_certain(item):
            yield Fault(item.path, item.span, reason)


def refused_containers(config: Config) -> Iterator[tuple[Item, str]]:
    """Yield the lines of ``Require`` and its containers that are refused where they are read, with httpd's message."""
    yield from config.in_each_server(_refused_containers, "require", *REQUIRE_SECTIONS)


def _refused_containers(items: Iterable[Item]) -> tuple[tuple[Item, str], ...]:
    """Return what is refused so of the lines of one server, with the reason."""
    containers = [item for item in items if item.key in REQUIRE_SECTIONS]
    within = (child for section in containers for child in section.children if child.key != "require")
    lines = {
        **dict.fromkeys([item for item in items if item.key == "require"]),
        **dict.fromkeys([*containers, *within]),
    }
    found = []
    for item in lines:
        if item.key == "require" and item.expanded is None and not _MAY_NEGATE.search(item.node.line_source):
            continue  # It may stand anywhere.
        reason = container_fault(item)
        if not reason and item.key == "requireall" and only_denies(item):
            reason = "<RequireAll> directive contains only negative authorization directives"
        # Without a section it stands in the wrong place, or in a container of the file that includes a fragment.
        if reason and item.sections:
            found.append((item, reason))
    return tuple(found)


def refused_lines(config: Config) -> list[tuple[Item, str]]:
    """Return the lines that are refused for their words or place, with httpd's message; equal lines are judged once."""
    return config.once(refused_lines, lambda: _refused_lines(config))


def _refused_lines(config: Config) -> list[tuple[Item, str]]:
    judging = _Judging(config)
    found: list[tuple[Item, str]] = []
    for server, items in config.by_server.items():
        refused, unsettled = server.once((_refused_lines, config.target), partial(_settled, judging, items))
        found += refused
        found += ((item, reason) for item in unsettled if (reason := judging.reason(item)))
    return sorted(found, key=lambda pair: pair[0].index)


class _Judging:
    """The lines of a server as httpd judges them, each text and each place once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._told: dict[object, str] = {}
        #: What was found of lines by their text alone.
        self.lines = _lines_of(config.target)
        #: Whether httpd only counts the words of a directive.
        self._counted: dict[str, bool] = {}
        # What stands around a line, as a number: the names of the sections from the outermost to the innermost.
        self._numbers: dict[tuple[str, int], int] = {}
        self._inside: dict[Item | None, int] = {None: -1}
        #: Why lines are refused for their place, by what stands around them and their file, and by their name.
        self._places: dict[tuple[int, str], dict[object, str]] = {}

    def reason(self, item: Item) -> str:
        """Return why httpd refuses a line; empty where it does not."""
        return self.of_words(item) or self.of_place(item, self.places(item))

    def of_words(self, item: Item, line: str = "") -> str:
        """Return why a line is refused for its words; ``line`` is the text of one in which there is nothing to expand."""
        name = item.name
        is_counted = self._counted.get(name)
        if is_counted is None:
            is_counted = self._counted[name] = counts_words(name)
        words = item.values if is_counted else _words(self._config, item)
        # A word that is empty is none, where there must be some.
        said = (name, len(words)) if is_counted and "" not in words else (name, words)
        reason = self._told.get(said)
        if reason is None:
            reason = self._told[said] = _refusal(self._config.target, name, words)
        if 0 < len(line) <= _LONG:
            if len(self.lines) >= _MOST_LINES:
                self.lines.clear()
            self.lines[line] = reason
        return reason

    def of_place(self, item: Item, places: dict[object, str]) -> str:
        """Return why a line is refused for its place, which is one of those that ``places`` has."""
        key: object = item.key
        if item.key in PREFIX_ALIASES:
            key = item.key, len(item.args)
        elif item.key == "redirect" and len(item.args) == 1:
            key = item.key, item.value
        reason = places.get(key)
        if reason is None:
            reason = places[key] = _misplacement(item)
        return reason

    def places(self, item: Item) -> dict[object, str]:
        """Return what was found of lines at the place of one, by their names."""
        around = self._around(item.parent), item.file.name
        places = self._places.get(around)
        if places is None:
            places = self._places[around] = {}
        return places

    def _around(self, section: Item | None) -> int:
        """Return the number of what stands in a section."""
        outer: list[Item] = []
        while section not in self._inside:
            assert section is not None
            outer.append(section)
            section = section.parent
        number = self._inside[section]
        for inner in reversed(outer):
            number = self._inside[inner] = self._numbers.setdefault((inner.key, number), len(self._numbers))
        return number


@cache
def _lines_of(target: Target) -> dict[str, str]:
    """Return what was found of lines by their text alone: the reason or nothing. An editor asks the same again with every key."""
    return {}


def _settled(judging: _Judging, items: Iterable[Item]) -> tuple[tuple[tuple[Item, str], ...], tuple[Item, ...]]:
    """Return the lines of one server that are refused, with the reason, and those that cannot be told by their text alone."""
    refused, unsettled = list[tuple[Item, str]](), list[Item]()
    beside: Item | None = None
    places: dict[object, str] | None = None
    for item in items:
        line = item.node.line_source
        if item.foreign or "$" in line:
            unsettled.append(item)
            continue
        # Lines side by side are at one place.
        if places is None or beside is None or item.parent is not beside.parent or item.file is not beside.file:
            beside, places = item, judging.places(item)
        reason = judging.lines.get(line)
        if reason is None:
            reason = judging.of_words(item, line)
        if reason or (reason := judging.of_place(item, places)):
            refused.append((item, reason))
    return tuple(refused), tuple(unsettled)


def _words(config: Config, item: Item) -> tuple[str, ...]:
    """Return the words of a line, before its options: neither mod_wsgi nor mod_rewrite reads words as httpd does."""
    if item.key in ("rewriterule", "rewritecond"):
        return arguments(item)
    if item.key == "require" and item.value == "all":
        return as_written(item)
    skip = directives.words_before_options(item.key)
    if skip is None or len(item.args) <= skip:
        return item.values
    options, stray = options_of(config, item, skip)
    text = item.file.text
    told = (f"{option.name}={option.value}" for option in options)
    return (*item.values[:skip], *(text[span.start : span.end] for span in stray), *told)


def _refusal(target: Target, name: str, words: Sequence[str]) -> str:
    """Return why httpd refuses a line for its words; empty where it may accept them."""
    key = name.lower()
    if not target.is_22 and (reason := refusal_of_24(name, words)):
        return reason
    if target.mod_wsgi is not None and key == "wsgidaemonprocess":
        have = target.mod_wsgi
        options = (directives.daemon_option(word.partition("=")[0]) for word in words[1:])
        if any(one is not None and directives.is_later(one.since, have) for one in options):
            return "Invalid option to WSGI daemon process definition."
    return refusal(name, words)


def _preloaded(config: Config) -> Iterator[Fault]:
    """Yield groups that mod_wsgi looks up when it reads a line and that no line above defines (wsgi_add_import_script)."""
    for refused in refused_uses(config):
        if not refused.use.item.guards and not refused.process.directive.guards:
            yield Fault(refused.use.item.path, refused.use.item.span, refused.message)
    early = [use for use in group_uses(config) if use.at_start] if config.complete else []
    if not early or not all_groups_known(config):
        return
    for use in early:
        item = use.item
        if item.guards or "${" in use.name:
            continue
        if all(process.directive.index > item.index for process in definitions(config, use.name)):
            yield Fault(item.path, item.span, "WSGI process group not yet configured.")


def _is_misplaced(item: Item) -> bool:
    """Whether a directive stands where httpd does not accept it."""
    where = context(item)
    if not where:
        return False
    if item.key in PREFIX_ALIASES and len(item.args) == 2:
        return not (Context.SERVER in where or Context.VIRTUAL_HOST in where)
    return not directives.allowed_in(item.name, where)


def _misplacement(item: Item) -> str:
    """Return why httpd refuses a directive for its place (mod_alias.c:add_alias_internal); empty where it does not."""
    if item.key in PREFIX_ALIASES and len(item.args) == 1 and not item.sections:
        return f"{item.name} must have two arguments when used globally"
    if item.key == "redirect" and len(item.args) == 1 and not item.sections and context(item) is not Context.HTACCESS:
        # A status alone is taken, but for one that has a target.
        return "" if item.value.isdigit() or item.value.lower() == "gone" else NO_TARGET
    return f"{item.name}{_MISPLACED}" if _is_misplaced(item) else ""
