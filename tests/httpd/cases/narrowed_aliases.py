"""Aliases that hide an application, narrowed in the hosts that users have."""

from __future__ import annotations

from typing import Any

from ..application import app
from ..case import Case, EqualExcept
from ..probe import probes
from ..root import Link
from . import opened, opened_file

_SITE = "http://a.example"
_OPEN = opened("/srv/w")
_WEB2PY = {
    "/srv/w/handler.wsgi": app(),
    "/srv/w/applications/welcome/static/a.css": "STYLE",
    "/srv/w/applications/welcome/models/db.py": "SECRET",
    "/srv/w/applications/shop/static/b.css": "SHOP STYLE",
    "/srv/w/applications/shop/static/etc": Link("/etc"),
    "/srv/w/applications/shop/uploads/x.jpg": "UPLOAD",
    "/srv/w/applications/linked/static": Link("/srv/w/files"),
    "/srv/w/files/a.txt": "FILE",
}
_PATHS = (
    "/",
    "/welcome/default/index",
    "/welcome/static/a.css",
    "/shop/static/b.css",
    "/linked/static/a.txt",
    "/welcome/models/db.py",
    "/shop/uploads/x.jpg",
    "/shop/static/etc/hostname",
)
_SORTED = "httpd sorts directories by the number of their components, and aliases are no part of that order"
_OPENED = "the Location opens the files, and no link lies among them"
_NOTHING = "the directory is open above, and has neither source code nor a link"
_ALONE = "no URL leads to anything else in the directory above"


def _every(host: str, *paths: str) -> tuple[str, ...]:
    return tuple(f"http://{host}{path}" for path in paths)


_HIDDEN = EqualExcept(
    regained=_every("a.example", "/", "/welcome/default/index"),
    closed=_every("a.example", "/welcome/models/db.py", "/shop/uploads/x.jpg", "/shop/static/etc/hostname"),
)
_HOST = """\
<VirtualHost *:80>
    ServerName {name}
    WSGIScriptAlias / /srv/w/handler.wsgi
</VirtualHost>
"""
_ALIASED = """\
<VirtualHost *:80>
    ServerName a.example
    Alias / /srv/w/applications/
    WSGIScriptAlias / /srv/w/handler.wsgi
{more}</VirtualHost>
"""
_BY_URL = """\
    <Location />
        Require all granted
        Order deny,allow
        Allow from all
    </Location>
"""
_SCRIPT = opened_file("/srv/w", "handler.wsgi")


def _narrowed(name: str, before: str, expect: EqualExcept, **more: Any) -> Case:
    """A case of alias-hides-application."""
    more = {"tree": _WEB2PY, "probes": probes(*_every("a.example", *_PATHS)), **more}
    rules = ("alias-hides-application",)
    return Case(name=name, rules=rules, level="repair", before={"site.conf": before}, expect=expect, **more)


CASES = (
    _narrowed(
        "a pattern that hides the application",
        "AliasMatch ^/(.*)$ /srv/w/applications/$1\nWSGIScriptAlias / /srv/w/handler.wsgi\n" + _OPEN,
        _HIDDEN,
        equivalent={"site.conf: swap: *": _SORTED},
    ),
    _narrowed(
        "a pattern that leaves the application its root alone, within a condition",
        "<IfModule mod_alias.c>\n"
        "    AliasMatch ^/(.+)$ /srv/w/applications/$1\n"
        "    WSGIScriptAlias / /srv/w/handler.wsgi\n"
        "</IfModule>\n" + _OPEN,
        EqualExcept(regained=(f"{_SITE}/welcome/default/index",), closed=_HIDDEN.closed),
        equivalent={"site.conf: swap: *": _SORTED},
    ),
    _narrowed(
        "an alias that hides the application, and source code among the static files",
        _ALIASED.format(more="") + _OPEN,
        EqualExcept(
            regained=_HIDDEN.regained,
            closed=_every(
                "a.example",
                "/welcome/models/db.py",
                "/shop/uploads/x.jpg",
                "/welcome/static/build.py",
                "/welcome/static/.git/config",
            ),
        ),
        tree={
            **{path: entry for path, entry in _WEB2PY.items() if not path.endswith("etc")},
            "/srv/w/applications/welcome/static/build.py": "SECRET",
            "/srv/w/applications/welcome/static/.git/config": "SECRET",
        },
        probes=probes(*_every("a.example", *_PATHS[:-1], "/welcome/static/build.py", "/welcome/static/.git/config")),
        root=True,
        equivalent={
            "*: swap: *": _SORTED,
            "*: parent: *": _ALONE,
            "*: elsewhere: <Dir*/linked/*": _NOTHING,
            "*: elsewhere: <Dir*/shop/*": _NOTHING,
        },
    ),
    _narrowed(
        "an alias that hides the application, in a host that is open by its URLs",
        _ALIASED.format(more=_BY_URL),
        _HIDDEN,
        equivalent={"site.conf: swap: *": _SORTED, "site.conf: opposite: Require all granted": _OPENED},
    ),
    _narrowed(
        "an alias of the main server that hides two hosts",
        "Alias / /srv/w/applications/\n" + _HOST.format(name="a.example") + _HOST.format(name="b.example") + _OPEN,
        EqualExcept(
            regained=(*_HIDDEN.regained, "http://b.example/"),
            closed=(*_HIDDEN.closed, "http://b.example/welcome/models/db.py"),
        ),
        probes=probes(*_every("a.example", *_PATHS), *_every("b.example", "/", *_PATHS[2:6])),
        equivalent={"site.conf: swap: *": _SORTED},
    ),
    _narrowed(
        "an alias that hides the application, and an application for one address",
        _ALIASED.format(more="")
        + _OPEN
        + """\
<Directory /srv/w/applications/shop>
    Require ip 192.0.2.1
</Directory>
""",
        EqualExcept(
            regained=(*_HIDDEN.regained, f"{_SITE}/shop/uploads/x.jpg"),
            closed=_every("a.example", "/welcome/models/db.py", "/welcome/static/etc/hostname"),
        ),
        tree={**_WEB2PY, "/srv/w/applications/welcome/static/etc": Link("/etc")},
        probes=probes(*_every("a.example", *_PATHS[:-1], "/welcome/static/etc/hostname")),
        equivalent={"site.conf: swap: *": _SORTED},
    ),
    _narrowed(
        "an alias that hides the application, of files that nothing opens",
        _ALIASED.format(more="") + _SCRIPT,
        EqualExcept(
            {
                f"{_SITE}/shop/static/etc/hostname": {
                    "mapped": (
                        "/srv/w/applications/shop/static/etc/hostname",
                        "/srv/w/applications/shop/static/etc",
                    )
                }
            },
            regained=(*_HIDDEN.regained, f"{_SITE}/welcome/models/db.py", f"{_SITE}/shop/uploads/x.jpg"),
        ),
        equivalent={"*: swap: *": _SORTED},
    ),
    _narrowed(
        "an alias that hides the application, and .htaccess files",
        _ALIASED.format(more="") + _OPEN.replace("    Require", "    AllowOverride AuthConfig Limit\n    Require"),
        _HIDDEN,
        tree={
            **_WEB2PY,
            "/srv/w/applications/welcome/static/staff/.htaccess": "Require all denied\n",
            "/srv/w/applications/welcome/static/staff/c.css": "STAFF STYLE",
        },
        probes=probes(*_every("a.example", *_PATHS, "/welcome/static/staff/c.css")),
        equivalent={"site.conf: swap: *": _SORTED},
    ),
    _narrowed(
        "an alias that hides the application, with the disk in sight",
        _ALIASED.format(more="") + _OPEN.replace("    Require", "    Options +Indexes\n    Require"),
        EqualExcept(
            regained=(*_HIDDEN.regained, f"{_SITE}/none/static/a.css"),
            closed=_every(
                "a.example",
                "/welcome/models/db.py",
                "/shop/uploads/x.jpg",
                *(f"/{name}/static/" for name in ("welcome", "shop", "linked")),
            ),
        ),
        tree={path: entry for path, entry in _WEB2PY.items() if not path.endswith("etc")},
        probes=probes(
            *_every("a.example", *_PATHS[:-1], "/none/static/a.css"),
            *_every("a.example", *(f"/{name}/static/" for name in ("welcome", "shop", "linked"))),
        ),
        root=True,
        equivalent={"*: swap: *": _SORTED, "*: parent: *": _ALONE},
    ),
    _narrowed(
        "an alias that hides the application, with the names of applications beside it",
        """\
<VirtualHost *:80>
    ServerName a.example
    Alias / "/srv/my web/applications/"
    WSGIScriptAlias / "/srv/my web/handler.wsgi"
    <LocationMatch "^/(welcome|shop|linked)/static/.*">
        Order allow,deny
        Allow from all
        Require all granted
    </LocationMatch>
</VirtualHost>
"""
        + opened_file('"/srv/my web"', "handler.wsgi"),
        EqualExcept(
            regained=(*_HIDDEN.regained, f"{_SITE}/welcome/models/db.py", f"{_SITE}/shop/uploads/x.jpg"),
            closed=(f"{_SITE}/shop/static/etc/hostname",),
        ),
        tree={path.replace("/srv/w/", "/srv/my web/"): entry for path, entry in _WEB2PY.items()},
        equivalent={
            "*: swap: *": _SORTED,
            "*: parent: *": _ALONE,
            "*: elsewhere: <Dir*/linked/*": _OPENED,
            "*: elsewhere: <Dir*/welcome/*": _OPENED,
            "*: opposite: Require all granted": _OPENED,
        },
    ),
)
