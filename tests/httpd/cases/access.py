"""Access: what a server closed is opened no further than its rule says, and what was to be restricted is."""

from __future__ import annotations

from ..application import app
from ..case import Case, Equal, EqualExcept
from ..probe import Probe, probes
from ..root import Link

_SITE = "http://a.example"
_CLOSED_NEW = "<Directory />\n    AllowOverride None\n    Require all denied\n</Directory>\n"
_CLOSED_OLD = "<Directory />\n    AllowOverride None\n    Order deny,allow\n    Deny from all\n</Directory>\n"
_HOST = """\
<VirtualHost *:80>
    ServerName a.example
    Alias /static/ /srv/w/static/
    Alias /favicon.ico /srv/w/icons/favicon.ico
    WSGIScriptAlias / /srv/w/app.wsgi
</VirtualHost>
"""
_TREE = {
    "/srv/w/app.wsgi": app(),
    "/srv/w/settings.py": "SECRET",
    "/srv/w/static/a.css": "STYLE",
    "/srv/w/static/etc": Link("/etc"),
    "/srv/w/static/sub/b.css": "STYLE B",
    "/srv/w/icons/favicon.ico": "ICON",
    "/srv/w/icons/notes.txt": "NOTES",
}
_PROBES = probes(
    f"{_SITE}/",
    f"{_SITE}/page",
    f"{_SITE}/static/a.css",
    f"{_SITE}/static/etc/hostname",
    f"{_SITE}/static/",
    f"{_SITE}/favicon.ico",
)
_OPEN = """\
    <Directory /srv/w>
        Require all granted
        Order allow,deny
        Allow from all
    </Directory>
"""
_RESTRICTED = """\
<VirtualHost *:80>
    ServerName a.example
    WSGIScriptAlias / /srv/w/app.wsgi
{open}
{text}
</VirtualHost>
"""
_NEVER = "no file of that name lies below another directory that URLs lead to"


def _closed(name: str, text: str) -> tuple[Case, ...]:
    return (
        Case(
            name=f"a script that nothing opens, under a deny of {name}",
            rules=("script-directory-not-granted",),
            level="repair",
            before={"apache2.conf": text + _HOST},
            tree=_TREE,
            probes=_PROBES,
            bases=(None,),
            expect=EqualExcept(regained=(f"{_SITE}/", f"{_SITE}/page")),
            equivalent={"apache2.conf: parent: *": _NEVER},
        ),
        Case(
            name=f"aliases that nothing opens, under a deny of {name}",
            rules=("static-directory-not-granted",),
            level="unsafe",
            before={"apache2.conf": text + _HOST},
            tree=_TREE,
            probes=_PROBES,
            bases=(None,),
            expect=EqualExcept(
                # Options are left alone, and links were followed.
                served=(f"{_SITE}/static/a.css", f"{_SITE}/favicon.ico", f"{_SITE}/static/etc/hostname"),
                # Still 403, and for another reason: the listing.
                changes={f"{_SITE}/static/": {"handler": ("-", "httpd/unix-directory")}},
            ),
            equivalent={"apache2.conf: parent: *": _NEVER},
        ),
    )


CASES = (
    *_closed("2.4", _CLOSED_NEW),
    *_closed("2.2", _CLOSED_OLD),
    Case(
        name="a restriction above a grant for everything",
        moves=True,
        rules=("restriction-undone-by-later-location",),
        level="repair",
        before={
            "site.conf": _RESTRICTED.format(
                open=_OPEN,
                text="""\
    # the office
    <Location /admin>
        Require ip 192.0.2.0/24
    </Location>
    <Location />
        Require all granted
    </Location>""",
            )
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/admin", f"{_SITE}/admin/x", f"{_SITE}/admins"),
        expect=EqualExcept(refused=(f"{_SITE}/admin", f"{_SITE}/admin/x")),
        equivalent={"site.conf: drop: +<Location />": "the directory is open anyway"},
    ),
    Case(
        name="an address that is asked beside a grant",
        rules=("restriction-beside-grant",),
        level="unsafe",
        before={
            "site.conf": _RESTRICTED.format(
                open=_OPEN,
                text="""\
    <Location /admin>
        Require all granted
        Require ip 192.0.2.0/24
    </Location>
    <Location /office>
        <IfModule mod_authz_core.c>
            <RequireAny>
                Require all granted
                <RequireAll>
                    Require all granted
                    Require not ip 127.0.0.0/8
                </RequireAll>
            </RequireAny>
        </IfModule>
    </Location>""",
            )
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/admin", f"{_SITE}/office"),
        expect=EqualExcept(refused=(f"{_SITE}/admin", f"{_SITE}/office")),
    ),
    Case(
        name="commas behind addresses",
        rules=("comma-between-names",),
        level="unsafe",
        before={
            "site.conf": _RESTRICTED.format(
                open=_OPEN,
                text="""\
    <Location /admin>
        Order allow,deny
        Allow from all
        Deny from 127.0.0.1, 192.0.2.1
    </Location>
    <Location /office>
        Order allow,deny
        Allow from all
        Deny from 127.0.0.1, 192.0.2.1,
    </Location>""",
            )
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/admin", f"{_SITE}/office"),
        expect=EqualExcept(refused=(f"{_SITE}/admin", f"{_SITE}/office")),
    ),
    Case(
        name="methods that Limit does not name",
        rules=("limit-leaves-methods-open",),
        level="unsafe",
        before={
            "site.conf": _RESTRICTED.format(
                open=_OPEN,
                text="""\
    <Location /admin>
        <Limit GET POST>
            Require ip 192.0.2.0/24
        </Limit>
    </Location>""",
            )
        },
        tree=_TREE,
        probes=(
            *probes(f"{_SITE}/", f"{_SITE}/admin"),
            Probe("a.example", "/admin", method="PUT"),
            Probe("a.example", "/admin", method="HELLO"),
        ),
        expect=EqualExcept(refused=(f"PUT {_SITE}/admin", f"HELLO {_SITE}/admin")),
    ),
    Case(
        name="regular expressions in plain sections",
        rules=("dead-restriction",),
        level="repair",
        before={
            "site.conf": _RESTRICTED.format(
                open=_OPEN,
                text="""\
    <Location "^/admin/">
        Require ip 192.0.2.0/24
    </Location>
    <IfModule mod_authz_core.c>
        <Location "^/(office|desk)$">
            Require all denied
        </Location>
    </IfModule>
    Alias /static /srv/w/static
    <Files "^a[.]css$">
        Require all denied
    </Files>""",
            )
        },
        tree=_TREE,
        probes=probes(
            f"{_SITE}/", f"{_SITE}/admin/x", f"{_SITE}/desk", f"{_SITE}/static/a.css", f"{_SITE}/static/sub/b.css"
        ),
        expect=EqualExcept(refused=(f"{_SITE}/admin/x", f"{_SITE}/desk"), closed=(f"{_SITE}/static/a.css",)),
    ),
    Case(
        name="a URL in a section for the disk",
        rules=("dead-restriction",),
        level="repair",
        before={
            "site.conf": _RESTRICTED.format(
                open=_OPEN,
                text="""\
    <Directory /admin/>
        Require ip 192.0.2.0/24
        Order deny,allow
        Deny from all
        Allow from 192.0.2.0/24
    </Directory>
    <IfModule mod_authz_core.c>
        <Files api>
            Require all denied
        </Files>
    </IfModule>""",
            )
        },
        tree=_TREE,
        probes=probes(
            f"{_SITE}/", f"{_SITE}/admin", f"{_SITE}/admin/x", f"{_SITE}/api", f"{_SITE}/x/api", f"{_SITE}/apis"
        ),
        expect=EqualExcept(refused=(f"{_SITE}/admin", f"{_SITE}/admin/x", f"{_SITE}/api")),
    ),
    Case(
        name="a restriction that never matched",
        rules=("dead-restriction",),
        level="repair",
        before={
            "site.conf": _RESTRICTED.format(
                open=_OPEN,
                text="""\
    <LocationMatch "ˆ/[^/]+/appadmin">
        Require ip 192.0.2.0/24
    </LocationMatch>
    <Location “/admin”>
        SSLRequireSSL
    </Location>
    <Location office>
        Require ip 192.0.2.0/24
    </Location>""",
            ).replace("SSLRequireSSL", "Require ip 192.0.2.0/24")
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/welcome/appadmin/x", f"{_SITE}/admin", f"{_SITE}/office"),
        expect=EqualExcept(refused=(f"{_SITE}/welcome/appadmin/x", f"{_SITE}/admin", f"{_SITE}/office")),
    ),
    Case(
        name="a directory section that names the script",
        rules=("directory-names-a-file",),
        level="unsafe",
        before={
            "site.conf": """\
WSGIScriptAlias / /srv/w/app.wsgi
Alias /static/ /srv/w/static/
<Directory /srv/w/app.wsgi>
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
"""
        },
        tree=_TREE,
        probes=_PROBES,
        expect=EqualExcept(regained=(f"{_SITE}/", f"{_SITE}/page", f"{_SITE}/favicon.ico")),
        equivalent={"site.conf: parent: *": _NEVER},
    ),
    Case(
        name="a location section that names a directory",
        rules=("location-names-a-file-path",),
        level="unsafe",
        before={
            "site.conf": """\
WSGIScriptAlias / /srv/w/app.wsgi
<Location "/srv/w">
    Require all granted
    Order allow,deny
    Allow from all
</Location>
"""
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/", f"{_SITE}/page"),
        expect=EqualExcept(regained=(f"{_SITE}/", f"{_SITE}/page")),
        equivalent={"site.conf: parent: *": "above lies nothing that a URL leads to"},
    ),
    Case(
        name="links and listings of a public directory",
        rules=("links-followed-in-public-directory", "indexes-in-public-directory"),
        level="unsafe",
        before={
            "site.conf": """\
Alias /static/ /srv/w/static/
<Directory /srv/w/static>
    Options Indexes FollowSymLinks
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
"""
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/static/", f"{_SITE}/static/a.css", f"{_SITE}/static/etc/hostname"),
        expect=EqualExcept(closed=(f"{_SITE}/static/", f"{_SITE}/static/etc/hostname")),
    ),
    Case(
        name="a grant by URL over a script within the DocumentRoot",
        rules=("allow-in-location",),
        level="repair",
        before={
            "site.conf": """\
<VirtualHost *:80>
    ServerName a.example
    DocumentRoot /srv/w
    WSGIScriptAlias /api /srv/w/app.wsgi
    <Location />
        Require all granted
        Order allow,deny
        Allow from all
    </Location>
</VirtualHost>
"""
        },
        tree=_TREE,
        probes=probes(
            f"{_SITE}/api/x", f"{_SITE}/static/a.css", f"{_SITE}/icons/favicon.ico", f"{_SITE}/static/etc/hostname"
        ),
        expect=EqualExcept(),
        equivalent={
            "site.conf: parent: *": "above lies nothing else that a URL leads to",
            "site.conf: drop: -<Location />": "no URL leads to anything that the grant alone had opened",
        },
    ),
    Case(
        name="a grant by URL over a directory with options of its own",
        rules=("allow-in-location",),
        level="repair",
        before={
            "site.conf": """\
<VirtualHost *:80>
    ServerName a.example
    Alias /static /srv/w/static
    <Directory /srv/w/static>
        Options +Indexes
    </Directory>
    <Location /static>
        Require all granted
        Order allow,deny
        Allow from all
    </Location>
</VirtualHost>
"""
        },
        tree=_TREE,
        probes=probes(f"{_SITE}/static/", f"{_SITE}/static/a.css", f"{_SITE}/static/sub/b.css"),
        expect=Equal(),
        equivalent={
            "site.conf: swap: *": "the two dialects do not know of each other",
            "site.conf: drop: -<Location /static>": "the directory is open anyway",
        },
    ),
)
