"""The words of a text, and those that the rules or the model know: a host named by such a word is like no other."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Iterator
from functools import cache

from modwsgi_fix.files import FileProblem, read_bytes

#: ASCII letters and digits, with the letters in lower case; any other byte separates words.
_ALONE = bytes(
    code + 32 if 65 <= code <= 90 else code if chr(code).isalnum() and code < 128 else 32 for code in range(256)
)


def words(text: str) -> set[bytes]:
    """Return the runs of ASCII letters and digits in a text, in lower case."""
    return set(text.encode("utf-8", "surrogateescape").translate(_ALONE).split())


def known(candidates: set[bytes], packages: Iterable[str]) -> set[bytes] | None:
    """Return the words that the source of these Python packages has; None where the source of one cannot be read.

    A name that a rule asks for stands in its source or in that of the model, in a string, a table or a pattern.
    """
    found: set[bytes] = set()
    for package in sorted(packages):
        vocabulary = _vocabulary(package)
        if vocabulary is None:
            return None
        found |= candidates & vocabulary
    return found


#: The parts of modwsgi-fix that no rule imports (``lint-imports`` sees to it): what they know tells no hosts apart.
_ABOVE_RULES = frozenset({"api", "cli", "explain", "fleet", "lsp", "reports", "workspace"})


@cache
def _vocabulary(package: str) -> frozenset[bytes] | None:
    spec = importlib.util.find_spec(package)
    if spec is None:
        return None
    names = list(spec.submodule_search_locations or ())
    above = _ABOVE_RULES if package == __name__.partition(".")[0] else frozenset[str]()
    sources = [path for name in names for path in _sources(name, above)] if names else [spec.origin or ""]
    found: set[bytes] = set()
    try:
        # File by file: all words of a package at once would be twenty megabytes.
        for path in sources:
            found.update(_code(read_bytes(path)).translate(_ALONE).split())
    except FileProblem:
        return None
    return frozenset(found) if sources else None


def _code(source: bytes) -> bytes:
    """Return the source of a module without its docstring, which is the manual page of a rule."""
    end = source.find(b'"""', 3) if source.startswith(b'"""') else -1
    return source[end:] if end >= 0 else source


def _sources(top: str, without: frozenset[str]) -> Iterator[str]:
    """Yield the modules of a package, without some of the packages in it."""
    for directory, below, names in os.walk(top):
        if directory == top:
            below[:] = [name for name in below if name not in without]
        yield from (os.path.join(directory, name) for name in names if name.endswith(".py"))
