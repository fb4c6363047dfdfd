"""Scripts of real frameworks, without an application until they are fixed, on a real httpd: one host for each.

The frameworks are those of tests/test_frameworks.py, which ``make frameworks`` installs; without them there is nothing to run.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from test_frameworks import PYTHON, SCRIPTS

from modwsgi_fix import api

from . import product
from .cases import opened
from .probe import probes
from .server import Run, Setup, run

_HOSTS = {name: f"f{at}.example" for at, name in enumerate(SCRIPTS)}
_SHOP = """\
from pyramid.config import Configurator
from pyramid.response import Response
def hello(request):
    return Response("hello")
"""
#: Where its packages are; they are loaded by the Python of mod_wsgi, which is of the same version.
_PACKAGES = sorted(PYTHON.parent.parent.glob("lib/python3.*/site-packages"))


@pytest.mark.skipif(not _PACKAGES, reason="the frameworks are not installed: make frameworks")
def test_every_fixed_script_answers_under_mod_wsgi(httpd: Path) -> None:
    conf = f"WSGIDaemonProcess site python-path={_PACKAGES[0]}\nWSGIProcessGroup site\n{opened('/srv/w')}"
    tree = {}
    for name, host in _HOSTS.items():
        script = f"/srv/w/{host}.wsgi"
        conf += f"<VirtualHost *:80>\n    ServerName {host}\n    WSGIScriptAlias / {script}\n</VirtualHost>\n"
        tree[script] = _fixed(SCRIPTS[name])
    urls = {name: f"http://{host}/" for name, host in _HOSTS.items()}
    done = run(Setup({"site.conf": conf}, tree), probes(*urls.values()), httpd)
    assert done.started, done.messages
    _skip_another_python(done)
    answers = {name: (done[url].status, done[url].body) for name, url in urls.items()}
    assert answers == dict.fromkeys(SCRIPTS, (200, "hello")), done.log


@pytest.mark.skipif(not _PACKAGES, reason="the frameworks are not installed: make frameworks")
def test_a_configuration_of_pyramid_that_is_named_by_a_relative_path(httpd: Path) -> None:
    conf = (
        f"WSGIDaemonProcess site python-path=/srv/w:{_PACKAGES[0]}\nWSGIProcessGroup site\n"
        f"WSGIScriptAlias / /srv/w/app.wsgi\n{opened('/srv/w')}"
    )
    tree = {
        "/srv/w/production.ini": "[app:main]\nuse = call:shop:main\n",
        "/srv/w/shop.py": f"{_SHOP}def main(global_config):\n    config = Configurator()\n"
        "    config.add_route('hello', '/')\n    config.add_view(hello, route_name='hello')\n"
        "    return config.make_wsgi_app()\n",
    }
    script = "from pyramid.paster import get_app\napplication = get_app('production.ini', 'main')\n"
    texts = {"site.conf": conf, "/srv/w/app.wsgi": script}
    after = product.fixed(texts, "repair", ["working-directory-in-script"], disk=tree)
    answers = [
        run(Setup({"site.conf": conf}, {**tree, "/srv/w/app.wsgi": text}), probes("http://a.example/"), httpd)
        for text in (script, after["/srv/w/app.wsgi"])
    ]
    _skip_another_python(answers[0])
    assert [one["http://a.example/"].status for one in answers] == [500, 200], answers[1].log
    assert answers[1]["http://a.example/"].body == "hello"


def _skip_another_python(done: Run) -> None:
    version = _PACKAGES[0].parent.name.removeprefix("python")
    if f"Python/{version}" not in done.log:
        pytest.skip(f"mod_wsgi has another Python than the {version} of the frameworks")


def _fixed(text: str) -> str:
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "app.wsgi"
        script.write_text(text)
        api.load([script]).fix(level="repair").write()
        return script.read_text()
