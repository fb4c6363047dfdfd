"""The disk as a run sees it: with ``--root``, no path leads out of that filesystem, except those that were named."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from modwsgi_fix.expressions import expression
from modwsgi_fix.files import MANIFEST, FileProblem, Files, Overlay
from modwsgi_fix.files.rooted import Held, Rooted
from modwsgi_fix.model.reading.above import within_servers
from modwsgi_fix.model.reading.source import Found, discover
from modwsgi_fix.workspace.disk import meant_root
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.settings import Settings

#: The main files of Debian's layout and of httpd's own, and the ServerRoot that each is packaged with.
_SERVERS = (("apache2.conf", "/etc/apache2"), ("httpd.conf", "/etc/httpd"), ("conf/httpd.conf", "/etc/httpd"))
#: Directories of a server without a main file, and the ServerRoot that they are usually in.
_PARTS = {
    **dict.fromkeys(("sites-available", "sites-enabled", "conf-available", "conf-enabled"), "/etc/apache2"),
    **dict.fromkeys(("mods-available", "mods-enabled"), "/etc/apache2"),
    **dict.fromkeys(("conf.d", "conf.modules.d", "vhosts.d"), "/etc/httpd"),
}
_SERVER_ROOT = expression(r"^[ \t]*ServerRoot[ \t]+\"?(/[^\"\s]+)", re.M | re.I)


def find_servers(
    disk: Files,
    paths: Sequence[str],
    root: str | None,
    settings: Settings,
    texts: Mapping[str, str] | None = None,
    *,
    as_httpd: bool = False,
    unnamed: bool = False,
    reached: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> tuple[Found, Rooted | None]:
    """Return the servers and scripts at these paths, and the filesystem that their paths mean, where that is known.

    ``root`` is the user's, ``texts`` (by path) stand in for files, or have no file where ``unnamed``; ``as_httpd`` is as for
    ``discover``, ``reached`` as for ``Wanted``. Raises ``Stop``.
    """
    over = Overlay(disk, texts) if texts else disk
    chosen = root or settings.root
    if chosen is not None and not os.path.isdir(chosen):
        raise Stop(f"--root {chosen}: no such directory")
    if chosen is not None and os.path.lexists(os.path.join(chosen, MANIFEST)):
        from modwsgi_fix.files.fetched import with_manifest

        over = with_manifest(over, chosen)
    files, seen = (over, None) if chosen is None else _held(over, paths, chosen)
    if files is not over and texts:
        files = Overlay(files, texts)
    found = discover(files, _once(files, paths), as_httpd=as_httpd, around=disk)
    fragments = list(found.sources)
    if not (texts and unnamed):
        fragments = within_servers(files, fragments, reached)
    sources = [*fragments, *([found.scripts] if found.scripts else [])]
    if chosen is None and meant_root(sources):
        seen = Rooted(over, "/")
    # A file that one server includes may have been named for another.
    shown = dict.fromkeys(key for source in sources for _, key in source.given)
    # A settings file comes with the checked files: it must not name a filesystem outside of its own to be quoted.
    own = root is None and settings.root is not None
    if seen is not None and not (own and not f"{seen.root}/".startswith(_directory(disk, settings.base))):
        shown[seen.root or "/"] = None
    sources = [source._replace(shown_within=tuple(shown)) for source in sources]
    scripts = sources.pop() if found.scripts else None
    return found._replace(sources=tuple(sources), scripts=scripts), seen


def _directory(disk: Files, path: str) -> str:
    return disk.key(path).rstrip("/") + "/"


def _held(files: Files, paths: Sequence[str], root: str) -> tuple[Files, Rooted]:
    """Return the files as seen from within a root, and the root. Paths elsewhere are taken for copies of its contents."""
    plain = Rooted(files, root)
    if not plain.root:
        return files, plain
    elsewhere = [path for path in paths if plain.inside(path) is None]
    if not elsewhere:
        return Held(plain), plain
    rooted = Rooted(files, root, dict.fromkeys(place for path in elsewhere for place in _places(files, path)))
    return Held(rooted, [path for path in elsewhere if not files.is_dir(path)]), rooted


def _places(files: Files, path: str) -> Iterator[tuple[str, str]]:
    """Yield where the directory of a copy stands in its server; for a file that is a link, both directories."""
    tops = [path] if files.is_dir(path) else [os.path.dirname(file) or "." for file in (path, files.key(path))]
    for directory in dict.fromkeys(tops):
        yield _place(files, directory), directory


def _place(files: Files, directory: str) -> str:
    name = os.path.basename(files.key(directory))
    for entry, usual in _SERVERS:
        main = os.path.join(directory, entry)
        if files.is_file(main):
            server = _declared(files, main) or usual
            return f"{server}/conf" if (entry, name) == ("httpd.conf", "conf") else server
    return f"{_PARTS[name]}/{name}" if name in _PARTS else "/etc/apache2"


def _declared(files: Files, main: str) -> str | None:
    try:
        found = _SERVER_ROOT.search(files.read(main))
    except FileProblem:
        return None
    return found[1].rstrip("/") if found else None


def _once(files: Files, paths: Sequence[str]) -> list[str]:
    """Return the paths without those that lead where an earlier one does."""
    found: dict[str, str] = {}
    for path in paths:
        found.setdefault(files.key(path), path)
    return list(found.values())
