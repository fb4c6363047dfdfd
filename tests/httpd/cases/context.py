"""Directives that stand where httpd does not take them."""

from __future__ import annotations

from ..application import app
from ..case import Case, StartsAfter
from ..probe import probes

_OPEN = "        Require all granted\n        Order allow,deny\n        Allow from all\n"
_A = "http://a.example"
_TREE = {"/srv/web/app.wsgi": app(), "/srv/web/static/a.css": "STYLE", "/srv/web/lib/x.py": ""}

CASES = (
    Case(
        name="an application mounted inside a Directory",
        rules=("directive-in-wrong-context",),
        level="safe",
        before={
            "site.conf": "<VirtualHost *:80>\n    ServerName a.example\n    <Directory /srv/web>\n"
            "        WSGIScriptAlias / /srv/web/app.wsgi\n" + _OPEN + "    </Directory>\n</VirtualHost>\n"
        },
        tree=_TREE,
        probes=probes(f"{_A}/"),
        expect=StartsAfter(
            "WSGIScriptAlias not allowed in <Directory> context", {f"{_A}/": {"who": "application", "status": 200}}
        ),
    ),
    Case(
        name="the main server's setting in two hosts",
        rules=("directive-in-wrong-context",),
        level="safe",
        before={
            "site.conf": "<VirtualHost *:80>\n    ServerName a.example\n    WSGIRestrictEmbedded On\n"
            "    WSGIScriptAlias / /srv/web/app.wsgi\n</VirtualHost>\n"
            "<VirtualHost *:8080>\n    ServerName a.example\n    WSGIRestrictEmbedded On\n"
            "    WSGIDaemonProcess site threads=2\n    WSGIProcessGroup site\n    WSGIScriptAlias / /srv/web/app.wsgi\n"
            "</VirtualHost>\n<Directory /srv/web>\n" + _OPEN + "</Directory>\n"
        },
        tree=_TREE,
        probes=probes(f"{_A}/", f"{_A}:8080/"),
        expect=StartsAfter(
            "WSGIRestrictEmbedded cannot occur within <VirtualHost> section",
            {f"{_A}/": {"who": "httpd", "status": 500}, f"{_A}:8080/": {"who": "application", "process_group": "site"}},
        ),
    ),
    Case(
        name="a path for the host's daemon process",
        rules=("directive-in-wrong-context",),
        level="safe",
        before={
            "site.conf": "<VirtualHost *:80>\n    ServerName a.example\n    WSGIPythonPath /srv/web/lib\n"
            "    WSGIDaemonProcess site threads=2\n    WSGIProcessGroup site\n    WSGIScriptAlias / /srv/web/app.wsgi\n"
            "</VirtualHost>\n<Directory /srv/web>\n" + _OPEN + "</Directory>\n"
        },
        tree=_TREE,
        probes=probes(f"{_A}/"),
        expect=StartsAfter(
            "WSGIPythonPath cannot occur within <VirtualHost> section",
            {f"{_A}/": {"who": "application", "process_group": "site"}},
        ),
    ),
    Case(
        name="an alias inside a Location",
        rules=("alias-inside-location",),
        level="safe",
        before={
            "site.conf": "<Location /static>\n    Alias /static /srv/web/static\n    Options -Indexes\n</Location>\n"
            "<Directory /srv/web>\n    Options Indexes\n" + _OPEN + "</Directory>\n"
        },
        tree=_TREE,
        probes=probes(f"{_A}/static/a.css", f"{_A}/static/"),
        expect=StartsAfter(
            "Alias cannot occur within directory context",
            {f"{_A}/static/a.css": {"who": "file"}, f"{_A}/static/": {"status": 403}},
        ),
    ),
)
