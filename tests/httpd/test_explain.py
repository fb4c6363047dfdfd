"""Each message of the table of ``explain`` is one that a real server writes, and is explained by that server's files."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modwsgi_fix.cli import main
from modwsgi_fix.explain.messages import MESSAGES
from modwsgi_fix.explain.recognition import known, place_in

from . import install
from .conftest import Serve
from .messages import ELSEWHERE, SCENES, Scene
from .probe import probes
from .root import Link
from .server import BASES, Setup

_MAIN = "ServerRoot /etc/apache2\nServerName default.invalid\nListen 80\nUser www-data\n{}Include site.conf\n"
_BASE = "<Directory />\nOptions FollowSymLinks\nAllowOverride None\n{}\n</Directory>\n"
_MODULES = (
    "mpm_event", "unixd", "log_config", "authn_core", "authz_core", "authz_host", "authz_user", "access_compat", "authn_file",
    "auth_basic", "alias", "autoindex", "dir", "env", "headers", "mime", "rewrite", "setenvif",
)  # fmt: skip


def planted(scene: Scene, directory: Path) -> Path:
    """The server of a scene, as a filesystem for ``--root``."""
    root = directory / "root"
    conf = root / "etc/apache2"
    loads = "".join(
        f"LoadModule {name}_module modules/mod_{name}.so\n" for name in (*_MODULES, *scene.setup.get("modules", ()))
    )
    if "wsgi_module" not in scene.conf:
        loads += "LoadModule wsgi_module modules/mod_wsgi.so\n"
    if scene.setup.get("mpm") == "prefork":
        loads = loads.replace("mpm_event", "mpm_prefork")
    base = _BASE.format(BASES[scene.setup.get("base", "2.4")])
    texts = {
        "/etc/apache2/apache2.conf": _MAIN.format(loads + base),
        "/etc/apache2/site.conf": scene.conf,
        **scene.tree,
    }
    for name, entry in texts.items():
        path = root / name.lstrip("/") if name.startswith("/") else root / "srv/site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(entry, Link):
            path.symlink_to(entry.target)
        else:
            path.write_text(entry.replace("@ROOT@", "/srv/site"), "utf-8")
    return conf


def explained(log: str, scene: Scene, directory: Path, capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What the command says of a log."""
    conf = planted(scene, directory)
    written = directory / "error.log"
    written.write_text(log, "utf-8")
    capfd.readouterr()
    code = main(
        ["explain", str(written), str(conf), "--root", str(directory / "root"), "--isolated", "--output-format", "json"]
    )
    out, _ = capfd.readouterr()
    assert code == 0
    found: list[dict[str, Any]] = json.loads(out)["explanations"]
    return found


def names_in(log: str) -> set[str]:
    """The messages that the lines of a log hold."""
    lines = log.splitlines()
    texts = [place.text if (place := place_in(line)) else line for line in lines]
    names = {found.message.name for text in texts if text and (found := known(text)) is not None}
    if any(place_in(line) for line in lines):
        names.add("syntax-error")
    return names


def places(scene: Scene) -> tuple[str, ...]:
    if isinstance(scene.place, str):
        return (f"srv/site/{scene.place}",)
    return (f"etc/apache2/site.conf:{scene.place}",)


def faults(scene: Scene, explanations: list[dict[str, Any]]) -> list[str]:
    """What is wrong with how a scene was explained."""
    wanted = scene.named or scene.proves[0]
    mine = [one for one in explanations if one["name"] == wanted]
    if not mine:
        return [f"{wanted} is not explained, but {[one['name'] for one in explanations]}"]
    causes = [cause for one in mine for cause in one["causes"]]
    if scene.rule and scene.rule not in {cause["rule"] for cause in causes}:
        return [f"{scene.rule} is not named, but {[(cause['rule'], cause['text']) for cause in causes]}"]
    causes = [cause for cause in causes if not scene.rule or cause["rule"] == scene.rule]
    there = [f"{place['file']}:{place['line']}" for cause in causes for place in cause["places"]]
    if scene.place and not any(one.endswith(places(scene)) for one in there):
        return [f"{places(scene)} is not among {there}: {[cause['text'] for cause in causes]}"]
    return []


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_a_server_writes_it(scene: Scene, serve: Serve, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    setup = Setup({"site.conf": scene.conf}, scene.tree, **{"listen": (80,), **scene.setup})
    done = serve(setup, probes(*scene.urls))
    assert set(scene.proves) <= names_in(done.log), done.log
    assert faults(scene, explained(done.log, scene, tmp_path, capfd)) == []


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


def test_every_rule_of_a_message_is_found_by_it() -> None:
    """Rules' pages list the messages, so each pair is shown by a server."""
    shown = {(name, scene.rule) for scene in SCENES for name in scene.proves if scene.rule}
    shown |= {(scene.named, scene.rule) for scene in SCENES if scene.named}
    pairs = {(message.name, rule) for message in MESSAGES for rule in message.rules if message.name not in ELSEWHERE}
    assert sorted(pairs - shown) == []
