"""What rules believe of scripts and the processes that they share, on a real server."""

from __future__ import annotations

import pytest

from .application import app
from .cases import opened
from .conftest import Serve
from .probe import probes
from .server import Setup

_HOST = "http://a.example"


def _script(line: str) -> str:
    """A script that sets ``SITE``, and answers with what it has then."""
    return f"import os\n{line}\n" + app().replace('"label": LABEL', '"label": os.environ["SITE"]')


@pytest.mark.parametrize(
    ("line", "options", "label"),
    [
        # An interpreter copies the environment of the process when it is made.
        ("os.environ.setdefault('SITE', 'two')", "", "one"),
        ("os.environ['SITE'] = 'two'", "", "two"),
        ("os.environ.setdefault('SITE', 'two')", " application-group=%{GLOBAL}", "one"),
        ("os.environ.setdefault('SITE', 'two')", " process-group=other", "two"),
    ],
)
def test_what_one_script_sets_the_next_one_finds(serve: Serve, line: str, options: str, label: str) -> None:
    conf = f"""\
WSGIDaemonProcess site
WSGIDaemonProcess other
WSGIProcessGroup site
WSGIScriptAlias /one /srv/w/one.wsgi{options.replace("other", "site")}
WSGIScriptAlias /two /srv/w/two.wsgi{options}
{opened("/srv/w")}"""
    tree = {"/srv/w/one.wsgi": _script("os.environ['SITE'] = 'one'"), "/srv/w/two.wsgi": _script(line)}
    done = serve(Setup({"site.conf": conf}, tree), probes(f"{_HOST}/one", f"{_HOST}/two"))
    assert [done[f"{_HOST}/{name}"].label for name in ("one", "two")] == ["one", label]


@pytest.mark.parametrize(
    "where", ["AddHandler wsgi-script .wsgi", "SetHandler wsgi-script", "ForceType application/x-httpd-wsgi"]
)
@pytest.mark.parametrize(("option", "status"), [("", 403), ("Options +ExecCGI", 200)])
def test_a_handler_runs_a_script_only_with_execcgi(serve: Serve, where: str, option: str, status: int) -> None:
    conf = f"Alias /w /srv/w\n<Directory /srv/w>\n{option}\n{where}\n</Directory>\n{opened('/srv/w')}"
    done = serve(Setup({"site.conf": conf}, {"/srv/w/hello.wsgi": app()}), probes(f"{_HOST}/w/hello.wsgi"))
    assert done[f"{_HOST}/w/hello.wsgi"].status == status
