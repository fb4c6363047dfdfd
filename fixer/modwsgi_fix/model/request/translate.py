"""From a URL to a file: modules are asked in httpd's order, and the first that answers ends the phase (F-url-1).

The order is mod_rewrite, mod_proxy, mod_alias (redirects, then aliases), mod_wsgi, and at last DocumentRoot.
"""

from __future__ import annotations

import posixpath
import re

from modwsgi_fix.directives.families import (
    ALIASES,
    LOCATION_SECTIONS,
    MOUNTS,
    NAMED_DIRECTORIES,
    PREFIX_ALIASES,
    REDIRECTS,
)
from modwsgi_fix.directives.suffixes import script_in
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import Layer, every, last
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.merge.world import Beyond, normal
from modwsgi_fix.model.paths import Prefixes, has_wildcard
from modwsgi_fix.model.patterns import Match, Unknown, search
from modwsgi_fix.model.request.environment import is_set_somewhere, variable
from modwsgi_fix.model.request.expressions import interpolated
from modwsgi_fix.model.request.outcome import Done, Kind
from modwsgi_fix.model.request.proxied import send_away
from modwsgi_fix.model.request.rewrite_words import STATUSES_OF_HTTPD
from modwsgi_fix.model.request.state import State, absolute, escaped, is_url, location_url
from modwsgi_fix.model.urls import Mapping, alias_match, mapping_of, substitute
from modwsgi_fix.text import whole_number
from modwsgi_fix.tuples import NamedTuple

_STATUS = {"permanent": 301, "temp": 302, "seeother": 303, "gone": 410}


def translate(state: State) -> None:
    """Set ``filename``, ``handler`` and the line that led there. Raises ``Done`` for a request answered in this phase."""
    if _rewritten(state):
        return
    if _proxied(state):
        return
    _redirected(state)
    if _aliased(state) or _mounted(state):
        return
    _document_root(state)


def _rewritten(state: State) -> bool:
    if not any("rewriterule" in layer.by_key for layer in state.site.base):
        return False
    from modwsgi_fix.model.request.modrewrite import rewrite

    return rewrite(state)


class Tables:
    """The mapping directives of a server, looked up once."""

    def __init__(self, base: list[Layer]) -> None:
        # The host's own come before the main server's; only mod_proxy does it the other way round.
        layers = base[::-1]
        found = (redirect_of(item) for layer in layers for item in layer.all(REDIRECTS))
        self.redirects = [redirect for redirect in found if redirect is not None]
        self.aliases = _mappings(layers, ALIASES)
        self.mounts = _mappings(layers, MOUNTS)
        proxies = (_pass_of(item) for layer in base for item in layer.all(("proxypass", "proxypassmatch")))
        self.proxies = [proxied for proxied in proxies if proxied is not None]
        self.redirects_of = Prefixes(self.redirects, lambda one: None if one.is_regex else one.url)
        self.aliases_of = Prefixes(self.aliases, _prefix_of)
        self.mounts_of = Prefixes(self.mounts, _prefix_of)
        self.proxies_of = Prefixes(self.proxies, lambda one: None if one.is_regex else one.url)


class _Pass(NamedTuple):
    """One ProxyPass of a server taken apart."""

    item: Item
    url: str
    target: str
    is_regex: bool


def _pass_of(item: Item) -> _Pass | None:
    """Return ``ProxyPass [~] url target`` as mod_proxy.c:add_pass reads it; None for a line without a target."""
    is_regex = item.value == "~"
    words = item.values[is_regex:]
    return _Pass(item, words[0], words[1], is_regex or item.key == "proxypassmatch") if len(words) > 1 else None


def _prefix_of(mapping: Mapping) -> str | None:
    return None if mapping.is_regex else mapping.url


def _mappings(layers: list[Layer], keys: tuple[str, ...]) -> list[Mapping]:
    found = (mapping_of(item) for layer in layers for item in layer.all(keys))
    return [mapping for mapping in found if mapping is not None]


def _tables(state: State) -> Tables:
    cache = state.config.derived(_cache)
    key = id(state.site.server)
    found = cache.get(key)
    if found is None:
        found = cache[key] = Tables(state.site.base)
    return found


def _cache(config: Config) -> dict[int, Tables]:
    return {}


def _read(state: State, item: Item) -> bool:
    """Whether a mapping directive that matches is read."""
    if not item.known:
        raise Beyond(f"{item.name} {' '.join(item.values)} holds a variable that is not defined here", item)
    return not item.guards or state.world.active(item)


def _searched(pattern: str, text: str, item: Item) -> Match | None:
    """Return the match of a directive's regular expression, or None. Raises ``Beyond`` where that cannot be told."""
    found = search(pattern, text)
    if isinstance(found, Unknown):
        raise Beyond(found.reason, item)
    return found


def prefix_match(prefix: str, uri: str) -> int:
    """As ``alias_match``, but quick for URLs that cannot match, and 0 where the prefix does not match."""
    if "//" not in prefix and "//" not in uri and not uri.startswith(prefix.rstrip("/")):
        return 0
    return alias_match(prefix, uri) or 0


# -- mod_proxy ---------------------------------------------------------------------------------------------------------


#: The variable with which mod_proxy leaves a request to this server, whatever its value (mod_proxy.c:proxy_trans).
_NO_PROXY = "no-proxy"


def _proxied(state: State) -> bool:
    return not _is_kept(state) and _is_handed_on(state)


def _is_kept(state: State) -> bool:
    """Whether a variable keeps mod_proxy from a request. Raises ``Beyond`` where that is not known."""
    may_be = state.config.once(_is_kept, lambda: is_set_somewhere(state.config, _NO_PROXY))
    if not may_be and _NO_PROXY not in state.environment:
        return False
    is_set = variable(state, _NO_PROXY).is_set
    if is_set is None:
        raise Beyond(f"whether {_NO_PROXY} is set is not known")
    return is_set


def _is_handed_on(state: State) -> bool:
    layers = [layer for layer in state.layers if layer.section is not None]
    location = None
    for _, items in every(layers, ("proxypass", "proxypassmatch"), state.world):
        location = items[-1] if items else location
    if location is not None and location.args:
        target = _target_in_section(location, state.uri)
        if target == "!":
            state.step("proxy", f"{location.name} ! leaves it to this server", location)
            return False
        if target is not None and _read(state, location):
            send_away(state, target, location)
            return True
    for proxied in _tables(state).proxies_of(state.uri):
        item = proxied.item
        if proxied.is_regex:
            target = _by_pattern(proxied.url, proxied.target, state.uri, item)
        else:
            end = prefix_match(proxied.url, state.uri)
            target = proxied.target + state.uri[end:] if end else None
        if target is None or not _read(state, item):
            continue
        if proxied.target == "!":
            state.step("proxy", f"{item.name} {proxied.url} ! leaves it to this server", item)
            return False
        inherit = state.site.last("proxypassinherit", state.world)
        if inherit is not None and inherit.value.lower() != "on" and item.server is not state.site.server:
            # The manual says that a host then has no line of the main server; httpd 2.4.71 hands its URLs on all the same.
            raise Beyond(f"{inherit.name} {inherit.value}: releases of httpd differ in what it does", inherit)
        send_away(state, target, item)
        return True
    return False


def _target_in_section(item: Item, uri: str) -> str | None:
    """Return where ``ProxyPass`` in a section leads: the section's pattern is its first argument; None where it does not match.

    The pattern is a regular expression for ``ProxyPassMatch``, and where it has the signs of a wildcard, whatever the section
    takes it for. Elsewhere it is the beginning of a URL (mod_proxy.c:add_pass, measured).
    """
    section = item.section(*LOCATION_SECTIONS)
    if section is None:
        return None
    pattern = pattern_of(section)
    if item.key == "proxypassmatch" or has_wildcard(re.sub(r"\\.", "", pattern)):
        return _by_pattern(pattern, item.value, uri, item)
    end = prefix_match(pattern, uri)
    return None if not end else "!" if item.value == "!" else item.value + uri[end:]


def _by_pattern(pattern: str, target: str, uri: str, item: Item) -> str | None:
    """Return where a pattern of ``ProxyPassMatch`` leads a URL, or None.

    The whole URL comes after a target without any dollar sign (mod_proxy.c:ap_proxy_trans_match).
    """
    found = _searched(pattern, uri, item)
    if found is None or target == "!":
        return target if found else None
    return substitute(target, found) if "$" in target else target + uri


# -- mod_alias ---------------------------------------------------------------------------------------------------------


class Redirect(NamedTuple):
    """One Redirect directive taken apart; ``url`` is None in its short form in a section: all that leads there is meant."""

    item: Item
    status: int
    url: str | None
    target: str
    is_regex: bool


def redirect_of(item: Item, *, in_section: bool = False) -> Redirect | None:
    """Return ``Redirect [status] [url] [target]`` as mod_alias.c:add_redirect_internal reads it; None for a refused line.

    ``in_section`` says whether it stands in a section or an ``.htaccess`` file.
    """
    values = list(item.values)
    status = 301 if item.key == "redirectpermanent" else 302
    if item.key in ("redirect", "redirectmatch") and values:
        word = values[0].lower()
        number = _STATUS.get(word) or whole_number(word)
        if number is not None:
            status = number
            values.pop(0)
    may_be_short = in_section and item.key == "redirect"
    if not values:
        is_taken = len(item.values) == 1 and item.key == "redirect" and not 300 <= status < 400
        return Redirect(item, status, None if may_be_short else "", "", is_regex=False) if is_taken else None
    regex = item.key == "redirectmatch"
    if len(values) == 1:
        if may_be_short and 300 <= status < 400:
            return Redirect(item, status, None, values[0], regex)
        return Redirect(item, status, values[0], "", regex)
    return Redirect(item, status, values[0], values[1], regex)


def redirect_in_location(state: State) -> None:
    """Raise ``Done`` for a Redirect of all that leads to its section: it is asked twice (mod_alias.c:try_redirect)."""
    layers = [layer for layer in state.layers if not layer.is_level]
    items = (item for _, items in every(layers, ("redirect",), state.world) for item in items)
    short = [found for item in items if (found := redirect_of(item, in_section=True)) and found.url is None]
    if short:
        target = interpolated(short[-1].target, state)
        if target is None:
            raise Beyond(f"{short[-1].item.name} to an expression that is not known", short[-1].item)
        raise redirection(state, short[-1], _written_out(target))


def _redirected(state: State) -> None:
    redirect_in_location(state)
    for redirect in _tables(state).redirects_of(state.uri):
        target = redirect_target(state, redirect)
        if target is not None and _read(state, redirect.item):
            raise redirection(state, redirect, target)


def redirect_target(state: State, redirect: Redirect) -> str | None:
    """Return the target of a redirect for this URL (empty where it has none); None where it does not match."""
    if redirect.url is None:
        return None
    if not redirect.url:
        raise Beyond(f"{redirect.item.name} names no URL, and httpd ends itself at the next one", redirect.item)
    if redirect.is_regex:
        found = _searched(redirect.url, state.uri, redirect.item)
        if found is None:
            return None
        return _written_out(substitute(redirect.target, found))
    end = prefix_match(redirect.url, state.uri)
    if not end:
        return None
    rest = escaped(state.uri[end:])
    return redirect.target + rest if redirect.target else ""


def _written_out(target: str) -> str:
    """Return a target with its path escaped; neither its query nor its fragment is."""
    at = min((target.index(char) for char in "?#" if char in target), default=len(target))
    return escaped(target[:at]) + target[at:]


def redirection(state: State, redirect: Redirect, target: str) -> Done:
    """Return the answer of a Redirect directive."""
    item, status = redirect.item, redirect.status
    if status not in STATUSES_OF_HTTPD:
        # It has no page for it (http_request.c:ap_die).
        status = 500
    if not 300 <= status < 400:
        state.step("mapping", f"{item.name} answers {redirect.status}", item)
        kind = {403: Kind.REFUSED, 401: Kind.REFUSED, 404: Kind.NOT_FOUND}.get(status, Kind.ERROR)
        return state.done(kind, status, f"{item.name} says so")
    if not target.startswith("/") and not is_url(target):
        state.step("mapping", f"{item.name} to {target}, which is neither a URL nor the path of one", item)
        return state.done(Kind.ERROR, 500, "a redirect to what is neither a URL nor the path of one")
    if target.startswith("/") and not _is_relative(state):
        target = location_url(state, target)
    if state.query and "?" not in target:
        target += f"?{state.query}"
    state.step("mapping", f"{item.name} to {target}", item)
    return state.done(Kind.REDIRECT, status, location=target)


def _is_relative(state: State) -> bool:
    relative = last(state.layers, "redirectrelative", state.world)
    return relative is not None and relative.value.lower() == "on"


def _aliased(state: State) -> bool:
    location = _location_alias(state)
    if location is not None:
        return True
    for mapping in _tables(state).aliases_of(state.uri):
        target = mapped(state.uri, mapping)
        if target is None or not _read(state, mapping.item):
            continue
        state.filename = absolute(state, target, mapping.item)
        state.anchor = (
            normal(absolute(state, mapping.target, mapping.item)).rstrip("/") if not mapping.is_regex else "/"
        )
        if mapping.is_regex:
            state.anchor = posixpath.dirname(normal(state.filename).rstrip("/"))
        state.alias, state.context = mapping.item.key, mapping
        if state.alias.startswith("script"):
            state.handler = "cgi-script"
            if mapping.target.endswith("/"):
                # Nobody writes a slash after the name of a file.
                state.anchor += "/"
        state.step("mapping", f"{mapping.item.name} {mapping.url} maps it to {state.filename}", mapping.item)
        return True
    return False


def _location_alias(state: State) -> Item | None:
    """Return an ``Alias`` with one argument inside ``<Location>`` (2.4.19): its path without the rest of the URL (M7)."""
    for key in PREFIX_ALIASES:
        item = last([layer for layer in state.layers if layer.section is not None], key, state.world)
        if item is not None and len(item.args) == 1:
            preserve = last(state.layers, "aliaspreservepath", state.world)
            section = item.section(*LOCATION_SECTIONS)
            path = interpolated(item.value, state)
            keeps = preserve is not None and preserve.value.lower() == "on"
            if section is None or path is None or (keeps and is_regex_section(section)):
                raise Beyond("an Alias in a section with a pattern or an expression is not modelled", item)
            if keeps:
                path += state.uri[len(section.value) :]
            state.filename = absolute(state, path, item)
            state.anchor = normal(state.filename).rstrip("/")
            state.alias = key
            if key == "scriptalias":
                state.handler = "cgi-script"
            state.step("mapping", f"{item.name} in <Location {section.value}> maps it to {state.filename}", item)
            return item
    return None


def mapped(uri: str, mapping: Mapping) -> str | None:
    """Return the path that an alias gives a URL, or None (mod_alias.c:try_alias_list)."""
    if not mapping.is_regex:
        end = prefix_match(mapping.url, uri)
        return mapping.target + uri[end:] if end else None
    found = _searched(mapping.url, uri, mapping.item)
    return substitute(mapping.target, found) if found else None


# -- mod_wsgi, core ----------------------------------------------------------------------------------------------------


def _mounted(state: State) -> bool:
    for mount in _tables(state).mounts_of(state.uri):
        found = mounted(state.uri, mount)
        if found is None or not _read(state, mount.item):
            continue
        target, rest = found
        state.filename, state.handler, state.mount = target + rest, "wsgi-script", mount
        named = normal(target).rstrip("/")
        state.anchor = script_in(named) or named
        state.step("mapping", f"{mount.item.name} {mount.url} maps it to {target}", mount.item)
        return True
    return False


def mounted(uri: str, mount: Mapping) -> tuple[str, str] | None:
    """Return the script of a mount and the rest of the URL, or None (mod_wsgi.c:wsgi_hook_intercept).

    For ``/`` the rest is the whole URL, for a regular expression the part after the match.
    """
    if not mount.is_regex:
        end = prefix_match(mount.url, uri)
        if not end:
            return None
        return mount.target, (uri if mount.url == "/" else uri[end:])
    found = _searched(mount.url, uri, mount.item)
    if found is None or not found.head:
        return None
    return substitute(mount.target, found), (uri if found.head == "/" else found.tail)


def _document_root(state: State) -> None:
    if state.config.named(*NAMED_DIRECTORIES):
        from modwsgi_fix.model.request.named_directories import in_directory_of_host, in_home

        if in_home(state) or in_directory_of_host(state):
            return
    item = state.site.last("documentroot", state.world)
    if item is None:
        state.step("mapping", "no directive maps it, and DocumentRoot is not in sight")
        raise Beyond("DocumentRoot is not in sight")
    if not item.known:
        raise Beyond("DocumentRoot holds a variable that is not defined here", item)
    root = absolute(state, item.value, item).rstrip("/")
    if re.search(r"(^|/)\.\.(/|$)", state.uri):
        raise state.done(Kind.REFUSED, 403, "the path leads above DocumentRoot")
    state.filename = root + below_server_path(state, state.uri)
    state.anchor = root
    state.step("mapping", f"DocumentRoot: {state.filename}", item)


def below_server_path(state: State, uri: str) -> str:
    """Return a URL as it is put behind DocumentRoot: without ServerPath, and with a slash (core.c:ap_core_translate)."""
    item = state.site.base[-1].by_key.get("serverpath", [])
    prefix = item[-1].value if item else ""
    rest = uri.removeprefix(prefix)
    if not prefix or not uri.startswith(prefix) or (rest and not rest.startswith("/") and not prefix.endswith("/")):
        return uri if uri.startswith("/") else f"/{uri}"
    return "/" + rest.lstrip("/")
