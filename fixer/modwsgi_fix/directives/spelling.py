"""Misspelt names: which names may be meant, and which must be left alone because another module may have them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from modwsgi_fix.directives.table import directives, find
from modwsgi_fix.expressions import expression

#: At a greater distance than this, a guess would be no better than silence.
MAX_DISTANCE = 2
#: In a name of at most so many letters only one slip is believed, because short names are close: ``User`` and ``Use``.
_SHORT = 5
#: More letters than any name has.
_LONGEST = 60


def distance(one: str, other: str, most: int = MAX_DISTANCE) -> int:
    """Return the number of insertions, deletions, substitutions and swaps of neighbours between two words.

    More than ``most`` are given as ``most + 1``.

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
    """Return a bit set of the characters of a word; each edit changes at most two bits."""
    bits = 0
    for char in word:
        bits |= 1 << (ord(char) & 63)
    return bits


#: Names by the number of their letters: as they are compared, as they are written, and their ``_letters``.
_Pool = dict[int, list[tuple[str, str, int]]]


@cache
def _pool(sections: bool) -> _Pool:  # noqa: FBT001
    named = (info.name for info in directives().values() if info.section is sections and not info.until)
    return _by_length((name.casefold(), name) for name in named)


def _by_length(names: Iterable[tuple[str, str]]) -> _Pool:
    found: _Pool = {}
    for key, name in names:
        found.setdefault(len(key), []).append((key, name, _letters(key)))
    return found


def _nearest(word: str, pool: _Pool) -> tuple[str, ...]:
    most = 1 if len(word) <= _SHORT else MAX_DISTANCE
    letters = _letters(word)
    near = []
    for length in range(len(word) - most, len(word) + most + 1):
        for key, name, key_letters in pool.get(length, ()):
            if (letters ^ key_letters).bit_count() > 2 * most:
                continue
            away = distance(word, key, most)
            if 0 < away <= most:
                near.append((away, key[0] != word[0], abs(length - len(word)), name))
    return tuple(name for *_, name in sorted(near))


def candidates(name: str, *, sections: bool) -> tuple[str, ...]:
    """Names that may have been meant, best first, spelt as their modules do.

    Empty for a name that is known already or is a third-party module's, and where no name is near enough. Directives that
    neither httpd 2.4 nor mod_wsgi 6 knows are never proposed.
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
_MODULE = expression(r"\w+_module", re.ASCII)


def fits(name: str, words: Sequence[str]) -> bool:
    """Whether these words may follow that directive, by their number, fixed choices and the form of a module's name.

    A word that begins with ``#`` and all words after it are left out, because they may be meant as a comment. True for an
    unknown name.
    """
    info = find(name)
    if info is None:
        return True
    end = next((at for at, word in enumerate(words) if word.startswith("#") and at), len(words))
    words = words[:end]
    least, most = info.counts()
    if len(words) < least or (most is not None and len(words) > most):
        return False
    if (
        info.values
        and (len(words) == 1 or info.arguments == "FLAG")
        and words[0].casefold() not in map(str.casefold, info.values)
    ):
        return False
    if name.casefold() == "loadfile":
        return all(map(_OBJECT, words))
    return name.casefold() != "loadmodule" or bool(_MODULE.fullmatch(words[0]) and _OBJECT(words[1]))


def daemon_option_candidates(name: str) -> list[str]:
    """Return the options of WSGIDaemonProcess that may be meant, best first; also for another case, and ``_`` for ``-``."""
    from modwsgi_fix.directives.options import daemon_options  # like the tables, loaded where it is needed

    if name in daemon_options():
        return []
    word = name.casefold().replace("_", "-")
    if word in daemon_options():
        return [word]
    return list(_nearest(word, _by_length((option, option) for option in daemon_options())))


_ASSIGNED = expression(r"([A-Za-z]+(?:[-_][A-Za-z]+)*)=")


@cache
def _options() -> frozenset[str]:
    from modwsgi_fix.directives.options import daemon_options, script_directives

    return frozenset(daemon_options()) | {
        option.name for directive in script_directives().values() for option in directive.options
    }


def option_at_start(line: str) -> str:
    """Return the option of mod_wsgi that a line begins with, as ``user`` of ``user=www-data``; empty where there is none."""
    found = _ASSIGNED.match(line)
    return found[1] if found is not None and found[1] in _options() else ""


_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
#: The characters of directives' names, which seldom have digits.
_IN_NAMES = _LETTERS | frozenset("0123456789")


def glued(name: str) -> tuple[str, str] | None:
    """Return a known name and the argument that follows it without a blank: ``NameVirtualHost*:80``, ``ServerNameexample.com``.

    The name is returned as it is written. None where the whole may be an unknown name: the rest must begin with a character
    that is not a letter, have a character that no name has, or be the On or Off of a directive that takes them. A
    ``name=value``, as mod_wsgi's options are written, is one word: ``header-buffer-size=65536``.
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
    """Return the prefix that the names of a well-known module share, in lower case; for any other name the name itself."""
    word = name.removeprefix("<").removesuffix(">").casefold()
    return next((prefix for prefix in _third_party()[1] if word.startswith(prefix)), word)


def is_known_third_party(name: str) -> bool:
    """Whether a name belongs to a well-known module of neither httpd nor mod_wsgi: ``php_value``, ``SecRule``, ``<Perl>``.

    Names and prefixes that no directive of httpd shares decide this, so it is also true of misspelt names of such modules.
    """
    word = name.removeprefix("<").removesuffix(">").casefold()
    if word in directives():
        return False
    names, prefixes = _third_party()
    return word in names or word.startswith(prefixes)
