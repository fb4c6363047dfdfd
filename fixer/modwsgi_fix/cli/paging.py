"""Long texts on a terminal: Markdown set in its width, and a pager, as git has one. Elsewhere a text goes out as it is."""

from __future__ import annotations

import os
import signal
import sys

from modwsgi_fix.cli.output import is_terminal, wants_color, write
from modwsgi_fix.text import encode

#: Lines of more columns are hard to read.
_WIDEST = 100
#: What an example of a rule's page begins with, and ends with.
_FENCE = "    ```"


def show(text: str, markdown: str = "") -> None:
    """Print a text; on a terminal the same as Markdown, where that is given, and through a pager."""
    if not is_terminal(sys.stdout):
        write(text)
        return
    page(set_in_columns(markdown) if markdown else text)


def set_in_columns(markdown: str) -> str:
    """Return Markdown as a terminal shows it, in lines that fit."""
    from io import StringIO
    from shutil import get_terminal_size

    from rich.console import Console
    from rich.markdown import Markdown

    width = min(get_terminal_size().columns, _WIDEST)
    colored = wants_color("auto", sys.stdout)
    console = Console(
        file=StringIO(),
        force_terminal=colored,
        color_system="standard" if colored else None,
        width=width,
        highlight=False,
    )
    with console.capture() as capture:
        console.print(Markdown(_fenced(markdown), code_theme="ansi_dark", hyperlinks=False))
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def _fenced(markdown: str) -> str:
    """Return a page with its examples unindented, each below the level of its fix."""
    lines: list[str] = []
    is_inside = False
    for line in markdown.split("\n"):
        if line.startswith(_FENCE) and not is_inside:
            kind, *words = line.removeprefix(_FENCE).split() or [""]
            level = next((word for word in words if word in ("repair", "unsafe")), "safe")
            lines += [f"*Fixed at level {level}:*", ""] if kind == "diff" else []
            line = f"```{kind}"
            is_inside = True
        elif is_inside:
            is_inside = line.rstrip() != _FENCE
            line = line.removeprefix("    ")
        lines.append(line)
    return "\n".join(lines)


def page(text: str) -> None:
    """Hand a text to the user's pager, less by default; print it where there is none."""
    import subprocess

    command = os.environ.get("PAGER", "less")
    if command in ("", "cat"):
        write(text)
        return
    # As git: a text that fits on the screen is only printed, and colours are shown.
    settings = {"LESS": "FRX", "LV": "-c", **os.environ}
    pager = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=settings)
    # Ctrl-C is the pager's.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pager.communicate(encode(text))
    finally:
        signal.signal(signal.SIGINT, before)
    if pager.returncode in (126, 127):  # as the shell says that there is no such program
        write(text)
