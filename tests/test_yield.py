"""The tool that counts what is fixed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

pytestmark = pytest.mark.slow

_HIDDEN = "Alias / /srv/shop/applications/\nWSGIScriptAlias / /srv/shop/run.wsgi\n"
_TWICE = "WSGIDaemonProcess shop\nWSGIDaemonProcess shop\n"


def _counted(*words: str) -> str:
    command = [sys.executable, str(ROOT / "tools/yield.py"), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_it_counts_by_rule_and_level(tmp_path: Path) -> None:
    (tmp_path / "hidden.conf").write_text(_HIDDEN)
    (tmp_path / "twice.conf").write_text(_TWICE)
    (tmp_path / "notes.md").write_text(_TWICE)
    told = json.loads(_counted("--json", "--each", str(tmp_path)))
    assert told["inputs"] == 2
    assert told["applied"] == {"alias-hides-application": {"repair": 1}, "duplicate-daemon-process": {"safe": 1}}
    assert json.loads(_counted("--json", "--each", "--level", "safe", str(tmp_path)))["applied"] == {
        "duplicate-daemon-process": {"safe": 1}
    }


def test_the_same_files_give_the_same_table(tmp_path: Path) -> None:
    (tmp_path / "hidden.conf").write_text(_HIDDEN)
    once = _counted(str(tmp_path))
    assert "| alias-hides-application | repair | 1 |" in once
    assert _counted("--jobs", "2", str(tmp_path)) == once
