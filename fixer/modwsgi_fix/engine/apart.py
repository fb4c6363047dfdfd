"""Fixes that each change one host: the effect of each can be seen on its own host, although all are made at once.

So a server of many hosts is read once to weigh the same fix in all of them, and not once for each host.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.effect.impact import refusals
from modwsgi_fix.effect.touched import Pair, are_apart, pairs
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Server
from modwsgi_fix.syntax import Section
from modwsgi_fix.text import Span


def batches(config: Config, fixes: Iterable[Fix]) -> list[dict[Fix, Server]]:
    """Return sets of fixes that each change a different host; a fix that changes several hosts, or shared lines, is in none.

    Each set maps the fixes to their hosts.
    """
    found: list[dict[Fix, Server]] = []
    taken: dict[Server, int] = {}
    for fix in dict.fromkeys(fixes):
        host = _host_of(config, fix)
        if host is not None:
            turn = taken[host] = taken.get(host, -1) + 1
            found += [{}] if turn == len(found) else []
            found[turn][fix] = host
    return [batch for batch in found if len(batch) > 1]


def hosts_apart(before: Config, after: Config, hosts: Collection[Server]) -> Mapping[Server, Pair] | None:
    """Return these hosts before and after their fixes; None where one of the fixes also affects another host."""
    of = {pair.before: pair for pair in pairs(before, after) if pair.before in hosts}
    found = {host: of[host] for host in hosts if host in of}
    # A fix that takes away a reason to refuse the server is weighed by that alone.
    if refusals(before) != refusals(after) or not are_apart(before, after, found.values()):
        return None
    return found


def _host_of(config: Config, fix: Fix) -> Server | None:
    """Return the host in which all that a fix changes lies, in a file that is read once."""
    hosts = {_around(config, edit) for edit in fix.edits}
    return hosts.pop() if len(hosts) == 1 else None


def _around(config: Config, edit: Edit) -> Server | None:
    starts, hosts = _hosts(config).get(edit.path, ([], []))
    at = bisect_right(starts, edit.span.start) - 1
    if at < 0 or config.files[edit.path].readings > 1:
        return None
    inside, host = hosts[at]
    return host if inside.contains(edit.span) else None


@derived
def _hosts(config: Config) -> dict[str, tuple[list[int], list[tuple[Span, Server]]]]:
    """Return for each file, by key, the starts of its hosts in order, and the span of each host."""
    found: dict[str, list[tuple[Span, Server]]] = {}
    for host in config.hosts:
        assert host.item is not None
        if isinstance(host.item.node, Section) and not host.item.foreign:
            found.setdefault(host.item.path, []).append((host.item.node.inner_span, host))
    return {
        path: ([span.start for span, _ in each], each)
        for path, each in ((path, sorted(each, key=lambda one: one[0])) for path, each in found.items())
    }
