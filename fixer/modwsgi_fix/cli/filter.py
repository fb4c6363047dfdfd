"""Standard input, fixed, to standard output: what an editor runs on save.

Vim and Neovim put whatever such a command prints into the buffer, error messages included. So only the text is printed
unless more is asked for, and a text that cannot be read is printed unchanged.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TextIO

from modwsgi_fix.cli.output import write
from modwsgi_fix.files import FileProblem
from modwsgi_fix.text import decode
from modwsgi_fix.workspace.disk import is_binary
from modwsgi_fix.workspace.errors import Stop

#: The note on an error after which standard input was handed on unchanged.
HANDED_ON = "standard input was handed on as it was"


def standard_input() -> str:
    """Return all of standard input, any bytes. Raises ``Stop`` where there is none."""
    stream: TextIO | None = sys.stdin
    if stream is None:
        raise Stop("standard input is closed")
    try:
        return decode(stream.buffer.read())
    except OSError as error:
        raise Stop(f"standard input cannot be read: {(error.strerror or str(error)).lower()}") from error


def configuration(text: str, name: str) -> str:
    """Return the text itself. Raises ``Stop`` for a binary one, as for a file."""
    if is_binary(text):
        raise Stop(f"{name}: is binary data, not a configuration")
    return text


def hand_on(text: str | None = None) -> None:
    """Hand standard input on to standard output, unchanged: the run failed, and an editor replaces its buffer."""
    with suppress(Stop, FileProblem):
        write(standard_input() if text is None else text)
