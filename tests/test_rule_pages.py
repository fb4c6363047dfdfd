"""``modwsgi-fix rule``: the list, a page, both for programs, and on a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support import Run

from modwsgi_fix.cli import paging
from modwsgi_fix.examples import examples
from modwsgi_fix.rule import all_rules

NAME = "duplicate-daemon-process"


def test_the_list_says_severity_levels_and_what_is_off(run: Run) -> None:
    rows = {line.split()[0]: line.split()[1:4] for line in run("rule").out.splitlines() if line.startswith("  ")}
    assert rows[NAME][:2] == ["error", "safe"]
    assert rows["allow-in-if"][:2] == ["warning", "-"]
    assert rows["script-directory-not-granted"][:2] == ["error", "repair/unsafe"]
    off = {name for name, row in rows.items() if row[2] == "(off)"}
    assert off == {rule.name for rule in all_rules().values() if not rule.default}
    assert off


def test_programs_are_told_the_same(run: Run) -> None:
    found = json.loads(run("rule", "--output-format", "json").out)["rules"]
    rules = all_rules()
    assert {one["name"] for one in found} == {*rules, "unused-suppression"}
    for one in found:
        if (rule := rules.get(one["name"])) is not None:
            assert (one["family"], one["severity"], one["default"]) == (rule.family, rule.severity.label, rule.default)
            shown = {example.level.label for example in examples(rule.page) if example.after is not None}
            assert set(one["levels"]) == shown


def test_programs_are_told_of_one_family_and_message(run: Run) -> None:
    (page,) = json.loads(run("rule", "--output-format", "json", NAME).out)["rules"]
    assert page["page"].startswith("Two `WSGIDaemonProcess` directives define")
    assert page["messages"] == ["Name duplicates previous WSGI daemon definition."]
    assert [one["name"] for one in page["settings"]] == ["strategy", "conflict"]
    family = json.loads(run("rule", "--output-format", "json", "daemons").out)["rules"]
    assert {one["family"] for one in family} == {"daemons"}
    (told,) = json.loads(run("rule", "--output-format", "json", "Name duplicates previous WSGI daemon").out)["rules"]
    assert told == page


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output counts as a terminal of 60 columns."""
    monkeypatch.setattr(paging, "is_terminal", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PAGER", "cat")


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_a_page_fits(run: Run) -> None:
    page = run("rule", "allow-in-location").out
    assert "##" not in page
    assert "```" not in page
    assert "Fixed at level repair:" in page
    assert "\n +    <Directory /srv/site>\n" in page
    assert max(map(len, page.splitlines())) <= 60


@pytest.mark.usefixtures("terminal")
def test_a_pager_is_handed_the_page_and_settings_as_git_has_them(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LESS", raising=False)
    printed = run("rule", NAME).out
    monkeypatch.setenv("PAGER", "(echo $LESS; cat) > shown.txt")
    assert run("rule", NAME).out == ""
    assert (tmp_path / "shown.txt").read_text() == f"FRX\n{printed}"
    monkeypatch.setenv("PAGER", "head -c 1 > shown.txt")
    assert run("rule").code == 0
    monkeypatch.setenv("PAGER", "no-such-pager-here")
    assert run("rule", NAME).out == printed


@pytest.mark.slow
def test_elsewhere_there_is_neither_pager_nor_rich(tmp_path: Path) -> None:
    code = "import sys; from modwsgi_fix.cli import main; main(['rule', sys.argv[1]]); print('rich' in sys.modules)"
    environment = {"PAGER": "touch paged; cat", "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code, NAME], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{NAME} (daemons, error)\n\nTwo `WSGIDaemonProcess`")
    assert done.stdout.endswith("\nFalse\n")
    assert not list(tmp_path.iterdir())
