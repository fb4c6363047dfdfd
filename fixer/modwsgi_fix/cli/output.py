"""Standard output and error as bytes: names and lines go out as they were read, whatever the locale.

Services and hooks start programs with these closed, or with a full disk behind them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from modwsgi_fix.files import FileProblem, problem
from modwsgi_fix.text import encode


def write(text: str) -> None:
    """Write text to standard output. Raises ``FileProblem`` where that fails, unless a pipe was closed."""
    stream: TextIO | None = sys.stdout
    if stream is None:
        raise FileProblem("standard output", "is closed")
    try:
        _put(stream, text)
    except OSError as error:
        raise given_up(stream, error) from error


def given_up(stream: TextIO, error: OSError) -> FileProblem:
    """Return why standard output cannot be written, to which nothing more goes."""
    # Python would complain when it flushes at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return problem("standard output", error)


@contextmanager
def of_others() -> Iterator[None]:
    """Have what a library prints, such as a help text, fail as ``write`` does."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        why = given_up(sys.stdout, error)
        if not isinstance(error, BrokenPipeError):
            raise why from error


def as_diff(text: str) -> str:
    """Return a diff as standard output takes it: into a file or pipe as it is, to a terminal without what it would obey."""
    if not is_terminal(sys.stdout):
        return text
    from modwsgi_fix.reports.text import as_shown

    return as_shown(text)


def say(*lines: str) -> None:
    """Write lines to standard error, where there is one, all at once."""
    stream: TextIO | None = sys.stderr
    if stream is not None and lines:
        with suppress(OSError):
            _put(stream, "".join([f"{line}\n" for line in lines]))


def _put(stream: TextIO, text: str) -> None:
    try:
        stream.flush()
        stream.buffer.write(encode(text))
        stream.buffer.flush()
    except BrokenPipeError:
        # The reader has had enough. Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal, where a person reads it."""
    return stream is not None and stream.isatty()


def wants_color(choice: str, stream: TextIO | None) -> bool:
    """Whether to colour a stream: as ``--color`` says, else NO_COLOR (no-color.org), FORCE_COLOR, or a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (is_terminal(stream) and os.environ.get("TERM") != "dumb")
