"""
A `<VirtualHost>` is given by a host name where an address belongs.

## What happens

httpd looks the name up when it starts. If that fails, httpd starts without the host. If the name server gives another
address than the one that requests come in at, the host is never chosen.

## Why

The words of `<VirtualHost>` are addresses (`get_addresses` of httpd, vhost.c). The name that a visitor asks for is compared
with `ServerName` and `ServerAlias`, so `*` with the port is what is meant.

## The fix

It writes `*`. It is unsafe, because requests may then reach another host than before.

## Left alone

A host without a ServerName of its own takes it from this name, so it is reported without a fix. `localhost`, and words that
may be placeholders, are not reported.

## See also

httpd's own message is *AH00547: Could not resolve host name www.example.com -- ignoring!*

## Examples

    ```diff unsafe
    -<VirtualHost www.example.com:80>
    +<VirtualHost *:80>
         ServerName www.example.com
     </VirtualHost>
    ```

Reported without a fix:

    ```apache
    <VirtualHost www.example.com:80>
    #            ^^^^^^^^^^^^^^^^^^
        DocumentRoot /srv/www
    </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        ServerName www.example.com
    </VirtualHost>
    <VirtualHost 192.0.2.1:80 [2001:db8::1]:80 _default_:443 localhost:80>
        ServerName www.example.com
    </VirtualHost>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg, Item, Server
from modwsgi_fix.model.servers import address, own_name
from modwsgi_fix.rewriting.lines import replace_arg
from modwsgi_fix.rule import Diagnostic, rule

#: A domain name. A bare word is often a placeholder, and localhost is found without asking anyone.
_NAME = expression(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*", re.ASCII)
_WORD = expression(r"[A-Za-z0-9.*_:\[\]-]+", re.ASCII)


@rule()
def host_name_address(config: Config) -> Iterator[Diagnostic]:
    for server in config.hosts:
        item = server.item
        if item is None or not all(_WORD.fullmatch(arg.value) for arg in item.args):
            continue
        for number, arg in enumerate(item.args):
            host = address(arg.value).host
            if arg.known and _NAME.fullmatch(host):
                yield Diagnostic(
                    item.path,
                    arg.span,
                    f"httpd looks {host} up at start, and drops the host if that fails",
                    _fix(config, server, item, number, arg),
                    help="write * for the name, and let ServerName decide",
                )


def _fix(config: Config, server: Server, item: Item, number: int, arg: Arg) -> Fix | None:
    host = address(arg.value).host
    if own_name(server) is None or arg.written != arg.value or len(item.args) > 1:
        return None
    if config.target.is_22:
        return None
    text = item.file.text[arg.span.start : arg.span.end]
    if host not in text:
        return None
    return Fix.unsafe(
        "Write * for the name",
        replace_arg(item, number, text.replace(host, "*", 1)),
        reason="requests for other addresses of the machine reach this host, and requests for its address may reach others",
    )
