"""The role ``migrate`` on private servers of httpd: each is moved and answers, or is as it was, and no further one is touched."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import plays
import pytest
from plays import LOCAL

_HTTPD = next(filter(os.path.exists, ("/usr/sbin/apache2", "/usr/sbin/httpd")), "")
_MODULES = Path("/usr/lib/apache2/modules")
pytestmark = [
    pytest.mark.slow,
    plays.needed,
    pytest.mark.skipif(
        not _HTTPD or not (_MODULES / "mod_wsgi.so").exists() or os.geteuid() != 0,
        reason="no httpd with mod_wsgi in /usr/lib/apache2/modules, or not root",
    ),
]

_LOADED = ("mpm_event", "authz_core", "access_compat", "alias", "dir", "mime", "wsgi")
#: The alias hides the application, until it is narrowed.
_SITE = """\
<VirtualHost *>
    ServerName shop.test
    Alias / {top}/apps/
    WSGIScriptAlias / {top}/shop.wsgi
    <Directory {top}>
        Require all granted
    </Directory>
</VirtualHost>
"""
_APPLICATION = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"the shop"]
"""


class Server(NamedTuple):
    """A server of httpd of its own, with its files below ``top``."""

    top: Path
    address: str

    @property
    def site(self) -> Path:
        return self.top / "conf/sites/shop.conf"

    @property
    def words(self) -> str:
        return f"{_HTTPD} -d {self.top}/conf -f {self.top}/conf/httpd.conf"

    def settles(self, *wanted: int) -> bool:
        """Whether the start page comes to one of these statuses; a server that was told to restart needs a moment."""
        for _ in range(200):
            if self.answer() in wanted:
                return True
            time.sleep(0.05)
        return False

    def answer(self) -> int:
        """The status of the start page."""
        try:
            with urllib.request.urlopen(f"http://{self.address}/", timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


def _written(top: Path, address: str) -> Server:
    for name in ("conf/sites", "apps/welcome/static", "run"):
        (top / name).mkdir(parents=True)
    (top / "apps/welcome/static/a.css").write_text("a {}\n")
    (top / "shop.wsgi").write_text(_APPLICATION)
    loaded = "".join(f"LoadModule {name}_module {_MODULES}/mod_{name}.so\n" for name in _LOADED)
    (top / "conf/httpd.conf").write_text(
        f"ServerRoot {top}/conf\nServerName localhost\nListen {address}\nPidFile {top}/run/httpd.pid\nDefaultRuntimeDir {top}/run\n"
        f"Mutex file:{top}/run default\nErrorLog {top}/run/error.log\nUser www-data\nGroup www-data\nTypesConfig /dev/null\n{loaded}"
        f"<Directory />\n    Require all denied\n</Directory>\nInclude sites/*.conf\n"
    )
    server = Server(top, address)
    server.site.write_text(_SITE.format(top=top))
    return server


@contextmanager
def running(top: Path) -> Iterator[Server]:
    """A server that ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.3", 0))
        address = f"127.0.0.3:{free.getsockname()[1]}"
    server = _written(top, address)
    process = subprocess.Popen(f"exec {server.words} -DFOREGROUND", shell=True, start_new_session=True)
    try:
        for _ in range(200):
            if (top / "run/httpd.pid").exists() and not socket.socket().connect_ex(("127.0.0.3", int(address[10:]))):
                break
            time.sleep(0.05)
        yield server
    finally:
        os.killpg(process.pid, 9)
        process.wait()


@pytest.fixture
def servers() -> Iterator[Mapping[str, Server]]:
    """Three servers, in a directory that httpd's own user can read."""
    directory = Path(tempfile.mkdtemp(prefix="migrate-"))
    directory.chmod(0o755)
    try:
        with ExitStack() as stack:
            yield {name: stack.enter_context(running(directory / name)) for name in ("one", "two", "three")}
    finally:
        shutil.rmtree(directory)


def host(server: Server, expected: int) -> dict[str, Any]:
    return {
        **LOCAL,
        "migrate_paths": [f"{server.top}/conf"],
        "migrate_root": "/",
        "migrate_configtest": f"{server.words} -t",
        "migrate_graceful": f"{server.words} -k graceful",
        "migrate_probes": [{"url": f"http://{server.address}/", "status": expected}],
        "migrate_retries": 1 if expected != 200 else 10,
    }


def test_it_stops_at_the_first_server_whose_probe_fails_and_takes_it_back(
    servers: Mapping[str, Server], tmp_path: Path
) -> None:
    before = {name: server.site.read_bytes() for name, server in servers.items()}
    assert {server.answer() for server in servers.values()} <= {403, 404}
    expected = {"one": 200, "two": 418, "three": 200}
    hosts = {name: host(server, expected[name]) for name, server in servers.items()}
    played = plays.play(tmp_path, hosts, "modwsgi.fix.migrate")
    assert played.code == 2, played.out

    one, two, three = servers.values()
    assert one.site.read_bytes() != before["one"]
    assert one.settles(200)
    assert two.site.read_bytes() == before["two"]
    assert two.settles(403, 404)
    stopped = [said for said in played.told if said.host == "two"][-1]
    assert stopped.how == "failed"
    assert stopped.result["msg"].startswith("Ask the server: ")
    assert stopped.result["msg"].endswith("; the server is as it was")
    assert three.site.read_bytes() == before["three"]
    assert not [said for said in played.told if said.host == "three"]


def test_a_server_that_its_configtest_refuses_is_not_touched(servers: Mapping[str, Server], tmp_path: Path) -> None:
    two = servers["two"]
    # Mended without a look at the disk: without a root the role leaves that option out.
    two.site.write_text(two.site.read_text() + "WSGIDaemonProcess shop\n" * 2)
    before = two.site.read_bytes()
    hosts = {
        "two": {
            **host(two, 200),
            "migrate_configtest": "echo AH00526; false",
            "migrate_graceful": f"touch {tmp_path}/graceful",
        }
    }
    del hosts["two"]["migrate_root"]
    played = plays.play(tmp_path, hosts, "modwsgi.fix.migrate")
    assert played.code == 2, played.out
    assert two.site.read_bytes() == before
    assert "AH00526" in played.told[-1].result["msg"]
    assert not (tmp_path / "graceful").exists()
