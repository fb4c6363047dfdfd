"""What ``make unit`` takes of the tests, and what it leaves to ``make check``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import test_rules
from support import ROOT

from modwsgi_fix.rule import all_rules

TESTS = """
import pytest
from hypothesis import settings

@pytest.mark.parametrize("case", [*range(99), pytest.param(99, marks=pytest.mark.always)])
def test_many(case): pass

@pytest.mark.parametrize("case", range(99))
def test_others(case): pass

@pytest.mark.parametrize("case", [0, 1])
def test_two(case): pass

def test_one(): print("made examples:", settings.default.max_examples)

@pytest.mark.slow
def test_slow(): pass
"""


@cache
def run(*words: str) -> str:
    """What pytest says of these tests, by the plugin alone."""
    command = [sys.executable, "-m", "pytest", "-v", "-s", "-p", "sampling", "-p", "no:cacheprovider", *words]
    with TemporaryDirectory() as directory:
        (Path(directory) / "test_these.py").write_text(TESTS)
        return subprocess.run(
            command,
            cwd=directory,
            env={"PYTHONPATH": str(ROOT / "tests"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout


def sample(seed: str) -> str:
    """What is said of the sample of a seed."""
    return run("--sample", "--sample-seed", seed)


def cases(told: str, function: str) -> set[str]:
    """The cases of a function that were run."""
    return set(re.findall(rf"::{function}\[(\d+)\]", told))


def test_two_cases_of_each_function_and_nothing_slow() -> None:
    told = sample("7")
    assert len(cases(told, "test_many")) == 3
    assert "99" in cases(told, "test_many")
    assert len(cases(told, "test_others")) == 2
    assert cases(told, "test_two") == {"0", "1"}
    assert "::test_one " in told
    assert "8 passed, 195 deselected" in told
    assert "by seed 7: the same again by make unit SEED=7" in told


def test_a_seed_has_the_same_cases_each_time_and_another_has_others() -> None:
    again = run("--sample-seed", "7", "--sample")
    assert cases(again, "test_others") == cases(sample("7"), "test_others") != cases(sample("8"), "test_others")


def test_functions_do_not_all_have_the_same_cases() -> None:
    assert cases(sample("7"), "test_many") - {"99"} != cases(sample("7"), "test_others")


def test_without_a_sample_all_are_run() -> None:
    assert "203 passed" in run()
    assert "seed" not in run()


def test_made_examples_are_fewer() -> None:
    assert "made examples: 10\n" in sample("7")
    assert "made examples: 100\n" in run()


def test_every_rule_is_in_every_sample() -> None:
    always = [case.values[0] for case in test_rules.cases() if case.marks]
    assert sorted(rule.name for rule in always) == sorted(all_rules())


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ([], "-n auto --maxprocesses 4 --sample"),
        (["SEED=7"], "-n auto --maxprocesses 4 --sample --sample-seed 7"),
        (["ALL=1"], "-n 3"),
    ],
)
def test_make_unit(words: list[str], command: str) -> None:
    # Without the words of a make that runs the tests.
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "ALL", "SEED")}
    asked = ["make", "--no-print-directory", "-n", "unit", *words]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True, env=env)
    assert done.stdout.splitlines()[-1].rstrip().endswith(f"-m pytest -q --ignore=tests/httpd {command}")
