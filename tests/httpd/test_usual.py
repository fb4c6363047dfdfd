"""The request model against the real server, on whole servers as administrators write them (``usual``)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from . import server
from .agreement import Pair, compare, model_of, report
from .proofs import sample
from .usual import made

#: In parts that may run in parallel.
PARTS = 6
SEEDS = sample(range(1200), 96, "usual")
#: Of the answers of a part the model may leave so many open: conditions that only a request or a clock decides.
MOST_UNKNOWN = 0.35


@pytest.mark.parametrize("part", range(PARTS))
def test_the_answers_are_those_of_httpd(part: int, httpd: Path, record_property: Callable[[str, object], None]) -> None:
    pairs: list[Pair] = []
    wrong: list[str] = []
    for seed in SEEDS[part::PARTS]:
        asked = made(seed)
        done = server.run(asked.setup, asked.probes, httpd)
        if done.started:
            found = compare(model_of(asked.setup), done.answers)
            pairs += found
            wrong += [f"seed {seed}\n{report(asked.setup, pair)}" for pair in found if pair.difference is not None]
    unknown = sum(not pair.is_known for pair in pairs)
    record_property("trace_usual_pairs", len(pairs))
    record_property("trace_usual_unknown", unknown)
    assert len(pairs) > len(SEEDS[part::PARTS]) * 8, "httpd refuses most of what is made"
    assert wrong == [], f"{len(wrong)} of {len(pairs)} differ\n\n" + "\n\n".join(wrong[:5])
    assert unknown <= MOST_UNKNOWN * len(pairs)
