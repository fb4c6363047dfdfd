"""Directories that a name in the request chooses: ``UserDir`` by the user in the URL, ``VirtualDocumentRoot`` by the host.

Sources: mod_userdir.c:translate_userdir, mod_vhost_alias.c:mva_translate, vhost_alias_interpolate.
"""

from __future__ import annotations

import re

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import Layer
from modwsgi_fix.model.merge.world import MISSING, Beyond, normal
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.model.request.state import State, port_of, server_name

_DISABLED, _ENABLED = ("disable", "disabled"), ("enable", "enabled")
#: A part of the host's name: its number among those between dots, and that of a character in it.
_PART = expression(r"%(?:(%)|(p)|(-?)(\d)(\+?)(?:\.(-?)(\d)(\+?))?)", re.ASCII)
_PROGRAMS = "/cgi-bin/"


# -- mod_userdir -------------------------------------------------------------------------------------------------------


def in_home(state: State) -> bool:
    """Whether the URL begins with a user, whose directory answers; then the file is set. Raises ``Done`` for a redirect."""
    user, slash, rest = state.uri.removeprefix("/~").partition("/")
    if not state.uri.startswith("/~") or user in ("", ".", ".."):
        return False
    levels = [_lines(state, layer) for layer in state.site.base]
    named = next((line for lines in reversed(levels) for line in reversed(lines) if _is_of_paths(line)), None)
    # A host that has any line has no list of users but its own.
    own = levels[-1] or levels[0]
    if named is None or any(user in line.values[1:] for line in own if line.value.lower() in _DISABLED):
        return False
    is_disabled = any(line.value.lower() in _DISABLED and len(line.args) == 1 for lines in levels for line in lines)
    if is_disabled and not any(user in line.values[1:] for line in own if line.value.lower() in _ENABLED):
        return False
    for at, directory in enumerate(named.values):
        before, star, after = directory.partition("*")
        path = f"{before}{user}{after}" if star else f"{directory}/{user}"
        if star and ":" in before and not directory.startswith("/"):
            raise state.done(Kind.REDIRECT, 302, location=f"{before}{user}{slash}{rest}")
        if not directory.startswith("/"):
            raise Beyond(f"{named.name} {directory} is in the home directory of {user}, which is not known", named)
        if at == len(named.values) - 1 or state.world.type_of(normal(path).rstrip("/")) != MISSING:
            state.filename = path + slash + rest
            state.anchor = normal(path).rstrip("/")
            state.step("mapping", f"{named.name}: {state.filename}", named)
            return True
    return False


def _lines(state: State, layer: Layer) -> list[Item]:
    return [
        item for item in layer.by_key.get("userdir", ()) if item.args and (not item.guards or state.world.active(item))
    ]


def _is_of_paths(item: Item) -> bool:
    return item.value.lower() not in (*_DISABLED, *_ENABLED)


# -- mod_vhost_alias ---------------------------------------------------------------------------------------------------


def in_directory_of_host(state: State) -> bool:
    """Whether a directory of the host's name answers; then the file is set."""
    programs = state.uri.startswith(_PROGRAMS) and _last(state, "virtualscriptalias")
    item = programs or _last(state, "virtualdocumentroot")
    if not item:
        return False
    if not item.known:
        raise Beyond(f"{item.name} holds a variable that is not defined here", item)
    name = state.request.address if item.key.endswith("ip") else server_name(state)
    if not name:
        raise Beyond(f"{item.name}: the name or address of the server is not known", item)
    root = _put_in(item.value, name.strip("[]"), state).removesuffix("/")
    state.filename = root + state.uri.removeprefix(_PROGRAMS.rstrip("/") if programs else "")
    state.anchor = normal(root).rstrip("/")
    if programs:
        state.handler, state.alias = "cgi-script", item.key.replace("virtual", "")
    else:
        state.documents = root
    state.step("mapping", f"{item.name}: {state.filename}", item)
    return True


def _last(state: State, key: str) -> Item | None:
    """Return the line by name or by address that counts; None without one, or where it says ``none``."""
    for layer in reversed(state.site.base):
        items = [item for item in layer.all((key, f"{key}ip")) if not item.guards or state.world.active(item)]
        if items:
            return items[-1] if items[-1].value.lower() != "none" else None
    return None


def _put_in(path: str, name: str, state: State) -> str:
    """Return a path with the parts of a name in it, in lower case; ``_`` stands for a part that the name does not have."""

    def put(found: re.Match[str]) -> str:
        percent, port, minus, number, plus, minus_in, number_in, plus_in = found.groups()
        if percent or port:
            return percent or str(port_of(state))
        text = ".".join(_chosen(name.split("."), minus, int(number), plus)) if int(number) else name
        if number_in and int(number_in):
            text = "".join(_chosen(list(text), minus_in, int(number_in), plus_in))
        return text.lower()

    return _PART.sub(put, path)


def _chosen(parts: list[str], minus: str, number: int, plus: str) -> list[str]:
    """Return the part of a number, from 1; with a minus from the end, with a plus with all behind it, or before it."""
    if number > len(parts):
        return ["_"]
    at = len(parts) - number if minus else number - 1
    if plus:
        return parts[: at + 1] if minus else parts[at:]
    return parts[at : at + 1]
