"""Whether access is granted: both dialects together, as the merged sections say (server/request.c, F-access-1 to F-access-11).

``Order``, ``Allow`` and ``Deny`` come first (access_checker), then ``Require`` (access_checker_ex, auth_checker); with
``Satisfy Any`` one of them suffices. A request is taken to carry no log-in unless it has an Authorization header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING

from modwsgi_fix.directives.families import (
    EARLY_VARIABLES,
    FOREIGN_CHECKERS,
    LIMIT_SECTIONS,
    OLD_ACCESS,
    PLACES,
    REQUIRE_SECTIONS,
)
from modwsgi_fix.model.config import Item
from modwsgi_fix.model.merge.access import from_all, words
from modwsgi_fix.model.merge.layers import Layer, every, last
from modwsgi_fix.model.merge.world import Beyond
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.model.request.state import State

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

#: What asks who the visitor is.
_USERS = frozenset({
    "valid-user", "user", "group", "file-owner", "file-group", "ldap-user", "ldap-group", "ldap-dn", "ldap-attribute",
    "ldap-filter", "ldap-search", "dbm-group", "dbm-file-group", "dbd-group", "wsgi-group", "pam-account", "unix-group",
})  # fmt: skip


class Verdict(Enum):
    """mod_authz_core's ``authz_status``."""

    GRANTED = "granted"
    DENIED = "denied"
    NEUTRAL = "neutral"
    NEEDS_USER = "needs a log-in"


def authorize(state: State) -> None:
    """Raises ``Done`` where access is refused or a log-in asked for."""
    world = state.world
    _custom(state)
    _tls_required(state)
    satisfy = _satisfy(state)
    old, old_item = _old(state)
    if satisfy == "any" and old is not False:
        # Without Order, Allow and Deny the default order admits.
        state.step("access", f"{_said(old_item)} admits, and Satisfy Any is enough", old_item or _old_layer(state)[-1])
        return
    if old is False and satisfy != "any":
        said = f"{_said(old_item)} does not admit" if old_item else "the server around these files denies by default"
        state.step("access", said, old_item)
        raise state.done(Kind.REFUSED, 403, "Order, Allow and Deny do not admit")
    verdict, item = _new(state)
    login = last(state.layers, "authtype", world)
    login = login if login is not None and login.value.lower() != "none" else None
    if item is None:
        _undecided(state, old_item, login)
        return
    if verdict is Verdict.NEUTRAL:
        state.step("access", f"{_said(item)} is limited to other methods", item)
        return
    if verdict is Verdict.GRANTED:
        if old_item is not None and old:
            state.step("access", f"{_said(old_item)} admits", old_item)
        state.step("access", f"{_said(item)} admits", item)
        return
    if verdict is Verdict.NEEDS_USER:
        _ask_login(state, item, login)
        return
    state.step("access", f"{_said(item)} does not admit", item)
    raise state.done(Kind.REFUSED, 403, "no Require admits")


def _said(item: Item | None) -> str:
    if item is None:
        return "the default"
    section = item.section(*PLACES)
    where = f" in <{section.name} {' '.join(section.values)}>" if section is not None else ""
    return f"{item.name} {' '.join(item.values)}{where}".replace("  ", " ")


def _custom(state: State) -> None:
    """Log-ins and checks that other code decides."""
    for key in FOREIGN_CHECKERS:
        item = last(state.layers, key, state.world)
        if item is not None:
            raise Beyond(f"{item.name} decides, which is a program or an expression", item)


def _tls_required(state: State) -> None:
    item = last(state.layers, "sslrequiressl", state.world)
    if item is not None and not state.request.tls:
        state.step("access", "SSLRequireSSL, and the request is plain HTTP", item)
        raise state.done(Kind.REFUSED, 403, "SSLRequireSSL")
    verify = last(state.layers, "sslverifyclient", state.world)
    if verify is not None and verify.value.lower() == "require" and state.request.tls:
        raise Beyond("a client certificate is asked for", verify)


def _limited(state: State, item: Item) -> bool:
    """Whether ``<Limit>`` around a directive leaves it in force for this method."""
    section = item.section(*LIMIT_SECTIONS)
    if section is None:
        return True
    method = "GET" if state.request.method == "HEAD" else state.request.method
    return (method in section.values) is (section.key == "limit")


# -- Order, Allow, Deny --------------------------------------------------------------------------------------------------


def _old_layer(state: State) -> list[Item]:
    """The last section that says anything in the old dialect: mod_access_compat merges nothing (F-access-3)."""
    for layer in reversed(state.layers):
        for _, items in every([layer], OLD_ACCESS, state.world):
            return items
    return []


def _satisfy(state: State) -> str:
    items = [i for i in _old_layer(state) if i.key == "satisfy" and _limited(state, i)]
    return items[-1].value.lower() if items else ""


def _old(state: State) -> tuple[bool | None, Item | None]:
    """What Order, Allow and Deny say, and the line that decided; None where they are silent."""
    layer = _old_layer(state)
    if state.world.dialect == "2.4":
        return None, None
    if not layer and state.config.denies == "2.2" and not state.config.complete:
        return False, None
    items = [item for item in layer if _limited(state, item)]
    orders = [item for item in items if item.key == "order"]
    allows = [item for item in items if item.key == "allow"]
    denies = [item for item in items if item.key == "deny"]
    if not (orders or allows or denies):
        return None, None
    order = "".join(orders[-1].values).lower().replace(" ", "") if orders else "deny,allow"
    if order.startswith("allow,") or order == "mutual-failure":
        allowed = _first(state, allows)
        denied = _first(state, denies)
        if denied is not None or allowed is None:
            return False, denied or (orders[-1] if orders else None)
        return True, allowed
    denied = _first(state, denies)
    if denied is None:
        return True, (orders or allows or denies)[-1]
    allowed = _first(state, allows)
    return (True, allowed) if allowed is not None else (False, denied)


def _first(state: State, items: Iterable[Item]) -> Item | None:
    return next((item for item in items if _from_matches(state, item)), None)


def _from_matches(state: State, item: Item) -> bool:
    if from_all(item):
        return True
    if not item.known:
        return state.world.holds(f"{item.name} {' '.join(item.values)} matches the visitor")
    return any(_visitor_is(state, word) for word in item.values[1:])


def _visitor_is(state: State, word: str) -> bool:
    """Whether the visitor is at an address, in a network, of a host name, or has a variable set."""
    if word.lower().startswith("env="):
        name = word[4:]
        wanted = not name.startswith("!")
        return _environment(state, name.lstrip("!")) is wanted
    if state.request.client is not None and (network := _network(word)) is not None:
        from ipaddress import ip_address

        return ip_address(state.request.client) in network
    return state.world.holds(f"the visitor is at {word}", f"the visitor is not at {word}")


def _network(word: str) -> IPv4Network | IPv6Network | None:
    from ipaddress import ip_network

    if re.fullmatch(r"\d+(\.\d+){0,2}\.?", word, re.ASCII):
        parts = word.rstrip(".").split(".")
        word = ".".join(parts + ["0"] * (4 - len(parts))) + f"/{8 * len(parts)}"
    try:
        return ip_network(word, strict=False)
    except ValueError:
        return None


def _environment(state: State, name: str) -> bool:
    if name in state.environment:
        return state.environment[name] is not None
    setters = state.config.named(*EARLY_VARIABLES)
    sets = [item for item in setters if any(v.removeprefix("!").partition("=")[0] == name for v in item.values[1:])]
    if not sets and state.config.complete:
        return False
    return state.world.holds(f"the variable {name} is set")


# -- Require -------------------------------------------------------------------------------------------------------------


def _new(state: State) -> tuple[Verdict, Item | None]:
    """What the Require lines say, and the one that decided; None where there are none."""
    keys = ("require", *sorted(REQUIRE_SECTIONS))
    if state.world.dialect == "2.2":
        return Verdict.NEUTRAL, None
    merging = last(state.layers, "authmerging", state.world)
    found: list[tuple[Layer, list[Item]]] = list(every(state.layers, keys, state.world))
    if not found:
        return Verdict.NEUTRAL, None
    if merging is not None and merging.value.lower() != "off":
        raise Beyond("AuthMerging is not modelled", merging)
    _, items = found[-1]
    return _combine(state, "any", items)


def _combine(state: State, logic: str, items: list[Item]) -> tuple[Verdict, Item | None]:
    """mod_authz_core.c:apply_authz_sections."""
    result = Verdict.NEUTRAL
    decided: Item | None = items[-1] if items else None
    for item in items:
        if item.guards and not state.world.active(item):
            continue
        verdict, by = _verdict(state, item)
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


def _verdict(state: State, item: Item) -> tuple[Verdict, Item | None]:
    logic = item.key.removeprefix("require") if item.key in REQUIRE_SECTIONS else None
    if logic is not None:
        children = [child for child in item.children if child.key == "require" or child.key in REQUIRE_SECTIONS]
        verdict, by = _combine(state, "all" if logic == "all" else "any", children)
        return (_negate(verdict), by or item) if logic == "none" else (verdict, by or item)
    if not _limited(state, item):
        return Verdict.NEUTRAL, item
    values = list(words(item))
    negated = values[:1] == ["not"]
    values = values[negated:]
    verdict = _provider(state, item, values)
    return (_negate(verdict) if negated else verdict), item


def _negate(verdict: Verdict) -> Verdict:
    return {Verdict.GRANTED: Verdict.DENIED}.get(verdict, Verdict.NEUTRAL)


def _provider(state: State, item: Item, values: list[str]) -> Verdict:
    kind, rest = (values[0] if values else ""), values[1:]
    if kind == "all":
        return Verdict.GRANTED if rest == ["granted"] else Verdict.DENIED
    if not item.known:
        holds = state.world.holds(f"Require {' '.join(item.values)} is met")
    elif kind in ("ip", "host", "forward-dns"):
        holds = any(_visitor_is(state, word) for word in rest)
    elif kind == "local":
        holds = _visitor_is(state, "127.0.0.0/8")
    elif kind == "method":
        method = "get" if state.request.method == "HEAD" else state.request.method.lower()
        holds = method in rest
    elif kind == "env":
        holds = any(_environment(state, name) for name in item.values[1:])
    elif kind == "ssl":
        holds = state.request.tls
    elif kind in _USERS:
        if state.request.header("authorization") is None:
            return Verdict.NEEDS_USER
        holds = state.world.holds(f"the log-in is good for Require {' '.join(item.values)}")
        return Verdict.GRANTED if holds else Verdict.NEEDS_USER
    else:
        holds = state.world.holds(f"Require {' '.join(item.values)} is met")
    return Verdict.GRANTED if holds else Verdict.DENIED


def _undecided(state: State, old_item: Item | None, login: Item | None) -> None:
    """No Require anywhere: httpd grants, but what is outside of fragments may say otherwise."""
    if login is not None:
        state.step("access", f"{_said(login)}, and nothing is required: httpd answers with an error", login)
        raise state.done(Kind.ERROR, 500, "AuthType without Require")
    denies = state.config.denies
    if state.config.complete or denies in ("none", "2.2") or state.world.dialect == "2.2":
        said = f"{_said(old_item)} admits" if old_item else "no section says anything of access: httpd grants"
        state.step("access", said, old_item)
    elif denies == "2.4" or not state.world.holds(
        "the rest of the server grants what these files leave open", "the rest of the server refuses it"
    ):
        state.step("access", "no section in these files grants access")
        raise state.done(Kind.REFUSED, 403, "no section in these files grants access")
    elif old_item is not None:
        state.step("access", f"{_said(old_item)} admits", old_item)


def _ask_login(state: State, item: Item, login: Item | None) -> None:
    if login is None and state.config.complete:
        state.step("access", f"{_said(item)} needs a log-in, and no AuthType says how", item)
        raise state.done(Kind.ERROR, 500, "a log-in is required, and no AuthType says how")
    if state.request.header("authorization") is not None and state.world.holds("the log-in is accepted"):
        return
    state.step("access", f"{_said(item)} needs a log-in", item)
    raise state.done(Kind.REFUSED, 401, "a log-in is required")
