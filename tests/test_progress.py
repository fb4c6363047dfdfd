"""How far long work is: a line on a terminal, gone at the end, and nothing for programs."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import Run
from terminal import Terminal
from test_shapes import MAIN, copies, names

from modwsgi_fix.cli import progress, report
from modwsgi_fix.cli.output import is_terminal
from modwsgi_fix.engine import shapes

pytestmark = pytest.mark.slow

CONF = "<VirtualHost *:80>\n    ServerName a.example\n    LockFile /run/lock\n</VirtualHost>\n"

#: The function of a module waits until there is a file ``go``.
WAITING = """
import os, time
import {module} as module
real = module.{name}
def waits(*words, **more):
    calls.append(0)
    while len(calls) >= {call} and not os.path.exists("go"):
        time.sleep(0.01)
    return real(*words, **more)
calls = []
module.{name} = waits
"""
SESSION = "modwsgi_fix.workspace.session"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A directory with a fragment and two reports."""
    (tmp_path / "site.conf").write_text(CONF)
    for name in "ab":
        report = {"version": "1", "findings": [], "starts": True}
        (tmp_path / f"{name}.json").write_text(json.dumps(report))
    return tmp_path


@pytest.mark.parametrize(
    ("words", "module", "name", "call", "shown"),
    [
        ([], SESSION, "read", 1, ["reading the server"]),
        ([], "modwsgi_fix.workspace.single", "check", 1, ["checking"]),
        (["--diff"], "modwsgi_fix.engine.run", "read", 1, ["fixing, and measuring what the fixes change"]),
        (
            ["trace", "http://a.example/1", "http://a.example/2"],
            "modwsgi_fix.model.request",
            "trace",
            2,
            ["tracing", "50%"],
        ),
        (["show"], SESSION, "read", 1, ["reading the server"]),
        (
            ["explain", "AH01630: client denied by server configuration: /srv/x"],
            SESSION,
            "read",
            1,
            ["reading the server"],
        ),
    ],
    ids=["read", "check", "fix", "trace", "show", "explain"],
)
def test_a_line_is_shown_while_it_lasts(
    here: Path, words: list[str], module: str, name: str, call: int, shown: list[str]
) -> None:
    before = WAITING.format(module=module, name=name, call=call)
    with Terminal(here, *words, "site.conf", environment={"TERM": "xterm", "NO_COLOR": "1"}, before=before) as screen:
        for text in shown:
            screen.until(text)
        (here / "go").touch()
        screen.ended()
    assert_is_gone(screen.screen, shown[0])


def assert_is_gone(screen: str, text: str) -> None:
    """The line was erased behind its last drawing, and the cursor is there again."""
    assert "\x1b[2K" in screen[screen.rindex(text) :]
    assert screen.rindex("\x1b[?25h") > screen.rindex("\x1b[?25l") if "\x1b[?25l" in screen else True


def test_ctrl_c_takes_it_away(here: Path) -> None:
    before = WAITING.format(module=SESSION, name="read", call=1)
    with Terminal(here, "site.conf", environment={"TERM": "xterm"}, before=before) as screen:
        screen.until("reading the server")
        screen.interrupt()
        assert screen.ended() == 130
    assert_is_gone(screen.screen, "reading the server")


def test_a_log_that_is_still_written(here: Path) -> None:
    os.mkfifo(here / "log")
    with Terminal(here, "explain", "log", "site.conf", environment={"TERM": "xterm"}) as screen:
        with (here / "log").open("w") as log:
            screen.until("reading the log")
            log.write("[error] AH01630: client denied by server configuration: /srv/x\n")
        screen.until("AH01630")
        screen.ended()
    assert_is_gone(screen.screen, "reading the log")


#: What stands for ssh: it asks for a password on the terminal, and answers in parts.
SSH = """#!/bin/sh
printf 'password: ' > /dev/tty
until [ -e typed ]; do sleep 0.01; done
echo first
until [ -e go ]; do sleep 0.01; done
"""


def test_a_server_that_is_fetched(here: Path) -> None:
    (here / "ssh").write_text(SSH)
    (here / "ssh").chmod(0o755)
    # The line is drawn at once, if it is.
    before = "from modwsgi_fix.cli import progress\nprogress.PATIENCE = 0.0"
    words = ["fetch", "web1", "copy", "--ssh", "./ssh"]
    with Terminal(here, *words, environment={"TERM": "xterm"}, before=before) as screen:
        screen.until("password: ")
        assert "fetching" not in screen.screen
        (here / "typed").touch()
        screen.until("fetching from web1: 0.0 MB")
        (here / "go").touch()
        assert screen.ended() == 2
    assert_is_gone(screen.screen, "fetching from web1")
    assert not (here / "copy").exists()


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be drawn."""
    drawn: list[str] = []
    monkeypatch.setattr(progress, "_draw", lambda step, ended: drawn.append(step.what))
    monkeypatch.setattr(progress, "is_terminal", lambda stream: True)
    monkeypatch.setenv("TERM", "xterm")
    return drawn


FIXING = "fixing, and measuring what the fixes change"
VISITORS = "asking what changes for visitors"


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ([], ["reading the server", "checking"]),
        (["--diff"], ["reading the server", FIXING, VISITORS]),
        (["--write"], ["reading the server", FIXING, VISITORS]),
        (["--quiet"], []),
        (["--diff", "--quiet"], []),
        *((["--output-format", name], []) for name in ("json", "sarif", "github", "gitlab", "junit", "rdjson")),
        (["--diff", "--output-format", "json"], []),
        (["migrate"], ["reading the server", FIXING]),
        (["report", "--html", "page.html"], ["reading the server", "checking", FIXING, "asking what visitors get"]),
        (["baseline", "write"], ["reading the server", "checking"]),
        (["exposed", "--root", "/"], ["reading the server", "asking what can be fetched"]),
    ],
)
def test_what_is_told(here: Path, run: Run, drawn: list[str], words: list[str], steps: list[str]) -> None:
    run(*words, "site.conf")
    assert drawn == steps


def test_reports_are_counted(here: Path, run: Run, drawn: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[progress.Step] = []
    monkeypatch.setattr(progress, "_draw", lambda step, ended: steps.append(step))
    run("report", "a.json", "b.json")
    assert [(step.what, step.done, step.of) for step in steps] == [("reading the reports", 2, 2)]


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_nothing_is_drawn_elsewhere(
    here: Path, run: Run, drawn: list[str], monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    monkeypatch.setenv("TERM", term)
    if term == "xterm":
        monkeypatch.setattr(progress, "is_terminal", is_terminal)
    run("site.conf")
    assert drawn == []


@pytest.mark.parametrize(("size", "done"), [(8, 4), (0, 0)], ids=["a file", "a pipe"])
def test_how_far_a_log_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, done: int) -> None:
    steps: list[progress.Step] = []

    @contextmanager
    def working(what: str, of: int, *, quiet: bool) -> Iterator[progress.Step]:
        steps.append(progress.Step(what, of))
        yield steps[-1]

    monkeypatch.setattr(progress, "working", working)
    monkeypatch.setattr(progress, "_EVERY", 2)
    (tmp_path / "log").write_bytes(b"a\nb\nc\nd\n")
    with (
        (tmp_path / "log").open("rb") if size else io.BytesIO(b"a\nb\nc\nd\n") as stream,
        progress.ticker(stream) as tick,
    ):
        for _ in range(2):
            stream.readline()
            tick()
    (step,) = steps
    assert (step.of, step.done, step.what) == (size, done, "reading the log: 2 lines")


@pytest.mark.parametrize(("hosts", "times"), [(1, 1), (12, 2)])
def test_a_page_reads_its_server_again_only_for_hosts_that_were_left_out(
    tmp_path: Path, run: Run, drawn: list[str], monkeypatch: pytest.MonkeyPatch, hosts: int, times: int
) -> None:
    monkeypatch.setattr(shapes, "FEW", 6)
    (tmp_path / "sites-enabled").mkdir()
    for name, text in copies(count=hosts).items():
        (tmp_path / "sites-enabled" / name).write_text(text)
    (tmp_path / "apache2.conf").write_text(MAIN)
    real, opened = report.opened, list[object]()
    monkeypatch.setattr(report, "opened", lambda *words, **more: opened.append(0) or real(*words, **more))
    run("report", "--html", "page.html", "apache2.conf")
    assert len(opened) == times
    page = (tmp_path / "page.html").read_text()
    assert all(f"{name}.example.org" in page for name in names(hosts))
