"""The two configurations that the project began with, retold: HTTP only, and HTTP with HTTPS.

Every fault of what was once published is here: an Alias that hides the application and bares its files, access opened
by URL, a circumflex that is a letter (U+02C6), misspelled sections, wrong closing tags, one process group defined
twice, a daemon user that is httpd's own.
"""

from __future__ import annotations

from .application import app
from .install import certificate
from .root import Entry, Link, Tree

_HOST = """\
    # who we are
    ServerName example.com
    # static files live below the applications
    Alias / /home/orchard/applications/
    # the framework
    WSGIScriptAlias / /home/orchard/wsgihandler.py
    WSGIDaemonProcess orchard user={user} group={user} \\
        home=/home/orchard/ \\
        processes=10 maximum-requests=500
"""

_LOGS = """\
    LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
    CustomLog /var/log/apache2/access.log common
"""

_EVERYTHING_ELSE = """\
        Order deny,allow
        Allow from all
        WSGIProcessGroup orchard
"""

_STATIC = r'"ˆ(/[\w_]*/static/.*)"'

_HTTP = f"""\
# requests on port 80
NameVirtualHost*:80
<virualhost *:80>
{_HOST}\
    # these need no Python
    <locationmatch {_STATIC}>
        Order Allow,Deny
        Allow from all
    <locationmatch>
    # and the rest does
    <location "/">
{_EVERYTHING_ELSE}\
    </location>
{_LOGS}\
</virtualhost>
"""

_PAIR = f"""\
# requests on port 80
NameVirtualHost *:80
<VirtualHost *:80>
{_HOST}\
    # administration is for HTTPS
    <Location "/admin">
        SSLRequireSSL
    </Location>
    <LocationMatch "ˆ(/[\\w_]*/appadmin/.*)">
        SSLRequireSSL
    </LocationMatch>
    # these need no Python
    <LocationMatch {_STATIC}>
        Order Allow,Deny
        Allow from all
    </LocationMatch>
    # and the rest does
    <Location "/">
{_EVERYTHING_ELSE}\
    </Location>
{_LOGS}\
</VirtualHost>
# requests on port 443
NameVirtualHost *:443
<VirtualHost *:443>
{_HOST}\
    SSLEngine On
    SSLCertificateFile /etc/apache2/ssl/server.crt
    SSLCertificateKeyFile /etc/apache2/ssl/server.key
    <LocationMatch {_STATIC}>
        Order Allow,Deny
        Allow from all
    </Location>
    <Location "/">
{_EVERYTHING_ELSE}\
    </Location>>
{_LOGS}\
</VirtualHost>
"""


def configurations(user: str) -> dict[str, str]:
    """Both, by name; ``user`` is whom this machine's httpd serves as."""
    return {"http": _HTTP.replace("{user}", user), "pair": _PAIR.replace("{user}", user)}


def mended_by_hand(user: str) -> dict[str, str]:
    """Both with their typing errors and the repeated definition repaired, and nothing else: what they would serve."""
    typed = {
        name: text.replace("ˆ", "^")
        .replace("NameVirtualHost*", "NameVirtualHost *")
        .replace("<virualhost", "<virtualhost")
        .replace("    <locationmatch>\n", "    </locationmatch>\n")
        .replace("</Location>>", "</Location>")
        .replace(
            "Allow from all\n    </Location>\n    <Location", "Allow from all\n    </LocationMatch>\n    <Location"
        )
        for name, text in configurations(user).items()
    }
    start, second = (typed["pair"].find("    WSGIDaemonProcess", after) for after in (0, typed["pair"].find("*:443>")))
    assert 0 < start < second
    end = typed["pair"].find("    SSLEngine", second)
    return typed | {"pair": typed["pair"][:second] + typed["pair"][end:]}


_BY_HAND = r"""
    ServerName example.com
    AliasMatch ^/(\w+)/static/(.*)$ /home/orchard/applications/$1/static/$2
    WSGIScriptAlias / /home/orchard/wsgihandler.py
    WSGIProcessGroup orchard
"""

#: One right answer, to hold the demands themselves against; the product may find another.
REPAIRED_BY_HAND = rf"""
<Directory /home/orchard/applications/*/static>
    Options -FollowSymLinks
    Order allow,deny
    Allow from all
    Require all granted
</Directory>
<Directory /home/orchard>
    <Files wsgihandler.py>
        Order allow,deny
        Allow from all
        Require all granted
    </Files>
</Directory>
<VirtualHost *:80>
{_BY_HAND}
    WSGIDaemonProcess orchard home=/home/orchard/ processes=10 maximum-requests=500
    <Location "/admin">
        SSLRequireSSL
    </Location>
    <LocationMatch "^(/[\w_]*/appadmin/.*)">
        SSLRequireSSL
    </LocationMatch>
</VirtualHost>
<VirtualHost *:443>
{_BY_HAND}
    SSLEngine On
    SSLCertificateFile /etc/apache2/ssl/server.crt
    SSLCertificateKeyFile /etc/apache2/ssl/server.key
</VirtualHost>
"""

#: What must never be served as a file: code, data, and what a link in a static directory leads to.
PRIVATE = (
    "/welcome/models/db.py",
    "/welcome/controllers/default.py",
    "/welcome/databases/storage.sqlite",
    "/welcome/uploads/photo.txt",
    "/welcome/static/etc/passwd",
    "/welcome/static/../models/db.py",
    "/welcome/static/%2e%2e/models/db.py",
    "/welcome/static/..%2fmodels/db.py",
    "//welcome//models/db.py",
    "/wsgihandler.py",
)
APPLICATION = ("/", "/welcome/default/index", "/welcome/models/db.py", "/welcome")
STATIC = ("/welcome/static/base.css", "/examples/static/deep/base.css")
ADMINISTRATION = ("/admin", "/admin/default/site", "/welcome/appadmin/x")


def tree() -> Tree:
    """The files on the disk."""
    certificate_text, key = certificate()
    return planted() | {"/etc/apache2/ssl/server.crt": certificate_text, "/etc/apache2/ssl/server.key": key}


def planted() -> dict[str, Entry]:
    """The files on the disk, with a certificate that nobody need make."""
    home = "/home/orchard/applications"
    return {
        "/home/orchard/wsgihandler.py": app("orchard"),
        f"{home}/welcome/static/base.css": "STYLE",
        f"{home}/examples/static/deep/base.css": "DEEP STYLE",
        f"{home}/welcome/models/db.py": "CODE",
        f"{home}/welcome/controllers/default.py": "CODE",
        f"{home}/welcome/databases/storage.sqlite": "DATA",
        f"{home}/welcome/uploads/photo.txt": "DATA",
        f"{home}/welcome/static/etc": Link("/srv/vault"),
        "/srv/vault/passwd": "SECRET",
        "/etc/apache2/ssl/server.crt": "",
        "/etc/apache2/ssl/server.key": "",
    }
