"""Which hosts a change may affect. The others give the same answers as before, and need not be asked again.

The answer to a request depends on the main server, on the host that is selected (``model.request`` asks no other), and on
what all hosts share: which hosts there are, how they are reached, the variables that they define. So a host is untouched
where none of these has changed, no touched host may take its requests, and it selects no process group that has changed.
Lines of directives that the request model never looks at (``directives.answers.never_looked_at``) are none of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from modwsgi_fix.directives.families import SAID_OF_ITSELF, SAID_OF_PLACES
from modwsgi_fix.effect.shared import of_the_server, redefined, said, selects
from modwsgi_fix.effect.takers import takers
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.host_sections import HostGroup, host_groups, in_groups, like_others, said_by, texts_without
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.request.visits import authorities_of
from modwsgi_fix.model.servers import own_name
from modwsgi_fix.tuples import NamedTuple

#: With fewer hosts than this, all are asked.
_FEW = 10


class Pair(NamedTuple):
    """A host before a change and after it; None on the side where it does not exist."""

    before: Server | None
    after: Server | None


def changed_hosts(before: Config, after: Config) -> list[Pair]:
    """Return the hosts that a changed file has lines for; all hosts where it has lines for the main server."""
    changed = _changed_files(before, after)
    everywhere = concerns_all(before, after)
    return [
        pair
        for pair in pairs(before, after)
        if everywhere or any(_speaks_to(server, changed) for server in pair if server is not None)
    ]


class Like(NamedTuple):
    """That a host is like another, before a change and after.

    ``host`` is the other host; ``words`` maps the other's own words to those of this host.
    """

    host: Pair
    words: Mapping[str, str]


class Touched(NamedTuple):
    """The hosts that a change may affect, and those of them that others stand for (``alike``)."""

    hosts: list[Pair]
    like_others: Mapping[Pair, Like]


def touched(before: Config, after: Config) -> Touched:
    """Return the hosts that a change may affect. Of those that are alike, a few are compared before and after."""
    hosts = changed_hosts(before, after)
    like_others = alike(before, after, hosts)
    affected = _affected(before, after, hosts, like_others)
    return Touched(affected, like_others if len(affected) == len(hosts) else alike(before, after, affected))


def _affected(before: Config, after: Config, hosts: list[Pair], like_others: Mapping[Pair, Like]) -> list[Pair]:
    if not _shares(before, after, SAID_OF_ITSELF, like_others):
        return hosts
    asked = [pair for pair in hosts if pair not in like_others]
    differing = {pair for pair in asked if not _is_same(before, after, pair)}
    if groups := redefined(before, after):
        differing |= {pair for pair in asked if _selects(before, after, pair, groups)}
    differing |= {pair for pair, like in like_others.items() if like.host in differing}
    others = [pair.before for pair in hosts if pair not in differing and pair.before is not None]
    # Requests for the main server mostly come to no port that is left to it.
    reached = [server for server in others if authorities_of(before, server)] if differing else []
    taken = set[Server]()
    if reached:
        taking = takers(before, {pair.before for pair in differing if pair.before is not None})
        taken = {server for server in reached if any(taking(server))}
    return [pair for pair in hosts if pair in differing or pair.before in taken]


def standing_for_all(some: Touched) -> list[Pair]:
    """Return the hosts that must be asked: all, but only a few of those that are alike."""
    return [pair for pair in some.hosts if pair not in some.like_others]


def alike(before: Config, after: Config, hosts: Sequence[Pair]) -> Mapping[Pair, Like]:
    """Return the hosts that others stand for: those alike before and after, without the first, the second and the last.

    What is said of the second is said of all that are like it, with other words. Under a disk none are: what is on it may
    differ. Nor are hosts of a macro that says something else as well; of files, all include the same ones.
    """
    if len(hosts) < _FEW or before.disk is not None or after.disk is not None:
        return {}
    groups = _joined(before, after, hosts)
    if groups is None:
        groups = _compared(before, after, hosts)
    return {pair: Like(*other) for pair, other in like_others(groups).items()}


def _joined(before: Config, after: Config, hosts: Sequence[Pair]) -> list[HostGroup[Pair]] | None:
    """Return the hosts in groups, made of those before and those after, which other questions need as well.

    None where these are not all hosts, or where a group has lost a host or a word of its own.
    """
    pairs = {pair.before: pair for pair in hosts if pair.before is not before.main}
    if [*pairs] != [*before.hosts] or [pair.after for pair in pairs.values()] != [*after.hosts]:
        return None
    was, now = host_groups(before), host_groups(after)
    followed = dict(zip(before.hosts, after.hosts, strict=True))
    found, shapes = [], dict[object, int]()
    for old, new in zip(was, now, strict=False):
        if old.own != new.own or tuple(map(followed.get, old.hosts)) != new.hosts:
            return None
        shape = None
        if old.shape is not None and new.shape is not None:
            # Which word after the change is which of those before it.
            order = None if old.words == new.words else tuple(map(old.words.index, new.words))
            shape = shapes.setdefault((old.shape, new.shape, order), len(shapes))
        found.append(HostGroup(tuple(map(pairs.__getitem__, old.hosts)), shape, old.own, old.words))
    return found if len(was) == len(now) else None


def _compared(before: Config, after: Config, hosts: Sequence[Pair]) -> list[HostGroup[Pair]]:
    """Return some of the hosts in groups, by their texts before and after."""
    sides = ((pair, said_by(pair.before), said_by(pair.after)) for pair in hosts)
    said = {pair: (old, new) for pair, old, new in sides if old and new}
    was, now = (_sections(pair.before for pair in said), _sections(pair.after for pair in said))
    texts = {pair: "\0\n".join(both) for pair, both in said.items()}
    return in_groups(texts, [*texts_without(before, was), *texts_without(after, now)])


def _sections(hosts: Iterable[Server | None]) -> list[Item]:
    return [host.item for host in hosts if host is not None and host.item is not None]


def are_apart(before: Config, after: Config, hosts: Collection[Pair]) -> bool:
    """Whether all changes are in these hosts, and none of them affects another host.

    Then the effect of each single change can be seen on its own host, although all of them are made.
    """
    if not _shares(before, after, SAID_OF_PLACES, {}) or redefined(before, after):
        return False
    taking = takers(before, {pair.before for pair in hosts if pair.before is not None})
    if not all(pair.before is not None and all(one is pair.before for one in taking(pair.before)) for pair in hosts):
        return False
    among = set(hosts)
    return all(pair in among or _is_same(before, after, pair) for pair in pairs(before, after))


def concerns_all(before: Config, after: Config) -> bool:
    """Whether the change may affect every host: a file with lines for the main server is changed."""
    changed = _changed_files(before, after)
    return any(
        item.path in changed and item.server.is_main and item.key != "virtualhost"
        for config in (before, after)
        for item in config.items
    )


def is_same_text(before: Config, after: Config) -> bool:
    """Whether nothing is changed at all."""
    return not _changed_files(before, after)


def _changed_files(before: Config, after: Config) -> set[str]:
    return {
        path
        for path in before.files.keys() | after.files.keys()
        if path not in before.files or path not in after.files or before.files[path].text != after.files[path].text
    }


def _speaks_to(server: Server, files: set[str]) -> bool:
    if server.item is None:
        return False
    return server.item.path in files or any(item.path in files for item in server.walk())


def pairs(before: Config, after: Config) -> list[Pair]:
    """Return the hosts before and after, matched by name, addresses and order, which stay when other lines change."""
    old, new = _by_identity(before), _by_identity(after)
    return [Pair(old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new])]


@derived
def _by_identity(config: Config) -> dict[tuple[object, ...], Server]:
    found: dict[tuple[object, ...], Server] = {}
    turns = defaultdict[tuple[object, ...], int](int)
    for server in config.servers:
        key = own_name(server), server.item.values if server.item else None
        found[*key, turns[key]] = server
        turns[key] += 1
    return found


# -- what they say -------------------------------------------------------------------------------------------------------


def _shares(before: Config, after: Config, own: frozenset[str], like_others: Mapping[Pair, Like]) -> bool:
    """Whether everything that concerns more than one host is unchanged, but for process groups.

    ``own`` are the directives that a host has for itself. Nothing is asked of the hosts that others stand for.
    """
    return (
        of_the_server(before) == of_the_server(after)
        and len(before.hosts) == len(after.hosts)
        and all(
            pair in like_others or _says_same_to_others(before, after, pair, own)
            for pair in map(Pair, before.hosts, after.hosts)
        )
    )


def _says_same_to_others(before: Config, after: Config, pair: Pair, own: frozenset[str]) -> bool:
    """Whether a host says the same that concerns other hosts, before and after."""
    was, now = pair
    return was is not None and now is not None and _to_others(before, was, own) == _to_others(after, now, own)


def _to_others(config: Config, host: Server, own: frozenset[str]) -> tuple[object, ...]:
    assert host.item is not None
    return *host.item.said, host.item.guards, [line for line in said(config, host) if line[0] not in own]


def _is_same(before: Config, after: Config, pair: Pair) -> bool:
    """Whether a host says the same before and after."""
    if pair.before is None or pair.after is None:
        return False
    return said(before, pair.before) == said(after, pair.after)


def _selects(before: Config, after: Config, pair: Pair, groups: frozenset[str]) -> bool:
    """Whether requests of a host run in one of these process groups, before or after."""
    sides = zip((before, after), pair, strict=True)
    return any(server is not None and selects(config, server, groups) for config, server in sides)
