"""Semantic tokens: the kind of each word of a configuration."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from modwsgi_fix import directives
from modwsgi_fix.expressions import expression
from modwsgi_fix.lsp.capabilities import LEGEND
from modwsgi_fix.lsp.context import tree_of
from modwsgi_fix.lsp.convert import span_of
from modwsgi_fix.lsp.positions import Encoding, lines_of, width
from modwsgi_fix.lsp.state import State
from modwsgi_fix.syntax import Comment, Directive, Section, Tree
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

_COMMENT, _SECTION, _DIRECTIVE, _STRING, _VARIABLE, _OPTION, _NUMBER = range(len(LEGEND.token_types))

_REFERENCE = expression(r"[$%]\{[^}\s${%]{0,400}\}")
_OPTION_NAME = expression(r"[a-z][a-z-]*(?==)")
_WHOLE_NUMBER = expression(r"[0-9]+")


class Token(NamedTuple):
    """Some characters of a line, with the number of their kind; ``is_old`` for a deprecated directive."""

    span: Span
    kind: int
    is_old: bool = False


def full(state: State, params: types.SemanticTokensParams) -> types.SemanticTokens:
    """Return the tokens of a file."""
    buffer = state.buffer(params)
    return types.SemanticTokens([] if buffer is None else _encoded(buffer.text, tokens(buffer.text), state.encoding))


def of_range(state: State, params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
    """Return the tokens that begin in a range."""
    buffer = state.buffer(params)
    if buffer is None:
        return types.SemanticTokens([])
    span = span_of(buffer.text, params.range, state.encoding)
    wanted = [token for token in tokens(buffer.text) if span.start <= token.span.start < span.end]
    return types.SemanticTokens(_encoded(buffer.text, wanted, state.encoding))


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text in their order; none of them crosses the end of a line."""
    found: list[Token] = []
    for token in _of_tree(tree_of(text)):
        at, end = token.span
        for line in text[at:end].split("\n"):
            shown = len(line.removesuffix("\r"))
            if shown:
                found.append(token._replace(span=Span(at, at + shown)))
            at += len(line) + 1
    return sorted(found)


def _of_tree(tree: Tree) -> Iterator[Token]:
    for node in tree.walk():
        if isinstance(node, Comment):
            yield Token(Span(node.start, node.end), _COMMENT)
        elif isinstance(node, Directive):
            yield from _of_directive(node)
            if isinstance(node, Section) and node.close is not None:
                start = node.text.find(node.close.name, node.close.start)
                yield Token(Span(start, start + len(node.close.name)), _SECTION)


def _of_directive(node: Directive) -> Iterator[Token]:
    info = directives.find(node.name)
    old = info is not None and bool(info.deprecated or info.until)
    yield Token(node.name_span, _SECTION if isinstance(node, Section) else _DIRECTIVE, old)
    skip = directives.words_before_options(node.key)
    for number, (_, span) in enumerate(node.args):
        text = node.text[span.start : span.end]
        option = _OPTION_NAME.match(text) if skip is not None and number >= skip else None
        if option is not None:
            yield Token(Span(span.start, span.start + option.end()), _OPTION)
        at = span.start + (option.end() + 1 if option is not None else 0)
        yield from _of_word(node.text, Span(at, span.end))


def _of_word(text: str, span: Span) -> Iterator[Token]:
    """Yield the variables in a word, and the text between them where the word is quoted or a number."""
    word = text[span.start : span.end]
    kind = _STRING if word[:1] in ("'", '"') else _NUMBER if _WHOLE_NUMBER.fullmatch(word) else None
    at = span.start
    for found in _REFERENCE.finditer(text, span.start, span.end):
        if kind is not None:
            yield Token(Span(at, found.start()), kind)
        yield Token(Span(*found.span()), _VARIABLE)
        at = found.end()
    if kind is not None:
        yield Token(Span(at, span.end), kind)


def _encoded(text: str, found: list[Token], encoding: Encoding) -> list[int]:
    """Return five numbers for each token: lines and characters from the token before, length, kind, modifiers."""
    lines, data = lines_of(text), list[int]()
    line = character = 0
    for (start, end), kind, is_old in found:
        position = lines.position(start, encoding)
        data += [
            position.line - line,
            position.character - (character if position.line == line else 0),
            width(text[start:end], encoding),
            kind,
            int(is_old),
        ]
        line, character = position
    return data
