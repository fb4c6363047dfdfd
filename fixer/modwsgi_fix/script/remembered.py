"""Results about a text that are computed once for all rules and passes."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

#: The most characters of all remembered texts together. A number of texts would be a poor measure: rules go through all
#: scripts one after another, and a store that does not hold one whole round is of no use.
_MOST = 4_000_000


def remembered(compute: Callable[Concatenate[str, P], T]) -> Callable[Concatenate[str, P], T]:
    """Decorate a function of a text and other hashable arguments, so that the results for the last texts are remembered."""
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
