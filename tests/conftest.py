"""What pytest says at the end about the proofs on a real server; counted in every process that ran some."""

from __future__ import annotations

from collections import Counter

import os

import pytest
from hypothesis import settings

# A busy machine is no failure; and CI tries the same examples each time, so that what is green stays green.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Sum the numbers that tests/httpd recorded as properties of its tests: these travel from xdist's workers."""
    counted: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            # One test has a report for each of its phases; what it recorded is complete with the last.
            if getattr(report, "when", None) == "teardown":
                for name, value in report.user_properties:
                    counted[name] += value if name.startswith("httpd_") else 0
    if not counted["httpd_servers"]:
        return
    terminalreporter.section("on a real httpd")
    terminalreporter.write_line(
        f"{counted['httpd_cases']} cases, {counted['httpd_probes']} probes, "
        f"{counted['httpd_caught']} of {counted['httpd_mutants']} mutations caught, "
        f"{counted['httpd_equivalent']} equivalent; "
        f"{counted['httpd_servers']} servers, {counted['httpd_milliseconds'] / counted['httpd_servers']:.0f} ms each"
    )
