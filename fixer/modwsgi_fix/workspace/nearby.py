"""The part of a checked server that questions about one of its files need: its hosts, and whatever these may depend on.

What ``workspace.again`` takes for granted of the hosts that are left out is taken for granted here: they are alike to others that
are read, and share no words with the file, or with what has changed.
"""

from __future__ import annotations

from modwsgi_fix.engine import read
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.shapes.words import words
from modwsgi_fix.workspace.gaps import gaps
from modwsgi_fix.workspace.parts import Base, Part, partial


def part_around(base: Base, key: str) -> Part | None:
    """Return the part of a server that decides what holds in one of its files; None where that is most of the server."""
    changed = frozenset(base.overlay)
    reshaped = frozenset(one for one in changed if len(base.compared[one].hosts) != len(base.texts[one].hosts))
    every = {(one, number) for one, text in base.texts.items() for number in range(len(text.hosts))}
    inside = {host for host in every if host[0] in changed or host[0] == key}
    said = set[bytes]().union(*(words(base.texts[one].text) for one in (key, *changed)))
    for group in base.groups:
        if group.own & said or not inside.isdisjoint(group.hosts):
            inside.update(every.intersection(group.hosts))
    hosts = base.with_others(frozenset(inside))
    if 2 * len(hosts) > len(every):
        return None
    return Part(frozenset(host for host in hosts if host[0] not in reshaped), reshaped, changed | {key}, frozenset())


def config_around(base: Base, key: str) -> Config | None:
    """Return the part of a server around a file, as it is now; None where a part does not suffice."""
    part = part_around(base, key)
    if part is None:
        return None
    last = base.last
    config = None if last is None or not part.hosts <= last.part.hosts else last.config
    if config is not None and _is_current(base, config):
        return config
    (job,) = base.plan.jobs
    config = read(job._replace(source=partial(base, part, job.source)), trees=base.trees)
    return config if is_like(base, config) else None


def _is_current(base: Base, config: Config) -> bool:
    """Whether a part of a server that was read has the present texts."""
    texts = {path: file.text if file.whole is None else file.whole for path, file in config.files.items()}
    return all(text == base.texts[path].text for path, text in texts.items())


def is_like(base: Base, config: Config) -> bool:
    """Whether a part of a server leaves out nothing that was not understood or defined."""
    return gaps((config,)) == base.report.gaps and not config.left_out
