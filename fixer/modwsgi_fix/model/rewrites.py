"""mod_rewrite at the level of a server: the rules with their conditions and flags."""

from __future__ import annotations

from collections.abc import Mapping

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.tuples import NamedTuple

#: Long names of flags, as mod_rewrite.c:cmd_rewriterule_setflag reads them.
_LONG = {
    "redirect": "r", "last": "l", "passthrough": "pt", "proxy": "p", "forbidden": "f", "gone": "g", "chain": "c",
    "handler": "h", "skip": "s", "next": "n", "nocase": "nc", "ornext": "or",
}  # fmt: skip


class Rewrite(NamedTuple):
    """One RewriteRule. ``flags`` maps short names in lower case to values; ``conditions`` are its RewriteCond lines."""

    item: Item
    conditions: tuple[Item, ...]
    flags: Mapping[str, str]

    @property
    def pattern(self) -> str:
        """The pattern as written, with a ``!`` where it is negated."""
        return self.item.value

    @property
    def substitution(self) -> str:
        """The substitution as written; ``-`` for none."""
        return self.item.values[1]


def rewrites(config: Config, server: Server) -> list[Rewrite]:
    """Return the rules at a server's own level, in order; none where ``RewriteEngine`` is not certainly on for all of them.

    In ``<IfModule mod_rewrite.c>``, or a host that stands in a condition, engine and rules are read together or not at all.

    A virtual host takes over the main server's RewriteEngine, and its rules only where ``RewriteOptions`` says so
    (mod_rewrite.c:config_server_merge).
    """
    engine = server.last("rewriteengine") or config.main.last("rewriteengine")
    if engine is None or engine.value.lower() != "on":
        return []
    found: list[Rewrite] = []
    conditions: list[Item] = []
    for item in server.items:
        if item.key == "rewritecond":
            conditions.append(item)
        elif item.key == "rewriterule":
            if len(item.args) >= 2:
                found.append(Rewrite(item, tuple(conditions), flags_of(item)))
            conditions = []
    return found if all(engine.accompanies(rewrite.item) for rewrite in found) else []


def flags_of(item: Item) -> dict[str, str]:
    """Return the values of the flags of a RewriteRule or RewriteCond, by their short names."""
    if len(item.args) < 3:
        return {}
    flags: dict[str, str] = {}
    for word in item.values[2].strip("[]").split(","):
        name, _, value = word.strip().partition("=")
        flags[_LONG.get(name.lower(), name.lower())] = value
    return flags
