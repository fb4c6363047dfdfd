"""Words of files that were not named: an Include may lead to any file that the user can read.

Such a file is read as httpd reads it, but none of its text may be printed (``Source.quotable``): the report of a pipeline
that checks a stranger's change must not hand out a private file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from modwsgi_fix import directives
from modwsgi_fix.expressions import expression
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File, Item, Script
from modwsgi_fix.model.secrets import masked

#: The text that replaces a hidden one.
NOT_SHOWN = "(not shown)"

_WORD = expression(r"[^\s\"'`<>=:,;/@|()\[\]{}$\\?&!*^+~%#.]+", re.ASCII)
_COMMENT = expression(r"^[ \t]*#.*", re.M)
#: Shorter words occur in any sentence.
_SHORTEST = 4
#: A longer word is not split into parts, and counts as a word of the file.
_LONGEST = 80


def words_of(text: str) -> set[str]:
    """Return the words of a text that would give it away."""
    return {word.casefold() for word in _WORD.findall(text) if len(word) >= _SHORTEST}


def looks_outside(config: Config) -> bool:
    """Whether any file outside the named paths was read."""
    # Each message asks it. Scripts are read only when a rule needs them.
    return config.once(("outside", len(config.scripts)), lambda: not all(file.quotable for file in _read(config)))


def _read(config: Config) -> list[File | Script]:
    return [*config.files.values(), *config.scripts.values()]


def tells(config: Config, texts: Iterable[str], known: str = "") -> bool:
    """Whether texts have a word that stands only in a file outside; the words of ``known`` may be shown.

    A value may be joined to other text, as in ``${NAME}.wsgi``, so a part of a word counts as well.
    """
    if not looks_outside(config):
        return False
    told = config.once(("told", len(config.scripts)), lambda: _Told(config))
    common = words_of(known)
    return any(word not in common and told.has(word) for text in texts for word in words_of(text))


class _Told:
    """The words that stand only in files outside, without names of directives; comments never reach a message."""

    def __init__(self, config: Config) -> None:
        self.shown: set[str] = set()
        secret: set[str] = set()
        for file in _read(config):
            if file.quotable:
                self.shown |= words_of(file.text)
            else:
                secret |= words_of(_COMMENT.sub("", file.text))
        self.secret = {word for word in secret - self.shown if directives.find(word) is None}
        self._asked: dict[str, bool] = {}

    def has(self, word: str) -> bool:
        if word not in self._asked:
            self._asked[word] = word not in self.shown and self._holds(word)
        return self._asked[word]

    def _holds(self, word: str) -> bool:
        size = len(word)
        if size > _LONGEST:
            return bool(self.secret)
        ends = ((start, end) for start in range(size) for end in range(start + _SHORTEST, size + 1))
        return any(word[start:end] in self.secret for start, end in ends)


def veiled(config: Config, text: str, item: Item | None = None, *, known: str = "") -> str:
    """Return a text fit to be printed: without secrets, and hidden where it or its directive has words of a file outside.

    The words of ``known`` may be shown.
    """
    hidden = (item is not None and not item.file.quotable) or tells(config, [text], known)
    return NOT_SHOWN if text and hidden else masked(config, text)
