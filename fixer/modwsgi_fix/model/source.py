"""From the paths that a user names to the servers that httpd would read there.

A directory with ``apache2.conf`` or ``httpd.conf`` is a whole server, read from that entry file. Any other directory, and
files named one by one, are fragments of one server: all are read, in order of their names, and nothing is concluded
from what is absent.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.config import Script

_ENTRIES = ("apache2.conf", "httpd.conf", "conf/httpd.conf", "conf/apache2.conf")
_EXTENSIONS = (".conf", ".vhost", ".inc")
_EXPORT = re.compile(r"^\s*export\s+(\w+)=(\S*)", re.M)


#: What Debian's envvars sets for the paths of a single instance: a fragment that speaks of these comes from there.
_DEBIAN = {
    "APACHE_LOG_DIR": "/var/log/apache2",
    "APACHE_RUN_DIR": "/var/run/apache2",
    "APACHE_LOCK_DIR": "/var/lock/apache2",
    "APACHE_PID_FILE": "/var/run/apache2/apache2.pid",
    "APACHE_CONFDIR": "/etc/apache2",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a server is read from.

    ``entries`` are the files that httpd would open itself: one, or all the fragments. ``given`` are the paths that the
    user named, as (what to show, key); only files within them may be changed. ``roots`` are the directories that may
    be the ServerRoot, likeliest first. ``complete`` says that the entry file was found.
    """

    files: Files
    entries: tuple[str, ...]
    given: tuple[tuple[str, str], ...]
    roots: tuple[str, ...]
    complete: bool
    variables: Mapping[str, str] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """What to call a file: as the user would reach it from the path that was given."""
        for shown, given in self.given:
            if key == given:
                return shown
            if key.startswith(given.rstrip("/") + "/"):
                return posixpath.normpath(shown + key[len(given.rstrip("/")) :])
        return key

    def writable(self, key: str) -> bool:
        """True when the file lies within what the user named."""
        return any(key == given or key.startswith(given.rstrip("/") + "/") for _, given in self.given)


def find_sources(files: Files, paths: Sequence[str]) -> list[Source]:
    """The servers at these paths: one for each directory, and one for all files named singly.

    Raises ``FileProblem`` for a path that does not exist and for a directory that holds no configuration.
    """
    sources: list[Source] = []
    loose: list[str] = []
    for path in paths:
        if files.is_dir(path):
            sources.append(_directory(files, path))
        elif files.is_file(path):
            loose.append(path)
        else:
            raise FileProblem(path, "no such file or directory")
    entries = [path for path in loose if posixpath.basename(path) in ("apache2.conf", "httpd.conf")]
    given = tuple((path, files.key(path)) for path in loose)
    for path in entries:
        sources.append(_server(files, path, given))
    fragments = tuple(path for path in loose if path not in entries)
    if fragments:
        roots = tuple(dict.fromkeys(posixpath.dirname(path) or "." for path in fragments))
        sources.append(Source(files, fragments, given, roots, complete=False, variables=_DEBIAN))
    return sources


def _directory(files: Files, path: str) -> Source:
    given = ((path, files.key(path)),)
    for name in _ENTRIES:
        entry = posixpath.join(path, name)
        if files.is_file(entry):
            return _server(files, entry, given)
    fragments: dict[str, str] = {}
    for found in _configurations(files, path):
        fragments.setdefault(files.key(found), found)
    if not fragments:
        raise FileProblem(path, "no configuration here: expected apache2.conf, httpd.conf or other *.conf files")
    return Source(files, tuple(fragments.values()), given, (path,), complete=False, variables=_DEBIAN)


def _server(files: Files, entry: str, given: tuple[tuple[str, str], ...]) -> Source:
    directory = posixpath.dirname(entry) or "."
    roots = [directory]
    if posixpath.basename(posixpath.normpath(directory if directory != "." else files.key("."))) == "conf":
        # httpd's own layout: ServerRoot holds conf/httpd.conf, and Includes are written from there.
        roots.insert(0, posixpath.normpath(posixpath.join(directory, "..")))
    variables = {**_DEBIAN, **_environment(files, directory)}
    return Source(files, (entry,), given, tuple(roots), complete=True, variables=variables)


def _environment(files: Files, directory: str) -> dict[str, str]:
    """What Debian's ``envvars`` exports to httpd, with an empty ``$SUFFIX`` (a single instance)."""
    path = posixpath.join(directory, "envvars")
    if not files.is_file(path):
        return {}
    return {
        found[1]: re.sub(r"\$\{?SUFFIX\}?", "", found[2]).strip("\"'") for found in _EXPORT.finditer(files.read(path))
    }


def _configurations(files: Files, directory: str) -> Iterator[str]:
    for name in files.names(directory):
        path = posixpath.join(directory, name)
        if name.startswith(".") and name != ".htaccess":
            continue
        if files.is_dir(path):
            if not files.is_link(path):
                yield from _configurations(files, path)
        elif name.endswith(_EXTENSIONS) or posixpath.basename(directory) in ("sites-available", "sites-enabled"):
            yield path


def script_at(source: Source, disk: Files | None, texts: Mapping[str, str], path: str) -> Script | None:
    """The WSGI script at a path of the configuration, on ``disk`` where that is known; None where it cannot be read."""
    files = disk if disk is not None else source.files
    if not files.is_file(path):
        return None
    key = files.key(path)
    try:
        text = texts[key] if key in texts else files.read(path)
    except FileProblem:
        return None
    return Script(key, source.name(key), text, writable=source.writable(key))
