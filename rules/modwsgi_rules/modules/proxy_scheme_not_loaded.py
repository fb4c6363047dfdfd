"""
A request is to be handed on by a scheme whose module is not loaded.

## What happens

httpd starts, and each request that is to be handed on is an error 500. What a RewriteRule hands on without `mod_proxy` is refused (403).

## Why

`mod_proxy` alone speaks with no server: each scheme has a module of its own (mod_proxy.c:proxy_run_scheme_handler), and `mod_rewrite` asks
for `mod_proxy` only when a request comes (mod_rewrite.c:hook_fixup, hook_uri2file). All of it was measured with 2.4.71. Since 2.4.47
`mod_proxy_http` takes `ws:` and `wss:`, too.

## Left alone

There is no fix: to load code into httpd is the administrator's decision. In a whole server all `LoadModule` lines are in sight, and only
of one that loads six modules at least, and none that is unknown, is anything said. A scheme that no module of httpd has, and a line under a
condition, are not reported.

## See also

httpd's own messages are *AH01144: No protocol handler was valid for the URL /api (scheme 'http')* and *AH00669: attempt to make remote
request from mod_rewrite without proxy enabled: proxy:http://127.0.0.1:8001/*. Rules `provider-not-loaded`, `module-not-loaded` and `proxy-hides-application`.

## Examples

Reported without a fix, once for each module:

    ```apache
    #- httpd.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule wsgi_module modules/mod_wsgi.so
    LoadModule rewrite_module modules/mod_rewrite.so
    LoadModule proxy_module modules/mod_proxy.so
    ProxyPass /api http://127.0.0.1:8001/
    #              ^^^^^^^^^^^^^^^^^^^^^^
    ProxyPass /api2 http://127.0.0.1:8002/
    ProxyPassMatch ^/(.*[.]php)$ fcgi://127.0.0.1:9000/srv/www/$1
    #                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    RewriteEngine On
    RewriteRule ^/ajp/(.*) ajp://127.0.0.1:8009/$1 [P]
    #                      ^^^^^^^^^^^^^^^^^^^^^^^
    ```
    ```apache
    #- httpd.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule wsgi_module modules/mod_wsgi.so
    LoadModule alias_module modules/mod_alias.so
    LoadModule rewrite_module modules/mod_rewrite.so
    RewriteEngine On
    RewriteRule ^/api/(.*) http://127.0.0.1:8001/$1 [P,L]
    #                      ^^^^^^^^^^^^^^^^^^^^^^^^
    ```

Not reported:

    ```apache
    #- httpd.conf
    LoadModule mpm_event_module modules/mod_mpm_event.so
    LoadModule authz_core_module modules/mod_authz_core.so
    LoadModule authn_core_module modules/mod_authn_core.so
    LoadModule wsgi_module modules/mod_wsgi.so
    LoadModule proxy_module modules/mod_proxy.so
    LoadModule proxy_http_module modules/mod_proxy_http.so
    ProxyPass /static !
    ProxyPass /api http://127.0.0.1:8001/
    ProxyPass /ws ws://127.0.0.1:8001/
    <IfModule mod_proxy_fcgi.c>
        ProxyPass /php fcgi://127.0.0.1:9000/
    </IfModule>
    ```
    ```apache
    ProxyPass /api http://127.0.0.1:8001/
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import HANDED_ON
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.facts.loaded import list_of_22, loaded
from modwsgi_fix.model.items import Arg, Item
from modwsgi_fix.model.modules import loads_unknown_modules
from modwsgi_fix.model.rewrites import flags_of
from modwsgi_fix.rule import Diagnostic, Rank, Severity, rule
from modwsgi_rules.modules._shared import loading

#: The modules that speak with another server by a scheme (the ``canon`` and ``handler`` hooks of mod_proxy_*.c); one is enough.
_SPEAKING = {
    "ajp": ("proxy_ajp",),
    "balancer": ("proxy_balancer",),
    "fcgi": ("proxy_fcgi",),
    "ftp": ("proxy_ftp",),
    "h2": ("proxy_http2",),
    "h2c": ("proxy_http2",),
    "http": ("proxy_http",),
    "https": ("proxy_http",),
    "scgi": ("proxy_scgi",),
    "uwsgi": ("proxy_uwsgi",),
    "ws": ("proxy_wstunnel", "proxy_http"),
    "wss": ("proxy_wstunnel", "proxy_http"),
}


@rule(severity=Severity.ERROR, rank=Rank.ANSWER)
def proxy_scheme_not_loaded(config: Config) -> Iterator[Diagnostic]:
    lines = config.named(*HANDED_ON)
    modules = loaded(config) if lines else None
    if modules is None or loads_unknown_modules(config) or list_of_22(config) is not None:
        return
    told: set[str] = set()
    for item in lines:
        target = _target(item)
        if target is None:
            continue
        wanted = _SPEAKING.get(_scheme(target.value), ())
        if item.key == "rewriterule" and "proxy" not in modules.all:
            wanted, end = ("proxy",), "is refused"
        else:
            end = "is an error 500"
        if not wanted or modules.all.intersection(wanted) or wanted[0] in told:
            continue
        told.add(wanted[0])
        message = f"{wanted[0]}_module is not loaded, so each request that is handed on here {end}"
        yield Diagnostic(item.path, target.span, message, help=loading(wanted[0]))


def _target(item: Item) -> Arg | None:
    """Return the URL of the other server that a line certainly hands requests on to."""
    if not item.known or item.guards:
        return None
    if item.key == "rewriterule":
        return item.args[1] if "p" in flags_of(item) else None
    return next((arg for arg in item.args[:2] if "://" in arg.value), None)


def _scheme(url: str) -> str:
    """Return the scheme by which a server is asked; that of a socket stands behind it."""
    return url.rpartition("|")[2].partition(":")[0].lower()
