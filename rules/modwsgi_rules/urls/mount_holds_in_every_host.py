"""
An application is mounted at `/` outside of the virtual hosts, and takes the URLs of sites that are in them.

## What happens

Each host answers by the application. Of the pages in its DocumentRoot nothing is served.

## Why

A `WSGIScriptAlias` of the main server holds in every virtual host, after the host's own (`mod_wsgi.c:wsgi_merge_server_config`),
and mod_wsgi takes a URL before the DocumentRoot is asked (`wsgi_hook_intercept`).

## Left alone

There is no fix: which host is meant is the owner's to say. Hosts of one DocumentRoot are taken for one site and not reported, nor
is a DocumentRoot in the directory of the project or above it, nor a host that mounts, proxies or redirects everything itself.
In a fragment only the hosts of the mount's own file are looked at.

## See also

`alias-hides-application`, `host-never-reached`; `modwsgi-fix trace URL conf/` says what answers.

## Examples

Reported without a fix:

    ```apache
    WSGIScriptAlias / /srv/shop/app.wsgi
    #                 ^^^^^^^^^^^^^^^^^^
    <VirtualHost *:80>
        ServerName shop.example.com
        Alias /static/ /srv/shop/static/
    </VirtualHost>
    <VirtualHost *:80>
        ServerName www.example.com
        DocumentRoot /var/www/example
    </VirtualHost>
    ```

One site by http and https, and an application below a URL:

    ```apache
    WSGIScriptAlias / /srv/shop/app.wsgi
    <VirtualHost *:80>
        ServerName shop.example.com
        DocumentRoot /var/www/shop
    </VirtualHost>
    <VirtualHost *:443>
        ServerName shop.example.com
        DocumentRoot /var/www/shop
    </VirtualHost>
    ```
    ```apache
    WSGIScriptAlias /shop /srv/shop/app.wsgi
    <VirtualHost *:80>
        ServerName shop.example.com
    </VirtualHost>
    <VirtualHost *:80>
        ServerName www.example.com
        DocumentRoot /var/www/example
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import ALIASES, HANDED_ON, MOUNTS, REDIRECTS
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.paths import components
from modwsgi_fix.model.servers import own_name
from modwsgi_fix.model.urls import Mapping, mapping_of, mounts
from modwsgi_fix.rule import Diagnostic, Rank, Related, Severity, rule

#: The most hosts that are named beside the mount.
_FEW = 3
#: What may take all URLs of a host before the mount is asked.
_TAKING = (*ALIASES, *MOUNTS, *REDIRECTS, *HANDED_ON)


@rule(severity=Severity.WARNING, rank=Rank.ANSWER)
def mount_holds_in_every_host(config: Config) -> Iterator[Diagnostic]:
    # The first one takes every URL.
    mount = next((one for one in mounts(config, config.main) if one.url == "/" and not one.is_regex), None)
    if mount is None or mount.item.in_doubt or not mount.item.known or mount.item.file.tree.is_template:
        return
    item = mount.item
    # The files of a fragment need not be of one server.
    hosts = (
        config.hosts
        if config.complete
        else [host for host in config.hosts if host.item and host.item.path == item.path]
    )
    roots = [root for host in hosts if (root := _root_of(config, host)) is not None]
    others = {root.value.rstrip("/") if isinstance(root, Item) else "" for root in roots}
    hidden = [root for root in roots if isinstance(root, Item) and not _is_of_project(root, mount)]
    if len(others) < 2 or not hidden:
        return
    yield Diagnostic(
        item.path,
        mount.target_span,
        f"this mount holds in every host, so nothing of DocumentRoot {hidden[0].value} is served",
        related=tuple(Related(root.path, root.args[0].span, "not served") for root in hidden[:_FEW]),
        help="mount it in the host that it is meant for",
    )


def _root_of(config: Config, host: Server) -> Item | str | None:
    """Return a host's own DocumentRoot, an empty string without one; None where the mount does not take its URLs, or may not."""
    if host.item is None or host.item.guards or own_name(host) is None:
        return None
    for item in config.within(host, *_TAKING):
        mapping = mapping_of(item)
        if item.sections or mapping is None or mapping.is_regex or mapping.url == "/":
            return None
    roots = config.within(host, "documentroot")
    if not roots:
        return ""
    return roots[-1] if roots[-1].args and roots[-1].known and not roots[-1].in_doubt else None


def _is_of_project(root: Item, mount: Mapping) -> bool:
    """Whether a DocumentRoot is the directory of a script, above it or below it."""
    mine, project = components(root.value), components(mount.target)[:-1]
    return mine[: len(project)] == project or project[: len(mine)] == mine
