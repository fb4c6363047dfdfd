"""What a change of the configuration changes for visitors: the same requests are traced before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from modwsgi_fix import directives
from modwsgi_fix.directives.families import LOG_INS
from modwsgi_fix.effect.starting import faults
from modwsgi_fix.effect.touched import (
    Like,
    Pair,
    changed_hosts,
    is_same_text,
    pairs,
    standing_for_all,
    touched,
)
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.request import Branch, Kind, Outcome, Request, Trace, trace
from modwsgi_fix.model.request.visits import Authority, Visit, authorities_of, every_file, visits
from modwsgi_fix.model.servers import label
from modwsgi_fix.text import Span, listed
from modwsgi_fix.tuples import NamedTuple

#: A host's files are all requested up to this number; of more, only so many of each directory and suffix.
_MOST_FILES, _LIKE = 500, 3
#: A name that no host has.
_STRANGER = "no-such-host.invalid"
#: The number of hosts whose every URL is traced; of more hosts that share a change, the first ones stand for all.
_MOST_HOSTS = 50
#: What a visitor with a log-in sends.
_LOGGED_IN = (("Authorization", "Basic"),)
#: The most outcomes of one request that are told, where something outside of the configuration decides among them.
_MOST_WAYS = 3


#: A request for a log-in, as a kind of answer.
LOG_IN = "log-in"
#: Kinds of answers, the most important for a reader first: what is handed out.
WEIGHTIEST = (
    Kind.FILE, Kind.LISTING, Kind.PROGRAM, Kind.SERVER, Kind.APPLICATION, Kind.PROXY, Kind.UNKNOWN, Kind.REDIRECT, LOG_IN,
    Kind.REFUSED, Kind.NOT_FOUND, Kind.ERROR,
)  # fmt: skip


class Change(NamedTuple):
    """One class of URLs of one host, before and after. ``requests`` is how many were traced, and ``url`` is one of them.

    ``path`` is the path of ``url`` where the URLs of a ``group`` (a path, or a directory with ``*``) change in different ways.
    ``kinds`` are the weightiest kinds of answers, of ``WEIGHTIEST``, that it may have been and may be now.
    """

    host: str
    path: str
    url: str
    before: str
    after: str
    requests: int
    group: str = ""
    kinds: tuple[str, str] = ("", "")

    @property
    def is_change(self) -> bool:
        """Whether the outcome differs."""
        return self.before != self.after

    def told_by(self, say: Callable[[str], str]) -> Change:
        """Return the change with each of its texts as a function says it."""
        return self._replace(
            host=say(self.host),
            path=say(self.path),
            url=say(self.url),
            before=say(self.before),
            after=say(self.after),
            group=say(self.group),
        )

    def __str__(self) -> str:
        return f"{self.path}: {self.before} -> {self.after}" if self.is_change else f"{self.path}: unchanged"


class Impact(NamedTuple):
    """All classes of URLs that were traced, host by host.

    ``skipped`` is the number of further hosts whose answers may change, which were not traced.
    """

    changes: tuple[Change, ...]
    skipped: int = 0
    #: Whether httpd certainly refused to start with the configuration before the change.
    refused: bool = False

    @property
    def changed(self) -> tuple[Change, ...]:
        """The classes whose outcome differs."""
        return tuple(change for change in self.changes if change.is_change)


def impact(before: Config, after: Config) -> Impact:
    """Return which classes of URLs change their outcome from one configuration to the other."""
    if is_same_text(before, after):
        return Impact(())
    hosts, (affected, like_others) = changed_hosts(before, after), touched(before, after)
    if len(hosts) > _MOST_HOSTS:
        hosts = affected
    hosts, skipped = hosts[:_MOST_HOSTS], max(0, len(hosts) - _MOST_HOSTS)
    differing = set(affected)
    found: dict[Pair, list[Change]] = {}

    def changes(pair: Pair) -> list[Change]:
        if pair not in found:
            like = like_others.get(pair)
            told = _in_words_of(like, changes(like.host)) if like is not None else None
            found[pair] = told or _changes(before, after, pair, now=after if pair in differing else before)
        return found[pair]

    return Impact(tuple(one for pair in hosts for one in changes(pair)), skipped, refused(before))


def changed_visits(before: Config, after: Config, only: Pair | None = None) -> Iterator[Request]:
    """Yield the requests worth tracing for each host that a change may affect, or for ``only`` one, by every visitor.

    A few of the hosts that are alike stand for the others.

    Visitors come to each address and port of the host, with a log-in where one is asked for, and with a Host header that no
    host has. What depends on a visitor's address or variables becomes branches of a trace.
    """
    if is_same_text(before, after):
        return
    for pair in _asked(before, after, only):
        yield from _requests(before, after, pair)


def requests_of_all(before: Config, after: Config) -> Iterator[Request]:
    """Yield the same requests, and those for files, for every host: where httpd starts again, all answers are new."""
    for pair in pairs(before, after):
        yield from _requests(before, after, pair)
        if before.disk is not None:
            yield from _requests_for_files(before, after, pair)


def _requests(before: Config, after: Config, pair: Pair) -> Iterator[Request]:
    requests = [visit.request for visit in _visits(before, after, pair)]
    yield from requests
    yield from _otherwise(before, after, pair, requests)


def open_files(before: Config, after: Config, only: Pair | None = None) -> Iterator[Request]:
    """Yield a request for each file on the disk that a mapping of an affected host may lead to, before or after.

    For a host with very many files, some of each directory and suffix stand for the others; those that a directive names
    are always requested.
    """
    if before.disk is None or is_same_text(before, after):
        return
    for pair in _asked(before, after, only):
        yield from _requests_for_files(before, after, pair)


def _requests_for_files(before: Config, after: Config, pair: Pair) -> Iterator[Request]:
    requests: dict[Request, None] = {}
    for config, server in _sides(before, after, pair):
        requests |= dict.fromkeys(config.once(("every_file", id(server)), partial(_walked, config, server)))
    yield from requests


def _asked(before: Config, after: Config, only: Pair | None) -> Sequence[Pair]:
    return standing_for_all(touched(before, after)) if only is None else (only,)


def _walked(config: Config, server: Server) -> tuple[Request, ...]:
    """Return requests for the files of one host; of too many files, for those that stand for all."""
    requests = tuple(every_file(config, server))
    if len(requests) <= _MOST_FILES:
        return requests
    named = {word.rpartition("/")[2] for item in config.items for word in item.values}
    counted: Counter[tuple[str, str]] = Counter()
    kept = []
    for request in requests:
        directory, _, name = request.path.rpartition("/")
        like = directory, name.rpartition(".")[2]
        counted[like] += 1
        if counted[like] <= _LIKE or name in named:
            kept.append(request)
    return tuple(kept)


def _otherwise(before: Config, after: Config, pair: Pair, requests: Sequence[Request]) -> Iterator[Request]:
    """Yield the same requests as other visitors make them."""
    authorities: dict[Authority, None] = {}
    for config, server in _sides(before, after, pair):
        authorities |= dict.fromkeys(authorities_of(config, server))
    asked = {(request.host, request.port, request.address) for request in requests}
    for authority in authorities:
        if (authority.name, authority.port, authority.address) not in asked:
            yield from (authority.request(request.path) for request in requests)
        yield authority._replace(name=_STRANGER).request("/")
    if any(config.named(*LOG_INS) for config in (before, after)):
        yield from (request._replace(headers=_LOGGED_IN) for request in requests)


def traced(config: Config, request: Request) -> Trace:
    """Return a trace, which is kept: the same server is asked again after the next fix, and at the end."""
    kept = config.derived(_kept)
    found = kept.get(request)
    if found is None:
        found = kept[request] = _traced(config, request)
    return found


def _traced(config: Config, request: Request) -> Trace:
    if request.headers != _LOGGED_IN:
        return trace(config, request)
    anybody = traced(config, request._replace(headers=()))
    return trace(config, request) if anybody.asks_log_in else Trace(request, anybody.branches, asks_log_in=False)


def _kept(config: Config) -> dict[Request, Trace]:
    return {}


def refused(config: Config) -> bool:
    """Whether httpd certainly refuses to start with a configuration, so that no request has an outcome."""
    return refusals(config) > 0


def refusals(config: Config) -> int:
    """Return the number of reasons for which httpd certainly refuses a configuration."""
    return len(refused_places(config))


@derived
def refused_places(config: Config) -> list[tuple[str, Span]]:
    """Return where httpd refuses a configuration, each reason once: the key of the file, and the span.

    A name that no known module has counts as well, though a module that is not in sight may have it.
    """
    found = {(fault.path, fault.span): None for fault in faults(config)}
    names = [name for name in config.names if directives.find(name) is None]
    unknown = (item for item in config.named(*names) if not item.guards and item.known)
    return list({**found, **{(item.path, item.span): None for item in unknown}})


def _visits(before: Config, after: Config, pair: Pair) -> list[Visit]:
    found: dict[Request, Visit] = {}
    for config, server in _sides(before, after, pair):
        for visit in visits(config, server):
            found.setdefault(visit.request, visit)
    return list(found.values())


def _sides(before: Config, after: Config, pair: Pair) -> Iterator[tuple[Config, Server]]:
    """Yield a host as it was and as it is, each with its configuration; only one where the host is new or gone."""
    for config, server in ((before, pair.before), (after, pair.after)):
        if server is not None:
            yield config, server


# -- changes -------------------------------------------------------------------------------------------------------------


def _changes(before: Config, after: Config, pair: Pair, now: Config) -> list[Change]:
    """Return the classes of one host's URLs; ``now`` is the configuration that the outcomes after the change come from."""
    server = pair.after or pair.before
    assert server is not None
    groups: dict[str, list[tuple[Visit, Trace, Trace]]] = {}
    for visit in _visits(before, after, pair):
        groups.setdefault(visit.group, []).append((visit, traced(before, visit.request), traced(now, visit.request)))
    found: list[Change] = []
    for group, members_traced in groups.items():
        by_words: dict[tuple[str, str], list[Visit]] = {}
        kinds: dict[tuple[str, str], tuple[str, str]] = {}
        for visit, was, is_now in members_traced:
            words = ("", "") if _results(was) == _results(is_now) else (told(was, is_now), told(is_now, was))
            by_words.setdefault(words, []).append(visit)
            kinds.setdefault(words, (_weightiest(was, is_now), _weightiest(is_now, was)))
        for words, members in by_words.items():
            # A class whose URLs change in different ways is shown URL by URL.
            whole = len(by_words) == 1
            paths = [group] if whole else [visit.request.path for visit in members]
            for path, visit in zip(paths, members, strict=False):
                count = len(members) if whole else 1
                found.append(Change(label(server), path, visit.request.url, *words, count, group, kinds[words]))
    return sorted(found, key=_by_weight)


def _in_words_of(like: Like, changes: Sequence[Change]) -> list[Change] | None:
    """Return ``changes`` of one host in the words of another that is like it; None where its own may be different.

    They may be where a number is among the words, which may be a status, or where an unknown outcome quotes a line.
    """
    if any(word.isdigit() for word in like.words) or any(Kind.UNKNOWN in change.kinds for change in changes):
        return None

    def reworded(text: str) -> str:
        return _WORD.sub(lambda word: like.words.get(word[0], word[0]), text)

    return sorted((change.told_by(reworded) for change in changes), key=_by_weight)


_WORD = expression(r"[A-Za-z0-9]+")


def _by_weight(change: Change) -> tuple[bool, str]:
    return not change.is_change, change.path


def _results(traced: Trace) -> object:
    return {(branch.provided, branch.outcome.result) for branch in traced}


def told(traced: Trace, other: Trace) -> str:
    """Return an outcome in words, as short as possible while different from the other outcome."""
    outcome, against = traced.outcome, other.outcome
    if not traced.is_known:
        if len(traced.branches) == 1:
            return f"unknown ({outcome.reason})"
        ways = dict.fromkeys(branch.outcome.short for branch in _differing(traced, other))
        return " or ".join(ways) if len(ways) <= _MOST_WAYS else listed(ways, _MOST_WAYS, "or")
    if outcome.short != against.short or not other.is_known:
        return outcome.short
    details = [name(outcome) for name in _DETAILS if name(outcome) != name(against)]
    return ", ".join([outcome.short, *details])


def _differing(traced: Trace, other: Trace) -> Sequence[Branch]:
    """Return the branches whose outcomes another trace does not have; all branches where there is no such difference."""
    known = {branch.provided: branch.outcome.result for branch in other}
    return [b for b in traced if known.get(b.provided, other.outcome.result) != b.outcome.result] or traced.branches


def _weightiest(traced: Trace, other: Trace) -> str:
    return min((_kind(branch.outcome) for branch in _differing(traced, other)), key=WEIGHTIEST.index)


def _kind(outcome: Outcome) -> str:
    return LOG_IN if outcome.kind is Kind.REFUSED and outcome.status == 401 else outcome.kind


_DETAILS: tuple[Callable[[Outcome], str], ...] = (
    lambda o: f"file {o.file}",
    lambda o: f"process group {o.process_group or 'none'}" if o.process_group is not None else "",
    lambda o: f"interpreter {o.application_group or 'main'}" if o.application_group is not None else "",
    lambda o: f"user {o.user}" if o.user else "",
    lambda o: f"status {o.status}",
    lambda o: " ".join(f"{name}={value}" for name, value in o.options),
    lambda o: f"handler {o.handler}",
)
