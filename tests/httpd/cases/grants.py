"""Grants moved from URLs to directories, among the restrictions that users have beside them."""

from __future__ import annotations

from typing import Any

from ..application import app
from ..case import Case, EqualExcept
from ..probe import probes
from ..root import Link
from . import opened

_SITE = "http://a.example"
_TREE = {
    "/srv/w/app.wsgi": app(),
    "/srv/w/settings.py": "SECRET",
    "/srv/w/static/a.css": "STYLE",
    "/srv/w/static/etc": Link("/etc"),
    "/srv/w/my files/a.txt": "FILE",
    "/srv/w/icons/favicon.ico": "ICON",
    "/srv/w/icons/notes.txt": "SECRET",
    "/srv/shared/b.css": "SHARED STYLE",
    "/srv/w/linked": Link("/srv/shared"),
    "/srv/other/app.wsgi": "OTHER SOURCE",
    "/srv/www/index.html": "PAGE",
    "/srv/www/etc": Link("/etc"),
}
_BOTH = "Require all granted\n        Order allow,deny\n        Allow from all"
_OPEN = opened("/srv/w")
_DENIED = "<Directory />\n    AllowOverride None\n    Require all denied\n</Directory>\n"
_HOST = """\
<VirtualHost *:80>
    ServerName a.example
{text}</VirtualHost>
"""
_ALONE = "no URL leads to anything else in the directory above"
_NOTHING_ELSE = "no URL leads to anything that the grant alone had opened"
_LOCKED = "no URL but the mount's leads to the script's directory"
_MOUNT = "    WSGIScriptAlias / /srv/w/app.wsgi\n"
_STATIC = "    Alias /static/ /srv/w/static/\n"
_OTHER = "    Alias /other /srv/other\n"
_ANYONE = f"    <Location />\n        {_BOTH}\n    </Location>\n"


#: The script is opened by itself, and its directory closed.
_SCRIPT_ALONE = {"*: parent: <Directory /srv/w>": _LOCKED, "*: opposite: Require all denied": _LOCKED}

_PARENTS = {"*: parent: <Directory /srv/w/static>": _ALONE}


def _every(*paths: str) -> tuple[str, ...]:
    return tuple(f"{_SITE}{path}" for path in paths)


def _case(name: str, rule: str, text: str, expect: Any, *paths: str, **more: Any) -> Case:
    """At REPAIR, under both bases, unless ``more`` says otherwise; the MPM is no part of it."""
    asked = probes(*(path if "://" in path else f"{_SITE}{path}" for path in paths))
    whole = text.startswith(_DENIED)
    more = {"level": "repair", "tree": _TREE, "mpms": ("event",), **({"bases": (None,)} if whole else {}), **more}
    return Case(
        name=name,
        rules=(rule,),
        before={"httpd.conf" if whole else "site.conf": text},
        probes=asked,
        expect=expect,
        **more,
    )


def _moved(name: str, text: str, expect: Any, *paths: str, **more: Any) -> Case:
    more = {"equivalent": {**_SCRIPT_ALONE, **(_PARENTS if _STATIC in text else {})}, **more}
    return _case(name, "allow-in-location", text, expect, *paths, **more)


#: Options are not what these rules are about: the links that were followed are.
_LINK = EqualExcept()
_GRANTS = (
    _moved(
        "a grant for every URL, in the words of both",
        _HOST.format(text=_MOUNT + _STATIC + _ANYONE),
        _LINK,
        *("/", "/x", "/static/a.css", "/static/etc/hostname"),
    ),
    _moved(
        "two grants, with a restriction in between",
        _HOST.format(
            text=_MOUNT
            + _STATIC
            + f"""\
    <Location /static>
        {_BOTH}
    </Location>
    <Location /members>
        Require ip 192.0.2.1
    </Location>
"""
            + _ANYONE
        ),
        EqualExcept(refused=_every("/members/x")),
        *("/", "/static/a.css", "/members/x", "/static/etc/hostname"),
    ),
    _moved(
        "a grant for every URL, before a restriction",
        _HOST.format(
            text=_MOUNT
            + _STATIC
            + _ANYONE
            + """\
    <Location /members>
        Require ip 192.0.2.1
    </Location>
    <Location /secure>
        SSLRequireSSL
    </Location>
"""
        ),
        _LINK,
        *("/", "/static/a.css", "/members/x", "/secure/x", "/static/etc/hostname"),
    ),
    _moved(
        "a grant that asks for TLS besides",
        _HOST.format(
            text=_MOUNT
            + _STATIC
            + _ANYONE
            + f"""\
    <Location /secure>
        SSLRequireSSL
        {_BOTH}
    </Location>
"""
        ),
        _LINK,
        *("/", "/static/a.css", "/secure/x", "/static/etc/hostname"),
        equivalent={
            **_SCRIPT_ALONE,
            **_PARENTS,
            "*: drop: -Require all granted": "without TLS the section refuses everyone, whatever else it says",
        },
    ),
    _moved(
        "a pattern for every URL",
        _HOST.format(
            text=_MOUNT
            + _STATIC
            + _ANYONE.replace("<Location />", "<LocationMatch ^/>").replace("</Location>", "</LocationMatch>")
        ),
        _LINK,
        *("/", "/static/a.css", "/static/etc/hostname"),
    ),
    _moved(
        "a grant in the main server, for two hosts",
        _ANYONE + _HOST.format(text=_MOUNT + _STATIC) + _HOST.format(text=_MOUNT).replace("a.example", "b.example"),
        _LINK,
        *("/", "/static/a.css", "/static/etc/hostname", "http://b.example/", "http://b.example/static/a.css"),
        equivalent={**_SCRIPT_ALONE, **_PARENTS, "*: drop: -<Location />*": _NOTHING_ELSE},
    ),
    _moved(
        "a grant for a DocumentRoot",
        _HOST.format(
            text="    DocumentRoot /srv/www\n    WSGIScriptAlias /run /srv/w/app.wsgi\n" + _ANYONE,
        ),
        _LINK,
        *("/run/x", "/index.html", "/etc/hostname"),
        equivalent={
            "*: parent: *": _ALONE,
            "*: opposite: Require all denied": _LOCKED,
            "*: drop: -<Location />*": _NOTHING_ELSE,
        },
    ),
    _moved(
        "a grant for a single file, and for one behind a pattern",
        _HOST.format(
            text=_MOUNT
            + "    Alias /favicon.ico /srv/w/icons/favicon.ico\n"
            + "    AliasMatch ^/css/([^/]+)\\.css$ /srv/w/static/$1.css\n"
            + _ANYONE
        ),
        EqualExcept(),
        *("/", "/favicon.ico", "/css/a.css", "/css/x/a.css"),
        equivalent={
            **_SCRIPT_ALONE,
            "*: parent: <Directory /srv/w/icons>": _ALONE,
            **_PARENTS,
        },
    ),
    _moved(
        "a grant for a directory with a blank in its name",
        _HOST.format(text=_MOUNT + '    Alias /files "/srv/w/my files"\n' + _ANYONE),
        EqualExcept(),
        *("/", "/files/a.txt", "/files"),
    ),
    _moved(
        "a grant for a directory that is a link",
        _HOST.format(text=_MOUNT + "    Alias /linked /srv/w/linked\n" + _STATIC + _ANYONE),
        _LINK,
        *("/", "/linked/b.css", "/static/a.css", "/static/etc/hostname"),
        equivalent={**_SCRIPT_ALONE, **_PARENTS, "*: parent: <Directory /srv/w/linked>": _ALONE},
    ),
    _moved(
        "a grant for directories with links in use, with the disk in sight",
        _HOST.format(text=_MOUNT + _STATIC + "    Alias /files /srv/w/my\n" + _ANYONE),
        _LINK,
        *("/", "/static/a.css", "/static/etc/hostname", "/files/b.css"),
        tree={**_TREE, "/srv/w/my/b.css": Link("/srv/shared/b.css")},
        root=True,
        equivalent={**_SCRIPT_ALONE, **_PARENTS, "*: parent: <Directory /srv/w/my>": _ALONE},
    ),
    _moved(
        "a grant for directories that are open already",
        _HOST.format(
            text=_MOUNT + _STATIC + "    RewriteEngine On\n    RewriteRule ^/hostname$ /etc/hostname\n" + _ANYONE
        )
        + _OPEN,
        EqualExcept(closed=_every("/hostname")),
        *("/", "/static/a.css", "/static/etc/hostname", "/hostname"),
        equivalent={},
    ),
    *(
        _moved(
            f"a grant in the words of {mine} alone, whatever the server's own deny is written in",
            _HOST.format(text=_MOUNT + _STATIC + f"    <Location />\n{lines}    </Location>\n"),
            {
                mine: _LINK,
                # What the Location meant to open was refused, as both dialects are asked. For words of 2.2 the directories are
                # opened in both; a file in the words of 2.4 keeps to them.
                other: EqualExcept(regained=_every("/"), served=_every("/static/a.css", "/static/etc/hostname"))
                if mine == "2.2"
                else EqualExcept(),
            },
            *("/", "/static/a.css", "/static/etc/hostname"),
        )
        for mine, other, lines in (
            ("2.4", "2.2", "        Require all granted\n"),
            ("2.2", "2.4", "        Order deny,allow\n        Allow from all\n"),
        )
    ),
)

_RESTRICTIONS = (
    _case(
        "sections that never match",
        "dead-restriction",
        _HOST.format(
            text=_MOUNT
            + """\
    <LocationMatch "ˆ/[^/]+/appadmin">
        SSLRequireSSL
    </LocationMatch>
    <Location admin>
        Require ip 192.0.2.0/24
    </Location>
    <Location “/office”>
        Require all denied
    </Location>
"""
        )
        + _OPEN,
        EqualExcept(refused=_every("/welcome/appadmin/x", "/admin/x", "/office")),
        *("/", "/welcome/appadmin/x", "/admin/x", "/office"),
    ),
    _case(
        "a section that never matches, over files that are closed",
        "dead-restriction",
        _HOST.format(
            text=_MOUNT
            + "    Alias /icons /srv/w/icons\n"
            + """\
    <Location “/icons”>
        Require ip 127.0.0.1
    </Location>
    <LocationMatch "ˆ/admin">
        SSLRequireSSL
    </LocationMatch>
"""
        )
        + _OPEN
        + "<Directory /srv/w/icons>\n    Require all denied\n</Directory>\n",
        EqualExcept(refused=_every("/admin/x")),
        *("/", "/icons/notes.txt", "/admin/x"),
    ),
    _case(
        "a restriction before a grant for every URL",
        "restriction-undone-by-later-location",
        _HOST.format(
            text=_MOUNT
            + _STATIC
            + """\
    # the office
    <Location /admin>
        Require ip 192.0.2.0/24
    </Location>
    <Location /members>
        AuthType Basic
        AuthName members
        AuthUserFile /srv/w/users
        Require valid-user
    </Location>
"""
            + _ANYONE
        ),
        EqualExcept(
            refused=_every("/admin/x", "/members/x"),
        ),
        *("/", "/admin/x", "/members/x", "/static/a.css"),
        moves=True,
    ),
)

_DIRECTORIES = (
    _case(
        "a script that nothing opens, beside an alias of its directory",
        "script-directory-not-granted",
        _DENIED + _HOST.format(text="    Alias /files/ /srv/w/\n    WSGIScriptAlias /run /srv/w/app.wsgi\n" + _OTHER),
        EqualExcept(regained=_every("/run", "/run/x"), served=(f"{_SITE}/files/app.wsgi",)),
        *("/run", "/run/x", "/files/app.wsgi", "/files/settings.py", "/other/app.wsgi"),
        level="unsafe",
    ),
    _case(
        "listings of public directories",
        "indexes-in-public-directory",
        _HOST.format(text=_MOUNT + _STATIC + "    Alias /icons /srv/w/icons\n")
        + _OPEN
        + """\
<Directory /srv/w/static>
    Options Indexes FollowSymLinks
    Require all granted
</Directory>
<Directory /srv/w/icons>
    Options +Indexes
    Require all granted
</Directory>
""",
        EqualExcept(closed=_every("/static/", "/icons/")),
        *("/", "/static/", "/static/a.css", "/static/etc/hostname", "/icons/", "/icons/notes.txt"),
        level="unsafe",
    ),
    _case(
        "links out of public directories",
        "links-followed-in-public-directory",
        _HOST.format(text=_MOUNT + _STATIC + "    Alias /www /srv/www\n")
        + _OPEN
        + """\
<Directory /srv/w/static>
    Options FollowSymLinks
    Require all granted
</Directory>
<Directory /srv/www>
    Options Indexes FollowSymLinks
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
""",
        EqualExcept(closed=_every("/static/etc/hostname", "/www/etc/hostname")),
        *("/", "/static/a.css", "/static/etc/hostname", "/www/index.html", "/www/etc/hostname"),
        level="unsafe",
    ),
)

CASES = (*_GRANTS, *_RESTRICTIONS, *_DIRECTORIES)
