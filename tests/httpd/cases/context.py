"""Directives that stand where httpd does not take them."""

from __future__ import annotations

from functools import partial

from ..application import app
from ..case import Case, StartsAfter
from ..probe import probes
from ..root import Tree
from . import opened, opened_file

_TREE: Tree = {
    "/srv/site/app.wsgi": app(),
    "/srv/site/static/a.css": "STYLE",
    "/srv/site/code/module.py": "SECRET",
    "/srv/site/robots.txt": "ROBOTS",
}
_OPEN = opened_file("/srv/site", "app.wsgi") + opened("/srv/site/static")
_SITE, _CSS = "http://a.example/", "http://a.example/static/a.css"
_APPLICATION, _FILE = {"status": 200, "who": "application"}, {"status": 200, "who": "file", "body": "STYLE"}

_case = partial(Case, tree=_TREE, level="safe")

CASES = (
    _case(
        name="an alias inside of the location that it makes",
        rules=("alias-inside-location",),
        before={
            "site.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
    WSGIScriptAlias / /srv/site/app.wsgi
    # what browsers keep
    <Location /static>
        Alias /static /srv/site/static
        ForceType text/x-static
    </Location>
</VirtualHost>
{_OPEN}"""
        },
        probes=probes(_SITE, _CSS, "http://a.example/static/../code/module.py"),
        expect=StartsAfter(
            "Alias cannot occur within directory context",
            {
                _SITE: _APPLICATION,
                _CSS: _FILE | {"content_type": "text/x-static"},
                "http://a.example/static/../code/module.py": _APPLICATION,
            },
        ),
    ),
    _case(
        name="an alias inside of a directory, and outside as well",
        rules=("alias-inside-location",),
        before={
            "site.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
    Alias /static /srv/site/static
    WSGIScriptAlias / /srv/site/app.wsgi
    <Directory /srv/site/static>
        Alias /static /srv/site/static
        Options +Indexes
    </Directory>
</VirtualHost>
{_OPEN}"""
        },
        probes=probes(_SITE, _CSS, "http://a.example/static/"),
        expect=StartsAfter(
            "Alias cannot occur within directory context",
            {_SITE: _APPLICATION, _CSS: _FILE, "http://a.example/static/": {"who": "listing"}},
        ),
    ),
    _case(
        name="a mount inside of a directory",
        rules=("directive-in-wrong-context",),
        before={
            "site.conf": """\
<VirtualHost *:80>
    ServerName a.example
    <Directory /srv/site>
        WSGIScriptAlias / /srv/site/app.wsgi
        Require all granted
        Order allow,deny
        Allow from all
    </Directory>
</VirtualHost>
"""
        },
        probes=probes(_SITE, "http://a.example/x"),
        expect=StartsAfter(
            "WSGIScriptAlias not allowed in <Directory> context",
            {_SITE: _APPLICATION, "http://a.example/x": _APPLICATION | {"path_info": "/x"}},
        ),
    ),
    _case(
        name="a definition and a group inside of a location",
        rules=("directive-in-wrong-context",),
        before={
            "site.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location />
        WSGIDaemonProcess site \\
            threads=3
        WSGIProcessGroup site
    </Location>
</VirtualHost>
{_OPEN}"""
        },
        probes=probes(_SITE),
        expect=StartsAfter(
            "WSGIDaemonProcess not allowed in <Location> context",
            {_SITE: _APPLICATION | {"process_group": "site", "threads": 3}},
        ),
    ),
    _case(
        name="what only the main server takes, in each host",
        rules=("directive-in-wrong-context",),
        before={
            "site.conf": f"""\
WSGIDaemonProcess site threads=3
<VirtualHost *:80>
    ServerName a.example
    WSGIRestrictEmbedded On
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
<VirtualHost *:8080>
    ServerName a.example
    WSGIRestrictEmbedded On
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{_OPEN}"""
        },
        probes=probes(_SITE, "http://a.example:8080/"),
        expect=StartsAfter(
            "WSGIRestrictEmbedded cannot occur within <VirtualHost> section",
            # It holds for the whole server: what would run embedded is refused.
            {_SITE: _APPLICATION | {"process_group": "site"}, "http://a.example:8080/": {"status": 500}},
        ),
    ),
    _case(
        name="a Python path in a host that has a daemon process",
        rules=("directive-in-wrong-context",),
        before={
            "site.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
    WSGIPythonPath /srv/site/code:/srv/site/lib
    WSGIDaemonProcess site threads=3
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{_OPEN}"""
        },
        tree={**_TREE, "/srv/site/lib/x.py": ""},
        probes=probes(_SITE),
        expect=StartsAfter(
            "WSGIPythonPath cannot occur within <VirtualHost> section",
            {_SITE: _APPLICATION | {"threads": 3, "python_path": ("/srv/site/code", "/srv/site/lib")}},
        ),
    ),
)
