"""A command line that is understood without Typer gives the request that Typer gives."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from modwsgi_fix.cli import check
from modwsgi_fix.cli.commands import app
from modwsgi_fix.cli.plain import plain
from modwsgi_fix.cli.request import Mode, Request

pytestmark = pytest.mark.slow

_PATHS = (["conf"], ["a.conf", "b.conf"], ["-"], ["-", "a.conf"])
_OPTIONS = (
    [],
    ["--diff"],
    ["--write"],
    ["--isolated"],
    ["--root", "/srv"],
    ["--root=/srv=x"],
    ["--stdin-filename", "sites/a.conf"],
    ["--stdin-filename="],
    ["--root", "one", "--root=two"],
)
_LINES = [
    *([*first, *paths] for first, paths in product(_OPTIONS, _PATHS)),
    *([*first, "conf", *second] for first, second in product(_OPTIONS, _OPTIONS)),
]


@pytest.fixture(scope="module")
def command() -> Any:
    """The bare command as Typer reads it."""
    return get_command(app(None))


def _parsed(monkeypatch: pytest.MonkeyPatch, command: Any, words: list[str]) -> Request:
    """The request that Typer makes of a command line; an exception where it is wrong."""
    requests: list[Request] = []
    monkeypatch.setattr(check, "checked", lambda request: request)
    monkeypatch.setattr(check, "carry_out", lambda request: requests.append(request) or 0)
    command.main(args=words, prog_name="modwsgi-fix", standalone_mode=False)
    (request,) = requests
    return request


@pytest.mark.parametrize("words", _LINES, ids=" ".join)
def test_it_is_the_request_that_typer_makes(monkeypatch: pytest.MonkeyPatch, command: Any, words: list[str]) -> None:
    request = plain(words)
    if {"--diff", "--write"} <= {*words}:
        assert request is None
    else:
        assert request == _parsed(monkeypatch, command, words)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--diff"],
        ["--", "conf"],
        ["-q", "conf"],
        ["--select", "ALL", "conf"],
        ["--diff=yes", "conf"],
        ["--root"],
        ["--root", "--diff", "conf"],
        ["--unknown", "conf"],
    ],
    ids=" ".join,
)
def test_anything_else_is_left_to_typer(words: list[str]) -> None:
    assert plain(words) is None


def test_a_path_alone_is_reported_on() -> None:
    assert plain(["conf"]) == Request(("conf",), Mode.REPORT)


@pytest.mark.parametrize(
    "words",
    [["--version"], ["."], ["--isolated", "a.conf"], ["--diff", "a.conf"], ["--stdin-filename", "a.conf", "-"]],
    ids=" ".join,
)
def test_typer_is_not_imported(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "a.conf").write_text("Listen 80\n")
    said = "import sys; from modwsgi_fix.cli import main; main(sys.argv[1:]); print('typer' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", said, *words],
        input="Listen 80\n",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "False"
