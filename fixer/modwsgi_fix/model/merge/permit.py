"""Whether merged sections grant access, by both dialects together.

Sources: server/request.c, mod_access_compat.c, mod_authz_core.c; F-access-1 to F-access-11.

``Order``, ``Allow`` and ``Deny`` come first (access_checker), then ``Require`` (access_checker_ex, auth_checker); with
``Satisfy Any`` one of them suffices. This is the only evaluator of either dialect: requests use it with one visitor, rules
with everyone.
"""

from __future__ import annotations

from collections.abc import Iterable

from modwsgi_fix.directives.families import FOREIGN_CHECKERS, LIMIT_SECTIONS, OLD_ACCESS, PLACES
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import every, last
from modwsgi_fix.model.merge.login import log_in
from modwsgi_fix.model.merge.requires import Verdict, by_requires
from modwsgi_fix.model.merge.visitor import Asked, is_in_force, is_method, is_tls, visitor_is, words
from modwsgi_fix.model.merge.world import Beyond
from modwsgi_fix.model.modules import is_loaded
from modwsgi_fix.tuples import NamedTuple


class Refusal(NamedTuple):
    """httpd's refusal: 401, 403, 405 for a method, or 500 where the configuration does not say how to ask for a log-in."""

    status: int
    reason: str


def refusal(asked: Asked) -> Refusal | None:
    """Return why access is refused; None where it is granted. The lines that decide become steps of the world."""
    world = asked.world
    _custom(asked)
    refused, satisfy = _method_named(asked) or _tls_required(asked) or _certificate_required(asked), satisfy_of(asked)
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
    """Ask the world about log-ins and checks that other code decides."""
    for key in FOREIGN_CHECKERS:
        item = last(asked.layers, key, asked.world)
        # On a host without TLS mod_ssl ignores SSLRequire (measured).
        if item is not None and (key != "sslrequire" or is_tls(asked)):
            raise Beyond(f"{item.name} decides, which is a program or an expression", item)


def _method_named(asked: Asked) -> Refusal | None:
    """Return the refusal of a method that ``AllowMethods`` does not name (mod_allowmethods.c:am_check_access).

    Any method is not asked for: whoever has no request in mind has none that is refused.
    """
    by: Item | None = None
    for _, items in every(asked.layers, ("allowmethods",), asked.world):
        by = items[-1]
    method, config = asked.visitor.method, asked.config
    if by is None or method is None or by.value.lower() == "reset" or is_method(asked, [v.upper() for v in by.values]):
        return None
    if config is not None and is_loaded(config, "mod_allowmethods.c") is False:
        return None
    asked.world.step("method", f"AllowMethods does not name {method}", by)
    return Refusal(405, f"{method} is not allowed")


def _tls_required(asked: Asked) -> Refusal | None:
    item = last(asked.layers, "sslrequiressl", asked.world)
    if item is not None and not is_tls(asked):
        asked.world.step("access", "SSLRequireSSL, and the request is plain HTTP", item)
        return Refusal(403, "SSLRequireSSL")
    return None


def _certificate_required(asked: Asked) -> Refusal | None:
    """Return the refusal of ``SSLVerifyClient require`` in a section: 403 without a certificate; None without a refusal.

    At the level of a server it decides over the handshake (ssl_engine_kernel.c:ssl_hook_Access).
    """
    item = last([layer for layer in asked.layers if not layer.is_level], "sslverifyclient", asked.world)
    if item is None or item.value.lower() != "require" or not is_tls(asked) or asked.world.holds(CERTIFICATE):
        return None
    asked.world.step("access", "SSLVerifyClient require, and the visitor has no certificate", item)
    return Refusal(403, "no client certificate")


#: Questions about a visitor that a request does not answer.
CERTIFICATE = "the visitor has a client certificate that httpd accepts"


def _old_layer(asked: Asked) -> list[Item]:
    """Return the lines of the last section in the old dialect: mod_access_compat merges nothing (F-access-3)."""
    for layer in reversed(asked.layers):
        for _, items in every([layer], OLD_ACCESS, asked.world):
            return items
        if layer.forgets:
            return []
    return []


def satisfy_of(asked: Asked) -> str:
    """Return ``any``, ``all`` or an empty text, by Satisfy."""
    items = [i for i in _old_layer(asked) if i.key == "satisfy" and is_in_force(asked, i)]
    return items[-1].value.lower() if items else ""


def by_hosts(asked: Asked) -> tuple[bool | None, Item | None]:
    """Return whether Order, Allow and Deny admit, and the line that decided; None where there are no such lines."""
    layer = _old_layer(asked)
    if asked.world.dialect == "2.4":
        return None, None
    config = asked.config
    if not layer and config is not None and config.denies == "2.2" and not config.complete:
        return False, None
    items = [item for item in layer if is_in_force(asked, item)]
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
    return any(visitor_is(asked, word) for word in item.values[1:])


def _undecided(asked: Asked, old_item: Item | None, login: Item | None) -> Refusal | None:
    """Return the refusal where no Require is in sight: httpd then grants, but the server around fragments may have one."""
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
    """Ask for the log-in, and then the Require lines again (request.c:ap_process_request_internal)."""
    world, visitor = asked.world, asked.visitor
    world.asks_log_in = True
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


def from_all(item: Item) -> bool:
    """Whether a line is ``Allow from all`` or ``Deny from all``."""
    values = words(item)
    return len(values) >= 2 and values[0] == "from" and "all" in values[1:]
