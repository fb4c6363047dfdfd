"""Mounts, aliases and rewrite rules: what was hidden answers, and what took too much takes less."""

from __future__ import annotations

from ..application import app
from ..case import Case, Equal, EqualExcept
from ..probe import probes
from . import opened, opened_file

_SITE = "http://a.example"
_OPEN = opened("/srv/w")
_TREE = {
    "/srv/w/portal.wsgi": app("portal"),
    "/srv/w/wiki.wsgi": app("wiki"),
    "/srv/w/admin.wsgi": app("admin"),
    "/srv/w/static/a.css": "STYLE",
    "/srv/w/static/sub/b.css": "STYLE B",
    "/srv/w/staticold/c.css": "STYLE C",
    "/srv/w/scripts/one.wsgi": app("one"),
    "/srv/w/my files/a.txt": "FILE",
}
_HOST = "<VirtualHost *:80>\n    ServerName a.example\n{0}\n</VirtualHost>\n" + _OPEN


def _host(text: str) -> dict[str, str]:
    return {"site.conf": _HOST.format("\n".join(f"    {line}" for line in text.strip().split("\n")))}


CASES = (
    Case(
        name="longer mounts below a shorter one",
        moves=True,
        rules=("wsgi-alias-order",),
        level="repair",
        before=_host("""
# everything else
WSGIScriptAlias / /srv/w/portal.wsgi
# the wiki
WSGIScriptAlias /wiki /srv/w/wiki.wsgi
WSGIScriptAlias /wiki/admin /srv/w/admin.wsgi
"""),
        tree=_TREE,
        probes=probes(
            f"{_SITE}/", f"{_SITE}/wikis", f"{_SITE}/wiki/Start", f"{_SITE}/wiki/admin", f"{_SITE}/wiki/admins"
        ),
        expect=EqualExcept(
            changes={
                f"{_SITE}/wiki/Start": {
                    "mapped": ("/srv/w/portal.wsgi", "/srv/w/wiki.wsgi"),
                    "label": ("portal", "wiki"),
                    "script_name": ("", "/wiki"),
                    "path_info": ("/wiki/Start", "/Start"),
                    "application_group": ("a.example|", "a.example|/wiki"),
                },
                f"{_SITE}/wiki/admins": {
                    "mapped": ("/srv/w/portal.wsgi", "/srv/w/wiki.wsgi"),
                    "label": ("portal", "wiki"),
                    "script_name": ("", "/wiki"),
                    "path_info": ("/wiki/admins", "/admins"),
                    "application_group": ("a.example|", "a.example|/wiki"),
                },
                f"{_SITE}/wiki/admin": {
                    "mapped": ("/srv/w/portal.wsgi", "/srv/w/admin.wsgi"),
                    "label": ("portal", "admin"),
                    "script_name": ("", "/wiki/admin"),
                    "path_info": ("/wiki/admin", ""),
                    "application_group": ("a.example|", "a.example|/wiki/admin"),
                },
            }
        ),
        equivalent={"site.conf: drop: -# the wiki": "a mount that stands there twice is dead the second time"},
    ),
    Case(
        name="one mount twice",
        rules=("duplicate-wsgi-alias",),
        level="safe",
        before=_host("""
WSGIScriptAlias /wiki /srv/w/wiki.wsgi
Alias /static /srv/w/static
WSGIScriptAlias /wiki "/srv/w/wiki.wsgi"
WSGIScriptAlias / /srv/w/portal.wsgi
"""),
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/wiki/Start", f"{_SITE}/static/a.css"),
        expect=Equal(),
    ),
    Case(
        name="an alias with a slash at one end",
        rules=("alias-trailing-slash",),
        level="unsafe",
        before=_host("""
Alias /static/ "/srv/w/static"
WSGIScriptAlias / /srv/w/portal.wsgi
"""),
        tree=_TREE,
        probes=probes(
            f"{_SITE}/",
            f"{_SITE}/static",
            f"{_SITE}/static/a.css",
            f"{_SITE}/static/sub/b.css",
            f"{_SITE}/static/old/c.css",
        ),
        expect=EqualExcept(
            served=(f"{_SITE}/static/a.css", f"{_SITE}/static/sub/b.css"), closed=(f"{_SITE}/static/old/c.css",)
        ),
    ),
    Case(
        name="an alias behind a shorter one",
        moves=True,
        rules=("alias-behind-shorter-alias",),
        level="unsafe",
        before=_host("""
Alias /f/ /srv/w/static/
Alias /f/old/ /srv/w/staticold/
WSGIScriptAlias / /srv/w/portal.wsgi
"""),
        tree={**_TREE, "/srv/w/static/old/d.css": "STYLE D"},
        probes=probes(
            f"{_SITE}/", f"{_SITE}/f/a.css", f"{_SITE}/f/sub/b.css", f"{_SITE}/f/old/c.css", f"{_SITE}/f/old/d.css"
        ),
        expect=EqualExcept(served=(f"{_SITE}/f/old/c.css",), closed=(f"{_SITE}/f/old/d.css",)),
        equivalent={"site.conf: drop: -Alias /f/old/*": "where it stood it is never asked"},
    ),
    Case(
        name="a mount and an alias that name the file first",
        rules=("alias-words-swapped",),
        level="unsafe",
        before=_host("""
WSGIScriptAlias /srv/w/wiki.wsgi /wiki
<IfModule alias_module>
    Alias /srv/w/static /static
</IfModule>
"""),
        tree=_TREE,
        root=True,
        probes=probes(f"{_SITE}/wiki", f"{_SITE}/wiki/Start", f"{_SITE}/static/a.css"),
        expect=EqualExcept(regained=(f"{_SITE}/wiki", f"{_SITE}/wiki/Start"), served=(f"{_SITE}/static/a.css",)),
    ),
    Case(
        name="a mount without its first slash",
        rules=("url-prefix-without-slash",),
        level="repair",
        before=_host("WSGIScriptAlias wiki /srv/w/wiki.wsgi"),
        tree=_TREE,
        probes=probes(f"{_SITE}/wiki", f"{_SITE}/wiki/Start", f"{_SITE}/wikis"),
        expect=EqualExcept(regained=(f"{_SITE}/wiki", f"{_SITE}/wiki/Start")),
    ),
    Case(
        name="an alias without its first slash",
        rules=("url-prefix-without-slash",),
        level="unsafe",
        before=_host("""
Alias static /srv/w/static
WSGIScriptAlias / /srv/w/portal.wsgi
"""),
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/static/a.css", f"{_SITE}/statics"),
        expect=EqualExcept(served=(f"{_SITE}/static/a.css",)),
    ),
    Case(
        name="a mount with a slash at one end",
        rules=("wsgi-alias-trailing-slash",),
        level="repair",
        before=_host("WSGIScriptAlias /wiki/ /srv/w/wiki.wsgi"),
        tree=_TREE,
        probes=probes(f"{_SITE}/wiki", f"{_SITE}/wiki/Start", f"{_SITE}/wikis"),
        expect=EqualExcept(regained=(f"{_SITE}/wiki", f"{_SITE}/wiki/Start")),
    ),
    Case(
        name="an AliasMatch without a beginning",
        rules=("alias-match-unanchored",),
        level="unsafe",
        before=_host("""
AliasMatch /static/(.*)$ /srv/w/static/$1
WSGIScriptAlias / /srv/w/portal.wsgi
"""),
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/static/a.css", f"{_SITE}/user/static/a.css"),
        expect=EqualExcept(closed=(f"{_SITE}/user/static/a.css",)),
    ),
    Case(
        name="a WSGIScriptAliasMatch without a beginning",
        rules=("wsgi-alias-match-unanchored",),
        level="unsafe",
        before=_host("WSGIScriptAliasMatch /wiki /srv/w/wiki.wsgi"),
        tree=_TREE,
        probes=probes(f"{_SITE}/wiki/Start", f"{_SITE}/zzz/wiki/Start"),
        expect=EqualExcept(refused=(f"{_SITE}/zzz/wiki/Start",)),
    ),
    Case(
        name="an AliasMatch that appends nothing",
        rules=("alias-match-without-substitution",),
        level="unsafe",
        before=_host("""
AliasMatch ^/static /srv/w/static
WSGIScriptAlias / /srv/w/portal.wsgi
"""),
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/static/a.css", f"{_SITE}/static/sub/b.css"),
        expect=EqualExcept(served=(f"{_SITE}/static/a.css", f"{_SITE}/static/sub/b.css")),
    ),
    Case(
        name="a rewrite rule to an application and to an alias",
        rules=("rewrite-without-pt",),
        level="unsafe",
        before=_host("""
Alias /static/ /srv/w/static/
WSGIScriptAlias /wiki /srv/w/wiki.wsgi
RewriteEngine On
RewriteRule ^/old/(.*)$ /wiki/$1 [QSA,L]
RewriteRule ^/a\\.css$ /static/a.css
"""),
        tree=_TREE,
        probes=probes(f"{_SITE}/wiki/Start", f"{_SITE}/old/Start", f"{_SITE}/a.css", f"{_SITE}/static/a.css"),
        expect=EqualExcept(regained=(f"{_SITE}/old/Start",), served=(f"{_SITE}/a.css",)),
        equivalent={"site.conf: swap: *": "the two rules have no URL in common"},
    ),
    Case(
        name="scripts by their extension, without ExecCGI",
        rules=("wsgi-script-without-execcgi",),
        level="unsafe",
        before={
            "site.conf": """\
<VirtualHost *:80>
    ServerName a.example
    Alias /scripts/ /srv/w/
    <Directory /srv/w>
        Options FollowSymLinks
        AddHandler wsgi-script .wsgi
        Require all granted
        Order allow,deny
        Allow from all
    </Directory>
</VirtualHost>
"""
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/scripts/wiki.wsgi/Start", f"{_SITE}/scripts/static/a.css"),
        expect=EqualExcept(regained=(f"{_SITE}/scripts/wiki.wsgi/Start",)),
    ),
    Case(
        name="scripts by their extension at the level of a host, without ExecCGI",
        rules=("wsgi-script-without-execcgi",),
        level="unsafe",
        before={
            "httpd.conf": """\
<Directory />
    Require all denied
</Directory>
<VirtualHost *:80>
    ServerName a.example
    DocumentRoot /srv/w
    AddHandler wsgi-script .wsgi
    <Directory /srv/w>
        Require all granted
    </Directory>
</VirtualHost>
"""
        },
        tree=_TREE,
        root=True,
        bases=(None,),
        probes=probes(f"{_SITE}/wiki.wsgi/Start", f"{_SITE}/static/a.css"),
        expect=EqualExcept(regained=(f"{_SITE}/wiki.wsgi/Start",)),
    ),
    Case(
        name="a script behind a slash",
        rules=("wsgi-alias-trailing-slash",),
        level="repair",
        before={
            "site.conf": "ServerName a.example\nWSGIScriptAlias /wiki/ /srv/w/wiki.wsgi\nWSGIScriptAlias / /srv/w/portal.wsgi\n"
            + _OPEN
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/wiki/", f"{_SITE}/wiki/x", f"{_SITE}/wiki"),
        expect=EqualExcept(
            {
                f"{_SITE}/wiki": {
                    "mapped": ("/srv/w/portal.wsgi", "/srv/w/wiki.wsgi"),
                    "label": ("portal", "wiki"),
                    "script_name": ("", "/wiki"),
                    "path_info": ("/wiki", ""),
                    "application_group": ("a.example|", "a.example|/wiki"),
                },
                # The script was found, as nothing had to be appended to its name; its mount had the slash.
                f"{_SITE}/wiki/": {
                    "script_name": ("/wiki/", "/wiki"),
                    "path_info": ("", "/"),
                    "application_group": ("a.example|/wiki/", "a.example|/wiki"),
                },
            },
            regained=(f"{_SITE}/wiki/x",),
        ),
    ),
    Case(
        name="a directory of scripts without its slash",
        rules=("wsgi-alias-trailing-slash",),
        level="repair",
        before={
            "site.conf": "WSGIScriptAlias /scripts/ /srv/w/scripts\nWSGIScriptAlias / /srv/w/portal.wsgi\n" + _OPEN
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/scripts/one.wsgi/x", f"{_SITE}/scripts/two.wsgi"),
        expect=EqualExcept(
            {f"{_SITE}/scripts/two.wsgi": {"mapped": ("/srv/w/scriptstwo.wsgi", "/srv/w/scripts/two.wsgi")}},
            regained=(f"{_SITE}/scripts/one.wsgi/x",),
        ),
        root=True,
    ),
    Case(
        name="patterns that lead to one directory",
        rules=("alias-match-without-substitution",),
        level="unsafe",
        before={
            "site.conf": """\
AliasMatch ^/static /srv/w/static
WSGIScriptAlias /wiki /srv/w/wiki.wsgi
AliasMatch ^/files/(.*)$ "/srv/w/my files/"
WSGIScriptAlias / /srv/w/portal.wsgi
"""
            + _OPEN
        },
        tree=_TREE,
        probes=probes(
            f"{_SITE}/", f"{_SITE}/static", f"{_SITE}/static/a.css", f"{_SITE}/statics", f"{_SITE}/files/a.txt"
        ),
        expect=EqualExcept(
            regained=(f"{_SITE}/statics",),
            served=(f"{_SITE}/static/a.css", f"{_SITE}/files/a.txt"),
        ),
    ),
    Case(
        name="an alias that lacks a slash, to a directory that is closed",
        rules=("alias-trailing-slash",),
        level="unsafe",
        before={
            "site.conf": """\
Alias /static/ /srv/w/static
WSGIScriptAlias / /srv/w/portal.wsgi
"""
            + opened_file("/srv/w", "portal.wsgi")
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/static/a.css"),
        expect=EqualExcept({f"{_SITE}/static/a.css": {"mapped": ("/srv/w/statica.css", "/srv/w/static/a.css")}}),
    ),
    Case(
        name="scripts that are mounted by the aliases of others",
        rules=("script-behind-alias",),
        level="unsafe",
        before=_host("""
Alias /portal /srv/w/portal.wsgi
ScriptAlias "/wiki" /srv/w/wiki.wsgi
Alias /static /srv/w/static
"""),
        tree=_TREE,
        probes=probes(f"{_SITE}/portal", f"{_SITE}/wiki/Start", f"{_SITE}/static/a.css"),
        expect=EqualExcept(regained=(f"{_SITE}/portal", f"{_SITE}/wiki/Start")),
        equivalent={"site.conf: swap: WSGIScriptAlias *": "neither path begins with the other"},
    ),
)
