"""URLs and what they lead to: mounts that are hidden, mounts that reach too far, aliases that miss their files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..application import app
from ..case import Case, Equal, EqualExcept
from ..probe import probes
from ..root import Link

_SITE = "http://a.example"
_NAME = "ServerName a.example\n"
_OPEN = """\
<Directory /srv/w>
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
"""
_TREE = {
    "/srv/w/app.wsgi": app(),
    "/srv/w/wiki.wsgi": app("wiki"),
    "/srv/w/admin.wsgi": app("admin"),
    "/srv/w/scripts/one.wsgi": app("one"),
    "/srv/w/static/a.css": "STYLE",
    "/srv/w/static-old/b.css": "OLD STYLE",
    "/srv/w/my files/a.txt": "FILE",
    "/srv/w/robots.txt": "ROBOTS",
}
_ONE = {"bases": ("2.4",), "mpms": ("event",)}


def _mounted(script: str, mount: str, path: str, host: str = "a.example") -> Mapping[str, Any]:
    """What an answer says of the mount that gave it."""
    return {
        "label": script,
        "mapped": f"/srv/w/{script}.wsgi",
        "script_name": mount,
        "path_info": path,
        "application_group": f"{host}|{mount}",
    }


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


_MOUNTS = (
    Case(
        name="a mount below a shorter one",
        rules=("wsgi-alias-order",),
        level="repair",
        before={
            "site.conf": """\
<VirtualHost *:80>
    ServerName a.example
    # everything else
    WSGIScriptAlias / /srv/w/app.wsgi
    # the wiki
    WSGIScriptAlias /wiki /srv/w/wiki.wsgi
    WSGIScriptAlias /wiki/admin /srv/w/admin.wsgi
    WSGIProcessGroup site
</VirtualHost>
WSGIDaemonProcess site threads=2
"""
            + _OPEN
        },
        tree=_TREE,
        probes=probes(*(f"{_SITE}{path}" for path in ("/", "/wiki", "/wiki/x", "/wiki/admin/x", "/wikis"))),
        expect=EqualExcept(
            {
                f"{_SITE}/wiki": _moved(_mounted("app", "", "/wiki"), _mounted("wiki", "/wiki", "")),
                f"{_SITE}/wiki/x": _moved(_mounted("app", "", "/wiki/x"), _mounted("wiki", "/wiki", "/x")),
                f"{_SITE}/wiki/admin/x": _moved(
                    _mounted("app", "", "/wiki/admin/x"), _mounted("admin", "/wiki/admin", "/x")
                ),
            }
        ),
        equivalent={"site.conf: drop: -# the wiki": "the comment is gone, the mounts are moved"},
        **_ONE,
    ),
    Case(
        name="a mount of the same script twice",
        rules=("duplicate-wsgi-alias",),
        level="safe",
        before={
            "site.conf": """\
WSGIScriptAlias /wiki /srv/w/wiki.wsgi
Alias /static/ /srv/w/static/
WSGIScriptAlias /wiki "/srv/w/wiki.wsgi"
WSGIScriptAlias / /srv/w/app.wsgi
"""
            + _OPEN
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/wiki", f"{_SITE}/wiki/x", f"{_SITE}/static/a.css"),
        expect=Equal(),
        **_ONE,
    ),
    Case(
        name="a script behind a slash",
        rules=("wsgi-alias-trailing-slash",),
        level="repair",
        before={
            "site.conf": _NAME + "WSGIScriptAlias /wiki/ /srv/w/wiki.wsgi\nWSGIScriptAlias / /srv/w/app.wsgi\n" + _OPEN
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/wiki/", f"{_SITE}/wiki/x", f"{_SITE}/wiki"),
        expect=EqualExcept(
            {
                f"{_SITE}/wiki": _moved(_mounted("app", "", "/wiki"), _mounted("wiki", "/wiki", "")),
                # The script was found, as nothing had to be appended to its name; its mount had the slash.
                f"{_SITE}/wiki/": _moved(_mounted("wiki", "/wiki/", ""), _mounted("wiki", "/wiki", "/")),
            },
            regained=(f"{_SITE}/wiki/x",),
        ),
        **_ONE,
    ),
    Case(
        name="a directory of scripts without its slash",
        rules=("wsgi-alias-trailing-slash",),
        level="repair",
        before={"site.conf": "WSGIScriptAlias /scripts/ /srv/w/scripts\nWSGIScriptAlias / /srv/w/app.wsgi\n" + _OPEN},
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/scripts/one.wsgi/x", f"{_SITE}/scripts/two.wsgi"),
        expect=EqualExcept(
            {f"{_SITE}/scripts/two.wsgi": {"mapped": ("/srv/w/scriptstwo.wsgi", "/srv/w/scripts/two.wsgi")}},
            regained=(f"{_SITE}/scripts/one.wsgi/x",),
        ),
        root=True,
        **_ONE,
    ),
    Case(
        name="a pattern of a mount that begins anywhere",
        rules=("wsgi-alias-match-unanchored",),
        level="unsafe",
        before={
            "site.conf": _NAME
            + 'WSGIScriptAliasMatch "/wiki" /srv/w/wiki.wsgi\nWSGIScriptAlias / /srv/w/app.wsgi\n'
            + _OPEN
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/wiki/x", f"{_SITE}/x/wiki/y"),
        expect=EqualExcept(
            {f"{_SITE}/x/wiki/y": _moved(_mounted("wiki", "/x/wiki", "/y"), _mounted("app", "", "/x/wiki/y"))},
        ),
        **_ONE,
    ),
    Case(
        name="scripts by extension without ExecCGI",
        rules=("wsgi-script-without-execcgi",),
        level="unsafe",
        before={
            "site.conf": """\
Alias /scripts /srv/w/scripts
Alias /static /srv/w/static
<Directory /srv/w/scripts>
    Options Indexes FollowSymLinks
    AddHandler wsgi-script .wsgi
</Directory>
"""
            + _OPEN
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/scripts/one.wsgi", f"{_SITE}/static/a.css", f"{_SITE}/scripts/"),
        expect=EqualExcept(regained=(f"{_SITE}/scripts/one.wsgi",)),
        **_ONE,
    ),
    Case(
        name="rewriting to a mount and to an alias",
        rules=("rewrite-without-pt",),
        level="repair",
        before={
            "site.conf": """\
<VirtualHost *:80>
    ServerName a.example
    Alias /static/ /srv/w/static/
    WSGIScriptAlias /wiki /srv/w/wiki.wsgi
    RewriteEngine On
    RewriteRule ^/shop/(.*)$ /wiki/shop/$1 [QSA,L]
    RewriteCond %{REQUEST_METHOD} GET
    RewriteRule ^/site\\.css$ /static/a.css
</VirtualHost>
"""
            + _OPEN
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/wiki/x", f"{_SITE}/shop/x", f"{_SITE}/site.css", f"{_SITE}/static/a.css"),
        expect=EqualExcept(regained=(f"{_SITE}/shop/x",), served={f"{_SITE}/site.css": "STYLE"}),
        **_ONE,
    ),
)

_ALIASES = (
    Case(
        name="a pattern of an alias that begins anywhere",
        rules=("alias-match-unanchored",),
        level="unsafe",
        before={"site.conf": "AliasMatch /static/(.*)$ /srv/w/static/$1\nWSGIScriptAlias / /srv/w/app.wsgi\n" + _OPEN},
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/static/a.css", f"{_SITE}/user/static/a.css"),
        expect=EqualExcept(closed=(f"{_SITE}/user/static/a.css",)),
        **_ONE,
    ),
    Case(
        name="patterns that lead to one directory",
        rules=("alias-match-without-substitution",),
        level="repair",
        before={
            "site.conf": """\
AliasMatch ^/static /srv/w/static
WSGIScriptAlias /wiki /srv/w/wiki.wsgi
AliasMatch ^/files/(.*)$ "/srv/w/my files/"
WSGIScriptAlias / /srv/w/app.wsgi
"""
            + _OPEN
        },
        tree=_TREE,
        probes=probes(
            f"{_SITE}/", f"{_SITE}/static", f"{_SITE}/static/a.css", f"{_SITE}/statics", f"{_SITE}/files/a.txt"
        ),
        expect=EqualExcept(
            regained=(f"{_SITE}/statics",),
            served={f"{_SITE}/static/a.css": "STYLE", f"{_SITE}/files/a.txt": "FILE"},
        ),
        **_ONE,
    ),
    Case(
        name="aliases that lack a slash",
        rules=("alias-trailing-slash",),
        level="repair",
        before={
            "site.conf": """\
Alias /static/ /srv/w/static
WSGIScriptAlias /wiki /srv/w/wiki.wsgi
Alias "/files/" "/srv/w/my files"
WSGIScriptAlias / /srv/w/app.wsgi
"""
            + _OPEN
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/static/a.css", f"{_SITE}/static/-old/b.css", f"{_SITE}/files/a.txt"),
        expect=EqualExcept(
            closed=(f"{_SITE}/static/-old/b.css",),
            served={f"{_SITE}/static/a.css": "STYLE", f"{_SITE}/files/a.txt": "FILE"},
        ),
        **_ONE,
    ),
    Case(
        name="an alias that lacks a slash, to a directory that is closed",
        rules=("alias-trailing-slash",),
        level="repair",
        before={
            "site.conf": """\
Alias /static/ /srv/w/static
WSGIScriptAlias / /srv/w/app.wsgi
<Directory /srv/w>
    <Files app.wsgi>
        Require all granted
        Order allow,deny
        Allow from all
    </Files>
</Directory>
"""
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/static/a.css"),
        expect=EqualExcept({f"{_SITE}/static/a.css": {"mapped": ("/srv/w/statica.css", "/srv/w/static/a.css")}}),
        mpms=("event",),
    ),
)

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
_SCRIPT = """\
<Directory /srv/w>
    <Files handler.wsgi>
        Require all granted
        Order allow,deny
        Allow from all
    </Files>
</Directory>
"""


def _narrowed(name: str, before: str, expect: EqualExcept, **more: Any) -> Case:
    """A case of alias-hides-application; the MPM is no part of it."""
    more = {"tree": _WEB2PY, "probes": probes(*_every("a.example", *_PATHS)), "mpms": ("event",), **more}
    rules = ("alias-hides-application",)
    return Case(name=name, rules=rules, level="repair", before={"site.conf": before}, expect=expect, **more)


_NARROWED = (
    _narrowed(
        "a pattern that hides the application",
        "AliasMatch ^/(.*)$ /srv/w/applications/$1\nWSGIScriptAlias / /srv/w/handler.wsgi\n" + _OPEN,
        _HIDDEN,
        equivalent={"site.conf: swap: *": _SORTED},
    ),
    _narrowed(
        "an alias that hides the application, in a host that is open by its URLs",
        _ALIASED.format(more=_BY_URL),
        _HIDDEN,
        equivalent={"site.conf: swap: *": _SORTED},
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
        + _SCRIPT.replace("/srv/w", '"/srv/my web"'),
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
        },
    ),
)

CASES = (*_MOUNTS, *_ALIASES, *_NARROWED)
