"""``python -m fuzz --seed N``, in this project's ``tests``: see ``make fuzz``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from .held import faults
from .inputs import made
from .material import Material, digest, gathered
from .running import go, state_of

_HERE = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run the command line. Exit code 1 where something does not hold."""
    words = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    words.add_argument("--seed", type=int, default=int(f"{date.today():%Y%m%d}"), help="by default the day's date")
    words.add_argument("--first", type=int, default=0, help="begin with this input, where nothing is noted")
    words.add_argument("--count", type=int, default=20_000, help="go on up to this input")
    words.add_argument("--only", type=int, help="ask about this input alone, and show it")
    words.add_argument("--real", action="store_true", help="also begin with real files, where they are at hand")
    words.add_argument("--directory", type=Path, default=_HERE / ".fuzz", help="where failures and the state are kept")
    given = words.parse_args()
    materials = gathered(real_too=given.real)
    if given.only is not None:
        return _only(given.seed, given.only, materials)
    state = state_of(given.directory / f"{given.seed}.json", given.seed, materials)
    state = state._replace(next=max(state.next, given.first))
    say(f"seed {given.seed}, material {digest(materials)}, inputs {state.next} to {given.count}")
    command = "make fuzz REAL=1" if given.real else "make fuzz"
    state = go(state, given.count, materials, given.directory, say, command=command)
    say(f"{state.next:,} inputs of seed {state.seed}, {state.failures} failed")
    for what, times in sorted(state.counted.items()):
        say(f"{times:>7,}  {what}")
    return int(bool(state.failures))


def _only(seed: int, number: int, materials: Sequence[Material]) -> int:
    given = made(seed, number, materials)
    say(f"{given._replace(texts={})}")
    for name, text in given.texts.items():
        say(f"-- {name}\n{text}")
    found = faults(given)
    for line in found:
        say(line)
    return int(bool(found))


def say(line: str) -> None:
    sys.stdout.buffer.write((line + "\n").encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
