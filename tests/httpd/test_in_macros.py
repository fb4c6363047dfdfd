"""Fixes in macros, asked of a real httpd: it answers as for the hosts written out and fixed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import job_of
from test_in_macros import expanded

from modwsgi_fix.edits import Applicability
from modwsgi_fix.engine import fix
from modwsgi_fix.rule import all_rules

from .application import app
from .probe import Probe, probes
from .root import Tree
from .server import Run, Setup, run

_TREE: Tree = {
    path: text
    for name in ("shop", "blog")
    for path, text in {
        f"/srv/{name}/app.wsgi": app(),
        f"/srv/{name}/static/a.css": "STYLE",
    }.items()
}
_ASKED = probes(*(f"http://{name}.example/{path}" for name in ("shop", "blog") for path in ("", "static/a.css")))
_USES = "Use Site shop static\nUse Site blog static\n"
#: What the macro has in its hosts, the level of its fixes, and the answers of each host then: the application's, and a file's.
BODIES = {
    "nothing opens the script": ("", Applicability.REPAIR, (200, 403)),
    "grants by URL": (
        "    <Location />\n        Require all granted\n    </Location>\n",
        Applicability.REPAIR,
        (200, 200),
    ),
    "the words of 2.2": (
        "    <Directory /srv/$name>\n        <Files app.wsgi>\n            Order allow,deny\n            Allow from all\n"
        "        </Files>\n    </Directory>\n",
        Applicability.UNSAFE,
        (200, 200),
    ),
    "a group that is defined twice": (
        "    WSGIDaemonProcess $name threads=2\n    WSGIDaemonProcess $name threads=2\n    <Location />\n"
        "        WSGIProcessGroup $name\n    </Location>\n",
        Applicability.REPAIR,
        (200, 403),
    ),
}
_SITE = """\
<Macro Site $name $files>
<VirtualHost *:80>
    ServerName $name.example
    Alias /$files/ /srv/$name/$files/
    WSGIScriptAlias / /srv/$name/app.wsgi
{}</VirtualHost>
</Macro>
"""


def _run(text: str, directory: Path) -> Run:
    return run(Setup({"site.conf": text}, _TREE, modules=("macro", "access_compat")), _ASKED, directory)


def _fixed(text: str, level: Applicability) -> str:
    baseline = "ServerName main.example\n<Directory />\n    Require all denied\n</Directory>\nInclude site.conf\n"
    done = fix(
        job_of({"/etc/apache2/apache2.conf": baseline, "/etc/apache2/site.conf": text}, *all_rules().values()), level
    )
    return next(file.after for file in done.files if file.path.endswith("site.conf"))


@pytest.mark.parametrize(("lines", "level", "expected"), BODIES.values(), ids=BODIES)
def test_fixed_macros_are_answered_as_fixed_hosts(
    lines: str, level: Applicability, expected: tuple[int, ...], httpd: Path
) -> None:
    text = _SITE.format(lines) + _USES
    mine = _fixed(text, level)
    assert mine.endswith(_USES), "each use is as it was"
    assert mine != text
    answers = [_answers(_run(each, httpd)) for each in (mine, _fixed(expanded(text), level))]
    assert answers[0] == answers[1]
    assert [status for status, _ in answers[0].values()] == [*expected, *expected]


def _answers(done: Run) -> dict[Probe, tuple[int, str]]:
    assert done.started, done.messages
    return {asked: (done.answers[asked].status, done.answers[asked].who) for asked in _ASKED}
