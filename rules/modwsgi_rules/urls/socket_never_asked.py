"""
Two `ProxyPass` lines have a socket each and one name behind the bar, so the second socket is never asked.

## What happens

httpd starts, and hands the requests for both on to the first socket: one application answers for the other, mostly with 404. Both log into the one that does run, and
a restart of the other changes nothing.

## Why

httpd finds the other server by the URL behind the bar alone, and takes the first one whose URL is the beginning of it (proxy_util.c:ap_proxy_get_worker_ex). `localhost` in
both is one server, also in other sections, and in the main server and a host; each host has servers of its own. A server without a socket counts as well. Measured with 2.4.71.

## Left alone

There is no fix: the name is passed on to the application as its Host, unless `ProxyPreserveHost` is On, so it is the owner's to give. Any other name will do, as in
`unix:/run/board.sock|http://board/`. `ProxyPassMatch`, balancers and lines with variables are not looked at.

## See also

Rule `proxy-slash-mismatch`.

## Examples

Reported without a fix:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        ProxyPass /board/ unix:/run/board.sock|http://localhost/
        ProxyPass /shop/ unix:/run/shop.sock|http://localhost/
    #                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        ProxyPass /board/ unix:/run/board.sock|http://board/
        ProxyPass /old/ unix:/run/board.sock|http://board/old/
        ProxyPass /shop/ unix:/run/shop.sock|http://shop/
        ProxyPass /desk/ unix:/run/desk.sock|uwsgi://shop/
    </VirtualHost>
    <VirtualHost *:80>
        ServerName board.example
        ProxyPass / unix:/run/other.sock|http://shop/
    </VirtualHost>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config, grouped
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule
from modwsgi_fix.tuples import NamedTuple

#: Another server: its socket, and the URL by which httpd finds it.
_URL = expression(
    r"(?:unix:(?P<socket>[^|$%]+)\|)?(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<name>[^/?#$%:]*)(?::(?P<port>\d+))?(?P<path>[^$%]*)",
    re.I,
)
#: The ports that httpd leaves out of the URL (mod_proxy's modules: ap_proxy_port_of_scheme).
_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443", "fcgi": "8000", "ajp": "8009", "uwsgi": "3031"}


class _Backend(NamedTuple):
    """What a line hands requests on to. ``place`` is its scheme, name and port; ``socket`` is empty where it has none."""

    item: Item
    target: Arg
    place: tuple[str, str, str]
    path: str
    socket: str


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def socket_never_asked(config: Config) -> Iterator[Diagnostic]:
    lines = config.in_each_server(_backends, "proxypass")
    if not any(line.socket for line in lines):
        return
    by_server = grouped(lines, lambda line: line.item.server)
    of_main = by_server.get(config.main, [])
    for own in by_server.values():
        yield from _never_asked([*of_main, *own] if own is not of_main else own, set(map(id, own)))


def _never_asked(lines: Sequence[_Backend], own: set[int]) -> Iterator[Diagnostic]:
    asked: dict[tuple[str, str, str], list[_Backend]] = {}
    for line in lines:
        above = asked.setdefault(line.place, [])
        first = max(
            (one for one in above if line.path.startswith(one.path)), key=lambda one: len(one.path), default=None
        )
        if first is None:
            above.append(line)
        elif id(line) in own and first.socket != line.socket and first.item.accompanies(line.item):
            yield _found(line, first)


def _found(line: _Backend, first: _Backend) -> Diagnostic:
    where = f"the socket {first.socket}" if first.socket else "the server without a socket"
    message = f"requests for this server go to {where}, because an earlier line has its name"
    related = (Related(first.item.path, first.target.span, "this line has the name first"),)
    help = "write another name behind the bar" if line.socket else "write another name behind the bar of that line"
    return Diagnostic(line.item.path, line.target.span, message, related=related, help=help)


def _backends(lines: Sequence[Item]) -> Iterator[_Backend]:
    for item in lines:
        target = next((arg for arg in item.args[:2] if "://" in arg.value), None)
        if target is None or not item.known or item.file.tree.is_template or not is_settled(target.value):
            continue
        url = _URL.fullmatch(target.value)
        if url is None or url["scheme"].lower() == "balancer" or (url["name"] == "" and not url["socket"]):
            continue
        scheme = url["scheme"].lower()
        port = url["port"] or _PORTS.get(scheme, "")
        name = url["name"].lower() or "localhost"
        yield _Backend(item, target, (scheme, name, port), url["path"], url["socket"] or "")
