"""The addresses that httpd listens on and cannot have together (server/listen.c; F-hosts, P13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, derived
from modwsgi_fix.model.servers import Listener, listeners
from modwsgi_fix.tuples import NamedTuple

_HOST = expression(r"\*|\[[0-9A-Fa-f:.]+\]|[0-9]{1,3}(?:\.[0-9]{1,3}){3}", re.ASCII)
_PORT = expression(r"[0-9]{1,5}", re.ASCII)
_ANY, _ANY_IPV4 = "*", "0.0.0.0"


class Clash(NamedTuple):
    """Two listeners that httpd cannot have together.

    ``is_same`` says that they have one address and port, which ``-t`` refuses; ``is_repetition`` that the later one says
    nothing new. Otherwise the later one cannot be bound where IPv6 sockets also take IPv4 connections, as on Linux.
    """

    earlier: Listener
    later: Listener
    is_same: bool
    is_repetition: bool


@derived
def clashes(config: Config) -> list[Clash]:
    """Return the clashes of listeners with earlier ones, each listener once; only those that are certainly read."""
    return list(_clashes(filter(_is_certain, listeners(config))))


def _is_certain(listener: Listener) -> bool:
    """Whether a listener is certainly read, with a numeric address. The branches of a template exclude each other."""
    item, address, _ = listener
    is_read = not item.guards and item.known and not item.file.tree.is_template
    return is_read and bool(_HOST.fullmatch(address.host) and _PORT.fullmatch(address.port))


def _clashes(found: Iterable[Listener]) -> Iterator[Clash]:
    first: dict[int, list[Listener]] = {}
    for later in found:
        others = first.setdefault(int(later.address.port), [])
        clash = next((clash for earlier in others if (clash := _clash(earlier, later))), None)
        if clash is not None:
            yield clash
        else:
            others.append(later)


def _clash(earlier: Listener, later: Listener) -> Clash | None:
    first, second = earlier.address.host.lower(), later.address.host.lower()
    if first == second:
        return Clash(earlier, later, is_same=True, is_repetition=earlier.protocol == later.protocol)
    if _ANY in (first, second) and not (first == _ANY and second == _ANY_IPV4):
        return Clash(earlier, later, is_same=False, is_repetition=False)
    return None
