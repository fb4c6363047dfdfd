"""An input made small: what of it does not matter for a fault is taken away, file by file, line by line, word by word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from .inputs import Input

#: An input is asked at most so often.
TRIES = 150

Fails = Callable[[Input], bool]
_PARTS = (re.compile(r"(?<=\n)"), re.compile(r"(?<=[ \t])"), re.compile(r"(?=.)", re.S))


def shrunk(given: Input, fails: Fails, tries: int = TRIES) -> Input:
    """Return the smallest input that was found of which ``fails`` is still true. It is asked at most ``tries`` times."""
    left = [tries]

    def still(texts: Mapping[str, str]) -> bool:
        left[0] -= 1
        return left[0] >= 0 and fails(given._replace(texts=texts))

    texts = dict(given.texts)
    for name in sorted(texts, key=lambda name: -len(texts[name])):
        fewer = {other: text for other, text in texts.items() if other != name}
        if fewer and still(fewer):
            texts = fewer
    for parts in _PARTS:
        for name in sorted(texts, key=lambda name: -len(texts[name])):
            pieces = [part for part in parts.split(texts[name]) if part]
            if len(pieces) <= 2000:
                texts[name] = "".join(_fewer(pieces, texts, name, still))
    return given._replace(texts=texts)


def _fewer(
    pieces: Sequence[str], texts: Mapping[str, str], name: str, still: Callable[[Mapping[str, str]], bool]
) -> list[str]:
    """Take away runs of pieces, long ones first, as long as it fails without them."""
    kept = list(pieces)
    for size in _sizes(len(kept)):
        at = 0
        while at < len(kept):
            without = kept[:at] + kept[at + size :]
            if still({**texts, name: "".join(without)}):
                kept = without
            else:
                at += size
    return kept


def _sizes(length: int) -> Iterator[int]:
    size = max(length // 2, 1)
    while size >= 1:
        yield size
        size //= 2
