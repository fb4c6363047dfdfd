"""Which words of a directive are secret: passwords, keys and tokens, told by the directive or by the name of the value.

The tables follow the manuals of mod_authnz_ldap, mod_ssl, mod_dbd, mod_session_crypto, mod_auth_basic, mod_proxy (``secret=`` of
AJP) and mod_auth_openidc; names are judged by how people usually name such variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from modwsgi_fix.expressions import expression
from modwsgi_fix.tuples import NamedTuple


class Part(NamedTuple):
    """The secret part of a word: the number of the word (from 0), and the offsets in its value where the secret stands."""

    word: int
    start: int
    end: int


#: Directives whose words are secret from the word of this number on (from 0).
_FROM = {
    "authldapbindpassword": 0,
    "sslpassphrasedialog": 0,
    "sessioncryptopassphrase": 0,
    "authbasicfake": 1,
    "ldaptrustedclientcert": 2,
    "ldaptrustedglobalcert": 2,
}
#: Names of secrets in other people's modules: OIDCClientSecret, OIDCCryptoPassphrase.
_SECRET_DIRECTIVE = expression(r"(password|passphrase|secret|apikey|token)\Z")
#: Directives whose first word is a name and whose second word is its value.
_NAMED = {"setenv", "define"}
#: Directives with the name of a header among their words and its value after it.
_HEADERS = {"header", "requestheader"}
_NAME = expression(
    r"PASSW|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|APIKEY|AUTHORIZATION|(^|[_-])(PASS|PWD|KEY)([_-]|$)", re.I
)
_SURE = expression(r"PASSW|PASSPHRASE|SECRET|TOKEN", re.I)
#: A name with such a word says where the secret is or how it is handled, and its value is not secret.
_ABOUT = expression(r"(FILE|PATH|DIR|DIRECTORY|NAME|HEADER|EXPIRY|TIMEOUT|LIFETIME|LENGTH)$", re.I)
_ASSIGNED = expression(r"!?([\w.-]+)=(.+)", re.S)
_REWRITTEN = expression(r"(?:^|[\[,])E(?:NV)?=([\w.-]+):([^,\]]+)", re.I)
#: ``pass=`` and its like within the text for a driver of databases; ``secret=`` of mod_proxy.
_KEYWORD = expression(
    r"""\b(?:pass|password|passwd|pwd|secret|sslpassword)\s*=\s*('[^']*'|"[^"]*"|[^\s,;'"&]+)""", re.I
)
_URL = expression(r"://[^\s/:@]*:([^\s/@]+)@")
_PLAIN = {"", "on", "off", "true", "false", "yes", "no", "none", "null", "unset", "0", "1"}

# Any text that may have a secret has one of these, and, more slowly asked, a match of the expression.
_WORDS = (
    "pass", "pwd", "secret", "token", "credential", "apikey", "authorization", "key", "authbasicfake", "trustedclientcert",
    "trustedglobalcert", "://",
)  # fmt: skip
_HINT = expression(
    r"pass|pwd|secret|token|credential|apikey|authorization|key\b|key[_=-]|[_-]key|"
    r"authbasicfake|trustedclientcert|trustedglobalcert|://[^\s/:@]*:",
    re.I,
)


def has_hint(text: str) -> bool:
    """Whether any line of a text may have a secret. A whole file is asked this at a thirtieth of what the expression takes."""
    folded = text.casefold()
    return any(word in folded for word in _WORDS)


def hints(text: str) -> list[int] | None:
    """Return where the words that hint at secrets begin in a text, in order; None where only its lines can be asked.

    A text has a few thousand lines and hardly a hint, so it is searched as a whole for one word after the other.
    """
    folded = text.casefold()
    if len(folded) != len(text):
        return None
    found = []
    for word in _WORDS:
        at = folded.find(word)
        while at >= 0:
            found.append(at)
            at = folded.find(word, at + 1)
    return sorted(found)


def is_hinted(line: str) -> bool:
    """Whether a line may have a secret; the slower questions are asked of these lines only."""
    return has_hint(line) and _HINT.search(line) is not None


def is_secret(name: str, value: str) -> bool:
    """Whether the value of a variable, header or parameter of that name must not be shown."""
    if not _NAME.search(name) or _ABOUT.search(name) or value.casefold() in _PLAIN:
        return False
    if re.fullmatch(r"[$%]\{[^}]*\}", value):
        return False
    return not value.startswith("/") or _SURE.search(name) is not None


def secrets(key: str, values: Sequence[str]) -> Iterator[Part]:
    """Yield the secret parts of a directive's words; ``key`` is the directive's name in lower case."""
    first = _FROM.get(key, 0 if _SECRET_DIRECTIVE.search(key) else None)
    if first is not None:
        plain = key == "sslpassphrasedialog"
        for at, value in enumerate(values[first:], first):
            start = len("exec:") if value.startswith("exec:") else 0
            if value and not (plain and not start and not value.startswith("|")):
                yield Part(at, start, len(value))
        return
    if key in _NAMED and len(values) > 1 and is_secret(values[0], values[1]):
        yield from (Part(at, 0, len(value)) for at, value in enumerate(values[1:], 1))
        return
    if key in _HEADERS:
        yield from _of_header(values)
    for at, value in enumerate(values):
        if key.startswith(("setenvif", "browsermatch")) and (found := _ASSIGNED.fullmatch(value)):
            if is_secret(found[1], found[2]):
                yield Part(at, *found.span(2))
        elif key == "rewriterule":
            yield from (Part(at, *one.span(2)) for one in _REWRITTEN.finditer(value) if is_secret(one[1], one[2]))
        yield from (Part(at, *one.span(1)) for one in _URL.finditer(value))
        if key.startswith(("dbd", "proxy", "balancer", "authdbd", "dav", "session")):
            yield from (Part(at, *one.span(1)) for one in _KEYWORD.finditer(value))


def _of_header(values: Sequence[str]) -> Iterator[Part]:
    """Yield the value after the name of a header, which ``always``, ``onsuccess`` and an action may precede."""
    for at, value in enumerate(values[:-1]):
        if value.casefold() in ("set", "append", "add", "merge", "setifempty") and at + 2 < len(values):
            if is_secret(values[at + 1], values[at + 2]):
                yield Part(at + 2, 0, len(values[at + 2]))
            return
