"""The name of a file is whatever somebody called it; it begins no line of what is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import Run

#: What GitHub's runner would obey at the beginning of a line.
NAME = "x\n::error file=a.py,line=1::owned\n::stop-commands::zz\n\ty\x1b[2J.conf"
TEXT = "NameVirtualHost *:80\nAlias / /srv/x/\nListen ${PORT}\n<Directory /srv/x>\n    Require all granted\n"


@pytest.fixture
def named(tmp_path: Path) -> Path:
    (tmp_path / "conf").mkdir()
    path = tmp_path / "conf" / NAME
    path.write_text(TEXT)
    return path


@pytest.mark.parametrize(
    "words",
    [
        ("conf",),
        (f"conf/{NAME}",),
        ("--output-format", "full", "conf"),
        ("--output-format", "junit", "conf"),
        ("--output-format", "gitlab", "conf"),
        ("--output-format", "sarif", "conf"),
        ("--output-format", "rdjson", "conf"),
        ("--statistics", "conf"),
        ("--show-files", "conf"),
        ("--diff", "conf"),
        ("--diff", "--unsafe-fixes", "conf"),
        ("--write", "conf"),
        (f"conf/no{NAME}",),
        ("--as-apache", "--exclude", "*", "conf"),
    ],
)
def test_no_line_begins_with_what_a_name_holds(run: Run, named: Path, words: tuple[str, ...]) -> None:
    outcome = run("--isolated", *words)
    for line in (outcome.out + outcome.err).splitlines():
        assert not line.startswith(("::error file=a.py", "::stop-commands")), line
        assert "\x1b" not in line


@pytest.mark.parametrize("command", [("trace", "http://a.test/"), ("show",), ("exposed", "--root", ".")])
def test_no_line_of_another_command_does(run: Run, named: Path, command: tuple[str, ...]) -> None:
    outcome = run(*command, "conf")
    assert not any(line.startswith("::") for line in (outcome.out + outcome.err).splitlines())


def test_what_is_not_httpds_cannot_be_read_or_is_packed_away_neither(run: Run, named: Path) -> None:
    named.write_text("server {\n    listen 80;\n}\n")
    (named.parent / f"gone{NAME}").symlink_to("nowhere")
    outcome = run("--isolated", "conf")
    assert "looks like nginx" in outcome.err
    assert "nowhere" in outcome.err
    assert not any(line.startswith("::") for line in outcome.err.splitlines())


def test_programs_are_given_the_name_as_it_is(run: Run, named: Path) -> None:
    report = json.loads(run("--isolated", "--output-format", "json", "conf").out)
    assert {finding["file"] for finding in report["findings"]} == {f"conf/{NAME}"}


def test_tabs_of_an_excerpt_stay(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tab.conf").write_text("\tNameVirtualHost\t*:80\n")
    assert "1 | \tNameVirtualHost\t*:80\n" in run("--isolated", "--output-format", "full", "tab.conf").out


#: What a terminal obeys, what ends a line for some readers, and what turns text around.
OBEYED = "\x1b\x07\x7f\x85\x9b\u2028\u2029\u202e\u2066\u200f\u061c"
FORMATS = ("concise", "full", "json", "sarif", "github", "gitlab", "junit", "rdjson")


@pytest.mark.parametrize(
    "around", ["{}", "<VirtualHost *:80>\n{}\n</VirtualHost>", "<IfModule mod_x.c>\n{}\n</IfModule>"]
)
@pytest.mark.parametrize(
    "words", [("--output-format", one) for one in FORMATS] + [("--diff",), ("--write",)], ids=" ".join
)
def test_no_format_has_what_a_terminal_obeys(run: Run, tmp_path: Path, words: tuple[str, ...], around: str) -> None:
    (tmp_path / "conf").mkdir()
    name = f"x{OBEYED}\n::error::owned.conf"
    odd = f"Alias{OBEYED} / /x\nWSGIDaemonProcess a{OBEYED}b\nWSGIDaemonProcess a{OBEYED}b\nListen ${{A{OBEYED}}}"
    (tmp_path / "conf" / name).write_text(around.format(odd) + "\n")
    outcome = run("--isolated", "--all", "--select", "ALL", *words, "conf")
    told = outcome.err if "--diff" in words else outcome.out + outcome.err
    assert told
    assert not set(OBEYED) & set(told)
    assert not any(line.startswith("::error::") for line in told.splitlines())


@pytest.mark.parametrize("format", ["tree", "json", "dot", "mermaid"])
def test_neither_has_the_server_drawn(run: Run, tmp_path: Path, format: str) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/httpd.conf").write_text(
        f'<VirtualHost *:80>\nServerName a{OBEYED}b\nAlias /x "/srv/{OBEYED}"\nWSGIDaemonProcess a{OBEYED}b\n</VirtualHost>\n'
    )
    outcome = run("show", "--output-format", format, "conf")
    assert "/srv/" in outcome.out
    assert not set(OBEYED) & set(outcome.out + outcome.err)


def test_json_reads_back_as_it_was(run: Run, tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / f"x{OBEYED}.conf").write_text("NameVirtualHost *:80\n")
    report = json.loads(run("--isolated", "--output-format", "json", "conf").out)
    assert {finding["file"] for finding in report["findings"]} == {f"conf/x{OBEYED}.conf"}
