"""Which messages say the same of different servers: those that are equal but for names, paths and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from types import CodeType

from modwsgi_fix import directives
from modwsgi_fix.expressions import expression
from modwsgi_fix.workspace.rules import known_rules

#: What stands for a name of a server.
NAME = "…"
#: The packages that, beside the rules, have texts of which messages are made.
_SOURCES = ("modwsgi_fix.model", "modwsgi_fix.effect", "modwsgi_fix.rewriting")
_LETTERS = expression(r"[A-Za-z]+")
#: The marks that may stand before a word, and those after it.
_OPENING, _CLOSING = "\"'([<", "\"')]>,;:.!?"
#: What is named with its release, which is not a name of the server.
_RELEASED = frozenset({"httpd", "mod_wsgi", "python", "openssl"})


def normalised(message: str) -> str:
    """Return a message with ``NAME`` in place of each path, URL, number and word that no text of the program has."""
    words, before = [], ""
    for word in message.split():
        words.append(word if before in _RELEASED else _without_names(word))
        before = word.casefold()
    return " ".join(words)


def _without_names(word: str) -> str:
    rest = word.lstrip(_OPENING)
    bare = rest.rstrip(_CLOSING)
    opening, closing = word[: len(word) - len(rest)], rest[len(bare) :]
    return f"{opening}{bare if _is_ours(bare) else NAME}{closing}"


def _is_ours(word: str) -> bool:
    """Whether a word is the program's own, or httpd's, and not a name in a configuration."""
    if word in ("", "/", "-", "=") or directives.find(word) is not None:
        return True
    letters = _LETTERS.findall(word.lower())
    plain = len("".join(letters)) + sum(word.count(mark) for mark in "-_=%'{}") == len(word)
    return plain and bool(letters) and vocabulary().issuperset(letters)


@cache
def vocabulary() -> frozenset[str]:
    """Return the words of all texts in the program's code, in lower case; what has several lines is a page with examples."""
    packages = {*_SOURCES, *(rule.package for rule in known_rules().values())}
    texts = (text for package in packages for text in _texts_of(package) if "\n" not in text)
    return frozenset(word for text in texts for word in _LETTERS.findall(text.lower()))


def _texts_of(package: str) -> Iterator[str]:
    spec = find_spec(package)
    for directory in (spec.submodule_search_locations if spec else None) or ():
        for path in Path(directory).rglob("*.py"):
            # Compiled once and kept by Python, as for an import.
            name = ".".join([package, *path.relative_to(directory).with_suffix("").parts])
            yield from _texts(SourceFileLoader(name, str(path)).get_code(name))


def _texts(constant: object) -> Iterator[str]:
    """Yield the texts in a constant of compiled code, which may be a function, or a table of constants."""
    waiting = [constant]
    while waiting:
        constant = waiting.pop()
        if isinstance(constant, CodeType):
            waiting += constant.co_consts
        elif isinstance(constant, (tuple, frozenset)):
            waiting += constant
        elif isinstance(constant, str):
            yield constant
