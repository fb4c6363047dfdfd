"""The only place where patterns of the configuration are matched: regular expressions and wildcards.

The author of a configuration must not decide how long we run. So a search has one of three results: a ``Match``, None, or
``Unknown`` where the expression may take too many steps on a text of that length (``effort``), or means something that
Python's ``re`` cannot express (``pcre``). PCRE gives up at a limit of its own, and then the line does not match; where
that limit is depends on more than is known here. Everything is matched on bytes, as httpd does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from modwsgi_fix.model.patterns.effort import begins_with_anything, cost
from modwsgi_fix.model.patterns.pcre import Broken, Untranslatable, character_class, literal, translate
from modwsgi_fix.text import decode, encode
from modwsgi_fix.tuples import NamedTuple

try:  # The parser of ``re`` has no public name; Python 3.11 renamed it.
    from re import _parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover
    _parser = None

#: The most steps of one search, which take some milliseconds.
MOST_STEPS = 1_000_000
#: An expression that takes few steps on a text of this length counts as quick, and its steps are not counted again.
_LONG, _FEW_STEPS = 1024, 10_000
#: The most bytes of a text that is searched: httpd accepts no longer URL, header or path.
LONGEST_TEXT = 8192
#: The steps that are left of the allowance of ``allowing``.
_left: ContextVar[list[float] | None] = ContextVar("_left", default=None)


class Match(NamedTuple):
    """A match of an expression. ``groups`` begins with the whole match; a group that took no part is empty.

    ``head`` is the text up to the end of the match, ``tail`` the text after it.
    """

    groups: tuple[str, ...]
    head: str
    tail: str

    def group(self, number: int) -> str:
        """Return a group's text; empty where there is no group of that number."""
        return self.groups[number] if number < len(self.groups) else ""


class Unknown(NamedTuple):
    """That it cannot be told whether an expression matches, and why."""

    reason: str


class _Compiled(NamedTuple):
    groups: int
    find: Callable[[bytes], re.Match[bytes] | None]
    #: The numbers of the groups that have a name.
    names: Mapping[str, int]
    cost: Callable[[int], float]
    is_quick: bool


@contextmanager
def allowing(most: float) -> Iterator[None]:
    """Limit the steps of all searches within the context together; quick expressions are free."""
    token = _left.set([most])
    try:
        yield
    finally:
        _left.reset(token)


def search(pattern: str, subject: str, *, nocase: bool = False) -> Match | Unknown | None:
    """Search for a regular expression of the configuration as ``ap_regexec`` does."""
    compiled = _compiled(pattern, nocase)
    if isinstance(compiled, Unknown):
        return compiled
    data = encode(subject)
    if compiled.is_quick and len(data) <= _LONG:
        return _match(compiled, data)
    if len(data) > LONGEST_TEXT:
        return Unknown(f"no regular expression is searched for in more than {LONGEST_TEXT:,} characters")
    steps = compiled.cost(len(data))
    if steps > MOST_STEPS:
        # Estimated for a text of about that length: in a shorter text, repetitions are fewer.
        steps = _cost(pattern, nocase, len(data) if len(data) <= 32 else (1 << len(data).bit_length()) - 1)(len(data))
    if not _is_affordable(steps):
        return Unknown(f"the regular expression {_short(pattern)} may take too many steps to be followed")
    return _slow_search(pattern, nocase, data)


def _is_affordable(steps: float) -> bool:
    """Whether so many steps are left; if so, they are taken off the allowance."""
    left = _left.get()
    if steps <= _FEW_STEPS or left is None:
        return steps <= MOST_STEPS
    left[0] -= steps
    return steps <= MOST_STEPS and left[0] >= 0


# Small each, and asked for by the length of the text: a thousand expressions on some files of a directory.
@lru_cache(maxsize=16384)
def _cost(pattern: str, nocase: bool, longest: int) -> Callable[[int], float]:  # noqa: FBT001
    """Return a function from the length of a text to the steps of a search."""
    return cost(_parse(pattern, nocase), longest)


@lru_cache(maxsize=4096)
def _slow_search(pattern: str, nocase: bool, data: bytes) -> Match | None:  # noqa: FBT001
    # Remembered, because the same requests are traced before and after each fix.
    compiled = _compiled(pattern, nocase)
    assert isinstance(compiled, _Compiled)
    return _match(compiled, data)


def _match(compiled: _Compiled, data: bytes) -> Match | None:
    found = compiled.find(data)
    if found is None:
        return None
    groups = tuple(decode(group or b"") for group in (found[0], *found.groups()))
    return Match(groups, decode(data[: found.end()]), decode(data[found.end() :]))


def named_groups(pattern: str, subject: str) -> dict[str, str] | Unknown:
    """Return the groups of a match that have a name and are not empty, by that name."""
    compiled, found = _compiled(pattern, False), search(pattern, subject)
    if isinstance(compiled, Unknown) or isinstance(found, Unknown):
        return compiled if isinstance(compiled, Unknown) else found  # type: ignore[return-value]
    if found is None:
        return {}
    return {name: text for name, number in compiled.names.items() if (text := found.group(number))}


def finds(pattern: str, subject: str) -> bool | None:
    """Whether a pattern is found in a text; None where that cannot be told."""
    found = search(pattern, subject)
    return None if isinstance(found, Unknown) else found is not None


def groups_in(pattern: str) -> int | None:
    """Return how many groups an expression has that ``$1`` and the like refer to; None where it is not understood."""
    compiled = _compiled(pattern, False)
    return None if isinstance(compiled, Unknown) else compiled.groups


def is_understood(pattern: str) -> bool:
    """Whether the meaning of a pattern is known, however long a search may take."""
    return isinstance(_compiled(pattern, False), _Compiled)


def is_broken(pattern: str) -> bool:
    """Whether httpd certainly refuses an expression, too: a parenthesis or class is not closed, or not opened."""
    try:
        translate(pattern)
    except Broken:
        return True
    except Untranslatable:
        return False
    return False


def parsed(pattern: str) -> Any:
    """Return the result of ``re._parser.parse`` for an expression on bytes; None where it is not understood."""
    return _parse(pattern, False) if is_understood(pattern) else None


def quoted(text: str) -> str:
    """Return an expression that finds exactly this text."""
    return re.sub(r"(\W)", r"\\\1", text, flags=re.ASCII)


@lru_cache(maxsize=4096)
def _compiled(pattern: str, nocase: bool) -> _Compiled | Unknown:  # noqa: FBT001
    try:
        tree = _parse(pattern, nocase)
        regex = re.compile(translate(pattern), _flags(nocase))
    except Untranslatable as fault:
        return Unknown(f"the regular expression {_short(pattern)} is not understood: {fault}")
    except (re.error, OverflowError, RecursionError, AttributeError):
        return Unknown(f"the regular expression {_short(pattern)} is not understood")
    steps = cost(tree, LONGEST_TEXT)
    find = regex.match if begins_with_anything(tree) else regex.search
    return _Compiled(regex.groups, find, regex.groupindex, steps, steps(_LONG) <= _FEW_STEPS)


# The tree of a long expression takes megabytes, so only few are kept.
@lru_cache(maxsize=64)
def _parse(pattern: str, nocase: bool) -> Any:  # noqa: FBT001
    return _parser.parse(translate(pattern), _flags(nocase))


def _flags(nocase: bool) -> re.RegexFlag:  # noqa: FBT001
    return re.DOTALL | (re.IGNORECASE if nocase else re.NOFLAG)


def _short(pattern: str) -> str:
    return pattern if len(pattern) <= 80 else pattern[:77] + "..."


def wildcard(pattern: str) -> Callable[[str], bool]:
    """Return a matcher as ``apr_fnmatch`` with APR_FNM_PATHNAME: no wildcard matches a slash."""
    find = _wildcard(pattern, "[^/]")
    return lambda text: find(encode(text)) is not None


def url_wildcard(pattern: str) -> Callable[[str], bool]:
    """Return a matcher as ``apr_fnmatch`` without flags: wildcards match anything, a slash too."""
    find = _wildcard(pattern, ".")
    return lambda text: find(encode(text)) is not None


def host_wildcard(pattern: str) -> Callable[[str], bool]:
    """Return a matcher as ``ap_strcasecmp_match``: ``*`` and ``?`` match anything; upper and lower case are the same."""
    find = _host_wildcard(pattern)
    return lambda text: find(encode(text)) is not None


@lru_cache(maxsize=4096)
def _wildcard(pattern: str, anything: str) -> Callable[[bytes], re.Match[bytes] | None]:
    text = encode(pattern).decode("latin-1")
    chunks, at = [""], 0
    while at < len(text):
        char, end = text[at], at + 1
        if char == "*":
            chunks.append("")
        elif char == "?":
            chunks[-1] += anything
        elif char == "[" and (close := text.find("]", at + 2 + (text[at + 1 : at + 2] in ("!", "^")))) > 0:
            chunks[-1] += ("(?!/)" if anything != "." else "") + _bracket(text[at + 1 : close])
            end = close + 1
        else:
            escaped = char == "\\" and end < len(text)
            chunks[-1] += literal(text[end] if escaped else char)
            end += escaped
        at = end
    return _matcher(chunks, anything, re.DOTALL)


def _bracket(body: str) -> str:
    negated = body[:1] in ("!", "^")
    codes = [ord(char) for char in re.sub(r"\\(.)", r"\1", body[negated:], flags=re.DOTALL)]
    members, at = set[int](), 0
    while at < len(codes):
        is_range = at + 2 < len(codes) and codes[at + 1] == ord("-")
        members.update(range(codes[at], codes[at + 2] + 1) if is_range else [codes[at]])
        at += 3 if is_range else 1
    return character_class(members, negated=negated)


@lru_cache(maxsize=4096)
def _host_wildcard(pattern: str) -> Callable[[bytes], re.Match[bytes] | None]:
    text = encode(pattern).decode("latin-1")
    chunks = ["".join("." if char == "?" else literal(char) for char in chunk) for chunk in text.split("*")]
    return _matcher(chunks, ".", re.DOTALL | re.IGNORECASE)


def _matcher(chunks: list[str], star: str, flags: re.RegexFlag) -> Callable[[bytes], re.Match[bytes] | None]:
    """Return a matcher of whole texts for expressions with a star between each two.

    A star stops at the first match of the next expression and is never tried again, because a longer match would not help; so
    there is no backtracking.
    """
    first, *others = chunks
    inner = "".join(f"(?>{star}*?{chunk})" for chunk in others[:-1] if chunk)
    last = f"{star}*{others[-1]}" if others else ""
    return re.compile(f"{first}{inner}{last}".encode("ascii"), flags).fullmatch
