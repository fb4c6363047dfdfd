"""
Two `Listen` lines want the same port.

## What happens

httpd does not start.

## Why

httpd refuses a second listener of the same address and port (`alloc_listener`, listen.c). `Listen 80` and `Listen *:80` are the same. One address
beside all addresses passes `apache2 -t`, and then the port is taken when httpd binds it: Linux takes IPv4 connections on the
IPv6 socket, too.

## The fix

It deletes the later line where it says nothing that the earlier one does not. It is safe, because httpd did not start.

## Left alone

Where the two mean different addresses or protocols only the administrator knows which is meant. `Listen 80` before `Listen 0.0.0.0:80` starts, as was
measured, and is not reported. Two fragments that no server is known to read together are not compared.

## See also

httpd's own messages are *Cannot define multiple Listeners on the same IP:port* and *AH00072: make_sock: could not bind to
address*.

## Examples

    ```diff
     Listen 80
    -Listen *:80
     ServerName example.com
    ```

Reported without a fix:

    ```apache
    Listen 80
    Listen 127.0.0.1:80
    #      ^^^^^^^^^^^^
    ```
    ```apache
    Listen 8443 https
    Listen 8443
    #      ^^^^
    ```

Not reported:

    ```apache
    Listen 80
    Listen 0.0.0.0:80
    Listen 443 https
    Listen 127.0.0.1:8080
    Listen 127.0.0.2:8080
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.edits import Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.listening import clashes
from modwsgi_fix.rewriting.moving import delete_with_comment
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule


@rule(severity=Severity.ERROR, rank=Rank.START)
def listen_twice(config: Config) -> Iterator[Diagnostic]:
    for clash in clashes(config):
        item, earlier = clash.later.item, clash.earlier.item
        if item.path != earlier.path and not config.complete:
            continue
        if item.node is earlier.node:
            continue  # one line of a file that is included twice
        fix = None
        if clash.is_repetition and len(config.readings(item)) == 1:
            fix = Fix.safe("Delete the repetition", delete_with_comment(item), reason="httpd refused to start")
        if clash.is_same:
            message = f"port {clash.later.address.port} is listened on already, so httpd does not start"
        else:
            message = f"port {clash.later.address.port} is taken by the other Listen, so httpd cannot bind it and does not start"
        yield Diagnostic(
            item.path,
            item.args[0].span,
            message,
            fix,
            (Related(earlier.path, earlier.args[0].span, "listened on here"),),
            help="" if fix else "keep the line that is meant, and delete the other",
        )
