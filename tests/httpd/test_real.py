"""Real configurations keep their answers under every fix, or change them as the fix's rule declares, or start at last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support import SHARED

from . import fixing, known_faults, real
from .install import private_roots
from .server import Base, Run

_ABSENT = pytest.param("", marks=pytest.mark.skip(reason=f"no real configurations in {SHARED}"))

pytestmark = pytest.mark.skipif(not private_roots(), reason="real configurations need a root of their own: an overlay")


@pytest.mark.parametrize("name", real.subjects(SHARED) or [_ABSENT])
def test_a_real_configuration(name: str, httpd: Path, record_property: Callable[[str, object], None]) -> None:
    subject = real.prepare(SHARED / name)
    runs: dict[tuple[Base, tuple[tuple[str, str], ...]], Run] = {}
    violations: list[str] = []

    def serve(version: fixing.Version, base: Base, *, again: bool = False) -> Run:
        key = base, tuple(version.texts.items())
        if again or key not in runs:
            runs[key] = real.serve(subject, version.texts, base, httpd)
        return runs[key]

    def judged(reading: real.Reading, base: Base, level: real.Level) -> real.Verdict:
        before, after = reading.versions["before"], reading.versions[level]
        verdict = real.judge(subject, reading, base, level, serve(before, base), serve(after, base))
        if verdict.violations and any(map(_silent, (serve(before, base), serve(after, base)))):
            # Twenty processes that start at once may keep a probe waiting for too long.
            pair = serve(before, base, again=True), serve(after, base, again=True)
            verdict = real.judge(subject, reading, base, level, *pair)
        return verdict

    if not any(reading.differs(level) for reading in subject.readings for level in fixing.LEVELS):
        serve(subject.readings[0].versions["before"], subject.readings[0].bases[0])
    for reading in subject.readings:
        violations += real.hidden(reading)
        before = reading.versions["before"]
        for level, version in reading.versions.items():
            for base in reading.bases if version.texts != before.texts else ():
                verdict = judged(reading, base, level)
                violations += verdict.violations
                record_property("real_equal", verdict.equal)
                record_property("real_declared", verdict.declared)
    for level in fixing.LEVELS:
        record_property(f"real_{level}", int(any(reading.differs(level) for reading in subject.readings)))
    record_property("real_files", 1)
    answers = [answer for run in runs.values() for answer in run.answers.values()]
    record_property("real_answering", int(any(answer.who == "application" for answer in answers)))
    first = next(iter(runs.values()))
    record_property("real_started", int(first.started))
    if not first.started:
        cured = any(run.started for run in runs.values())
        record_property("real_reason", "" if cured else real.why(first, subject.text))
    record_property("httpd_servers", len(runs))
    record_property("httpd_probes", sum(len(run.answers) for run in runs.values()))
    record_property("httpd_milliseconds", sum(run.milliseconds for run in runs.values()))
    known_faults.hold(f"real: {name}", violations)


def _silent(run: Run) -> bool:
    return any(not answer.status for answer in run.answers.values())
