"""The four rewriters: groups hoisted and repetitions deleted, aliases narrowed, grants moved into directories."""

from __future__ import annotations

from ..application import app
from ..case import Case, Equal, EqualExcept, StartsAfter
from ..probe import probes
from ..root import Link
from . import opened

_PAIR = """\
<VirtualHost *:80>
    ServerName a.example
    WSGIDaemonProcess site threads=2
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
<VirtualHost *:8080>
    ServerName {name}
    WSGIDaemonProcess site threads=2
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
""" + opened("/srv/site")
_DUPLICATE = "Name duplicates previous WSGI daemon definition"
_ANSWERED = {"who": "application", "status": 200, "process_group": "site"}
_BOTH = {"http://a.example/": _ANSWERED, "http://a.example:8080/x": _ANSWERED}

_TREE = {
    "/srv/w/handler.wsgi": app(),
    "/srv/w/secret.py": "SECRET",
    "/srv/w/applications/welcome/static/base.css": "STYLE",
    "/srv/w/applications/welcome/static/etc": Link("/etc"),
    "/srv/w/applications/shop/static": Link("/srv/w/shared"),
    "/srv/w/shared/shop.css": "STYLE",
    "/srv/w/applications/welcome/models/db.py": "SECRET",
    "/srv/w/applications/welcome/databases/storage.sqlite": "SECRET",
    "/srv/w/applications/we.b-2/static/a/b.js": "SCRIPT",
}
_HIDDEN = """\
<VirtualHost *:80>
    ServerName a.example
    Alias / /srv/w/applications/
    WSGIScriptAlias / /srv/w/handler.wsgi
    <Directory /srv/w>
        Options FollowSymLinks
        Require all granted
        Order allow,deny
        Allow from all
    </Directory>
</VirtualHost>
"""
_SITE = "http://a.example"
_HIDDEN_PROBES = probes(
    f"{_SITE}/",
    f"{_SITE}/welcome/default/index",
    f"{_SITE}/welcome/static/base.css",
    f"{_SITE}/we.b-2/static/a/b.js",
    f"{_SITE}/shop/static/shop.css",
    f"{_SITE}/welcome/models/db.py",
    f"{_SITE}/welcome/databases/storage.sqlite",
    f"{_SITE}/welcome/static/etc/hostname",
    f"{_SITE}/x/welcome/static/base.css",
)
_OPENED = """\
<VirtualHost *:80>
    ServerName a.example
    Alias /static/ /srv/w/static/
    Alias /favicon.ico /srv/w/icons/favicon.ico
    WSGIScriptAlias / /srv/w/handler.wsgi
    <Location /members>
        Require ip 192.0.2.1
    </Location>
    <Location />
{grant}
    </Location>
</VirtualHost>
"""
_OPENED_TREE = {
    "/srv/w/handler.wsgi": app(),
    "/srv/w/static/a.css": "STYLE",
    "/srv/w/static/etc": Link("/etc"),
    "/srv/w/icons/favicon.ico": "ICON",
    "/srv/w/icons/notes.txt": "SECRET",
}
_OPENED_PROBES = probes(
    f"{_SITE}/",
    f"{_SITE}/static/a.css",
    f"{_SITE}/favicon.ico",
    f"{_SITE}/members/x",
    f"{_SITE}/static/etc/hostname",
)
_NEW, _OLD = "        Require all granted", "        Order deny,allow\n        Allow from all"

_SORTED = "httpd sorts directories by the number of their components, and aliases are no part of that order"
_SAME_NAME = "no URL leads to another file beside the one that is opened"
#: A default in the words of 2.4 does not hear the grant, which is written in both.
_HEARD = EqualExcept(
    regained=(f"{_SITE}/",),
    served=(f"{_SITE}/static/a.css", f"{_SITE}/favicon.ico", f"{_SITE}/static/etc/hostname"),
)
_NOTHING_ELSE = "no URL leads to anything that the grant alone had opened"

#: A group that a section gives to all applications of a host.
_GROUP_FOR_ALL = """\
WSGIDaemonProcess site threads=2
<VirtualHost *:80>
    ServerName a.example
    WSGIScriptAlias / /srv/site/app.wsgi
    <{opening}>
        WSGIProcessGroup site
        WSGIApplicationGroup %{{GLOBAL}}
    </{closing}>
    <Directory /srv/site>
        Require all granted
        Order allow,deny
        Allow from all
    </Directory>
</VirtualHost>
"""

CASES = (
    Case(
        name="a repetition in a host of the same name",
        rules=("duplicate-daemon-process",),
        level="safe",
        before={"site.conf": _PAIR.format(name="a.example")},
        tree={"/srv/site/app.wsgi": app()},
        probes=probes(*_BOTH),
        expect=StartsAfter(_DUPLICATE, _BOTH),
    ),
    Case(
        name="a group of hosts whose names differ in case",
        rules=("duplicate-daemon-process",),
        level="safe",
        before={"site.conf": _PAIR.format(name="A.example")},
        tree={"/srv/site/app.wsgi": app()},
        probes=probes(*_BOTH),
        expect=StartsAfter(_DUPLICATE, _BOTH),
    ),
    Case(
        name="an alias of the whole tree",
        rules=("alias-hides-application",),
        level="repair",
        before={"site.conf": _HIDDEN},
        tree=_TREE,
        probes=_HIDDEN_PROBES,
        expect=EqualExcept(
            regained=(f"{_SITE}/", f"{_SITE}/welcome/default/index", f"{_SITE}/x/welcome/static/base.css"),
            closed=(
                f"{_SITE}/welcome/models/db.py",
                f"{_SITE}/welcome/databases/storage.sqlite",
                f"{_SITE}/welcome/static/etc/hostname",
            ),
        ),
        equivalent={"site.conf: swap: *": _SORTED},
    ),
    Case(
        name="a grant for every URL, in the words of 2.4",
        rules=("allow-in-location",),
        level="repair",
        before={"site.conf": _OPENED.format(grant=_NEW)},
        tree=_OPENED_TREE,
        probes=_OPENED_PROBES,
        expect={
            # The broad grant had undone the restriction before it.
            "2.4": EqualExcept(refused=(f"{_SITE}/members/x",)),
            # A file in the words of 2.4 keeps to them.
            "2.2": EqualExcept(),
        },
        equivalent={"site.conf: parent: *": _SAME_NAME, "*: opposite: Require all denied": _SAME_NAME},
    ),
    Case(
        name="a grant for every URL, in the words of 2.2",
        rules=("allow-in-location",),
        level="repair",
        before={"site.conf": _OPENED.format(grant=_OLD)},
        tree=_OPENED_TREE,
        probes=_OPENED_PROBES,
        expect={"2.2": EqualExcept(), "2.4": _HEARD},
        equivalent={
            "site.conf: parent: *": _SAME_NAME,
            "site.conf: drop: -<Location />": _NOTHING_ELSE,
            "*: opposite: Require all denied": _SAME_NAME,
        },
    ),
    *(
        Case(
            name=f"a process group in {what}",
            moves=True,
            rules=("needless-location-root",),
            level="repair",
            before={"site.conf": _GROUP_FOR_ALL.format(opening=opening, closing=opening.partition(" ")[0])},
            tree={"/srv/site/app.wsgi": app()},
            probes=probes(f"{_SITE}/", f"{_SITE}/a/b"),
            expect=Equal(),
            equivalent={"site.conf: swap: *": "the two directives do not know of each other"},
        )
        for what, opening in (("Location /", 'Location "/"'), ("a pattern of any URL", "LocationMatch ^/"))
    ),
    Case(
        name="a server without a deny baseline",
        rules=("missing-deny-baseline",),
        level="repair",
        before={
            "httpd.conf": """\
<VirtualHost *:80>
    ServerName a.example
    Alias /static/ /srv/w/static/
    WSGIScriptAlias / /srv/w/handler.wsgi
    <Directory /srv/w/static>
        Require all granted
    </Directory>
    <Directory /srv/w>
        <Files handler.wsgi>
            Require all granted
        </Files>
    </Directory>
</VirtualHost>
"""
        },
        tree=_OPENED_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/static/a.css", f"{_SITE}/static/etc/hostname"),
        bases=(None,),
        # The link is followed as before: the directory it lies in is open, and its own options are not touched.
        expect=Equal(),
        equivalent={"httpd.conf: opposite: *": "what is asked for lies in directories that say it themselves"},
    ),
)
