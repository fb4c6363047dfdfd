"""What the hosts of a server share: a change of it may change the answer of any host, or only of those that use it.

Process groups are used by name. So a line that defines one concerns the hosts that select it, wherever the line stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TypeAlias

from modwsgi_fix.directives.answers import never_looked_at
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.daemons import GroupUse, uses_in
from modwsgi_fix.model.items import Guard, Server

#: The directive that defines a process group.
_DEFINITION = "wsgidaemonprocess"
#: Directives of which a repetition says nothing: httpd refuses it, or passes it over.
_SAID_ONCE = frozenset({"listen", "loadmodule"})


#: What an item says to the request model: its name, its depth, its words and whether they are known, and its conditions.
Said: TypeAlias = tuple[str, int, tuple[object, ...], tuple[Guard, ...]]


def said(config: Config, server: Server) -> list[Said]:
    """Return all that a server says to the request model, without its definitions of process groups.

    It is found out once, as the state after one fix is the state before the next.
    """
    return config.once((said, server), lambda: list(_each_said(server)))


def _each_said(server: Server) -> Iterator[Said]:
    unseen = never_looked_at()
    stack = [iter(server.items)]
    while stack:
        for item in stack[-1]:
            if item.key not in unseen and item.key != _DEFINITION:
                yield item.key, len(stack), item.said, item.guards
            if item.children and item.key != "virtualhost":
                stack.append(iter(item.children))
                break
        else:
            stack.pop()


@derived
def of_the_server(config: Config) -> tuple[object, ...]:
    """Return what holds for all hosts: what is known of the server as a whole, and what the main server says."""
    server = config.complete, config.left_out, config.denies, config.target, dict(config.variables)
    return *server, list(_without_repetitions(said(config, config.main)))


def _without_repetitions(lines: Iterable[Said]) -> Iterator[Said]:
    known: set[Said] = set()
    for line in lines:
        if line[0] not in _SAID_ONCE:
            yield line
        elif line not in known:
            known.add(line)
            yield line


def redefined(before: Config, after: Config) -> frozenset[str]:
    """Return the process groups that are not defined in the same way by the same servers, told apart by their order."""
    was, now = _definitions(before), _definitions(after)
    return frozenset(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))


@derived
def _definitions(config: Config) -> Mapping[str, list[object]]:
    """Return what the lines say that define each process group, and which of the servers says it."""
    found: dict[str, list[object]] = {}
    lines = config.named(_DEFINITION)
    order = {server: at for at, server in enumerate(config.servers)} if lines else {}
    for item in lines:
        # The words alone do not tell where an option that is quoted as a whole has its name.
        said = order[item.server], item.node.line_source, item.said, item.guards
        found.setdefault(item.value, []).append(said)
    return found


def selects(config: Config, server: Server, groups: Set[str]) -> bool:
    """Whether requests of a server may run in one of these process groups: a line of its own or of the main server says so."""
    some = (use for one in dict.fromkeys((config.main, server)) for use in uses_in(config, one))
    return any(use.name in groups or _is_open(use) for use in some)


def _is_open(use: GroupUse) -> bool:
    """Whether the name of a process group is decided by a request, or not known."""
    return (not use.is_fixed and use.name != "%{GLOBAL}") or not use.item.known
