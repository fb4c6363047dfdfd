"""Many inputs, in processes that are killed where one takes too long, by seed and number, from where it was stopped.

A process of its own goes through a portion of the inputs. The system ends it (RLIMIT_CPU) when one input has taken
``MOST_SECONDS`` of its processor's time, wherever it is then, in the middle of a search, too; what input that was is
known from what it said last. Whatever fails is made small and written down.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from modwsgi_fix.text import encode

from .held import NOTE, faults
from .inputs import Input, made
from .material import Material, digest
from .shrinking import TRIES, shrunk

#: Seconds of processor time that an input, of at most some hundred lines, may take with all that is asked of it.
MOST_SECONDS = 5
#: Bytes that a process may use.
_MOST_MEMORY = 3 << 30
#: Inputs that one process goes through.
PORTION = 500
#: Failures of one kind that are made small and written down.
_WRITTEN = 3
#: Times that an input is asked which ends its process.
_SLOW_TRIES = 40

Held = Callable[[Input], list[str]]


class Failure(NamedTuple):
    """An input of which something does not hold, and what; or of which something is to be counted."""

    number: int
    lines: tuple[str, ...]
    died: bool = False

    @property
    def faults(self) -> list[str]:
        return [line for line in self.lines if not line.startswith(NOTE)]

    @property
    def notes(self) -> list[str]:
        """What is counted, without what differs from input to input."""
        return [line.removeprefix(NOTE).partition(": ")[0] for line in self.lines if line.startswith(NOTE)]

    @property
    def kind(self) -> str:
        """What it fails of, without what differs from input to input."""
        return self.faults[0].partition(": ")[0]


def run(
    seed: int,
    numbers: Sequence[int],
    materials: Sequence[Material],
    held: Held = faults,
    *,
    seconds: int = MOST_SECONDS,
) -> Iterator[Failure]:
    """Go through inputs, and yield those of which there is something to say."""
    rest = list(numbers)
    while rest:
        portion, rest = rest[:PORTION], rest[PORTION:]
        while portion:
            done, failures, died = _portion(seed, portion, materials, held, seconds)
            yield from failures
            if died:
                yield Failure(portion[done], (died,), died=True)
                done += 1
            portion = portion[done:]


def _portion(
    seed: int, numbers: Sequence[int], materials: Sequence[Material], held: Held, seconds: int
) -> tuple[int, list[Failure], str]:
    """Return how many inputs were gone through, what failed, and how the process died in the next one, if it did."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        code = 1
        try:
            with os.fdopen(writing, "w", buffering=1) as told:
                for number in numbers:
                    limit(seconds)
                    told.write(json.dumps(held(made(seed, number, materials))) + "\n")
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as told:
        every = [json.loads(line) for line in told if line.endswith("\n")]
    failures = [Failure(number, tuple(lines)) for number, lines in zip(numbers, every, strict=False) if lines]
    return len(every), failures, _death(os.waitpid(pid, 0)[1])


def _death(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGXCPU:
        return "it takes too long: the process was ended"
    return f"the process dies of {signal.Signals(-code).name if code < 0 else f'exit code {code}'}: " if code else ""


def limit(seconds: int) -> None:
    """Let this process be killed after so much more time of the processor, counted in whole seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def prepared(materials: Sequence[Material], held: Held = faults) -> None:
    """Import what is needed and ask once, so that each process has it already; and have the place of a hang shown."""
    held(made(0, 0, materials))
    gc.collect()
    gc.freeze()
    # Full collections of what was made for one input cost a third of the time.
    gc.set_threshold(20_000, 20, 100)
    faulthandler.register(signal.SIGXCPU, chain=True)


# -- what is written down ------------------------------------------------------------------------------------------------


def reproducer(
    seed: int, failure: Failure, materials: Sequence[Material], directory: Path, held: Held = faults
) -> Path:
    """Write an input that fails, made small, and what fails, into a directory of its own; return that."""
    given = made(seed, failure.number, materials)
    place = directory / f"{seed}-{failure.number}"

    def fails(smaller: Input) -> bool:
        return any(line.partition(": ")[0] == failure.kind for line in _apart(smaller, held))

    _put(place / "whole", given)
    small = shrunk(given, fails, _SLOW_TRIES if failure.died else TRIES)
    _put(place / "small", small)
    lines = [
        *failure.lines,
        "",
        f"from {given.origin}",
        f"{given._replace(texts={}, origin='')}",
        "",
        *_apart(small, held),
    ]
    (place / "what.txt").write_text("\n".join(lines) + "\n", "utf-8", "surrogateescape")
    return place


def _apart(given: Input, held: Held) -> list[str]:
    """As ``held``, in a process of its own."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        code = 1
        try:
            limit(MOST_SECONDS)
            with os.fdopen(writing, "w") as told:
                told.write(json.dumps(held(given)))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    died = _death(os.waitpid(pid, 0)[1])
    return [died] if died else [str(line) for line in json.loads(said)]


def _put(directory: Path, given: Input) -> None:
    for name, text in given.texts.items():
        path = directory / name.lstrip("/").replace("..", "__")
        os.makedirs(os.path.dirname(encode(str(path))), exist_ok=True)
        with open(encode(str(path)), "wb") as file:
            file.write(encode(text))


# -- from where it was stopped -------------------------------------------------------------------------------------------


class State(NamedTuple):
    """How far a run is: the next number, and how many inputs failed, by kind. It holds for its material alone."""

    seed: int
    material: str
    next: int = 0
    failed: Mapping[str, int] = MappingProxyType({})
    #: What is no failure, and was counted.
    counted: Mapping[str, int] = MappingProxyType({})

    @property
    def failures(self) -> int:
        return sum(self.failed.values())


def state_of(path: Path, seed: int, materials: Sequence[Material]) -> State:
    """Return how far the run of this seed is, from the beginning where none is noted there."""
    fresh = State(seed, digest(materials))
    try:
        noted = json.loads(path.read_text())
        state = State(
            noted["seed"], noted["material"], int(noted["next"]), dict(noted["failed"]), dict(noted["counted"])
        )
    except (OSError, ValueError, LookupError, TypeError):
        return fresh
    return state if state[:2] == fresh[:2] else fresh


def note(path: Path, state: State) -> None:
    """Write down how far a run is, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps({**state._asdict(), "failed": dict(state.failed), "counted": dict(state.counted)}))
    os.replace(new, path)


def go(
    state: State,
    count: int,
    materials: Sequence[Material],
    directory: Path,
    say: Callable[[str], None],
    *,
    command: str,
) -> State:
    """Go on with a run until it has been through ``count`` inputs; note each portion. ``command`` repeats an input."""
    prepared(materials)
    while state.next < count:
        numbers = range(state.next, min(state.next + PORTION, count))
        for failure in run(state.seed, numbers, materials):
            state = state._replace(counted=dict(Counter(state.counted) + Counter(failure.notes)))
            if not failure.faults:
                continue
            times = state.failed.get(failure.kind, 0) + 1
            state = state._replace(failed={**state.failed, failure.kind: times})
            say(f"{failure.faults[0]}\n    {command} SEED={state.seed} ONLY={failure.number}")
            if times <= _WRITTEN:
                say(f"    {reproducer(state.seed, failure, materials, directory)}")
        state = state._replace(next=numbers[-1] + 1)
        note(directory / f"{state.seed}.json", state)
        if sys.stderr.isatty() or state.next % (20 * PORTION) == 0:
            say(f"{state.next:,} of {count:,} inputs, {state.failures} failed")
    return state
