"""Directives that httpd 2.4 and mod_wsgi 6 do not know, call otherwise, or ignore."""

from __future__ import annotations

from ..case import Equal, EqualExcept, StartsAfter
from ..probe import probes
from . import opened
from ._httpd24 import ANN, APPLICATION, HOST, LINES, OPEN, PASSWORD, README, SITE, STATIC, TREE, WRONG, B, case

CASES = (
    # -- hosts ------------------------------------------------------------------------------------------------------
    case(
        name="addresses said to be name-based",
        rules=("name-virtual-host",),
        before={
            "site.conf": f"""\
# all sites share one address
NameVirtualHost *:80
NameVirtualHost *:8080
{HOST}\
<VirtualHost *:80>
    ServerName b.example
    WSGIScriptAlias / /srv/other/app.wsgi
</VirtualHost>
{OPEN}{opened("/srv/other")}"""
        },
        probes=probes(SITE, B, "http://c.example/"),
        expect=Equal(),
    ),
    case(
        name="addresses that 2.2 must be told are name-based",
        rules=("missing-name-virtual-host",),
        level="repair",
        before={
            "httpd.conf": f"""\
# all sites share one address
{HOST}\
<VirtualHost *:80>
    ServerName b.example
    WSGIScriptAlias / /srv/other/app.wsgi
</VirtualHost>
{OPEN}{opened("/srv/other")}"""
        },
        probes=probes(SITE, B, "http://c.example/"),
        arguments=("--target", "httpd=2.2"),
        # This server needs no such line, and ignores it: at least nothing is lost.
        expect=Equal(),
    ),
    case(
        name="a host given by a name that means another address",
        rules=("host-name-address",),
        level="unsafe",
        before={
            "site.conf": f"""\
<VirtualHost old.a.example:80>
    ServerName a.example
{LINES}\
</VirtualHost>
<VirtualHost *:80>
    ServerName b.example
    WSGIScriptAlias / /srv/other/app.wsgi
</VirtualHost>
{OPEN}{opened("/srv/other")}"""
        },
        # Where httpd shows the tests another /etc/hosts; elsewhere nobody knows the name, which comes to the same.
        tree={**TREE, "/etc/hosts": "127.0.0.1 localhost old.a.example\n"},
        probes=probes(SITE, B),
        expect=EqualExcept(
            {
                SITE: {
                    "vhost": ("b.example:80", "a.example:80"),
                    "mapped": ("/srv/other/app.wsgi", "/srv/site/app.wsgi"),
                    "label": ("other", "app"),
                    "application_group": ("b.example|", "a.example|"),
                }
            }
        ),
    ),
    # -- what 2.4 does not know -------------------------------------------------------------------------------------
    case(
        name="options with and without a sign",
        rules=("options-mixed-signs",),
        before={
            "site.conf": f"""\
{HOST}\
<Directory /srv/site>
    Options -FollowSymLinks Indexes
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
"""
        },
        probes=probes(SITE, STATIC, f"{SITE}static/"),
        expect=StartsAfter(
            "Either all Options must start with + or -, or no Option may.",
            {SITE: APPLICATION, STATIC: {"status": 200}, f"{SITE}static/": {"who": "listing"}},
        ),
    ),
    case(
        name="a wildcard that matches nothing",
        rules=("include-missing-file",),
        before={"httpd.conf": f"Include conf.d/*.conf\n{HOST}{OPEN}"},
        tree={**TREE, "/etc/apache2/conf.d/README": "nothing yet"},
        probes=probes(SITE),
        expect=StartsAfter("No matches for the wildcard '*.conf'", {SITE: APPLICATION}),
    ),
    case(
        name="a wildcard in a directory that is not there",
        rules=("include-missing-file",),
        before={"apache2.conf": f"Include hosts.d/*.conf\n{HOST}{OPEN}"},
        probes=probes(SITE),
        expect=StartsAfter("Could not open directory", {SITE: APPLICATION}),
    ),
    case(
        name="locks of old",
        rules=("removed-mutex-directives",),
        before={"site.conf": f"LockFile run/accept.lock\nAcceptMutex fcntl\n{HOST}RewriteLock run/rewrite\n{OPEN}"},
        probes=probes(SITE),
        expect=StartsAfter("Invalid command 'LockFile'", {SITE: APPLICATION}),
    ),
    case(
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
{LINES}\
</VirtualHost>
<VirtualHost *:80>
    ServerName b.example
    RewriteLogLevel 0
    RewriteEngine On
    RewriteRule ^/old/(.*) /static/$1 [PT]
{LINES}\
</VirtualHost>
{OPEN}"""
        },
        probes=probes(SITE, f"{SITE}old/a.css", f"{B}old/a.css"),
        expect=StartsAfter(
            "Invalid command 'RewriteLog'",
            {
                SITE: APPLICATION | {"error_logs": ("/var/log/apache2/a.log",)},
                f"{SITE}old/a.css": {"body": "STYLE"},
                f"{B}old/a.css": {"body": "STYLE"},
            },
        ),
        equivalent={"site.conf: drop: -LogLevel warn +*": "the level of a log is no part of an answer"},
    ),
    case(
        name="a log of cookies, and directives of modules that are gone",
        rules=("removed-directives",),
        before={
            "site.conf": f"""\
CookieLog /var/log/apache2/cookies
{HOST}\
<Directory /srv/site>
    {PASSWORD}
    AuthAuthoritative On
    AuthDefaultAuthoritative On
    Require valid-user
    Order allow,deny
    Allow from all
</Directory>
"""
        },
        probes=(ANN, WRONG),
        expect=StartsAfter("Invalid command 'CookieLog'", {str(ANN): APPLICATION, str(WRONG): {"status": 401}}),
        equivalent={
            "site.conf: opposite: AuthBasicAuthoritative *": "no other module is asked for passwords",
        },
    ),
    case(
        name="words that httpd 2.4 does not take",
        rules=("removed-words",),
        before={
            "site.conf": f"""\
KeepAlive 5
<VirtualHost *:80>
    ServerName a.example
    RewriteOptions MaxRedirects=20 Inherit
    RewriteEngine On
{LINES}\
</VirtualHost>
RewriteEngine On
RewriteRule ^/old/(.*) /static/$1 [PT]
{OPEN}"""
        },
        probes=probes(SITE, f"{SITE}old/a.css"),
        expect=StartsAfter("KeepAlive must be On or Off", {SITE: APPLICATION, f"{SITE}old/a.css": {"body": "STYLE"}}),
        equivalent={
            "site.conf: opposite: KeepAlive *": "each request is one connection",
            "site.conf: drop: -*RewriteOptions *": "httpd warns of the word, and takes it",
        },
    ),
    case(
        name="a filter by type, as 2.2 wrote it",
        rules=("old-filter-provider",),
        modules=("filter", "deflate"),
        before={
            "site.conf": f"""\
FilterDeclare COMPRESS
FilterProvider COMPRESS DEFLATE resp=Content-Type $text/css
FilterChain COMPRESS
{HOST}{OPEN}"""
        },
        probes=probes(SITE, STATIC),
        expect=StartsAfter(
            "FilterProvider takes three arguments", {SITE: APPLICATION, STATIC: {"status": 200, "body": "STYLE"}}
        ),
    ),
    # -- what 2.4 calls otherwise, or ignores -----------------------------------------------------------------------
    case(
        name="a default type",
        rules=("default-type",),
        before={"site.conf": f"DefaultType text/plain\nAddType text/x-css .css\n{HOST}{OPEN}"},
        probes=probes(SITE, STATIC, README),
        expect=Equal(),
    ),
    case(
        name="limits under their former names",
        rules=("renamed-directives",),
        before={"site.conf": f"MaxClients 3\nMaxRequestsPerChild 100\n{HOST}{OPEN}"},
        probes=probes(SITE),
        expect=Equal(),
        equivalent={"site.conf: swap: *": "the two limits do not know of each other"},
    ),
    case(
        name="modules that are gone",
        rules=("removed-module",),
        before={
            "site.conf": "LoadModule authz_default_module /usr/lib/apache2/modules/mod_authz_default.so\n"
            f"LoadModule authn_alias_module /usr/lib/apache2/modules/mod_authn_alias.so\n{HOST}{OPEN}"
        },
        probes=probes(SITE, STATIC),
        expect=StartsAfter("Cannot load /usr/lib/apache2/modules/mod_authz_default.so into server"),
    ),
    case(
        name="a module under its former name",
        rules=("removed-module",),
        level="repair",
        before={
            "site.conf": "LoadModule imap_module /usr/lib/apache2/modules/mod_imap.so\n"
            f"<IfModule mod_imap.c>\n    ImapMenu none\n</IfModule>\n{HOST}{OPEN}"
        },
        probes=probes(SITE, STATIC),
        expect=StartsAfter("Cannot load /usr/lib/apache2/modules/mod_imap.so into server", {SITE: APPLICATION}),
    ),
    # -- mod_wsgi ---------------------------------------------------------------------------------------------------
    case(
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
        probes=probes(SITE),
        expect=StartsAfter("Invalid command 'WSGIReloadMechanism'", {SITE: APPLICATION | {"process_group": "site"}}),
        equivalent={"site.conf: opposite: WSGIPassApacheRequest *": "the application does not ask for the request"},
    ),
    case(
        name="words that mod_wsgi 6 drops, and 4 knows",
        rules=("wsgi-removed-directive",),
        before={"site.conf": f"WSGILazyInitialization On\nWSGIPassAuthorization On\n{HOST}{OPEN}"},
        probes=(*probes(SITE), ANN),
        arguments=("--target", "mod_wsgi=6.0"),
        expect=Equal(),
        since={(6,): StartsAfter("Invalid command 'WSGILazyInitialization'", {SITE: APPLICATION})},
    ),
    case(
        name="a word that mod_wsgi 6 ignores",
        rules=("wsgi-deprecated-directive",),
        before={
            "site.conf": f"""\
LogLevel warn
WSGIVerboseDebugging On
WSGIPassAuthorization On
{HOST}{OPEN}"""
        },
        probes=(*probes(SITE), ANN),
        arguments=("--target", "mod_wsgi=6.0"),
        expect=Equal(),
    ),
)
