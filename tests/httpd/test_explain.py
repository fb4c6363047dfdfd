"""Each message of the table of ``explain`` is one that a real server writes, and is explained by that server's files."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from modwsgi_fix.cli import main
from modwsgi_fix.explain.messages import MESSAGES

from . import install
from .conftest import Serve
from .explaining import LOGS, explained, faults, keys, names_in, recorded
from .messages import ELSEWHERE, SCENES, Scene
from .probe import probes
from .server import Setup

_FOUND = install.find()
_VERSION = (4, 9) if isinstance(_FOUND, str) else install.mod_wsgi_version(_FOUND)[:2]
#: The texts of the table are those of these releases; others write some of them otherwise, or not at all.
of_this_release = pytest.mark.skipif(
    _VERSION != (4, 9) and _VERSION[0] != 5, reason="the table has the texts of mod_wsgi 4.9 and 5"
)
#: What Python itself writes where it does not start. mod_wsgi 5 is told instead of the process being ended, and writes that.
_ENDED = {"no-encodings", "no-codec"}

#: Set to keep what the servers write for the tests that have none.
_RECORD = "MODWSGI_FIX_RECORD_LOGS"


@of_this_release
@pytest.mark.parametrize(("key", "scene"), list(zip(keys(), SCENES, strict=True)), ids=keys())
def test_a_server_writes_it(
    key: str, scene: Scene, serve: Serve, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    setup = Setup({"site.conf": scene.conf}, scene.tree, **{"listen": (80,), **scene.setup})
    names = set(scene.proves)
    if _VERSION[0] == 5 and names & _ENDED:
        names = names - _ENDED | {"python-not-initialised-5"}
    done = serve(setup, probes(*scene.urls))
    for _ in range(2):
        # A process that crashes may do so after the server was stopped, on a busy machine.
        if names <= names_in(done.log):
            break
        done = serve(setup, probes(*scene.urls))
    assert names <= names_in(done.log), done.log
    assert faults(scene, explained(done.log, scene, tmp_path, capfd)) == []
    if os.environ.get(_RECORD):
        kept = json.loads(LOGS.read_text("utf-8")) if LOGS.exists() else {}
        order = {**kept, key: recorded(done.log)}
        LOGS.write_text(json.dumps({name: order[name] for name in keys() if name in order}, indent=1) + "\n", "utf-8")


def test_what_is_recorded_is_what_the_servers_wrote() -> None:
    logs = json.loads(LOGS.read_text("utf-8"))
    assert list(logs) == keys()
    for key, scene in zip(keys(), SCENES, strict=True):
        assert set(scene.proves) <= names_in(logs[key]), key


def test_every_message_is_written_by_a_server() -> None:
    names = {message.name for message in MESSAGES}
    proven = {name for scene in SCENES for name in scene.proves}
    assert proven | set(ELSEWHERE) == names
    assert not proven & set(ELSEWHERE)


def small(directory: Path, *lines: str) -> Path:
    """A server of its own in a directory, with no more than it needs."""
    found = install.find()
    assert not isinstance(found, str)
    modules = [(name, found.module(name)) for name in ("mpm_event", "authz_core")]
    loads = [f"LoadModule {name}_module {file}" for name, file in modules if file]
    files = [
        f"ErrorLog {directory}/e.log",
        f"PidFile {directory}/pid",
        f"DefaultRuntimeDir {directory}",
        "Mutex posixsem",
    ]
    conf = directory / "small.conf"
    conf.write_text("\n".join([*loads, *files, *lines, ""]))
    return conf


def said_by(conf: Path, *options: str) -> str:
    """What httpd says on its console before it ends."""
    found = install.find()
    assert not isinstance(found, str)
    done = subprocess.run([found.server, "-f", conf, *options], capture_output=True, check=False, text=True, timeout=60)
    return done.stdout + done.stderr


def test_an_address_that_is_taken(httpd: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as holder:
        holder.bind(("127.77.7.7", 0))
        holder.listen()
        port = holder.getsockname()[1]
        conf = small(tmp_path, "ServerName here", f"Listen 127.77.7.7:{port}")
        log = said_by(conf, "-DFOREGROUND")
    assert "could-not-bind" in names_in(log)
    capfd.readouterr()
    assert main(["explain", log, str(conf), "--isolated"]) == 0
    out, _ = capfd.readouterr()
    assert f"{conf}:8: " in out
    assert "another program, or an httpd that still runs, has the port already" in out


def test_a_server_without_a_name(httpd: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    conf = small(tmp_path, "Listen 127.77.7.7:8099")
    log = said_by(conf, "-t")
    assert "no-server-name" in names_in(log)
    capfd.readouterr()
    assert main(["explain", log, str(conf), "--isolated"]) == 0
    assert "no ServerName stands outside of hosts" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("modules", "name", "asked"),
    [
        (("proxy", "proxy_balancer"), "balancer-memory", "slotmem_shm"),
        (("proxy", "slotmem_shm", "proxy_balancer"), "balancer-method", "lbmethod_byrequests"),
    ],
)
def test_a_balancer_without_its_modules(
    httpd: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], modules: tuple[str, ...], name: str, asked: str
) -> None:
    found = install.find()
    assert not isinstance(found, str)
    loads = [f"LoadModule {module}_module {found.module(module)}" for module in modules]
    balancer = [
        "ProxyPass / balancer://shop/",
        "<Proxy balancer://shop>",
        "BalancerMember http://127.0.0.1:1",
        "</Proxy>",
    ]
    conf = small(tmp_path, "ServerName here", "Listen 127.77.7.7:8098", *loads, *balancer).rename(
        tmp_path / "httpd.conf"
    )
    said_by(conf, "-DFOREGROUND")
    log = (tmp_path / "e.log").read_text()
    assert name in names_in(log)
    capfd.readouterr()
    assert main(["explain", log, str(conf), "--isolated"]) == 0
    out, _ = capfd.readouterr()
    assert "provider-not-loaded" in out
    assert f"a2enmod {asked}" in out


def test_every_rule_of_a_message_is_found_by_it() -> None:
    """Rules' pages list the messages, so each pair is shown by a server."""
    shown = {(name, scene.rule) for scene in SCENES for name in scene.proves if scene.rule}
    shown |= {(scene.named, scene.rule) for scene in SCENES if scene.named}
    pairs = {(message.name, rule) for message in MESSAGES for rule in message.rules if message.name not in ELSEWHERE}
    assert sorted(pairs - shown) == []
