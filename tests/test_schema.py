"""What programs read keeps to docs/report.schema.json; and what a diff and a write say to them."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support import Run

from modwsgi_fix.reports.machine import SCHEMA

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = json.loads((ROOT / "docs/report.schema.json").read_text("utf-8"))
SITE = """\
<VirtualHost *:80>
    ServerName shop.test
    WSGIDaemonProcess shop processes=5 maximum-requests=10
    WSGIScriptAlias / /srv/shop/app.wsgi process-group=shop
    <Location />
        Order allow,deny
        Allow from all
    </Location>
</VirtualHost>
"""
KINDS = ["certbot-pair", "many-applications", "old-22", "broken", "web2py-https"]


def said(text: str) -> dict[str, Any]:
    """The answer, which keeps to the schema."""
    found: dict[str, Any] = json.loads(text)
    Draft202012Validator(PUBLISHED).validate(found)
    return found


def site(tmp_path: Path, text: str = SITE) -> Path:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/site.conf").write_text(text)
    return tmp_path / "conf/site.conf"


def test_the_schema_is_one_and_has_the_version_that_is_said() -> None:
    Draft202012Validator.check_schema(PUBLISHED)
    assert PUBLISHED["$defs"]["report"]["properties"]["schema"] == {"const": SCHEMA}


@pytest.mark.slow
@pytest.mark.parametrize("server", KINDS)
@pytest.mark.parametrize("mode", [(), ("--diff",), ("--diff", "--unsafe-fixes")], ids=" ".join)
def test_reports_and_diffs_of_whole_servers_keep_to_it(run: Run, server: str, mode: tuple[str, ...]) -> None:
    outcome = run("--isolated", "--output-format", "json", *mode, str(ROOT / "corpus" / server / "conf"))
    found = said(outcome.out)
    assert ("changed" in found) is bool(mode)
    assert "undo" not in found


def test_a_diff_says_what_becomes_of_each_file(run: Run, tmp_path: Path) -> None:
    path = site(tmp_path)
    before = path.read_bytes()
    outcome = run("--isolated", "--diff", "--unsafe-fixes", "--output-format", "json", "conf")
    assert outcome.code == 1
    assert path.read_bytes() == before
    found = said(outcome.out)
    (file,) = found["changed"]
    assert (file["file"], file["place"]) == ("conf/site.conf", "site.conf")
    assert file["before"] == sha256(before).hexdigest()
    text = "".join(f"{hunk['header']}\n{hunk['text']}" for hunk in file["hunks"])
    assert run("--isolated", "--diff", "--unsafe-fixes", "conf").out.split("\n", 2)[2] == text
    rules = {(one["rule"], one["level"]) for hunk in file["hunks"] for one in hunk["fixes"]}
    assert rules == {(one["rule"], one["level"]) for one in found["fixed"]}
    assert run("--isolated", "--write", "--unsafe-fixes", "conf").code in (0, 1)
    assert file["after"] == sha256(path.read_bytes()).hexdigest()


def test_a_write_says_the_same_without_text_and_what_takes_it_back(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    site(tmp_path, SITE.replace("    ServerName", "    SetEnv SECRET_KEY hidden-away\n    ServerName"))
    diff = said(run("--isolated", "--diff", "--unsafe-fixes", "--output-format", "json", "conf").out)
    outcome = run("--isolated", "--write", "--unsafe-fixes", "--output-format", "json", "conf")
    written = said(outcome.out)
    for file in diff["changed"]:
        for hunk in file["hunks"]:
            del hunk["text"]
    assert written["changed"] == diff["changed"]
    assert "hidden-away" not in outcome.out
    (record,) = (tmp_path / "state").rglob("*.undo")
    assert written["undo"] == record.name.removesuffix(".undo")


def test_a_write_that_changes_nothing_takes_nothing_back(run: Run, tmp_path: Path) -> None:
    site(tmp_path, "<VirtualHost *:80>\n    ServerName shop.test\n</VirtualHost>\n")
    found = said(run("--isolated", "--write", "--output-format", "json", "conf").out)
    assert (found["changed"], found["undo"]) == ([], None)


def test_a_file_in_a_server_is_named_from_the_directory_of_its_main_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "etc/sites").mkdir(parents=True)
    (tmp_path / "etc/apache2.conf").write_text("Listen 80\nInclude sites/*.conf\n")
    (tmp_path / "etc/sites/shop.conf").write_text(SITE)
    for named in ("etc", "etc/sites/shop.conf", "etc/sites"):
        found = said(run("--isolated", "--diff", "--unsafe-fixes", "--output-format", "json", named).out)
        assert [file["place"] for file in found["changed"]] == ["sites/shop.conf"]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["nosuch"], "file"),
        (["--diff", "--write", "conf"], "usage"),
        (["--fix-level", "most", "conf"], "usage"),
        (["--select", "no-such-rule", "conf"], "settings"),
        (["--config", "broken.toml", "conf"], "settings"),
        (["--write", "--unsafe-fixes", "--verify", "false", "conf"], "verification"),
    ],
)
def test_a_run_that_ends_says_why(run: Run, tmp_path: Path, words: list[str], kind: str) -> None:
    site(tmp_path)
    (tmp_path / "broken.toml").write_text("strategy = \n")
    for option in (["--output-format", "json"], ["--output-format=json"]):
        outcome = run(*option, *words)
        assert outcome.code == 2
        error = said(outcome.out)["error"]
        assert error["kind"] == kind
        assert error["message"] in outcome.err


def test_an_editor_gets_its_text_back_and_no_json(run: Run) -> None:
    outcome = run("--output-format", "json", "--fix-level", "most", "-", stdin=b"Listen 80\n")
    assert outcome.out == "Listen 80\n"
