"""What only a file says that was not named: an Include may lead to any file that the user can read.

Such a file is read as httpd reads it, and no text of it may be printed (``Source.quotable``): the report of a pipeline
that checks a stranger's change must not hand out a private file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from modwsgi_fix import directives
from modwsgi_fix.model.config import Config, File, Item, Script

#: What stands in place of a text.
NOT_SHOWN = "(not shown)"

_WORD = re.compile(r"[^\s\"'`<>=:,;/@|()\[\]{}$\\?&!*^+~%#]+", re.ASCII)
_COMMENT = re.compile(r"^[ \t]*#.*", re.M)
#: Shorter words are those of any sentence.
_SHORTEST = 4


def words_of(text: str) -> set[str]:
    """The words of a text by which it could be told again."""
    return {word for found in _WORD.findall(text) if len(word := found.strip(".").casefold()) >= _SHORTEST}


def looks_outside(config: Config) -> bool:
    """Whether a file outside was read at all."""
    return not all(file.quotable for file in _read(config))


def _read(config: Config) -> list[File | Script]:
    return [*config.files.values(), *config.scripts.values()]


def outside_words(config: Config) -> frozenset[str]:
    """The words that only files outside say, but for names of directives. Comments are left out: no message has them."""
    if not looks_outside(config):
        return frozenset()

    def compute() -> frozenset[str]:
        read = _read(config)
        words: set[str] = set()
        for file in read:
            if not file.quotable:
                words |= words_of(_COMMENT.sub("", file.text))
        for file in read:
            if file.quotable:
                words -= words_of(file.text)
        return frozenset(word for word in words if directives.find(word) is None)

    # Scripts are read when a rule asks for them.
    return config.once(("outside words", len(config.scripts)), compute)


def tells(config: Config, texts: Iterable[str], known: str = "") -> bool:
    """Whether texts have a word that only a file outside says; the words of ``known`` are nobody's secret."""
    secret = outside_words(config)
    return bool(secret) and any(not words_of(text) & secret <= words_of(known) for text in texts)


def veiled(config: Config, text: str, item: Item | None = None) -> str:
    """A text fit to be printed: itself, unless it or the directive that it comes from tells what a file outside says."""
    hidden = (item is not None and not item.file.quotable) or tells(config, [text])
    return NOT_SHOWN if text and hidden else text
