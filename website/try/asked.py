"""Asks the program about the text of the page, which is a file in the browser's memory. Nothing else is on that disk."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from modwsgi_fix.cli import main

#: The name of the text as a whole server, and as a part of one.
NAMES = {"server": "apache2.conf", "part": "site.conf"}


def asked(text: str, kind: str, level: str, directory: str = "/tmp/asked") -> tuple[str, str, str]:
    """Return what the command says of a text, the diff of its repair, and what is said about that diff."""
    place = Path(directory)
    place.mkdir(parents=True, exist_ok=True)
    for name in NAMES.values():
        (place / name).unlink(missing_ok=True)
    name = NAMES[kind]
    # A field may hold half of a character; the program takes any bytes.
    (place / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    os.chdir(place)
    words = ("--isolated", "--fix-level", level, name)
    told, said = _run(*words, "--output-format", "full")
    diff, about = _run(*words, "--diff")
    return said + told, diff, about if diff else ""


def _run(*words: str) -> tuple[str, str]:
    """Return what a command prints on standard output and on standard error."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors="replace") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        main(list(words))
    return _text(out), _text(err)


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
