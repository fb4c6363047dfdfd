"""The harness, proven by verdicts which are known: what httpd and mod_wsgi do was settled by hand before."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from . import install
from .application import app
from .conftest import Serve
from .probe import Probe, probes
from .root import Link, Tree
from .server import Base, Mpm, Setup, run

TREE: Tree = {
    "app/app.wsgi": app(),
    "app/secret.py": "SECRET",
    "other/other.wsgi": app("other"),
    "static/x.css": "STATIC x",
    "staticfoo": "NEIGHBOUR",
    "outside/hosts": "OUTSIDE",
    "static/link": Link("@ROOT@/outside"),
    "/home/someone/page.txt": "HOME page",
}
GRANT = "<Directory @ROOT@/%s>\n    Require all granted\n</Directory>\n"
SITE = GRANT % "app" + GRANT % "static"
GROUP = "WSGIDaemonProcess site threads=2\n"


def host(name: str, *lines: str, port: int = 80) -> str:
    """A virtual host; without a name it has none."""
    named = f"ServerName {name}\n" if name else ""
    return f"<VirtualHost *:{port}>\n{named}" + "\n".join(lines) + "\n</VirtualHost>\n"


MOUNT = "WSGIScriptAlias / @ROOT@/app/app.wsgi"
USE = "WSGIProcessGroup site"
LOG_A = "ErrorLog /var/log/apache2/a.log"
A, STATIC = "http://a.example/", "http://a.example/static/x.css"
#: Sent to port 80, with this in its Host header.
FORGED = "http://a.example:9999/"


@dataclass(frozen=True, slots=True)
class Claim:
    """A configuration, and what the server makes of it: fields of answers by URL, or why it refuses."""

    name: str
    conf: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuses: str = ""
    base: Base = "2.4"
    mpm: Mpm = "event"
    modules: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


APPLICATION = {"status": 200, "who": "application"}
REFUSED = {"status": 403, "who": "httpd"}

CLAIMS = [
    Claim(
        "a group's name may be given once",
        host("a.example", GROUP) + host("b.example", GROUP),
        refuses="Name duplicates previous WSGI daemon definition.",
    ),
    Claim(
        "names of groups are case-sensitive",
        GROUP + "WSGIDaemonProcess Site\n" + SITE + host("a.example", USE, MOUNT),
        {A: APPLICATION | {"process_group": "site"}},
    ),
    Claim(
        "hosts of one ServerName share a group, in either order",
        SITE + host("a.example", USE, MOUNT, port=8080) + host("a.example", GROUP, USE, MOUNT),
        {
            A: APPLICATION | {"process_group": "site", "application_group": "a.example|"},
            "http://a.example:8080/": APPLICATION | {"process_group": "site", "application_group": "a.example:8080|"},
        },
    ),
    Claim(
        "hosts of two names do not",
        SITE + host("a.example", GROUP, USE, MOUNT) + host("b.example", USE, MOUNT),
        {A: APPLICATION, "http://b.example/": {"status": 500, "who": "httpd"}},
    ),
    Claim(
        "a ServerAlias is no ServerName",
        SITE + host("a.example", GROUP, USE, MOUNT) + host("b.example", "ServerAlias a.example", USE, MOUNT),
        {"http://b.example/": {"status": 500}},
    ),
    Claim("a global group serves all hosts", SITE + host("a.example", USE, MOUNT) + GROUP, {A: APPLICATION}),
    Claim("an undefined group is a 500", SITE + host("a.example", USE, MOUNT), {A: {"status": 500}}),
    Claim(
        "both options on the alias need the group earlier",
        SITE + host("a.example", MOUNT + " process-group=site application-group=one") + GROUP,
        refuses="WSGI process group not yet configured.",
    ),
    Claim(
        "and its ServerName as well",
        SITE + host("", GROUP, MOUNT + " process-group=site application-group=one", "ServerName a.example"),
        {A: APPLICATION | {"application_group": "one"}},
    ),
    Claim(
        "an Alias beats WSGIScriptAlias, though it comes later",
        SITE + host("a.example", MOUNT, "Alias / @ROOT@/static/"),
        {A: REFUSED, "http://a.example/x.css": {"status": 200, "who": "file", "body": "STATIC x"}},
    ),
    Claim(
        "an AliasMatch does, too",
        SITE + host("a.example", MOUNT, "AliasMatch ^/static/(.*)$ @ROOT@/static/$1"),
        {A: APPLICATION, STATIC: {"who": "file", "mapped": "/srv/site/static/x.css"}},
    ),
    Claim(
        "a slash on one side only makes another path",
        SITE
        + "<Directory @ROOT@>\nRequire all granted\n</Directory>\n"
        + host("a.example", MOUNT, "Alias /static/ @ROOT@/static"),
        {"http://a.example/static/foo": {"who": "file", "body": "NEIGHBOUR"}},
    ),
    Claim(
        "a Location's grant overrides a Directory's refusal",
        host("a.example", "Alias /app @ROOT@/app", "<Location />", "Require all granted", "</Location>"),
        {"http://a.example/app/secret.py": {"who": "file", "body": "SECRET"}},
    ),
    Claim(
        "a Location's 2.2 grant does not override a 2.4 refusal",
        host("a.example", MOUNT, "<Location />", "Order deny,allow", "Allow from all", "</Location>"),
        {A: REFUSED},
    ),
    Claim(
        "but it does a 2.2 refusal",
        host("a.example", MOUNT, "<Location />", "Order deny,allow", "Allow from all", "</Location>"),
        {A: APPLICATION},
        base="2.2",
    ),
    Claim("a 2.4 grant does not override a 2.2 refusal", SITE + host("a.example", MOUNT), {A: REFUSED}, base="2.2"),
    Claim("without a base, all is granted", host("a.example", MOUNT), {A: APPLICATION}, base=None),
    Claim(
        "a link in a granted directory leads outside",
        SITE + host("a.example", "Alias /static @ROOT@/static"),
        {"http://a.example/static/link/hosts": {"who": "file", "body": "OUTSIDE"}},
    ),
    Claim(
        "unless links are not followed",
        SITE
        + "<Directory @ROOT@/static>\nOptions -FollowSymLinks\n</Directory>\n"
        + host("a.example", "Alias /static @ROOT@/static"),
        {"http://a.example/static/link/hosts": REFUSED, STATIC: {"who": "file"}},
    ),
    Claim(
        "the first of two mounts wins",
        SITE + GRANT % "other" + host("a.example", MOUNT, "WSGIScriptAlias /other @ROOT@/other/other.wsgi"),
        {"http://a.example/other": {"label": "app", "script_name": "", "path_info": "/other"}},
    ),
    Claim(
        "a later Location decides",
        SITE
        + host(
            "a.example",
            MOUNT,
            "<Location /admin>",
            "Require all denied",
            "</Location>",
            "<Location />",
            "Require all granted",
            "</Location>",
        ),
        {"http://a.example/admin": APPLICATION},
    ),
    Claim(
        "a port in the Host header names another interpreter",
        SITE + host("a.example", GROUP, USE, MOUNT),
        {FORGED: {"application_group": "a.example:9999|"}},
    ),
    Claim(
        "NameVirtualHost starts",
        "NameVirtualHost *:80\n" + SITE + host("a.example", MOUNT),
        {A: APPLICATION},
    ),
    Claim("Require is not allowed in a host", host("a.example", "Require all granted"), refuses="Require not allowed"),
    Claim("a wrong closing tag refuses", "<Location />\n</LocationMatch>\n", refuses="Expected </Location> but saw"),
    Claim("a misspelled section refuses", "<virualhost *:80>\n</virtualhost>\n", refuses="Expected </virualhost>"),
    Claim(
        "embedded under prefork is single-threaded",
        SITE + host("a.example", MOUNT),
        {A: APPLICATION | {"process_group": "", "multithread": False}},
        mpm="prefork",
    ),
    Claim(
        "user= changes the uid, and the application's log goes to its host's",
        SITE + host("a.example", "WSGIDaemonProcess site user=nobody home=/", USE, MOUNT, LOG_A),
        {A: APPLICATION | {"uid": 65534, "error_logs": ("/var/log/apache2/a.log",)}},
    ),
    Claim(
        "a group of another host with another log loses the application's lines",
        SITE
        + host("a.example", GROUP, USE, MOUNT, LOG_A)
        + host("a.example", USE, MOUNT, "ErrorLog /var/log/apache2/b.log", port=8080),
        {A: {"error_logs": ("/var/log/apache2/a.log",)}, "http://a.example:8080/": APPLICATION | {"error_logs": ()}},
    ),
    Claim(
        "real paths, wildcards and regular expressions match",
        "<Directory /home/*/>\nRequire all denied\n</Directory>\n"
        '<DirectoryMatch "^/home/some[a-z]+/">\nRequire all granted\n</DirectoryMatch>\n'
        + host("a.example", "Alias /home /home/someone"),
        {"http://a.example/home/page.txt": {"who": "file", "mapped": "/home/someone/page.txt"}},
    ),
]


def _forged(probe: Probe) -> Probe:
    return Probe("a.example:9999", probe.path, 80) if str(probe) == FORGED else probe


@pytest.mark.parametrize("claim", CLAIMS, ids=str)
def test_known_verdict(claim: Claim, serve: Serve) -> None:
    asked = tuple(map(_forged, probes(*claim.answers)))
    ports = tuple({probe.port for probe in asked} | {80})
    setup = Setup({"site.conf": claim.conf}, TREE, claim.base, claim.mpm, ports, claim.modules)
    done = serve(setup, asked)
    if claim.refuses:
        assert not done.started
        assert any(claim.refuses in line for line in done.messages), done.messages
        return
    assert done.started, done.messages
    for expected, answer in zip(claim.answers.values(), done.answers.values(), strict=True):
        assert {name: getattr(answer, name) for name in expected} == expected, answer


def test_the_mod_wsgi_under_test_is_the_one_that_runs(httpd: Path) -> None:
    """Whatever the configuration loads: another build is compared by its number."""
    found = install.find()
    assert not isinstance(found, str)
    script = f"import mod_wsgi\n{app()}\nLABEL = '.'.join(map(str, mod_wsgi.version))\n"
    loads = f"LoadModule wsgi_module {found.modules / 'mod_wsgi.so'}\n"
    mount = "WSGIScriptAlias / @ROOT@/app.wsgi\n" + GRANT % "."
    setup = Setup({"site.conf": loads + mount}, {"app.wsgi": script}, modules=("wsgi",))
    label = run(setup, probes(A), httpd)[A].label
    assert tuple(map(int, label.split("."))) == install.mod_wsgi_version(found)
