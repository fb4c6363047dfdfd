"""The tokens of a script in any version of Python. Text that Python 3's own tokenizer refuses is read, too; never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from modwsgi_fix.expressions import expression
from modwsgi_fix.script.module import LINE_END
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

Kind = Literal["name", "number", "string", "operator"]

_PREFIX = r"(?:[bBuU]?[rR]?|[rR][bB]|[fFtT][rR]?|[rR][fFtT])"
_TOKEN = expression(
    rf"""
    (?P<blank>[ \t\f\ufeff]+|\\(?:\r\n|\r|\n)|\#[^\r\n]*)
    |(?P<newline>\r\n|\r|\n)
    |(?P<string>{_PREFIX}(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"
        |'(?:[^\\\r\n']|\\(?:\r\n|.))*'|\"(?:[^\\\r\n"]|\\(?:\r\n|.))*\"))
    |(?P<name>[^\W\d]\w*)
    |(?P<number>(?:\d[\w.]*(?:(?<=[eE])[+-]\d+[jJ]?)?|\.\d\w*))
    |(?P<operator><>|>>=?|<<=?|\*\*=?|//=?|->|:=|[-+*/%&|^@=<>!]=|\.\.\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
#: The first words of statements whose bodies may stand after the colon.
_HEADS = frozenset({
    "async", "class", "def", "elif", "else", "except", "finally", "for", "if", "try", "while", "with",
})  # fmt: skip


class Token(NamedTuple):
    """A token with its span; ``depth`` is the number of brackets that are open around it."""

    kind: Kind
    text: str
    span: Span
    depth: int


def statements(text: str) -> list[tuple[Token, ...]]:
    """Return the simple statements and the heads of compound ones, each as its tokens, without the line end."""
    found: list[tuple[Token, ...]] = []
    now: list[Token] = []
    lambdas = 0
    for token in _tokens(text):
        ends_head = False
        if token is not None and token.depth == 0 and now:
            lambdas += token.text == "lambda"
            if token.text == ":" and lambdas:
                lambdas -= 1
            else:
                ends_head = token.text == ":" and now[0].text in _HEADS
        if token is None or ends_head or (token.text == ";" and token.depth == 0):
            if now:
                found.append(tuple(now))
            now, lambdas = [], 0
        else:
            now.append(token)
    return [*found, tuple(now)] if now else found


def _tokens(text: str) -> Iterator[Token | None]:
    """Yield the tokens; None where a logical line ends."""
    depth = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "newline":
            if depth == 0:
                yield None
        elif kind in ("name", "number", "string", "operator"):
            word = match[0]
            if kind == "operator" and word in _CLOSING:
                depth = max(depth - 1, 0)
            yield Token(kind, word, Span(*match.span()), depth)  # type: ignore[arg-type]
            if kind == "operator" and word in _OPENING:
                depth += 1


def split(tokens: Sequence[Token], separator: str = ",") -> list[Sequence[Token]]:
    """Return the parts of a statement between separators outside of brackets; the last is empty after a final separator."""
    if not tokens:
        return []
    depth = tokens[0].depth
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.text == separator and token.depth == depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return list(parts)


def is_parenthesized(tokens: Sequence[Token]) -> bool:
    """Whether one pair of parentheses holds all of the tokens."""
    if len(tokens) < 2 or tokens[0].text != "(" or tokens[-1].text != ")":
        return False
    depth = tokens[0].depth
    return all(token.depth > depth for token in tokens[1:-1])


def span_of(tokens: Sequence[Token]) -> Span:
    """Return the span from the first to the last token."""
    return Span(tokens[0].span.start, tokens[-1].span.end)


def newline_of(text: str) -> str:
    """Return the line end of the first line."""
    found = LINE_END.search(text)
    return found[0] if found else "\n"
