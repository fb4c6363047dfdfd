"""What is found out about a text once, however many rules ask, in however many passes."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

#: The texts that are remembered have at most so many characters together. A number of texts would be a poor measure: rules go
#: through all scripts one after another, and a store that one round of them does not fit into is of no use at all.
_MOST = 4_000_000


def remembered(compute: Callable[Concatenate[str, P], T]) -> Callable[Concatenate[str, P], T]:
    """Decorate a function of a text, and of what else can be a key, so that it is computed once for what was asked last."""
    known: OrderedDict[tuple[object, ...], tuple[str, T]] = OrderedDict()
    size = 0

    @functools.wraps(compute)
    def once(text: str, /, *args: P.args, **options: P.kwargs) -> T:
        nonlocal size
        key = (text, args, *options.items())
        if key in known:
            known.move_to_end(key)
            return known[key][1]
        result = compute(text, *args, **options)
        known[key] = text, result
        size += len(text)
        while size > _MOST:
            size -= len(known.popitem(last=False)[1][0])
        return result

    return once
