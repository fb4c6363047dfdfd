"""A check that ends once nobody waits for its answer, as in an editor when the text has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class GivenUp(BaseException):
    """Nobody waits for the answer. Like ``KeyboardInterrupt`` it is not an error of what was running."""


_is_over: ContextVar[Callable[[], bool]] = ContextVar("is_over")


@contextmanager
def until(is_over: Callable[[], bool]) -> Iterator[None]:
    """End a check within the context by ``GivenUp`` once ``is_over`` says so, which is asked before each file and each rule."""
    token = _is_over.set(is_over)
    try:
        yield
    finally:
        _is_over.reset(token)


def go_on() -> None:
    """Raise ``GivenUp`` where nobody waits for the answer any more."""
    is_over = _is_over.get(None)
    if is_over is not None and is_over():
        raise GivenUp
