"""Where access is granted: beside the directive that leads there, in one section for each directory, in its file's dialect."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.edits import Edit
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.facts.served import Served, served
from modwsgi_fix.model.items import Guard, Item, Server
from modwsgi_fix.model.merge.access import access_of
from modwsgi_fix.model.merge.sections import depth, directory_matches, directory_sections, path_matches, pattern_of
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.model.urls import document_root
from modwsgi_fix.rewriting.access_blocks import deny_lines, directory_block, file_grant, files_block, grant_lines
from modwsgi_fix.rewriting.lines import append, insert_after, insert_before
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: Directories that hold far more than a site, without their last slash; the first is the root.
WIDE = frozenset({"", "/home", "/etc", "/var", "/srv", "/usr", "/opt", "/root", "/tmp", "/mnt", "/media", "/data"})


class Opening(NamedTuple):
    """A target to open, and the place of the new section: after a directive that leads to it, or before a section (``anchor``)."""

    target: Served
    anchor: Item

    @property
    def server(self) -> Server:
        """Return the server that the new section is for."""
        return self.anchor.server

    @property
    def guards(self) -> frozenset[Guard]:
        return frozenset(self.anchor.guards)


def place(config: Config, host: Server, target: Served, location: Item) -> Opening | None:
    """Return the place for the section that opens what a Location opened; None where no place is right.

    That is beside the mount, alias or DocumentRoot, in its file, which may be enabled without the Location's file. It is beside
    the Location where the host inherits the directive, or the directive stands outside of the conditions around the Location.
    """
    item = target.mapping.item if target.mapping is not None else document_root(config, host)
    if item is None:
        return None
    is_own = location.server.is_main or item.server is location.server
    if is_own and set(location.guards) <= set(item.guards):
        return Opening(target, item)
    if set(item.guards) <= set(location.guards) and (not is_own or item.server is location.server):
        return Opening(target, location)
    return None


def open_file(config: Config, target: Served, item: Item) -> Edit:
    """Return the edit that opens one file: in the section of its directory where possible, else beside ``item``."""
    assert target.file is not None
    opening = Opening(target, item)
    section = _section_of(config, opening)
    if section is None or not _is_plain(config, section, opening):
        return insert_after(item, file_grant(config, target))
    return append(section, files_block(config, target.file, item))


def open_directories(config: Config, openings: Sequence[Opening]) -> list[Edit] | None:
    """Return the edits that open exactly these targets; None where a section for one already has access lines."""
    whole = Nested((one.target.path, one.server) for one in openings if one.target.file is None)
    groups: dict[tuple[Server, str, str], list[Opening]] = {}
    for opening in openings:
        # Files in a directory that is opened as a whole need no lines of their own.
        if opening.target.file is None or opening.server not in whole.above(opening.target.directory):
            groups.setdefault((opening.server, opening.target.directory, opening.anchor.path), []).append(opening)
    edits: list[Edit] = []
    for group in groups.values():
        first = group[0]
        section = _section_of(config, first)
        spoken = section is not None and not access_of(section).is_empty
        if spoken and (first.target.file is None or section is None or not access_of(section).denies_all):
            return None
        if section is not None and not _is_plain(config, section, first):
            return None
        lines = _lines(config, group, openings, is_denied=spoken)
        if section is not None:
            edits.append(append(section, lines))
        else:
            insert = insert_before if first.anchor.is_section else insert_after
            edits.append(insert(first.anchor, directory_block(first.target.directory, lines)))
    return _merged(edits)


def _merged(insertions: Sequence[Edit]) -> list[Edit]:
    """Return one insertion for each place."""
    texts: dict[tuple[str, Span], str] = {}
    for edit in insertions:
        texts[edit.path, edit.span] = texts.get((edit.path, edit.span), "") + edit.text
    return [Edit(path, span, text) for (path, span), text in texts.items()]


def _lines(config: Config, group: Sequence[Opening], openings: Sequence[Opening], *, is_denied: bool) -> list[str]:
    """Return the lines of the section for a group of openings of one directory."""
    first = group[0]
    if first.target.file is None:
        return grant_lines(config, first.anchor.file)
    files = dict.fromkeys(one.target.file for one in group if one.target.file is not None)
    blocks = [line for file in files for line in files_block(config, file, first.anchor)]
    may_deny = not is_denied and first.target.is_script and not _closes_more(config, group, openings)
    return [*(deny_lines(config) if may_deny else []), *blocks]


def _section_of(config: Config, opening: Opening) -> Item | None:
    """Return a Directory of exactly this path in the same server: the first with access lines, else the first; None if none."""
    server = opening.server
    by_path = config.once((_section_of, server), lambda: grouped(directory_sections(config, server), _path_of))
    sections = [
        section
        for section in by_path.get(opening.target.directory.rstrip("/"), ())
        if section.server is server and (not section.guards or set(section.guards) <= opening.guards)
    ]
    return next((one for one in sections if not access_of(one).is_empty), next(iter(sections), None))


def _path_of(section: Item) -> str:
    return pattern_of(section).rstrip("/")


def _is_plain(config: Config, section: Item, opening: Opening) -> bool:
    """Whether the opening can be written into a section: in the same file, under the same conditions."""
    return (
        section.foreign is opening.anchor.foreign
        and section.path == opening.anchor.path
        and frozenset(section.guards) == opening.guards
        and len(config.readings(section)) == 1
    )


def _closes_more(config: Config, group: Sequence[Opening], openings: Sequence[Opening]) -> bool:
    """Whether a refusal of everything beside the files of a group would close something that is served.

    In a fragment the other targets of the main server are out of sight; those of a virtual host are in sight.
    """
    server, directory = group[0].server, group[0].target.directory
    if server.is_main and not config.complete:
        return True
    own = {one.target.path for one in group}
    opened = {one.target.path for one in openings}
    for host in config.servers if server.is_main else [server]:
        for other in served(config, host) or ():
            if other.path in own:
                continue
            if other.directory == directory or (other.file is None and path_matches(other.directory, directory)):
                return True
            if path_matches(directory, other.directory) and not (
                other.path in opened or _speaks_below(config, host, directory, other)
            ):
                return True
    return _opens_below(config, server, directory)


def _speaks_below(config: Config, host: Server, directory: str, other: Served) -> bool:
    """Whether a section for a path below a directory has access lines for something that is served there."""
    return any(
        depth(pattern_of(section)) > depth(directory)
        and directory_matches(section, other.directory)
        and not access_of(section).is_empty
        for section in directory_sections(config, host)
    )


def _opens_below(config: Config, server: Server, directory: str) -> bool:
    """Whether a section below opens something in a dialect other than the refusal's, so that the refusal would close it."""
    refusal = " ".join(deny_lines(config))
    top = directory.rstrip("/") + "/"
    below = (access_of(s) for s in directory_sections(config, server) if pattern_of(s).startswith(top))
    return any(
        access.grants and (("Require" in refusal and not access.has_24) or ("Deny" in refusal and not access.has_22))
        for access in below
    )
