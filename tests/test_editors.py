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

sys.path.insert(0, str(ROOT / "tools"))

import screens

pytestmark = pytest.mark.slow

OLD = "NameVirtualHost *:80\nListen 80\nLogFile x\n"
NEW = "Listen 80\nLogFile x\n"

EDITORS = {
    "vim": ["vim", "-Nu", "NONE", "-i", "NONE", "-es"],
    "nvim": ["nvim", "--clean", "--headless"],
}


def edited(editor: str, path: Path, *commands: str) -> str:
    """The file after these commands on it."""
    required(editor)
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


def required(editor: str) -> None:
    """Skip a test where there is no such editor; fail where there must be one."""
    if shutil.which(editor) is None:
        assert not os.environ.get("MODWSGI_FIX_REQUIRE_EDITORS"), f"there is no {editor}"
        pytest.skip(f"there is no {editor}")


def documented(language: str) -> list[str]:
    """The blocks of docs/editors.md in a language."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / "editors.md").read_text("utf-8"), re.S)


def with_program(tmp_path: Path) -> dict[str, str]:
    """The environment of an editor that finds modwsgi-fix on its path."""
    program = tmp_path / "bin" / "modwsgi-fix"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m modwsgi_fix.cli "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}


def test_the_lines_of_the_documentation_set_neovim_up(tmp_path: Path) -> None:
    required("nvim")
    (lines, *_) = documented("lua")
    (tmp_path / "init.lua").write_text(lines + SHOW)
    (tmp_path / "site.conf").write_text(OLD)
    environment = with_program(tmp_path)
    done = subprocess.run(
        ["nvim", "--clean", "--headless", "-u", "NONE", "-c", "luafile init.lua"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert "0 name-virtual-host modwsgi-fix\n" in done.stdout, done.stderr
    assert (tmp_path / "site.conf").read_text() == NEW


#: What flymake tells in Emacs, once it tells anything.
LIST_IN_EMACS = """
(let ((left 600))
  (while (and (> left 0) (null (flymake-diagnostics)))
    (setq left (1- left))
    (accept-process-output nil 0.1)))
(dolist (one (flymake-diagnostics))
  (princ (format "%d %s\\n" (line-number-at-pos (flymake-diagnostic-beg one)) (flymake-diagnostic-text one))))
"""
#: After the lines of docs/editors.md: the same of Emacs. In a batch nothing is typed, so that a hook after typing never runs.
SHOW_IN_EMACS = (
    """
(unless (require 'eglot nil t) (kill-emacs 3))
(find-file "sites-enabled/site.conf")
(apply #'eglot (eglot--guess-contact))
"""
    + LIST_IN_EMACS
    + """
(eglot-format-buffer)
(save-buffer)
(eglot-shutdown (eglot-current-server))
"""
)


def emacs(tmp_path: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    """Emacs with these lines, in a directory with a site."""
    required("emacs")
    (tmp_path / "lines.el").write_text("".join(lines))
    (tmp_path / "sites-enabled").mkdir()
    (tmp_path / "sites-enabled" / "site.conf").write_text(OLD)
    return subprocess.run(
        ["emacs", "--batch", "-f", "package-initialize", "-l", "lines.el"],
        cwd=tmp_path,
        env=with_program(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def test_the_lines_of_the_documentation_set_emacs_up(tmp_path: Path) -> None:
    done = emacs(tmp_path, documented("elisp")[0], SHOW_IN_EMACS)
    if done.returncode == 3:
        assert not os.environ.get("MODWSGI_FIX_REQUIRE_EDITORS"), "there is no eglot"
        pytest.skip("there is no eglot")
    assert "1 modwsgi-fix [name-virtual-host]: NameVirtualHost " in done.stdout, done.stderr
    assert (tmp_path / "sites-enabled" / "site.conf").read_text() == NEW


def test_the_filter_of_the_documentation_in_emacs(tmp_path: Path) -> None:
    fix = '(find-file "sites-enabled/site.conf") (modwsgi-fix-buffer) (save-buffer)'
    # What cannot be read is handed on as it was, with a line on standard error that does not get into the text.
    binary = '(find-file "b.conf") (insert (make-string 20 0)) (modwsgi-fix-buffer) (save-buffer)'
    done = emacs(
        tmp_path, documented("elisp")[1], fix, binary, '(princ (with-current-buffer "*modwsgi-fix*" (buffer-string)))'
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sites-enabled" / "site.conf").read_text() == NEW
    assert (tmp_path / "sites-enabled" / "b.conf").read_bytes() == bytes(20)
    assert "is binary data" in done.stdout


#: After the lines of docs/editors.md for lsp-mode: the same.
SHOW_IN_LSP_MODE = (
    """
(unless (require 'lsp-mode nil t) (kill-emacs 3))
(setq lsp-auto-guess-root t lsp-diagnostics-provider :flymake)
(find-file "sites-enabled/site.conf")
"""
    + LIST_IN_EMACS
    + """
(lsp-format-buffer)
(save-buffer)
"""
)


def test_the_lines_of_the_documentation_set_lsp_mode_up(tmp_path: Path) -> None:
    (mode, _, _) = documented("elisp")[0].partition("(with-eval-after-load")
    home = f'(setq user-emacs-directory "{tmp_path}/emacs.d/")\n'
    done = emacs(tmp_path, home, mode, documented("elisp")[2], SHOW_IN_LSP_MODE)
    if done.returncode == 3:
        assert not os.environ.get("MODWSGI_FIX_REQUIRE_EDITORS"), "there is no lsp-mode"
        pytest.skip("there is no lsp-mode")
    assert "1 NameVirtualHost " in done.stdout, done.stderr
    assert (tmp_path / "sites-enabled" / "site.conf").read_text() == NEW


#: After the lines of docs/editors.md for Vim: what ALE lists, and the file as it is saved. 3 says that there is no ALE.
SHOW_IN_ALE = """
edit site.conf
set filetype=apache
let left = 600
while left > 0 && empty(getloclist(0))
  let left -= 1
  sleep 100m
endwhile
call writefile(map(getloclist(0), {_, v -> v.lnum . ' ' . v.text}), 'list.txt')
write
let left = 600
while left > 0 && getline(1) =~ 'NameVirtualHost'
  let left -= 1
  sleep 100m
endwhile
write
qa!
"""


def test_the_lines_of_the_documentation_set_ale_up(tmp_path: Path) -> None:
    required("vim")
    (tmp_path / "vimrc").write_text("set nocompatible\nfiletype plugin on\n" + documented("vim")[0])
    (tmp_path / "show.vim").write_text(SHOW_IN_ALE)
    (tmp_path / "site.conf").write_text(OLD)
    without = "try | packadd ale | catch | cquit 3 | endtry"
    done = subprocess.run(
        ["vim", "-Nu", "NONE", "-i", "NONE", "-es", "-c", without, "-c", "source vimrc", "-c", "source show.vim"],
        cwd=tmp_path,
        env=with_program(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=150,
        check=False,
    )
    if done.returncode == 3:
        assert not os.environ.get("MODWSGI_FIX_REQUIRE_EDITORS"), "there is no ALE"
        pytest.skip("there is no ALE")
    assert done.returncode == 0, done.stderr
    assert "1 name-virtual-host: NameVirtualHost has no effect" in (tmp_path / "list.txt").read_text()
    assert (tmp_path / "site.conf").read_text() == NEW


def test_vim_goes_from_finding_to_finding(tmp_path: Path) -> None:
    (_, block) = documented("vim")
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
    required("vim")
    words = [*EDITORS["vim"], *(word for command in (*commands, "qa!") for word in ("-c", command))]
    subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=60, check=True, stdin=subprocess.DEVNULL)
    assert (tmp_path / "list.txt").read_text().splitlines() == [
        "2 19 e duplicate-daemon-process [*] process group a is already defined",
        "3 1 i not-much is so",
    ]


# -- pictures ------------------------------------------------------------------


def pictured(name: str) -> str:
    """What a picture of docs/editors says."""
    return screens.text_of((ROOT / "docs" / "editors" / f"{name}.svg").read_text("utf-8"))


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is found now in the server of the pictures: the message by the rule."""
    directory = tmp_path_factory.mktemp("etc") / "apache2"
    screens.written(directory)
    words = [sys.executable, "-P", "-m", "modwsgi_fix.cli", "--isolated", "--output-format", "concise", str(directory)]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    found = dict(re.findall(r"^\S+: \w+: ([a-z0-9-]+) (?:\[\*\] )?(.*)", said, re.M))
    assert len(found) == 4
    return found


def test_each_picture_is_on_the_page_and_each_on_the_page_is_there() -> None:
    named = re.findall(r"^!\[[^\]]+\]\(editors/([^)]+)\)$", (ROOT / "docs" / "editors.md").read_text("utf-8"), re.M)
    there = sorted(path.name for path in (ROOT / "docs" / "editors").iterdir())
    assert sorted(named) == there == sorted([*(f"{name}.svg" for name in screens.PICTURE), "kate.png", "vscode.png"])


@pytest.mark.parametrize("name", ["vim", "emacs"])
def test_a_list_in_a_picture_has_what_is_found_now(name: str, findings: dict[str, str]) -> None:
    # Long lines are wrapped in one, and cut off in the other.
    shown = pictured(name).replace("\n", "")
    for rule, message in findings.items():
        assert re.search(rf"{rule}(?: \[\*\]|\]:) {re.escape(message[:25])}", shown), rule


def test_the_messages_beside_lines_are_those_of_now(findings: dict[str, str]) -> None:
    shown = pictured("neovim")
    for message in findings.values():
        assert f"■ {message[:40]}" in shown
    assert "(duplicate-daemon-process: safe)" in shown
    # The quick fixes lie on a message of this picture.
    in_helix = [message for message in findings.values() if f"  {message[:40]}" in pictured("helix")]
    assert len(in_helix) == len(findings) - 1
    assert "(duplicate-daemon-process: safe)" in pictured("helix")
    assert "what answers here" in pictured("neovim-hover")


def test_the_filtered_text_in_a_picture_is_what_the_filter_makes(tmp_path: Path) -> None:
    words = [sys.executable, "-P", "-m", "modwsgi_fix.cli", "--isolated", "--stdin-filename", "shop.conf", "-"]
    done = subprocess.run(words, cwd=tmp_path, input=screens.SITE, capture_output=True, text=True, check=True)
    assert done.stdout != screens.SITE
    assert pictured("vim-filter").startswith(done.stdout)


def test_the_screen_of_patch_is_as_in_its_picture(tmp_path: Path) -> None:
    required("tmux")
    assert screens.text_of(screens.patch(tmp_path)) == pictured("patch")
