"""Modules and ports that httpd already has."""

from __future__ import annotations

from functools import partial

from ..application import app
from ..case import Case, Equal, EqualExcept, StartsAfter
from ..install import find
from ..probe import probes
from ..root import Tree
from . import opened

_TREE: Tree = {"/srv/site/app.wsgi": app()}
_SITE = "http://a.example/"
_ANSWERED = {"status": 200, "who": "application"}
_HOST = f"""\
<VirtualHost *:80 *:8081>
    ServerName a.example
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{opened("/srv/site")}"""
_FOUND = find()
_SPELING = "" if isinstance(_FOUND, str) else str(_FOUND.module("speling"))
#: A list of 2.2's time, of modules that the harness has loaded already.
_LIST_OF_22 = "".join(
    f"LoadModule {name}_module {'' if isinstance(_FOUND, str) else _FOUND.module(name)}\n"
    for name in ("alias", "auth_basic", "authn_file", "authz_host", "dir", "mime", "ssl")
)
_PAGE = "http://a.example/static/page.html"
_MISSPELT = "http://a.example/static/pgae.html"

_case = partial(Case, tree=_TREE, level="safe", probes=probes(_SITE))

CASES = (
    _case(
        name="a port of its own, listened on twice",
        rules=("listen-twice",),
        before={"site.conf": f"Listen 8081\n# as the manual of the old server says\nListen *:8081 http\n{_HOST}"},
        expect=StartsAfter("Cannot define multiple Listeners on the same IP:port", {_SITE: _ANSWERED}),
    ),
    _case(
        name="a module that is loaded twice from one file",
        rules=("module-loaded-twice",),
        before={
            "site.conf": f'LoadModule speling_module "{_SPELING}"\nLoadModule speling_module "{_SPELING}"\nCheckSpelling Off\n{_HOST}'
        },
        expect=Equal(),
    ),
    _case(
        # That httpd needs the other lines, too, is tests/httpd/test_old_lists.py's to show.
        name="a list of modules of 2.2, which lacks the kind of cache that a line asks for",
        rules=("old-module-list",),
        level="repair",
        before={"httpd.conf": f"{_LIST_OF_22}SSLSessionCache dbm:/tmp/cache\n{_HOST}"},
        bases=(None,),
        mpms=("event",),
        expect=StartsAfter("'dbm' session cache not supported", {_SITE: _ANSWERED}),
        equivalent={"httpd.conf: swap: LoadModule *": "none of these modules needs another one first"},
    ),
    _case(
        name="a condition above the line that loads its module",
        rules=("condition-above-module",),
        level="unsafe",
        before={
            "httpd.conf": f"""\
# where letters are exchanged
<IfModule mod_speling.c>
    CheckSpelling On
</IfModule>
Alias /static/ /srv/site/static/
{_HOST}\
LoadModule speling_module "{_SPELING}"
"""
        },
        tree={**_TREE, "/srv/site/static/page.html": "a page\n"},
        probes=(*probes(_SITE), *probes(_MISSPELT)),
        bases=(None,),
        expect=EqualExcept(
            changes={
                _MISSPELT: {
                    "status": (404, 301),
                    "location": ("", "http://a.example/static/page.html"),
                    "body": ("404 Not Found", "301 Moved Permanently"),
                }
            }
        ),
        equivalent={"httpd.conf: drop: -*": "where it stood, httpd passes over the section"},
    ),
    _case(
        name="conditions that ask for a module by no name of it",
        rules=("condition-names-no-module",),
        level="unsafe",
        before={
            "httpd.conf": f"""\
{_HOST}\
<IfModule mod_alias>
    Alias /static/ /srv/site/static/
</IfModule>
"""
        },
        tree={**_TREE, "/srv/site/static/page.html": "a page\n"},
        probes=(*probes(_SITE), *probes(_PAGE)),
        bases=(None,),
        expect=EqualExcept(served=(_PAGE,)),
    ),
)
