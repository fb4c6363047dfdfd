"""The promise: no fix below UNSAFE opens what was closed, takes away what asked for a log-in, or loses an answer.

Servers are composed with their faults (``composed``), fixed at both levels, and asked the same before and after.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from . import fixing, known_faults
from .composed import Composed, compose
from .effects import admits, aligned, differences
from .install import private_roots
from .proofs import sample
from .server import Run, Setup, run

#: Four in a row differ in what the product is shown, so that a sample is drawn, not counted off.
SEEDS = sample(range(300), 25, "promise")
#: Those that found a fault once, of some thousand.
FOUND = [460, 547, 692, 740, 803, 819, 888]

pytestmark = pytest.mark.skipif(not private_roots(), reason="composed servers need a root of their own: an overlay")


@pytest.mark.parametrize("seed", [*SEEDS, *FOUND])
def test_nothing_is_opened_unlocked_or_lost(
    seed: int, httpd: Path, record_property: Callable[[str, object], None]
) -> None:
    composed = compose(seed)
    seen = fixing.disk(composed.tree) if composed.rooted else None
    served: dict[tuple[tuple[str, str], ...], Run] = {}
    wrong: list[str] = []
    story: list[str] = []
    counted: Counter[str] = Counter()
    before = fixing.Version(composed.texts)
    for name, level in fixing.LEVELS.items():
        after = fixing.fixed(composed.texts, level, seen)
        if after.texts == before.texts:
            continue
        counted[name] += 1
        old, new = (_served(composed, one.texts, served, httpd) for one in (before, after))
        if old.started and not new.started:
            wrong.append(f"{name}: httpd does not start any more: {' / '.join(new.messages)}")
            story.append(_story(seed, name, before, after))
        if not old.started or not new.started:
            # One that httpd refused is measured from where it first starts.
            before = after if new.started else before
            continue
        pairs = list(aligned(old, new))
        found = list(differences(pairs, fixing.read(before.texts), fixing.read(after.texts), composed.tree))
        counted.update(f"{name}_{one.effect}" for one in found)
        counted["equal"] += sum(was == now for _, was, now in pairs)
        bad = [one for one in found if not any(admits(fix, one) for fix in after.applied)]
        counted["undeclared"] += len(bad)
        if bad:
            wrong += [f"{name}: {one}" for one in bad]
            story.append(_story(seed, name, before, after))
    for what, number in counted.items():
        record_property(f"promise_{what}", number)
    record_property("promise_servers", 1)
    record_property("httpd_servers", len(served))
    record_property("httpd_probes", sum(len(one.answers) for one in served.values()))
    record_property("httpd_milliseconds", sum(one.milliseconds for one in served.values()))
    known_faults.hold(f"composed server {seed}", wrong, story)


def _served(
    composed: Composed, texts: fixing.Texts, served: dict[tuple[tuple[str, str], ...], Run], httpd: Path
) -> Run:
    key = tuple(texts.items())
    if key not in served:
        base = None if composed.whole else composed.base
        setup = Setup(texts, composed.tree, base, listen=composed.ports, include=fixing.entries(texts))
        served[key] = run(setup, composed.probes, httpd)
    return served[key]


def _story(seed: int, level: str, before: fixing.Version, after: fixing.Version) -> str:
    """All that is needed to look into it, besides the answers: the seed, the texts, and the diff."""
    lines = [f"\nseed {seed}, {level}, by {', '.join(map(str, after.applied))}:"]
    for name, text in before.texts.items():
        lines += ["", f"# {name}", text]
        lines += difflib.unified_diff(text.split("\n"), after.texts[name].split("\n"), name, name, lineterm="")
    return "\n".join(lines)
