"""
`ProxyPass` takes every URL of a WSGI application, which is never reached.

## What happens

httpd sends the requests on to the other server, and the application of this one does not get any.

## Why

httpd asks mod_proxy before mod_wsgi, wherever the lines stand (`mod_proxy.c:proxy_trans`). So
`ProxyPass / http://localhost:8080/` sends on what a `WSGIScriptAlias` of the same host should answer.
`ProxyPass /app !` above it exempts a path.

## Left alone

There is no fix: the configuration does not show which of the two should answer.

## See also

`redirect-hides-application`, `alias-hides-application`.

## Examples

    ```apache
    <VirtualHost *:80>
        WSGIScriptAlias /app /srv/site/app.wsgi
    #                   ^^^^
        ProxyPass / http://127.0.0.1:8080/
    </VirtualHost>
    ```
What is exempted is served as files, and not by the application:

    ```apache
    <VirtualHost *:80>
        Alias /static /srv/site/static
        WSGIScriptAlias / /srv/site/app.wsgi
    #                   ^
        ProxyPass /static/ !
        ProxyPass / http://127.0.0.1:8080/
    </VirtualHost>
    ```

Not reported:

    ```apache
    <VirtualHost *:80>
        Alias /static /srv/site/static
        WSGIScriptAlias / /srv/site/app.wsgi
        ProxyPass /static !
        ProxyPass /api !
        ProxyPass / http://127.0.0.1:8080/
    </VirtualHost>
    ```
    ```apache
    <VirtualHost *:80>
        WSGIScriptAlias /app /srv/site/app.wsgi
        ProxyPass /app !
        ProxyPass / http://127.0.0.1:8080/
    </VirtualHost>
    <VirtualHost *:443>
        WSGIScriptAlias / /srv/site/app.wsgi
        ProxyPass /search http://127.0.0.1:9200/
    </VirtualHost>
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Item, Server
from modwsgi_fix.model.urls import Mapping, aliases, covers_whole, is_prefix, mounts, together
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule

_PROXIES = ("proxypass", "proxypassmatch")


@rule(severity=Severity.ERROR)
def proxy_hides_application(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers if config.named(*_PROXIES) else ():
        for mount in mounts(config, server):
            proxy = _hiding(config, server, mount)
            if proxy is None or (mount.server is not server and proxy.server is not mount.server):
                continue
            yield Diagnostic(
                mount.item.path,
                mount.url_span,
                f"{proxy.name} {proxy.value} takes the URLs of {mount.url}, so the application is never reached",
                related=(Related(proxy.path, proxy.span, "the proxy"),),
                help="remove one of the two, or give each a path of its own"
                if mount.url == proxy.value
                else f"exempt it by {proxy.name} {mount.url} ! above, or remove one of the two",
            )


def _hiding(config: Config, server: Server, mount: Mapping) -> Item | None:
    """Return the ProxyPass that takes the whole mount: the first that matches decides (mod_proxy.c:proxy_trans).

    Those of the main server come before the host's own (mod_proxy.c:merge_proxy_config).
    """
    servers = [server] if server.is_main else [config.main, server]
    for item in (item for one in servers for item in one.all(*_PROXIES)):
        if len(item.args) < 2 or not item.known:
            continue
        is_regex = item.key == "proxypassmatch"
        proxy = Mapping(item, item.value, item.values[1], is_regex, item.args[0].span, item.args[1].span)
        if proxy.target == "!":
            if (
                is_regex
                or mount.is_regex
                or (
                    proxy.url.rstrip("/").startswith(mount.url.rstrip("/"))
                    and not _is_of_files(config, server, proxy, mount)
                )
                or covers_whole(proxy, mount)
            ):
                return None
            continue
        if together(item, mount.item) and covers_whole(proxy, mount):
            return item
    return None


def _is_of_files(config: Config, server: Server, exempted: Mapping, mount: Mapping) -> bool:
    """Whether what is left to this server is a part of the mount that an alias takes, and not the application."""
    files = (alias for alias in aliases(config, server) if not alias.is_regex)
    return any(together(one.item, mount.item) and is_prefix(one.url, exempted.url) for one in files)
