r"""
A RewriteCond asks for the name of another host, so its rule does nothing in this one.

## What happens

httpd starts and says nothing. Mostly the lines were copied from the other host: visitors are not redirected to https, or to the one name that the site is to have.

## Why

The host is found by the name that the visitor asks for, before any rule is looked at, and `%{HTTP_HOST}` and `%{SERVER_NAME}` are that name
(vhost.c:ap_update_vhost_from_headers). A request for a name of another host at the address never comes to this one. Measured with 2.4.71.

## Left alone

There is no fix: a rule that never applied would come to life. A condition with a pattern that more than one name matches is not reported, nor one with `[OR]` beside
another that may hold, nor a name that no host has where the rest of the server is out of sight.

## See also

Rules `name-leads-elsewhere-by-https` and `rewrite-engine-off`. `modwsgi-fix trace http://NAME/ conf/` says which host answers.

## Examples

Reported without a fix:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        RewriteEngine On
        RewriteCond %{SERVER_NAME} =shop.example
        RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [END,R=permanent]
    </VirtualHost>
    <VirtualHost *:80>
        ServerName board.example
        RewriteEngine On
        RewriteCond %{SERVER_NAME} =shop.example
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [END,R=permanent]
    </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
    </VirtualHost>
    <VirtualHost *:80>
        ServerName board.example
        ServerAlias *.board.example
        RewriteEngine On
        RewriteCond %{HTTP_HOST} ^www\.board\.example$ [NC]
        RewriteRule ^ https://board.example%{REQUEST_URI} [R]
        RewriteCond %{HTTP_HOST} !=shop.example
        RewriteRule ^ https://board.example%{REQUEST_URI} [R]
        RewriteCond %{HTTP_HOST} =shop.example [OR]
        RewriteCond %{HTTPS} off
        RewriteRule ^ https://board.example%{REQUEST_URI} [R]
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.gaps import sees_all_sections
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.request.hosts import hosts_are_open, index_of, place_of, port_of_address
from modwsgi_fix.model.rewrites import flags_of, rewrites
from modwsgi_fix.model.servers import addresses
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule

_CONDITION = "rewritecond"
#: Variables that are the name which a visitor asked for.
_ASKED_FOR = ("%{http_host}", "%{server_name}")
#: A comparison with one name, or a pattern for one name.
_ONE_NAME = expression(r"=(?P<equal>[\w.-]+)|\^(?P<quoted>[\w-]+(?:\\\.[\w-]+)+)\$")


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def condition_of_another_host(config: Config) -> Iterator[Diagnostic]:
    asking = config.in_each_server(_asking, _CONDITION)
    if not asking or hosts_are_open(config) or config.target.is_22:
        return
    for server in dict.fromkeys(item.server for item in asking):
        for rewrite in rewrites(config, server) if not server.is_main else ():
            dead = next((group for group in _alternatives(rewrite.conditions) if _is_dead(config, server, group)), None)
            if dead is not None and all(one.accompanies(rewrite.item) for one in dead):
                yield _found(config, server, dead[0])


def _found(config: Config, server: Server, item: Item) -> Diagnostic:
    name = _name(item)
    other = _elsewhere(config, server, name)
    place = other.item if isinstance(other, Server) else None
    related = (Related(place.path, place.span, f"requests for {name} come to this host"),) if place is not None else ()
    message = f"no request for {name} comes to this host, so the RewriteRule below does nothing"
    help = "write a name of this host, or take the rule away"
    return Diagnostic(item.path, item.span, message, related=related, help=help)


def _asking(lines: Sequence[Item]) -> Iterator[Item]:
    yield from filter(_name, lines)


def _name(item: Item) -> str:
    """Return the one name, in lower case, for which a condition holds; empty where there is no such name."""
    if len(item.args) < 2 or not item.known or item.file.tree.is_template:
        return ""
    if item.value.lower() not in _ASKED_FOR:
        return ""
    found = _ONE_NAME.fullmatch(item.values[1])
    return (found["equal"] or found["quoted"].replace("\\", "")).lower() if found is not None else ""


def _alternatives(conditions: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield the conditions in groups of which one has to hold."""
    group: list[Item] = []
    for condition in conditions:
        group.append(condition)
        if "or" not in flags_of(condition):
            yield group
            group = []
    if group:
        yield group


def _is_dead(config: Config, server: Server, conditions: list[Item]) -> bool:
    """Whether none of these conditions ever holds in a host."""
    return all(name and _elsewhere(config, server, name) for name in map(_name, conditions))


def _elsewhere(config: Config, server: Server, name: str) -> Server | bool:
    """Return the host that requests for a name come to, at each address of a host; true where it is not this one, whichever it is."""
    index = index_of(config)
    found: Server | bool = False
    for address in addresses(server):
        chain = index.chains[place_of(address)][port_of_address(address)]
        order = chain.find(name)
        if order is None:
            # It is the first that answers, where all hosts are in sight.
            if not sees_all_sections(config) or chain.orders.get(id(server), 0) == 0:
                return False
            order = 0
        found = chain.entries[order][1]
        if found is server:
            return False
    return found
