"""The request model against the real server: the same configurations, the same requests, the same answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from . import server
from .agreement import Pair, compare, model_of, report
from .grammar import Drawn, drawn

#: Parts that may run in parallel, and configurations in each; times the requests on one.
PARTS, CONFIGURATIONS = 8, 14


@pytest.mark.parametrize("part", range(PARTS))
def test_grammar(part: int, httpd: Path, record_property: Callable[[str, object], None]) -> None:
    pairs: list[Pair] = []
    refused = 0
    wrong: list[str] = []

    @seed(part)
    @settings(
        max_examples=CONFIGURATIONS, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(drawn())
    def ask(one: Drawn) -> None:
        nonlocal refused
        done = server.run(one.setup, one.probes, httpd)
        if not done.started:
            refused += 1
            return
        found = compare(model_of(one.setup), done.answers)
        pairs.extend(found)
        wrong.extend(report(one.setup, pair) for pair in found if pair.difference is not None)

    ask()
    record_property("trace_grammar_pairs", len(pairs))
    record_property("trace_grammar_unknown", sum(not pair.is_known for pair in pairs))
    assert wrong == [], f"{len(wrong)} of {len(pairs)} differ\n\n" + "\n\n".join(wrong[:5])
