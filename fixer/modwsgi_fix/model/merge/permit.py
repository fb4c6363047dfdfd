"""Whether access is granted: both dialects together, as merged sections say (server/request.c, mod_access_compat.c,
mod_authz_core.c; F-access-1 to F-access-11).

``Order``, ``Allow`` and ``Deny`` come first (access_checker), then ``Require`` (access_checker_ex, auth_checker); with
``Satisfy Any`` one of them suffices. This is the only evaluator of either dialect: requests ask it with one visitor, rules
with everyone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from modwsgi_fix.directives.families import (
    EARLY_VARIABLES,
    FOREIGN_CHECKERS,
    LIMIT_SECTIONS,
    OLD_ACCESS,
    PLACES,
    REQUIRE_SECTIONS,
)
from modwsgi_fix.model.config import Config, Item
from modwsgi_fix.model.merge.layers import Layer, every, last
from modwsgi_fix.model.merge.login import log_in
from modwsgi_fix.model.merge.world import Beyond, World

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

#: The directives of 2.4; those of 2.2 are ``OLD_ACCESS``.
NEW = ("require", *sorted(REQUIRE_SECTIONS))
#: What asks who the visitor is.
_USERS = frozenset({
    "valid-user", "user", "group", "file-owner", "file-group", "ldap-user", "ldap-group", "ldap-dn", "ldap-attribute",
    "ldap-filter", "ldap-search", "dbm-group", "dbm-file-group", "dbd-group", "wsgi-group", "pam-account", "unix-group",
})  # fmt: skip
#: What ``Require`` may ask for, of the modules that Debian ships.
REQUIREMENTS = _USERS | {
    "all",
    "env",
    "expr",
    "forward-dns",
    "host",
    "ip",
    "local",
    "method",
    "ssl",
    "ssl-verify-client",
}


class Visitor(NamedTuple):
    """Who asks, and how. None is whoever may come: each answer is a way of its own.

    ``authorization`` is the header with the log-in; ``is_set`` tells whether a variable is set for this request, None where
    that is not known.
    """

    method: str | None = None
    tls: bool | None = None
    client: str | None = None
    has_login: bool | None = None
    authorization: str = ""
    #: Who has logged in, once that is done; empty where the name is not known.
    user: str | None = None
    is_set: Callable[[str], bool | None] | None = None


#: Whoever may come.
EVERYONE = Visitor()


class Asked(NamedTuple):
    """The layers that hold, the visitor, and what else is known."""

    layers: Sequence[Layer]
    visitor: Visitor
    world: World
    #: The server; None where a section is looked at by itself, and what is around it is unknown.
    config: Config | None = None


class Verdict(Enum):
    """mod_authz_core's ``authz_status``."""

    GRANTED = "granted"
    DENIED = "denied"
    NEUTRAL = "neutral"
    NEEDS_USER = "needs a log-in"


class Refusal(NamedTuple):
    """What httpd answers instead: 401, 403, or 500 where it is not told how to ask for a log-in."""

    status: int
    reason: str


def refusal(asked: Asked) -> Refusal | None:
    """Why access is refused; None where it is granted. The lines that decide are steps of the world."""
    world = asked.world
    _custom(asked)
    refused, satisfy = _tls_required(asked), satisfy_of(asked)
    if refused is not None and satisfy != "any":
        return refused
    old, old_item = by_hosts(asked)
    if refused is not None:
        # A checker has refused, and Satisfy Any leaves it to Require.
        old = False
    if satisfy == "any" and old is not False:
        # Without Order, Allow and Deny the default order admits.
        world.step("access", f"{_said(old_item)} admits, and Satisfy Any is enough", old_item or _old_layer(asked)[-1])
        return None
    if old is False and satisfy != "any":
        said = f"{_said(old_item)} does not admit" if old_item else "the server around these files denies by default"
        world.step("access", said, old_item)
        return Refusal(403, "Order, Allow and Deny do not admit")
    verdict, item = by_requires(asked)
    login = last(asked.layers, "authtype", world)
    login = login if login is not None and login.value.lower() != "none" else None
    if item is None:
        return _undecided(asked, old_item, login)
    if verdict is Verdict.NEUTRAL and item.section(*LIMIT_SECTIONS) is not None:
        world.step("access", f"{_said(item)} is limited to other methods", item)
        return None
    if verdict is Verdict.GRANTED:
        if old_item is not None and old:
            world.step("access", f"{_said(old_item)} admits", old_item)
        world.step("access", f"{_said(item)} admits", item)
        return None
    if verdict is Verdict.NEEDS_USER:
        return _ask_login(asked, item, login)
    world.step("access", f"{_said(item)} does not admit", item)
    return Refusal(403, "no Require admits")


def _said(item: Item | None) -> str:
    if item is None:
        return "the default"
    section = item.section(*PLACES)
    where = f" in <{section.name} {' '.join(section.values)}>" if section is not None else ""
    return f"{item.name} {' '.join(item.values)}{where}".replace("  ", " ")


def _custom(asked: Asked) -> None:
    """Log-ins and checks that other code decides."""
    for key in FOREIGN_CHECKERS:
        item = last(asked.layers, key, asked.world)
        # On a plain host mod_ssl does not look at SSLRequire (measured).
        if item is not None and (key != "sslrequire" or _is_tls(asked)):
            raise Beyond(f"{item.name} decides, which is a program or an expression", item)


def _is_tls(asked: Asked) -> bool:
    tls = asked.visitor.tls
    return tls if tls is not None else asked.world.holds("the request comes by TLS", "the request is plain HTTP")


def _tls_required(asked: Asked) -> Refusal | None:
    item = last(asked.layers, "sslrequiressl", asked.world)
    if item is not None and not _is_tls(asked):
        asked.world.step("access", "SSLRequireSSL, and the request is plain HTTP", item)
        return Refusal(403, "SSLRequireSSL")
    return None


def _limited(asked: Asked, item: Item) -> bool:
    """Whether ``<Limit>`` around a directive leaves it in force for this method."""
    section = item.section(*LIMIT_SECTIONS)
    if section is None:
        return True
    return _is_method(asked, section.values) is (section.key == "limit")


def _is_method(asked: Asked, methods: Sequence[str]) -> bool:
    """Whether the request's method is one of these; HEAD is GET (http_request.c:ap_method_number_of)."""
    if asked.visitor.method is None:
        return asked.world.holds(f"the method is one of {' '.join(sorted(methods))}")
    return ("GET" if asked.visitor.method == "HEAD" else asked.visitor.method) in methods


# -- Order, Allow, Deny --------------------------------------------------------------------------------------------------


def _old_layer(asked: Asked) -> list[Item]:
    """The last section that says anything in the old dialect: mod_access_compat merges nothing (F-access-3)."""
    for layer in reversed(asked.layers):
        for _, items in every([layer], OLD_ACCESS, asked.world):
            return items
    return []


def satisfy_of(asked: Asked) -> str:
    """``any``, ``all`` or nothing, in lower case."""
    items = [i for i in _old_layer(asked) if i.key == "satisfy" and _limited(asked, i)]
    return items[-1].value.lower() if items else ""


def by_hosts(asked: Asked) -> tuple[bool | None, Item | None]:
    """What Order, Allow and Deny say, and the line that decided; None where they are silent."""
    layer = _old_layer(asked)
    if asked.world.dialect == "2.4":
        return None, None
    config = asked.config
    if not layer and config is not None and config.denies == "2.2" and not config.complete:
        return False, None
    items = [item for item in layer if _limited(asked, item)]
    orders = [item for item in items if item.key == "order"]
    allows = [item for item in items if item.key == "allow"]
    denies = [item for item in items if item.key == "deny"]
    if not (orders or allows or denies):
        return None, None
    order = "".join(orders[-1].values).lower().replace(" ", "") if orders else "deny,allow"
    if order.startswith("allow,") or order == "mutual-failure":
        allowed = _first(asked, allows)
        denied = _first(asked, denies)
        if denied is not None or allowed is None:
            return False, denied or (orders[-1] if orders else None)
        return True, allowed
    denied = _first(asked, denies)
    if denied is None:
        return True, (orders or allows or denies)[-1]
    allowed = _first(asked, allows)
    return (True, allowed) if allowed is not None else (False, denied)


def _first(asked: Asked, items: Iterable[Item]) -> Item | None:
    return next((item for item in items if _from_matches(asked, item)), None)


def _from_matches(asked: Asked, item: Item) -> bool:
    if from_all(item):
        return True
    if not item.known:
        return asked.world.holds(f"{item.name} {' '.join(item.values)} matches the visitor")
    return any(_visitor_is(asked, word) for word in item.values[1:])


def _visitor_is(asked: Asked, word: str) -> bool:
    """Whether the visitor is at an address, in a network, of a host name, or has a variable set."""
    if word.lower().startswith("env="):
        name = word[4:]
        wanted = not name.startswith("!")
        return _environment(asked, name.lstrip("!")) is wanted
    if asked.visitor.client is not None and (network := _network(word)) is not None:
        from ipaddress import ip_address

        return ip_address(asked.visitor.client) in network
    return asked.world.holds(f"the visitor is at {word}", f"the visitor is not at {word}")


def _network(word: str) -> IPv4Network | IPv6Network | None:
    from ipaddress import ip_network

    if re.fullmatch(r"\d+(\.\d+){0,2}\.?", word, re.ASCII):
        parts = word.rstrip(".").split(".")
        word = ".".join(parts + ["0"] * (4 - len(parts))) + f"/{8 * len(parts)}"
    try:
        return ip_network(word, strict=False)
    except ValueError:
        return None


def _environment(asked: Asked, name: str) -> bool:
    if asked.visitor.is_set is not None:
        known = asked.visitor.is_set(name)
        return asked.world.holds(f"the variable {name} is set") if known is None else known
    if asked.config is not None and asked.config.complete and not _setters(asked.config, name):
        return False
    return asked.world.holds(f"the variable {name} is set")


def _setters(config: Config, name: str) -> list[Item]:
    setters = config.named(*EARLY_VARIABLES)
    return [item for item in setters if any(v.removeprefix("!").partition("=")[0] == name for v in item.values[1:])]


# -- Require -------------------------------------------------------------------------------------------------------------


def by_requires(asked: Asked) -> tuple[Verdict, Item | None]:
    """What the Require lines say, and the one that decided; None where there are none."""
    if asked.world.dialect == "2.2":
        return Verdict.NEUTRAL, None
    found: _Node | None = None
    for layer in asked.layers:
        items = [item for _, items in every([layer], NEW, asked.world) for item in items]
        if not items:
            continue
        merging = last([layer], "authmerging", asked.world)
        logic = merging.value.lower() if merging is not None else "off"
        own = _Node("any", tuple(items))
        # mod_authz_core.c:merge_authz_core_dir_config.
        found = own if found is None or logic == "off" else _Node("all" if logic == "and" else "any", (found, own))
    return (Verdict.NEUTRAL, None) if found is None else _combine(asked, found.logic, found.parts)


class _Node(NamedTuple):
    """Require lines, or nodes of them, and how they add up: ``any`` or ``all``."""

    logic: str
    parts: tuple[Item | _Node, ...]


def _combine(asked: Asked, logic: str, parts: Sequence[Item | _Node]) -> tuple[Verdict, Item | None]:
    """mod_authz_core.c:apply_authz_sections."""
    result = Verdict.NEUTRAL
    decided: Item | None = _last_of(parts)
    for part in parts:
        if isinstance(part, _Node):
            verdict, by = _combine(asked, part.logic, part.parts)
        elif part.guards and not asked.world.active(part):
            continue
        else:
            verdict, by = _verdict(asked, part)
        if verdict is Verdict.NEUTRAL:
            continue
        if logic == "all":
            if verdict is Verdict.DENIED:
                return verdict, by
            if verdict is Verdict.NEEDS_USER or result is Verdict.NEUTRAL:
                result, decided = verdict, by
        else:
            if verdict is Verdict.GRANTED:
                return verdict, by
            if (verdict is Verdict.NEEDS_USER and result is Verdict.DENIED) or result is Verdict.NEUTRAL:
                result, decided = verdict, by
    return result, decided


def _last_of(parts: Sequence[Item | _Node]) -> Item | None:
    """The last line in the last part."""
    while parts and isinstance(parts[-1], _Node):
        parts = parts[-1].parts
    return parts[-1] if parts else None  # type: ignore[return-value]


def _verdict(asked: Asked, item: Item) -> tuple[Verdict, Item | None]:
    logic = item.key.removeprefix("require") if item.key in REQUIRE_SECTIONS else None
    if logic is not None:
        children = [child for child in item.children if child.key == "require" or child.key in REQUIRE_SECTIONS]
        verdict, by = _combine(asked, "all" if logic == "all" else "any", children)
        return (_negate(verdict), by or item) if logic == "none" else (verdict, by or item)
    if not _limited(asked, item):
        return Verdict.NEUTRAL, item
    values = list(words(item))
    negated = values[:1] == ["not"]
    values = values[negated:]
    verdict = _provider(asked, item, values)
    return (_negate(verdict) if negated else verdict), item


def _negate(verdict: Verdict) -> Verdict:
    return {Verdict.GRANTED: Verdict.DENIED}.get(verdict, Verdict.NEUTRAL)


def _provider(asked: Asked, item: Item, values: list[str]) -> Verdict:
    kind, rest = (values[0] if values else ""), values[1:]
    if kind == "all":
        return Verdict.GRANTED if rest == ["granted"] else Verdict.DENIED
    if not item.known:
        holds = asked.world.holds(f"Require {' '.join(item.values)} is met")
    elif kind in ("ip", "host", "forward-dns"):
        holds = any(_visitor_is(asked, word) for word in rest)
    elif kind == "local":
        holds = _visitor_is(asked, "127.0.0.0/8")
    elif kind == "method":
        holds = _is_method(asked, [word.upper() for word in rest])
    elif kind == "env":
        holds = any(_environment(asked, name) for name in item.values[1:])
    elif kind == "ssl":
        holds = _is_tls(asked)
    elif kind in _USERS:
        return _user_provider(asked, item, kind)
    else:
        holds = asked.world.holds(f"Require {' '.join(item.values)} is met")
    return Verdict.GRANTED if holds else Verdict.DENIED


def _user_provider(asked: Asked, item: Item, kind: str) -> Verdict:
    """Whether the user is the one who is asked for; of a request nobody is known before the log-in."""
    visitor = asked.visitor
    if visitor.has_login is None:
        if not asked.world.holds("the visitor logs in"):
            return Verdict.NEEDS_USER
    elif visitor.user is None:
        return Verdict.NEEDS_USER
    elif kind == "valid-user":
        return Verdict.GRANTED
    elif kind == "user" and visitor.user:
        return Verdict.GRANTED if visitor.user in item.values[1:] else Verdict.DENIED
    holds = asked.world.holds(f"the log-in is good for Require {' '.join(item.values)}")
    return Verdict.GRANTED if holds else Verdict.NEEDS_USER if visitor.user is None else Verdict.DENIED


def _undecided(asked: Asked, old_item: Item | None, login: Item | None) -> Refusal | None:
    """No Require anywhere: httpd grants, but what is outside of fragments may say otherwise."""
    world, config = asked.world, asked.config
    if login is not None:
        world.step("access", f"{_said(login)}, and nothing is required: httpd answers with an error", login)
        return Refusal(500, "AuthType without Require")
    denies = config.denies if config is not None else ""
    if (config is not None and config.complete) or denies in ("none", "2.2") or world.dialect == "2.2":
        said = f"{_said(old_item)} admits" if old_item else "no section says anything of access: httpd grants"
        world.step("access", said, old_item)
    elif denies == "2.4" or not world.holds(
        "the rest of the server grants what these files leave open", "the rest of the server refuses it"
    ):
        world.step("access", "no section in these files grants access")
        return Refusal(403, "no section in these files grants access")
    elif old_item is not None:
        world.step("access", f"{_said(old_item)} admits", old_item)
    return None


def _ask_login(asked: Asked, item: Item, login: Item | None) -> Refusal | None:
    """The log-in, and then the Require lines once more (request.c:ap_process_request_internal)."""
    world, visitor = asked.world, asked.visitor
    header = visitor.authorization or None
    if visitor.has_login is None and world.holds("the visitor logs in") and world.holds("the log-in is accepted"):
        return None
    found = log_in(asked.layers, world, asked.config, login, header)
    if found.status:
        world.step("access", f"{_said(item)} needs a log-in: {found.reason}", item)
        return Refusal(found.status, found.reason)
    verdict, by = by_requires(asked._replace(visitor=visitor._replace(user=found.user)))
    if verdict in (Verdict.GRANTED, Verdict.NEUTRAL):
        world.step("access", f"{_said(by)} admits", by)
        return None
    world.step("access", f"{_said(by)} does not admit this user", by)
    forbidden = last(asked.layers, "authzsendforbiddenonfailure", world)
    if forbidden is not None and forbidden.value.lower() == "on":
        return Refusal(403, "no Require admits this user")
    return Refusal(401, "no Require admits this user")


def words(item: Item) -> tuple[str, ...]:
    """The arguments in lower case."""
    return tuple(value.lower() for value in item.values)


def from_all(item: Item) -> bool:
    """``Allow from all`` or ``Deny from all``."""
    values = words(item)
    return len(values) >= 2 and values[0] == "from" and "all" in values[1:]
