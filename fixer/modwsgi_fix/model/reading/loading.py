"""Reading a configuration from the files of a server."""

from __future__ import annotations

from collections.abc import Mapping

from modwsgi_fix.collector import collector_off
from modwsgi_fix.files import Files
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.reading.kept import Kept, ReadTwice
from modwsgi_fix.model.reading.reader import Reader
from modwsgi_fix.model.reading.source import Source, named_scripts, script_at
from modwsgi_fix.syntax import Tree


def load(
    source: Source,
    *,
    target: Target | None = None,
    disk: Files | None = None,
    options: Mapping[str, Mapping[str, object]] | None = None,
    texts: Mapping[str, str] | None = None,
    trees: dict[str, Tree] | None = None,
    earlier: Config | None = None,
) -> Config:
    """Read a server.

    ``texts`` stand in for files on the disk (by file key): an edited state. ``trees`` is a cache of parsed files (by file
    key) that is used and filled. ``disk`` is the filesystem that paths in the configuration mean. ``earlier`` is the same
    server for the same target before some texts changed: hosts that are the same are those of that server. Raises
    ``FileProblem`` when an entry file cannot be read; a missing Include is a gap.
    """
    texts = {**{key: text for key, (text, _) in source.stand_ins.items()}, **(texts or {})}
    trees = {} if trees is None else trees

    def again(others: Mapping[str, str], denies: str) -> Config:
        company = source._replace(entries=(*others, *source.entries), denies=denies)
        return load(company, target=target, disk=disk, options=options, texts={**texts, **others}, trees=trees)

    def read_with(kept: Kept) -> Reader:
        reader = Reader(source, texts, kept, target or Target(), disk)
        for entry in source.entries:
            # A fragment that another fragment included has been read in its place.
            if source.complete or len(source.entries) == 1 or source.files.key(entry) not in reader.files:
                reader.read_entry(entry)
            if reader.budget.is_spent:
                break
        return reader

    with collector_off():
        try:
            reader = read_with(Kept(trees, earlier))
        except ReadTwice:
            reader = read_with(Kept(trees, None))
    return Config(
        reader.files, reader.items, reader.servers, list(reader.gaps),
        unmatched=reader.unmatched, unseen=reader.unseen, endless=reader.endless, left_out=reader.left_out,
        open_conditions=reader.open_conditions, passed_over=reader.passed_over,
        complete=source.complete and not reader.left_out, target=reader.target, disk=disk, options=options or {},
        variables=reader.variables.values, shown_within=source.shown_within, denies=source.denies,
        known_directives=source.directives, again=again, matched=reader.matched, used=tuple(reader.used.values()),
        read=lambda path: script_at(source, disk, texts, path),
        named_scripts=tuple(named_scripts(source, texts, reader.unread)),
        unread=reader.unread,
        skipped=[told for key, told in reader.skipped.items() if key not in reader.files],
    )  # fmt: skip
