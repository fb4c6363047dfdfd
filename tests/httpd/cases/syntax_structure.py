"""Sections whose tags do not match."""

from __future__ import annotations

from ..case import Case, EqualExcept, Level
from ._syntax import ALIAS, APP, DAEMON, FILE, GROUP, HOLD, MOUNT, OPEN, OTHER, SHUT, SITE, case, start

_LOCKED = """\
Alias /private /srv/site/private
<Location "/private">
    Require all denied
{closing}
"""
_SHUT_ALONE = {"/": APP, "/private/notes.txt": SHUT, "/static/a.css": FILE}


def _tags(name: str, rule: str, message: str, closing: str, level: Level = "safe") -> Case:
    """A section that denies, ended in some wrong way; what follows is open."""
    return start(name, rule, message, _LOCKED.format(closing=closing) + MOUNT + ALIAS + OPEN, _SHUT_ALONE, level)


CASES = (
    start(
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
        + OPEN,
        {"/": APP, "/static/a.css": FILE},
    ),
    start(
        "numbers of lines",
        "pasted-line-numbers",
        "Invalid command '1'",
        "".join(f"{number} {line}\n" for number, line in enumerate((MOUNT + OTHER + OPEN).splitlines(), 1)),
        {"/": APP, "/other/notes.txt": SHUT},
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
    start(
        "closing tags in the wrong order",
        "mismatched-closer",
        "Expected </Location> but saw </VirtualHost>",
        DAEMON
        + """\
<VirtualHost *:80>
    WSGIScriptAlias / /srv/site/app.wsgi
    <Location "/run">
        WSGIProcessGroup site
</VirtualHost>
</Location>
"""
        + OPEN,
        {"/run": GROUP, "/x": {**APP, "process_group": ""}},
    ),
    start(
        "a pattern in a Location",
        "mismatched-closer",
        "Expected </Location> but saw </LocationMatch>",
        MOUNT
        + """\
Alias /private /srv/site/private
Alias /vault /srv/site/vault
<Location "^/(private|vault)/">
    Require all denied
</LocationMatch>
"""
        + OPEN,
        {"/": APP, "/private/notes.txt": SHUT, "/vault/notes.txt": SHUT},
        level="repair",
    ),
    start(
        "an opening tag that lacks its bracket",
        "malformed-opener",
        "<Location> directive missing closing '>'",
        MOUNT
        + """\
Alias /private /srv/site/private
<Location "/private"
    Require all denied
</Location>
"""
        + OPEN,
        {"/": APP, "/private/notes.txt": SHUT},
    ),
    start(
        "an opening tag with a blank",
        "malformed-opener",
        "Expected </",
        MOUNT
        + """\
Alias /private /srv/site/private
< Location "/private">
    Require all denied
</Location>
"""
        + OPEN,
        {"/": APP, "/private/notes.txt": SHUT},
    ),
    start(
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
        + OPEN,
        {"/": {**APP, "vhost": "a.example:80"}, "/private/notes.txt": SHUT},
    ),
    start(
        "a section that is misspelt twice",
        "misspelt-section",
        "Expected </Locaton> but saw </Lokation>",
        MOUNT
        + """\
Alias /private /srv/site/private
<Locaton "/private">
    Require all denied
</Lokation>
"""
        + OPEN,
        {"/": APP, "/private/notes.txt": SHUT},
    ),
    start(
        "an opening tag with two brackets, quoted",
        "stray-closer-bracket",
        "Multiple <Location> arguments not (yet) supported",
        MOUNT
        + """\
Alias /private /srv/site/private
<Location "/private">>
    Require all denied
</Location>
"""
        + OPEN,
        {"/": APP, "/private/notes.txt": SHUT},
    ),
    case(
        "an opening tag with two brackets",
        "stray-closer-bracket",
        "repair",
        MOUNT
        + """\
Alias /private /srv/site/private
<Location /private>>
    Require all denied
</Location>
"""
        + OPEN,
        EqualExcept(refused=(f"{SITE}/private/notes.txt",)),
        "/",
        "/private/notes.txt",
    ),
    case(
        "an opening tag with two brackets, of a grant",
        "stray-closer-bracket",
        "unsafe",
        MOUNT
        + ALIAS
        + "Alias /private /srv/site/private\n"
        + HOLD
        + """\
<Directory /srv/site/static>>
    Require all granted
    Order allow,deny
    Allow from all
</Directory>
""",
        EqualExcept(served=(f"{SITE}/static/a.css",)),
        "/",
        "/static/a.css",
        "/private/notes.txt",
    ),
    start(
        "a section that its indentation ends",
        "unclosed-section",
        "Expected </Location> but saw </VirtualHost>",
        DAEMON
        + """\
<VirtualHost *:80>
    WSGIScriptAlias / /srv/site/app.wsgi
    Alias /private /srv/site/private
    <Location "/private">
        Require all denied
    WSGIProcessGroup site
</VirtualHost>
"""
        + OPEN,
        {"/": GROUP, "/private/notes.txt": SHUT},
        level="repair",
    ),
    start(
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
        + OPEN,
        {"/": {**APP, "vhost": "a.example:80"}},
        level="repair",
    ),
    start(
        "a section that a directive ends",
        "unclosed-section",
        "<Location> was not closed",
        """\
Alias /private /srv/site/private
<Location "/private">
Require all denied
"""
        + MOUNT
        + OPEN,
        {"/": APP, "/private/notes.txt": SHUT},
        level="unsafe",
    ),
)
