"""Words of a line: what is lacking, too much, misspelt, or glued together."""

from __future__ import annotations

from ..case import EqualExcept, StartsAfter
from ._syntax import ALIAS, APP, BACK, DAEMON, FILE, GROUP, MOUNT, MOVED, OPEN, SHUT, SITE, case, start

_ACCESS = (
    start(
        "denials that lack a word",
        "access-grammar",
        "deny requires at least two arguments, 'from' followed by hostnames",
        MOUNT
        + "Alias /private /srv/site/private\nAlias /vault /srv/site/vault\n"
        + OPEN
        + """\
<Directory /srv/site/private>
    Deny all
</Directory>
<Directory /srv/site/vault>
    Require denied
</Directory>
""",
        {"/": APP, "/private/notes.txt": SHUT, "/vault/notes.txt": SHUT},
    ),
    start(
        "grants that lack a word",
        "access-grammar",
        "allow requires at least two arguments, 'from' followed by hostnames",
        MOUNT
        + ALIAS
        + """\
<Directory /srv/site>
    Order deny,allow
    Deny from all
</Directory>
<Directory /srv/site/static>
    Allow all
    Order deny,allow
    Require all allowed
</Directory>
""",
        {"/": SHUT, "/static/a.css": FILE},
        level="unsafe",
    ),
    start(
        "an order of two words",
        "order-with-space",
        "order takes one argument",
        MOUNT
        + ALIAS
        + """\
<Directory /srv/site>
    Order Allow, Deny
    Allow from all
    Require all granted
</Directory>
<Directory /srv/site/static>
    Order deny allow
    Deny from all
</Directory>
""",
        {"/": APP, "/static/a.css": SHUT},
    ),
)

_WORDS = (
    start(
        "blanks behind a continuation",
        "continuation-trailing-blank",
        "Invalid option to WSGI daemon process definition",
        "WSGIDaemonProcess site threads=2 \\ \n    display-name=%{GROUP} \\\t\n    home=/srv/site\nWSGIProcessGroup site\n"
        + MOUNT
        + OPEN,
        {"/": {**GROUP, "cwd": "/srv/site"}},
    ),
    start(
        "a backslash before another directive",
        "dangling-backslash",
        "Invalid option to WSGI script alias definition",
        DAEMON + "WSGIScriptAlias / /srv/site/app.wsgi \\ \nWSGIProcessGroup site\n" + OPEN,
        {"/": GROUP},
    ),
    start(
        "lines that were copied as a hyperlink",
        "hyperlink",
        "Invalid command '[WSGIScriptAlias'",
        "[" + MOUNT.rstrip("\n") + "](https://www.example.com/setup)\n" + OPEN,
        {"/": APP},
    ),
    case(
        "a name of a host that is a hyperlink",
        "hyperlink",
        "unsafe",
        "<VirtualHost *:80>\nServerName b.example\nRedirect / https://b.example/\n</VirtualHost>\n"
        "<VirtualHost *:80>\nServerName [a.example](http://a.example)\n" + MOUNT + OPEN + "</VirtualHost>\n",
        StartsAfter('Invalid ServerName "[a.example](http://a.example)"', {f"{SITE}/": APP}),
        "/",
    ),
    case(
        "another name of a host that is a hyperlink",
        "hyperlink",
        "unsafe",
        "<VirtualHost *:80>\nServerName b.example\nRedirect / https://b.example/\n</VirtualHost>\n"
        "<VirtualHost *:80>\nServerName c.example\nServerAlias [a.example](http://a.example)\n"
        + MOUNT
        + OPEN
        + "</VirtualHost>\n",
        EqualExcept(regained=(f"{SITE}/",)),
        "/",
    ),
    start(
        "an option behind an en dash",
        "dash-and-ellipsis",
        "Illegal option",
        ALIAS
        + """\
<Directory /srv/site/static>
    Options +Indexes
    Options –Indexes
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
""",
        {"/static/": SHUT, "/static/a.css": FILE},
    ),
    case(
        "a condition with an en dash",
        "dash-and-ellipsis",
        "unsafe",
        """\
DocumentRoot /srv/site
RewriteEngine On
RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !–f
RewriteRule ^/(.*)$ /run/$1 [PT]
WSGIScriptAlias /run /srv/site/app.wsgi
"""
        + OPEN,
        EqualExcept(served=(f"{SITE}/static/a.css",)),
        "/x",
        "/static/a.css",
    ),
    start(
        "semicolons and colons",
        "foreign-syntax",
        "Invalid command 'ServerName:'",
        """\
<VirtualHost *:80>
    ServerName: b.example
    Redirect / https://b.example/
</VirtualHost>
<VirtualHost *:80>
    ServerName = a.example
    WSGIScriptAlias / /srv/site/app.wsgi
    Alias /private /srv/site/private
    <Directory /srv/site>
        Require all granted
        Order allow,deny
        Allow from all
    </Directory>
    <Directory /srv/site/private>
        Require all denied;
    </Directory>
</VirtualHost>
""",
        {"/": {**APP, "vhost": "a.example:80"}, "/private/notes.txt": SHUT},
    ),
    case(
        "a semicolon in a path",
        "foreign-syntax",
        "repair",
        "WSGIScriptAlias / /srv/site/app.wsgi;\n" + OPEN,
        EqualExcept(regained=(f"{SITE}/",)),
        "/",
    ),
    start(
        "a name and its argument in one",
        "glued-directive",
        "Invalid command 'NameVirtualHost*:80'",
        "NameVirtualHost*:80\nWSGIPassAuthorizationOn\n" + MOUNT + OPEN,
        {"/": APP},
        equivalent={
            "*: swap: *": "the two directives do not know of each other",
            "*: opposite: WSGIPassAuthorization *": "no request brings a password",
        },
    ),
    start(
        "a section's name and its argument in one",
        "glued-directive",
        """Expected </Location"/run"> but saw </Location>""",
        DAEMON
        + """\
<VirtualHost *:80>
    ServerName a.example
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location"/run">
        WSGIProcessGroup site
    </Location>
</VirtualHost>
"""
        + OPEN,
        {"/run": GROUP, "/x": {**APP, "process_group": ""}},
    ),
    start(
        "options of several words",
        "spaced-option",
        "Invalid option to WSGI daemon process definition",
        'WSGIDaemonProcess site processes = 2 threads= 1 "home=/srv/site"\nWSGIProcessGroup site\n' + MOUNT + OPEN,
        {"/": {**GROUP, "cwd": "/srv/site", "multiprocess": True, "multithread": False}},
    ),
    start(
        "directives that are misspelt, of mod_wsgi",
        "misspelt-directive",
        "Invalid command 'WSGIDeamonProcess'",
        "WSGIDeamonProcess site threads=2\n" + MOUNT + "WSGIProcesGroup site\n" + OPEN,
        {"/": GROUP},
    ),
    start(
        "directives that are misspelt, of httpd",
        "misspelt-directive",
        "Invalid command 'DocumentRot'",
        "DocumentRot /srv/site\n" + OPEN,
        {"/static/a.css": FILE},
        level="repair",
    ),
    start(
        "comments behind directives",
        "trailing-comment",
        "Invalid option to WSGI daemon process definition",
        """\
WSGIDaemonProcess site threads=2 \\
    home=/srv/site # its files
WSGIProcessGroup site # see above
"""
        + MOUNT
        + """\
<Directory /srv/site>
    Require all granted # everyone
    Order allow,deny
    Allow from all
</Directory>
""",
        {"/": {**GROUP, "cwd": "/srv/site"}},
        equivalent={"*: drop: +# its files": "a comment"},
    ),
    case(
        "names with a comma, a scheme, a port and a path",
        "name-never-asked-for",
        "unsafe",
        """\
<VirtualHost *:80>
    ServerName first.example
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
<VirtualHost *:80>
    ServerName a.example
    ServerAlias b.example, c.example http://d.example e.example:80 f.example/
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
<VirtualHost *:80>
    ServerName http://g.example/
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        + OPEN,
        EqualExcept(
            {
                **dict.fromkeys((f"http://{name}.example/" for name in "bdef"), BACK),
                "http://g.example/": {
                    "vhost": ("first.example:80", "g.example:80"),
                    "application_group": ("first.example|", "g.example|"),
                },
            }
        ),
        "/",
        "http://b.example/",
        "http://c.example/",
        "http://d.example/",
        "http://e.example/",
        "http://f.example/",
        "http://g.example/",
    ),
    case(
        "a comment that names hosts",
        "trailing-comment",
        "unsafe",
        """\
<VirtualHost *:80>
    ServerName first.example
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
<VirtualHost *:80>
    ServerName a.example
    ServerAlias www.a.example # b.example
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        + OPEN,
        EqualExcept({"http://b.example/": MOVED}),
        "/",
        "http://b.example/",
    ),
    start(
        "quotes in log formats",
        "unescaped-log-quotes",
        "LogFormat takes 1-2 arguments",
        """\
LogFormat "%h %l %u %t "%r" %>s %b" common
SetEnvIf Host a.example logged
CustomLog /var/log/apache2/app.log "%h "%r"" env=logged
"""
        + MOUNT
        + OPEN,
        {"/": APP},
    ),
)

_WRAPPED = (
    start(
        "options of a daemon process on lines of their own",
        "wrapped-options",
        "Invalid command 'home=/srv/site'",
        """\
WSGIDaemonProcess site threads=1
    home=/srv/site
\tprocesses=2
WSGIProcessGroup site
"""
        + MOUNT
        + OPEN,
        {"/": {**GROUP, "cwd": "/srv/site", "multiprocess": True, "multithread": False}},
    ),
    start(
        "the user of a daemon process on a line of its own, in a host and a condition",
        "wrapped-options",
        "Invalid command 'user=daemon'",
        """\
<VirtualHost *:80>
    ServerName a.example
    <IfModule mod_wsgi.c>
        WSGIDaemonProcess site threads=2 \r
        user=daemon \r
        group=daemon\r
        <Location /run>
            WSGIProcessGroup site
        </Location>
    </IfModule>
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        + OPEN,
        {"/run": {**GROUP, "uid": 1, "gid": 1}, "/x": {**APP, "process_group": "", "uid": 33, "gid": 33}},
    ),
    start(
        "options of a script on lines of their own",
        "wrapped-options",
        "Invalid command 'process-group=site'",
        DAEMON
        + """\
WSGIScriptAlias / /srv/site/app.wsgi
    process-group=site
    application-group=%{GLOBAL}
WSGIImportScript /srv/site/app.wsgi
    process-group=site application-group=%{GLOBAL}
"""
        + OPEN,
        {"/": {**GROUP, "application_group": ""}},
    ),
)

_FLAGS = (
    start(
        "flags with a blank",
        "spaced-flags",
        "RewriteCond: bad flag delimiters",
        """\
RewriteEngine On
RewriteCond %{REQUEST_URI} ^/OLD [NC, OR]
RewriteCond %{REQUEST_URI} ^/new
RewriteRule ^ - [F , L]
"""
        + MOUNT
        + OPEN,
        {"/old": {"status": 403}, "/new": {"status": 403}, "/x": APP},
    ),
    case(
        "flags of a second bracket",
        "spaced-flags",
        "unsafe",
        """\
RewriteEngine On
RewriteCond %{REQUEST_URI} ^/OLD [NC] [OR]
RewriteCond %{REQUEST_URI} ^/new
RewriteRule ^ - [G]
RewriteRule ^ - [F]
""",
        EqualExcept(
            {
                f"{SITE}{path}": {"status": (403, 410), "body": ("403 Forbidden", "410 Gone")}
                for path in ("/old", "/new")
            }
        ),
        "/old",
        "/new",
        "/x",
    ),
)

CASES = (*_ACCESS, *_WORDS, *_WRAPPED, *_FLAGS)
