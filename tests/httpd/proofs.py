"""How much is proven: all of it, or a sample that CI can wait for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from random import Random
from typing import TypeVar

#: Set to ``all`` to prove everything.
VARIABLE = "MODWSGI_FIX_PROOFS"

T = TypeVar("T")


def everything() -> bool:
    return os.environ.get(VARIABLE) == "all"


def sample(all_of_them: Sequence[T], number: int, seed: str) -> list[T]:
    """All, or ``number`` of them: the same ones each time, in their own order."""
    if everything() or number >= len(all_of_them):
        return list(all_of_them)
    chosen = sorted(Random(seed).sample(range(len(all_of_them)), number))
    return [all_of_them[at] for at in chosen]
