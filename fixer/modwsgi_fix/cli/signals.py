"""Signals that end a run: the run puts back what it was writing, and its exit code says which signal it was."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(BaseException):
    """A signal arrived; ``code`` is the exit code, 128 plus the number of the signal, as in shells."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def raised() -> Iterator[None]:
    """Have SIGINT, SIGTERM and SIGHUP raise ``Stopped`` instead of ending the process.

    A signal that is ignored stays ignored: nohup and shells start programs so.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    taken = [number for number in numbers if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)]
    before = {number: signal.signal(number, _raise) for number in taken}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, frame: FrameType | None) -> None:
    raise Stopped(128 + number)
