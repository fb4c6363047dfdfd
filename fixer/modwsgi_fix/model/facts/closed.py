"""Mappings that a server refuses because no section opens their target."""

from __future__ import annotations

import posixpath
from functools import partial

from modwsgi_fix.directives.families import COMBINING, INDIRECT_MAPPINGS, LOCATION_SECTIONS
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.facts.baseline import baseline
from modwsgi_fix.model.facts.host_sections import of_alike, place_of
from modwsgi_fix.model.facts.served import Served, location_prefix, served
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.access import Grant, access_of, grant
from modwsgi_fix.model.merge.places import may_override
from modwsgi_fix.model.merge.sections import is_regex_section, location_sections, pattern_of
from modwsgi_fix.model.paths import Nested, ascending, has_wildcard
from modwsgi_fix.model.request import Kind, trace
from modwsgi_fix.model.request.state import escaped
from modwsgi_fix.model.request.visits import authority_of, sample
from modwsgi_fix.model.urls import Mapping, is_prefix
from modwsgi_fix.tuples import NamedTuple


def closed_by_baseline(config: Config, server: Server, target: Served) -> bool:
    """Whether nobody gets ``target`` by its mapping, and ``<Directory />`` alone is the reason.

    This needs a whole server, where every section is in sight, or fragments whose server is known to deny by default. Nothing
    that is merged later may open or refuse the target as well: a ``<Location>``, an ``<If>``, an ``.htaccess`` file,
    ``Satisfy``. The conclusion from the sections is checked by tracing whole requests, too.
    """
    mapping = target.mapping
    if mapping is None or not _is_comparable(config):
        return False
    if _is_anything_combined(config) and _is_combined(config, server, target, mapping):
        return False
    if mapping.item.server is not server:
        return _is_closed(config, server, target, mapping)
    key = closed_by_baseline, place_of(mapping.item), target.file is None
    return of_alike(config, server, key, lambda: _is_closed(config, server, target, mapping))


def _is_closed(config: Config, server: Server, target: Served, mapping: Mapping) -> bool:
    found = grant(config, server, target.directory, target.file)
    base = baseline(config)
    if base or not (assumed := _assumed(config)):
        if found.allowed is not False or not _refused_by(found, base):
            return False
    elif (found.by_22 if assumed == "2.2" else found.by_24) is not None:
        return False
    return not _may_be_overridden(config, server, target) and _is_refused(config, server, target, mapping)


def _assumed(config: Config) -> str:
    """Return the dialect in which the server around fragments denies by default; empty where that is not known."""
    return config.denies if not config.complete and config.denies in ("2.2", "2.4") and not config.gaps else ""


@derived
def _is_comparable(config: Config) -> bool:
    """Whether the sections can be compared one by one with the deny by default, because all are in sight."""
    return bool(_assumed(config) or sees_all_sections(config))


class _Combining(NamedTuple):
    """The sections of a server in which lines change how others count, by what they hold for."""

    directories: Nested[Item]
    urls: Nested[Item]
    #: Whether there are such lines elsewhere: for a pattern, in an ``<If>``, for files of any directory.
    elsewhere: bool


def _is_combined(config: Config, server: Server, target: Served, mapping: Mapping) -> bool:
    """Whether a section that may hold for the target, or for something below it, changes how others count."""
    for each in config.servers if mapping.server.is_main else dict.fromkeys((config.main, server)):
        found = config.once((_combining, each), partial(_combining, config, each))
        if found.elsewhere or found.directories.above(target.directory) or found.directories.below(target.directory):
            return True
        if found.urls.below("/") and (
            mapping.is_regex or found.urls.above(mapping.url) or found.urls.below(mapping.url)
        ):
            return True
    return False


@derived
def _is_anything_combined(config: Config) -> bool:
    """Whether any line changes how others count."""
    return bool(config.named(*COMBINING))


def _combining(config: Config, server: Server) -> _Combining:
    directories: list[tuple[str, Item]] = []
    urls: list[tuple[str, Item]] = []
    elsewhere = False
    for item in config.within(server, *COMBINING):
        outer = item.sections[0] if item.sections else item
        prefix = location_prefix(outer) if outer.key in LOCATION_SECTIONS else None
        if prefix is not None:
            urls.append((prefix, outer))
        elif (
            outer.key == "directory"
            and outer.known
            and not is_regex_section(outer)
            and not has_wildcard(pattern_of(outer))
        ):
            directories.append((pattern_of(outer), outer))
        else:
            elsewhere = True
    return _Combining(Nested(directories), Nested(urls), elsewhere)


def _refused_by(found: Grant, base: list[Item]) -> bool:
    """Whether only sections of the baseline refuse."""
    deciding = [(found.by_22, "admits_22"), (found.by_24, "admits_24")]
    refusing = [item for item, admits in deciding if item is not None and getattr(access_of(item), admits) is not True]
    return bool(refusing) and all(item in base for item in refusing)


def _is_refused(config: Config, server: Server, target: Served, mapping: Mapping) -> bool:
    """Whether all requests for a mapping, on every host that can be reached and has it, are refused by the baseline alone.

    Unknown influences, such as an .htaccess file out of sight, have been considered before. Requests of httpd 2.2 and URLs of a
    pattern without a sample are not modelled: there the sections decide, unless a Location has access lines, too.
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
    """Whether a Location with access lines holds for all of a mapping, or for URLs that are not known."""
    prefixes = config.once((_speaking, server), lambda: _speaking(config, server))
    if prefixes is None or (mapping.is_regex and prefixes.below("/")):
        return True
    return any(is_prefix(prefix, mapping.url) for prefix in prefixes.above(mapping.url))


def _speaking(config: Config, server: Server) -> Nested[str] | None:
    """Return the URL prefixes of the Locations with access lines; None where one has a pattern that is not a prefix."""
    speaking = [section for section in location_sections(config, server) if not access_of(section).is_empty]
    prefixes = [location_prefix(section) for section in speaking]
    return None if None in prefixes else Nested((prefix, prefix) for prefix in prefixes if prefix is not None)


def _may_be_overridden(config: Config, server: Server, target: Served) -> bool:
    """Whether an ``.htaccess`` file may have access lines for the target."""
    allowed = may_override(config, server, target.directory)
    if not allowed or config.disk is None:
        return allowed
    disk = config.disk
    return any(disk.is_file(posixpath.join(path, ".htaccess")) for path in ascending(target.directory))


def fetched_as_file(config: Config, script: Served) -> bool:
    """Whether some URL may serve a script as a file, by an alias or DocumentRoot above it, or an unknown one."""
    fetched = _fetched(config)
    return fetched is None or script.path in fetched.files or bool(fetched.directories.above(script.directory))


class _Fetched(NamedTuple):
    """The targets of all hosts' URLs that are not WSGI scripts: paths of files, and directories by their paths."""

    files: frozenset[str]
    directories: Nested[str]


@derived
def _fetched(config: Config) -> _Fetched | None:
    """Return the targets of all hosts' URLs; None where some of them are not known."""
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
