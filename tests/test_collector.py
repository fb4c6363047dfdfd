"""Python's collector of cycles rests while a server is read and checked, and is left as it was found."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from weakref import ref

import pytest
from support import job_of, made

from modwsgi_fix.collector import Collector, collector_off
from modwsgi_fix.engine import check
from modwsgi_fix.lsp.server import Server
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic


def test_it_rests_while_rules_are_asked() -> None:
    seen: list[bool] = []

    def looking(config: Config) -> Iterator[Diagnostic]:
        seen.append(gc.isenabled())
        return iter(())

    check(job_of({"/site.conf": "Listen 80\n"}, made(looking)))
    assert seen == [False]
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), collector_off():
        _ = 1 / 0
    assert gc.isenabled()


def test_whoever_switched_it_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with collector_off():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_program_that_answers_collects_when_it_says_so() -> None:
    class Loop:
        def __init__(self) -> None:
            self.itself = self

    collector = Collector()
    collector.take_over()
    try:
        assert not gc.isenabled()
        old = Loop()
        gc.collect()
        young = ref(Loop())
        collector.collect()
        assert young() is None
        old, gone = Loop(), ref(old)
        for _ in range(9):
            assert gone() is not None
            collector.collect()
        assert gone() is None
        assert old.itself is old
    finally:
        gc.enable()


def test_the_language_server_collects_once_an_answer_is_on_its_way() -> None:
    done: list[str] = []

    class Noting(Collector):
        def collect(self) -> None:
            done.append("collected")

    async def asked() -> None:
        made = Server()
        made.collector = Noting()
        await made.answered(lambda state: done.append("answered"))
        made._thread.shutdown()

    asyncio.run(asked())
    assert done == ["answered", "collected"]
