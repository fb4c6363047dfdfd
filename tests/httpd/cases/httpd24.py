"""The way from httpd 2.2 to 2.4, and back."""

from __future__ import annotations

import base64
import hashlib
from functools import partial

from ..application import app
from ..case import Case, Equal, EqualExcept, StartsAfter
from ..probe import Probe, probes
from ..root import Tree
from . import opened

_A = "a.example"
_SITE = "http://a.example/"
_B = "http://b.example/"
_STATIC = "http://a.example/static/a.css"
_README = "http://a.example/static/README"
_LINES = """\
    Alias /static /srv/site/static
    WSGIScriptAlias / /srv/site/app.wsgi
"""
_HOST = f"<VirtualHost *:80>\n    ServerName a.example\n{_LINES}</VirtualHost>\n"
_OPEN = opened("/srv/site")

_USERS = "ann:{SHA}" + base64.b64encode(hashlib.sha1(b"secret").digest()).decode() + "\n"
_TREE: Tree = {
    "/srv/site/app.wsgi": app(),
    "/srv/other/app.wsgi": app("other"),
    "/srv/site/static/a.css": "STYLE",
    "/srv/site/static/README": "TEXT",
    "/srv/users": _USERS,
    "/srv/groups": "staff: ann\n",
}
_PASSWORD = "AuthType Basic\n    AuthName members\n    AuthUserFile /srv/users"


def _as(login: str, path: str = "/", host: str = _A) -> Probe:
    """A request with a name and a password."""
    return Probe(host, path, headers=(("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}"),))


_ANN, _WRONG = _as("ann:secret"), _as("ann:wrong")
_ANY_ORDER = "Order, Allow and Deny count alike in any order"
_APPLICATION = {"status": 200, "who": "application"}

# Written for httpd 2.2 throughout. The client is 127.0.0.1, or whom it says it is.
_OLD_SERVER = f"""\
SetEnvIf X-Friend yes friend
<Directory />
    Options FollowSymLinks
    AllowOverride None
    Order deny,allow
    Deny from all
</Directory>
# nobody reads these
<Files ~ "^\\.ht">
    Order allow,deny
    Deny from all
    Satisfy All
</Files>
<VirtualHost *:80>
    ServerName a.example
    Alias /static/ /srv/site/static/
    Alias /intern/ /srv/site/intern/
    Alias /near/ /srv/site/near/
    Alias /friends/ /srv/site/friends/
    Alias /moderate/ /srv/site/moderate/
    Alias /both/ /srv/site/both/
    WSGIScriptAlias / /srv/other/app.wsgi
    <Directory /srv/other>
        Order allow,deny
        Allow from all
    </Directory>
    <Directory /srv/site/static>
        Order allow,deny
        Allow from all
        Deny from 192.0.2.7
    </Directory>
    <Directory /srv/site/intern>
        Order deny,allow
        Deny from all
        Allow from 192.0.2.0/24 .a.example
    </Directory>
    <Directory /srv/site/near>
        Order deny,allow
        Deny from all
        Allow from 127.0.0.0/8
    </Directory>
    <Directory /srv/site/friends>
        Order allow,deny
        Allow from env=friend
    </Directory>
    # from outside with a password, from inside without
    <Directory /srv/site/moderate>
        {_PASSWORD}
        Require valid-user
        Order deny,allow
        Deny from all
        Allow from 192.0.2.0/24
        Satisfy any
    </Directory>
    # from inside, and with a password
    <Directory /srv/site/both>
        {_PASSWORD}
        Require valid-user
        Order deny,allow
        Deny from all
        Allow from 127.0.0.1
    </Directory>
    <Location /closed>
        Order allow,deny
    </Location>
</VirtualHost>
"""
_OLD_TREE: Tree = {
    **_TREE,
    **{f"/srv/site/{name}/x.txt": name for name in ("intern", "near", "friends", "moderate", "both")},
    "/srv/site/static/.htsecret": "SECRET",
    "/srv/hidden/x": "SECRET",
}
_FROM_INSIDE = (("X-Client", "192.0.2.5"),)
_OLD_PROBES = (
    *probes(
        _SITE,
        f"{_SITE}closed",
        _STATIC,
        f"{_SITE}static/.htsecret",
        f"{_SITE}intern/x.txt",
        f"{_SITE}near/x.txt",
        f"{_SITE}friends/x.txt",
        f"{_SITE}moderate/x.txt",
        f"{_SITE}both/x.txt",
    ),
    Probe(_A, "/friends/x.txt", headers=(("X-Friend", "yes"),)),
    *(Probe(_A, f"/{name}/x.txt", headers=_FROM_INSIDE) for name in ("intern", "near", "moderate", "both")),
    Probe(_A, "/both/x.txt", headers=(*_ANN.headers, *_FROM_INSIDE)),
    Probe(_A, "/static/a.css", headers=(("X-Client", "192.0.2.7"),)),
    *(_as(login, path) for login in ("ann:secret", "ann:wrong") for path in ("/moderate/x.txt", "/both/x.txt")),
    _as("ann:secret", "/closed"),
    _as("ann:secret", "/intern/x.txt"),
)

# The same, with passwords by URL over directories that others are kept out of.
_OLD_LOCATIONS = f"""\
SetEnvIf X-Friend yes friend
Alias /static /srv/site/static
Alias /near /srv/site/near
Alias /admin/hidden /srv/hidden
WSGIScriptAlias / /srv/site/app.wsgi
<Directory />
    Order deny,allow
    Deny from all
</Directory>
<Directory /srv/site>
    # the application, and nothing beside it
    <Files app.wsgi>
        Order allow,deny
        Allow from all
    </Files>
</Directory>
<Directory /srv/site/static>
    Order allow,deny
    Allow from all
    Deny from env=friend
</Directory>
<Directory /srv/site/near>
    Order deny,allow
    Deny from all
    Allow from 127.0.0.1
</Directory>
<Location /admin>
    {_PASSWORD}
    Require valid-user
</Location>
<Location /moderate>
    Order deny,allow
    Deny from all
    Allow from env=friend
    {_PASSWORD}
    Require valid-user
    Satisfy any
</Location>
"""
_FRIEND = (("X-Friend", "yes"),)
_LOCATION_PROBES = (
    *probes(_SITE, _STATIC, f"{_SITE}near/x.txt", f"{_SITE}admin", f"{_SITE}moderate", f"{_SITE}static/none"),
    *(_as(login, path) for path in ("/admin", "/moderate", "/admin/hidden/x") for login in ("ann:secret", "ann:wrong")),
    *(Probe(_A, path, headers=_FRIEND) for path in ("/static/a.css", "/near/x.txt", "/moderate")),
)

_case = partial(Case, tree=_TREE, level="safe")

CASES = (
    # -- access control ---------------------------------------------------------------------------------------------
    _case(
        name="a whole server written for 2.2",
        rules=("old-access-directives",),
        before={"httpd.conf": _OLD_SERVER},
        tree=_OLD_TREE,
        probes=_OLD_PROBES,
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
    _case(
        name="a whole server written for 2.2, with passwords by URL",
        rules=("old-access-directives",),
        before={"httpd.conf": _OLD_LOCATIONS},
        tree=_OLD_TREE,
        probes=_LOCATION_PROBES,
        bases=(None,),
        expect=Equal(),
    ),
    _case(
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
{_LINES}\
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
        probes=probes(_SITE, _STATIC),
        bases=(None,),
        expect=EqualExcept(regained=(_SITE,)),
        equivalent={
            "apache2.conf: drop: -Order deny,allow +Require ip 192.0.2.1": "the old lines refuse whom it refuses"
        },
    ),
    _case(
        name="a directory that is closed in words which 2.2 does not know",
        rules=("new-access-directives",),
        level="repair",
        before={
            "site.conf": f"""\
{_HOST}\
<Directory /srv/site>
    Order allow,deny
    Allow from all
</Directory>
<Directory /srv/site/static>
    Require all denied
</Directory>
"""
        },
        probes=probes(_SITE, _STATIC),
        # Under a baseline in the old words, this server judges by them alone, as 2.2 does; but it heeds the new ones.
        bases=("2.2",),
        arguments=("--target", "httpd=2.2"),
        expect=Equal(),
        equivalent={"site.conf: swap: *": _ANY_ORDER},
    ),
    _case(
        name="a directory that is opened in words which 2.2 does not know",
        rules=("new-access-directives",),
        level="unsafe",
        before={"site.conf": f"{_HOST}<Directory /srv/site>\n    Require all granted\n</Directory>\n"},
        probes=probes(_SITE, _STATIC),
        bases=("2.2",),
        arguments=("--target", "httpd=2.2"),
        expect=EqualExcept(
            {
                _STATIC: {
                    "status": (403, 200),
                    "who": ("httpd", "file"),
                    "content_type": ("text/html; charset=iso-8859-1", "text/css"),
                    "body": ("403 Forbidden", "STYLE"),
                }
            },
            regained=(_SITE,),
        ),
        equivalent={"site.conf: swap: *": _ANY_ORDER},
    ),
    _case(
        name="whose word is final",
        rules=("authz-authoritative-removed",),
        before={
            "site.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
{_LINES}\
    <Location /members>
    {_PASSWORD}
    AuthGroupFile /srv/groups
    AuthzGroupFileAuthoritative Off
    Require group staff
    Require user eve
    </Location>
    <Location /ann>
    {_PASSWORD}
    AuthzUserAuthoritative On
    Require user ann
    </Location>
</VirtualHost>
{_OPEN}"""
        },
        modules=("authz_groupfile",),
        probes=(
            *probes(_SITE, f"{_SITE}members", f"{_SITE}ann"),
            *(_as(login, path) for login in ("ann:secret", "ann:wrong") for path in ("/members", "/ann")),
        ),
        expect=StartsAfter(
            "Invalid command 'AuthzGroupFileAuthoritative'",
            {
                _SITE: _APPLICATION,
                **{f"{_SITE}{path}": {"status": 401} for path in ("members", "ann")},
                **{str(_as("ann:secret", path)): _APPLICATION for path in ("/members", "/ann")},
                **{str(_as("ann:wrong", path)): {"status": 401} for path in ("/members", "/ann")},
            },
        ),
    ),
    # -- hosts ------------------------------------------------------------------------------------------------------
    _case(
        name="addresses said to be name-based",
        rules=("name-virtual-host",),
        before={
            "site.conf": f"""\
# all sites share one address
NameVirtualHost *:80
NameVirtualHost *:8080
{_HOST}\
<VirtualHost *:80>
    ServerName b.example
    WSGIScriptAlias / /srv/other/app.wsgi
</VirtualHost>
{_OPEN}{opened("/srv/other")}"""
        },
        probes=probes(_SITE, _B, "http://c.example/"),
        expect=Equal(),
    ),
    _case(
        name="addresses that 2.2 must be told are name-based",
        rules=("missing-name-virtual-host",),
        level="repair",
        before={
            "httpd.conf": f"""\
# all sites share one address
{_HOST}\
<VirtualHost *:80>
    ServerName b.example
    WSGIScriptAlias / /srv/other/app.wsgi
</VirtualHost>
{_OPEN}{opened("/srv/other")}"""
        },
        probes=probes(_SITE, _B, "http://c.example/"),
        arguments=("--target", "httpd=2.2"),
        # This server needs no such line, and ignores it: at least nothing is lost.
        expect=Equal(),
    ),
    _case(
        name="a host given by a name that means another address",
        rules=("host-name-address",),
        level="unsafe",
        before={
            "site.conf": f"""\
<VirtualHost old.a.example:80>
    ServerName a.example
{_LINES}\
</VirtualHost>
<VirtualHost *:80>
    ServerName b.example
    WSGIScriptAlias / /srv/other/app.wsgi
</VirtualHost>
{_OPEN}{opened("/srv/other")}"""
        },
        # Where httpd shows the tests another /etc/hosts; elsewhere nobody knows the name, which comes to the same.
        tree={**_TREE, "/etc/hosts": "127.0.0.1 localhost old.a.example\n"},
        probes=probes(_SITE, _B),
        expect=EqualExcept(
            {
                _SITE: {
                    "vhost": ("b.example:80", "a.example:80"),
                    "mapped": ("/srv/other/app.wsgi", "/srv/site/app.wsgi"),
                    "label": ("other", "app"),
                    "application_group": ("b.example|", "a.example|"),
                }
            }
        ),
    ),
    # -- what 2.4 does not know -------------------------------------------------------------------------------------
    _case(
        name="options with and without a sign",
        rules=("options-mixed-signs",),
        before={
            "site.conf": f"""\
{_HOST}\
<Directory /srv/site>
    Options -FollowSymLinks Indexes
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
"""
        },
        probes=probes(_SITE, _STATIC, f"{_SITE}static/"),
        expect=StartsAfter(
            "Either all Options must start with + or -, or no Option may.",
            {_SITE: _APPLICATION, _STATIC: {"status": 200}, f"{_SITE}static/": {"who": "listing"}},
        ),
    ),
    _case(
        name="a wildcard that matches nothing",
        rules=("include-missing-file",),
        before={"httpd.conf": f"Include conf.d/*.conf\n{_HOST}{_OPEN}"},
        tree={**_TREE, "/etc/apache2/conf.d/README": "nothing yet"},
        probes=probes(_SITE),
        expect=StartsAfter("No matches for the wildcard '*.conf'", {_SITE: _APPLICATION}),
    ),
    _case(
        name="a wildcard in a directory that is not there",
        rules=("include-missing-file",),
        before={"apache2.conf": f"Include hosts.d/*.conf\n{_HOST}{_OPEN}"},
        probes=probes(_SITE),
        expect=StartsAfter("Could not open directory", {_SITE: _APPLICATION}),
    ),
    _case(
        name="locks of old",
        rules=("removed-mutex-directives",),
        before={"site.conf": f"LockFile run/accept.lock\nAcceptMutex fcntl\n{_HOST}RewriteLock run/rewrite\n{_OPEN}"},
        probes=probes(_SITE),
        expect=StartsAfter("Invalid command 'LockFile'", {_SITE: _APPLICATION}),
    ),
    _case(
        name="a log of mod_rewrite's own",
        rules=("rewrite-log",),
        before={
            "site.conf": f"""\
<VirtualHost *:80>
    ServerName a.example
    ErrorLog /var/log/apache2/a.log
    LogLevel warn
    RewriteEngine On
    RewriteLog /var/log/apache2/rewrite.log
    RewriteLogLevel 3
    RewriteRule ^/old/(.*) /static/$1 [PT]
{_LINES}\
</VirtualHost>
<VirtualHost *:80>
    ServerName b.example
    RewriteLogLevel 0
    RewriteEngine On
    RewriteRule ^/old/(.*) /static/$1 [PT]
{_LINES}\
</VirtualHost>
{_OPEN}"""
        },
        probes=probes(_SITE, f"{_SITE}old/a.css", f"{_B}old/a.css"),
        expect=StartsAfter(
            "Invalid command 'RewriteLog'",
            {
                _SITE: _APPLICATION | {"error_logs": ("/var/log/apache2/a.log",)},
                f"{_SITE}old/a.css": {"body": "STYLE"},
                f"{_B}old/a.css": {"body": "STYLE"},
            },
        ),
        equivalent={"site.conf: drop: -LogLevel warn +*": "the level of a log is no part of an answer"},
    ),
    # -- what 2.4 calls otherwise, or ignores -----------------------------------------------------------------------
    _case(
        name="a default type",
        rules=("default-type",),
        before={"site.conf": f"DefaultType text/plain\nAddType text/x-css .css\n{_HOST}{_OPEN}"},
        probes=probes(_SITE, _STATIC, _README),
        expect=Equal(),
    ),
    _case(
        name="limits under their former names",
        rules=("renamed-directives",),
        before={"site.conf": f"MaxClients 3\nMaxRequestsPerChild 100\n{_HOST}{_OPEN}"},
        probes=probes(_SITE),
        expect=Equal(),
        equivalent={"site.conf: swap: *": "the two limits do not know of each other"},
    ),
    # -- mod_wsgi ---------------------------------------------------------------------------------------------------
    _case(
        name="words that mod_wsgi 3 dropped, and one that it renamed",
        rules=("wsgi-removed-directive",),
        before={
            "site.conf": """\
WSGIReloadMechanism Process
WSGIDaemonProcess site threads=3
<VirtualHost *:80>
    ServerName a.example
    WSGIOutputBuffering Off
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
<Directory /srv/site>
    WSGIApacheExtensions On
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
"""
        },
        probes=probes(_SITE),
        expect=StartsAfter("Invalid command 'WSGIReloadMechanism'", {_SITE: _APPLICATION | {"process_group": "site"}}),
        equivalent={"site.conf: opposite: WSGIPassApacheRequest *": "the application does not ask for the request"},
    ),
    _case(
        name="words that mod_wsgi 6 drops, and 4 knows",
        rules=("wsgi-removed-directive",),
        before={"site.conf": f"WSGILazyInitialization On\nWSGIPassAuthorization On\n{_HOST}{_OPEN}"},
        probes=(*probes(_SITE), _ANN),
        arguments=("--target", "mod_wsgi=6.0"),
        expect=Equal(),
        since={(6,): StartsAfter("Invalid command 'WSGILazyInitialization'", {_SITE: _APPLICATION})},
    ),
    _case(
        name="a word that mod_wsgi 6 ignores",
        rules=("wsgi-deprecated-directive",),
        before={
            "site.conf": f"""\
LogLevel warn
WSGIVerboseDebugging On
WSGIPassAuthorization On
{_HOST}{_OPEN}"""
        },
        probes=(*probes(_SITE), _ANN),
        arguments=("--target", "mod_wsgi=6.0"),
        expect=Equal(),
    ),
)
