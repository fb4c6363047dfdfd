"""An example of a message: a server that wrote it, the lines of its log, and what ``explain`` says of them.

The servers and their logs are those by which the tests prove that each message is recognized: a real httpd wrote the lines.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import NamedTuple

from modwsgi_fix.cli import main
from modwsgi_fix.explain.messages import Message
from modwsgi_fix.explain.recognition import known
from website.documents import ROOT

sys.path.append(str(ROOT / "tests"))

from httpd.application import app
from httpd.explaining import LOGS, keys, names_in, planted
from httpd.messages import SCENES, Scene

#: From a server and its log to what ``explain`` prints.
Answer = Callable[["Example"], str]

#: The longest log that is shown whole: a server that cannot start Python repeats itself.
_MOST_LINES = 12
_ASKED = "modwsgi-fix explain error.log /etc/apache2 --root /"


class Example(NamedTuple):
    """A server and what it wrote."""

    scene: Scene
    log: str


@cache
def _examples() -> dict[str, Example]:
    """Return the first server that proves each message, by the message's name."""
    logs = json.loads(LOGS.read_text("utf-8"))
    found: dict[str, Example] = {}
    for key, scene in zip(keys(), SCENES, strict=True):
        for name in scene.proves:
            # What a test made by hand, or what the log of today has no line of, is not an example.
            if key in logs and name in names_in(logs[key]):
                found.setdefault(name, Example(scene, logs[key]))
    return found


def answer(example: Example) -> str:
    """Return what ``explain`` says, on both of its outputs, where the files of the example lie at their places."""
    printed = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with tempfile.TemporaryDirectory() as directory, redirect_stdout(printed), redirect_stderr(printed):
        conf = planted(example.scene, Path(directory))
        log = Path(directory, "error.log")
        log.write_text(example.log, "utf-8")
        root = f"{directory}/root"
        code = main(["explain", str(log), str(conf), "--root", root])
    if code != 0:
        raise SystemExit(f"{example.scene}: explain ends with {code}")
    printed.seek(0)
    return printed.read().replace(f"--root {root}", "--root /").replace(f"{root}/", "/")


def shown(message: Message, answered: Answer) -> Iterator[str]:
    """Yield the part of a message's page with its example; nothing where no server of the tests can write the message."""
    example = _examples().get(message.name)
    if example is None:
        return
    yield from ("## An example", "", "A server whose main file denies everything and includes this one:", "")
    yield from ('```apache title="/etc/apache2/site.conf" linenums="1"', example.scene.conf.rstrip(), "```", "")
    for name, text in example.scene.tree.items():
        if isinstance(text, str) and name.endswith((".wsgi", ".htaccess")) and text != app():
            kind = "python" if name.endswith(".wsgi") else "apache"
            body = text.replace(app(), "...\n").strip("\n")
            yield from (f'```{kind} title="/srv/site/{name}" linenums="1"', body, "```", "")
    yield from (
        "It wrote:",
        "",
        "```text",
        *_lines(message, example.log),
        "```",
        "",
        "What modwsgi-fix says of it:",
        "",
    )
    yield from ("```console", f"$ {_ASKED}", answered(example).rstrip(), "```", "")


def _lines(message: Message, log: str) -> list[str]:
    """Return the lines of a log, or of a long one those around the message."""
    lines = log.splitlines()
    of_it = (at for at, line in enumerate(lines) if (found := known(line)) is not None and found.message is message)
    first = max(0, min(next(of_it, 0) - _MOST_LINES // 2, len(lines) - _MOST_LINES))
    last = first + _MOST_LINES
    return ["..."] * (first > 0) + lines[first:last] + ["..."] * (last < len(lines))
