"""What a server maps URLs to and then refuses, because no section opens it."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from modwsgi_fix.directives.families import COMBINING, INDIRECT_MAPPINGS
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.baseline import baseline
from modwsgi_fix.model.facts.served import Served, location_prefix, served
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import Grant, access_of, grant
from modwsgi_fix.model.merge.places import may_override
from modwsgi_fix.model.merge.sections import location_sections
from modwsgi_fix.model.paths import Nested, ascending
from modwsgi_fix.model.request import Kind, trace
from modwsgi_fix.model.request.state import escaped
from modwsgi_fix.model.request.visits import authority_of, sample
from modwsgi_fix.model.urls import Mapping, is_prefix


def closed_by_baseline(config: Config, server: Server, target: Served) -> bool:
    """True when nobody gets ``target`` by its mapping, and ``<Directory />`` alone is why.

    Only of a whole server, where every section is in sight, or of fragments whose server is said to deny by default; and
    nothing that comes later may open it or refuse it once more: a ``<Location>``, an ``<If>``, an ``.htaccess`` file,
    ``Satisfy``. What is concluded from the sections is asked of whole requests, too.
    """
    mapping = target.mapping
    assumed = config.denies if not config.complete and config.denies in ("2.2", "2.4") and not config.gaps else ""
    if mapping is None or not (assumed or sees_all_sections(config)):
        return False
    if config.named(*COMBINING):
        return False
    found = grant(config, server, target.directory, target.file)
    base = baseline(config)
    if assumed and not base:
        if (found.by_22 if assumed == "2.2" else found.by_24) is not None:
            return False
    elif found.allowed is not False or not _refused_by(found, base):
        return False
    return not _may_be_overridden(config, server, target) and _is_refused(config, server, target, mapping)


def _refused_by(found: Grant, base: list[Item]) -> bool:
    """Whether sections of the baseline refuse, and no others."""
    deciding = [(found.by_22, "admits_22"), (found.by_24, "admits_24")]
    refusing = [item for item, admits in deciding if item is not None and getattr(access_of(item), admits) is not True]
    return bool(refusing) and all(item in base for item in refusing)


def _is_refused(config: Config, server: Server, target: Served, mapping: Mapping) -> bool:
    """Whether requests for a mapping are refused on every host that can be reached and has the mapping, whatever else is so,
    and by no line outside of the baseline.

    What is unknown, as an .htaccess file out of sight, has been weighed by then. Requests of httpd 2.2 are not modelled, nor
    is what a pattern without a sample matches: there the sections are believed, unless a Location speaks of access, too.
    """
    path = (sample(mapping.url) or "") if mapping.is_regex else mapping.url
    if config.target.is_22 or not path.startswith("/"):
        return not _may_be_opened_by_url(config, server, mapping)
    if target.file is None:
        path = posixpath.join(path, "page")
    base = baseline(config)
    reached = False
    for host in config.servers if mapping.server.is_main else [mapping.server]:
        authority = authority_of(config, host)
        if authority is None:
            continue
        for branch in trace(config, authority.request(escaped(path))):
            outcome = branch.outcome
            mapped = [step.item for step in outcome.because if step.phase == "mapping"]
            if outcome.server is not host or (mapped and mapping.item not in mapped):
                continue
            if outcome.kind not in (Kind.REFUSED, Kind.UNKNOWN):
                return False
            if outcome.kind is Kind.REFUSED:
                if any(_is_elsewhere(step.item, base) for step in outcome.because if step.phase == "access"):
                    return False
                reached = True
    return reached


def _is_elsewhere(item: Item | None, base: list[Item]) -> bool:
    return item is not None and not any(section in base for section in item.sections)


def _may_be_opened_by_url(config: Config, server: Server, mapping: Mapping) -> bool:
    """True when a Location speaks of access for all that is mapped, or for what cannot be told."""
    prefixes = config.once((_speaking, server), lambda: _speaking(config, server))
    if prefixes is None or (mapping.is_regex and prefixes.below("/")):
        return True
    return any(is_prefix(prefix, mapping.url) for prefix in prefixes.above(mapping.url))


def _speaking(config: Config, server: Server) -> Nested[str] | None:
    """The URL prefixes of the Locations that speak of access; None where one of them has a pattern that says more."""
    speaking = [section for section in location_sections(config, server) if not access_of(section).is_empty]
    prefixes = [location_prefix(section) for section in speaking]
    return None if None in prefixes else Nested((prefix, prefix) for prefix in prefixes if prefix is not None)


def _may_be_overridden(config: Config, server: Server, target: Served) -> bool:
    """True when an ``.htaccess`` file may speak of access there."""
    allowed = may_override(config, server, target.directory)
    if not allowed or config.disk is None:
        return allowed
    disk = config.disk
    return any(disk.is_file(posixpath.join(path, ".htaccess")) for path in ascending(target.directory))


def fetched_as_file(config: Config, script: Served) -> bool:
    """True when some URL may lead to a script as to a file: by an alias or a DocumentRoot above it, or one unknown."""
    fetched = _fetched(config)
    return fetched is None or script.path in fetched.files or bool(fetched.directories.above(script.directory))


class _Fetched(NamedTuple):
    """What the URLs of all hosts lead to that is no WSGI script: paths of files, and directories by their paths."""

    files: frozenset[str]
    directories: Nested[str]


@derived
def _fetched(config: Config) -> _Fetched | None:
    """None where some of it cannot be told."""
    found: list[Served] = []
    for server in config.servers:
        own = served(config, server)
        if own is None:
            return None
        found += (one for one in own if not one.is_script)
    if config.named(*INDIRECT_MAPPINGS) or any("*" in one.directory for one in found):
        return None
    directories = (one.directory for one in found if one.file is None)
    return _Fetched(frozenset(one.path for one in found), Nested((each, each) for each in directories))
