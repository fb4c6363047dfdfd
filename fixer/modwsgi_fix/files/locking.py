"""One run at a time in each directory."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from modwsgi_fix.files import FileProblem, problem


@contextmanager
def locked(directories: Sequence[str]) -> Iterator[None]:
    """Keeps other runs out. The kernel drops such locks with the process, so that a crash leaves none behind."""
    with ExitStack() as stack:
        for directory in directories:
            stack.enter_context(_held(directory, shared=False))
        yield


@contextmanager
def used(directory: str) -> Iterator[None]:
    """Keeps out those who want a directory for themselves (``locked``), and nobody else; waits for one who has it."""
    with _held(directory, shared=True):
        yield


@contextmanager
def _held(directory: str, *, shared: bool) -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise problem(directory, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileProblem(directory, "another run of modwsgi-fix is writing here") from None
        except OSError:  # a filesystem without locks, as NFS for a directory
            pass
        yield
    finally:
        os.close(descriptor)
