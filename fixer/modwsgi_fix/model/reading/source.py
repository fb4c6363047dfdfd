"""From the paths that a user names to the servers that httpd would read at them.

A directory with ``apache2.conf`` or ``httpd.conf`` is a whole server, read from that entry file. Any other directory, and
files named one by one, are fragments of one server: all are read, in order of their names, and nothing is concluded
from what is absent. Python is never configuration: a named script, or a directory of scripts, is checked as such.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from modwsgi_fix.directives.suffixes import CONFIGURATION, SCRIPT
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem, Files, Remembered
from modwsgi_fix.files.ignored import Ignored, above
from modwsgi_fix.model.items import Script
from modwsgi_fix.model.language import MAIN_FILES, PYTHON, by_name, language_of
from modwsgi_fix.placeholders import ENGINES
from modwsgi_fix.tuples import NamedTuple

#: Where there is an ``apache2.conf``, ``httpd.conf`` is a file that Debian once had it include.
_ENTRIES = ("apache2.conf", "httpd.conf", "conf/apache2.conf", "conf/httpd.conf")
#: What a directory with one of these lists.
_ENTRY_NAMES = frozenset(entry.partition("/")[0] for entry in _ENTRIES)
#: A binding of the name that mod_wsgi calls, which makes a Python file below a named directory a WSGI script.
BINDS_APPLICATION = expression(
    r"^(?:application\b[^\n=]*+=|(?:async )?(?:def|class) application\b|from .{0,200} import .{0,1000}\bapplication\b)",
    re.M,
)
_EXPORT = expression(r"^[ \t]*export\s+(\w+)=(\S*)", re.M)


#: The variables that Debian's envvars sets for a single instance: a fragment that mentions these comes from Debian.
_DEBIAN = {
    "APACHE_LOG_DIR": "/var/log/apache2",
    "APACHE_RUN_DIR": "/var/run/apache2",
    "APACHE_LOCK_DIR": "/var/lock/apache2",
    "APACHE_PID_FILE": "/var/run/apache2/apache2.pid",
    "APACHE_CONFDIR": "/etc/apache2",
}


class Source(NamedTuple):
    """The files and paths that a server is read from.

    ``entries`` are the files that httpd would open itself: the main file, or all fragments. ``given`` are the paths that the
    user named, as (what to show, key); only files within them may be changed. ``roots`` are the directories that may be the
    ServerRoot, likeliest first. ``complete`` says that the entry file was found. ``shown_within`` are the keys of further
    directories whose files may be quoted in a report: the root that the user named.
    """

    files: Files
    entries: tuple[str, ...]
    given: tuple[tuple[str, str], ...]
    roots: tuple[str, ...]
    complete: bool
    variables: Mapping[str, str] = MappingProxyType({})
    #: WSGI scripts that are checked even if no directive of this server names them.
    scripts: tuple[str, ...] = ()
    #: Whether every entry counts as httpd's, whatever it looks like.
    as_httpd: bool = False
    shown_within: tuple[str, ...] = ()
    #: The dialect of the deny around fragments, ``2.2`` or ``2.4``; ``none`` without a deny; empty where it is not known.
    denies: str = ""
    #: The names, in lower case, of directives of other people's modules.
    directives: frozenset[str] = frozenset()
    #: Whether the server was found above the named files: the rest of it is read, but not reported on.
    named_only: bool = False
    #: The modules, without ``_module``, that the surrounding server loads, where this is a part of one (``.htaccess``).
    modules: tuple[str, ...] = ()
    #: Selects those files of an Include that are to be read; None for all.
    picks: Callable[[Sequence[str]], Sequence[str]] | None = None
    #: By the key of a file, the text to read in place of its own, and its own, which has as many lines. Where it is shown, each
    #: line has the same length in both.
    stand_ins: Mapping[str, tuple[str, str]] = MappingProxyType({})
    #: What the patterns of Includes match, where this server was read before, as ``Reader.matched`` has it.
    matched: Mapping[str, tuple[list[str], int]] = MappingProxyType({})
    #: Whether WSGI scripts are left unread.
    without_scripts: bool = False

    def name(self, key: str) -> str:
        """Return the name of a file for the user: its path from the path that was given."""
        for shown, given in self.given:
            if key == given:
                return shown
            if key.startswith(given.rstrip("/") + "/"):
                return posixpath.normpath(shown + key[len(given.rstrip("/")) :])
        return key

    def writable(self, key: str) -> bool:
        """Whether the file lies within what the user named."""
        return any(lies_in(key, given) for _, given in self.given)

    def quotable(self, key: str) -> bool:
        """Whether a report may quote a file: an Include may lead to any file that the user can read.

        Named files may be quoted, and files in the directory of a server whose own file was named.
        """
        if self.writable(key) or any(lies_in(key, directory) for directory in self.shown_within):
            return True
        return (
            self.complete
            and not self.named_only
            and lies_in(key, self.files.key(posixpath.dirname(self.entries[0]) or "."))
        )


def lies_in(key: str, directory: str) -> bool:
    """Whether a key is that of a directory or of something below it."""
    return key == directory or key.startswith(directory.rstrip("/") + "/")


def find_sources(files: Files, paths: Sequence[str]) -> list[Source]:
    """Return the sources that ``discover`` finds. Raises the first ``FileProblem``."""
    found = discover(files, paths)
    if found.problems:
        raise found.problems[0]
    return list(found.sources)


class Found(NamedTuple):
    """The servers and scripts at the paths that a user names.

    ``sources`` are the servers and fragments. ``scripts`` is a source of the WSGI scripts that were named, or lie in a named
    directory. ``allowed`` are such files, and named directories without configuration, as (what to show, key): their scripts
    may be changed when a server mounts them. ``problems`` are the paths that cannot be read.
    """

    sources: tuple[Source, ...]
    scripts: Source | None
    allowed: tuple[tuple[str, str], ...]
    problems: tuple[FileProblem, ...]


def discover(files: Files, paths: Sequence[str], *, as_httpd: bool = False, around: Files | None = None) -> Found:
    """Return the servers and scripts at these paths: a server for each directory, and one for all files named singly.

    A path that cannot be read becomes a problem, and the others are read. With ``as_httpd`` every file counts as httpd's.
    ``around`` has the directories above these paths, where ``files`` does not: the repository that they are in.
    """
    sources: list[Source] = []
    loose: list[str] = []
    scripts: list[str] = []
    allowed: list[tuple[str, str]] = []
    beside: list[tuple[str, str]] = []
    problems: list[FileProblem] = []
    for path in paths:
        try:
            if files.is_dir(path):
                directory = Directory(files, path, problems, around or files)
                sources += directory.servers
                scripts += directory.scripts
                if directory.source is not None:
                    sources.append(directory.source)
                    beside.append((path, files.key(path)))
                elif not directory.servers:
                    allowed.append((path, files.key(path)))
                    if not directory.scripts:
                        problems.append(FileProblem(path, directory.nothing()))
            elif not as_httpd and language_of(path, files.read(path)) == PYTHON:
                scripts.append(path)
                allowed.append((path, files.key(path)))
            else:
                loose.append(path)
        except FileProblem as problem:
            problems.append(problem)
    entries = [path for path in loose if posixpath.basename(path) in MAIN_FILES]
    given = tuple((path, files.key(path)) for path in loose)
    for path in entries:
        sources.append(_server(files, path, given))
    fragments = tuple(path for path in loose if path not in entries)
    if fragments:
        roots = tuple(dict.fromkeys(posixpath.dirname(path) or "." for path in fragments))
        sources.append(Source(files, fragments, given, roots, complete=False, variables=_DEBIAN))
    if as_httpd:
        sources = [source._replace(as_httpd=True) for source in sources]
    around_scripts = (*allowed, *beside)
    own = Source(files, (), around_scripts, (), complete=False, scripts=tuple(scripts)) if scripts else None
    return Found(tuple(sources), own, tuple(allowed), tuple(problems))


def server_above(files: Files, key: str) -> Source | None:
    """Return the server in the nearest directory above a file that has an entry file; it need not read the file."""
    return next(servers_above(files, key), None)


def servers_above(files: Files, key: str) -> Iterator[Source]:
    """Yield the servers in all directories above a file that have an entry file, the nearest first."""
    directory = posixpath.dirname(key)
    while True:
        entry = _entry(files, directory)
        if entry is not None:
            yield _server(files, entry, ((directory, directory),))
        if directory == posixpath.dirname(directory):
            return
        directory = posixpath.dirname(directory)


def _entry(files: Files, directory: str) -> str | None:
    """Return the main file of a directory; None without one."""
    entries = (posixpath.join(directory, name) for name in _ENTRIES)
    return next((entry for entry in entries if files.is_file(entry)), None)


class Directory:
    """The contents of a named directory: a ``source`` where there is configuration, and ``scripts``.

    Beside configuration only ``*.wsgi`` is a script, whether a directive names it or not. ``servers`` are those of
    directories below it that have a main file of their own. Paths below it that cannot be read go into ``problems``.
    """

    def __init__(self, files: Files, path: str, problems: list[FileProblem], around: Files) -> None:
        self.files = files
        #: For the walk, which asks about each name that a directory lists.
        self.listed = Remembered(files)
        self.around = around
        self.path = path
        self.problems = problems
        self.scripts: list[str] = []
        self.seen: list[str] = []
        self.servers: list[Source] = []
        self.source = self._server() or self._fragments()

    def nothing(self) -> str:
        """Return the message for a directory that has neither configuration nor scripts."""
        saw = "; it is empty"
        if self.seen:
            saw = f"; saw {', '.join(self.seen[:3])}{' ...' if len(self.seen) > 3 else ''}"
        elif any(f"{problem.path}/".startswith(f"{self.path}/") for problem in self.problems):
            saw = "; not all of it can be read"
        return f"no configuration here: expected apache2.conf, httpd.conf or other *.conf files, or *.wsgi scripts{saw}"

    def _server(self) -> Source | None:
        entry = _entry(self.files, self.path)
        if entry is None:
            return None
        # An unreadable directory does not matter to the server, whose own Includes say what is missing.
        problems, self.problems = self.problems, []
        ignored = above(self.around, self.path)
        self.scripts = [path for path in self._walk(self.path, ignored) if path.endswith(SCRIPT)]
        self.problems, self.servers, self.seen = problems, [], []
        return _server(self.files, entry, ((self.path, self.files.key(self.path)),))

    def _fragments(self) -> Source | None:
        fragments: dict[str, str] = {}
        for found in self._walk(self.path, above(self.around, self.path)):
            if by_name(found) == PYTHON:
                self.scripts.append(found)
            else:
                fragments.setdefault(self.files.key(found), found)
        if not fragments:
            self.scripts = [path for path in self.scripts if self._is_script(path)]
            return None
        self.scripts = [path for path in self.scripts if path.endswith(SCRIPT)]
        given = ((self.path, self.files.key(self.path)),)
        return Source(self.files, tuple(fragments.values()), given, (self.path,), complete=False, variables=_DEBIAN)

    def _walk(self, top: str, ignored: Ignored) -> Iterator[str]:
        """Yield the interesting files, in the order of their names, those of a directory in its place."""
        stack = [self._below(top, ignored, self._listing(top))]
        while stack:
            directory, names, ignored = stack[-1]
            name = next(names, None)
            if name is None:
                stack.pop()
                continue
            path = posixpath.join(directory, name)
            if name.startswith(".") and name != ".htaccess":
                continue
            is_dir = self.listed.is_dir(path)
            if ignored.specs and ignored.matches(self._key(path), is_dir=is_dir):
                continue
            if is_dir:
                if self.listed.is_link(path):
                    continue
                listing = self._listing(path)
                # A server may have thousands of directories: the disk is asked only for what they list.
                is_bare = not isinstance(listing, FileProblem) and _ENTRY_NAMES.isdisjoint(listing)
                entry = None if is_bare else _entry(self.files, path)
                if entry is not None:
                    self.servers.append(_server(self.files, entry, ((path, self.files.key(path)),)))
                else:
                    stack.append(self._below(path, ignored, listing))
            elif _is_configuration(directory, name) or by_name(name) == PYTHON:
                yield path
            else:
                self.seen.append(name)

    def _listing(self, directory: str) -> list[str] | FileProblem:
        """Return the names in a directory, or why it cannot be listed."""
        try:
            return self.listed.names(directory)
        except FileProblem as problem:
            return problem

    def _below(
        self, directory: str, ignored: Ignored, listing: list[str] | FileProblem
    ) -> tuple[str, Iterator[str], Ignored]:
        """Return a directory, the names in it, and what is ignored below it."""
        if isinstance(listing, FileProblem):
            self.problems.append(listing)
            return directory, iter(()), ignored
        if ".gitignore" in listing:
            ignored = ignored.within(self.files, directory, self._key(directory))
        return directory, iter(listing), ignored

    def _key(self, path: str) -> str:
        """Return the path below the key of the named directory; links below it are not followed."""
        return posixpath.normpath(self._top + "/" + path[len(self.path) :])

    @cached_property
    def _top(self) -> str:
        """The key of the named directory."""
        return self.files.key(self.path)

    def _is_script(self, path: str) -> bool:
        """Whether a Python file is a WSGI script, by its suffix or by what it binds."""
        if path.endswith(SCRIPT):
            return True
        try:
            return BINDS_APPLICATION.search(self.files.read(path)) is not None
        except FileProblem as problem:
            self.problems.append(problem)
            return False


def _is_configuration(directory: str, name: str) -> bool:
    """Whether a file is httpd's by its directory or by its name, a template's suffix set aside."""
    if name.endswith(CONFIGURATION) or name == ".htaccess":
        return True
    stem, suffix = posixpath.splitext(name)
    is_template = suffix in ENGINES and stem.endswith(CONFIGURATION)
    return is_template or posixpath.basename(directory) in ("sites-available", "sites-enabled")


def _server(files: Files, entry: str, given: tuple[tuple[str, str], ...]) -> Source:
    directory = posixpath.dirname(entry) or "."
    roots = [directory]
    if posixpath.basename(posixpath.normpath(directory if directory != "." else files.key("."))) == "conf":
        # httpd's own layout: ServerRoot has conf/httpd.conf, and Includes are relative to ServerRoot.
        roots.insert(0, posixpath.normpath(posixpath.join(directory, "..")))
    variables = {**_DEBIAN, **_environment(files, directory)}
    return Source(files, (entry,), given, tuple(roots), complete=True, variables=variables)


def _environment(files: Files, directory: str) -> dict[str, str]:
    """Return the variables that Debian's ``envvars`` exports to httpd, with an empty ``$SUFFIX`` (a single instance)."""
    path = posixpath.join(directory, "envvars")
    if not files.is_file(path):
        return {}
    return {
        found[1]: re.sub(r"\$\{?SUFFIX\}?", "", found[2]).strip("\"'") for found in _EXPORT.finditer(files.read(path))
    }


def script_at(source: Source, disk: Files | None, texts: Mapping[str, str], path: str) -> Script | FileProblem | None:
    """Return the WSGI script at a path of the configuration, or why it cannot be read; None where it does not exist.

    ``disk`` is the filesystem that the path means, where that is known; ``texts`` stand in for files, by key.
    """
    files = disk if disk is not None else source.files
    if source.without_scripts or not files.is_file(path):
        return None
    key = files.key(path)
    try:
        text = texts[key] if key in texts else files.read(path)
    except FileProblem as problem:
        return problem
    return _script(source, key, text, path)


def named_scripts(source: Source, texts: Mapping[str, str], unread: list[FileProblem]) -> Iterator[Script]:
    """Yield the scripts that were named by themselves, and note in ``unread`` those that cannot be read."""
    for path in source.scripts:
        key = source.files.key(path)
        try:
            text = texts[key] if key in texts else source.files.read(path)
        except FileProblem as problem:
            unread.append(problem)
            continue
        yield _script(source, key, text, key)


def _script(source: Source, key: str, text: str, place: str) -> Script:
    writable, quotable = source.writable(key), source.quotable(key)
    return Script(key, source.name(key), text, place=place, writable=writable, quotable=quotable)
