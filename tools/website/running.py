"""The blocks of a page that are made: commands that are run, files that are shown, pictures that are drawn.

``console run``
    each line after ``$`` is run, and what it prints stands below.
``svg run WORDS``
    what the command prints is a picture; the words are its text.
``apache file=NAME hl=2,7``
    the file, with these lines marked.

Commands run in a directory with copies of the servers of ``corpus/`` and ``website/servers/``, one for each page.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from website.documents import ROOT

#: From the page and a command, or the name of a file, to what is printed.
Run = Callable[[str, str], str]

_BLOCK = re.compile(r"^```(?P<kind>console run|svg run|apache file=)(?P<words>[^\n]*)\n(?P<body>.*?)^```$", re.M | re.S)


def answered(page: str, text: str, run: Run) -> dict[str, str]:
    """Return a page with its made blocks filled in, and the pictures that it shows, by name."""
    pictures: dict[str, str] = {}
    directory = os.path.dirname(page) or "."

    def block(found: re.Match[str]) -> str:
        kind, words, body = found["kind"], found["words"].strip(), found["body"]
        if kind == "apache file=":
            name, _, lines = words.partition(" hl=")
            marked = f' hl_lines="{lines.replace(",", " ")}"' if lines else ""
            return f'```apache title="{name}" linenums="1"{marked}\n{run(page, f"cat {name}").rstrip()}\n```'
        commands = [line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ ")]
        if kind == "console run":
            told = "\n".join(f"$ {command}\n{run(page, command)}".rstrip() + "\n" for command in commands)
            return f"```console\n{told.rstrip()}\n```"
        name = f"pictures/{Path(page).stem}-{len(pictures) + 1}.svg"
        pictures[name] = run(page, commands[0])
        return f'<div class="picture" markdown="1">\n![{words}]({os.path.relpath(name, directory)})\n</div>'

    return {page: _BLOCK.sub(block, text), **pictures}


@contextmanager
def machine() -> Iterator[Run]:
    """Yield a function that runs commands for a page, in a directory of its own."""
    with tempfile.TemporaryDirectory() as top:
        bin_ = os.path.dirname(sys.executable)
        environment = {
            "PATH": f"{bin_}:{os.defpath}", "HOME": top, "XDG_STATE_HOME": f"{top}/state", "PYTHONUNBUFFERED": "1",
            "LC_ALL": "C.UTF-8",
        }  # fmt: skip

        def run(page: str, command: str) -> str:
            place = Path(top, page.replace("/", "-"))
            if not place.exists():
                shutil.copytree(ROOT / "corpus", place, symlinks=True)
                shutil.copytree(ROOT / "website" / "servers", place, dirs_exist_ok=True)
            # A picture is what is printed; a person also reads what stands on standard error.
            aside = subprocess.DEVNULL if "svg" in command else subprocess.STDOUT
            done = subprocess.run(
                ["bash", "-c", command], cwd=place, env=environment, stdout=subprocess.PIPE, stderr=aside, text=True, check=False
            )  # fmt: skip
            if done.returncode not in (0, 1):
                raise SystemExit(f"{page}: {command}: exit code {done.returncode}\n{done.stdout}")
            # Where the page says that it happens; the same commands give the same page.
            return done.stdout.replace(str(place), "/home/ann")

        yield run
