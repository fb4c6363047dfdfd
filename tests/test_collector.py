"""Python's collector of cycles rests while a server is read and checked, and is left as it was found."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from support import job_of, made

from modwsgi_fix.engine import check
from modwsgi_fix.engine.collector import collector_off
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
