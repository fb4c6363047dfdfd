"""What pytest says at the end about the proofs on a real server; counted in every process that ran some."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import settings

# A busy machine is no failure; and CI tries the same examples each time, so that what is green stays green.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What tests/test_corpus.py can write anew."""
    parser.addoption(
        "--write-expected", action="store_true", help="write corpus/*/expected/ anew, to be read by a person"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Sum the numbers that tests/httpd recorded as properties of its tests: these travel from xdist's workers."""
    counted: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            # One test has a report for each of its phases; what it recorded is complete with the last.
            if getattr(report, "when", None) == "teardown":
                for name, value in report.user_properties:
                    counted[name] += value if name.startswith("httpd_") else 0
    if not counted["httpd_servers"] and not counted["httpd_trees"]:
        return
    terminalreporter.section("on a real httpd")
    if counted["httpd_trees"]:
        terminalreporter.write_line(
            f"{counted['httpd_trees']} files read to the same tree, {counted['httpd_refusals']} refused by both"
        )
    if not counted["httpd_servers"]:
        return
    terminalreporter.write_line(
        f"{counted['httpd_cases']} cases, {counted['httpd_probes']} probes, "
        f"{counted['httpd_caught']} of {counted['httpd_mutants']} mutations caught, "
        f"{counted['httpd_equivalent']} equivalent; "
        f"{counted['httpd_servers']} servers, {counted['httpd_milliseconds'] / counted['httpd_servers']:.0f} ms each"
    )
