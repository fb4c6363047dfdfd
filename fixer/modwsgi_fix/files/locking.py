"""One run at a time in each directory."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from modwsgi_fix.files import FileProblem
from modwsgi_fix.files.places import Held, held
from modwsgi_fix.files.sharing import Judge


@contextmanager
def locked(directories: Sequence[str], judge: Judge | None = None) -> Iterator[Held]:
    """Open directories as ``held`` does, and keep other runs out of them.

    The kernel drops such locks with the process, so that a crash leaves none behind.
    """
    with held(directories, judge) as places:
        for directory, descriptor in places.descriptors.items():
            _lock(directory, descriptor, shared=False)
        yield places


@contextmanager
def used(directory: str) -> Iterator[Held]:
    """Share a directory with other users of it, and keep out runs that lock it (``locked``); wait for one that has."""
    with held([directory]) as places:
        for descriptor in places.descriptors.values():
            _lock(directory, descriptor, shared=True)
        yield places


def _lock(directory: str, descriptor: int, *, shared: bool) -> None:
    """Lock an open directory for as long as it is open."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FileProblem(directory, "another run of modwsgi-fix is writing here") from None
    except OSError:  # a filesystem without locks on directories, such as NFS
        pass
