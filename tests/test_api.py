"""The API gives what the command gives, writes what it says, and says in one line what it cannot do."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, Run

from modwsgi_fix import api

BROKEN = """\
<VirtualHost *:80>
    ServerName shop.example
    WSGIDaemonProcess shop
    WSGIDaemonProcess shop
    WSGIProcessGroup shop
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Directory /srv/shop>
        Require all granted
    </Directory>
</VirtualHost>
"""


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fragment that httpd refuses, below the working directory."""
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "site.conf").write_text(BROKEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "conf" / "site.conf"


def test_the_lines_of_the_documentation_run(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.S)
    assert len([line for line in code.splitlines() if line.strip()]) <= 12
    exec(compile(code, "docs/api.md", "exec"), {})
    out = capsys.readouterr().out
    assert "starts: False" in out
    assert "conf/site.conf:4: duplicate-daemon-process: " in out
    assert "-    WSGIDaemonProcess shop\n" in out
    assert "\napplication (" in out
    assert conf.read_text().count("WSGIDaemonProcess") == 1


def test_only_what_is_asked_for_is_found_and_fixed(conf: Path) -> None:
    conf.write_text(BROKEN.replace("Require all granted", "Order allow,deny\n        Allow from all"))
    every = {finding.rule for finding in api.load("conf").check().findings}
    assert {"duplicate-daemon-process", "old-access-directives"} <= every
    server = api.load("conf", only=["duplicate-daemon-process"])
    assert {finding.rule for finding in server.check().findings} == {"duplicate-daemon-process"}
    assert [one.rule for one in server.fix("unsafe").applied] == ["duplicate-daemon-process"]
    with pytest.raises(api.Error, match=r"nobody\.example"):
        api.load("conf", only=["nobody.example"]).check()


def test_a_plan_is_that_of_the_command_and_is_carried_out_in_a_copy(conf: Path, run: Run) -> None:
    run("--write-plan", "theirs.json", "conf")
    Path("ours.json").write_text(api.load("conf").fix().to_plan())
    assert Path("ours.json").read_text() == Path("theirs.json").read_text()
    shutil.copytree("conf", "copy")
    (file,) = api.apply("ours.json", "copy")
    assert (file.name, file.before) == ("copy/site.conf", BROKEN)
    assert Path("copy/site.conf").read_text() == file.after == api.load("conf").fix().files[0].after
    assert conf.read_text() == BROKEN
    assert api.apply("ours.json", "copy") == ()


@pytest.mark.parametrize(
    ("directory", "text", "message"),
    [
        ("conf", BROKEN + "\n", "conf/site.conf: is not as it was when the plan was made"),
        ("gone", BROKEN, "gone: is not a directory"),
    ],
)
def test_a_plan_that_does_not_fit_changes_nothing(conf: Path, directory: str, text: str, message: str) -> None:
    Path("plan.json").write_text(api.load("conf").fix().to_plan())
    conf.write_text(text)
    with pytest.raises(api.Error, match=re.escape(message)):
        api.apply("plan.json", directory)
    assert conf.read_text() == text


def test_everything_of_a_server_is_documented() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    public = [name for name in vars(api.Server) if not name.startswith("_")]
    assert [name for name in public if f"`.{name}" not in page] == []


@pytest.mark.parametrize(
    ("words", "ask"),
    [
        (["conf"], lambda server: server.check()),
        (["trace", "http://shop.example/x", "conf"], lambda server: server.trace("http://shop.example/x")),
        (["show", "conf"], lambda server: server.show()),
    ],
    ids=["check", "trace", "show"],
)
def test_json_is_that_of_the_command(conf: Path, run: Run, words: list[str], ask: Callable[[api.Server], Any]) -> None:
    command = [*words[:-1], "--output-format", "json", words[-1]]
    assert json.loads(ask(api.load("conf")).to_json()) == json.loads(run(*command).out)


def test_json_of_fixing_is_that_of_the_command(conf: Path, run: Run) -> None:
    fixed = json.loads(api.load("conf").fix().to_json())
    written = json.loads(run("--write", "--output-format", "json", "conf").out)
    # Nothing is written by ``fix``, so that there is nothing to take back.
    assert fixed.pop("undo") is None
    assert written.pop("undo")
    assert fixed == written
    assert fixed["fixed"]


def test_json_of_what_lies_open_is_that_of_the_command(conf: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "srv" / "open").mkdir(parents=True)
    (tmp_path / "srv" / "open" / "settings.py").write_text("KEY = 1\n")
    conf.write_text("Listen 80\nDocumentRoot /srv/open\n<Directory />\n    Require all granted\n</Directory>\n")
    found = api.load("conf", root=tmp_path).exposed()
    assert [file.url for host in found.hosts for file in host.sensitive]
    command = run("exposed", "--root", str(tmp_path), "--output-format", "json", "conf")
    assert json.loads(found.to_json()) == json.loads(command.out)


def test_a_fix_says_what_it_changes_and_writes_when_told(conf: Path) -> None:
    fixed = api.load(conf).fix("safe")
    (file,) = fixed.files
    assert (file.before, file.path) == (BROKEN, str(conf.resolve()))
    assert [(one.rule, one.level, one.line) for one in fixed.applied] == [("duplicate-daemon-process", "safe", 4)]
    assert conf.read_text() == BROKEN
    fixed.write()
    assert conf.read_text() == file.after
    assert api.load(conf).fix("safe").files == ()


def test_what_changed_meanwhile_is_not_written_over(conf: Path) -> None:
    fixed = api.load(conf).fix()
    conf.write_text("# somebody else\n")
    with pytest.raises(api.Error, match=r"changed"):
        fixed.write()
    assert conf.read_text() == "# somebody else\n"


def test_the_diff_applies(conf: Path, tmp_path: Path) -> None:
    fixed = api.load("conf").fix()
    subprocess.run(["git", "apply"], input=fixed.diff().encode(), cwd=tmp_path, check=True)
    assert conf.read_text() == fixed.files[0].after


def test_texts_stand_in_for_files(conf: Path) -> None:
    server = api.load(conf, overlay={str(conf): BROKEN.replace("    WSGIDaemonProcess shop\n", "", 1)})
    assert "duplicate-daemon-process" not in {finding.rule for finding in server.check().findings}
    assert server.starts is None


def test_settings_and_target_are_those_that_are_given(conf: Path) -> None:
    (conf.parent / "modwsgi-fix.toml").write_text('select = ["hygiene"]\n')
    assert not api.load(conf).check().findings
    assert api.load(conf, settings={}).check().findings
    assert not api.load(conf, settings={"ignore": ["ALL"]}).check().findings
    assert api.load(conf, target={"httpd": "2.2"}, settings={}).check().findings
    with pytest.raises(api.Error, match="unknown setting"):
        api.load(conf, settings={"slect": []})


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: api.load("nowhere"), "no such file or directory"),
        (lambda: api.load([]), "no configuration"),
        (lambda: api.load("conf", root="nowhere"), "no such directory"),
        (lambda: api.load("conf", target={"httpd": "two"}), "must be a version"),
        (lambda: api.load("conf").fix("all"), "level must be safe, repair or unsafe"),
        (lambda: api.load("conf").trace("ftp://x/"), "not an http or https URL"),
        (lambda: api.load("conf").exposed(), "--root"),
    ],
)
def test_what_cannot_be_done_is_one_line(conf: Path, ask: Callable[[], object], said: str) -> None:
    with pytest.raises(api.Error, match=re.escape(said)) as raised:
        ask()
    assert "\n" not in str(raised.value)


def test_what_is_returned_is_frozen(conf: Path) -> None:
    checked = api.load(conf).check()
    with pytest.raises(dataclasses.FrozenInstanceError):
        checked.report = None  # type: ignore[misc, assignment]
    with pytest.raises(AttributeError):
        checked.findings[0].rule = "x"  # type: ignore[misc]
