"""
`ProxyPass` takes every URL of a WSGI application, which is never reached.

mod_proxy is asked before mod_wsgi, wherever the lines stand: `ProxyPass / http://localhost:8080/` sends on what a
`WSGIScriptAlias` of the same host was meant to answer. `ProxyPass /app !` above it exempts a path.

Reported and not fixed: which of the two is to answer is not to be seen.

    ```apache
    <VirtualHost *:80>
        WSGIScriptAlias /app /srv/site/app.wsgi
    #                   ^^^^
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

from modwsgi_fix.model.config import Config, Item, Server
from modwsgi_fix.model.urls import Mapping, covers_whole, mounts, together
from modwsgi_fix.rule import Diagnostic, Related, Severity, rule


@rule(severity=Severity.ERROR)
def proxy_hides_application(config: Config) -> Iterator[Diagnostic]:
    for server in config.servers:
        for mount in mounts(config, server):
            found = _hiding(config, server, mount)
            if found is None or (mount.server is not server and found.server is not mount.server):
                continue
            yield Diagnostic(
                mount.item.path,
                mount.url_span,
                f"{found.name} {found.value} takes every URL of {mount.url}, so the application is never reached; exempt it"
                f" by {found.name} {mount.url} ! above, or remove one of the two",
                related=(Related(found.path, found.span, "the proxy"),),
            )


def _hiding(config: Config, server: Server, mount: Mapping) -> Item | None:
    """The ProxyPass that takes the whole mount; the first that matches counts (mod_proxy.c:proxy_trans)."""
    servers = [server] if server.is_main else [server, config.main]
    for item in (item for one in servers for item in one.all("proxypass", "proxypassmatch")):
        if len(item.args) < 2 or not item.known:
            continue
        is_regex = item.key == "proxypassmatch"
        proxy = Mapping(item, item.value, item.values[1], is_regex, item.args[0].span, item.args[1].span)
        if proxy.target == "!":
            if (
                is_regex
                or mount.is_regex
                or proxy.url.rstrip("/").startswith(mount.url.rstrip("/"))
                or covers_whole(proxy, mount)
            ):
                return None
            continue
        if together(item, mount.item) and covers_whole(proxy, mount):
            return item
    return None
