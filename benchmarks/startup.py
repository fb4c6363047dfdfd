"""How long a start takes, as multiples of ``python -c pass`` in the same run: ``python benchmarks/startup.py [ROUNDS]``.

The cases take turns, so that whatever else the machine does falls on all alike; the least processor time of each is
compared. Bytecode is written first, as pip does when it installs. Exits 1 where a case takes longer than its goal.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from figures import figure

_SITE = """\
<VirtualHost *:80>
    ServerName example.com
    WSGIDaemonProcess site threads=15
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/site.wsgi
</VirtualHost>
<VirtualHost *:443>
    ServerName example.com
    WSGIDaemonProcess site threads=15
    WSGIProcessGroup site
    WSGIScriptAlias / /srv/site/site.wsgi
</VirtualHost>
"""
_CLEAN = "Listen 80\n"
_MAIN = ("-c", "import sys; from modwsgi_fix.cli import main; main()")

#: Case -> its command, and the multiple of ``python -c pass`` that it may take.
CASES = {
    "`--version`": ((*_MAIN, "--version"), 2),
    "a clean file": ((*_MAIN, "clean.conf"), 7.5),
    "a clean file, with an option": ((*_MAIN, "--isolated", "clean.conf"), 8.5),
    "standard input to standard output, clean": ((*_MAIN, "-"), 9),
    "`--diff` of a clean file": ((*_MAIN, "--diff", "clean.conf"), 11),
    "a file with findings": ((*_MAIN, "site.conf"), 7.5),
    "a file with findings, with an option": ((*_MAIN, "--isolated", "site.conf"), 8.5),
    "`--diff` of a file with findings": ((*_MAIN, "--diff", "site.conf"), 11),
}
_NOTHING = ("-c", "pass")


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "site.conf").write_text(_SITE)
        Path(directory, "clean.conf").write_text(_CLEAN)
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = os.path.join(directory, "bytecode")
        commands = {"": _NOTHING, **{name: command for name, (command, _) in CASES.items()}}
        # The first turn writes the bytecode.
        turns = [
            {name: spent(command, directory, environment) for name, command in commands.items()}
            for _ in range(rounds + 1)
        ][1:]
    best = {name: min(turn[name] for turn in turns) for name in commands}
    print(f"python -c pass: {best[''] * 1000:.1f} ms")
    unit = "times `python -c pass`"
    reached = [figure(name, best[name] / best[""], unit, goal) for name, (_, goal) in CASES.items()]
    return int(not all(reached))


def spent(words: Sequence[str], directory: str, environment: dict[str, str]) -> float:
    """The processor time of Python with these words, in seconds; the clean file is its standard input."""
    with open(os.path.join(directory, "clean.conf"), "rb") as text:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=directory,
            env=environment,
            stdin=text,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
