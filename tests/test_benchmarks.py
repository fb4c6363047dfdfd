"""The benchmarks run, on servers so small that the figures say nothing; ``make bench`` collects these."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from figures import Figure, figure, figures
from record import BENCHMARKS

pytestmark = pytest.mark.slow

#: What runs here; the others take their time whatever they are given.
SMALL = (
    "parse.py 200",
    "hosts.py --runs 1 3",
    "check.py 3",
    "changed_hosts.py 2",
    "trace.py 3 5",
)


@pytest.mark.parametrize("command", SMALL)
def test_a_benchmark_runs(command: str) -> None:
    name, *words = command.split()
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / name), *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode in (0, 1), done.stderr) == (True, "")
    assert name == "check.py" or figures(done.stdout), done.stdout


@pytest.mark.parametrize(
    ("words", "code", "told"), [((), 0, ""), (("--kind", "clean", "--kind", "panel"), 2, "--write takes one --kind")]
)
def test_a_server_is_written_into_a_directory_that_is_not_there(
    tmp_path: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    command = [
        sys.executable,
        str(ROOT / "benchmarks" / "hosts.py"),
        *words,
        "--write",
        str(tmp_path / "new/server"),
        "2",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, told in done.stderr, done.stderr.count("\n")) == (code, "", True, bool(told))
    assert (tmp_path / "new/server/apache2.conf").exists() is not bool(told)


def test_a_server_is_written_into_no_directory_that_has_anything(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    for place, told in ((tmp_path, "an empty directory"), (tmp_path / "mine/new", "Not a directory")):
        command = [sys.executable, str(ROOT / "benchmarks" / "hosts.py"), "--write", str(place), "2"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stdout, told in done.stderr, done.stderr.count("\n")) == (2, "", True, 1)
    assert [one.name for one in tmp_path.iterdir()] == ["mine"]


def test_make_bench_runs_all_of_them() -> None:
    there = {path.name for path in (ROOT / "benchmarks").glob("*.py")} - {"figures.py", "record.py"}
    assert {command.split()[0] for command in BENCHMARKS} == there


def test_a_figure_is_read_as_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert figure("a start", 7.123, "times `python -c pass`", 7.5)
    assert not figure("many reports", 61234.5, "s", 1000)
    assert figures(capsys.readouterr().out + "first check: 12.0 ms\n") == [
        Figure("a start", "7.12 times `python -c pass`", "7.5", "reached"),
        Figure("many reports", "61,234 s", "1,000", "over"),
    ]
