"""Rules that find nothing in a server, as a few of its hosts that are alike show, so that they need not run on all.

``engine.shapes`` does this when a server is first read, this module for a server after fixes: all of its text is read, for
the rules that found something; the other rules run on the first, the second and the last host of each shape. Nor need a
rule run on all hosts in the middle of a run if the fixes for its findings are of a later level. It may always return nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine.check import Silence, silent, unsuppressed
from modwsgi_fix.engine.job import Job, read
from modwsgi_fix.engine.likeness import alike_to
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.host_sections import section_of, spans, text_of, texts_without
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.shapes import FEW
from modwsgi_fix.model.shapes.alike import Unit, by_shape, copies
from modwsgi_fix.model.shapes.hosts import Text, excerpt
from modwsgi_fix.rule import Rule
from modwsgi_fix.tuples import NamedTuple


class Quiet(NamedTuple):
    """What there is nothing to say of in a server; and the rules, by name, that have no fix of a level or of those below."""

    silence: Silence = Silence()
    idle: Mapping[str, Applicability] = MappingProxyType({})


def quiet(job: Job, config: Config, texts: Mapping[str, str]) -> Quiet:
    """Return what is certainly not to be said or fixed in a server, which was read with ``texts`` in place of some files.

    With a disk under the server that is nothing, because what is on it may differ from host to host.
    """
    if not config.complete or config.disk is not None or len(config.hosts) < FEW:
        return Quiet()
    left_out = _like_others(job, config)
    if len(left_out) < FEW:
        return Quiet()
    texts_of = {path: Text(config.files[path].text, tuple(hosts)) for path, hosts in spans(left_out).items()}
    some = {path: excerpt(text, text.hosts, {}).text for path, text in texts_of.items()}
    less = read(job, {**texts, **some}, {path: file.tree for path, file in config.files.items()})
    if less.left_out or len(less.hosts) != len(config.hosts) - len(left_out):
        return Quiet()
    return Quiet(silent(less, job.rules), dict(_idle(less, job.rules)))


def _idle(config: Config, rules: Iterable[Rule]) -> Iterator[tuple[str, Applicability]]:
    """Yield the rules without fixes of the lower levels, each with the highest of these levels."""
    for rule in rules:
        levels = {one.fix.applicability for one in unsuppressed(config, rule) if one.fix is not None}
        below = [level for level in Applicability if all(level < other for other in levels)]
        if below and rule.name not in config.failed:
            yield rule.name, max(below)


def _like_others(job: Job, config: Config) -> list[Item]:
    """Return the sections of hosts that other hosts stand for."""
    alone = [
        section
        for host in config.hosts
        if (section := section_of(host)) is not None and section.file.readings == 1 and not section.guards
    ]
    units = {Unit(item.path, item.node.start, item.node.end, text_of(item), whole=False): item for item in alone}
    groups = alike_to(job, list(units), list(texts_without(config, alone)))
    return [units[unit] for alike in by_shape(groups or ()).values() for unit in copies(alike)]
