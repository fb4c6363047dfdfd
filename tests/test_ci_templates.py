"""The action for GitHub and the job for GitLab: their own commands are run, on a server with a fault and on a clean one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
JOB = yaml.safe_load((ROOT / "integrations/gitlab.yml").read_text("utf-8"))
FAULTY = "<VirtualHost *:80>\n    ServerName a.test\n    WSGIPythonHome /srv/env\n</VirtualHost>\n"
CLEAN = "<VirtualHost *:80>\n    ServerName a.test\n</VirtualHost>\n"


def sh(script: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does: ``bash -e``, with the command that this environment has installed."""
    found = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{found}:{os.environ['PATH']}", **variables}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


def installed(tmp_path: Path) -> Path:
    """A runner's directory for temporary files, in which the command was installed."""
    (tmp_path / "runner/modwsgi-fix").mkdir(parents=True)
    (tmp_path / "runner/modwsgi-fix/bin").symlink_to(Path(sys.executable).parent)
    return tmp_path / "runner"


def step(name: str) -> dict[str, Any]:
    (found,) = [one for one in ACTION["runs"]["steps"] if one["name"] == name]
    return found


@pytest.mark.parametrize(("text", "code"), [(FAULTY, 1), (CLEAN, 0)])
def test_the_action_annotates_lines(tmp_path: Path, text: str, code: int) -> None:
    runner = installed(tmp_path)
    (tmp_path / "a conf").mkdir()
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/site.conf").write_text(text)
    done = sh(step("Check")["run"], tmp_path, RUNNER_TEMP=str(runner), PATHS="conf", ARGS="--isolated")
    assert done.returncode == code
    assert ("::error title=directive-in-wrong-context,file=conf/site.conf,line=3" in done.stdout) is bool(code)


def test_inputs_of_the_action_are_words_and_no_commands(tmp_path: Path) -> None:
    runner = installed(tmp_path)
    done = sh(step("Check")["run"], tmp_path, RUNNER_TEMP=str(runner), PATHS="$(touch owned) *", ARGS="--isolated")
    assert done.returncode == 2
    assert not (tmp_path / "owned").exists()


def test_the_action_installs_the_source_that_it_comes_with() -> None:
    install = step("Install modwsgi-fix")
    assert install["env"] == {"SOURCE": "${{ github.action_path }}"}
    assert install["run"].rstrip().endswith('-m pip install --quiet "$SOURCE"')
    assert subprocess.run(["bash", "-n", "-c", install["run"]], check=False).returncode == 0


def test_the_job_writes_a_report_on_code_quality(tmp_path: Path) -> None:
    (tmp_path / "site.conf").write_text(FAULTY)
    _, check = JOB["modwsgi-fix"]["script"]
    done = sh(check, tmp_path, **{**JOB["variables"], "MODWSGI_FIX_ARGS": "--isolated"})
    assert done.returncode == 1
    report = json.loads((tmp_path / JOB["modwsgi-fix"]["artifacts"]["reports"]["codequality"]).read_text())
    assert "directive-in-wrong-context" in {one["check_name"] for one in report}
    assert {one["location"]["path"] for one in report} == {"site.conf"}
