"""What httpd cannot read, or reads as something else: it starts after the fix, or what was dead comes to life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..application import app
from ..case import Case, EqualExcept, Expectation, Level, StartsAfter
from ..probe import probes
from . import opened

_SITE = "http://a.example"
_APP, _SHUT, _FILE = {"who": "application", "status": 200}, {"who": "httpd", "status": 403}, {"body": "STYLE"}
_GROUP = {**_APP, "process_group": "site"}
_TREE = {
    "/srv/site/app.wsgi": app(),
    "/srv/site/static/a.css": "STYLE",
    "/srv/site/private/notes.txt": "SECRET",
    "/srv/site/vault/notes.txt": "SECRET",
    "/srv/other/notes.txt": "SECRET",
}
_MOUNT = "WSGIScriptAlias / /srv/site/app.wsgi\n"
_ALIAS = "Alias /static /srv/site/static\n"
_OTHER = "Alias /other /srv/other\n"
_OPEN = opened("/srv/site")
#: What changes where a host no longer answers to a name, and the first one does.
_MOVED = {
    "vhost": ("a.example:80", "first.example:80"),
    "application_group": ("a.example|", "first.example|"),
}
_HOLD = """\
<Directory /srv/site>
    <Files app.wsgi>
        Require all granted
        Order allow,deny
        Allow from all
    </Files>
</Directory>
"""
_DAEMON = "WSGIDaemonProcess site threads=2\n"


def _case(
    name: str,
    rule: str,
    level: Level,
    before: str,
    expect: Expectation,
    *paths: str,
    equivalent: Mapping[str, str] | None = None,
) -> Case:
    """One host, asked under one name."""
    return Case(
        name=name,
        rules=(rule,),
        level=level,
        before={"site.conf": before},
        tree=_TREE,
        probes=probes(*(path if "://" in path else f"{_SITE}{path}" for path in paths)),
        expect=expect,
        equivalent=equivalent or {},
    )


def _start(
    name: str,
    rule: str,
    message: str,
    before: str,
    answers: Mapping[str, Mapping[str, Any]],
    level: Level = "safe",
    equivalent: Mapping[str, str] | None = None,
) -> Case:
    """``answers`` by path."""
    told = {f"{_SITE}{path}": answer for path, answer in answers.items()}
    return _case(name, rule, level, before, StartsAfter(message, told), *answers, equivalent=equivalent)


_ACCESS = (
    _start(
        "denials that lack a word",
        "access-grammar",
        "deny requires at least two arguments, 'from' followed by hostnames",
        _MOUNT
        + "Alias /private /srv/site/private\nAlias /vault /srv/site/vault\n"
        + _OPEN
        + """\
<Directory /srv/site/private>
    Deny all
</Directory>
<Directory /srv/site/vault>
    Require denied
</Directory>
""",
        {"/": _APP, "/private/notes.txt": _SHUT, "/vault/notes.txt": _SHUT},
    ),
    _start(
        "grants that lack a word",
        "access-grammar",
        "allow requires at least two arguments, 'from' followed by hostnames",
        _MOUNT
        + _ALIAS
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
        {"/": _SHUT, "/static/a.css": _FILE},
        level="unsafe",
    ),
    _start(
        "an order of two words",
        "order-with-space",
        "order takes one argument",
        _MOUNT
        + _ALIAS
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
        {"/": _APP, "/static/a.css": _SHUT},
    ),
)

_WORDS = (
    _start(
        "blanks behind a continuation",
        "continuation-trailing-blank",
        "Invalid option to WSGI daemon process definition",
        "WSGIDaemonProcess site threads=2 \\ \n    display-name=%{GROUP} \\\t\n    home=/srv/site\nWSGIProcessGroup site\n"
        + _MOUNT
        + _OPEN,
        {"/": {**_GROUP, "cwd": "/srv/site"}},
    ),
    _start(
        "a backslash before another directive",
        "dangling-backslash",
        "Invalid option to WSGI script alias definition",
        _DAEMON + "WSGIScriptAlias / /srv/site/app.wsgi \\ \nWSGIProcessGroup site\n" + _OPEN,
        {"/": _GROUP},
    ),
    _start(
        "an option behind an en dash",
        "dash-and-ellipsis",
        "Illegal option",
        _ALIAS
        + """\
<Directory /srv/site/static>
    Options +Indexes
    Options –Indexes
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
""",
        {"/static/": _SHUT, "/static/a.css": _FILE},
    ),
    _case(
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
        + _OPEN,
        EqualExcept(served=(f"{_SITE}/static/a.css",)),
        "/x",
        "/static/a.css",
    ),
    _start(
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
        {"/": {**_APP, "vhost": "a.example:80"}, "/private/notes.txt": _SHUT},
    ),
    _case(
        "a semicolon in a path",
        "foreign-syntax",
        "repair",
        "WSGIScriptAlias / /srv/site/app.wsgi;\n" + _OPEN,
        EqualExcept(regained=(f"{_SITE}/",)),
        "/",
    ),
    _start(
        "a name and its argument in one",
        "glued-directive",
        "Invalid command 'NameVirtualHost*:80'",
        "NameVirtualHost*:80\nWSGIPassAuthorizationOn\n" + _MOUNT + _OPEN,
        {"/": _APP},
        equivalent={
            "*: swap: *": "the two directives do not know of each other",
            "*: opposite: WSGIPassAuthorization *": "no request brings a password",
        },
    ),
    _start(
        "a section's name and its argument in one",
        "glued-directive",
        """Expected </Location"/run"> but saw </Location>""",
        _DAEMON
        + """\
<VirtualHost *:80>
    ServerName a.example
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location"/run">
        WSGIProcessGroup site
    </Location>
</VirtualHost>
"""
        + _OPEN,
        {"/run": _GROUP, "/x": {**_APP, "process_group": ""}},
    ),
    _start(
        "options of several words",
        "spaced-option",
        "Invalid option to WSGI daemon process definition",
        'WSGIDaemonProcess site processes = 2 threads= 1 "home=/srv/site"\nWSGIProcessGroup site\n' + _MOUNT + _OPEN,
        {"/": {**_GROUP, "cwd": "/srv/site", "multiprocess": True, "multithread": False}},
    ),
    _start(
        "directives that are misspelt, of mod_wsgi",
        "misspelt-directive",
        "Invalid command 'WSGIDeamonProcess'",
        "WSGIDeamonProcess site threads=2\n" + _MOUNT + "WSGIProcesGroup site\n" + _OPEN,
        {"/": _GROUP},
    ),
    _start(
        "directives that are misspelt, of httpd",
        "misspelt-directive",
        "Invalid command 'DocumentRot'",
        "DocumentRot /srv/site\n" + _OPEN,
        {"/static/a.css": _FILE},
        level="repair",
    ),
    _start(
        "comments behind directives",
        "trailing-comment",
        "Invalid option to WSGI daemon process definition",
        """\
WSGIDaemonProcess site threads=2 \\
    home=/srv/site # its files
WSGIProcessGroup site # see above
"""
        + _MOUNT
        + """\
<Directory /srv/site>
    Require all granted # everyone
    Order allow,deny
    Allow from all
</Directory>
""",
        {"/": {**_GROUP, "cwd": "/srv/site"}},
        equivalent={"*: drop: +# its files": "a comment"},
    ),
    _case(
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
        + _OPEN,
        EqualExcept({"http://b.example/": _MOVED}),
        "/",
        "http://b.example/",
    ),
    _start(
        "quotes in log formats",
        "unescaped-log-quotes",
        "LogFormat takes 1-2 arguments",
        """\
LogFormat "%h %l %u %t "%r" %>s %b" common
SetEnvIf Host a.example logged
CustomLog /var/log/apache2/app.log "%h "%r"" env=logged
"""
        + _MOUNT
        + _OPEN,
        {"/": _APP},
    ),
)

_CHARACTERS = (
    _case(
        "a circumflex that is none, before TLS",
        "confusable-in-regex",
        "repair",
        _MOUNT
        + _OPEN
        + """\
<LocationMatch "ˆ(/[\\w_]*/appadmin/.*)">
    SSLRequireSSL
</LocationMatch>
""",
        EqualExcept(refused=(f"{_SITE}/welcome/appadmin/index",)),
        "/",
        "/welcome/appadmin/index",
        "/welcome/default/index",
    ),
    _case(
        "a circumflex that is none, before an alias",
        "confusable-in-regex",
        "unsafe",
        "AliasMatch ˆ/([^/]+)/static/(.*)＄ /srv/$1/static/$2\n" + _MOUNT + _OPEN,
        EqualExcept(served=(f"{_SITE}/site/static/a.css",)),
        "/",
        "/site/static/a.css",
        "/x/site/static/a.css",
    ),
    _start(
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
        + _MOUNT,
        {"/": _APP, "/search": {**_APP, "path_info": "/run/search"}, "/other/notes.txt": _SHUT},
    ),
    _case(
        "entities around a script",
        "html-entities",
        "repair",
        "WSGIScriptAlias / &quot;/srv/site/app.wsgi&quot;\n" + _OPEN,
        EqualExcept(regained=(f"{_SITE}/",)),
        "/",
    ),
    _start(
        "a no-break space before a word",
        "invisible-characters",
        "Invalid command",
        _MOUNT + "\ufeff" + _ALIAS + _OPEN.replace("Require all", "Require\xa0all"),
        {"/": _APP, "/static/a.css": _FILE},
    ),
    _case(
        "a no-break space in a group's name",
        "invisible-characters",
        "repair",
        "WSGIDaemonProcess site\xa0threads=1\nWSGIProcessGroup site\n" + _MOUNT + _OPEN,
        EqualExcept(regained=(f"{_SITE}/",)),
        "/",
    ),
    _case(
        "a zero-width space in an alias",
        "invisible-characters",
        "unsafe",
        "Alias /st\u200batic /srv/site/static\n" + _MOUNT + _OPEN,
        EqualExcept(served=(f"{_SITE}/static/a.css",)),
        "/",
        "/static/a.css",
    ),
    _start(
        "a value in typographic quotes",
        "smart-quotes",
        "AuthName takes one argument",
        _MOUNT
        + _OPEN
        + """\
<Location /staff>
    AuthType Basic
    AuthName “Staff only”
    AuthUserFile /srv/site/users
    Require valid-user
</Location>
""",
        {"/": _APP, "/staff": {"status": 401, "authenticate": 'Basic realm="Staff only"'}},
    ),
    _case(
        "a script and a denial in typographic quotes",
        "smart-quotes",
        "repair",
        """\
WSGIScriptAlias /run “/srv/site/app.wsgi”
Alias /private /srv/site/private
"""
        + _OPEN
        + """\
<Location “/private”>
    Require all denied
</Location>
""",
        EqualExcept(regained=(f"{_SITE}/run",), refused=(f"{_SITE}/private/notes.txt",)),
        "/run",
        "/private/notes.txt",
    ),
    _case(
        "files in typographic quotes",
        "smart-quotes",
        "unsafe",
        _MOUNT
        + "Alias “/static” “/srv/site/static”\n"
        + _HOLD
        + """\
<Directory ‘/srv/site/static’>
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
""",
        EqualExcept(served=(f"{_SITE}/static/a.css",)),
        "/",
        "/static/a.css",
    ),
)

_LOCKED = """\
Alias /private /srv/site/private
<Location "/private">
    Require all denied
{closing}
"""
_SHUT_ALONE = {"/": _APP, "/private/notes.txt": _SHUT, "/static/a.css": _FILE}


def _tags(name: str, rule: str, message: str, closing: str, level: Level = "safe") -> Case:
    """A section that denies, ended in some wrong way; what follows is open."""
    return _start(name, rule, message, _LOCKED.format(closing=closing) + _MOUNT + _ALIAS + _OPEN, _SHUT_ALONE, level)


_STRUCTURE = (
    _start(
        "comments of HTML",
        "html-comment",
        "Expected </!--> but saw </VirtualHost>",
        """\
<VirtualHost *:80>
    <!-- the application,
         and its static files -->
    Alias /static /srv/site/static
    <!-- a script -->
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        + _OPEN,
        {"/": _APP, "/static/a.css": _FILE},
    ),
    _start(
        "numbers of lines",
        "pasted-line-numbers",
        "Invalid command '1'",
        "".join(f"{number} {line}\n" for number, line in enumerate((_MOUNT + _OTHER + _OPEN).splitlines(), 1)),
        {"/": _APP, "/other/notes.txt": _SHUT},
        equivalent={"*: swap: *": "httpd asks aliases before mounts, and directories when the file is known"},
    ),
    _tags(
        "a closing tag with an argument",
        "malformed-closer",
        "</Location> directive missing closing '>'",
        '</Location "/private">',
    ),
    _tags(
        "a closing tag with a blank",
        "malformed-closer",
        "</Location> directive missing closing '>'",
        "</Location >",
    ),
    _tags("a closing tag with a blank before the name", "malformed-closer", "</", "</ Location>"),
    _tags(
        "a closing tag without a bracket, before a comment",
        "malformed-closer",
        "</Location> directive missing closing '>'",
        "</Location # of the files",
    ),
    _tags("a closing tag of another name", "mismatched-closer", "Expected </Location> but saw", "</LocationMatch>"),
    _tags(
        "a closing tag of another kind",
        "mismatched-closer",
        "Expected </Location> but saw </Directory>",
        "</Directory>",
        level="repair",
    ),
    _tags("an opening tag that should close", "opener-for-closer", "Location> was not closed", "<Location>"),
    _tags("a closing tag with a backslash", "opener-for-closer", "Location> was not closed", "<\\Location>"),
    _tags("a section closed twice", "stray-closer", "without matching <Location> section", "</Location>\n</Location>"),
    _tags(
        "a closing tag with two brackets",
        "stray-closer-bracket",
        "Expected </Location> but saw </Location>>",
        "</Location>>",
    ),
    _start(
        "closing tags in the wrong order",
        "mismatched-closer",
        "Expected </Location> but saw </VirtualHost>",
        _DAEMON
        + """\
<VirtualHost *:80>
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location "/run">
        WSGIProcessGroup site
</VirtualHost>
</Location>
"""
        + _OPEN,
        {"/run": _GROUP, "/x": {**_APP, "process_group": ""}},
    ),
    _start(
        "a pattern in a Location",
        "mismatched-closer",
        "Expected </Location> but saw </LocationMatch>",
        _MOUNT
        + """\
Alias /private /srv/site/private
Alias /vault /srv/site/vault
<Location "^/(private|vault)/">
    Require all denied
</LocationMatch>
"""
        + _OPEN,
        {"/": _APP, "/private/notes.txt": _SHUT, "/vault/notes.txt": _SHUT},
        level="repair",
    ),
    _start(
        "an opening tag that lacks its bracket",
        "malformed-opener",
        "<Location> directive missing closing '>'",
        _MOUNT
        + """\
Alias /private /srv/site/private
<Location "/private"
    Require all denied
</Location>
"""
        + _OPEN,
        {"/": _APP, "/private/notes.txt": _SHUT},
    ),
    _start(
        "an opening tag with a blank",
        "malformed-opener",
        "Expected </",
        _MOUNT
        + """\
Alias /private /srv/site/private
< Location "/private">
    Require all denied
</Location>
"""
        + _OPEN,
        {"/": _APP, "/private/notes.txt": _SHUT},
    ),
    _start(
        "sections that are misspelt",
        "misspelt-section",
        "Invalid command '<virualhost'",
        """\
<virualhost *:80>
    ServerName a.example
    WSGIScriptAlias / /srv/site/app.wsgi
    Alias /private /srv/site/private
    <Location "/private">
        Require all denied
    </Location>
</virualhost>
"""
        + _OPEN,
        {"/": {**_APP, "vhost": "a.example:80"}, "/private/notes.txt": _SHUT},
    ),
    _start(
        "a section that is misspelt twice",
        "misspelt-section",
        "Expected </Locaton> but saw </Lokation>",
        _MOUNT
        + """\
Alias /private /srv/site/private
<Locaton "/private">
    Require all denied
</Lokation>
"""
        + _OPEN,
        {"/": _APP, "/private/notes.txt": _SHUT},
    ),
    _start(
        "an opening tag with two brackets, quoted",
        "stray-closer-bracket",
        "Multiple <Location> arguments not (yet) supported",
        _MOUNT
        + """\
Alias /private /srv/site/private
<Location "/private">>
    Require all denied
</Location>
"""
        + _OPEN,
        {"/": _APP, "/private/notes.txt": _SHUT},
    ),
    _case(
        "an opening tag with two brackets",
        "stray-closer-bracket",
        "repair",
        _MOUNT
        + """\
Alias /private /srv/site/private
<Location /private>>
    Require all denied
</Location>
"""
        + _OPEN,
        EqualExcept(refused=(f"{_SITE}/private/notes.txt",)),
        "/",
        "/private/notes.txt",
    ),
    _case(
        "an opening tag with two brackets, of a grant",
        "stray-closer-bracket",
        "unsafe",
        _MOUNT
        + _ALIAS
        + "Alias /private /srv/site/private\n"
        + _HOLD
        + """\
<Directory /srv/site/static>>
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
""",
        EqualExcept(served=(f"{_SITE}/static/a.css",)),
        "/",
        "/static/a.css",
        "/private/notes.txt",
    ),
    _start(
        "a section that its indentation ends",
        "unclosed-section",
        "Expected </Location> but saw </VirtualHost>",
        _DAEMON
        + """\
<VirtualHost *:80>
    WSGIScriptAlias / /srv/site/app.wsgi
    Alias /private /srv/site/private
    <Location "/private">
        Require all denied
    WSGIProcessGroup site
</VirtualHost>
"""
        + _OPEN,
        {"/": _GROUP, "/private/notes.txt": _SHUT},
        level="repair",
    ),
    _start(
        "a host that the next one ends",
        "unclosed-section",
        "<VirtualHost> was not closed",
        """\
<VirtualHost *:80>
ServerName first.example

# The second host
<VirtualHost *:80>
ServerName a.example
WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
"""
        + _OPEN,
        {"/": {**_APP, "vhost": "a.example:80"}},
        level="repair",
    ),
    _start(
        "a section that a directive ends",
        "unclosed-section",
        "<Location> was not closed",
        """\
Alias /private /srv/site/private
<Location "/private">
Require all denied
"""
        + _MOUNT
        + _OPEN,
        {"/": _APP, "/private/notes.txt": _SHUT},
        level="unsafe",
    ),
)

CASES = (*_ACCESS, *_WORDS, *_CHARACTERS, *_STRUCTURE)
