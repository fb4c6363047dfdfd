"""The functions and wildcard operators of ``ap_expr`` whose value depends only on their arguments (util_expr_eval.c)."""

from __future__ import annotations

import re
from collections.abc import Callable

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.patterns import url_wildcard, wildcard
from modwsgi_fix.model.request.state import escaped
from modwsgi_fix.text import decode, encode


def _of_ascii(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "".join(change(char) if char.isascii() else char for char in text)


def _base64(text: str) -> str:
    # Imported where they are needed, which is hardly ever: each start would wait for them.
    import base64

    return base64.b64encode(encode(text)).decode("ascii")


def _unbase64(text: str) -> str | None:
    import base64

    try:
        return decode(base64.b64decode(encode(text), validate=True))
    except ValueError:
        return None


def _unescaped(text: str) -> str:
    """Return a text without percent-encoding; empty where a slash or a NUL is encoded (measured; util.c:unescape_url)."""
    return "" if _ODD_ESCAPE.search(text) else unquoted(text)


def unquoted(text: str) -> str:
    """Return a text without percent-encoding, whose bytes may be of any encoding."""
    from urllib.parse import unquote

    return unquote(text, errors="surrogateescape")


#: Percent-encoded characters that httpd does not decode.
_ODD_ESCAPE = expression(r"%(?:2f|00|(?![0-9a-f]{2}))", re.IGNORECASE)


def _digest(name: str) -> Callable[[str], str]:
    def digest(text: str) -> str:
        import hashlib

        return hashlib.new(name, encode(text), usedforsecurity=False).hexdigest()

    return digest


to_lower, to_upper = _of_ascii(str.lower), _of_ascii(str.upper)

#: The functions by name in lower case; one returns None where its value is not known.
FUNCTIONS: dict[str, Callable[[str], str | None]] = {
    "tolower": to_lower,
    "toupper": to_upper,
    "escape": escaped,
    "unescape": _unescaped,
    "base64": _base64,
    "unbase64": _unbase64,
    "md5": _digest("md5"),
    "sha1": _digest("sha1"),
}

#: The operators that match a text against a pattern with wildcards.
LIKENESS: dict[str, Callable[[str, str], bool]] = {
    "-strmatch": lambda text, pattern: url_wildcard(pattern)(text),
    "-strcmatch": lambda text, pattern: url_wildcard(to_lower(pattern))(to_lower(text)),
    "-fnmatch": lambda text, pattern: wildcard(pattern)(text),
}
