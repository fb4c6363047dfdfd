"""The words of a script of any Python, old ones too: what Python 3's own tokenizer refuses is read here, and nothing raises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from modwsgi_fix.script.module import LINE_END
from modwsgi_fix.text import Span

Kind = Literal["name", "number", "string", "operator"]

_PREFIX = r"(?:[bBuU]?[rR]?|[rR][bB]|[fFtT][rR]?|[rR][fFtT])"
_TOKEN = re.compile(
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
#: What begins a statement whose body may stand behind its colon.
_HEADS = frozenset({
    "async", "class", "def", "elif", "else", "except", "finally", "for", "if", "try", "while", "with",
})  # fmt: skip


class Token(NamedTuple):
    """A word and where it stands; ``depth`` is how many brackets are open around it."""

    kind: Kind
    text: str
    span: Span
    depth: int


def statements(text: str) -> list[tuple[Token, ...]]:
    """The simple statements and the heads of compound ones, each as its tokens, without the end of it."""
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
    """The tokens; None where a logical line ends."""
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
    """The parts of a statement between separators that stand in no bracket; an empty last one for one at the end."""
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
    """Whether one pair of parentheses holds all of it."""
    if len(tokens) < 2 or tokens[0].text != "(" or tokens[-1].text != ")":
        return False
    depth = tokens[0].depth
    return all(token.depth > depth for token in tokens[1:-1])


def span_of(tokens: Sequence[Token]) -> Span:
    """From the first to the last of them."""
    return Span(tokens[0].span.start, tokens[-1].span.end)


def newline_of(text: str) -> str:
    """The first line end."""
    found = LINE_END.search(text)
    return found[0] if found else "\n"
