"""Requests that are handed on to another server: nobody listens there, which is told apart from a name that is not known."""

from __future__ import annotations

from ..application import app
from ..case import Case, EqualExcept, StartsAfter
from ..probe import Probe, probes
from . import opened

_SITE = "http://a.example"
_TREE = {"/srv/w/app.wsgi": app(), "/srv/w/static/a.css": "STYLE"}
_HTTP = ("proxy", "proxy_http")
#: With the Connection of a probe it is like that of Firefox, which is of two words.
_UPGRADE = (("Upgrade", "websocket"), ("Connection", "Upgrade"))
_BALANCED = (("X-Forwarded-Proto", "https"),)


def _host(*lines: str) -> dict[str, str]:
    text = "".join(f"    {line}\n" for line in ("ServerName a.example", *lines))
    return {"site.conf": f"<VirtualHost *:80>\n{text}</VirtualHost>\n{opened('/srv/w')}"}


CASES = (
    Case(
        name="the name of a server that the URL is glued to",
        rules=("proxy-slash-mismatch",),
        level="repair",
        before=_host(
            "WSGIScriptAlias /shop /srv/w/app.wsgi",
            "ProxyPass /shop !",
            "ProxyPass / http://127.0.0.1:9",
            "ProxyPassReverse / http://127.0.0.1:9",
        ),
        tree=_TREE,
        probes=probes(f"{_SITE}/shop", f"{_SITE}/", f"{_SITE}/cart"),
        modules=_HTTP,
        # Nobody listens at port 9, and 127.0.0.1:9cart is not a name.
        expect=EqualExcept(
            {
                f"{_SITE}/cart": {
                    "status": (500, 503),
                    "mapped": ("proxy:http://[127.0.0.1:9cart]/", "proxy:http://127.0.0.1:9/cart"),
                    "body": ("500 Proxy Error", "503 Service Unavailable"),
                }
            }
        ),
        equivalent={"site.conf: swap: ProxyPass *": "one is asked of requests, the other of answers"},
    ),
    Case(
        name="web sockets as browsers ask for them",
        rules=("upgrade-not-recognized",),
        level="unsafe",
        before=_host(
            "RewriteEngine On",
            "RewriteCond %{HTTP:Upgrade} ^WebSocket$",
            "RewriteCond %{HTTP:Connection} ^Upgrade$ [NC]",
            "RewriteRule ^ - [G]",
            "RewriteRule ^ - [F]",
        ),
        tree=_TREE,
        probes=(Probe("a.example", headers=_UPGRADE), Probe("a.example")),
        expect=EqualExcept(
            {
                f"{_SITE}/ Upgrade: websocket Connection: Upgrade": {
                    "status": (403, 410),
                    "body": ("403 Forbidden", "410 Gone"),
                }
            }
        ),
        equivalent={"site.conf: swap: RewriteCond *": "both have to hold, in any order"},
    ),
    Case(
        name="the scheme that a load balancer tells",
        rules=("variable-always-empty",),
        level="unsafe",
        before=_host(
            "RewriteEngine On",
            "RewriteCond %{HTTP_X_FORWARDED_PROTO} !https",
            "RewriteRule ^ - [G]",
            "RewriteRule ^ - [F]",
        ),
        tree=_TREE,
        probes=(Probe("a.example", headers=_BALANCED), Probe("a.example")),
        expect=EqualExcept(
            {f"{_SITE}/ X-Forwarded-Proto: https": {"status": (410, 403), "body": ("410 Gone", "403 Forbidden")}}
        ),
    ),
    Case(
        name="a semicolon behind the words of a proxy",
        rules=("foreign-syntax",),
        level="safe",
        before=_host(
            "WSGIScriptAlias /shop /srv/w/app.wsgi",
            "ProxyPass /shop !",
            "ProxyPass / http://127.0.0.1:9/ ;",
        ),
        tree=_TREE,
        probes=probes(f"{_SITE}/shop", f"{_SITE}/cart"),
        modules=_HTTP,
        expect=StartsAfter(
            "Invalid ProxyPass|ProxyPassMatch parameter.",
            {f"{_SITE}/shop": {"status": 200, "who": "application"}, f"{_SITE}/cart": {"status": 503}},
        ),
    ),
)
