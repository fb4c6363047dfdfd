"""Signals at any moment, and two runs at once: all files are as they were, or all as they are to be."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from .calls import Ended, ended
from .scenes import SCENES, UNDO, WRITE, Scene, Stage, Tree, debris, set_up, tree, warm, wrong

pytestmark = pytest.mark.slow

_ALL = os.environ.get("MODWSGI_FIX_PROOFS") == "all"
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL)
_BUSY = (
    "another run of modwsgi-fix is writing here",
    "changed on disk meanwhile",
    "an interrupted run is to be put right first",
    "was changed since",
)


@pytest.fixture(scope="module", autouse=True)
def warmed(tmp_path_factory: pytest.TempPathFactory) -> None:
    warm(tmp_path_factory.mktemp("warm"))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name.replace(" ", "-"))
def test_a_signal_at_a_random_moment(tmp_path: Path, scene: Scene, record_property: pytest.RecordProperty) -> None:
    stage = set_up(scene, tmp_path / "whole")
    before = tree(stage.directory)
    assert ended(scene.words, *stage, prepare=scene.tool).code == 0
    after = tree(stage.directory)
    draw, told, times = Random(f"signals {scene.name}"), list[str](), 100 if _ALL else 5
    for number in range(times):
        stage = set_up(scene, tmp_path / str(number))
        one, moment = draw.choice(_SIGNALS), draw.uniform(0, 0.25)

        def send(pid: int, one: signal.Signals = one, moment: float = moment) -> None:
            time.sleep(moment)
            os.kill(pid, one)

        done = ended(scene.words, *stage, prepare=scene.tool, meanwhile=send)
        lines = wrong(scene, stage, done, before, after, lasting=one is signal.SIGKILL)
        if done.code not in (0, -one, 128 + one):
            lines.append(f"its exit code is {done.code}: {done.err}")
        told += [f"{one.name} after {moment:.3f} s: {line}" for line in lines]
    record_property("interrupted_signals", times)
    assert not told, "\n".join(told)


def _at_once(one: tuple[str, ...], other: tuple[str, ...], stage: Stage, moment: float) -> tuple[Ended, Ended]:
    """Run two commands, the second one a moment after the first."""
    second: list[Ended] = []

    def run_the_other(pid: int) -> None:
        time.sleep(moment)
        second.append(ended(other, *stage))

    first = ended(one, *stage, meanwhile=run_the_other)
    return first, second[0]


PAIRS = {
    "write and write": (WRITE, WRITE, False),
    "write and undo": (WRITE, UNDO, False),
    "undo and write": (UNDO, WRITE, True),
    "undo and undo": (UNDO, UNDO, True),
    "undo and write in place": (UNDO, (*WRITE[:-1], "--in-place", "conf"), True),
    "baseline and baseline": (SCENES[-2].words, SCENES[-2].words, False),
}


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PAIRS)
def test_two_runs_at_once(tmp_path: Path, name: str, record_property: pytest.RecordProperty) -> None:
    one, other, is_written = PAIRS[name]
    draw, told, times = Random(f"runs {name}"), list[str](), 60 if _ALL else 4
    for number in range(times):
        stage = set_up(SCENES[0], tmp_path / str(number))
        bare = tree(stage.directory)
        if is_written:
            assert ended(WRITE, *stage).code == 0
        every = _possible(tmp_path / f"{number} alone", one)
        moment = draw.uniform(0, 0.15)
        first, second = _at_once(one, other, stage, moment)
        told += [f"{moment:.3f} s: {line}" for line in _wrong(stage, bare, every, (first, second))]
    record_property("interrupted_pairs", times)
    assert not told, "\n".join(told)


def _possible(place: Path, words: tuple[str, ...]) -> list[Tree]:
    """What a tree may be: as it was, written, or with a baseline."""
    stage = set_up(SCENES[0], place)
    found = [tree(stage.directory)]
    assert ended(words if words != UNDO else WRITE, *stage).code == 0
    return [*found, tree(stage.directory)]


def _wrong(stage: Stage, bare: Tree, every: list[Tree], done: tuple[Ended, Ended]) -> Iterator[str]:
    now = tree(stage.directory)
    if now not in every:
        yield f"some files are changed and others not: {[name for name in now if now[name] != bare.get(name)]}"
    if left := debris(stage):
        yield f"left behind: {left}"
    for one in done:
        if one.code not in (0, 1, 2) or "Traceback" in one.err or "internal error" in one.err:
            yield f"{one.code}: {one.err}"
        if one.code == 2 and not any(reason in one.err for reason in _BUSY):
            yield f"it does not say why: {one.err}"
    if not any(one.code == 0 for one in done):
        yield f"none of them did anything: {[one.err for one in done]}"
    if now == every[1] != bare and "modwsgi-fix-baseline.json" not in now:
        undone = ended(UNDO, *stage)
        if undone.code or tree(stage.directory) != bare:
            yield f"undo does not take it back: {undone.code} {undone.err}"
