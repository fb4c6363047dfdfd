"""Characters that a web page or a word processor put into a configuration."""

from __future__ import annotations

from ..case import EqualExcept
from ._syntax import ALIAS, APP, FILE, HOLD, MOUNT, OPEN, SHUT, SITE, case, start

CASES = (
    case(
        "a circumflex that is none, before TLS",
        "confusable-in-regex",
        "repair",
        MOUNT
        + OPEN
        + """\
<LocationMatch "ˆ(/[\\w_]*/appadmin/.*)">
    SSLRequireSSL
</LocationMatch>
""",
        EqualExcept(refused=(f"{SITE}/welcome/appadmin/index",)),
        "/",
        "/welcome/appadmin/index",
        "/welcome/default/index",
    ),
    case(
        "a circumflex that is none, before an alias",
        "confusable-in-regex",
        "unsafe",
        "AliasMatch ˆ/([^/]+)/static/(.*)＄ /srv/$1/static/$2\n" + MOUNT + OPEN,
        EqualExcept(served=(f"{SITE}/site/static/a.css",)),
        "/",
        "/site/static/a.css",
        "/x/site/static/a.css",
    ),
    start(
        "a web page's source",
        "html-entities",
        "Invalid command '&lt;Directory'",
        """\
&lt;Directory &quot;/srv/site&quot;&gt;
    Require all granted
    Order allow,deny
    Allow from all
&lt;/Directory&gt;
RewriteEngine On
RewriteCond &quot;%{REQUEST_URI}&quot; ^/(search|find)$
RewriteRule ^ /run/%1 [PT]
Alias /other /srv/other
"""
        + MOUNT,
        {"/": APP, "/search": {**APP, "path_info": "/run/search"}, "/other/notes.txt": SHUT},
    ),
    case(
        "entities around a script",
        "html-entities",
        "repair",
        "WSGIScriptAlias / &quot;/srv/site/app.wsgi&quot;\n" + OPEN,
        EqualExcept(regained=(f"{SITE}/",)),
        "/",
    ),
    start(
        "a no-break space before a word",
        "invisible-characters",
        "Invalid command",
        MOUNT + "\ufeff" + ALIAS + OPEN.replace("Require all", "Require\xa0all"),
        {"/": APP, "/static/a.css": FILE},
    ),
    case(
        "a no-break space in a group's name",
        "invisible-characters",
        "repair",
        "WSGIDaemonProcess site\xa0threads=1\nWSGIProcessGroup site\n" + MOUNT + OPEN,
        EqualExcept(regained=(f"{SITE}/",)),
        "/",
    ),
    case(
        "a zero-width space in an alias",
        "invisible-characters",
        "unsafe",
        "Alias /st\u200batic /srv/site/static\n" + MOUNT + OPEN,
        EqualExcept(served=(f"{SITE}/static/a.css",)),
        "/",
        "/static/a.css",
    ),
    start(
        "a value in typographic quotes",
        "smart-quotes",
        "AuthName takes one argument",
        MOUNT
        + OPEN
        + """\
<Location /staff>
    AuthType Basic
    AuthName “Staff only”
    AuthUserFile /srv/site/users
    Require valid-user
</Location>
""",
        {"/": APP, "/staff": {"status": 401, "authenticate": 'Basic realm="Staff only"'}},
    ),
    case(
        "a script and a denial in typographic quotes",
        "smart-quotes",
        "repair",
        """\
WSGIScriptAlias /run “/srv/site/app.wsgi”
Alias /private /srv/site/private
"""
        + OPEN
        + """\
<Location “/private”>
    Require all denied
</Location>
""",
        EqualExcept(regained=(f"{SITE}/run",), refused=(f"{SITE}/private/notes.txt",)),
        "/run",
        "/private/notes.txt",
    ),
    case(
        "files in typographic quotes",
        "smart-quotes",
        "unsafe",
        MOUNT
        + "Alias “/static” “/srv/site/static”\n"
        + HOLD
        + """\
<Directory ‘/srv/site/static’>
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
""",
        EqualExcept(served=(f"{SITE}/static/a.css",)),
        "/",
        "/static/a.css",
    ),
    start(
        "an Include that ends in a quotation mark",
        "unpaired-quote",
        "Could not open configuration file",
        MOUNT + OPEN + 'Include /dev/null"\n',
        {"/": APP},
    ),
    case(
        "a script behind whose path no second mark stands, and a denial with one mark",
        "unpaired-quote",
        "repair",
        """\
WSGIScriptAlias /run "/srv/site/app.wsgi application-group=%{GLOBAL}
Alias /private /srv/site/private
"""
        + OPEN
        + """\
<Location /private">
    Require all denied
</Location>
""",
        EqualExcept(regained=(f"{SITE}/run",), refused=(f"{SITE}/private/notes.txt",)),
        "/run",
        "/private/notes.txt",
    ),
    case(
        "files whose path ends in an apostrophe",
        "unpaired-quote",
        "unsafe",
        MOUNT + "Alias /static /srv/site/static'\n" + OPEN,
        EqualExcept(served=(f"{SITE}/static/a.css",)),
        "/",
        "/static/a.css",
    ),
)
