"""What the cases of what httpd cannot read share: it starts after the fix, or what was dead comes to life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..application import app
from ..case import Case, Expectation, Level, StartsAfter
from ..probe import probes
from . import opened, opened_file

SITE = "http://a.example"
APP, SHUT, FILE = {"who": "application", "status": 200}, {"who": "httpd", "status": 403}, {"body": "STYLE"}
GROUP = {**APP, "process_group": "site"}
TREE = {
    "/srv/site/app.wsgi": app(),
    "/srv/site/static/a.css": "STYLE",
    "/srv/site/private/notes.txt": "SECRET",
    "/srv/site/vault/notes.txt": "SECRET",
    "/srv/other/notes.txt": "SECRET",
}
MOUNT = "WSGIScriptAlias / /srv/site/app.wsgi\n"
ALIAS = "Alias /static /srv/site/static\n"
OTHER = "Alias /other /srv/other\n"
OPEN = opened("/srv/site")
#: What changes where a host no longer answers to a name, and the first one does.
MOVED = {
    "vhost": ("a.example:80", "first.example:80"),
    "application_group": ("a.example|", "first.example|"),
}
#: What changes where a host answers to a name again.
BACK = {key: (after, before) for key, (before, after) in MOVED.items()}
HOLD = opened_file("/srv/site", "app.wsgi")
DAEMON = "WSGIDaemonProcess site threads=2\n"


def case(
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
        tree=TREE,
        probes=probes(*(path if "://" in path else f"{SITE}{path}" for path in paths)),
        expect=expect,
        equivalent=equivalent or {},
    )


def start(
    name: str,
    rule: str,
    message: str,
    before: str,
    answers: Mapping[str, Mapping[str, Any]],
    level: Level = "safe",
    equivalent: Mapping[str, str] | None = None,
) -> Case:
    """``answers`` by path."""
    told = {f"{SITE}{path}": answer for path, answer in answers.items()}
    return case(name, rule, level, before, StartsAfter(message, told), *answers, equivalent=equivalent)
