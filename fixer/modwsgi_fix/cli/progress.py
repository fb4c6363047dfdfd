"""How far a long piece of work is: one line on standard error, on a terminal only, and gone at its end.

The work counts and knows nothing of the line, which a thread draws; so a run that is over soon, or that no person waits
for, loads neither threads nor rich.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO

from modwsgi_fix.cli.output import is_terminal

if TYPE_CHECKING:
    from threading import Event

#: Seconds before the line first appears, and between two drawings of it; lines of a log between two looks at how far it is read.
PATIENCE, _PAUSE, _EVERY = 1.0, 0.1, 5_000


class Step:
    """A piece of work of which ``done`` parts of ``of`` are done; ``of`` is 0 where nobody knows how many there are.

    It is shown after ``patience`` seconds.
    """

    def __init__(self, what: str, of: int = 0, patience: float | None = None) -> None:
        self.what = what
        self.patience = PATIENCE if patience is None else patience
        self.of = of
        self.done = 0

    def tick(self) -> None:
        """Count one part as done."""
        self.done += 1


@contextmanager
def working(what: str, of: int = 0, *, quiet: bool = False, patience: float | None = None) -> Iterator[Step]:
    """Yield a step, and show how far it is where it takes over ``patience`` seconds, by default one.

    Nothing may be printed meanwhile.
    """
    step = Step(what, of, patience)
    if quiet or not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        yield step
        return
    from threading import Event, Thread

    ended = Event()
    drawing = Thread(target=_draw, args=(step, ended), daemon=True)
    drawing.start()
    try:
        yield step
    finally:
        ended.set()
        drawing.join()


def _draw(step: Step, ended: Event) -> None:
    if ended.wait(step.patience):
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

    known = [BarColumn(), TaskProgressColumn()] if step.of else []
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), *known, TimeElapsedColumn())
    with (
        suppress(OSError),
        Progress(
            *columns,
            console=Console(stderr=True, highlight=False),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ) as bar,
    ):
        task = bar.add_task(step.what, total=step.of or None)
        while True:
            bar.update(task, completed=step.done, description=step.what, refresh=True)
            if ended.wait(_PAUSE):
                return


@contextmanager
def ticker(stream: BinaryIO, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """Yield a function to call for each line of a log: how far it has been read is shown where that takes over a second."""
    with working("reading the log", _size(stream), quiet=quiet) as step:
        lines = 0

        def tick() -> None:
            nonlocal lines
            lines += 1
            if lines % _EVERY == 0:
                step.what = f"reading the log: {lines:,} lines"
                step.done = stream.tell() if step.of else 0

        yield tick


def _size(stream: BinaryIO) -> int:
    """Return the size of a regular file in bytes; 0 for anything else."""
    with suppress(OSError, ValueError, AttributeError):
        found = os.fstat(stream.fileno())
        return found.st_size if stat.S_ISREG(found.st_mode) else 0
    return 0


class Shown:
    """Work that takes several turns, between which a terminal is somebody else's; each turn reads bytes."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = monotonic()
        self._read = 0

    @contextmanager
    def reading(self) -> Iterator[Callable[[int], None]]:
        """Yield a function to call with the size of each part: how much was read is shown where all turns take over a second."""
        with working(self._what, patience=max(0.0, PATIENCE - (monotonic() - self._begun))) as step:

            def tick(size: int) -> None:
                self._read += size
                step.what = f"{self._what}: {self._read / 1e6:.1f} MB"

            yield tick
