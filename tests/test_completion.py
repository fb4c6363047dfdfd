"""What the shells themselves complete, after the script of ``modwsgi-fix completion``."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
from pathlib import Path

import pytest
from support import Run

#: A line before the cursor, and the line with what TAB makes of it.
LINES = {
    "modwsgi-fix expl": "modwsgi-fix explain",
    "modwsgi-fix config fix-": "modwsgi-fix config fix-level",
    "modwsgi-fix --fix-le": "modwsgi-fix --fix-level",
    "modwsgi-fix confi": "modwsgi-fix config",
    "modwsgi-fix rule duplicate-daemon-p": "modwsgi-fix rule duplicate-daemon-process",
    "modwsgi-fix rule hygien": "modwsgi-fix rule hygiene",
    "modwsgi-fix sites --fix-level sa": "modwsgi-fix sites --fix-level safe",
    "modwsgi-fix sites --fix-level=sa": "modwsgi-fix sites --fix-level=safe",
    "modwsgi-fix sites --output-format sa": "modwsgi-fix sites --output-format sarif",
    "modwsgi-fix --select duplicate-daemon-p": "modwsgi-fix --select duplicate-daemon-process",
    "modwsgi-fix --select hygiene,duplicate-daemon-p": "modwsgi-fix --select hygiene,duplicate-daemon-process",
    "modwsgi-fix --ignore=hygiene,duplicate-daemon-p": "modwsgi-fix --ignore=hygiene,duplicate-daemon-process",
    "modwsgi-fix --only duplicate-daemon-p": "modwsgi-fix --only duplicate-daemon-process",
    "modwsgi-fix --only some-fi": "modwsgi-fix --only some-file.conf",
    "modwsgi-fix --target httpd=2.4 --target pyth": "modwsgi-fix --target httpd=2.4 --target python=",
    "modwsgi-fix --diff some-fi": "modwsgi-fix --diff some-file.conf",
    "modwsgi-fix --diff --exit-z": "modwsgi-fix --diff --exit-zero",
    "modwsgi-fix apply --ver": "modwsgi-fix apply --verify",
    "modwsgi-fix apply some-fi": "modwsgi-fix apply some-file.conf",
    "modwsgi-fix baseline pru": "modwsgi-fix baseline prune",
    "modwsgi-fix baseline write --assume-deny no": "modwsgi-fix baseline write --assume-deny none",
    "modwsgi-fix completion f": "modwsgi-fix completion fish",
    "modwsgi-fix show --output-format merm": "modwsgi-fix show --output-format mermaid",
}


def completed_by_bash(script: Path) -> dict[str, str]:
    """The same lines, as bash completes them: its words are told apart at blanks and ``=``."""
    done = {}
    asks = []
    for line in LINES:
        words = line.replace("=", " = ").split(" ")
        quoted = " ".join(f"'{word}'" for word in words if word)
        asks.append(
            f'COMP_WORDS=({quoted}) COMP_CWORD={len([w for w in words if w]) - 1}; _modwsgi_fix; echo "${{COMPREPLY[*]}}"'
        )
    code = f"compopt() {{ :; }}; source {script}; ask() {{ " + "; ".join(asks) + "; }; ask"
    said = subprocess.run(["bash", "--norc", "-c", code], cwd=script.parent, capture_output=True, text=True, check=True)
    for line, word in zip(LINES, said.stdout.splitlines(), strict=True):
        kept = max(line.rfind(" "), line.rfind("="))
        done[line] = line[: kept + 1] + word
    return done


def completed_by_fish(script: Path) -> dict[str, str]:
    asks = "; ".join(f"echo (complete -C '{line}' | string split -f 1 \\t | string join '|')" for line in LINES)
    said = subprocess.run(
        ["fish", "--no-config", "-c", f"source {script}; {asks}"],
        cwd=script.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        line: line[: line.rfind(" ") + 1] + word for line, word in zip(LINES, said.stdout.splitlines(), strict=True)
    }


def completed_by_zsh(script: Path) -> dict[str, str]:
    """The same lines, typed into a zsh on a terminal; after each TAB a widget writes the line to a file."""
    said = script.parent / "said.txt"
    setup = (
        "unsetopt zle_bracketed_paste 2>/dev/null; PS1=; autoload -U compinit; compinit -u -D; unsetopt auto_menu list_beep\n"
        f"source {script}\n"
        "zstyle ':completion:*' completer _complete\n"
        f"told() {{ print -r -- \"$BUFFER\" >> {said}; BUFFER=; }}; zle -N told; bindkey '^X^T' told; bindkey '^I' complete-word\n"
    )
    lines = "".join(f"{line}\t\x18\x14" for line in LINES)
    main, other = pty.openpty()
    process = subprocess.Popen(
        ["zsh", "-f", "-i"], cwd=script.parent, stdin=other, stdout=other, stderr=other, start_new_session=True,
        env={**os.environ, "TERM": "dumb", "HOME": str(script.parent), "PYTHONPATH": ""},
    )  # fmt: skip
    os.close(other)
    try:
        os.write(main, setup.encode())
        for line in lines.split("\x14")[:-1]:
            os.write(main, line.encode() + b"\x14")
        os.write(main, b"exit\n")
        # Its end closes the terminal.
        while True:
            try:
                if not os.read(main, 65536):
                    break
            except OSError:
                break
    finally:
        os.close(main)
        process.kill()
        process.wait()
    return dict(zip(LINES, (line.rstrip() for line in said.read_text().splitlines()), strict=True))


ASKED = {"bash": completed_by_bash, "fish": completed_by_fish, "zsh": completed_by_zsh}


@pytest.mark.parametrize("shell", ASKED)
def test_completion(run: Run, tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        assert not os.environ.get("MODWSGI_FIX_REQUIRE_EDITORS"), f"there is no {shell}"
        pytest.skip(f"there is no {shell}")
    (tmp_path / "some-file.conf").write_text("")
    script = tmp_path / "completion"
    script.write_text(run("completion", shell).out)
    assert ASKED[shell](script) == LINES
