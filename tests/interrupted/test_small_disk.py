"""A disk that is full at any moment: nothing is written, nothing is left behind, and one line says why."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

_MOUNTS = ["unshare", "-m", "--propagation", "private", "sh", "-c"]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_disk_that_is_full_at_any_moment(tmp_path: Path, record_property: pytest.RecordProperty) -> None:
    try:
        tried = subprocess.run([*_MOUNTS, 'mount -t tmpfs none "$0"', str(tmp_path)], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare, so that no small disk can be mounted")
    if tried.returncode:
        pytest.skip("no small disk can be mounted here")
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [*_MOUNTS, '"$@"', "sh", sys.executable, "-m", "interrupted.small_disk", str(tmp_path)],
        cwd=tests, env={**os.environ, "PYTHONPATH": str(tests)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    wrong = [line for line in done.stdout.splitlines() if line.startswith("wrong: ")]
    counted = re.search(r"^played: (\d+) runs, (\d+) refused$", done.stdout, re.M)
    assert counted is not None, done.stdout
    record_property("interrupted_full", int(counted[1]))
    assert not wrong, "\n".join(wrong)
    assert int(counted[2]) > 30
