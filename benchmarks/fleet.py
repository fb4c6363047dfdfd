"""What merging many reports costs: seconds of the processor, and the most memory: ``python benchmarks/fleet.py [SERVERS]``.

Each server has one of the configurations in ``corpus/``, with names of its own, and so the findings of that. Exits 1 where
10,000 servers would take more than a minute or 300 MB.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import figure

ROOT = Path(__file__).resolve().parents[1]
_SERVERS = ("web2py-https", "debian-7", "centos-6", "trac")
_SECONDS, _MEGABYTES = 60, 300


def reports() -> list[str]:
    """The JSON report on each of the servers."""
    command = [sys.executable, "-m", "modwsgi_fix", "--isolated", "--output-format", "json"]
    return [
        subprocess.run(
            [*command, str(ROOT / "corpus" / name / "conf")], capture_output=True, text=True, check=False
        ).stdout
        for name in _SERVERS
    ]


def main(servers: int) -> int:
    """Print the figures, and return the exit code."""
    made = reports()
    with tempfile.TemporaryDirectory() as top:
        size = 0
        for number in range(servers):
            text = made[number % len(made)].replace("web2py", f"site{number}").replace("shop", f"shop{number}")
            size += len(text)
            Path(top, f"web{number}.json").write_text(text)
        paths = [f"web{number}.json" for number in range(servers)]
        for words in ([], ["--html", "page.html"]):
            process = subprocess.Popen(
                [sys.executable, "-m", "modwsgi_fix", "report", *words, *paths], cwd=top, stdout=subprocess.DEVNULL
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = code = os.waitstatus_to_exitcode(status)
            seconds, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
            what = "a page" if words else "text"
            figure(f"merging {servers:,} reports of {size / 2**20:.0f} MB into {what}", seconds, "s", _SECONDS)
            figure("the memory of that", megabytes, "MB", _MEGABYTES)
            if code != 1 or megabytes > _MEGABYTES or seconds * 10_000 > _SECONDS * max(servers, 10_000):
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
