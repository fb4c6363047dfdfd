"""Texts that a regular expression finds: sample URLs for an AliasMatch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modwsgi_fix.model.bounds import LONGEST_URL
from modwsgi_fix.model.patterns import finds, parsed
from modwsgi_fix.text import decode, encode


def sample(pattern: str, groups: Mapping[int, str] | None = None) -> str | None:
    """Return a URL path that the pattern finds, with these texts in its groups (by number); None where none is found."""
    tree = parsed(pattern)
    if tree is None:
        return None
    try:
        text = _text(tree, {number: encode(text).decode("latin-1") for number, text in (groups or {}).items()})
    except (ValueError, OverflowError, RecursionError, NotImplementedError, StopIteration):
        return None
    text = decode(text.encode("latin-1"))
    text = text if text.startswith("/") else f"/{text}"
    return text if finds(pattern, text) else None


def _text(parsed: object, groups: Mapping[int, str]) -> str:
    return "".join(_one(str(operation), value, groups) for operation, value in parsed)  # type: ignore[attr-defined]


def _one(operation: str, value: object, groups: Mapping[int, str]) -> str:
    known: dict[str, Callable[[], str]] = {
        "LITERAL": lambda: chr(value),  # type: ignore[arg-type]
        "NOT_LITERAL": lambda: "a" if value != ord("a") else "b",
        "ANY": lambda: "a",
        "AT": lambda: "",
        "ASSERT": lambda: "",
        "ASSERT_NOT": lambda: "",
        "IN": lambda: _member(value),
        "BRANCH": lambda: _text(value[1][0], groups),  # type: ignore[index]
        "SUBPATTERN": lambda: groups.get(value[0]) or _text(value[3], groups),  # type: ignore[index]
        "MAX_REPEAT": lambda: _repeat(value, groups),
        "MIN_REPEAT": lambda: _repeat(value, groups),
        "POSSESSIVE_REPEAT": lambda: _repeat(value, groups),
    }
    if operation not in known:
        raise NotImplementedError(operation)
    return known[operation]()


def _repeat(value: Any, groups: Mapping[int, str]) -> str:
    least, most, inner = value
    text, times = _text(inner, groups), int(max(least, min(most, 1)))
    if len(text) * times > LONGEST_URL:
        # Nested counts multiply: three of them may be more characters than memory holds.
        raise OverflowError("longer than any URL")
    return text * times


def _member(value: object) -> str:
    members = [(str(operation), what) for operation, what in value]  # type: ignore[attr-defined]
    if members and members[0][0] == "NEGATE":
        return next(char for char in "abcxyz0_-" if not any(_is_member(char, member) for member in members[1:]))
    for operation, what in members:
        if operation == "LITERAL":
            return chr(what)
        if operation == "RANGE":
            return chr(what[0])
        if operation == "CATEGORY":
            return next((char for name, char in _CATEGORIES.items() if str(what).endswith(name)), "-")
    return "a"


#: A member of each class that a backslash names; ``-`` is in the negated classes.
_CATEGORIES = {"NOT_DIGIT": "-", "NOT_WORD": "-", "NOT_SPACE": "-", "DIGIT": "0", "WORD": "a", "SPACE": " "}


def _is_member(char: str, member: tuple[str, object]) -> bool:
    operation, what = member
    if operation == "LITERAL":
        return what == ord(char)
    if operation == "RANGE":
        return bool(what[0] <= ord(char) <= what[1])  # type: ignore[index]
    return "WORD" in str(what) and "NOT" not in str(what) and (char.isalnum() or char == "_")
