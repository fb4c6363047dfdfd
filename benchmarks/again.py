"""Checking a server again after one change in one of its files, as an editor does: ``python benchmarks/again.py [FILES]``.

The files have seven hosts and 190 lines each. Every third line of the first host of one file is written twice, or taken
away, each upon the change before. The times are of the processor, and medians: where a part of the server told, without
and with findings whose fixes are tried in memory, and where all of it was read. The first check of the server, and
``python -c pass``, are printed beside them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from figures import figure
from hosts import HOST, MAIN

from modwsgi_fix import api

_OF_EACH = 7
_CLEAN = "again, a part is read, nothing to mend"
_FIXES = "again, a part is read, with fixes to mark"
_WHOLE = "again, all is read"
#: Milliseconds that checking again may take.
_GOAL = 20


def texts(directory: Path, files: int) -> dict[Path, str]:
    """The texts of a server of so many files, by their paths."""
    main = MAIN.format(directory=directory, modules="")
    found = {directory / "apache2.conf": main}
    for number in range(files):
        names = (f"site{number * _OF_EACH + at}" for at in range(_OF_EACH))
        hosts = (
            HOST.format(name=f"{one}.example.com", group=one, number=one[4:], directory=directory) for one in names
        )
        found[directory / f"sites-enabled/{number:04}.conf"] = "# These are some of the hosts\n" + "".join(hosts)
    return found


def changes(text: str) -> list[str]:
    """The text with every third line of its first host twice, and without it."""
    lines = text.splitlines(keepends=True)
    end = lines.index("</VirtualHost>\n")
    found = []
    for at in range(2, end, 3):
        found += ["".join(lines[: at + 1] + lines[at:]), "".join(lines[:at] + lines[at + 1 :])]
    return found


def spent(work: Callable[[], object]) -> float:
    """Milliseconds of the processor."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def bare() -> float:
    """What Python's own start takes in milliseconds of the processor."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def main() -> int:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory(prefix="again") as name:
        directory = Path(name)
        (directory / "sites-enabled").mkdir()
        server_texts = texts(directory, files)
        for path, text in server_texts.items():
            path.write_text(text)
        server = api.load(directory, settings={})
        first = spent(server.check)
        path = directory / f"sites-enabled/{files // 2:04}.conf"
        times: dict[str, list[float]] = {_CLEAN: [], _FIXES: [], _WHOLE: []}
        for text in changes(server_texts[path]):
            start = time.process_time()
            changed = server.changed({path: text})
            changed.check()
            took = (time.process_time() - start) * 1000
            is_part = "_session" not in vars(changed)
            has_fixes = any(finding.fix for finding in changed.check().findings)
            times[_WHOLE if not is_part else _FIXES if has_fixes else _CLEAN].append(took)
            server = changed if is_part else server
    start = min(bare() for _ in range(5))
    print(
        f"{files} files, {sum(text.count(chr(10)) for text in server_texts.values()):,} lines; python -c pass {start:.0f} ms"
    )
    print(f"{'first check':<42} {first:8.1f} ms")
    for what, took in times.items():
        if took:
            print(f"{what:<42} {median(took):8.1f} ms, {min(took):.1f} to {max(took):.1f} ({len(took)} changes)")
    return int(not figure("a check again after one change in a warm session", median(times[_CLEAN]), "ms", _GOAL))


if __name__ == "__main__":
    raise SystemExit(main())
