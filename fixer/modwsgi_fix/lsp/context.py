"""The node, sections and word at a place of a text, from its tree alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

from modwsgi_fix.syntax import Close, Comment, Directive, Node, Section, Tree, Word, parse
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple


class Spot(NamedTuple):
    """The node at a place, the sections around it, outermost first, and the word of the directive there.

    ``number`` is that of the word; 0 is the name.
    """

    node: Node | None
    sections: tuple[Section, ...]
    word: Word | None = None
    number: int = -1

    @property
    def directive(self) -> Directive | None:
        """The directive or section that is opened there."""
        return self.node if isinstance(self.node, Directive) and not isinstance(self.node, Close) else None

    @property
    def in_comment(self) -> bool:
        """Whether the place is in a comment."""
        return isinstance(self.node, Comment)


@lru_cache(maxsize=64)
def tree_of(text: str) -> Tree:
    """Return the tree of a text; the trees of the last texts are kept."""
    return parse(text)


def spot_at(tree: Tree, offset: int) -> Spot:
    """Return the node, sections and word at an offset, or just before it."""
    nodes: Sequence[Node] = tree.children
    sections: list[Section] = []
    found: Node | None = None
    while True:
        at = bisect_right(nodes, offset, key=lambda node: node.start) - 1
        if at < 0:
            break
        node = nodes[at]
        if not _holds(node, offset):
            break
        if isinstance(node, Section) and offset >= node.head_end and node.head_end > node.start:
            if node.close is not None and offset >= node.close.start:
                found = node.close
                break
            sections.append(node)
            nodes = node.children
            continue
        found = node
        break
    return _with_word(Spot(found, tuple(sections)), offset)


def _holds(node: Node, offset: int) -> bool:
    """Whether an offset is in a node; the end of the text counts as part of a last line without a line end."""
    return offset < node.end or (offset == node.end == len(node.text) and not node.text.endswith("\n"))


def _with_word(spot: Spot, offset: int) -> Spot:
    directive = spot.directive
    if directive is None:
        return spot
    for number, word in enumerate(words(directive)):
        if word.span.start <= offset <= word.span.end:
            return spot._replace(word=word, number=number)
    return spot


def words(directive: Directive) -> Iterator[Word]:
    """Yield the name and the arguments of a directive."""
    yield Word(directive.name, directive.name_span)
    yield from directive.args


def directives_of(tree: Tree) -> Iterator[tuple[Directive, tuple[Section, ...]]]:
    """Yield every directive and opened section of a file with the sections around it."""
    stack: list[tuple[Iterator[Node], tuple[Section, ...]]] = [(iter(tree.children), ())]
    while stack:
        nodes, around = stack[-1]
        node = next(nodes, None)
        if node is None:
            stack.pop()
        elif isinstance(node, Directive):
            yield node, around
            if isinstance(node, Section):
                stack.append((iter(node.children), (*around, node)))


def span_of_section(section: Section) -> Span:
    """Return the span from the ``<`` of a section to the end of its closing tag, without blanks and line ends."""
    last = (
        section.close.body_span.end
        if section.close is not None
        else section.start + len(section.text[section.start : section.end].rstrip())
    )
    start = section.start + len(section.indent)
    return Span(start, max(last, start))
