"""Real editors: what the filter puts into their buffer, and what the language server shows and does there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

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


#: After the lines of docs/editors.md: what is wrong with the buffer, and what formatting makes of it.
SHOW = """
vim.cmd("edit site.conf")
vim.bo.filetype = "apache"
vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 50)
for _, one in ipairs(vim.diagnostic.get(0)) do
  io.stdout:write(one.lnum .. " " .. one.code .. " " .. one.source .. "\\n")
end
vim.lsp.buf.formatting_sync(nil, 60000)
vim.cmd("wq")
"""


def test_the_lines_of_the_documentation_set_neovim_up(tmp_path: Path) -> None:
    if shutil.which("nvim") is None:
        assert not os.environ.get("MODWSGI_FIX_REQUIRE_EDITORS"), "there is no nvim"
        pytest.skip("there is no nvim")
    page = (ROOT / "docs" / "editors.md").read_text("utf-8")
    (lines, *_) = re.findall(r"```lua\n(.*?)```", page, re.S)
    (tmp_path / "init.lua").write_text(lines + SHOW)
    (tmp_path / "site.conf").write_text(OLD)
    program = tmp_path / "bin" / "modwsgi-fix"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m modwsgi_fix.cli "$@"\n')
    program.chmod(0o755)
    done = subprocess.run(
        ["nvim", "--clean", "--headless", "-u", "NONE", "-c", "luafile init.lua"],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert "0 name-virtual-host modwsgi-fix\n" in done.stdout, done.stderr
    assert (tmp_path / "site.conf").read_text() == NEW


def test_vim_goes_from_finding_to_finding(tmp_path: Path) -> None:
    (block,) = re.findall(r"```vim\n(.*?)```", (ROOT / "docs/editors.md").read_text("utf-8"), re.S)
    makeprg, errorformat = block.splitlines()
    assert makeprg == r"set makeprg=modwsgi-fix\ --output-format\ concise"
    said = (
        "site.conf:2:19: error: duplicate-daemon-process [*] process group a is already defined\n"
        "site.conf:3:1: info: not-much is so\n    help: write another\nFound 2 findings.\n"
    )
    path = tmp_path / "said.txt"
    path.write_text(said)
    commands = (
        errorformat,
        "cfile said.txt",
        "call writefile(map(getqflist(), {_, v -> v.lnum . ' ' . v.col . ' ' . v.type . ' ' . v.text}), 'list.txt')",
    )
    if shutil.which("vim") is None:
        assert not os.environ.get("MODWSGI_FIX_REQUIRE_EDITORS"), "there is no vim"
        pytest.skip("there is no vim")
    words = [*EDITORS["vim"], *(word for command in (*commands, "qa!") for word in ("-c", command))]
    subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=60, check=True, stdin=subprocess.DEVNULL)
    assert (tmp_path / "list.txt").read_text().splitlines() == [
        "2 19 e duplicate-daemon-process [*] process group a is already defined",
        "3 1 i not-much is so",
    ]
