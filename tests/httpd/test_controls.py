"""The controls: a case tells a right fix from a wrong one, a declaration from a lie, and leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from .application import app
from .case import Case, Equal, EqualExcept, StartsAfter, prove
from .conftest import Prove, alive
from .mutations import mutations
from .probe import probes
from .server import Setup, run

HIDDEN = """\
WSGIDaemonProcess site threads=2
<VirtualHost *:80>
    ServerName a.example
    WSGIProcessGroup site
    Alias / /srv/web/apps/
    WSGIScriptAlias / /srv/web/handler.wsgi
    <Directory /srv/web>
        Order allow,deny
        Allow from all
        Require all granted
    </Directory>
</VirtualHost>
"""
SHOWN = HIDDEN.replace(
    "    Alias / /srv/web/apps/\n", "    AliasMatch ^/([^/]+)/static/(.*)$ /srv/web/apps/$1/static/$2\n"
)

ALIAS = Case(
    name="an alias hides the application",
    rules=("alias-hides-application",),
    level="repair",
    before={"site.conf": HIDDEN},
    tree={
        "/srv/web/handler.wsgi": app(),
        "/srv/web/apps/welcome/static/base.css": "STYLE",
        "/srv/web/apps/welcome/models/db.py": "SECRET",
    },
    probes=probes(
        "http://a.example/", "http://a.example/welcome/static/base.css", "http://a.example/welcome/models/db.py"
    ),
    # The bare / was a directory without an index: 403 by httpd.
    expect=EqualExcept(regained=("http://a.example/",), closed=("http://a.example/welcome/models/db.py",)),
)

TWICE = "WSGIDaemonProcess site threads=2\n" * 2 + "WSGIScriptAlias / /srv/web/handler.wsgi\nWSGIProcessGroup site\n"
OPEN = "<Directory /srv/web>\n    Require all granted\n    Allow from all\n</Directory>\n"

DUPLICATE = Case(
    name="a group defined twice",
    rules=("duplicate-daemon-process",),
    level="safe",
    before={"site.conf": TWICE + OPEN},
    tree={"/srv/web/handler.wsgi": app()},
    probes=probes("http://a.example/"),
    expect=StartsAfter(
        "Name duplicates previous WSGI daemon definition",
        {"http://a.example/": {"who": "application", "process_group": "site"}},
    ),
)

EFFECTLESS = Case(
    name="a directive without effect",
    rules=("name-virtual-host",),
    level="safe",
    before={"site.conf": "NameVirtualHost *:80\n" + SHOWN},
    tree=ALIAS.tree,
    probes=ALIAS.probes,
    expect=Equal(),
)

FIXED = {
    ALIAS.name: {"site.conf": SHOWN},
    DUPLICATE.name: {"site.conf": TWICE.partition("\n")[2] + OPEN},
    EFFECTLESS.name: {"site.conf": SHOWN},
}


@pytest.mark.parametrize("case", [ALIAS, DUPLICATE, EFFECTLESS], ids=str)
def test_a_right_fix_is_proven_and_every_mutant_caught(case: Case, prove_case: Prove) -> None:
    proof = prove_case(case, FIXED[case.name])
    assert proof.mutants >= 1


def _violations(case: Case, fixed: str, directory: Path) -> str:
    quick = replace(case, bases=("2.4",), mpms=("event",))
    return "\n".join(prove(quick, {"site.conf": fixed}, directory).violations)


def test_a_fix_that_does_nothing_is_not_one(httpd: Path) -> None:
    assert "should have been regained" in _violations(ALIAS, HIDDEN, httpd)
    assert "does not start after the fix" in _violations(DUPLICATE, TWICE + OPEN, httpd)


def test_a_fix_that_loses_a_static_file_is_seen(httpd: Path) -> None:
    assert "base.css: {'who'" in _violations(ALIAS, HIDDEN.replace("    Alias / /srv/web/apps/\n", ""), httpd)


def test_a_fix_that_opens_something_is_seen(httpd: Path) -> None:
    case = replace(ALIAS, before={"site.conf": SHOWN}, expect=Equal())
    opened = SHOWN.replace(
        "AliasMatch ^/([^/]+)/static/(.*)$ /srv/web/apps/$1/static/$2", "Alias /welcome /srv/web/apps/welcome"
    )
    assert "models/db.py: {'who': ('application', 'file')" in _violations(case, opened, httpd)


def test_a_fix_that_moves_the_application_elsewhere_is_seen(httpd: Path) -> None:
    case = replace(EFFECTLESS, before={"site.conf": SHOWN})
    other = SHOWN.replace("WSGIProcessGroup site", "WSGIProcessGroup site\n    ErrorLog /var/log/apache2/a.log")
    assert "'error_logs': (('/srv/harness/logs/error.log',), ('/var/log/apache2/a.log',))" in _violations(
        case, other, httpd
    )
    embedded = SHOWN.replace("    WSGIProcessGroup site\n", "")
    assert "'process_group': ('site', '')" in _violations(case, embedded, httpd)


def test_a_file_that_is_not_served_is_seen(httpd: Path) -> None:
    style = "http://a.example/welcome/static/base.css"
    case = replace(EFFECTLESS, before={"site.conf": SHOWN}, level="repair")
    declared = EqualExcept(served=("http://a.example/", style))
    found = _violations(replace(case, expect=declared), SHOWN, httpd)
    assert "http://a.example/: should have been served: 200 by application" in found
    assert f"{style}: should have been served: 200 by file" in found  # and was before
    hidden = SHOWN.replace("AliasMatch", "#AliasMatch")
    proven = replace(case, before={"site.conf": hidden}, expect=EqualExcept(served=(style,)))
    assert "should have been served" not in _violations(proven, SHOWN, httpd)


def test_a_safe_fix_may_not_declare_a_change(httpd: Path) -> None:
    case = replace(ALIAS, level="safe")
    assert "a safe fix changes no answer" in _violations(case, SHOWN, httpd)


def test_a_mutant_that_no_probe_tells_apart_must_be_explained(httpd: Path) -> None:
    blind = replace(ALIAS, probes=probes("http://a.example/"), expect=EqualExcept(regained=("http://a.example/",)))
    assert "no probe tells this mutant from the fix: site.conf: elsewhere" in _violations(blind, SHOWN, httpd)
    explained = replace(blind, equivalent={"site.conf: elsewhere: *": "no static file is asked for"})
    assert _violations(explained, SHOWN, httpd) == ""
    assert "was told apart" in _violations(replace(ALIAS, equivalent=explained.equivalent), SHOWN, httpd)
    assert "no mutant is called x" in _violations(replace(ALIAS, equivalent={"x": "?"}), SHOWN, httpd)


def test_kinds_of_mutants() -> None:
    before = "Alias / /srv/apps/\nServerName a\n"
    after = "Alias /s /srv/apps/s\n<Directory /srv/apps/s>\n    Require all granted\n</Directory>\nServerName a\n"
    names = [mutant.name for mutant in mutations({"x": before}, {"x": after})]
    assert names == [
        "x: drop: -Alias / /srv/apps/ +Alias /s /srv/apps/s",
        "x: elsewhere: Alias /s /srv/apps/s",
        "x: elsewhere: <Directory /srv/apps/s>",
        "x: parent: <Directory /srv/apps/s>",
        "x: opposite: Require all granted",
        "x: misspelt: Alias /s /srv/apps/s",
        "x: swap: Alias /s /srv/apps/s / <Directory /srv/apps/s>",
    ]
    assert [mutant.name for mutant in mutations({"x": "A\nB\nC\n"}, {"x": "B\nC\n"})] == ["x: drop: -A", "x: widen: B"]


def test_nothing_is_left_behind(httpd: Path) -> None:
    before = set(httpd.iterdir())
    setup = Setup({"site.conf": SHOWN}, ALIAS.tree, base=None)
    done = run(setup, ALIAS.probes, httpd)
    assert done["http://a.example/"].who == "application"
    assert set(httpd.iterdir()) == before
    assert alive(str(httpd)) == []


def test_a_fix_that_loses_what_it_moves_is_seen(httpd: Path) -> None:
    moved = "WSGIDaemonProcess other\nWSGIDaemonProcess site threads=2\n"
    before = moved + "WSGIScriptAlias / /srv/web/handler.wsgi\nWSGIProcessGroup site\n" + OPEN
    case = replace(EFFECTLESS, before={"site.conf": before}, probes=probes("http://a.example/"), moves=True)
    lost = "more than moved: lost ['WSGIDaemonProcess other'], new []"
    assert lost in _violations(case, before.replace("WSGIDaemonProcess other\n", ""), httpd)
    assert "moved" not in _violations(case, before.replace(moved, "") + moved, httpd)
    assert "does not accept" in _violations(case, before.replace("site threads=2", "other"), httpd)
