"""Python's collector of cycles, which has nothing to find while a server is read and checked."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def set_aside() -> None:
    """Have the collector never look again at the objects that there are now, which stay for long.

    What has become garbage since this was last done is collected first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


#: After so many collections of what is young, all that is not set aside is looked through, as Python does.
_YOUNG = 10


class Collector:
    """The collector in a program that answers questions, which has time for it once an answer is on its way."""

    def __init__(self) -> None:
        self._collected = 0

    def take_over(self) -> None:
        """Have nothing collected but by ``collect``."""
        gc.disable()

    def collect(self) -> None:
        """Collect what has become garbage: what is young, and of every so many times, everything."""
        self._collected += 1
        gc.collect(1 if self._collected % _YOUNG else 2)


@contextmanager
def collector_off() -> Iterator[None]:
    """Turn the collector of cycles off while the context lasts.

    A server consists of some million objects that all stay. Whenever their number has grown by a quarter, the collector
    looks through all of them, which takes a quarter of the time of a check. Garbage is collected afterwards.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def piece_by_piece() -> Iterator[Callable[[], None]]:
    """Yield a function that frees what has become garbage since the context began, without a look at what was there before.

    What a server was read into refers to itself, so that nothing but the collector frees it.
    """

    def free() -> None:
        gc.collect()
        gc.freeze()

    gc.freeze()
    try:
        yield free
    finally:
        gc.unfreeze()
