"""A figure of a benchmark beside its goal, as a line that people read and ``record.py`` collects."""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(r"(?P<what>.+): (?P<measured>[\d.,]+ .+) \(goal (?P<goal>[\d.,]+): (?P<verdict>reached|over)\)")


class Figure(NamedTuple):
    """What was measured, in a unit that ``measured`` names, and the most that it should be."""

    what: str
    measured: str
    goal: str
    verdict: str


def figure(what: str, value: float, unit: str, goal: float) -> bool:
    """Print a figure, and return whether it reaches its goal, which is the most that it should be."""
    reached = value <= goal
    print(f"{what}: {_number(value)} {unit} (goal {goal:,g}: {'reached' if reached else 'over'})", flush=True)
    return reached


def figures(output: str) -> list[Figure]:
    """Return the figures among the lines that a benchmark printed."""
    return [Figure(**found.groupdict()) for line in output.splitlines() if (found := _LINE.fullmatch(line))]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
