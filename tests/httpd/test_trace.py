"""The request model against the real server: the same configurations, the same requests, the same answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modwsgi_fix.model.request import trace

from . import server
from .agreement import Pair, compare, model_of, report, request_of_probe
from .grammar import Drawn, made_servers
from .install import private_roots
from .proofs import everything
from .servers_of_corpus import probes_of, setups

#: Parts that may run in parallel, and configurations in each; times the requests on one.
PARTS, CONFIGURATIONS = 8, 100 if everything() else 11
#: The corpus, in as many parts.
SHARES = 8
#: Of the pairs of the corpus the model may call so many unknown.
MOST_UNKNOWN = 0.03

Record = Callable[[str, object], None]


def _judge(pairs: list[Pair], wrong: list[str], record: Record, what: str) -> None:
    record(f"trace_{what}_pairs", len(pairs))
    record(f"trace_{what}_unknown", sum(not pair.is_known for pair in pairs))
    assert wrong == [], f"{len(wrong)} of {len(pairs)} differ\n\n" + "\n\n".join(wrong[:5])


@pytest.mark.parametrize("part", range(PARTS))
def test_grammar(part: int, httpd: Path, record_property: Record) -> None:
    pairs: list[Pair] = []
    wrong: list[str] = []

    @made_servers(part, CONFIGURATIONS)
    def ask(one: Drawn) -> None:
        done = server.run(one.setup, one.probes, httpd)
        if done.started:
            found = compare(model_of(one.setup), done.answers)
            pairs.extend(found)
            wrong.extend(report(one.setup, pair) for pair in found if pair.difference is not None)

    ask()
    assert len(pairs) > CONFIGURATIONS * 10, "httpd refuses most of what the grammar makes"
    _judge(pairs, wrong, record_property, "grammar")


@pytest.mark.skipif(not private_roots(), reason="real configurations need a root of their own: an overlay")
@pytest.mark.parametrize("part", range(SHARES))
def test_corpus(part: int, httpd: Path, record_property: Record) -> None:
    pairs: list[Pair] = []
    wrong: list[str] = []
    for _, setup in setups()[part::SHARES]:
        config = model_of(setup)
        done = server.run(setup, [probe for probe in probes_of(config) if probe.port in setup.listen], httpd)
        # One real configuration brings httpd itself down with its first request.
        if done.started and not any(answer.body == "ConnectionRefusedError" for answer in done.answers.values()):
            found = compare(config, done.answers)
            pairs.extend(found)
            wrong.extend(report(setup, pair) for pair in found if pair.difference is not None)
    _judge(pairs, wrong, record_property, "corpus")


def test_little_of_the_corpus_is_unknown(httpd: Path) -> None:
    traces = []
    for _, setup in setups():
        config = model_of(setup)
        traces += [trace(config, request_of_probe(probe)) for probe in probes_of(config)]
    unknown = sum(not traced.is_known for traced in traces)
    assert unknown <= MOST_UNKNOWN * len(traces), f"{unknown} of {len(traces)}"
