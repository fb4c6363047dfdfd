"""The visitor, and what is known of one when access is decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from modwsgi_fix.directives.families import EARLY_VARIABLES, LIMIT_SECTIONS
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import Layer
from modwsgi_fix.model.merge.world import World
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network


class Visitor(NamedTuple):
    """A visitor. None for a field means any visitor: each possible answer is a branch of its own.

    ``authorization`` is the header with the log-in. ``is_set`` says whether a variable is set for this request, ``holds``
    whether an expression is true of it for a user (empty before the log-in); both return None where that is not known.
    """

    method: str | None = None
    tls: bool | None = None
    client: str | None = None
    has_login: bool | None = None
    authorization: str = ""
    #: The user, once logged in; empty where the name is not known.
    user: str | None = None
    is_set: Callable[[str], bool | None] | None = None
    holds: Callable[[str, str | None], bool | None] | None = None


#: Any visitor.
EVERYONE = Visitor()


class Asked(NamedTuple):
    """A question about access: the layers that hold, the visitor, and the world."""

    layers: Sequence[Layer]
    visitor: Visitor
    world: World
    #: The server; None where a section is considered by itself, and everything around it is unknown.
    config: Config | None = None


def is_tls(asked: Asked) -> bool:
    """Whether the request comes by TLS; a question to the world where that is not said."""
    tls = asked.visitor.tls
    return tls if tls is not None else asked.world.holds("the request comes by TLS", "the request is plain HTTP")


def is_in_force(asked: Asked, item: Item) -> bool:
    """Whether a directive applies to this method, as ``<Limit>`` around it says."""
    section = item.section(*LIMIT_SECTIONS)
    if section is None:
        return True
    return is_method(asked, section.values) is (section.key == "limit")


def is_method(asked: Asked, methods: Sequence[str]) -> bool:
    """Whether the request's method is one of these; HEAD is GET (http_request.c:ap_method_number_of)."""
    if asked.visitor.method is None:
        return asked.world.holds(f"the method is one of {' '.join(sorted(methods))}")
    return ("GET" if asked.visitor.method == "HEAD" else asked.visitor.method) in methods


def visitor_is(asked: Asked, word: str) -> bool:
    """Whether the visitor has an address, comes from a network or host name, or has a variable set, as a word asks."""
    if word.lower().startswith("env="):
        name = word[4:]
        wanted = not name.startswith("!")
        return is_set(asked, name.lstrip("!")) is wanted
    if asked.visitor.client is not None and (network := _network(word)) is not None:
        from ipaddress import ip_address

        return ip_address(asked.visitor.client) in network
    if not _NAME.fullmatch(word):
        # No host has such a name, as where a comma stands between addresses.
        return False
    return asked.world.holds(f"the visitor is at {word}", f"the visitor is not at {word}")


#: The characters of a name or a network; httpd refuses a network that is otherwise wrong.
_NAME = expression(r"[\w.:/*${}\[\]%\x80-\udcff-]+", re.ASCII)


def _network(word: str) -> IPv4Network | IPv6Network | None:
    from ipaddress import ip_network

    if re.fullmatch(r"\d+(\.\d+){0,2}\.?", word, re.ASCII):
        parts = word.rstrip(".").split(".")
        word = ".".join(parts + ["0"] * (4 - len(parts))) + f"/{8 * len(parts)}"
    try:
        return ip_network(word, strict=False)
    except ValueError:
        return None


def is_set(asked: Asked, name: str) -> bool:
    """Whether a variable is set for the request; a question to the world where that is not known."""
    if asked.visitor.is_set is not None:
        known = asked.visitor.is_set(name)
        return asked.world.holds(f"the variable {name} is set") if known is None else known
    if asked.config is not None and asked.config.complete and not _setters(asked.config, name):
        return False
    return asked.world.holds(f"the variable {name} is set")


def _setters(config: Config, name: str) -> list[Item]:
    setters = config.named(*EARLY_VARIABLES)
    return [item for item in setters if any(v.removeprefix("!").partition("=")[0] == name for v in item.values[1:])]


#: The characters of a line whose words are remembered: a request may ask for them in each of a hundred branches.
_LONG = 1000


def words(item: Item) -> tuple[str, ...]:
    """Return the arguments in lower case."""
    line = item.node.line_source
    if len(line) < _LONG or item.foreign or "$" in line:
        return _words(item)
    return item.file.tree.once((words, item.node.start), lambda: _words(item))


def _words(item: Item) -> tuple[str, ...]:
    return tuple([value.lower() for value in item.values])
