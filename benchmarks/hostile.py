"""What hostile input costs: processor time and memory of a report, of ``--diff``, ``trace`` and ``exposed``.

For each kind in ``tests/hostile.py``. Prints a table; run with ``python benchmarks/hostile.py [NAME ...]``. A run is killed
after half a minute of the processor.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from figures import figure  # noqa: E402
from hostile import KINDS, Kind  # noqa: E402

_SECONDS = 30
#: What is run. The URL leads into the host that most kinds have, and is as long as an expression needs to be slow.
_RUNS = {
    "report": ("--isolated", "conf"),
    "`--diff`": ("--isolated", "--diff", "conf"),
    "`trace`": ("trace", f"http://a.test/p1/{'a' * 60}!", "conf"),
    "`exposed`": ("exposed", "--root", "root", "conf"),
}


class Cost(NamedTuple):
    """``seconds`` of processor time, None where the run was killed; ``megabytes`` at the most; what the last line said."""

    seconds: float | None
    megabytes: float
    code: int
    said: str


def cost(words: Sequence[str], directory: str) -> Cost:
    """What a run of modwsgi-fix costs."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "modwsgi_fix", *words],
            cwd=directory,
            stdout=out,
            stderr=err,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS)),
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        err.seek(0)
        lines = err.read().decode(errors="replace").splitlines()
    seconds = used.ru_utime + used.ru_stime
    said = next((line for line in lines if "internal error" in line or "bug" in line), lines[0] if lines else "")
    return Cost(seconds if code >= 0 else None, used.ru_maxrss / 1024, code, said[:90])


def written(kind: Kind, directory: str) -> None:
    """Write a hostile server below a directory, and a small filesystem for it."""
    for path, text in kind.made(kind.size).items():
        file = Path(directory) / "conf" / path.removeprefix("/etc/apache2").lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for name in ("app.wsgi", "static/p1", "p1/app.wsgi", "db.sqlite3", "a" * 30):
        file = Path(directory) / "root/srv/a" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")


def main() -> None:
    wanted = sys.argv[1:] or list(KINDS)
    seconds: dict[str, float] = {}
    megabytes: dict[str, float] = {}
    print(f"| kind | size | {' | '.join(_RUNS)} |\n|---|---{'|---' * len(_RUNS)}|")
    for name in wanted:
        kind = KINDS[name]
        with tempfile.TemporaryDirectory() as directory:
            written(kind, directory)
            costs = [cost(words, directory) for words in _RUNS.values()]
        cells = [
            f"{'over ' + str(_SECONDS) if c.seconds is None else format(c.seconds, '.2f')}, {c.megabytes:.0f}"
            for c in costs
        ]
        print(f"| `{name}` | {kind.size:,} | {' | '.join(cells)} |", flush=True)
        for title, c in zip(_RUNS, costs, strict=True):
            if c.seconds is None or c.code not in (0, 1, 2):
                print(f"{name}, {title}: exit code {c.code}, {c.said}")
            seconds[f"`{name}`, {title}"] = _SECONDS if c.seconds is None else c.seconds
            megabytes[f"`{name}`, {title}"] = c.megabytes
    for name, value in sorted(seconds.items(), key=lambda one: -one[1]):
        if value > 5:
            figure(f"hostile input {name}", value, "s", 5)
    within = {name: value for name, value in seconds.items() if value <= 5}
    name = max(within, key=within.__getitem__)
    figure(f"the dearest of {len(within)} other runs on hostile input ({name})", within[name], "s", 5)
    name = max(megabytes, key=megabytes.__getitem__)
    figure(f"the most memory of hostile input ({name})", megabytes[name], "MB", 1024)


if __name__ == "__main__":
    main()
