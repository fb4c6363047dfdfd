"""
A virtual host has a name that no request can ask for.

## What happens

Requests for the site are answered by another host, mostly by the first one of the address.

## Why

httpd compares the names with the host of the request, which has no scheme, port, path or dot at its end (vhost.c:
`matches_aliases`, `fix_hostname`). ServerAlias takes each word as it stands, a comma included. Of ServerName a scheme in front and a
port behind are taken off, and nothing else.

## The fix

It takes off what is not part of the name. It is unsafe, because requests for the name are answered by this host from then on.

## Left alone

A name that begins with a dot, which may be meant for all names below it, and a ServerName of several names are reported without a
fix.

## See also

`host-never-reached`, `host-name-address`.

## Examples

    ```diff unsafe
     <VirtualHost *:80>
         ServerName shop.example
    -    ServerAlias www.shop.example, shop.example.org
    +    ServerAlias www.shop.example shop.example.org
    -    ServerAlias http://shop.example.net store.example:8080
    +    ServerAlias shop.example.net store.example
     </VirtualHost>
     <VirtualHost *:80>
    -    ServerName https://blog.example/
    +    ServerName https://blog.example
     </VirtualHost>
    ```

Reported without a fix:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example,www.shop.example
    #              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        ServerAlias .shop.example
    #               ^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    ServerName localhost/
    <VirtualHost *:80>
        ServerName http://shop.example:8080
        ServerAlias www.shop.example *.shop.example shop? [2001:db8::1] 2001:db8::1 {{ names }} ${NAMES}
    </VirtualHost>
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.rule import Diagnostic, Scope, Severity, rule

#: What is written around a name: the scheme before it, a port or path behind it.
_NOT_THE_NAME = expression(r"\A\w+://|:\d+(?:/.*)?\Z|/.*\Z", re.S)
_IN_SERVERNAME = expression(r"(?P<scheme>(?:\w+://)?)(?P<name>[^/:]+)(?P<port>(?::\d+)?)(?:/.*)?", re.S)
#: Names, or one that begins with a dot.
_LIST = expression(r"[\w.,;-]+")
_NAME = expression(r"[\w*?-]+(?:\.[\w*?-]+)*")


@rule(severity=Severity.WARNING, scope=Scope.HOST)
def name_never_asked_for(config: Config) -> Iterator[Diagnostic]:
    for item in config.asked_about("servername", "serveralias"):
        if item.server.is_main or not item.known:
            continue
        for arg in item.args if item.key == "serveralias" else item.args[:1]:
            yield from _check(item, arg)


def _check(item: Item, arg: Arg) -> Iterator[Diagnostic]:
    written = arg.value
    if not written or written.count(":") > 2:
        return
    if item.key == "serveralias":
        names = [_NOT_THE_NAME.sub("", name).rstrip(".") for name in written.replace(";", ",").split(",") if name]
        meant = " ".join(names)
    else:
        # httpd takes off the scheme and the port itself.
        found = _IN_SERVERNAME.fullmatch(written)
        names = [found["name"].rstrip(".")] if found is not None else []
        meant = f"{found['scheme']}{names[0]}{found['port']}" if found is not None else ""
    is_clear = bool(names) and all(map(_NAME.fullmatch, names))
    if meant == written if is_clear else not _LIST.fullmatch(written):
        return
    fix, advice = None, f"write {meant}"
    if not is_clear:
        advice = "write each name by itself, with *. in front for all names below it"
    elif item.file.text[arg.span.start : arg.span.end] == written:
        reason = f"requests for {' and '.join(names)} are answered by this host from then on"
        fix = Fix.unsafe(f"Write {meant}", Edit(item.path, arg.span, meant), reason=reason)
    message = f"no request asks for the name {written}, so this host is not found by it"
    yield Diagnostic(item.path, arg.span, message, fix, help="" if fix else advice)
