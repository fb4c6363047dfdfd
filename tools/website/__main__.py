"""Write all pages to a directory, which is emptied first."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from website import documents, messages, rules, running, schema


def pages(run: running.Run) -> dict[str, str]:
    """Return all pages by name. ``run`` answers the commands in those that are written by hand."""
    made = {**documents.copied(), **rules.pages(), **messages.pages(), **schema.pages()}
    for name, text in documents.written().items():
        made |= running.answered(name, text, run)
    return made


def write(directory: Path, files: dict[str, str]) -> None:
    """Write pages, and the files that they refer to."""
    shutil.rmtree(directory, ignore_errors=True)
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for name, picture in documents.pictures().items():
        (directory / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(picture, directory / name)


if __name__ == "__main__":
    with running.machine() as run:
        write(Path(sys.argv[1]), pages(run))
