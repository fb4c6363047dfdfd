"""Kate as a client of the language server, in a virtual display: what it shows, and what its *Format* makes of a file.

    python tools/kate.py PICTURE

Kate is set up with the lines of docs/editors.md, opens the server of ``screens``, lists what is wrong, and formats; the file
that it saves has to be the one that ``--write --fix-level safe`` makes. PICTURE is a PNG of its window before that. It needs
``kate xvfb xdotool dbus-x11 imagemagick`` of Debian. Raises ``SystemExit`` where something is not as it should be.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import screens

#: The plugin is on, with its list of what is wrong; the server may be started without a question; the window covers the display.
SETTINGS = """\
[Kate Plugins]
lspclientplugin=true
[General]
Show welcome view for new window=false
[lspclient]
AllowedServerCommandLines={program} server
Diagnostics=true
DiagnosticsHighlight=true
DiagnosticsMark=true
"""
WIDTH, HEIGHT = 1120, 640


class Kate:
    """Kate with the file of the pictures, on a display of its own."""

    def __init__(self, directory: Path, running: ExitStack) -> None:
        self.server = directory / "etc" / "apache2"
        self.site = self.server / "sites-enabled" / "shop.conf"
        screens.written(self.server)
        (self.server / ".kateconfig").write_text(screens.documented("text"))
        home = directory / "home"
        settings = home / ".config"
        (settings / "kate" / "lspclient").mkdir(parents=True)
        (settings / "kate" / "lspclient" / "settings.json").write_text(screens.documented("json"))
        program = directory / "bin" / "modwsgi-fix"
        program.parent.mkdir()
        # What the server answers says when there is something to see.
        self.answers = directory / "answers"
        program.write_text(f'#!/bin/sh\n{sys.executable} -P -m modwsgi_fix.cli "$@" | tee -a {self.answers}\n')
        program.chmod(0o755)
        (settings / "katerc").write_text(SETTINGS.format(program=program))
        (directory / "run").mkdir(mode=0o700)
        reading, writing = os.pipe()
        display = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24"],
            pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        running.callback(display.wait)
        running.callback(display.terminate)
        os.close(writing)
        with os.fdopen(reading) as number:
            self.environment = {
                **os.environ,
                "DISPLAY": f":{number.readline().strip()}",
                "HOME": str(home),
                "XDG_CONFIG_HOME": str(settings),
                "XDG_RUNTIME_DIR": str(directory / "run"),
                "PATH": f"{program.parent}:{os.environ['PATH']}",
                "LANG": "C.UTF-8",
            }
        kate = subprocess.Popen(
            ["dbus-run-session", "--", "kate", "--new", str(self.site)],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        running.callback(kate.wait)
        running.callback(os.killpg, kate.pid, 15)

    def run(self, *words: str) -> str:
        """Run a command on the display, and return what it says."""
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout

    def keys(self, *keys: str) -> None:
        """Press keys, by xdotool's names."""
        self.run("xdotool", "key", "--delay", "200", *keys)
        time.sleep(1)

    def until(self, what: str, seen: Callable[[], bool]) -> None:
        """Wait for something."""
        deadline = time.monotonic() + screens.PATIENCE
        while not seen():
            if time.monotonic() > deadline:
                raise SystemExit(f"kate: {what} does not come")
            time.sleep(0.5)

    def has_answered(self, word: str) -> bool:
        """Whether the server has sent a word."""
        return self.answers.exists() and word.encode() in self.answers.read_bytes()


def main(picture: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="kate-", ignore_cleanup_errors=True) as name, ExitStack() as running:
        kate = Kate(Path(name), running)
        kate.until("the window", lambda: bool(kate.run("xdotool", "search", "--onlyvisible", "--name", "shop.conf")))
        time.sleep(2)
        for window in kate.run("xdotool", "search", "--onlyvisible", "--name", "shop.conf").split():
            kate.run("xdotool", "windowmove", window, "0", "0", "windowsize", window, str(WIDTH), str(HEIGHT))
            kate.run("xdotool", "windowfocus", window)
        kate.until("what is wrong", lambda: kate.has_answered("duplicate-daemon-process"))
        # The button of the plugin's list.
        kate.run("xdotool", "mousemove", "330", str(HEIGHT - 12), "click", "1")
        time.sleep(2)
        kate.run("import", "-window", "root", str(picture))
        kate.keys("ctrl+t", "f")
        kate.until("the answer to Format", lambda: kate.has_answered("newText"))
        time.sleep(1)
        kate.keys("ctrl+s")
        wanted = subprocess.run(
            [sys.executable, "-P", "-m", "modwsgi_fix.cli", "--isolated", "--stdin-filename", "shop.conf", "-"],
            input=screens.SITE, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        kate.until("the file with the safe fixes", lambda: kate.site.read_text() == wanted != screens.SITE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
