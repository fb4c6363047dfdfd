"""What the product makes of configurations, through its command line, which is called in this process."""

from __future__ import annotations

import importlib.util
import io
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from .case import Case, Level
from .root import Root, Tree, plant

Texts = Mapping[str, str]


def available() -> bool:
    """Whether there is a command line yet, with rules behind it."""
    return all(importlib.util.find_spec(name) for name in ("modwsgi_fix.cli", "modwsgi_rules"))


def fixed(
    texts: Texts,
    level: Level,
    select: Sequence[str] = (),
    arguments: Sequence[str] = (),
    disk: Tree | None = None,
) -> dict[str, str]:
    """``modwsgi-fix --write`` on a directory that holds ``texts``; findings may remain, mishaps (exit 2) may not.

    Texts with absolute names are files of the server, WSGI scripts for instance: they are read and written by ``--root``,
    as are the files of ``disk``.
    """
    with tempfile.TemporaryDirectory(prefix="modwsgi-fix-product-") as name:
        root = Root(Path(name), private=True)
        plant(root, disk or {})
        for path, text in texts.items():
            file = root.outside(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8", "surrogateescape"))
        words = ["--write", "--fix-level", level]
        words += [f"--select={','.join(select)}"] * bool(select) + [*arguments]
        if disk is not None:
            # An .htaccess file of the tree is none of the configuration that is meant.
            words += [f"--root={root.top}", *(str(root.outside(path)) for path in texts)]
        elif any(path.startswith("/") for path in texts):
            words += [f"--root={root.top}", str(root.top)]
        else:
            words.append(str(root.top))
        code, said = _called(words)
        if code not in (0, 1):
            raise AssertionError(f"exit {code}\n{said}")
        return {path: root.outside(path).read_bytes().decode("utf-8", "surrogateescape") for path in texts}


def _called(words: Sequence[str]) -> tuple[int, str]:
    """The exit code of a command line, and all that it printed."""
    from modwsgi_fix.cli import main

    printed = io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape")
    with redirect_stdout(printed), redirect_stderr(printed):
        code = main(words)
    printed.seek(0)
    return code, printed.read()


def fix_of(case: Case) -> dict[str, str]:
    """What the rules of a case make of it, at its level."""
    return fixed(case.before, case.level, case.rules, case.arguments, case.tree if case.root else None)
