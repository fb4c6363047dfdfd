"""
A redirect takes every URL of a WSGI application, which is never reached.

`Redirect` and `RewriteRule … [R]` are asked before any alias, wherever they stand in the host. Where a host only sends its
visitors on to HTTPS, the mount beside it is dead, and so is whatever was meant to be exempt from the redirect by it.

Reported and not fixed: either the redirect or the mount can go. (Do not delete a `WSGIDaemonProcess` with the mount that
another host uses.)

    ```apache
    <VirtualHost *:80>
        ServerName example.com
        Redirect permanent / https://example.com/
        WSGIScriptAlias / /srv/site/app.wsgi
    #                   ^
    </VirtualHost>
    ```
    ```apache
    <VirtualHost *:80>
        RewriteEngine On
        RewriteRule ^(.*)$ https://example.com$1 [R=301,L]
        WSGIScriptAlias /app /srv/site/app.wsgi
    #                   ^^^^
    </VirtualHost>
    ```

A part of the application, another path, or under a condition:

    ```apache
    <VirtualHost *:80>
        Redirect /old https://example.com/new
        RedirectMatch ^/$ /app/
        RewriteEngine On
        RewriteCond %{HTTPS} off
        RewriteRule ^(.*)$ https://example.com$1 [R=301,L]
        WSGIScriptAlias /app /srv/site/app.wsgi
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.rewrites import Rewrite, rewrites
from modwsgi_fix.model.urls import Mapping, covers_whole, mounts, redirects, together
from modwsgi_fix.rule import Diagnostic, Related, rule

_EVERYTHING = frozenset({"^", ".*", "(.*)", "^.*$", "^(.*)$", "^/(.*)$", "^/(.*)", "^/", "/", "^(.*)", "^/.*", "^.*", "^/?(.*)", "^/?(.*)$"})  # fmt: skip


@rule()
def redirect_hides_application(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        for mount in mounts(config, server):
            found = _hiding(config, server, mount)
            if found is None or (mount.server is not server and found.server is not mount.server):
                # A host that sends everything on, with an application at the level of the server for other hosts.
                continue
            yield Diagnostic(
                mount.item.path,
                mount.url_span,
                f"{found.name} sends every URL of {mount.url} elsewhere, so the application is never reached",
                related=(Related(found.path, found.span, "the redirect"),),
            )


def _hiding(config: Config, server: Server, mount: Mapping) -> Item | None:
    for redirect in redirects(config, server):
        if redirect.item.known and together(redirect.item, mount.item) and covers_whole(redirect, mount):
            return redirect.item
    for rewrite in rewrites(config, server):
        if _always(rewrite) and together(rewrite.item, mount.item) and not mount.is_regex:
            return rewrite.item
        # A rule before it may let some URLs through.
        break
    return None


def _always(rewrite: Rewrite) -> bool:
    external = "r" in rewrite.flags or rewrite.substitution.startswith(("http://", "https://"))
    return (
        external
        and not rewrite.conditions
        and rewrite.pattern in _EVERYTHING
        and not {"p", "proxy"} & rewrite.flags.keys()
    )
