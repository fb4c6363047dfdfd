"""Texts that are alike: equal except for words that occur in no other text.

Hosts that were copied from one another, or made from one template, differ in the customer's name, the domain or the group:
words that stand nowhere else in the server. httpd treats such a text as it treats its copies, with these words exchanged.
Words that also stand elsewhere, numbers, and words that rules know by name are never exchanged. Texts are not alike where the
order of the exchanged words differs, or which of them begin with others, or the kinds of their characters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.shapes.words import words
from modwsgi_fix.tuples import NamedTuple

#: A comment of plain words that allows no finding: only people read it.
_COMMENT = expression(r"\n(?<!\\\n)(?<!\\\r\n)[ \t]*#(?![^\n]*modwsgi)[\w \t.,:;!'()/+*-]*(?=\r?\n)")
#: The line with the name of a file.
_NAME = expression(r"(?:\A|\0)[^\n]*\n")
#: A number, and one that is the name of a directory.
_NUMBER = expression(r"(?<![A-Za-z0-9])[0-9]+(?![A-Za-z0-9])")
_DIRECTORY_NUMBER = expression(r"(?<=[A-Za-z_}]/)[0-9]+(?![\w.])")
#: Words of directives that change the meaning of later text: copies may differ although their words do not.
TURNS = frozenset(
    map(str.encode, ("define", "undefine", "macro", "use", "loadmodule", "loadfile", "serverroot", "perl", "lua"))
)
#: Words of directives whose arguments lead to files.
_INCLUDE = expression(r"^[ \t]*Include(?:Optional)?[ \t](.*)", re.M | re.I)
_SCRIPT = expression(r"^[ \t]*WSGI\w*Script\w*[ \t](.*)", re.M | re.I)
#: Lines with patterns that are matched with paths, URLs and names of hosts.
_PATTERNED = expression(
    r"^[ \t]*<?(?:(?:Directory|Files|Location|Alias|WSGIScriptAlias|ScriptAlias|ProxyPass|Redirect|Proxy)Match"
    r"|(?:Directory|Files|Location|Proxy)[ \t](?=[^\n]*[~*?\[])|If\b|ElseIf|SetEnvIf\w*)([^\n]*)",
    re.M | re.I,
)
#: A section whose path has a wildcard for one letter.
_ANY_LETTER = expression(r"^[ \t]*<(?:Directory|Files|Location|Proxy)[ \t]+(?![ \t~])[^\n]*\?", re.M | re.I)
#: In a pattern: wildcards for any letter or digit of a name, and escapes, which look like letters.
_EVERY_NAME = expression(
    r"\[\^/[\]]|\[[^\]]{0,40}a-z[^\]]{0,40}0-9[^\]]{0,40}\]|\[[^\]]{0,40}0-9[^\]]{0,40}a-z[^\]]{0,40}\]"
)
_ESCAPE = expression(r"\\[A-Za-z]")
#: A name with a wildcard within a label, which may be meant for only some of the copies.
_PART_OF_A_LABEL = expression(r"^[ \t]*Server(?:Alias|Name)[ \t][^\n]*(?:[^\s.*?][*?]|[*?][^\s.*?:])", re.M | re.I)
#: The first of the characters that stand for words; no configuration has any of these.
_MARK = 0xE000
_MARKS = expression("[\ue000-\uf8ff]")
_HEXADECIMAL = "0123456789abcdef"
#: The number of first groups of a shape that, with the last one, stand for all.
STANDING = 2
#: How far before a text another may stand that shares words with it alone: a host and its twin for TLS.
_NEAR = 3
#: A longer run of texts that share words is like no other.
_MOST_TOGETHER = 6
#: A text that has more words of its own is like no other.
_MOST_OWN = 200


class Unit(NamedTuple):
    """A text to compare: a whole file, or a virtual host in one, perhaps as it is before and after a change.

    ``path`` is the path by which the file is included; ``outside`` is the part of the text outside of virtual hosts.
    """

    path: str
    start: int
    end: int
    text: str
    whole: bool
    outside: str = ""

    @property
    def compared(self) -> str:
        """The text to compare: the name of a whole file, and from the next line on the text without comments of plain words."""
        return f"{self.path.rpartition('/')[2] if self.whole else ''}{uncommented(self.text)}"


def uncommented(text: str) -> str:
    """Return a text from its second line on, without comments of plain words."""
    return _COMMENT.sub("", f"\n{text}") if "#" in text else f"\n{text}"


class Group(NamedTuple):
    """Texts that share words which no other has, in the order they are read in.

    Two groups with the same ``shape`` are alike; the shape is None for a group like no other. ``own`` are the words that only
    this group has, in lower case; ``words`` are the same as they are spelt, in an order that is the same in groups that are
    alike. ``scripts`` are the paths of scripts that it may name.
    """

    units: tuple[Unit, ...]
    own: frozenset[bytes]
    shape: int | None
    words: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()


def grouped(
    units: Sequence[Unit],
    elsewhere: Sequence[str],
    known: Callable[[set[bytes]], set[bytes] | None],
    is_file: Callable[[str], bool],
) -> list[Group] | None:
    """Put texts that belong together into groups, each with its shape.

    ``elsewhere`` is all other text of the server. ``known`` returns those words that have a meaning. None is returned where it
    cannot, or where a pattern may tell copies apart by parts of words: then no texts are alike. ``is_file`` says whether there
    is a file at a path of the configuration.
    """
    texts = [unit.compared for unit in units]
    elsewhere = list(map(uncommented, elsewhere))
    parts = parts_asked_for([*elsewhere, *(uncommented(unit.outside) for unit in units if unit.outside)])
    if parts is None or any(map(tells_names, elsewhere)):
        return None
    fresh, shared, links = _first_seen(texts)
    shared |= set[bytes]().union(*map(words, elsewhere))
    candidates = set[bytes]().union(*fresh) - shared
    meant = known({word for word in candidates if not word.isdigit()})
    if meant is None:
        return None
    shared |= meant
    if parts:
        shared.update(word for word in candidates if any(part in word for part in parts))
    shapes: dict[tuple[object, ...], _Shape] = {}
    groups: list[Group] = []
    for first, last in _together(len(texts), links, shared):
        own = frozenset[bytes]().union(*fresh[first : last + 1]) - shared
        some = tuple(units[first : last + 1])
        text = "\0".join(texts[first : last + 1])
        form = _form(text, own) if len(some) <= _MOST_TOGETHER else None
        number, scripts = None, tuple[str, ...]()
        if form is None and tells_names(text):
            return None
        if form is not None:
            key = (
                form.text,
                form.kinds,
                tuple(unit.path.rpartition("/")[0] if unit.whole else unit.path for unit in some),
            )
            shape = shapes.get(key) or shapes.setdefault(key, _Shape(len(shapes), form.text))
            if shape.tells_names:
                return None
            scripts = tuple(shape.scripts_of(form))
            if shape.fits and not any(map(is_file, scripts)):
                number = shape.number
        groups.append(Group(some, own, number, form.words if form is not None else (), scripts))
    return groups


class Shaped(Protocol):
    """A group of texts, or of things with texts."""

    @property
    def shape(self) -> int | None:
        """The number of the shape; None for a group like no other."""
        ...


_Shaped = TypeVar("_Shaped", bound=Shaped)


def by_shape(groups: Iterable[_Shaped]) -> dict[int, list[_Shaped]]:
    """Return the groups that may be like others, by their shapes, in their order."""
    shapes = defaultdict[int, list[_Shaped]](list)
    for group in groups:
        if group.shape is not None:
            shapes[group.shape].append(group)
    return dict(shapes)


def standing(alike: Sequence[_Shaped]) -> tuple[_Shaped, ...]:
    """Return the groups that stand for all of a shape: the first ones, which may hide later ones, and the last."""
    return (*alike[:STANDING], alike[-1])


def copies(alike: Sequence[Group], first: int = STANDING) -> list[Unit]:
    """Return the texts that are left out where the ``first`` groups of a shape, and the last, stand for all."""
    return [unit for group in alike[first:-1] for unit in group.units]


class _Link(NamedTuple):
    """Words that one text has first and a later text near it has too; both texts by their numbers."""

    first: int
    later: int
    common: set[bytes]


def _first_seen(texts: Iterable[str]) -> tuple[list[set[bytes]], set[bytes], list[_Link]]:
    """Return for each text the words that no earlier text has; the words of texts far from each other; and the links."""
    seen: set[bytes] = set()
    shared: set[bytes] = set()
    fresh: list[set[bytes]] = []
    links: list[_Link] = []
    for at, text in enumerate(texts):
        every = words(text)
        again = every & seen
        # A new set: one that loses most of its words stays as large as it was.
        mine = every - again
        seen |= mine
        for near in range(max(at - _NEAR, 0), at):
            if common := again & fresh[near]:
                again -= common
                links.append(_Link(near, at, common))
        shared |= again
        fresh.append(mine)
    return fresh, shared, links


def _together(count: int, links: Iterable[_Link], shared: set[bytes]) -> Iterator[tuple[int, int]]:
    """Yield the first and last numbers of runs of texts that are linked by words that are not ``shared``."""
    reach = list(range(count))
    for link in links:
        if not link.common <= shared:
            reach[link.first] = max(reach[link.first], link.later)
    first = last = 0
    for at in range(count):
        if at > last:
            yield first, last
            first = at
        last = max(last, reach[at])
    if count:
        yield first, last


def parts_asked_for(texts: Sequence[str]) -> set[bytes] | None:
    """Return the words that patterns of the main server look for, perhaps in the middle of a name.

    None where a pattern may tell names apart by their letters.
    """
    found: set[bytes] = set()
    if any(map(_ANY_LETTER.search, texts)):
        return None
    for line in (line for text in texts for line in _PATTERNED.findall(text)):
        plain = _EVERY_NAME.sub("", line)
        if "[" in plain or "{" in plain or "\\d" in plain:
            return None
        found |= words(_ESCAPE.sub(" ", plain))
    return found


class _Form(NamedTuple):
    """A text with marks instead of its own words, these words in the order of their marks, and the kind of each."""

    text: str
    words: tuple[str, ...]
    kinds: tuple[tuple[object, ...], ...]


def _form(text: str, own: frozenset[bytes]) -> _Form | None:
    """Return a text with marks for its own words; None where one of these words has a meaning of its own."""
    if len(own) > _MOST_OWN or (not text.isascii() and _MARKS.search(text)):
        return None
    lower = text.lower()
    spelt = [word.decode() for word in own]
    if not all(_is_exchangeable(word, text, lower) for word in spelt):
        return None
    # A word that another one begins with may be found where that one is.
    spelt.sort(key=lambda word: (lower.find(word), len(word)))
    mark = {word: chr(_MARK + at) for at, word in enumerate(spelt)}
    for word in sorted(spelt, key=len, reverse=True):
        text = text.replace(word, mark[word])
    return _Form(text, tuple(spelt), tuple(map(_kind, spelt)))


class _Shape:
    """A text with marks, which one or many texts share.

    ``fits`` is False where copies may differ although their words do not, because they change how other lines are read, or
    lead to files by their own words. ``tells_names`` says that it may tell other hosts apart by parts of words.
    """

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.tells_names = tells_names(text)
        includes = (line for line in _INCLUDE.findall(text) if _MARKS.search(line))
        self.fits = not words(text) & TURNS and next(includes, None) is None
        scripts = (word.strip("\"'") for line in _SCRIPT.findall(text) for word in line.split())
        self.scripts = [word for word in scripts if word.startswith("/") and word != "/"]

    def scripts_of(self, form: _Form) -> Iterator[str]:
        """Yield the paths of scripts that a text of this shape may name."""
        for path in self.scripts:
            for at, word in enumerate(form.words):
                path = path.replace(chr(_MARK + at), word)
            yield path


def tells_names(text: str) -> bool:
    """Whether a host is for names with a certain part, which other names may have by chance."""
    return ("*" in text or "?" in text) and _PART_OF_A_LABEL.search(text) is not None


def _is_exchangeable(word: str, text: str, lower: str) -> bool:
    """Whether a word has no meaning except that it is the same wherever it stands.

    A number has one, unless it is the name of a directory or part of the file's own name; so has a word after a backslash or
    ``%``.
    """
    count = text.count(word)
    if lower.count(word) != count or f"\\{word}" in text or f"%{word}" in text:
        return False
    if not word.isdigit():
        return True
    body = _NAME.sub("", text)
    return _DIRECTORY_NUMBER.findall(body).count(word) == _NUMBER.findall(body).count(word)


def _kind(word: str) -> tuple[object, ...]:
    """Return what a pattern may see of a word without knowing it: its length, and the kinds of its characters."""
    return min(len(word), 6), characters_of(word)


def characters_of(word: str) -> tuple[object, ...]:
    """Return the kinds of the characters of a word, and whether it is too long for the name of a host (63: RFC 1035, 2.3.4)."""
    return len(word) > 63, word[0].isdigit(), word.isalpha(), not word.strip(_HEXADECIMAL)
