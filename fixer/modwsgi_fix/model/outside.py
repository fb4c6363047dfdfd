"""What only a file says that was not named: an Include may lead to any file that the user can read.

Such a file is read as httpd reads it, and no text of it may be printed (``Source.quotable``): the report of a pipeline
that checks a stranger's change must not hand out a private file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from modwsgi_fix import directives
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File, Item, Script
from modwsgi_fix.model.secrets import masked

#: What stands in place of a text.
NOT_SHOWN = "(not shown)"

_WORD = re.compile(r"[^\s\"'`<>=:,;/@|()\[\]{}$\\?&!*^+~%#.]+", re.ASCII)
_COMMENT = re.compile(r"^[ \t]*#.*", re.M)
#: Shorter words are those of any sentence.
_SHORTEST = 4
#: A longer word is not taken apart: it may tell.
_LONGEST = 80


def words_of(text: str) -> set[str]:
    """The words of a text by which it could be told again."""
    return {word.casefold() for word in _WORD.findall(text) if len(word) >= _SHORTEST}


def looks_outside(config: Config) -> bool:
    """Whether a file outside was read at all."""
    return not all(file.quotable for file in _read(config))


def _read(config: Config) -> list[File | Script]:
    return [*config.files.values(), *config.scripts.values()]


def tells(config: Config, texts: Iterable[str], known: str = "") -> bool:
    """Whether texts have a word that only a file outside says; the words of ``known`` are nobody's secret.

    A value may be joined to other text, as ``${NAME}.wsgi`` is; so a part of a word tells as well.
    """
    if not looks_outside(config):
        return False
    # Scripts are read when a rule asks for them.
    told = config.once(("told", len(config.scripts)), lambda: _Told(config))
    common = words_of(known)
    return any(word not in common and told.has(word) for text in texts for word in words_of(text))


class _Told:
    """The words that files outside say and no other does, without names of directives; comments do not reach a message."""

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


def veiled(config: Config, text: str, item: Item | None = None) -> str:
    """A text fit to be printed: without secrets, and nothing of it where it or its directive tells what a file outside says."""
    hidden = (item is not None and not item.file.quotable) or tells(config, [text])
    return NOT_SHOWN if text and hidden else masked(config, text)
