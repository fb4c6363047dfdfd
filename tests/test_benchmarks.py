"""The benchmarks run, on servers so small that the figures say nothing; ``make bench`` collects these."""

from __future__ import annotations

import subprocess
import sys

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
