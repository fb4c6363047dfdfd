"""The sections that alias-hides-application writes for static files, and the reasons of its fix for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.effect.exposure import Closed, closed_below
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.served import links_in
from modwsgi_fix.rewriting.access_blocks import deny_lines, quoted, static_block
from modwsgi_fix.tuples import NamedTuple


class StaticFiles(NamedTuple):
    """One directory of static files: ``mapping`` leads there, ``section`` opens it.

    ``within`` are the links in it that lead to other files of it, ``out`` those that lead elsewhere.
    """

    directory: str
    mapping: str
    section: tuple[str, ...]
    within: tuple[str, ...]
    out: tuple[str, ...]
    closed: Closed

    @property
    def follows_links(self) -> bool:
        """Whether links are followed as before: there are some, and none leads out."""
        return bool(self.within) and not self.out

    @property
    def cuts_links(self) -> bool:
        """Whether links within are no longer followed, because others lead out."""
        return bool(self.within and self.out)


def static_files(config: Config, mapping: str, directory: str, *, grants: bool, overrides: bool) -> StaticFiles:
    """Return the static files of one directory with their section; ``grants`` and ``overrides`` as for ``static_block``.

    The section has no listings and no links, but for a directory in which ``--root`` shows links and none that leads out
    of it. Files that should not be served are refused where ``--root`` shows some.
    """
    links = links_in(config, directory)
    paths = [*links.wanted, *links.stray]
    within = tuple(path for path in paths if _stays(config, path, directory))
    out = tuple(path for path in paths if path not in within)
    closed = closed_below(config, directory)
    files = StaticFiles(directory, mapping, (), within, out, closed)
    section = static_block(config, directory, follow_links=files.follows_links, grants=grants, overrides=overrides)
    section[-1:] = [*_refusal(config, closed), "</Directory>", *_hidden_directories(config, closed)]
    return files._replace(section=tuple(section))


def _stays(config: Config, link: str, directory: str) -> bool:
    """Whether a link leads to something in the directory."""
    disk = config.disk
    return disk is not None and f"{disk.key(link)}/".startswith(f"{disk.key(directory).rstrip('/')}/")


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
    """Yield the changes by the sections, in addition to the alias, in the words of a fix's reason."""
    if cut := next((files for files in written if files.cuts_links), None):
        yield f"{cut.within[0]} is no longer followed, because {cut.out[0]} leads out of its directory"
    elif out := next((files.out[0] for files in written if files.out), ""):
        yield f"the link {out} leads out of its directory and is no longer followed"
    if followed := next((files.within[0] for files in written if files.follows_links), ""):
        yield f"links are followed there, because {followed} is in use"
    if not all(files.follows_links for files in written):
        yield "their sections say Options -Indexes -FollowSymLinks"
    if example := next((files.closed.example for files in written if files.closed.example), ""):
        yield f"{example} and files of its kind are refused"
    if not all(files.closed.is_known for files in written):
        yield "source code or databases among them cannot be seen without --root"
