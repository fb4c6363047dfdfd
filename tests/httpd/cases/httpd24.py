"""What httpd 2.4 dropped, renamed or reads otherwise than 2.2; and what mod_wsgi dropped."""

from __future__ import annotations

import base64
import hashlib

from ..application import app
from ..case import Case, Equal, EqualExcept, StartsAfter
from ..probe import Probe, probes
from ..root import Link

_TREE = {
    "/srv/web/app.wsgi": app(),
    "/srv/web/static/a.css": "STYLE",
    "/srv/web/static/odd.unheard": "ODD",
    "/srv/web/static/link.css": Link("/srv/web/static/a.css"),
    "/srv/web/static/sub/b.css": "STYLE",
}
_OPEN = """\
<Directory /srv/web>
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
"""
#: What follows a deleted line: were it lost as well, these would not be answered.
_REST = "Alias /static /srv/web/static\nWSGIScriptAlias / /srv/web/app.wsgi\n" + _OPEN
_A = "http://a.example"
_PROBES = probes(f"{_A}/", f"{_A}/static/a.css", f"{_A}/static/odd.unheard")
_SERVED = {f"{_A}/": {"who": "application"}, f"{_A}/static/a.css": {"who": "file"}}


def _starts(name: str, rule: str, lines: str, message: str, rest: str = _REST) -> Case:
    return Case(
        name=name,
        rules=(rule,),
        level="safe",
        before={"site.conf": lines + rest},
        tree=_TREE,
        probes=_PROBES,
        expect=StartsAfter(message, _SERVED),
    )


def _equal(name: str, rule: str, lines: str, rest: str = _REST) -> Case:
    return Case(
        name=name,
        rules=(rule,),
        level="safe",
        before={"site.conf": lines + rest},
        tree=_TREE,
        probes=_PROBES,
        expect=Equal(),
    )


def _login(word: str) -> tuple[tuple[str, str], ...]:
    return (("Authorization", "Basic " + base64.b64encode(word.encode()).decode()),)


_USERS = {"/srv/users": "ann:{SHA}" + base64.b64encode(hashlib.sha1(b"secret").digest()).decode() + "\n"}
_ACCESS = """\
SetEnvIf X-Asked yes asked
Alias /static /srv/web/static
Alias /admin/hidden /srv/hidden
WSGIScriptAlias / /srv/web/app.wsgi
<Directory />
    Order deny,allow
    Deny from all
</Directory>
<Directory /srv/web>
    # only the script
    <Files app.wsgi>
        Order allow,deny
        Allow from all
    </Files>
</Directory>
<Directory /srv/web/static>
    Order allow,deny
    Allow from all
    Deny from env=asked
</Directory>
<Directory /srv/web/static/sub>
    Order deny,allow
    Deny from all
    Allow from 127.0.0.1
</Directory>
<Location /admin>
    AuthType Basic
    AuthName x
    AuthUserFile /srv/users
    Require valid-user
</Location>
<Location /moderate>
    Order deny,allow
    Deny from all
    Allow from env=asked
    AuthType Basic
    AuthName x
    AuthUserFile /srv/users
    Require valid-user
    Satisfy any
</Location>
"""
_ACCESS_PROBES = (
    *probes(
        f"{_A}/", f"{_A}/static/a.css", f"{_A}/static/sub/b.css", f"{_A}/admin", f"{_A}/moderate", f"{_A}/static/no"
    ),
    *(
        Probe("a.example", path, headers=_login(word))
        for path in ("/admin", "/moderate")
        for word in ("ann:secret", "ann:no")
    ),
    *(
        Probe("a.example", path, headers=(("X-Asked", "yes"),))
        for path in ("/static/a.css", "/static/sub/b.css", "/moderate")
    ),
    Probe("a.example", "/admin/hidden/x", headers=_login("ann:secret")),
    Probe("a.example", "/other", 8080),
)
_MODERN = """\
<Directory />
    Require all denied
</Directory>
<VirtualHost *:80>
    WSGIScriptAlias / /srv/web/app.wsgi
    <Directory /srv/web>
        Order allow,deny
        Allow from all
    </Directory>
</VirtualHost>
"""

CASES = (
    _equal("NameVirtualHost is ignored", "name-virtual-host", "NameVirtualHost *:80\nNameVirtualHost *:8080\n"),
    _equal("DefaultType is ignored", "default-type", "DefaultType text/plain\n"),
    _equal("the old name of the MPM's limit", "renamed-directives", "MaxClients 4\n"),
    _starts(
        "the old locks",
        "removed-mutex-directives",
        "LockFile run/a.lock\nAcceptMutex fcntl\n",
        "Invalid command 'LockFile'",
    ),
    _starts(
        "the log of mod_rewrite",
        "rewrite-log",
        "LogLevel warn\nRewriteLog logs/rewrite\nRewriteLogLevel 3\n",
        "Invalid command 'RewriteLog'",
    ),
    _starts(
        "a reload mechanism of mod_wsgi 2",
        "wsgi-removed-directive",
        "WSGIReloadMechanism Process\n",
        "Invalid command 'WSGIReloadMechanism'",
    ),
    Case(
        name="options with and without signs",
        rules=("options-mixed-signs",),
        level="safe",
        before={
            "site.conf": _REST + "<Directory /srv/web/static>\n    Options -Indexes FollowSymLinks\n</Directory>\n"
        },
        tree=_TREE,
        probes=probes(f"{_A}/static/", f"{_A}/static/link.css"),
        expect=StartsAfter(
            "Either all Options must start with + or -",
            {f"{_A}/static/": {"status": 403}, f"{_A}/static/link.css": {"status": 200}},
        ),
    ),
    Case(
        name="an authorization that passed on",
        rules=("authz-authoritative-removed",),
        level="safe",
        before={
            "site.conf": _REST + "<Location /admin>\n    AuthType Basic\n    AuthName x\n    AuthUserFile /srv/users\n"
            "    AuthzUserAuthoritative Off\n    Require valid-user\n</Location>\n"
        },
        tree={**_TREE, **_USERS},
        probes=(*probes(f"{_A}/admin"), Probe("a.example", "/admin", headers=_login("ann:secret"))),
        expect=StartsAfter("Invalid command 'AuthzUserAuthoritative'", {f"{_A}/admin": {"status": 401}}),
    ),
    Case(
        name="an Include that matches nothing",
        rules=("include-missing-file",),
        level="safe",
        before={"apache2.conf": "Include hosts.d/*.conf\n" + _REST},
        include=("apache2.conf",),
        tree=_TREE,
        probes=_PROBES,
        expect=StartsAfter("Could not open directory", _SERVED),
    ),
    Case(
        name="a host by a name that nobody knows",
        rules=("host-name-address",),
        level="unsafe",
        before={
            "site.conf": "<VirtualHost a.invalid:80>\n    ServerName a.example\n    WSGIScriptAlias / /srv/web/app.wsgi\n"
            "</VirtualHost>\n" + _OPEN
        },
        tree=_TREE,
        probes=probes(f"{_A}/"),
        expect=EqualExcept(regained=(f"{_A}/",)),
    ),
    Case(
        name="a whole server's access",
        rules=("old-access-directives",),
        level="safe",
        before={"apache2.conf": _ACCESS},
        include=("apache2.conf",),
        tree={**_TREE, **_USERS, "/srv/hidden/x": "x"},
        probes=_ACCESS_PROBES,
        expect=Equal(),
        bases=(None,),
    ),
    Case(
        name="an old site under a new baseline",
        rules=("old-access-directives",),
        level="unsafe",
        before={"apache2.conf": _MODERN},
        include=("apache2.conf",),
        tree=_TREE,
        probes=probes(f"{_A}/"),
        expect=EqualExcept(regained=(f"{_A}/",)),
        bases=(None,),
    ),
)
