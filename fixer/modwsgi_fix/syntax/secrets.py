"""The places of secrets in a file, and its text without them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from modwsgi_fix.directives import secrets as table
from modwsgi_fix.syntax.nodes import Directive, Node, Tree
from modwsgi_fix.text import Span


def secrets_in(tree: Tree) -> tuple[tuple[Span, str], ...]:
    """Return the secrets of a file as they are written: the span and the text of each."""
    return tree.once(secrets_in, lambda: tuple(_secrets_in(tree)))


def _secrets_in(tree: Tree) -> Iterator[tuple[Span, str]]:
    hints = table.hints(tree.source)
    if hints is not None and not hints:
        return
    for node in tree.walk() if hints is None else _with_hints(tree, hints):
        if type(node) is not Directive:
            continue
        if not table.is_hinted(tree.source[node.start : node.end]):
            continue
        words = node.args
        values = [word.value for word in words]
        # Where a word has escaped quotes or joined lines, its value differs from the text in the file.
        begins = [tree.source.find(word.value, *word.span) for word in words]
        for at, start, end in table.secrets(node.key, values):
            span, value, begin = words[at].span, values[at], begins[at]
            yield (span if begin < 0 else Span(begin + start, begin + end)), value[start:end]


def _with_hints(tree: Tree, hints: Sequence[int]) -> Iterator[Node]:
    """Yield the lines in whose text any of these offsets lies, which are in order."""
    every = iter(hints)
    hint = next(every, None)
    for node in tree.walk():
        if type(node) is not Directive:
            continue
        while hint is not None and hint < node.start:
            hint = next(every, None)
        if hint is None:
            return
        if hint < node.end:
            yield node


def without_secrets(tree: Tree, text: str) -> str:
    """Return the text of a file with each secret replaced by as many asterisks, so that columns stay.

    ``text`` is the tree's own, or another text with as many lines of the same length.
    """
    pieces, at = list[str](), 0
    for start, end in sorted(span for span, _ in secrets_in(tree)):
        if start >= at:
            pieces += [text[at:start], re.sub(r"[^\r\n]", "*", text[start:end])]
            at = end
    return "".join([*pieces, text[at:]]) if pieces else text
