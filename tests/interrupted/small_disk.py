"""Scenes on a disk that is full after so many pages: ``python -m interrupted.small_disk PLACE``, in a mount namespace of its own.

It prints a line ``wrong: ...`` for each thing that is not as it must be, and then how many runs there were.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .calls import ended
from .scenes import SCENES, Stage, set_up, tree, warm, wrong

#: Bytes that a file takes at least.
_PAGE = 4096
_FILLER = "filler"


def main(place: Path) -> None:
    """Play each scene with any number of pages and of names that are left, until it is enough for all of it."""
    warm(place / "warm")
    runs = refused = 0
    for number, scene in enumerate(SCENES):
        whole = set_up(scene, place / f"{number} whole")
        before = tree(whole.directory)
        assert ended(scene.words, *whole, prepare=scene.tool).code == 0
        after = tree(whole.directory)
        for what in ("pages", "names"):
            for left in range(24):
                disk = place / f"{number} {what} {left}"
                disk.mkdir()
                options = "size=512k" if what == "pages" else "size=8m,nr_inodes=60"
                subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(disk)], check=True)
                stage = set_up(scene, disk)
                _fill(disk, what, left)
                done = ended(scene.words, *stage, prepare=scene.tool)
                runs, refused = runs + 1, refused + (done.code != 0)
                for line in wrong(scene, _emptied(stage, disk), done, before, after, lasting=False):
                    print(f"wrong: {scene.name}, {left} {what} left: {line}")
                subprocess.run(["umount", str(disk)], check=True)
                if done.code == 0 and "cannot be taken back" not in done.err:
                    break
            else:
                print(f"wrong: {scene.name}: 24 {what} are not enough")
    print(f"played: {runs} runs, {refused} refused")


def _fill(disk: Path, what: str, left: int) -> None:
    """Leave so many pages or names."""
    (disk / _FILLER).mkdir()
    free = os.statvfs(disk)
    if what == "pages":
        (disk / _FILLER / "0").write_bytes(bytes((free.f_bavail - left) * _PAGE))
        return
    for number in range(free.f_favail - left):
        (disk / _FILLER / str(number)).touch()


def _emptied(stage: Stage, disk: Path) -> Stage:
    """There is room again, for the runs that come after."""
    shutil.rmtree(disk / _FILLER)
    return stage


if __name__ == "__main__":
    main(Path(sys.argv[1]))
