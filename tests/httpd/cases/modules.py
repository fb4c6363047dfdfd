"""Modules and ports that httpd already has."""

from __future__ import annotations

from functools import partial

from ..application import app
from ..case import Case, Equal, StartsAfter
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
)
