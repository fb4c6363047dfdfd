"""How the repairs of the main rules come out: in a fragment, in a whole server, and with its filesystem in sight.

Each row is a small configuration; each column says the lowest level at which the rule changes it, gate included: ``safe``,
``repair``, ``unsafe``, ``reported`` where it stays a finding, ``-`` where nothing is found. What a row says is what may be
concluded there, so a rule that does more or less has to change it here.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import Job, check, fix
from modwsgi_fix.engine.gate import objection
from modwsgi_fix.files import Memory
from modwsgi_fix.model.reading.source import find_sources
from modwsgi_fix.rule import all_rules

DENY = "ServerName main.test\nListen 80\n<Directory />\n    AllowOverride None\n    Require all denied\n</Directory>\n"
SCRIPT = "def application(environ, start_response):\n    return []\n"
DISK = {
    "/srv/a/app.wsgi": SCRIPT,
    "/srv/a/models/db.py": "",
    "/srv/a/static/site.css": "",
    "/srv/s/site.css": "",
    "/home/web2py/wsgihandler.py": SCRIPT,
    "/home/web2py/applications/shop/models/db.py": "",
    "/home/web2py/applications/shop/static/site.css": "",
}
LOCATION = "<Location {0}>\n    Order allow,deny\n    Allow from all\n</Location>\n"
MOUNT = "WSGIScriptAlias / /srv/a/app.wsgi\n"
APP = "WSGIScriptAlias /app /srv/a/app.wsgi\n"
OLD = "<Directory /srv/a>\n    Order allow,deny\n    Allow from all\n</Directory>\n"
OPENED = "<Directory {0}>\n    Require all granted\n</Directory>\n"


def host(text: str) -> str:
    return f"<VirtualHost *:80>\n    ServerName shop.test\n{text}</VirtualHost>\n"


HIDDEN = host(
    "    Alias / /home/web2py/applications/\n    WSGIScriptAlias / /home/web2py/wsgihandler.py\n"
    + OPENED.format("/home/web2py")
)


class Row(NamedTuple):
    """A configuration, and what becomes of one rule's finding: fragment, whole server, with ``--root``."""

    rule: str
    text: str
    fragment: str
    whole: str
    root: str
    #: As ``--assume-deny 2.4`` for the fragment.
    assumed: str = ""
    baseline: str = DENY


ROWS = {
    "an Alias / that hides the application": Row(
        "alias-hides-application",
        HIDDEN,
        *("repair", "repair", "repair"),
    ),
    "the same where httpd refused to start": Row(
        "alias-hides-application",
        "WSGIDaemonProcess d\nWSGIDaemonProcess d\n" + HIDDEN,
        *("repair", "repair", "repair"),
    ),
    "a ScriptAlias that hides the application": Row(
        "alias-hides-application",
        HIDDEN.replace("    Alias /", "    ScriptAlias /"),
        *("repair", "repair", "repair"),
    ),
    "a script opened by URL": Row(
        "allow-in-location", host(MOUNT + LOCATION.format("/")), "repair", "repair", "repair"
    ),
    "static files opened by URL": Row(
        "allow-in-location",
        host("    Alias /s/ /srv/s/\n" + APP + OPENED.format("/srv/a") + LOCATION.format("/s/")),
        *("repair", "repair", "repair"),
    ),
    "a script that nothing opens": Row(
        "script-directory-not-granted", host(MOUNT), "-", "repair", "repair", assumed="repair"
    ),
    "a script whose directory is denied by name": Row(
        "script-directory-not-granted",
        host(MOUNT + "<Directory /srv/a>\n    Require all denied\n</Directory>\n"),
        *("-", "-", "-"),
    ),
    "static files that nothing opens": Row(
        "static-directory-not-granted",
        host("    Alias /s/ /srv/s/\n" + APP + OPENED.format("/srv/a")),
        *("-", "unsafe", "unsafe"),
    ),
    "no deny of the whole": Row(
        "missing-deny-baseline",
        host(MOUNT + OPENED.format("/srv/a")),
        *("-", "repair", "repair"),
        baseline="ServerName main.test\nListen 80\n",
    ),
    "a rewrite that misses its mount": Row(
        "rewrite-without-pt",
        host("    RewriteEngine On\n    RewriteRule ^/old/(.*)$ /app/$1\n" + APP + OPENED.format("/srv/a")),
        *("repair", "repair", "repair"),
    ),
    "a rewrite to no mount": Row(
        "rewrite-without-pt",
        host(
            "    RewriteEngine On\n    RewriteRule ^/old/(.*)$ /s/$1\n    Alias /s /srv/s\n"
            + APP
            + OPENED.format("/srv/a")
        ),
        *("unsafe", "unsafe", "unsafe"),
    ),
    "an alias without the last slash": Row(
        "alias-trailing-slash",
        host("    Alias /s/ /srv/s\n" + APP + OPENED.format("/srv/s") + OPENED.format("/srv/a")),
        *("unsafe", "unsafe", "repair"),
    ),
    "a restriction that a later section undoes": Row(
        "restriction-undone-by-later-location",
        host(
            APP
            + OPENED.format("/srv/a")
            + "<Location /app/admin>\n    Require ip 192.0.2.1\n</Location>\n"
            + "<Location /app>\n    Require all granted\n</Location>\n"
        ),
        *("repair", "repair", "repair"),
    ),
    "a group in a needless Location, in a host": Row(
        "needless-location-root",
        host(
            "    WSGIDaemonProcess d\n"
            + MOUNT
            + "<Location />\n    WSGIProcessGroup d\n</Location>\n"
            + OPENED.format("/srv/a")
        ),
        *("repair", "safe", "safe"),
    ),
    "a group that is defined twice": Row(
        "duplicate-daemon-process",
        host("    WSGIDaemonProcess d\n    WSGIDaemonProcess d\n    WSGIProcessGroup d\n" + MOUNT),
        *("safe", "safe", "safe"),
    ),
    "words of 2.2 in a server of 2.2": Row(
        "old-access-directives",
        host(APP + OLD),
        *("unsafe", "safe", "safe"),
        baseline="ServerName main.test\nListen 80\n<Directory />\n    Order deny,allow\n    Deny from all\n</Directory>\n",
    ),
    "words of 2.2 in a server of 2.4": Row("old-access-directives", host(APP + OLD), *("unsafe", "repair", "repair")),
}


def _comes_out(row: Row, text: str, *, whole: bool, disk: bool, denies: str = "") -> str:
    rule = all_rules()[row.rule]
    path = "/etc/apache2/apache2.conf" if whole else "/etc/apache2/site.conf"
    files = Memory({path: row.baseline + text if whole else text, **DISK})
    (source,) = find_sources(files, [path])
    job = Job(source._replace(denies=denies), [rule], disk=files if disk else None)
    if not check(job):
        return "-"
    for level in Applicability:
        if any(one.rule == row.rule for one in fix(job, level, proof=objection).applied):
            return level.label
    return "reported"


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_how_it_comes_out(row: Row) -> None:
    told = {
        "fragment": _comes_out(row, row.text, whole=False, disk=False),
        "whole": _comes_out(row, row.text, whole=True, disk=False),
        "root": _comes_out(row, row.text, whole=True, disk=True),
    }
    wanted = {"fragment": row.fragment, "whole": row.whole, "root": row.root}
    if row.assumed:
        told["assumed"] = _comes_out(row, row.text, whole=False, disk=False, denies="2.4")
        wanted["assumed"] = row.assumed
    assert told == wanted
