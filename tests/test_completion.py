"""What the shells themselves complete, after the script of ``modwsgi-fix completion``."""

from __future__ import annotations

import os
import pty
import select
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
    "modwsgi-fix push --conf": "modwsgi-fix push --configtest",
    "modwsgi-fix push some-fi": "modwsgi-fix push some-file.conf",
    "modwsgi-fix show --output-format merm": "modwsgi-fix show --output-format mermaid",
}


def completed_by_bash(script: Path) -> dict[str, str]:
    setup = (
        f"bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; source {script}\n"
        f"told() {{ printf '%s\\n' \"$READLINE_LINE\" >> {said_by(script)}; READLINE_LINE=; READLINE_POINT=0; }}\n"
        "bind -x '\"\\C-x\\C-t\": told'\n"
    )
    return typed(["bash", "--norc", "-i"], setup, script)


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
    setup = (
        "unsetopt zle_bracketed_paste 2>/dev/null; PS1=; autoload -U compinit; compinit -u -D; unsetopt auto_menu list_beep\n"
        f"source {script}\n"
        "zstyle ':completion:*' completer _complete\n"
        f'told() {{ print -r -- "$BUFFER" >> {said_by(script)}; BUFFER=; }}; zle -N told\n'
        "bindkey '^X^T' told; bindkey '^I' complete-word\n"
    )
    return typed(["zsh", "-f", "-i"], setup, script)


def said_by(script: Path) -> Path:
    """The file to which a shell writes its line after each TAB."""
    return script.parent / "said.txt"


def typed(shell: list[str], setup: str, script: Path) -> dict[str, str]:
    """The lines as a shell on a terminal completes them: each is typed with TAB, and with the keys that have it told."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        shell, cwd=script.parent, stdin=other, stdout=other, stderr=other, start_new_session=True,
        env={**os.environ, "TERM": "dumb", "HOME": str(script.parent), "PYTHONPATH": "", "INPUTRC": "/dev/null"},
    )  # fmt: skip
    os.close(other)
    said = said_by(script)
    said.write_text("")
    try:
        # What is typed while a shell changes the terminal's mode may be taken for something else.
        os.write(main, f"{setup}echo READ''Y\n".encode())
        shown = b""
        while b"READY" not in shown:
            shown += os.read(main, 65536)
        for number, line in enumerate(LINES, start=1):
            os.write(main, line.encode() + b"\t\x18\x14")
            while said.read_text().count("\n") < number:
                if select.select([main], [], [], 0.02)[0]:
                    os.read(main, 65536)
    finally:
        os.close(main)
        process.kill()
        process.wait()
    return dict(zip(LINES, map(str.rstrip, said.read_text().splitlines()), strict=True))


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
