"""The addresses that httpd listens on, and which of them it cannot have together (server/listen.c; F-hosts, P13)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from modwsgi_fix.model.config import Config, Item, derived

_LISTEN = re.compile(r"(?:(\*|\[[0-9A-Fa-f:.]+\]|[0-9]{1,3}(?:\.[0-9]{1,3}){3}):)?([0-9]{1,5})", re.ASCII)
_ANY = ""
_ANY_IPV4 = "0.0.0.0"


class Listener(NamedTuple):
    """One ``Listen``. ``address`` is empty for all addresses; ``protocol`` is in lower case, empty where none is named."""

    item: Item
    address: str
    port: int
    protocol: str


class Clash(NamedTuple):
    """Two listeners that httpd cannot have together.

    ``is_same`` where they are of one address and port, which ``-t`` refuses; ``is_repetition`` where the later one says
    nothing that the earlier does not. Else the later one cannot be bound where the system takes IPv4 for IPv6, as Linux
    does.
    """

    earlier: Listener
    later: Listener
    is_same: bool
    is_repetition: bool


@derived
def listeners(config: Config) -> list[Listener]:
    """Every ``Listen`` that is surely read and whose address is a number."""
    return [found for item in config.named("listen") if (found := _listener(item)) is not None]


def _listener(item: Item) -> Listener | None:
    # The branches of a template exclude each other.
    if item.guards or not item.known or not item.values or item.file.tree.is_template:
        return None
    match = _LISTEN.fullmatch(item.value)
    if match is None:
        return None
    address = "" if match[1] in (None, "*") else match[1].lower()
    protocol = item.values[1].lower() if len(item.values) > 1 else ""
    return Listener(item, address, int(match[2]), protocol)


def clashes(config: Config) -> Iterator[Clash]:
    """The listeners that cannot be had with an earlier one, each once."""
    first: dict[int, list[Listener]] = {}
    for later in listeners(config):
        others = first.setdefault(later.port, [])
        clash = next((clash for earlier in others if (clash := _clash(earlier, later))), None)
        if clash is not None:
            yield clash
        else:
            others.append(later)


def _clash(earlier: Listener, later: Listener) -> Clash | None:
    if earlier.address == later.address:
        usual = "https" if later.port == 443 else "http"
        alike = (earlier.protocol or usual) == (later.protocol or usual)
        return Clash(earlier, later, is_same=True, is_repetition=alike)
    if _ANY in (earlier.address, later.address) and not (earlier.address == _ANY and later.address == _ANY_IPV4):
        return Clash(earlier, later, is_same=False, is_repetition=False)
    return None
