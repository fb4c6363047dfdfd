"""
A mount or alias is at a URL that begins with the name of its host.

## What happens

`WSGIScriptAlias /shop.example /srv/shop/app.wsgi` in the host `shop.example` leads `http://shop.example/shop.example` to the application. Who asks
for `http://shop.example/` gets the files of the `DocumentRoot`, or a list of their names.

## Why

The first word is what stands behind the name in a URL (mod_wsgi.c:wsgi_hook_intercept, mod_alias.c:alias_matches); the name has chosen the host already
(vhost.c:ap_update_vhost_from_headers).

## Left alone

There is no fix: whether the root of the host is meant, or a path in it, is not known. A name without a dot may be a path.

## See also

`url-prefix-without-slash`, `directory-mount`.

## Examples

Reported without a fix:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        ServerAlias www.shop.example
        WSGIScriptAlias /shop.example /srv/shop/app.wsgi
        #               ^^^^^^^^^^^^^
        Alias /www.shop.example/static /srv/shop/static
        #     ^^^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        ServerName shop.example
        WSGIScriptAlias /blog.example /srv/blog/app.wsgi
        Alias /shop /srv/shop/static
        Alias /shop.example.txt /srv/shop/static/about.txt
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modwsgi_fix.directives.families import PREFIX_ALIASES
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.servers import own_name
from modwsgi_fix.rule import Diagnostic, Severity, rule

_MOUNT = "wsgiscriptalias"


@rule(severity=Severity.WARNING)
def host_name_in_prefix(config: Config) -> Iterator[Diagnostic]:
    for item in config.in_each_server(_by_name, _MOUNT, *PREFIX_ALIASES):
        name = _first(item)
        yield Diagnostic(
            item.path,
            item.args[0].span,
            f"the URL has the name of the host twice: http://{name}{item.value}",
            help="write /, or the path that visitors ask for behind the name",
        )


def _by_name(lines: Sequence[Item]) -> Iterator[Item]:
    """Yield the lines whose URL begins with a name of their host."""
    for item in lines:
        name = _first(item)
        if "." in name and len(item.args) > 1 and item.args[0].known and not item.server.is_main:
            aliases = (word for line in item.server.all("serveralias") for word in line.values)
            if name in map(str.lower, (own_name(item.server) or "", *aliases)):
                yield item


def _first(item: Item) -> str:
    """Return the first part of a URL in lower case."""
    return item.value.lstrip("/").partition("/")[0].lower()
