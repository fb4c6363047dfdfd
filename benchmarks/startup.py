"""How long a start takes, as multiples of ``python -c pass`` in the same run: ``python benchmarks/startup.py [ROUNDS]``.

The cases take turns, so that whatever else the machine does falls on all alike; medians are compared. Bytecode is
written first, as pip does when it installs. Exits 1 where a case takes longer than its budget allows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

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
    "python -c pass": (("-c", "pass"), None),
    "import typer": (("-c", "import typer"), None),
    "--version": ((*_MAIN, "--version"), 2.5),
    "a clean file": ((*_MAIN, "clean.conf"), 9.0),
    "a file with findings": ((*_MAIN, "site.conf"), 9.0),
    "the same, with options": ((*_MAIN, "--isolated", "site.conf"), 12.0),
    "--diff": ((*_MAIN, "--diff", "site.conf"), 12.0),
}


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    times: dict[str, list[float]] = {name: [] for name in CASES}
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "site.conf").write_text(_SITE)
        Path(directory, "clean.conf").write_text(_CLEAN)
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = os.path.join(directory, "bytecode")
        for turn in range(rounds + 1):
            for name, (command, _) in CASES.items():
                start = time.perf_counter()
                subprocess.run(
                    [sys.executable, *command], cwd=directory, env=environment, capture_output=True, check=False
                )
                if turn:
                    times[name].append(time.perf_counter() - start)
    bare = median(times["python -c pass"])
    late = 0
    for name, (_, budget) in CASES.items():
        ratio = median(times[name]) / bare
        verdict = "" if budget is None else f"budget {budget:4.1f}" + ("" if ratio <= budget else "  TOO LONG")
        late += "TOO LONG" in verdict
        print(f"{name:<22} {median(times[name]) * 1000:6.1f} ms {ratio:5.1f} x  {verdict}".rstrip())
    return int(bool(late))


if __name__ == "__main__":
    raise SystemExit(main())
