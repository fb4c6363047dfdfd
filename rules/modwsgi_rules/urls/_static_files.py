"""The sections that alias-hides-application writes for static files, and what a message has to say of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from modwsgi_fix.exposure import Closed, closed_below
from modwsgi_fix.model.access import deny_lines
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.served import Links, links_in, quoted, static_block


class StaticFiles(NamedTuple):
    """One directory of static files: ``mapping`` leads there, ``section`` opens it."""

    mapping: str
    section: tuple[str, ...]
    links: Links
    closed: Closed

    @property
    def cuts_links_in_use(self) -> bool:
        """Whether links that are in use are followed no more, for the sake of others."""
        return bool(self.links.wanted and self.links.stray)


def static_files(config: Config, mapping: str, directory: str, *, grants: bool, overrides: bool) -> StaticFiles:
    """What is written for one directory; ``grants`` and ``overrides`` as for ``static_block``.

    The section has no listings and no links, but for a directory in which ``--root`` shows links in use. Files that should
    not be served are refused where ``--root`` shows some.
    """
    links, closed = links_in(config, directory), closed_below(config, directory)
    section = static_block(config, directory, follow_links=links.follow, grants=grants, overrides=overrides)
    section[-1:] = [*_refusal(config, closed), "</Directory>", *_hidden_directories(config, closed)]
    return StaticFiles(mapping, tuple(section), links, closed)


def _refusal(config: Config, closed: Closed) -> Iterator[str]:
    if closed.pattern:
        yield f'    <FilesMatch "{closed.pattern}">'
        yield from (f"        {line}" for line in deny_lines(config))
        yield "    </FilesMatch>"


def _hidden_directories(config: Config, closed: Closed) -> Iterator[str]:
    for directory in closed.directories:
        yield f"<Directory {quoted(directory)}>"
        yield from (f"    {line}" for line in deny_lines(config))
        yield "</Directory>"


def reasons(written: Sequence[StaticFiles]) -> Iterator[str]:
    """What the sections change beside the alias, in the words of a message."""
    links = [files.links for files in written]
    if cut := next((found for found in links if found.wanted and found.stray), None):
        yield f"{cut.wanted[0]} is no longer followed, because {cut.stray[0]} leads astray"
    elif stray := next((found.stray[0] for found in links if found.stray), ""):
        yield f"the link {stray} is no longer followed"
    if followed := next((found.wanted[0] for found in links if found.follow), ""):
        yield f"links are followed there, as {followed} is in use"
    if not all(found.follow for found in links):
        yield "their sections say Options -Indexes -FollowSymLinks"
    if example := next((files.closed.example for files in written if files.closed.example), ""):
        yield f"{example} and files of its kind are refused"
    if not all(files.closed.is_known for files in written):
        yield "source code or databases among them cannot be seen without --root"
