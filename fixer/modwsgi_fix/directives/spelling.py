"""Misspelt names: what was meant, and what must be left alone because another module may well know it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from modwsgi_fix.directives.table import directives, find

#: Farther than this, a guess is no better than silence.
MAX_DISTANCE = 2
#: In a name of so few letters one slip is all that can be believed: ``User`` and ``Use``, ``Deny`` and ``Define``.
_SHORT = 5
#: Letters that no name has as many of.
_LONGEST = 60


def distance(one: str, other: str, most: int = MAX_DISTANCE) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours between two words; ``most + 1`` for any more.

    Optimal string alignment: the Damerau-Levenshtein distance in which no letter is changed twice.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(above) > most:
            return most + 1
        before, above = above, row
    return min(above[-1], most + 1)


def _letters(word: str) -> int:
    """A bit for each character in the word; each edit changes at most two bits."""
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) & 63)
    return bits


@cache
def _pool(sections: bool) -> tuple[tuple[str, str, int], ...]:  # noqa: FBT001
    return tuple(
        (info.name.casefold(), info.name, _letters(info.name.casefold()))
        for info in directives().values()
        if info.section is sections and not info.until
    )


def _nearest(word: str, pool: Iterable[tuple[str, str, int]]) -> tuple[str, ...]:
    most = 1 if len(word) <= _SHORT else MAX_DISTANCE
    letters = _letters(word)
    near = []
    for key, name, key_letters in pool:
        if abs(len(key) - len(word)) > most or (letters ^ key_letters).bit_count() > 2 * most:
            continue
        away = distance(word, key, most)
        if 0 < away <= most:
            near.append((away, key[0] != word[0], abs(len(key) - len(word)), name))
    return tuple(name for *_, name in sorted(near))


def candidates(name: str, *, sections: bool) -> tuple[str, ...]:
    """Names that may have been meant, best first, spelt as their modules do.

    Empty for a name that is known as it is or that is a third-party module's, and where nothing is near enough.
    Directives that no release since 2.4 and mod_wsgi 6 knows are never proposed.
    """
    word = name.removeprefix("<").removesuffix(">").casefold()
    return _candidates(word, sections) if 0 < len(word) <= _LONGEST else ()


# A name that is misspelt once is so on many lines.
@lru_cache(maxsize=1024)
def _candidates(word: str, sections: bool) -> tuple[str, ...]:  # noqa: FBT001
    known = find(f"<{word}" if sections else word)
    if (known is not None and known.section is sections) or is_known_third_party(word):
        return ()
    return _nearest(word, _pool(sections))


_OBJECT = re.compile(r".+\.(?:so(?:\.[0-9]+)*|dll|dylib|sl)", re.I | re.S).fullmatch
_MODULE = re.compile(r"\w+_module", re.ASCII).fullmatch


def fits(name: str, words: Sequence[str]) -> bool:
    """Whether a line with these words may be that directive's: their number, words of a fixed choice, what is loaded.

    A word that begins with ``#`` and all after it are left out: a comment may be meant. True for a name that is unknown.
    """
    info = find(name)
    if info is None:
        return True
    end = next((at for at, word in enumerate(words) if word.startswith("#") and at), len(words))
    words = words[:end]
    least, most = info.counts()
    if len(words) < least or (most is not None and len(words) > most):
        return False
    if info.values and len(words) == 1 and words[0].casefold() not in map(str.casefold, info.values):
        return False
    if name.casefold() == "loadfile":
        return all(map(_OBJECT, words))
    return name.casefold() != "loadmodule" or bool(_MODULE(words[0]) and _OBJECT(words[1]))


def daemon_option_candidates(name: str) -> list[str]:
    """Options of WSGIDaemonProcess that may have been meant, best first; also for another case, and ``_`` for ``-``."""
    from modwsgi_fix.directives.options import daemon_options  # like the tables, loaded where it is needed

    if name in daemon_options():
        return []
    word = name.casefold().replace("_", "-")
    if word in daemon_options():
        return [word]
    return list(_nearest(word, ((option, option, _letters(option)) for option in daemon_options())))


_ASSIGNED = re.compile(r"([A-Za-z]+(?:[-_][A-Za-z]+)*)=")


@cache
def _options() -> frozenset[str]:
    from modwsgi_fix.directives.options import daemon_options, script_directives

    return frozenset(daemon_options()) | {
        option.name for directive in script_directives().values() for option in directive.options
    }


def option_at_start(line: str) -> str:
    """The option of mod_wsgi by which a line begins, ``user`` of ``user=www-data``; empty where it begins with none."""
    found = _ASSIGNED.match(line)
    return found[1] if found is not None and found[1] in _options() else ""


_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
#: What directives' names are made of; seldom digits.
_IN_NAMES = _LETTERS | frozenset("0123456789")


def glued(name: str) -> tuple[str, str] | None:
    """A known name and the argument that stands against it: ``NameVirtualHost*:80``, ``ServerNameexample.com``.

    The name comes back as it was written. Only where it cannot be the name of something unknown: the rest begins with
    no letter, or has characters that no name has, or is the On or Off of a directive that takes them. A ``name=value``,
    as mod_wsgi's options are written, is one word: ``header-buffer-size=65536``.
    """
    word = name.removeprefix("<")
    section = word != name
    if section:
        word = word.removesuffix(">")
    if find(word) is not None or is_known_third_party(word) or _ASSIGNED.match(word):
        return None
    stop = next((at for at, char in enumerate(word) if char not in _IN_NAMES), len(word))
    odd = stop < len(word)
    for end in range(min(stop, len(word) - 1, _LONGEST), 1, -1):
        info = find(f"<{word[:end]}" if section else word[:end])
        if info is None or info.section is not section:
            continue
        rest = word[end:]
        if rest[0] not in _LETTERS or (odd and end > _SHORT):
            return word[:end], rest
        if rest.casefold() in ("on", "off") and {"On", "Off"} <= set(info.values):
            return word[:end], rest
    return None


@cache
def _third_party() -> tuple[frozenset[str], tuple[str, ...]]:
    from modwsgi_fix.directives import elsewhere

    return frozenset(elsewhere.NAMES.casefold().split()), tuple(elsewhere.PREFIXES.casefold().split())


def third_party_family(name: str) -> str:
    """The beginning that the names of a well-known module have in common, in lower case; of others the name itself."""
    word = name.removeprefix("<").removesuffix(">").casefold()
    return next((prefix for prefix in _third_party()[1] if word.startswith(prefix)), word)


def is_known_third_party(name: str) -> bool:
    """Whether a well-known module of neither httpd nor mod_wsgi has it: ``php_value``, ``SecRule``, ``<Perl>``.

    Decided by names and prefixes that no directive of httpd shares, so it is true of misspelt ones too.
    """
    word = name.removeprefix("<").removesuffix(">").casefold()
    if word in directives():
        return False
    names, prefixes = _third_party()
    return word in names or word.startswith(prefixes)
