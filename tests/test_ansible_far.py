"""The collection for Ansible on targets without modwsgi-fix: by a shell alone, over a real sshd where all is tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import plays
import pytest
import sshd
from plays import task

pytestmark = [pytest.mark.slow, plays.needed, sshd.needed]

FAULTY = "WSGIDaemonProcess shop threads=15\n" * 2 + "WSGIProcessGroup shop\n"
FIXED = "WSGIDaemonProcess shop threads=15\nWSGIProcessGroup shop\n"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----\n"
SERVER = {
    "/etc/apache2/apache2.conf": "ServerRoot /etc/apache2\nDocumentRoot /srv/shop\nInclude sites-enabled/*.conf\n",
    "/etc/apache2/sites-available/shop.conf": FAULTY,
    "/etc/apache2/sites-enabled/shop.conf": "->../sites-available/shop.conf",
    "/etc/apache2/site.pem": KEY,
    "/srv/shop/index.html": "shop",
}
SITE = "etc/apache2/sites-available/shop.conf"
PATHS = ["/etc/apache2"]


def reached(server: sshd.Server, python: str) -> dict[str, Any]:
    """Variables of a host behind sshd; ``python`` is what Ansible is told to run modules by."""
    return {
        "ansible_connection": "ssh",
        "ansible_host": "web1",
        "ansible_ssh_common_args": server.ssh.removeprefix("ssh "),
        # A connection for each: all three are called web1.
        "ansible_ssh_args": f"-o ControlMaster=auto -o ControlPersist=5s -o ControlPath={server.root.parent}/connection",
        "ansible_python_interpreter": python,
    }


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Mapping[str, sshd.Server]]:
    """Three servers with the same faulty configuration, each behind an sshd of its own."""
    with ExitStack() as stack:
        found = {}
        for name in ("one", "two", "three"):
            (tmp_path / name).mkdir()
            found[name] = stack.enter_context(sshd.running(tmp_path / name))
            found[name].put(SERVER)
        yield found


def hosts(servers: Mapping[str, sshd.Server]) -> dict[str, dict[str, Any]]:
    """One target with modwsgi-fix, one whose Python has no modwsgi-fix or is too old, one without Python."""
    pythons = {
        "one": plays.LOCAL["ansible_python_interpreter"],
        "two": "/usr/bin/python3",
        "three": "/nonexistent/python3",
    }
    return {name: reached(server, pythons[name]) for name, server in servers.items()}


@pytest.mark.skipif(
    not plays.ALL, reason="make ansible has the play over three hosts; the next test has the hardest of them"
)
def test_three_over_ssh_and_the_second_run_changes_nothing(servers: Mapping[str, sshd.Server], tmp_path: Path) -> None:
    fixing = [{"tasks": [task("fix", "modwsgi_fix", paths=PATHS, verify="test -f /etc/apache2/apache2.conf")]}]
    for path in (server.root / SITE for server in servers.values()):
        path.chmod(0o640)
    first = plays.play(tmp_path, hosts(servers), fixing)
    assert (first.code, [one.how for one in first.told]) == (0, ["ok"] * 3), (first.out, first.told)
    assert {name: first.of(name, "fix").result["ran_on"] for name in servers} == {
        "one": "target", "two": "controller", "three": "controller",
    }  # fmt: skip
    for name, server in servers.items():
        assert first.of(name, "fix").changed
        assert (server.root / SITE).read_text() == FIXED
        assert (server.root / SITE).stat().st_mode & 0o777 == 0o640
        assert first.of(name, "fix").result["findings"] == first.of("one", "fix").result["findings"]
        assert sorted(path.name for path in (server.root / SITE).parent.iterdir()) == ["shop.conf"]
    assert first.of("three", "fix").result["changed_files"] == first.of("one", "fix").result["changed_files"]
    second = plays.play(tmp_path, hosts(servers), fixing)
    assert (second.code, [one.changed for one in second.told]) == (0, [False] * 3), second.out


def test_a_target_without_python_is_fixed_verified_and_undone(tmp_path: Path) -> None:
    options: dict[str, Any] = {"paths": PATHS, "where": "controller"}
    # In place of ssh a script that enters the same directories.
    (tmp_path / "three").mkdir()
    server = sshd.far_side(tmp_path / "three")
    server.put(SERVER)
    hosts = {"three": {**reached(server, "/nonexistent/python3"), "ansible_ssh_executable": server.ssh}}
    changing = tmp_path / "changing"
    changing.write_text(f"#!/bin/sh\necho '# by hand' >> {server.root / SITE}\n")
    changing.chmod(0o755)
    tasks = [
        task("checked", "modwsgi_fix", {"check_mode": True, "diff": True}, paths=PATHS, verify="touch /srv/verified"),
        task("refused", "modwsgi_fix", {"ignore_errors": True}, **options, verify="echo AH00526; false"),
        task("missing", "modwsgi_fix", {"ignore_errors": True}, paths=["/etc/apache2/nowhere.conf"], where="controller"),
        task("fixed", "modwsgi_fix", {"register": "fixed"}, **options, verify="test -f /srv/shop/index.html"),
        task("asked", "modwsgi_trace", paths=PATHS, where="controller", **{"assert": {"http://shop.test/index.html": "file"}}),
        # Each brings the server anew, so the ordinary run has one that asks.
        *([task("facts", "modwsgi_facts", paths=PATHS, where="controller")] if plays.ALL else []),
        task("undone", "modwsgi_undo", undo_id="{{ fixed.undo_id }}"),
        task("undone again", "modwsgi_undo", undo_id="{{ fixed.undo_id }}"),
        task("fixed again", "modwsgi_fix", {"register": "fixed"}, **options),
        {"name": "changed by hand", "ansible.builtin.command": str(changing), "delegate_to": "localhost", "vars": plays.LOCAL},
        task("not undone", "modwsgi_undo", {"ignore_errors": True}, undo_id="{{ fixed.undo_id }}"),
    ]  # fmt: skip
    played = plays.play(tmp_path, hosts, [{"tasks": tasks}])

    def of(name: str) -> plays.Told:
        return played.of("three", name)

    checked = of("checked")
    assert (checked.how, checked.changed, checked.result["ran_on"]) == ("ok", True, "controller"), checked.result
    assert checked.result["undo_id"] is None
    assert not (server.root / "srv/verified").exists()
    assert "-WSGIDaemonProcess shop threads=15\n" in checked.result["diff"][0]["prepared"]
    assert "/etc/apache2/site.pem" in checked.result["left_there"]

    assert (of("refused").how, of("refused").changed) == ("failed", False)
    assert "AH00526; all files are as they were" in of("refused").result["msg"]
    assert of("missing").result["msg"].startswith("/etc/apache2/nowhere.conf: is not there")

    assert of("fixed").changed, of("fixed").result
    assert of("asked").how == "ok", of("asked").result
    assert not plays.ALL or of("facts").result["ansible_facts"]["modwsgi"]["servers"]
    assert [of("undone").changed, of("undone again").changed] == [True, False]
    assert of("fixed again").changed
    assert of("not undone").how == "failed"
    assert of("not undone").result["msg"].endswith("shop.conf: was changed since; nothing was taken back")
    assert (server.root / SITE).read_text() == FIXED + "# by hand\n"
