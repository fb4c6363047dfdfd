"""
Nothing listens on the port of this virtual host.

## What happens

No request reaches the host: the connection is refused, or another program answers.

## Why

`<VirtualHost>` says which host answers at an address, and opens no port; `Listen` does (the manual of `Listen`). httpd starts
without a word.

## Left alone

There is no fix: the port may be wrong in the one line or missing in the other. Only a whole server with its `Listen` lines is
looked at, and a host that has another port beside is not reported.

## See also

`modwsgi-fix trace` says *nothing listens on port 8090*. Rule `listen-twice`.

## Examples

Reported without a fix:

    ```apache
    #- apache2.conf
    Listen 80
    <VirtualHost *:8090>
    #            ^^^^^^
        ServerName example.com
    </VirtualHost>
    ```

Not reported:

    ```apache
    #- apache2.conf
    Listen 80
    Listen 127.0.0.1:8090
    <VirtualHost *:8090 *:80>
        ServerName example.com
    </VirtualHost>
    ```
    ```apache
    <VirtualHost *:8090>
        ServerName example.com
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.request.reached import unreached
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def port_not_listened_on(config: Config) -> Iterator[Diagnostic]:
    for server in config.hosts:
        found = unreached(config, server)
        if found is None or found.port is None or server.item is None:
            continue
        message = f"no request reaches this host: {found.reason}"
        span = server.item.args[0].span if server.item.args else server.item.span
        yield Diagnostic(server.item.path, span, message, help="write a Listen for it, or another address here")
