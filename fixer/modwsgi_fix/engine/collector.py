"""Python's collector of cycles, which has nothing to find while a server is read and checked."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
