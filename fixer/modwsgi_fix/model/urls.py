"""From URLs to files and applications: the mappings of mod_alias, mod_wsgi and DocumentRoot, in the order httpd asks them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from modwsgi_fix.directives.families import ALIASES, MOUNTS, REDIRECTS
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.daemons import Option, options_of
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.paths import Nested
from modwsgi_fix.model.patterns import Match, finds, search
from modwsgi_fix.text import Span, decode, encode
from modwsgi_fix.tuples import NamedTuple


class Mapping(NamedTuple):
    """One directive that maps URLs.

    ``url`` is a path prefix, or a regular expression when ``is_regex``; ``target`` a path of the filesystem (a URL for
    redirects) as written, with variables expanded.
    """

    item: Item
    url: str
    target: str
    is_regex: bool
    url_span: Span
    target_span: Span

    @property
    def server(self) -> Server:
        """The server whose directive it is."""
        return self.item.server

    @property
    def is_mount(self) -> bool:
        """Whether the directive is a WSGIScriptAlias or WSGIScriptAliasMatch."""
        return self.item.key in MOUNTS

    @property
    def is_redirect(self) -> bool:
        """Whether the directive is one of mod_alias' redirects."""
        return self.item.key in REDIRECTS

    def matches(self, path: str) -> bool | None:
        """Whether this maps a URL path; None where the pattern is not understood."""
        if not self.is_regex:
            return alias_match(self.url, path) is not None
        return finds(self.url, path)

    def maps(self, path: str) -> str | None:
        """Return the file that a URL path is mapped to; None where the path does not match, or the pattern is not understood."""
        if not self.is_regex:
            end = alias_match(self.url, path)
            return None if end is None else self.target + path[end:]
        found = search(self.url, path)
        return substitute(self.target, found) if isinstance(found, Match) else None


def alias_match(prefix: str, path: str) -> int | None:
    """Return how many characters of a URL path an Alias prefix takes, or None (mod_alias.c:alias_matches).

    Runs of slashes count as one; a prefix without a slash at its end matches only whole segments.
    """
    if "//" not in prefix and "//" not in path:
        end = len(prefix)
        is_whole = prefix.endswith("/") or path[end : end + 1] in ("", "/")
        return end if prefix and is_whole and path.startswith(prefix) else None
    at = taken = 0
    while at < len(prefix):
        if prefix[at] == "/":
            if taken >= len(path) or path[taken] != "/":
                return None
            while at < len(prefix) and prefix[at] == "/":
                at += 1
            while taken < len(path) and path[taken] == "/":
                taken += 1
        else:
            if taken >= len(path) or path[taken] != prefix[at]:
                return None
            at += 1
            taken += 1
    if prefix[at - 1 : at] != "/" and taken < len(path) and path[taken] != "/":
        return None
    return taken if taken else None


def substitute(template: str, found: Match) -> str:
    """Return a template with ``$0`` to ``$9`` replaced by the groups (util.c:ap_pregsub); a backslash quotes a character."""

    def group(part: re.Match[str]) -> str:
        if part[1] is None:
            return part[2]
        return found.group(int(part[1]))

    # A match of bytes may begin or end within a character.
    return decode(encode(re.sub(r"\$(\d)|\\(.)", group, template)))


#: Directives that map URLs to the filesystem.
_TO_THE_DISK = frozenset({*ALIASES, *MOUNTS})


def mapping_of(item: Item) -> Mapping | None:
    """Return the mapping that an item makes, or None."""
    key = item.key
    if key in REDIRECTS:
        args = item.args
        if key in ("redirect", "redirectmatch") and len(args) > 2:
            args = args[1:]
        if len(args) < 2:
            return None
        return Mapping(item, args[0].value, args[1].value, key.endswith("match"), args[0].span, args[1].span)
    args = item.args
    if key not in _TO_THE_DISK or len(args) < 2:
        return None
    first, second = args[0], args[1]
    return Mapping(item, first.value, second.value, key.endswith("match"), first.span, second.span)


def aliases(config: Config, server: Server) -> list[Mapping]:
    """Return the Alias, AliasMatch, ScriptAlias and ScriptAliasMatch lines that hold for a server, as mod_alias asks them.

    They are one list in file order; the main server's come after the host's own (mod_alias.c:merge_alias_config).
    """
    return _own_then_main(config, server, ALIASES)


def redirects(config: Config, server: Server) -> list[Mapping]:
    """Return the Redirects outside of sections that hold for a server; mod_alias asks them before any alias."""
    return _own_then_main(config, server, REDIRECTS)


def mounts(config: Config, server: Server) -> list[Mapping]:
    """Return the WSGIScriptAlias and WSGIScriptAliasMatch lines that hold for a server, in order (wsgi_merge_server_config)."""
    return _own_then_main(config, server, MOUNTS)


def _own_then_main(config: Config, server: Server, keys: tuple[str, ...]) -> list[Mapping]:
    main = _own(config.servers[0], keys)
    return list(main) if server.item is None else [*_own(server, keys), *main]


def _own(server: Server, keys: tuple[str, ...]) -> list[Mapping]:
    """Return the mappings of these names that a server makes itself."""
    return server.once((_own, keys), lambda: list(filter(None, map(mapping_of, server.all(*keys)))))


def prefix_targets(config: Config, keys: tuple[str, ...]) -> Iterator[str]:
    """Yield what all mappings of these names (``ALIASES``, ``MOUNTS``) with a prefix lead to, as ``Mapping.target`` has it."""
    for item in config.named(*keys):
        values = item.values
        if len(values) > 1 and item.parent is item.server.item and not item.key.endswith("match"):
            yield values[1]


def is_mounted(config: Config, server: Server, url: str) -> bool:
    """Whether a server has a mount with exactly this URL."""
    urls = config.once((is_mounted, server), lambda: {mount.url for mount in mounts(config, server)})
    return url in urls


def mount_options(config: Config, mount: Mapping) -> dict[str, Option]:
    """Return the options of a WSGIScriptAlias that count, by name."""
    options, _ = options_of(config, mount.item, 2)
    return {option.name: option for option in options}


def document_root(config: Config, server: Server) -> Item | None:
    """Return the DocumentRoot that holds for a server; None without one."""
    return server.last("documentroot") or config.main.last("documentroot")


def covers(alias: Mapping, mount: Mapping) -> bool:
    """Whether ``alias`` takes every URL of ``mount``, except perhaps the mount's own, as ``^/(.+)$`` leaves ``/``.

    Prefixes are compared as mod_alias does (F-url-1); regular expressions count where they match everything that begins with
    a prefix.
    """
    if mount.is_regex or not alias.is_regex:
        return covers_whole(alias, mount)
    return all(alias.matches(posixpath.join(mount.url, tail)) for tail in _TAILS)


def covered(config: Config, server: Server, alias: Mapping) -> Iterator[Mapping]:
    """Yield the mounts of a server that an alias ``covers``, in the order in which httpd asks them."""
    if alias.is_regex:
        return (mount for mount in mounts(config, server) if covers(alias, mount))
    plain, patterns = config.once((covered, server), lambda: _by_url(mounts(config, server)))
    near = plain.below(alias.url)
    return (mount for _, mount in (sorted([*near, *patterns]) if patterns else near) if covers(alias, mount))


_Place = tuple[int, Mapping]


def _by_url(mappings: Iterable[Mapping]) -> tuple[Nested[_Place], list[_Place]]:
    """Return mappings with their numbers: those with a prefix by their URLs, and those with a pattern."""
    numbered = list(enumerate(mappings))
    plain = Nested((one[1].url, one) for one in numbered if not one[1].is_regex)
    return plain, [one for one in numbered if one[1].is_regex]


def covers_whole(alias: Mapping, mount: Mapping) -> bool:
    """Whether ``alias`` takes every URL of ``mount``, so that the application is never reached."""
    if mount.is_regex:
        return not alias.is_regex and alias.url in ("/", "")
    url = mount.url
    if not alias.is_regex:
        return alias_match(alias.url, url) is not None and (alias.url == url or is_prefix(alias.url, url))
    return alias.matches(url) is True and covers(alias, mount)


def as_prefix(alias: Mapping) -> tuple[str, str] | None:
    """Return URL prefix and directory, without slashes at their ends; also for a pattern that maps what an Alias would.

    None for a pattern that leads elsewhere, or always to one place.
    """
    if not alias.is_regex:
        return alias.url.rstrip("/"), alias.target.rstrip("/")
    prefix = static_part(alias.url).rstrip("/")
    directories = set()
    for tail in _TAILS:
        file = alias.maps(f"{prefix}/{tail}")
        if file is None or not file.endswith(f"/{tail}"):
            return None
        directories.add(file.removesuffix(f"/{tail}").rstrip("/"))
    return (prefix, directories.pop()) if len(directories) == 1 else None


#: Samples of what may follow a prefix in a URL path; a pattern that takes all of these takes anything that follows.
_TAILS = ("x", "x/y.z", "-_~/%/q", "A b/é,1", "static/x.css", ".x")


def together(item: Item, other: Item) -> bool:
    """Whether ``item`` is certainly read wherever ``other`` is; False in a template, where branches decide."""
    return item.accompanies(other) and not item.file.tree.is_template


def is_prefix(outer: str, inner: str) -> bool:
    """Whether the URL prefix ``outer`` takes all URLs that ``inner`` takes."""
    end = alias_match(outer, inner)
    return end is not None and (outer.endswith("/") or not inner.endswith("/") or end <= len(inner.rstrip("/")))


def static_part(pattern: str) -> str:
    """Return the literal text at the start of an anchored regular expression; empty when it is not anchored."""
    return literal_and_rest(pattern)[0]


def literal_and_rest(pattern: str) -> tuple[str, str]:
    """Return the literal text at the start of an anchored regular expression, and the pattern after it."""
    if not pattern.startswith("^") or "|" in _GROUP.sub("", pattern):
        return "", pattern
    found = _LITERAL.match(pattern, 1)
    end = found.end() if found else 1
    if pattern[end : end + 1] in ("*", "?", "{") and end > 1:
        # A quantifier makes the last character part of the pattern.
        end -= 2 if pattern[end - 2] == "\\" else 1
    return pattern[1:end].replace("\\", ""), pattern[end:]


_GROUP = expression(r"\([^()]*\)")
_LITERAL = expression(r"(?:[A-Za-z0-9/_~-]|\\[./-])*")


def has_top_level_branch(pattern: str) -> bool:
    """Whether a pattern is like ``a|b``, so that text added at its beginning would belong to the first branch only."""
    depth = at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif char == "[":
            end = pattern.find("]", at + 2)
            at = len(pattern) if end < 0 else end
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "|" and depth == 0:
            return True
        at += 1
    return False
