"""``--sample``: what ``make unit`` runs after each edit, in about a minute.

Of a function that is run with many cases two are taken, and those that are marked ``always``; what is marked ``slow`` is left to
``make check``. hypothesis makes a tenth of its examples. Which two is decided by a seed, which is the day's date, so that a week of edits sees most cases.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import settings

#: Cases of one function that are run.
MOST = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a sample."""
    parser.addoption("--sample", action="store_true", help="run two cases of each function, and nothing that is slow")
    parser.addoption("--sample-seed", metavar="SEED", help="which cases these are; the day's date by default")


def pytest_configure(config: pytest.Config) -> None:
    """Settle the seed before there are other processes, which are given the options."""
    config.addinivalue_line("markers", "slow: takes over four tenths of a second; left to make check by make unit")
    config.addinivalue_line("markers", "always: a case that is in every sample")
    if config.option.sample:
        settings.register_profile("sample", settings.default, max_examples=settings.default.max_examples // 10)
        settings.load_profile("sample")
    config.option.sample_seed = config.option.sample_seed or f"{datetime.date.today():%Y%m%d}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not in the sample."""
    if config.option.sample:
        taken = set(sampled(items, config.option.sample_seed))
        config.hook.pytest_deselected(items=[item for item in items if item not in taken])
        items[:] = [item for item in items if item in taken]


def sampled(items: Sequence[pytest.Item], seed: str) -> Iterable[pytest.Item]:
    """Yield the tests of the sample, function by function."""
    functions: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("slow") is None:
            functions.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for name, cases in functions.items():
        always = [case for case in cases if case.get_closest_marker("always")]
        yield from always
        rest = [case for case in cases if case not in always]
        # The same two in every process, and other ones in each function.
        yield from random.Random(f"{seed} {name}").sample(rest, min(MOST, len(rest)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How to have the same cases again, and all of them."""
    option = terminalreporter.config.option
    if option.sample:
        terminalreporter.write_line(
            f"a sample of the tests, by seed {option.sample_seed}: the same again by make unit SEED={option.sample_seed}, "
            "all by make unit ALL=1"
        )
