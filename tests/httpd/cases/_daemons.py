"""What the cases of daemon process groups share: a site, and two with a log each."""

from __future__ import annotations

from functools import partial

from .. import install
from ..application import app
from ..case import Case
from ..probe import probes
from ..root import Tree
from . import opened

FOUND = install.find()
#: Whom httpd serves as here.
USER = "www-data" if isinstance(FOUND, str) else FOUND.user

TREE: Tree = {"/srv/site/app.wsgi": app()}
OPEN = opened("/srv/site")
SITE = "http://a.example/"
OTHER = "http://a.example:8080/"
NAMED = "http://www.a.example/"
ANSWERED = {"status": 200, "who": "application", "process_group": "site"}
INVALID = "Invalid option to WSGI daemon process definition."
DUPLICATE = "Name duplicates previous WSGI daemon definition"

case = partial(Case, tree=TREE, probes=probes(SITE))


def site(*definition: str) -> str:
    """One host whose application runs in the group that ``definition`` makes."""
    lines = "".join(f"    {line}\n" for line in definition)
    return f"""\
<VirtualHost *:80>
    ServerName a.example
{lines}\
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/app.wsgi
</VirtualHost>
{OPEN}"""


LOGS = ("/var/log/apache2/a.log",), ("/var/log/apache2/b.log",)


def logging(first: tuple[str, ...], second: tuple[str, ...]) -> str:
    """Two hosts of one name with an error log each, whose application runs in a group."""
    mount = "WSGIScriptAlias / /srv/site/app.wsgi"
    hosts = (
        (80, "ServerName a.example", "ErrorLog /var/log/apache2/a.log", *first, mount),
        (8080, "ErrorLog /var/log/apache2/b.log", *second),
    )
    text = "".join(
        f"<VirtualHost *:{port}>\n" + "".join(f"    {line}\n" for line in lines) + "</VirtualHost>\n"
        for port, *lines in hosts
    )
    return text + OPEN


TWO_OPTIONS = """\
<VirtualHost *:80>
    ServerName {name}
    WSGIDaemonProcess site threads=2
    WSGIScriptAlias / /srv/site/app.wsgi process-group=site application-group=%{{GLOBAL}}
</VirtualHost>
"""
