"""The filter in real editors: what they put into the buffer is the fixed text and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OLD = "NameVirtualHost *:80\nListen 80\nLogFile x\n"
NEW = "Listen 80\nLogFile x\n"

EDITORS = {
    "vim": ["vim", "-Nu", "NONE", "-i", "NONE", "-es"],
    "nvim": ["nvim", "--clean", "--headless"],
}


def edited(editor: str, path: Path, *commands: str) -> str:
    """The file after these commands on it."""
    if shutil.which(editor) is None:
        assert not os.environ.get("MODWSGI_FIX_REQUIRE_EDITORS"), f"there is no {editor}"
        pytest.skip(f"there is no {editor}")
    words = [*EDITORS[editor], *(word for command in (*commands, "wq!") for word in ("-c", command)), str(path)]
    done = subprocess.run(words, capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return path.read_text()


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("way", ["formatprg", "filter"])
def test_the_buffer_holds_the_fixed_text(editor: str, way: str, tmp_path: Path) -> None:
    program = f"{sys.executable} -m modwsgi_fix.cli --isolated --stdin-filename site.conf -"
    path = tmp_path / "site.conf"
    for text, wanted in ((OLD, NEW), (NEW, NEW), ("server {\n    listen 80;\n}\n",) * 2):
        path.write_text(text)
        commands = [f"let &formatprg = '{program}'", "normal gggqG"] if way == "formatprg" else [f"silent %!{program}"]
        assert edited(editor, path, *commands) == wanted
