"""All benchmarks in turn, and their figures in the docs: ``python benchmarks/record.py [NAME ...]``, or ``make bench``.

Writes the table of goals into ``docs/benchmarks.md``, between its two comments, and what each benchmark printed into
``docs/benchmark-run.md``. Give the machine nothing else to do meanwhile: both pages name its load. With names only
these benchmarks run, and nothing is written.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from figures import figures

ROOT = Path(__file__).resolve().parents[1]
TABLE, RUN = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "benchmark-run.md"
BEGIN, END = "<!-- make bench: begin -->\n", "<!-- make bench: end -->\n"

#: What runs, in this order, with its arguments.
BENCHMARKS = (
    "startup.py",
    "parse.py",
    "hosts.py 100 1000 3000 10000",
    "hosts.py --kind panel --runs 1 2500",
    "check.py",
    "changed_hosts.py",
    "again.py",
    "editor.py",
    "diff.py",
    "trace.py",
    "scripts.py",
    "fleet.py",
    "hostile.py",
)


class Run(NamedTuple):
    """A benchmark, what it printed, and the seconds that it took."""

    command: str
    output: str
    seconds: float


def run(command: str) -> Run:
    """Run a benchmark, and show its lines as they come."""
    print(f"== {command}", flush=True)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    name, *words = command.split()
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, str(ROOT / "benchmarks" / name), *words], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    # A benchmark that misses a goal ends with 1.
    if process.returncode not in (0, 1):
        raise SystemExit(f"record.py: {command} ended with {process.returncode}")
    return Run(command, "".join(lines), time.monotonic() - started)


def table(runs: Sequence[Run], machine: str) -> str:
    """The figures that have a goal."""
    rows = [
        f"| {one.what} | {one.measured} | {one.goal} | {'' if one.verdict == 'reached' else 'over'} |\n"
        for each in runs
        for one in figures(each.output)
    ]
    return f"{machine}\n\n| what | measured | goal | |\n|---|---|---|---|\n{''.join(rows)}"


def page(runs: Sequence[Run], machine: str) -> str:
    """What each benchmark printed, whole."""
    parts = [f"# What the benchmarks printed\n\n`make bench` writes this page. {machine}\n"]
    for one in runs:
        parts.append(f"## `{one.command}`\n")
        for is_table, lines in groupby(one.output.splitlines(), lambda line: line.startswith("|")):
            text = "\n".join(lines)
            parts.append(f"{text}\n" if is_table else f"```text\n{text}\n```\n")
        parts.append(f"It took {one.seconds:.0f} s.\n")
    return "\n".join(parts)


def main() -> None:
    wanted = sys.argv[1:]
    chosen = [one for one in BENCHMARKS if not wanted or one.split()[0].removesuffix(".py") in wanted]
    before = os.getloadavg()[0]
    runs = [run(one) for one in chosen]
    machine = (
        f"On {date.today()}, Python {platform.python_version()}, {os.cpu_count()} processors; "
        f"the load was {before:.1f} at the beginning and {os.getloadavg()[0]:.1f} at the end."
    )
    print(table(runs, machine))
    if wanted:
        return
    head, _, rest = TABLE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    TABLE.write_text(f"{head}{BEGIN}\n{table(runs, machine)}\n{END}{tail}", encoding="utf-8")
    RUN.write_text(page(runs, machine), encoding="utf-8")


if __name__ == "__main__":
    main()
