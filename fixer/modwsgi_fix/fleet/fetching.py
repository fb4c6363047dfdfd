"""A server brought here: its configuration with what it includes, its scripts, and the names of what it serves.

The files are asked for in rounds: what came is read as httpd reads it, and what it names is asked for next. Until all is
there, it is kept in memory; so nothing that the server sends is looked up on this machine.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from posixpath import basename, dirname, join

from modwsgi_fix.directives.families import CERTIFICATES, FILE_MAPPINGS, INCLUDES, MOUNTS, NAMES_SCRIPT, PASSWORD_FILES
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import FileProblem, Memory
from modwsgi_fix.files.fetched import Entry, Manifest
from modwsgi_fix.files.paths import resolve
from modwsgi_fix.files.rooted import Rooted
from modwsgi_fix.fleet import listing
from modwsgi_fix.fleet.far import Far
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.modules import server_root
from modwsgi_fix.model.paths import has_wildcard
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import Stop

#: The most rounds, as deep as Includes may lead from directory to directory; and the most files and bytes that are kept.
MOST_ROUNDS, MOST_FILES, MOST_BYTES = 12, 20_000, 128 << 20
#: Where main files are, if httpd does not say.
_USUAL = (
    "/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf", "/etc/apache2/httpd.conf",
    "/usr/local/apache2/conf/httpd.conf", "/usr/local/etc/apache24/httpd.conf", "/usr/local/etc/apache22/httpd.conf",
)  # fmt: skip
#: Directories that are never listed, because they are the system's and not the site's.
_OF_THE_SYSTEM = frozenset({
    "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin",
    "/srv", "/sys", "/tmp", "/usr", "/usr/lib", "/usr/share", "/var", "/var/lib", "/var/log", "/var/run",
})  # fmt: skip
_SCRIPTS = (".wsgi", ".fcgi")
_KEYS = expression(r"\.key$|(^|/)id_(rsa|dsa|ecdsa|ed25519)$|(^|/)\.?htpasswd|\.htpasswd$|\.p12$|\.pfx$|\.jks$", re.I)
#: What ``httpd -V`` says of its main file.
_ROOT, _MAIN = expression(r'-D HTTPD_ROOT="([^"]*)"'), expression(r'-D SERVER_CONFIG_FILE="([^"]*)"')
_NAMES_KEY = tuple(name for name in CERTIFICATES if "key" in name or "machine" in name)
_WORD = expression(r"[=:]")


class Copy(NamedTuple):
    """The files that were brought here, by their paths on the server, and what is known besides."""

    contents: dict[str, bytes]
    manifest: Manifest


def fetched(far: Far, main: str = "", skip: Collection[str] = ()) -> Copy:
    """Bring a server here. ``main`` is its main file, where httpd is not to be asked; ``skip`` directories are not listed.

    Raises ``Stop``.
    """
    facts = listing.facts(far)
    first = [main] if main else [said_main(facts.get("version", "")), *_USUAL]
    gathering = _Gathering(far, frozenset(skip))
    gathering.look([path for path in first if path and listing.is_plain(path)])
    entry = next((path for path in first if path in gathering.entries), "")
    if not entry:
        raise Stop(
            f"{far.host}: {main or 'no httpd.conf or apache2.conf'}: no such file; --main FILE names the main file"
        )
    gathering.list_all([top_of(entry)], configuration=True)
    for _ in range(MOST_ROUNDS):
        if not gathering.round(entry):
            break
    return gathering.copy(entry, facts)


def said_main(version: str) -> str:
    """Return the main file that ``httpd -V`` names, or an empty string."""
    root, file = _ROOT.search(version), _MAIN.search(version)
    return join(root[1] if root else "", file[1]) if file else ""


def top_of(main: str) -> str:
    """Return the directory of a server's configuration: that of its main file, or above ``conf``."""
    directory = dirname(main)
    return (
        dirname(directory)
        if basename(directory) == "conf" and dirname(directory) != "/usr/local/apache2"
        else directory
    )


class _Gathering:
    """What is known of a server so far."""

    def __init__(self, far: Far, skip: frozenset[str]) -> None:
        self._far = far
        self._skip = skip
        self.entries: dict[str, Entry] = {}
        self.contents: dict[str, bytes] = {}
        self.whole: set[str] = set()
        self.absent: set[str] = set()
        self.left_out: dict[str, str] = {}
        self._asked: set[str] = set()
        self._configuration: set[str] = set()
        self._keys: set[str] = set()
        self._overrides = {".htaccess"}

    # -- asking --------------------------------------------------------------------------------------------------------

    def look(self, paths: Iterable[str]) -> None:
        """Find out what is at some paths, and at the directories above them."""
        every = {above for path in paths for above in _and_above(path)} - self.entries.keys() - self.absent
        plain = sorted(path for path in every if listing.is_plain(path))
        if plain:
            known = listing.each(self._far, plain).entries
            self.entries |= known
            self.absent |= set(plain) - known.keys()

    def list_all(self, directories: Iterable[str], *, configuration: bool = False) -> None:
        """List directories with all that is in them; of ``configuration`` all files are wanted."""
        new = sorted({path for path in directories if path not in self._skip} - self.whole - self._asked)
        self._configuration |= set(new) if configuration else set()
        self._asked |= set(new)
        new = [path for path in new if listing.is_plain(path)]
        if not new:
            return
        known = listing.trees(self._far, new)
        self.entries |= known.entries
        self.whole |= known.whole
        if len(self.entries) > listing.MOST_ENTRIES:
            raise Stop(
                f"{self._far.host}: has too many files in what it serves; --skip DIRECTORY leaves a directory out"
            )
        self.look(new)

    def take(self, paths: Iterable[str]) -> None:
        """Bring the contents of files that are there, but of those that hold secrets, or are too large."""
        wanted = []
        for path in sorted(set(paths) - self._asked):
            entry = self.entries.get(path)
            if entry is None or entry.kind != "-":
                continue
            self._asked.add(path)
            reason = self._reason(path, entry)
            if reason:
                self.left_out[path] = reason
            else:
                wanted.append(path)
        if not wanted:
            return
        if len(self.contents) + len(wanted) > MOST_FILES:
            raise Stop(f"{self._far.host}: has more than {MOST_FILES:,} files of configuration")
        came = listing.contents(self._far, wanted)
        for path in wanted:
            if path in came and b"\0" not in came[path][:8192]:
                self.contents[path] = came[path]
            else:
                self.left_out[path] = "binary" if path in came else "it cannot be read, or holds a private key"
        if sum(map(len, self.contents.values())) > MOST_BYTES:
            raise Stop(f"{self._far.host}: has more than {MOST_BYTES >> 20} MB of configuration")

    def _reason(self, path: str, entry: Entry) -> str:
        """Return why a file is left on the server, or an empty string."""
        if path in self._keys or _KEYS.search(path):
            return "it is a key or has passwords"
        if "\\" in path:
            return "its name has a backslash"
        return f"it has more than {listing.MOST_FILE >> 20} MB" if entry.size > listing.MOST_FILE else ""

    # -- a round -------------------------------------------------------------------------------------------------------

    def round(self, main: str) -> bool:
        """Ask for what the files so far name, and return whether anything new came."""
        before = self._known()
        config = self._config(main)
        if config is None:
            self.take([self._real(main)])
            return before != self._known()
        self._named_secrets(config)
        self._follow(config)
        if before == self._known():
            # By now all lines that are read have said which files are keys.
            self.take([*self._in_configuration(), *self._scripts_listed()])
        return before != self._known()

    def _known(self) -> tuple[int, ...]:
        return len(self.entries), len(self.contents), len(self.absent), len(self._asked)

    def _config(self, main: str) -> Config | None:
        real = self._real(main)
        if real not in self.contents:
            return None
        files = self._files()
        try:
            (source,) = find_sources(files, [main])
            return load(source._replace(as_httpd=True), disk=Rooted(files, "/"))
        except (FileProblem, ValueError):
            return None

    def _files(self) -> Memory:
        links = {path: entry.target for path, entry in self.entries.items() if entry.kind == "l"}
        directories = [path for path, entry in self.entries.items() if entry.kind == "d"]
        return Memory(dict(self.contents), links, directories)

    def _real(self, path: str) -> str:
        return resolve(path, self._link)

    def _link(self, path: str) -> str | None:
        entry = self.entries.get(path)
        return entry.target if entry is not None and entry.kind == "l" else None

    def _named_secrets(self, config: Config) -> None:
        for item in config.named(*_NAMES_KEY, *PASSWORD_FILES):
            for path in _paths([item], config):
                self._keys |= {path, self._real(path)}

    def _in_configuration(self) -> Iterator[str]:
        for path in self.entries:
            if any(path.startswith(f"{directory.rstrip('/')}/") for directory in self._configuration):
                yield self._real(path)

    def _scripts_listed(self) -> list[str]:
        return [path for path in self.entries if path.endswith(_SCRIPTS) or basename(path) in self._overrides]

    def _follow(self, config: Config) -> None:
        """Ask for what the lines of a configuration name."""
        links = [join(dirname(path), entry.target) for path, entry in self.entries.items() if entry.kind == "l"]
        patterns = (path for item in config.named(*INCLUDES) for path in _included(item, config))
        self._reach([*_paths(config.items, config), *patterns, *links])
        included = {self._real(path) for item in config.named(*INCLUDES) for path in _included(item, config)}
        self.list_all((path for path in included if self._is_site(path)), configuration=True)
        self.take([*included, *(self._real(path) for path in self.entries if self._real(dirname(path)) in included)])
        scripts = [self._real(path) for path in _paths(config.named(*NAMES_SCRIPT), config)]
        self.take(scripts)
        served = [self._real(path) for path in _paths(config.named(*FILE_MAPPINGS, *MOUNTS), config)]
        self.list_all(path for path in served if self._is_site(path))
        self.list_all(dirname(path) for path in scripts if self._is_site(dirname(path)))
        # httpd looks for these in each directory from the root on.
        self._overrides |= {name for item in config.named("accessfilename") for name in item.values if "/" not in name}
        above = {directory for path in (*served, *scripts) for directory in (*_and_above(path), "/")}
        self._reach(join(directory, name) for directory in above for name in self._overrides)

    def _reach(self, paths: Iterable[str]) -> None:
        """Find out what is at paths, and at the ends of the links on the way."""
        every = [path for path in paths if path.startswith("/")]
        for _ in range(8):
            known = len(self.entries) + len(self.absent)
            self.look(map(self._real, every))
            self.look(every[: 10 * MOST_FILES])
            if known == len(self.entries) + len(self.absent):
                return

    def _is_site(self, path: str) -> bool:
        entry = self.entries.get(path)
        inside = any(path == top or path.startswith(f"{top}/") for top in self.whole)
        return entry is not None and entry.kind == "d" and path not in _OF_THE_SYSTEM and not inside

    def copy(self, main: str, facts: dict[str, str]) -> Copy:
        """Return the whole of it."""
        # A key may be named by a line that came after it.
        for path in self._keys & self.contents.keys():
            del self.contents[path]
            self.left_out[path] = "it is a key or has passwords"
        digests = {path: listing.digest(data) for path, data in self.contents.items()}
        return Copy(
            self.contents,
            Manifest(
                self._far.host, main, facts, self.entries, frozenset(self.whole), frozenset(self.absent), digests,
                self.left_out,
            ),
        )  # fmt: skip


def _and_above(path: str) -> Iterator[str]:
    while path != "/":
        yield path
        path = dirname(path)


def _paths(items: Iterable[Item], config: Config) -> Iterator[str]:
    """Yield the paths in the words of lines, those in options of process groups among them."""
    root = server_root(config)
    for item in items:
        for arg in item.args:
            if not arg.known:
                continue
            words = [arg.value] if arg.value.startswith("/") else _WORD.split(arg.value)
            if item.key in INCLUDES or item.key in (*_NAMES_KEY, *PASSWORD_FILES):
                words = [join(root, arg.value)]
            for word in words:
                if (
                    word.startswith("/")
                    and not has_wildcard(word)
                    and listing.is_plain(path := word.rstrip("/") or "/")
                ):
                    yield path


def _included(item: Item, config: Config) -> Iterator[str]:
    """Yield the file or directory that an Include names; of a pattern the directory above its first wildcard."""
    if item.values and item.args[0].known:
        path = join(server_root(config), item.value)
        while has_wildcard(path):
            path = dirname(path)
        if path.startswith("/") and listing.is_plain(path := path.rstrip("/") or "/"):
            yield path
