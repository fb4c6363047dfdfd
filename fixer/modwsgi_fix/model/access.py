"""Who may fetch what: access directives of 2.2 and 2.4, the sections that hold them, and how httpd merges them.

Both dialects are evaluated, and both must allow (Satisfy All); a later section replaces an earlier one's directives of the
same dialect as a whole (domain.md C1 to C7; mod_authz_core.c, mod_access_compat.c).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from modwsgi_fix.model.config import Config, File, Guard, Item, Server
from modwsgi_fix.model.patterns import finds, wildcard
from modwsgi_fix.syntax import Directive

#: Sections that group Require lines.
REQUIRE_SECTIONS = frozenset({"requireall", "requireany", "requirenone"})
ORDER_KEYS = frozenset({"order", "allow", "deny"})
#: What asks for a login or a certificate, or refuses plain HTTP.
AUTHENTICATION = frozenset({
    "authtype", "authname", "authuserfile", "authgroupfile", "authbasicprovider", "authdigestprovider", "sslrequiressl",
    "sslrequire", "sslverifyclient", "wsgiauthuserscript", "wsgiauthgroupscript", "wsgiaccessscript",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Access:
    """The access directives that stand directly in one section, by dialect."""

    section: Item
    requires: tuple[Item, ...]
    orders: tuple[Item, ...]
    allows: tuple[Item, ...]
    denies: tuple[Item, ...]
    satisfy: Item | None
    others: tuple[Item, ...]

    @property
    def is_empty(self) -> bool:
        """No access directive of either dialect."""
        return not (self.requires or self.orders or self.allows or self.denies or self.satisfy)

    @property
    def has_22(self) -> bool:
        return bool(self.orders or self.allows or self.denies)

    @property
    def has_24(self) -> bool:
        return bool(self.requires)

    @property
    def admits_22(self) -> bool | None:
        """Whether Order, Allow and Deny admit everyone (True), no one (False), or some; None where there are none.

        Some is None as well: ask ``restricts``. ``Order deny,allow`` is the default (mod_access_compat.c).
        """
        if not self.has_22:
            return None
        allow_first = bool(self.orders) and self.orders[-1].value.lower().replace(" ", "").startswith("allow,")
        allow_all = any(from_all(item) for item in self.allows)
        deny_all = any(from_all(item) for item in self.denies)
        if allow_first:
            if self.denies:
                return False if deny_all or not self.allows else None
            return True if allow_all else (None if self.allows else False)
        if allow_all or not self.denies:
            return True
        if deny_all:
            return None if self.allows else False
        return None

    @property
    def admits_24(self) -> bool | None:
        """Whether the Require lines admit everyone, no one, or some (None); None also where there are none."""
        direct = [item for item in self.requires if item.key == "require"]
        if any(words(item) == ("all", "granted") for item in direct):
            return True
        if self.requires and len(direct) == len(self.requires) and all(words(i) == ("all", "denied") for i in direct):
            return False
        return None

    @property
    def grants(self) -> bool:
        """True when one dialect admits everyone and the other does not restrict."""
        both = [admits for admits, has in ((self.admits_22, self.has_22), (self.admits_24, self.has_24)) if has]
        return bool(both) and all(admits is True for admits in both)

    @property
    def denies_all(self) -> bool:
        """True when one dialect admits no one (and Satisfy is not Any)."""
        return (self.admits_22 is False or self.admits_24 is False) and not self.satisfy_any

    @property
    def satisfy_any(self) -> bool:
        return self.satisfy is not None and self.satisfy.value.lower() == "any"

    @property
    def lines(self) -> tuple[Item, ...]:
        """All of its access directives, in order."""
        found = [*self.requires, *self.orders, *self.allows, *self.denies, *((self.satisfy,) if self.satisfy else ())]
        return tuple(sorted(found, key=lambda item: item.index))


def words(item: Item) -> tuple[str, ...]:
    """The arguments in lower case."""
    return tuple(value.lower() for value in item.values)


def from_all(item: Item) -> bool:
    """``Allow from all`` or ``Deny from all``."""
    values = words(item)
    return len(values) >= 2 and values[0] == "from" and "all" in values[1:]


def access_of(section: Item) -> Access:
    """The access directives directly inside a section."""
    requires, orders, allows, denies, others = [], [], [], [], []
    satisfy = None
    for child in section.children:
        key = child.key
        if key == "require" or key in REQUIRE_SECTIONS:
            requires.append(child)
        elif key == "order":
            orders.append(child)
        elif key == "allow":
            allows.append(child)
        elif key == "deny":
            denies.append(child)
        elif key == "satisfy":
            satisfy = child
        else:
            others.append(child)
    return Access(section, tuple(requires), tuple(orders), tuple(allows), tuple(denies), satisfy, tuple(others))


def location_sections(config: Config, server: Server) -> list[Item]:
    """``<Location>`` and ``<LocationMatch>`` that hold for a server, in the order httpd merges them: main, then host."""
    return _sections(config, server, ("location", "locationmatch"))


def directory_sections(config: Config, server: Server) -> list[Item]:
    """``<Directory>`` and ``<DirectoryMatch>`` that hold for a server, in the order httpd merges them.

    The main server's before the host's where ``directory_rank`` is equal.
    """
    return sorted(_sections(config, server, ("directory", "directorymatch")), key=directory_rank)


def directory_rank(section: Item) -> tuple[bool, int]:
    """Where a ``<Directory>`` comes in: plain and wildcard ones by number of components, then regular expressions.

    These by the number of their slashes, wherever they stand, which no manual says (core.c:reorder_sorter,
    ap_count_dirs; measured on 2.4.71: ``<DirectoryMatch wsgi>`` is overridden by ``<DirectoryMatch /static>``).
    """
    pattern = pattern_of(section)
    return (True, pattern.count("/")) if is_regex_section(section) else (False, depth(pattern))


def _sections(config: Config, server: Server, keys: tuple[str, ...]) -> list[Item]:
    servers = [server] if server.is_main else [config.main, server]
    # A bare "Directory" is no section, and one without a path is refused: it holds for nothing.
    return [item for one in servers for item in one.all(*keys) if item.is_section and item.args]


def is_regex_section(section: Item) -> bool:
    """``<XMatch regex>`` or ``<X ~ regex>``."""
    return section.key.endswith("match") or (len(section.args) > 1 and section.value == "~")


def pattern_of(section: Item) -> str:
    """A section's path, wildcard or regular expression."""
    return section.args[1].value if len(section.args) > 1 and section.value == "~" else section.value


def depth(path: str) -> int:
    """The number of path components: 0 for ``/``."""
    return len([part for part in path.split("/") if part])


def has_wildcard(path: str) -> bool:
    return any(char in path for char in "*?[")


def directory_matches(section: Item, path: str) -> bool | None:
    """Whether a ``<Directory>`` section holds for a file or directory at ``path`` (a path as mapped, links unresolved).

    Wildcards do not cross a slash (request.c:ap_directory_walk). None where its pattern is not understood.
    """
    pattern = pattern_of(section)
    if is_regex_section(section):
        # The walk tries every directory on the way, each with a slash at its end.
        found = [finds(pattern, part) for part in _parents(path)]
        return True if True in found else None if None in found else False
    return path_matches(pattern, path)


def path_matches(pattern: str, path: str) -> bool:
    """Whether a directory pattern (wildcards within components) holds for ``path`` or a directory above it."""
    wanted, have = _components(pattern), _components(path)
    if len(wanted) > len(have):
        return False
    if wanted == have[: len(wanted)]:
        return True
    return has_wildcard(pattern) and all(
        w == h or (has_wildcard(w) and wildcard(w)(h)) for w, h in zip(wanted, have, strict=False)
    )


@lru_cache(maxsize=16384)
def _components(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def may_overlap(section: Item, path: str) -> bool:
    """Whether a ``<Directory>`` may hold for some directory of a path with wildcards, and is merged before its own section.

    Regular expressions are merged after all paths, and deeper sections after less deep ones.
    """
    if is_regex_section(section):
        return False
    wanted = [part for part in pattern_of(section).split("/") if part]
    have = [part for part in path.split("/") if part]
    return len(wanted) <= len(have) and all(
        w == h or has_wildcard(w) or has_wildcard(h) for w, h in zip(wanted, have, strict=False)
    )


def _parents(path: str) -> Iterator[str]:
    parts = [part for part in path.split("/") if part]
    for count in range(len(parts) + 1):
        yield "/" + "/".join(parts[:count]) + ("/" if count else "")


@dataclass(frozen=True, slots=True)
class Grant:
    """What the ``<Directory>`` sections say of a path: ``allowed`` True, False, or None where unknown.

    ``by_22`` and ``by_24`` are the sections that decided in each dialect; None where no section speaks.
    """

    allowed: bool | None
    by_22: Item | None
    by_24: Item | None


def grant(config: Config, server: Server, path: str, file: str | None = None, given: Collection[Guard] = ()) -> Grant:
    """Whether everyone may fetch what lies at ``path``, by ``<Directory>`` (and ``<Files>`` inside, for ``file``) alone.

    Where no section speaks httpd grants; without the whole server that is unknown. Sections under an undecided
    condition, or which admit only some, make it unknown too. ``given`` are conditions that are taken to hold.
    """
    found_22: Access | None = None
    found_24: Access | None = None
    unknown = False
    sections = list(directory_sections(config, server))
    nested: list[Item] = []
    for section in sections:
        held = directory_matches(section, path)
        if held is None:
            unknown = True
        if not held:
            continue
        access = access_of(section)
        if not set(section.guards) <= set(given) and not access.is_empty:
            unknown = True
        found_22 = access if access.has_22 else found_22
        found_24 = access if access.has_24 else found_24
        nested += [child for child in section.children if child.key in ("files", "filesmatch")]
    if file is not None:
        for section in [*_sections(config, server, ("files", "filesmatch")), *nested]:
            held = files_matches(section, file)
            access = access_of(section)
            if held is None and not access.is_empty:
                unknown = True
            if not held:
                continue
            found_22 = access if access.has_22 else found_22
            found_24 = access if access.has_24 else found_24
    verdicts = [found_22.admits_22 if found_22 else True, found_24.admits_24 if found_24 else True]
    if not config.complete and found_22 is None and found_24 is None:
        verdicts = [None]
    allowed: bool | None = True
    if False in verdicts:
        allowed = False
    elif unknown or None in verdicts:
        allowed = None
    return Grant(allowed, found_22.section if found_22 else None, found_24.section if found_24 else None)


def files_matches(section: Item, name: str) -> bool | None:
    """Whether a ``<Files>`` or ``<FilesMatch>`` section holds for a file name."""
    pattern = pattern_of(section)
    if is_regex_section(section):
        return finds(pattern, name)
    if has_wildcard(pattern):
        return wildcard(pattern)(name)
    return pattern == name


def location_matches(section: Item, path: str) -> bool | None:
    """Whether a ``<Location>`` section holds for a URL path (request.c:ap_location_walk).

    ``/a`` holds for ``/a`` and what is below; ``/a/`` not for ``/a``; wildcards do not cross a slash.
    """
    pattern = pattern_of(section)
    if is_regex_section(section):
        return finds(pattern, path)
    if has_wildcard(pattern):
        return wildcard(pattern)(path) if "/" not in path.strip("/") else None
    return path.startswith(pattern) and (
        pattern.endswith("/") or len(path) == len(pattern) or path[len(pattern)] == "/"
    )


def baseline(config: Config) -> list[Item]:
    """The ``<Directory />`` sections of the main server."""
    sections = _sections(config, config.main, ("directory",))
    return [item for item in sections if not is_regex_section(item) and depth(pattern_of(item)) == 0]


def baseline_dialects(config: Config) -> tuple[bool, bool] | None:
    """Which dialects the deny of ``<Directory />`` is written in: (2.2, 2.4); None where no baseline is in sight."""
    found = [access_of(item) for item in baseline(config)]
    speaking = [access for access in found if not access.is_empty]
    if not speaking:
        return None
    return any(a.admits_22 is False for a in speaking), any(a.admits_24 is False for a in speaking)


def grant_lines(config: Config, file: File | None = None) -> list[str]:
    """The lines that open a ``<Directory>`` or ``<Files>``, in the dialect that the server needs.

    Both dialects must allow (domain.md C4): under a 2.2-style deny a ``Require`` alone stays refused, and the reverse.
    Where the baseline is not in sight, a ``file`` in the words of 2.4 gets no others, nor does one that opens directories
    in the words of 2.2 alone: its server understands them. One that has words of 2.2 otherwise gets both, the old ones only
    for servers that load mod_access_compat. Without a ``file``, or where it has none, all files count.
    """
    old = ["Order allow,deny", "Allow from all"]
    if config.target.is_22:
        return old
    dialects = baseline_dialects(config)
    if dialects is not None:
        return ["Require all granted", *old] if dialects[0] else ["Require all granted"]
    if config.complete and not config.named("order", "allow", "deny"):
        return ["Require all granted"]
    if not config.complete and _speaks_24_alone(config, file):
        return ["Require all granted"]
    if not config.complete and _works_in_22(config, file):
        return old
    return [
        "Require all granted",
        "<IfModule mod_access_compat.c>",
        *(f"    {line}" for line in old),
        "</IfModule>",
    ]


def _speaks_24_alone(config: Config, file: File | None) -> bool:
    """Whether a fragment's access is in the words of 2.4, and none is in those of 2.2; nor is the deny around it."""
    if config.denies == "2.2":
        return False
    spoken = (_dialects(file) if file is not None else frozenset()) or frozenset(
        dialect for one in config.files.values() for dialect in _dialects(one)
    )
    return spoken == {"2.4"} or (config.denies == "2.4" and not spoken)


def _works_in_22(config: Config, file: File | None) -> bool:
    """Whether a fragment opens directories, and speaks of access in the words of 2.2 alone."""
    files = [file] if file is not None and _dialects(file) else list(config.files.values())
    spoken = frozenset(dialect for one in files for dialect in _dialects(one))
    return (
        config.denies != "2.4"
        and spoken == {"2.2"}
        and any(item.file in files and item.section("directory") is not None for item in config.named("allow"))
    )


@lru_cache(maxsize=1024)
def _dialects(file: File) -> frozenset[str]:
    """The dialects that a file has words of, in branches that are not read too."""
    keys = {node.key for node in file.tree.walk() if isinstance(node, Directive)}
    return frozenset(
        dialect for dialect, words in (("2.2", ORDER_KEYS), ("2.4", frozenset({"require"}))) if keys & words
    )


def deny_lines(config: Config) -> list[str]:
    """The lines that close a ``<Directory>``."""
    return ["Order deny,allow", "Deny from all"] if config.target.is_22 else ["Require all denied"]
