"""What pytest says at the end about the proofs on a real server; counted in every process that ran some."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Sum the numbers that tests/httpd recorded as properties of its tests: these travel from xdist's workers."""
    counted: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            # One test has a report for each of its phases; what it recorded is complete with the last.
            if getattr(report, "when", None) == "teardown":
                for name, value in report.user_properties:
                    counted[name] += value if name.startswith(("httpd_", "trace_")) else 0
    for what in ("grammar", "corpus"):
        if pairs := counted[f"trace_{what}_pairs"]:
            unknown = counted[f"trace_{what}_unknown"]
            terminalreporter.write_line(
                f"trace, {what}: {pairs} (configuration, request) pairs, {unknown} unknown to the model ({unknown / pairs:.1%})"
            )
    if not counted["httpd_servers"]:
        return
    terminalreporter.section("on a real httpd")
    terminalreporter.write_line(
        f"{counted['httpd_cases']} cases, {counted['httpd_probes']} probes, "
        f"{counted['httpd_caught']} of {counted['httpd_mutants']} mutations caught, "
        f"{counted['httpd_equivalent']} equivalent; "
        f"{counted['httpd_servers']} servers, {counted['httpd_milliseconds'] / counted['httpd_servers']:.0f} ms each"
    )
