"""Access control on the way from httpd 2.2 to 2.4, and back."""

from __future__ import annotations

from ..case import Equal, EqualExcept, StartsAfter
from ..probe import probes
from ._httpd24 import (
    ANY_ORDER,
    APPLICATION,
    HOST,
    LINES,
    LOCATION_PROBES,
    OLD_LOCATIONS,
    OLD_PROBES,
    OLD_SERVER,
    OLD_TREE,
    OPEN,
    PASSWORD,
    SITE,
    STATIC,
    TREE,
    case,
    logged_in,
)

_NOTES = "http://a.example/static/notes/a.txt"

CASES = (
    case(
        name="an .htaccess file that 2.2 took, because nothing says AllowOverride",
        rules=("htaccess-refused",),
        level="unsafe",
        before={
            "httpd.conf": f"""\
{HOST}\
<Directory /srv/site>
    Require all granted
</Directory>
"""
        },
        tree={
            **TREE,
            "/srv/site/static/notes/.htaccess": "Require all denied\n",
            "/srv/site/static/notes/a.txt": "between us",
        },
        probes=probes(SITE, STATIC, _NOTES),
        bases=(None,),
        root=True,
        expect=EqualExcept(
            changes={
                _NOTES: {
                    "status": (500, 403),
                    "mapped": ("/srv/site/static/notes/", _NOTES.replace("http://a.example", "/srv/site")),
                    "body": ("500 Internal Server Error", "403 Forbidden"),
                }
            }
        ),
    ),
    # -- access control ---------------------------------------------------------------------------------------------
    case(
        name="a whole server written for 2.2",
        rules=("old-access-directives",),
        before={"httpd.conf": OLD_SERVER},
        tree=OLD_TREE,
        probes=OLD_PROBES,
        bases=(None,),
        modules=("remoteip",),
        preamble="RemoteIPHeader X-Client",
        expect=Equal(),
        equivalent={
            "httpd.conf: drop: -Order allow,deny +Require all denied": "who is refused by one dialect is refused",
            "httpd.conf: drop: -Order deny,allow +Require ip 192.0.2.0/24": "Satisfy Any admits whom either names",
            "httpd.conf: drop: -Require valid-user +<RequireAll>": "left standing, the old lines and Require both ask",
            "httpd.conf: opposite: Require all denied": "what is asked for lies in directories that say it themselves",
            "httpd.conf: swap: Require ip *": "lines of which any may agree, in another order",
        },
    ),
    case(
        name="a whole server written for 2.2, with passwords by URL",
        rules=("old-access-directives",),
        before={"httpd.conf": OLD_LOCATIONS},
        tree=OLD_TREE,
        probes=LOCATION_PROBES,
        bases=(None,),
        expect=Equal(),
    ),
    case(
        name="a site for 2.2 under the baseline of 2.4",
        rules=("old-access-directives",),
        level="unsafe",
        before={
            "apache2.conf": f"""\
<Directory />
    Require all denied
</Directory>
<VirtualHost *:80>
    ServerName a.example
{LINES}\
    <Directory /srv/site>
        Order allow,deny
        Allow from all
    </Directory>
    <Directory /srv/site/static>
        Order deny,allow
        Deny from all
        Allow from 192.0.2.1
    </Directory>
</VirtualHost>
"""
        },
        probes=probes(SITE, STATIC),
        bases=(None,),
        expect=EqualExcept(regained=(SITE,)),
        equivalent={
            "apache2.conf: drop: -Order deny,allow +Require ip 192.0.2.1": "the old lines refuse whom it refuses"
        },
    ),
    case(
        name="a directory that is closed in words which 2.2 does not know",
        rules=("new-access-directives",),
        level="repair",
        before={
            "site.conf": f"""\
{HOST}\
<Directory /srv/site>
    Order allow,deny
    Allow from all
</Directory>
<Directory /srv/site/static>
    Require all denied
</Directory>
"""
        },
        probes=probes(SITE, STATIC),
        # Under a baseline in the old words, this server judges by them alone, as 2.2 does; but it heeds the new ones.
        bases=("2.2",),
        arguments=("--target", "httpd=2.2"),
        expect=Equal(),
        equivalent={"site.conf: swap: *": ANY_ORDER},
    ),
    case(
        name="a directory that is opened in words which 2.2 does not know",
        rules=("new-access-directives",),
        level="unsafe",
        before={"site.conf": f"{HOST}<Directory /srv/site>\n    Require all granted\n</Directory>\n"},
        probes=probes(SITE, STATIC),
        bases=("2.2",),
        arguments=("--target", "httpd=2.2"),
        expect=EqualExcept(
            {
                STATIC: {
                    "status": (403, 200),
                    "who": ("httpd", "file"),
                    "content_type": ("text/html; charset=iso-8859-1", "text/css"),
                    "body": ("403 Forbidden", "STYLE"),
                }
            },
            regained=(SITE,),
        ),
        equivalent={"site.conf: swap: *": ANY_ORDER},
    ),
    case(
        name="whose word is final",
        rules=("authz-authoritative-removed",),
        before={
            "site.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
{LINES}\
    <Location /members>
    {PASSWORD}
    AuthGroupFile /srv/groups
    AuthzGroupFileAuthoritative Off
    Require group staff
    Require user eve
    </Location>
    <Location /ann>
    {PASSWORD}
    AuthzUserAuthoritative On
    Require user ann
    </Location>
</VirtualHost>
{OPEN}"""
        },
        modules=("authz_groupfile",),
        probes=(
            *probes(SITE, f"{SITE}members", f"{SITE}ann"),
            *(logged_in(login, path) for login in ("ann:secret", "ann:wrong") for path in ("/members", "/ann")),
        ),
        expect=StartsAfter(
            "Invalid command 'AuthzGroupFileAuthoritative'",
            {
                SITE: APPLICATION,
                **{f"{SITE}{path}": {"status": 401} for path in ("members", "ann")},
                **{str(logged_in("ann:secret", path)): APPLICATION for path in ("/members", "/ann")},
                **{str(logged_in("ann:wrong", path)): {"status": 401} for path in ("/members", "/ann")},
            },
        ),
    ),
)
