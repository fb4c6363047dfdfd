"""What the product makes of configurations, through its command line: as a person runs it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .case import Case, Level
from .root import CONF, Root, Tree, plant

Texts = Mapping[str, str]


def available() -> bool:
    """Whether there is a command line yet, with rules behind it."""
    return all(importlib.util.find_spec(name) for name in ("modwsgi_fix.cli", "modwsgi_rules"))


def fixed(
    texts: Texts, level: Level, select: Sequence[str] = (), arguments: Sequence[str] = (), disk: Tree | None = None
) -> dict[str, str]:
    """``modwsgi-fix --write`` on a directory that holds ``texts``; findings may remain, mishaps (exit 2) may not.

    With ``disk`` the file tree lies beside them, and ``--root`` names it: relative texts are in /etc/apache2 of it.
    """
    with tempfile.TemporaryDirectory(prefix="modwsgi-fix-product-") as name:
        root, home = Root(Path(name), private=True), "/" if disk is None else CONF
        plant(root, disk or {})
        for path, text in texts.items():
            file = root.outside(os.path.join(home, path))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8", "surrogateescape"))
        command = [sys.executable, "-m", "modwsgi_fix.cli", "--write", "--fix-level", level, *arguments]
        command += [f"--root={root.top}"] * (disk is not None)
        command += [f"--select={','.join(select)}"] * bool(select) + [str(root.outside(home))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1) or "Traceback" in done.stderr:
            raise AssertionError(f"exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        written = {path: root.outside(os.path.join(home, path)).read_bytes() for path in texts}
        return {path: text.decode("utf-8", "surrogateescape") for path, text in written.items()}


def fix_of(case: Case) -> dict[str, str]:
    """What the rules of a case make of it, at its level."""
    return fixed(case.before, case.level, case.rules, case.arguments, case.tree if case.root else None)
