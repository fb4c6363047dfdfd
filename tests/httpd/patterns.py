"""A text that a regular expression matches, for the plain ones that configurations have."""

from __future__ import annotations

import re

from modwsgi_fix.model.patterns import finds, is_understood

#: What repeats or varies, each with something that it matches.
_PARTS = (
    (r"\(\?[:i]+", "("),
    (r"\\[.]", "\0"),
    (r"\\d[+*]?", "1"),
    (r"\\w[+*]?", "x"),
    (r"\\(.)", r"\1"),
    (r"\[\^[^]]+\][+*]?\??", "x"),
    (r"\[(?:a-z|A-Z)[^]]*\][+*]?\??", "x"),
    (r"\[\\?(.)[^]]*\][+*]?\??", r"\1"),
    (r"\{[\d,]+\}", ""),
    (r"\.[+*]\??", "x"),
    (r"\.\?", ""),
)
_GROUP = re.compile(r"\(([^()|]*)(?:\|[^()]*)?\)([?*+]?)")


def sample(pattern: str) -> str | None:
    """A URL path that matches; None where none was found."""
    if not is_understood(pattern):
        return None
    text = pattern
    for part, replacement in _PARTS:
        text = re.sub(part, replacement, text)
    for _ in range(5):
        text = _GROUP.sub(r"\1", text)
    text = re.sub(r"[\^$]", "", text)
    text = re.sub(r"(.)[?*]", "", text).replace("+", "").replace("\0", ".")
    text = text.partition("|")[0]
    for tried in (text, f"/{text}", f"/x{text}", f"{text}x", f"{text}/x", f"{text}/x/y", "/x", "/x/y.txt", "/"):
        if tried.startswith("/") and re.fullmatch(r"[!-~]+", tried) and finds(pattern, tried):
            return tried
    return None
