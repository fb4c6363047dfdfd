"""The part of a checked server that questions about one of its files need: its hosts, and whatever these may depend on.

What is asked of this part is what ``workspace.again`` takes for granted of the hosts that are left out: they are alike to others
that are read. Hosts that are told apart from those of the file by name alone are read as well.
"""

from __future__ import annotations

import re
from functools import lru_cache

from modwsgi_fix.engine import read
from modwsgi_fix.model.config import Config
from modwsgi_fix.workspace.again import Base, Part, partial
from modwsgi_fix.workspace.gaps import gaps
from modwsgi_fix.workspace.standing import host_text, standing_for_others

_NAMED = re.compile(r"^[ \t]*Server(?:Name|Alias)[ \t]([^\n]*)", re.M | re.I)


def part_around(base: Base, key: str) -> Part | None:
    """Return the part of a server that decides what holds in one of its files; None where that is most of the server."""
    changed = frozenset(base.overlay)
    reshaped = frozenset(one for one in changed if len(base.compared[one].hosts) != len(base.texts[one].hosts))
    every = {
        (one, number): host_text(text, number) for one, text in base.texts.items() for number in range(len(text.hosts))
    }
    mine = frozenset().union(*(_names(text) for (one, _), text in every.items() if one == key))
    inside = {host for host, text in every.items() if host[0] in changed | {key} or not mine.isdisjoint(_names(text))}
    for group in base.groups:
        if not inside.isdisjoint(group.hosts):
            inside.update(host for host in group.hosts if host in every)
    hosts = inside | standing_for_others(base.groups, frozenset(inside))
    if 2 * len(hosts) > len(every):
        return None
    return Part(frozenset(host for host in hosts if host[0] not in reshaped), reshaped, changed | {key}, frozenset())


@lru_cache(maxsize=10_000)
def _names(host: str) -> frozenset[str]:
    """Return the words of a host's lines with its names."""
    return frozenset(word for line in _NAMED.findall(host) for word in line.lower().split())


def config_around(base: Base, key: str) -> Config | None:
    """Return the part of a server around a file, as it is now; None where a part does not suffice."""
    part = part_around(base, key)
    if part is None:
        return None
    last = base.last
    if last is not None and last.config is not None and part.hosts <= last.part.hosts:
        return last.config
    (job,) = base.plan.jobs
    config = read(job._replace(source=partial(base, part, job.source)), trees=base.trees)
    return config if is_like(base, config) else None


def is_like(base: Base, config: Config) -> bool:
    """Whether a part of a server leaves out nothing that was not understood or defined."""
    return gaps((config,)) == base.report.gaps and not config.left_out
