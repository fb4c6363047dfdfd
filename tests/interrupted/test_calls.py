"""Disturbed at any call of the system, a run leaves all files as they were, or all as they are to be; and the next one puts
right what it could not.

A sample by seed; with MODWSGI_FIX_PROOFS=all every call of every scene, in every way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from .calls import Call, ended, why_not
from .scenes import SCENES, Scene, debris, set_up, tree, warm, wrong

pytestmark = pytest.mark.slow

_ALL = os.environ.get("MODWSGI_FIX_PROOFS") == "all"
#: Of each scene so many are tried where not all are.
_SAMPLE = 8
#: What is done to a call: strace's words, and whether it lasts, so that the run cannot put things right.
_WAYS = {
    "killed": ("signal=KILL:when={}", True),
    "SIGTERM": ("signal=TERM:when={}", False),
    "SIGINT": ("signal=INT:when={}", False),
    "SIGHUP": ("signal=HUP:when={}", False),
    "no space": ("error=ENOSPC:when={}", False),
    "no space from now on": ("error=ENOSPC:when={}+", True),
    "an error of the disk": ("error=EIO:when={}", False),
    "errors of the disk from now on": ("error=EIO:when={}+", True),
    "forbidden": ("error=EACCES:when={}", False),
}


@pytest.fixture(scope="module", autouse=True)
def strace(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Without strace one line says so."""
    if reason := why_not():
        pytest.skip(reason)
    warm(tmp_path_factory.mktemp("warm"))


def _drawn(scene: Scene, calls: tuple[Call, ...]) -> Iterator[tuple[Call, str]]:
    every = [(call, way) for call in calls for way in _WAYS]
    if _ALL:
        return iter(every)
    return iter(Random(f"calls {scene.name}").sample(every, min(_SAMPLE, len(every))))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name.replace(" ", "-"))
def test_a_run_disturbed_at_any_call(tmp_path: Path, scene: Scene, record_property: pytest.RecordProperty) -> None:
    stage = set_up(scene, tmp_path / "whole")
    before = tree(stage.directory)
    whole = ended(scene.words, *stage, watched=True, prepare=scene.tool)
    after = tree(stage.directory)
    assert (whole.code, debris(stage)) == (0, []), whole
    assert before != after
    # Once more: what is imported when it is first needed is there now, and the calls are those of all further runs.
    ended(scene.words, *set_up(scene, tmp_path / "again"), watched=True, prepare=scene.tool)
    told, tried = [], 0
    for number, (call, way) in enumerate(_drawn(scene, whole.calls)):
        how, lasting = _WAYS[way]
        stage = set_up(scene, tmp_path / str(number))
        assert tree(stage.directory) == before
        inject = f"{call.name}:{how.format(call.number)}"
        done = ended(scene.words, *stage, inject=inject, prepare=scene.tool)
        tried += bool(done.disturbed)
        told += [
            f"{way} at {call.shown[:100]} ({inject}): {line}"
            for line in wrong(scene, stage, done, before, after, lasting=lasting)
        ]
    record_property("interrupted_runs", tried)
    assert not told, "\n".join([f"{len(told)} of {tried}", *told])
    assert tried
