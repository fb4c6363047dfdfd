"""What else is enabled on the server is served as before, and what a fix was not shown does not depend on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from support import SHARED

from . import known_faults, real, server
from .cases import all_cases
from .companies import Guest, companies, judge, of_case, of_public
from .install import private_roots
from .probe import Probe
from .proofs import sample

CASES = {case.name: case for case in all_cases() if of_case(case) is not None}
_ABSENT = pytest.param("", marks=pytest.mark.skip(reason=f"no real configurations in {SHARED}"))

pytestmark = pytest.mark.skipif(not private_roots(), reason="company needs a root of its own: an overlay")
Record = Callable[[str, object], None]


@pytest.mark.parametrize("name", sample(list(CASES), 12, "company of cases"))
def test_a_case_in_company(name: str, httpd: Path, record_property: Record) -> None:
    guest = of_case(CASES[name])
    assert guest is not None
    _prove(name, guest, httpd, record_property)


@pytest.mark.parametrize("name", sample(real.subjects(SHARED), 12, "company of public files") or [_ABSENT])
def test_a_public_configuration_in_company(name: str, httpd: Path, record_property: Record) -> None:
    _prove(name, of_public(SHARED / name), httpd, record_property)


def _prove(name: str, guest: Guest, httpd: Path, record_property: Record) -> None:
    done: dict[str, server.Run] = {}

    def serve(setup: server.Setup, asked: Sequence[Probe]) -> server.Run:
        key = repr((setup.files, setup.base, setup.include))
        if key not in done:
            done[key] = server.run(setup, asked, httpd)
        return done[key]

    violations: list[str] = []
    for company in companies(guest):
        done.clear()
        verdict = judge(guest, company, serve)
        violations += verdict.violations
        record_property("company_equal", verdict.equal)
        record_property("company_declared", verdict.declared)
        record_property("httpd_servers", len(done))
        record_property("httpd_probes", sum(len(run.answers) for run in done.values()))
        record_property("httpd_milliseconds", sum(run.milliseconds for run in done.values()))
    record_property("company_guests", 1)
    known_faults.hold(f"in company: {name}", violations)
