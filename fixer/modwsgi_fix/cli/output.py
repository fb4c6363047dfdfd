"""Standard output and error as bytes: names and lines go out as they were read, whatever the locale."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from modwsgi_fix.text import encode


def write(text: str) -> None:
    """Text to standard output."""
    _put(sys.stdout, text)


def say(line: str) -> None:
    """One line to standard error."""
    _put(sys.stderr, line + "\n")


def _put(stream: TextIO, text: str) -> None:
    try:
        stream.flush()
        stream.buffer.write(encode(text))
        stream.buffer.flush()
    except BrokenPipeError:
        # Whoever read has had enough. Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def wants_color(choice: str, stream: TextIO) -> bool:
    """Whether to colour a stream: as ``--color`` says, else NO_COLOR (no-color.org), FORCE_COLOR, or a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")
