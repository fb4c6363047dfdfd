"""Files of our own, written whole or not at all, and never where httpd might read them."""

from __future__ import annotations

import os
import re

from modwsgi_fix.cli.backups import read_by_httpd
from modwsgi_fix.files import OWN, FileProblem, problem
from modwsgi_fix.files.locking import locked
from modwsgi_fix.files.places import opening
from modwsgi_fix.files.sharing import judge_of
from modwsgi_fix.files.staging import exists
from modwsgi_fix.files.staging import put as put_staged
from modwsgi_fix.text import encode
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.plan import Plan
from modwsgi_fix.workspace.session import Session

#: Directories of files that are enabled one by one: whatever lies there may be read by httpd one day.
_ENABLED = re.compile(r"(?:sites|conf|mods)-[^/]+").fullmatch


def must_be_a_file(option: str, path: str) -> None:
    """Raise ``Stop`` where the path that an option names cannot be a file."""
    if os.path.isdir(path) or not os.path.basename(path):
        raise Stop(f"{option} {path}: is a directory; name a file")
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise Stop(f"{option} {path}: no such directory")


def must_not_be_configuration(session: Session, path: str, option: str) -> None:
    """Raise ``Stop`` where httpd reads the file that an option names, or might."""
    real = os.path.realpath(path)
    if any(real in config.files or real in config.scripts for config in session.configs):
        raise Stop(f"{option} {path}: is one of the files that are checked")
    if is_enabled(path) or is_read(session.plan, path):
        raise Stop(f"{option} {path}: httpd might read it there; name a file in another directory")


def is_enabled(path: str) -> bool:
    """Whether a file lies where others are enabled one by one."""
    return any(map(_ENABLED, os.path.dirname(os.path.realpath(path)).split("/")))


def is_read(planned: Plan, path: str) -> bool:
    """Whether an Include of the servers that are read takes a file in."""
    real = os.path.realpath(path)
    return bool(planned.jobs) and real in read_by_httpd(planned, [real], {})


def put(path: str, text: str, kind: str, *, allow_shared: bool) -> None:
    """Write a file, whole at any moment. Raises ``FileProblem``.

    ``kind`` is in the name that the new one has until it takes the place of the old one.
    """
    real = os.path.realpath(path)
    directory = os.path.dirname(real)
    mask = os.umask(0o077)
    os.umask(mask)
    if os.path.exists(real) and not os.access(real, os.W_OK):
        raise FileProblem(path, "permission denied")
    try:
        judge = judge_of(allow_shared=allow_shared)
        with locked([directory], judge) as places:
            place = places.at(real)
            if judge and exists(place):
                with opening(place) as descriptor:
                    judge(real, descriptor)
            put_staged(
                place,
                encode(text),
                staged=places.at(os.path.join(directory, f"{OWN}{kind}.staged")),
                mode=0o666 & ~mask,
            )
    except OSError as error:
        raise problem(path, error) from error
