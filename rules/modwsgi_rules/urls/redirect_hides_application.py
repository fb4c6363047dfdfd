"""
A redirect takes every URL of a WSGI application, which is never reached.

## What happens

Where the redirect leads back to the same host, by its own name and scheme, a browser gives up: *too many redirects*. Where a host only
sends its visitors on to HTTPS, the mount beside it is dead. So is whatever the mount should have
exempted from the redirect.

## Why

httpd asks `Redirect` and `RewriteRule … [R]` before any alias, wherever they stand in the host
(`mod_alias.c:translate_alias_redir`, `mod_rewrite.c:hook_uri2file`).

## Left alone

There is no fix: either the redirect or the mount can go. With the mount, do not delete a `WSGIDaemonProcess` that
another host uses.

## See also

`proxy-hides-application`, `alias-hides-application`.

## Examples

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

    ```apache
    <VirtualHost *:80>
        ServerName example.com
        ServerAlias www.example.com
        Redirect permanent / http://www.example.com/
        WSGIScriptAlias / /srv/site/app.wsgi
    #                   ^
    </VirtualHost>
    ```

A redirect of another path, of a part of the application, and under a condition:

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

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.rewrites import Rewrite, rewrites
from modwsgi_fix.model.urls import Mapping, covers_whole, mounts, redirects, together
from modwsgi_fix.rule import Diagnostic, Related, rule
from modwsgi_rules.urls._shared import EVERYTHING, path_at_home


@rule()
def redirect_hides_application(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        for mount in mounts(config, server):
            redirect, back = _hiding(config, server, mount)
            if redirect is None or (mount.server is not server and redirect.server is not mount.server):
                # A host that redirects everything, with an application of the main server for other hosts.
                continue
            where, advice = ("back to itself", "redirect") if back else ("elsewhere", "redirect or the mount")
            yield Diagnostic(
                mount.item.path,
                mount.url_span,
                f"{redirect.name} sends every URL of {mount.url} {where}, so the application is never reached",
                related=(Related(redirect.path, redirect.span, "the redirect"),),
                help=f"remove the {advice}",
            )


def _hiding(config: Config, server: Server, mount: Mapping) -> tuple[Item | None, bool]:
    """Return the line that redirects all of a mount, and whether to what it redirects again; None where there is none."""
    for redirect in redirects(config, server):
        if redirect.item.known and together(redirect.item, mount.item) and covers_whole(redirect, mount):
            path = path_at_home(config, server, redirect.target)
            return redirect.item, path is not None and redirect.matches(path or "/") is True
    for rewrite in rewrites(config, server):
        if _always(rewrite) and together(rewrite.item, mount.item) and not mount.is_regex:
            return rewrite.item, path_at_home(config, server, rewrite.substitution) is not None
        # A rule before it may let some URLs through.
        break
    return None, False


def _always(rewrite: Rewrite) -> bool:
    external = "r" in rewrite.flags or rewrite.substitution.startswith(("http://", "https://"))
    return (
        external
        and not rewrite.conditions
        and rewrite.pattern in EVERYTHING
        and not {"p", "proxy"} & rewrite.flags.keys()
    )
