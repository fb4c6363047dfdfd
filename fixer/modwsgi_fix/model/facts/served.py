"""The directories and files that a server really serves from.

The targets of URLs are followed by the directives alone; ``None`` says that a target is not known.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Literal

from modwsgi_fix.directives.suffixes import is_file_name, script_in
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.bounds import LONGEST_PATH
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.paths import Nested, has_wildcard
from modwsgi_fix.model.urls import (
    Mapping,
    aliases,
    document_root,
    is_prefix,
    literal_and_rest,
    mounts,
    redirects,
    static_part,
)
from modwsgi_fix.tuples import NamedTuple

_GROUP = expression(r"\$\d")
#: A group of a regular expression that cannot match a slash.
_WITHOUT_SLASH = expression(r"\((?:\[\^/\][+*]|\[[\w\\.-]+\][+*]|\\w[+*]|[\w.|-]+)\)")
#: An absolute path, also one of Windows.
_ABSOLUTE = expression(r"/|[A-Za-z]:/")
#: The usual suffix of a file, such as ``.pem``, but not the ``.2`` of a version.
_SUFFIX = expression(r"[^/]\.[A-Za-z]\w{0,4}\Z")
#: Directories that a link in a directory of static files should never lead to.
_SYSTEM = ("/boot", "/dev", "/etc", "/proc", "/root", "/sys", "/var/log", "/var/spool")


class Served(NamedTuple):
    """A target on the disk that URLs lead to.

    ``directory`` may have wildcards (from an AliasMatch); ``file`` is set where only one file is served; ``is_script`` says
    that it is a WSGI script.
    """

    directory: str
    file: str | None
    is_script: bool
    mapping: Mapping | None

    @property
    def path(self) -> str:
        """The path of the file or directory."""
        directory, file = self.directory, self.file
        # As posixpath.join, which is slower.
        return f"{directory}{'' if directory[-1:] == '/' else '/'}{file}" if file else directory


def is_file(config: Config, path: str) -> bool | None:
    """Whether a path of the configuration is a file, by the disk, else by its extension; None where that is unclear."""
    if path[-1:] == "/":
        return False
    if config.disk is not None:
        if config.disk.is_dir(path):
            return False
        if config.disk.is_file(path):
            return True
    return True if is_file_name(path) else None


def mounts_a_directory(config: Config, mount: Mapping) -> bool:
    """Whether a WSGIScriptAlias leads to a directory, every file of which is run as a script."""
    if config.disk is not None and config.disk.is_dir(mount.target):
        return True
    # `site.wsgi/prefix/` gives a script a PATH_INFO to begin with.
    return mount.target.endswith("/") and script_in(mount.target) is None


def target_of(config: Config, mapping: Mapping) -> Served | None:
    """Return what a mapping leads to; None where that is not known."""
    if config.disk is not None:
        return config.once((target_of, mapping.item), lambda: _target_of(config, mapping))
    return mapping.item.server.once((target_of, mapping.item), lambda: _target_of(config, mapping))


def led_to(config: Config, server: Server) -> list[tuple[Mapping, Served | None]]:
    """Return the aliases that hold for a server, as ``aliases`` does, each with its ``target_of``."""

    def own(asked: Server) -> list[tuple[Mapping, Served | None]]:
        return [(alias, target_of(config, alias)) for alias in aliases(config, asked) if alias.item.server is asked]

    servers = (server,) if server.is_main else (server, config.main)
    remembering = (one if config.disk is None else config for one in servers)
    each = (known.once((led_to, one.item), partial(own, one)) for known, one in zip(remembering, servers, strict=True))
    return list(chain.from_iterable(each))


def _target_of(config: Config, mapping: Mapping) -> Served | None:
    if not mapping.item.known or not _ABSOLUTE.match(mapping.target):
        return None
    is_mount = mapping.is_mount
    path = _script_path(config, mapping.target) if is_mount else mapping.target
    if mapping.is_regex and _GROUP.search(path):
        wildcard = _wildcard(mapping)
        return None if wildcard is None else Served(wildcard, None, is_mount, mapping)
    file = is_file(config, path)
    if file is None:
        file = is_mount
    if file:
        directory, name = posixpath.split(path.rstrip("/"))
        return Served(directory or "/", name, is_mount, mapping)
    return Served(path.rstrip("/") or "/", None, is_mount, mapping)


def _script_path(config: Config, path: str) -> str:
    """Return the script of a mount, without the rest, as in ``app.wsgi/prefix``, which is the beginning of PATH_INFO.

    It ends at the first component that is a file on the disk, else at the first with the suffix of a script.
    """
    disk = config.disk
    if disk is not None and len(path) <= LONGEST_PATH:
        parts = path.rstrip("/").split("/")
        prefixes = ("/".join(parts[: at + 1]) for at, part in enumerate(parts) if part)
        if (found := next((prefix for prefix in prefixes if disk.is_file(prefix)), None)) is not None:
            return found
        if disk.is_dir(path):
            return path
    return script_in(path) or path


def is_unclear(config: Config, target: Served) -> bool:
    """Whether a target may be either a file or a directory, as far as can be seen.

    A mount without a suffix may be one of a directory, a ScriptAlias without a slash at its end one of a single program, and
    an Alias whose last component has an unknown suffix one of a single file.
    """
    mapping = target.mapping
    if mapping is None or mapping.is_regex or is_file(config, target.path) is not None:
        return False
    if config.disk is not None and config.disk.is_dir(target.path):
        return False
    if mapping.is_mount:
        return True
    if mapping.url.endswith("/") or mapping.target.endswith("/"):
        return False
    return mapping.item.key == "scriptalias" or _SUFFIX.search(mapping.target) is not None


def _wildcard(mapping: Mapping) -> str | None:
    """Return a target with groups as directories: a group of one component becomes ``*``, a last group is cut off.

    ``^/([^/]+)/static/(.*)$ -> /srv/$1/static/$2`` serves ``/srv/*/static``.
    """
    groups = _groups(mapping.url)
    parts = mapping.target.rstrip("/").split("/")
    found: list[str] = []
    for at, part in enumerate(parts):
        numbers = [int(group[1:]) for group in _GROUP.findall(part)]
        if not numbers:
            found.append(part)
            continue
        if at == len(parts) - 1:
            # Anything that the last component adds lies below the directory.
            break
        if any(number not in groups or "/" in groups[number] for number in numbers):
            return None
        found.append(_GROUP.sub("*", part))
    return "/".join(found) or None


def _groups(pattern: str) -> dict[int, str]:
    """Return the groups of a regular expression that cannot match a slash, by number, each with a sample text."""
    found: dict[int, str] = {}
    number, at = 0, 0
    while at < len(pattern):
        if pattern[at] == "\\":
            at += 2
            continue
        if pattern[at] == "[":
            end = pattern.find("]", at + 2)
            at = len(pattern) if end < 0 else end + 1
            continue
        if pattern[at] == "(" and pattern[at + 1 : at + 2] != "?":
            number += 1
            if _WITHOUT_SLASH.match(pattern, at):
                found[number] = ""
        at += 1
    return found


def served(config: Config, server: Server) -> list[Served] | None:
    """Return all targets on the disk of a host's own URLs; None where some of them are not known.

    The DocumentRoot counts where no mount or alias takes all URLs.
    """
    known = _served(config)
    if server not in known:
        known[server] = _find_served(config, server)
    found = known[server]
    return None if found is None else list(found)


def served_near(config: Config, server: Server, prefix: str) -> list[Served] | None:
    """Return ``served`` without the targets that have no URL below a prefix (``coverage``)."""
    every = served(config, server)
    if every is None:
        return None
    plain, others = config.once((served_near, server), lambda: _by_url(every))
    near = [*plain.above(prefix), *plain.below(prefix), *others]
    return [one for one in dict.fromkeys(near) if coverage(prefix, one) != "none"]


def _by_url(targets: list[Served]) -> tuple[Nested[Served], list[Served]]:
    """Return targets by the URLs of their mappings, and those without a single URL."""
    mapped = [(one.mapping.url, one) for one in targets if one.mapping is not None and not one.mapping.is_regex]
    return Nested(mapped), [one for one in targets if one.mapping is None or one.mapping.is_regex]


@derived
def _served(config: Config) -> dict[Server, list[Served] | None]:
    """Return the cache of ``served``: rules ask for every pair of a script and a host."""
    return {}


def _find_served(config: Config, server: Server) -> list[Served] | None:
    targets = [target for _, target in led_to(config, server)]
    targets += [target_of(config, mount) for mount in mounts(config, server)]
    found = [target for target in targets if target is not None]
    if len(found) < len(targets):
        return None
    root = document_root(config, server)
    if root is None or not root.args:
        return found
    takes_all = any(not m.is_regex and m.url == "/" for m in [*aliases(config, server), *mounts(config, server)])
    if not takes_all:
        if not root.known:
            return None
        found.append(Served(root.value.rstrip("/") or "/", None, is_script=False, mapping=None))
    return found


def scripts(config: Config, server: Server) -> list[Served]:
    """Return the WSGI scripts of a host's mounts; for the main server those of all hosts, where its sections hold, too."""
    return config.once((scripts, server), lambda: list(_find_scripts(config, server)))


def _find_scripts(config: Config, server: Server) -> Iterator[Served]:
    for host in config.servers if server.is_main else [server]:
        for mount in mounts(config, host):
            target = target_of(config, mount)
            if target is not None and target.file is not None:
                yield target


def scripts_nested(config: Config, server: Server) -> Nested[Served]:
    """Return ``scripts`` by their directories."""
    return config.once(
        (scripts_nested, server), lambda: Nested((script.directory, script) for script in scripts(config, server))
    )


def scripts_below(config: Config, server: Server, directory: str) -> list[Served]:
    """Return those of ``scripts`` that lie in a directory or below it."""
    return scripts_nested(config, server).below(directory)


def static(config: Config, server: Server) -> Nested[Served]:
    """Return the directories of static files of a host, by their paths; for the main server those of all hosts."""

    def found() -> Nested[Served]:
        hosts = config.servers if server.is_main else [server]
        every = (one for host in hosts for one in served(config, host) or ())
        return Nested((one.directory, one) for one in every if not one.is_script and one.file is None)

    return config.once((static, server), found)


def location_prefix(section: Item) -> str | None:
    """Return the URL prefix that a Location is about; None for a regular expression that is more than a prefix."""
    pattern = pattern_of(section)
    if not is_regex_section(section):
        return None if has_wildcard(pattern) else pattern or "/"
    if pattern in _EVERYTHING:
        return "/"
    literal, rest = literal_and_rest(pattern)
    return literal if literal.startswith("/") and rest in _REST else None


#: Regular expressions that match every URL, and those after a literal prefix with which it takes everything below it.
_EVERYTHING = frozenset({"^", "^/", "/", ".*", "^/.*", "^/.*$", "^.*$", "/.*", "^/(.*)", "^/(.*)$"})
_REST = frozenset({"", "/", ".*", "/.*", "/.*$", ".*$", "(/.*)?$", "(/|$)", "(.*)", "(.*)$", "/(.*)", "/(.*)$"})


def coverage(prefix: str, target: Served) -> Literal["all", "some", "none"]:
    """Return how many of the URLs that lead to a target lie at or below ``prefix``."""
    if target.mapping is None:
        return "all" if prefix == "/" else "some"
    url = target.mapping.url
    if target.mapping.is_regex:
        literal = static_part(url)
        if prefix == "/" or literal.startswith(prefix):
            return "all"
        return "some" if prefix.startswith(literal) else "none"
    if is_prefix(prefix, url):
        return "all"
    return "some" if is_prefix(url, prefix) else "none"


class Links(NamedTuple):
    """The symbolic links below a directory of static files: wanted ones, and stray ones that should not be served."""

    wanted: tuple[str, ...]
    stray: tuple[str, ...]

    @property
    def follow(self) -> bool:
        """Whether links should be followed: some are wanted, and none is stray."""
        return bool(self.wanted) and not self.stray


def links_in(config: Config, directory: str, limit: int = 20_000) -> Links:
    """Return the links below a directory, as the disk shows them (none without ``--root``).

    Stray are links to places without static files (``/etc``, the whole filesystem), and to neighbours of the directory (an
    application's uploads and databases). At most ``limit`` names are looked at.
    """
    disk = config.disk
    if disk is None or "*" in directory or not disk.is_dir(directory):
        return Links((), ())
    top, beside = disk.key(directory), disk.key(posixpath.dirname(directory.rstrip("/")))
    wanted: list[str] = []
    stray: list[str] = []
    stack = [directory]
    seen = 0
    while stack and seen < limit:
        place = stack.pop()
        for name in disk.names(place):
            seen += 1
            path = posixpath.join(place, name)
            if disk.is_link(path):
                goal = disk.key(path)
                code = _within(goal, beside) and not _within(goal, top)
                (stray if code or leads_to_system(config, goal) else wanted).append(path)
            elif disk.is_dir(path):
                stack.append(path)
    return Links(tuple(sorted(wanted)), tuple(sorted(stray)))


def _within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def leads_to_system(config: Config, goal: str) -> bool:
    """Whether the target of a link is in a place without static files."""
    root = config.disk.key("/").rstrip("/") if config.disk is not None else ""
    inside = goal.removeprefix(root) if goal.startswith(root) else goal
    return inside in ("", "/") or any(inside == path or inside.startswith(path + "/") for path in _SYSTEM)


def served_by_root(config: Config, server: Server) -> bool:
    """Whether URLs are left for the DocumentRoot: no mount, alias or redirect takes all of them."""
    taken = [*aliases(config, server), *mounts(config, server), *redirects(config, server)]
    return not any(not m.is_regex and m.url == "/" for m in taken)
