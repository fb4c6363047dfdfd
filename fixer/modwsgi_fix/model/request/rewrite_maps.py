"""``RewriteMap``: the values in tables of mod_rewrite (mod_rewrite.c:lookup_map)."""

from __future__ import annotations

from collections.abc import Callable

from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.world import Beyond
from modwsgi_fix.model.request.functions import to_lower, to_upper, unquoted
from modwsgi_fix.model.request.rewrite_settings import of_server, takes_over
from modwsgi_fix.model.request.state import State, escaped

#: The functions of ``int:``; lower and upper case are those of the C locale.
_FUNCTIONS: dict[str, Callable[[str], str]] = {
    "tolower": to_lower,
    "toupper": to_upper,
    "escape": escaped,
    "unescape": unquoted,
}


def looked_up(state: State, name: str, key: str) -> str | None:
    """Return a table's value for a key; None where the table lacks the key, or does not exist.

    A host has its own tables, and the main server's where it takes over its rules (config_server_merge). Raises
    ``Beyond`` for a program, a database, and an unreadable file.
    """
    item = _table(state, name)
    if item is None:
        return None
    kind, colon, path = item.values[1].partition(":")
    if not colon:
        kind, path = "txt", item.values[1]
    if kind == "int" and path in _FUNCTIONS:
        return _FUNCTIONS[path](key)
    text = state.world.read(path) if kind == "txt" and path.startswith("/") else None
    if text is None:
        raise Beyond(f"RewriteMap {name} {item.values[1]} cannot be seen, or is not modelled", item)
    return _line_of(text, key)


def _table(state: State, name: str) -> Item | None:
    site, world = state.site, state.world
    bases = site.base[-1:]
    if not site.server.is_main:
        settings = of_server(site, world)
        # A host without any line of mod_rewrite has the main server's.
        if settings is None:
            bases = site.base[:1]
        elif takes_over(settings, site.base[0].by_key.get("rewriteoptions", ())):
            bases = site.base
    items = [item for layer in bases for item in layer.by_key.get("rewritemap", ())]
    named = [item for item in items if len(item.args) > 1 and item.value == name]
    return next((item for item in reversed(named) if not item.guards or world.active(item)), None)


def _line_of(text: str, key: str) -> str | None:
    """Return the second word of the first line that begins with the key (mod_rewrite.c:lookup_map_txtfile)."""
    for line in text.split("\n"):
        words = line.split()
        if len(words) > 1 and words[0] == key and not line.startswith(("#", " ", "\t")):
            return words[1]
    return None
