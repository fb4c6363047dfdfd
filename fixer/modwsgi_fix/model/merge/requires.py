"""``Require`` and its containers, as merged sections say (mod_authz_core.c; F-access-1 to F-access-11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from modwsgi_fix.directives.families import REQUIRE_SECTIONS
from modwsgi_fix.model.items import Item, as_written
from modwsgi_fix.model.merge.layers import Layer, every, last, walks
from modwsgi_fix.model.merge.login import alias_of, is_member
from modwsgi_fix.model.merge.visitor import Asked, is_in_force, is_method, is_set, is_tls, visitor_is
from modwsgi_fix.model.modules import is_loaded
from modwsgi_fix.tuples import NamedTuple

#: The access directives of 2.4; those of 2.2 are ``OLD_ACCESS``.
NEW = ("require", *sorted(REQUIRE_SECTIONS))

#: The words of Require that ask who the visitor is.
_USERS = frozenset({
    "valid-user", "user", "group", "file-owner", "file-group", "ldap-user", "ldap-group", "ldap-dn", "ldap-attribute",
    "ldap-filter", "ldap-search", "dbm-group", "dbm-file-group", "dbd-group", "wsgi-group", "pam-account", "unix-group",
})  # fmt: skip

#: The providers of ``Require`` in the modules that Debian ships.
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


class Verdict(Enum):
    """mod_authz_core's ``authz_status``."""

    GRANTED = "granted"
    DENIED = "denied"
    NEUTRAL = "neutral"
    NEEDS_USER = "needs a log-in"


def by_requires(asked: Asked) -> tuple[Verdict, Item | None]:
    """Return the verdict of the Require lines, and the line that decided; None without such lines."""
    if asked.world.dialect == "2.2":
        return Verdict.NEUTRAL, None
    merged: _Rules | None = None
    for walk in walks(asked.layers):
        rules: _Rules | None = None
        for layer in walk:
            rules = _merged(rules, _rules(layer, asked))
        merged = _merged(merged, rules)
    found = merged.node if merged is not None else None
    return (Verdict.NEUTRAL, None) if found is None else _combine(asked, found.logic, found.parts)


def _rules(layer: Layer, asked: Asked) -> _Rules | None:
    """Return what one section says; None where it says nothing."""
    items = [item for _, items in every([layer], NEW, asked.world) for item in items]
    merging = last([layer], "authmerging", asked.world)
    if not items and merging is None:
        return None
    return _Rules(merging.value.lower() if merging is not None else "", _Node("any", tuple(items)) if items else None)


def _merged(base: _Rules | None, new: _Rules | None) -> _Rules | None:
    """Return what two sections, or two walks, say together (mod_authz_core.c:merge_authz_core_dir_config)."""
    if base is None or new is None:
        return new if base is None else base
    if base.node is not None and new.node is None and not new.logic:
        return base
    if new.logic in ("", "off") or (base.node is None and new.node is None):
        return new
    if base.node is None or new.node is None:
        return _Rules(new.logic, base.node or new.node)
    return _Rules(new.logic, _Node("all" if new.logic == "and" else "any", (base.node, new.node)))


class _Node(NamedTuple):
    """Require lines, or nodes of them, and how they are combined: ``any`` or ``all``."""

    logic: str
    parts: tuple[Item | _Node, ...]


class _Rules(NamedTuple):
    """The lines of a section, or of several, and how they are merged into what stands further out (AuthMerging)."""

    logic: str
    node: _Node | None


def _combine(asked: Asked, logic: str, parts: Sequence[Item | _Node]) -> tuple[Verdict, Item | None]:
    """Return the combined verdict of parts, and the line that decided (mod_authz_core.c:apply_authz_sections)."""
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
    """Return the last line in the last part."""
    while parts and isinstance(parts[-1], _Node):
        parts = parts[-1].parts
    return parts[-1] if parts else None  # type: ignore[return-value]


def _verdict(asked: Asked, item: Item) -> tuple[Verdict, Item | None]:
    logic = item.key.removeprefix("require") if item.key in REQUIRE_SECTIONS else None
    if logic is not None:
        children = [child for child in item.children if child.key == "require" or child.key in REQUIRE_SECTIONS]
        verdict, by = _combine(asked, "all" if logic == "all" else "any", children)
        return (_negate(verdict), by or item) if logic == "none" else (verdict, by or item)
    if not is_in_force(asked, item):
        return Verdict.NEUTRAL, item
    written = item.values
    negated = written[:1] != () and written[0].lower() == "not"
    verdict = _provider(asked, item, written[negated:])
    return (_negate(verdict) if negated else verdict), item


def expression_of(item: Item) -> str:
    """Return the expression of ``Require expr``, which is all of the rest of the line: its quotes are part of it.

    Those around all of it are taken off (mod_authz_core.c:expr_parse_config).
    """
    written = as_written(item)
    text = " ".join(written[2 if written[:1] == ("not",) else 1 :])
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _negate(verdict: Verdict) -> Verdict:
    return {Verdict.GRANTED: Verdict.DENIED}.get(verdict, Verdict.NEUTRAL)


def _provider(asked: Asked, item: Item, written: Sequence[str]) -> Verdict:
    kind, rest = (written[0].lower() if written else ""), written[1:]
    if kind == "all":
        return Verdict.GRANTED if [word.lower() for word in rest] == ["granted"] else Verdict.DENIED
    if not item.known:
        holds = asked.world.holds(f"Require {' '.join(item.values)} is met")
    elif kind in ("ip", "host", "forward-dns"):
        holds = any(visitor_is(asked, word) for word in rest)
    elif kind == "local":
        holds = visitor_is(asked, "127.0.0.0/8")
    elif kind == "method":
        holds = is_method(asked, [word.upper() for word in rest])
    elif kind == "env":
        holds = any(is_set(asked, name) for name in rest)
    elif kind == "ssl":
        holds = is_tls(asked)
    elif kind == "expr" and asked.visitor.holds is not None:
        return _by_expression(asked, item, asked.visitor.holds)
    elif kind in _USERS:
        return _user_provider(asked, item, kind, rest)
    elif (
        alias := alias_of(asked.config, "authzprovideralias", written[0] if written else "", asked.world)
    ) is not None:
        # What it requires is one word, in quotes where it is several.
        return _provider(asked, alias, (alias.value, *(word for text in alias.values[2:] for word in text.split())))
    else:
        holds = asked.world.holds(f"Require {' '.join(item.values)} is met")
    return Verdict.GRANTED if holds else Verdict.DENIED


def _by_expression(asked: Asked, item: Item, truth: Callable[[str, str | None], bool | None]) -> Verdict:
    """Return whether an expression is true; one with the user is asked again after the log-in (expr_check_authorization)."""
    expression, user = expression_of(item), asked.visitor.user
    # An empty name is one that is not known.
    known = truth(expression, "" if user is None else user or None)
    if known is None:
        known = asked.world.holds(f"Require {' '.join(item.values)} is met")
    if known:
        return Verdict.GRANTED
    return Verdict.NEEDS_USER if user is None and "remote_user" in expression.lower() else Verdict.DENIED


def _user_provider(asked: Asked, item: Item, kind: str, rest: Sequence[str]) -> Verdict:
    """Return whether the user is one that the line asks for; before the log-in the user is not known."""
    visitor = asked.visitor
    if visitor.has_login is None:
        if not asked.world.holds("the visitor logs in"):
            return Verdict.NEEDS_USER
    elif visitor.user is None:
        return Verdict.NEEDS_USER
    elif kind == "valid-user":
        return Verdict.GRANTED
    elif kind == "user" and visitor.user:
        return Verdict.GRANTED if visitor.user in rest else Verdict.DENIED
    elif kind == "group" and visitor.user and (known := _is_member(asked, item, rest)) is not None:
        return Verdict.GRANTED if known else Verdict.DENIED
    holds = asked.world.holds(f"the log-in is good for Require {' '.join(item.values)}")
    return Verdict.GRANTED if holds else Verdict.NEEDS_USER if visitor.user is None else Verdict.DENIED


def _is_member(asked: Asked, item: Item, names: Sequence[str]) -> bool | None:
    """Whether the user is in one of these groups; None where that is not known, or other modules may know groups."""
    config, world = asked.config, asked.world
    if config is None or not config.complete or not is_loaded(config, "mod_authz_groupfile.c"):
        return None
    own = [one for one in item.children if one.key == "authgroupfile" and world.active(one)]
    groups = own[-1] if own else last(asked.layers, "authgroupfile", world)
    return is_member(world, groups, asked.visitor.user or "", names)
