"""Write all pages to a directory, which is emptied first."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from website import documents, messages, rules, running, scenes, schema


def pages(run: running.Run, answered: scenes.Answer) -> dict[str, str]:
    """Return all pages by name. ``run`` answers the commands of those that are written by hand, ``answered`` explains a log."""
    made = {**documents.copied(), **rules.pages(), **messages.pages(answered), **schema.pages()}
    for name, text in documents.written().items():
        made |= running.answered(name, text, run)
    return {name: documents.headed(name, text) for name, text in made.items()}


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
        write(Path(sys.argv[1]), pages(run, scenes.answer))
