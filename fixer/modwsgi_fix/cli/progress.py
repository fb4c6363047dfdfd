"""A progress bar for long logs, on a terminal only."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from modwsgi_fix.cli.output import is_terminal

#: Lines between two looks at the clock; seconds before the bar first appears, and between two drawings of it.
_EVERY, _PATIENCE, _PAUSE = 5_000, 1.0, 0.2
_WIDTH = 30


@contextmanager
def ticker(stream: BinaryIO) -> Iterator[Callable[[], None]]:
    """Yield a function to call for each line; it draws a bar where the reading takes over a second."""
    terminal = sys.stderr
    if terminal is None or not is_terminal(terminal):
        yield lambda: None
        return
    size = _size(stream)
    began = time.monotonic()
    lines, drawn = 0, 0.0

    def tick() -> None:
        nonlocal lines, drawn
        lines += 1
        if lines % _EVERY:
            return
        now = time.monotonic()
        if now - began > _PATIENCE and now - drawn > _PAUSE:
            drawn = now
            terminal.write("\r" + bar(lines, stream.tell() if size else 0, size))
            terminal.flush()

    yield tick
    if drawn:
        terminal.write("\r\x1b[K")
        terminal.flush()


def bar(lines: int, read: int, size: int) -> str:
    """Return a line with the part of ``size`` bytes that was read; where the size is 0, with the number of lines."""
    if not size:
        return f"{lines:,} lines"
    done = min(read * _WIDTH // size, _WIDTH)
    return f"[{'#' * done}{' ' * (_WIDTH - done)}] {min(100 * read // size, 100)} % {lines:,} lines"


def _size(stream: BinaryIO) -> int:
    """Return the size of a regular file in bytes; 0 for anything else."""
    with suppress(OSError, ValueError, AttributeError):
        found = os.fstat(stream.fileno())
        return found.st_size if stat.S_ISREG(found.st_mode) else 0
    return 0
