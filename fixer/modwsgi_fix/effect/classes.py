"""The effects of a change on visitors, in classes: a fix is judged by what it does, not by what its rule says.

The same requests are traced before and after, and compared branch by branch under the same assumptions (a file there or
not, who the visitor is, what the rest of the server says). Each difference is exactly one ``Effect``; which of them a fix
may have is decided by ``gate``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import product
from urllib.parse import unquote

from modwsgi_fix.directives.families import (
    ALIASES,
    DIRECTORY_SECTIONS,
    FILES_SECTIONS,
    LOCATION_SECTIONS,
    MOUNTS,
    PLACES,
)
from modwsgi_fix.directives.suffixes import script_in
from modwsgi_fix.effect.exposure import kind_of, worst_first
from modwsgi_fix.effect.impact import changed_visits, open_files, requests_of_all, told, traced
from modwsgi_fix.effect.touched import Pair
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.served import is_file
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.sections import depth, directory_sections, is_regex_section, path_matches
from modwsgi_fix.model.merge.world import FILE, MISSING
from modwsgi_fix.model.request import Branch, Kind, Outcome, Request, Trace
from modwsgi_fix.model.request.answer import is_by_handler
from modwsgi_fix.model.request.htaccess import is_by_htaccess
from modwsgi_fix.model.urls import prefix_targets
from modwsgi_fix.tuples import NamedTuple


class Effect(StrEnum):
    """The difference between two answers to one request."""

    #: Refused to everybody, hidden or an error; now the application, at a URL of its own mount.
    REGAINED = "regained"
    #: Answered; now refused, or a log-in or TLS is asked for, by a line that was there and did not work.
    RESTRICTED = "restricted"
    #: A log-in, an address, a variable or TLS was asked for, and no longer is.
    UNLOCKED = "unlocked"
    #: Anything but this same file; now a file, a listing or a program.
    OPENED = "opened"
    #: A source, database, dot file, key, backup or listing, or a file that a link out of its directory or a RewriteRule led
    #: to, is no longer served.
    CLOSED = "closed"
    #: Any other answer that is now an error or refused.
    LOST = "lost"
    #: Another host, group, interpreter or user, or another handler for the file.
    MOVED = "moved"


class Difference(NamedTuple):
    """One request that is answered differently under the same assumptions."""

    effect: Effect
    url: str
    was: Outcome
    now: Outcome
    traces: tuple[Trace, Trace]

    def __str__(self) -> str:
        was, now = self.traces
        return f"{self.url} would change: {told(was, now)} -> {told(now, was)}"


_SERVED = (Kind.FILE, Kind.LISTING, Kind.PROGRAM)
#: What is judged by its worst case: a page about the server is what its handler makes of it.
_UNTOLD = (Kind.UNKNOWN, Kind.SERVER)
_ANSWERED = (Kind.APPLICATION, *_SERVED, Kind.REDIRECT, Kind.PROXY)


def differences(before: Config, after: Config, only: Pair | None = None) -> Iterator[Difference]:
    """Yield each request to a host that the change may affect that is answered differently, those for open files included.

    With ``only``, requests to one host alone, as if nothing else were changed.
    """
    requests = dict.fromkeys([*changed_visits(before, after, only), *open_files(before, after, only)])
    return compared(before, after, requests, only)


def compared(
    before: Config, after: Config, requests: Iterable[Request], only: Pair | None = None
) -> Iterator[Difference]:
    """Yield those of the requests that are answered differently; with ``only`` as if nothing else were changed."""
    known = _Known(before, after, only)
    scripts = _scripts(before) | _scripts(after)
    for request in requests:
        if _MARKUP.search(unquote(request.path)):
            continue
        was, now = traced(before, request), traced(after, request)
        told_already: set[tuple[object, ...]] = set()
        for old, new in _pairs(was, now, scripts):
            if _is_above_a_section(after, old.outcome):
                continue
            effect = _effect(request.path, old.outcome, new.outcome, (was, now), known)
            if effect is Effect.LOST and leads_out(before, old.outcome):
                effect = Effect.CLOSED
            difference = effect, old.outcome.result, new.outcome.result
            if effect is not None and difference not in told_already:
                told_already.add(difference)
                yield Difference(effect, request.url, old.outcome, new.outcome, (was, now))


def served_by_starting(before: Config, after: Config) -> list[tuple[str, str]]:
    """Return what is open once httpd starts, where it refuses to now: (URL, kind and file), the most harmful first.

    Without the filesystem these are files that may be there.
    """
    found: dict[str, tuple[int, str, str]] = {}
    for request in dict.fromkeys(requests_of_all(before, after)):
        if after.disk is None and request.path.endswith("/"):
            # An index may be anything, in any directory.
            continue
        for branch in traced(after, request):
            file = branch.outcome.file
            if branch.outcome.kind is Kind.FILE and (kind := kind_of(file)):
                found.setdefault(file, (worst_first(kind), request.url, f"{kind} {file}"))
    return [(url, what) for _, url, what in sorted(found.values())]


def _pairs(was: Trace, now: Trace, scripts: frozenset[str]) -> Iterator[tuple[Branch, Branch]]:
    """Yield the pairs of branches of two traces that may hold at once: they do not answer a question differently.

    A mounted script is taken to be there: a change is not measured by the script being missing. A path with remains of
    another language or a word processor (``app.wsgi&quot;``) is taken to be missing.
    """
    sides = (
        [one for one in side if not any(_is_absurd(question, answer, scripts) for question, answer in one.assumed)]
        for side in (was, now)
    )
    for old, new in product(*sides):
        given = dict(old.assumed)
        if all(given.get(question, answer) == answer for question, answer in new.assumed):
            yield old, new


def _is_absurd(question: str, answer: str, scripts: frozenset[str]) -> bool:
    """Whether an answer need not be considered: a mounted script that is missing, a file below one, a name with markup."""
    if question.startswith("/") and _MARKUP.search(question):
        return answer != MISSING
    if question in scripts:
        return answer != FILE
    return answer != MISSING and any(above in scripts for above in _above(question))


def _is_above_a_section(config: Config, outcome: Outcome) -> bool:
    """Whether a program would be where a ``<Directory>`` on the way to the rest of the URL assumes a directory."""
    if outcome.kind is not Kind.PROGRAM or not outcome.path_info:
        return False
    whole, deepest = outcome.file + outcome.path_info, depth(outcome.file)
    return any(depth(path) >= deepest and path_matches(path, whole) for path in _directories(config))


@derived
def _directories(config: Config) -> frozenset[str]:
    """Return the paths of ``<Directory>`` sections, those with wildcards included."""
    sections = (item for server in config.servers for item in directory_sections(config, server))
    return frozenset(item.value for item in sections if not is_regex_section(item))


def _above(path: str) -> Iterator[str]:
    """Yield each directory that a path lies in, the nearest first."""
    at = path.rfind("/")
    while at >= 0:
        yield path[:at]
        at = path.rfind("/", 0, at)


#: Characters that the names of files and requested URLs never have.
_MARKUP = expression("[;<>\u02c6\"'\u2018-\u201f\u00ab\u00bb]|&[a-z]+")


@derived
def _scripts(config: Config) -> frozenset[str]:
    """Return the files that mounts and aliases name."""
    scripts = {script_in(target) or target for target in prefix_targets(config, MOUNTS)}
    single = {target for target in prefix_targets(config, ALIASES) if is_file(config, target)}
    return frozenset(scripts | single)


def _effect(path: str, was: Outcome, now: Outcome, traces: tuple[Trace, Trace], known: _Known) -> Effect | None:
    """Return the class of one difference; None where a visitor sees none."""
    if was.result == now.result:
        return None
    if was.kind in _UNTOLD or now.kind in _UNTOLD:
        return _of_unknown(was, now, traces)
    if now.kind in _SERVED:
        if was.kind is now.kind and was.file == now.file:
            return Effect.MOVED
        return Effect.UNLOCKED if _asked(was, traces[0]) else Effect.OPENED
    if now.kind in (Kind.APPLICATION, Kind.PROXY):
        if was.kind is now.kind:
            is_mended = _lacks_object(was, now, known.before) and not _lacks_object(now, was, known.after)
            return Effect.REGAINED if is_mended else Effect.MOVED
        if was.kind is Kind.REFUSED and _asked(was, traces[0]) and not _is_of_files(was, now):
            return Effect.UNLOCKED
        return Effect.OPENED if was.kind is Kind.REFUSED and _is_decision(was, now) else Effect.REGAINED
    if now.kind is Kind.REDIRECT:
        if was.kind is Kind.REFUSED and _asked(was, traces[0]):
            return Effect.UNLOCKED
        return Effect.MOVED if was.kind in _ANSWERED else Effect.REGAINED
    if was.kind not in _ANSWERED:
        return None
    if was.kind is Kind.REDIRECT and was.location.partition("://")[2].partition("/")[2] == path.lstrip("/") + "/":
        # The slash that mod_dir adds to a directory's URL: what is lost at that URL is a request of its own.
        return None
    if was.kind is Kind.LISTING or (was.kind is Kind.FILE and (kind_of(was.file) or _is_rewritten(was))):
        return Effect.CLOSED
    if now.kind is Kind.REFUSED and _by_old_line(now, known):
        return Effect.RESTRICTED
    return Effect.LOST


def _lacks_object(outcome: Outcome, other: Outcome, config: Config) -> bool:
    """Whether the script certainly lacks the object that is called, so that each request is an error.

    A script is read where another object, or another file, answers on the other side.
    """
    names = [dict(one.options).get("callable-object", "application") for one in (outcome, other)]
    if outcome.kind is not Kind.APPLICATION or (names[0] == names[1] and outcome.file == other.file):
        return False
    from modwsgi_fix.script.loading import bound_at_load, tree_of

    script = config.script(outcome.file)
    tree = tree_of(script.text) if script is not None else None
    bound = bound_at_load(script.text, tree) if script is not None and tree is not None else None
    return bound is not None and names[0] not in bound


def _of_unknown(was: Outcome, now: Outcome, traces: tuple[Trace, Trace]) -> Effect | None:
    """Return the class of a difference that is unknown on one side only, judged by its worst case.

    Where the URL leads to the same place as before, the question is the same, unless an .htaccess file is read on one side.
    """
    if was.kind is now.kind:
        return None
    if was.kind is Kind.REFUSED and is_by_handler(now.reason):
        # A page about the server or a program: lines about its own URLs say who may have it.
        line = granting(now)
        section = line.section(*LOCATION_SECTIONS) if line is not None else None
        return Effect.REGAINED if section is not None and section.value != "/" else Effect.OPENED
    if _mapping(was) == _mapping(now):
        heard = [any(is_by_htaccess(branch.outcome.reason) for branch in trace) for trace in traces]
        if heard[0] is heard[1]:
            return None
        # The .htaccess file takes effect on one side only: it may refuse what is answered otherwise, and open what is not.
        if was.kind is Kind.UNKNOWN:
            return Effect.OPENED if now.kind in _ANSWERED else Effect.LOST
        return Effect.LOST if was.kind in _ANSWERED else Effect.OPENED
    if now.kind in _SERVED:
        return Effect.OPENED
    if now.kind in _UNTOLD and _mapped_by(now).startswith("wsgiscriptalias"):
        return Effect.REGAINED
    return Effect.LOST if was.kind in _ANSWERED and now.kind in _UNTOLD else None


def leads_out(config: Config, outcome: Outcome) -> bool:
    """Whether a link on the way to a file leads out of the directory that it lies in."""
    disk = config.disk
    if disk is None or outcome.kind not in (Kind.FILE, Kind.PROGRAM):
        return False
    path = outcome.file
    while len(path) > 1:
        above = path.rpartition("/")[0]
        if disk.is_link(path) and not disk.key(path).startswith(disk.key(above or "/").rstrip("/") + "/"):
            return True
        path = above
    return False


def _is_rewritten(outcome: Outcome) -> bool:
    """Whether a RewriteRule led to the file, and neither an alias nor the DocumentRoot."""
    return _mapped_by(outcome) == "rewriterule"


def _mapped_by(outcome: Outcome) -> str:
    """Return the name, in lower case, of the directive that says where the URL leads; empty where none does."""
    item = mapped_by(outcome)
    return item.key if item is not None else ""


def mapped_by(outcome: Outcome) -> Item | None:
    """Return the directive that says where the URL leads; None where none does."""
    return next((step.item for step in reversed(outcome.because) if step.phase == "mapping"), None)


def _mapping(outcome: Outcome) -> str:
    """Return where the URL leads, in words, whatever directive leads there."""
    last = next((step.text for step in reversed(outcome.because) if step.phase == "mapping"), "")
    return _LEADS_TO.sub("", last)


_LEADS_TO = expression(r".* (?:maps it to|makes it) |DocumentRoot: ", re.S)


def _asked(was: Outcome, before: Trace) -> bool:
    """Whether some visitors were let in before, and this one was not: by a log-in, an address, a variable, TLS."""
    if was.kind is not Kind.REFUSED or refusing(was) is None:
        return False
    return was.status == 401 or any(branch.outcome.kind in _ANSWERED and _about_visitors(branch) for branch in before)


def _about_visitors(branch: Branch) -> bool:
    return any(question.startswith(_VISITORS) for question, _ in branch.assumed)


#: The beginnings of questions about the visitor.
_VISITORS = ("the visitor is", "the variable", "Require ", "the log-in", "Allow ", "Deny ")


def _is_of_files(was: Outcome, now: Outcome) -> bool:
    """Whether the line that asked for more is about files that the URL no longer leads to."""
    item = refusing(was)
    section = item.section(*DIRECTORY_SECTIONS, *FILES_SECTIONS) if item is not None else None
    return section is not None and _mapping(was) != _mapping(now)


def _is_decision(was: Outcome, now: Outcome) -> bool:
    """Whether the line that refused names the script or its directory itself."""
    item = refusing(was)
    if item is None or not now.file:
        return False
    section = item.section("directory", "files")
    if section is None or not section.args:
        return False
    name = section.value.rstrip("/")
    directory, _, script = now.file.rpartition("/")
    return name in (now.file, directory) if section.key == "directory" else name == script


def granting(outcome: Outcome) -> Item | None:
    """Return the line that let a request in; None where nothing was asked."""
    return next((step.item for step in reversed(outcome.because) if step.phase == "access"), None)


def refusing(outcome: Outcome) -> Item | None:
    """Return the line that refused; None where no line did, as where an index is missing."""
    last = outcome.because[-1] if outcome.because else None
    return last.item if last is not None and last.phase == "access" else None


class _Known(NamedTuple):
    """The lines that stand in sections of their own before a change and after it, counted once one of them refuses."""

    before: Config
    after: Config
    only: Pair | None

    def has(self, words: tuple[str, ...]) -> bool:
        """Whether a line was there before, and stands at as many places or fewer after."""
        if not (told := _lines(self.before)[words]):
            return False
        if self.only is None:
            return _lines(self.after)[words] <= told
        was, now = (_lines_of_host(*side)[words] for side in zip((self.before, self.after), self.only, strict=True))
        return now <= was


def _by_old_line(now: Outcome, known: _Known) -> bool:
    """Whether the line that refuses was there before, in a section of its own: a refusal of everything does not count."""
    item = refusing(now)
    return item is not None and _is_in_place(item) and known.has(_words(item))


def _is_in_place(item: Item) -> bool:
    section = item.section(*PLACES)
    return section is not None and section.value != "/"


@derived
def _lines(config: Config) -> Counter[tuple[str, ...]]:
    """Return how often each line stands in a section of its own."""
    return _lines_of(config.items)


def _lines_of_host(config: Config, server: Server | None) -> Counter[tuple[str, ...]]:
    return config.once((_lines_of_host, server), lambda: _lines_of(server.walk() if server is not None else ()))


def _lines_of(items: Iterable[Item]) -> Counter[tuple[str, ...]]:
    return Counter(_words(item) for item in items if _is_in_place(item))


def _words(item: Item) -> tuple[str, ...]:
    return (item.key, *(value.lower() for value in item.values))
