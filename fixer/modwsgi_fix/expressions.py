"""Regular expressions that are compiled when they are first asked.

Modules have more than two hundred, most of which a run on a small file never asks; compiling them took a sixth of it.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Expression:
    """An expression that is not compiled yet. Once it is, its methods are those of the compiled one."""

    __slots__ = (
        "_written", "findall", "finditer", "flags", "fullmatch", "groupindex", "groups", "match", "pattern", "search",
        "split", "sub", "subn",
    )  # fmt: skip

    def __init__(self, pattern: Any, flags: int) -> None:
        self._written = pattern, flags

    def __getattr__(self, name: str) -> Any:
        # Slots that are empty are asked for here: all of them are filled at the first question.
        if name not in self.__slots__:
            raise AttributeError(name)
        compiled = re.compile(*self._written)
        for slot in self.__slots__[1:]:
            setattr(self, slot, getattr(compiled, slot))
        return getattr(compiled, name)


def expression(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what can do all that an ``re.Pattern`` can, and is compiled when it is first asked.

    It is another object than ``Match.re``, and equal to itself alone.
    """
    return cast("re.Pattern[AnyStr]", _Expression(pattern, flags))
