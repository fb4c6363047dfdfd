"""From places in a text to the lines of its tree: for rules about how a configuration is written, not what it means.

They look at every line of a file, also where a condition leaves it out, and find their places by a search of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from modwsgi_fix import directives
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.placeholders import is_settled
from modwsgi_fix.syntax import Directive, Node, Section, Tree, Word, is_opaque_section
from modwsgi_fix.text import WHITESPACE, Span


def locate(tree: Tree, offset: int) -> tuple[Node | None, tuple[Section, ...]]:
    """The innermost node at an offset, and the sections around it; a section where its opening line is meant."""
    children: Sequence[Node] = tree.children
    parents: tuple[Section, ...] = ()
    while True:
        at = bisect_right(children, offset, key=lambda node: node.start) - 1
        if at < 0 or offset >= children[at].end:
            return None, parents
        node = children[at]
        if not isinstance(node, Section) or offset < node.head_end:
            return node, parents
        parents = (*parents, node)
        if node.close is not None and offset >= node.close.start:
            return node.close, parents
        children = node.children


def lines_with(file: File, pattern: re.Pattern[str]) -> Iterator[tuple[Directive, tuple[Section, ...]]]:
    """Each line with a match: directives, opening and closing lines, what httpd refuses; with the sections around.

    Comments are left out, and what stands in a section of another language.
    """
    tree = file.tree
    yield from tree.once((lines_with, pattern), lambda: tuple(_lines_with(tree, pattern)))


def _lines_with(tree: Tree, pattern: re.Pattern[str]) -> Iterator[tuple[Directive, tuple[Section, ...]]]:
    end = 0
    for found in pattern.finditer(tree.source):
        if found.end() <= end or (found.start() < end and found.end() - found.start() == 1):
            continue
        node, parents = locate(tree, max(found.start(), end))
        if node is None:
            continue
        end = node.head_end if isinstance(node, Section) else node.end
        if isinstance(node, Directive) and not any(is_opaque_section(parent.key) for parent in parents):
            yield node, parents


def directives_in(file: File) -> Iterator[tuple[Directive, tuple[Section, ...]]]:
    """Every directive and opening line, with the sections around it."""
    stack: list[tuple[Iterator[Node], tuple[Section, ...]]] = [(iter(file.tree.children), ())]
    while stack:
        nodes, parents = stack[-1]
        for node in nodes:
            if isinstance(node, Section):
                yield node, parents
                if not is_opaque_section(node.key):
                    stack.append((iter(node.children), (*parents, node)))
                    break
            elif type(node) is Directive:
                yield node, parents
        else:
            stack.pop()


def files(config: Config) -> Iterator[File]:
    """The files that were read, each once."""
    yield from config.files.values()


def is_template(node: Directive) -> bool:
    """True where a placeholder stands in the line, so that its words are not known."""
    line = node.text[node.start : node.head_end] if isinstance(node, Section) else node.source
    return not is_settled(line)


def is_unsettled(file: File) -> bool:
    """True where tags need not balance yet: in a template, and while some tags are hidden behind other characters."""
    return file.tree.is_unsettled


def in_macro(parents: Sequence[Section]) -> bool:
    """True in the body of a macro, which may mean something else at each use."""
    return any(parent.key == "macro" for parent in parents)


def raw(node: Directive, word: Word) -> str:
    """A word as it is written, quotes and continuations included."""
    return node.text[word.span.start : word.span.end]


def is_quoted(node: Directive, word: Word) -> bool:
    """True for a word in ASCII quotes."""
    return node.text[word.span.start] in "\"'"


def width(node: Node) -> int:
    """How far a node is indented, tabs to the next multiple of eight."""
    line = node.text[node.start : node.end]
    return len((line[: len(line) - len(line.lstrip(" \t"))]).expandtabs(8))


def newline_of(node: Directive) -> str:
    """The line end of a directive's first line."""
    at = node.text.find("\n", node.start)
    return "\r\n" if at > 0 and node.text[at - 1] == "\r" else "\n"


def physical_lines(node: Directive) -> list[Span]:
    """The lines of the file that a directive stands on, each with its line end."""
    text, end = node.text, node.head_end if isinstance(node, Section) else node.end
    spans, at = [], node.start
    while at < end:
        stop = text.find("\n", at, end) + 1 or end
        spans.append(Span(at, stop))
        at = stop
    return spans


def previous(node: Node, siblings: Sequence[Node]) -> Node | None:
    """The last directive or section before a node at its level."""
    before = bisect_left(siblings, node.start, key=lambda other: other.start)
    return next((siblings[at] for at in range(before - 1, -1, -1) if isinstance(siblings[at], Directive)), None)


def takes_options(node: Directive) -> bool:
    """True for the directives of mod_wsgi that take ``name=value`` after their words."""
    return node.key == "wsgidaemonprocess" or bool(directives.script_options(node.key))


def wrapped_end(node: Directive) -> int:
    """Where the lines end that follow a directive of mod_wsgi directly and begin with an option, so are meant for it.

    httpd takes them for directives and does not start; till they are joined, nothing may part them from what they follow.
    """
    text, end = node.text, node.head_end if isinstance(node, Section) else node.end
    if not takes_options(node):
        return end
    while end < len(text):
        stop = text.find("\n", end) + 1 or len(text)
        if not directives.option_at_start(text[end:stop].lstrip(" \t\"'")):
            break
        end = stop
    return end


def strip(text: str) -> str:
    """Without the blanks that httpd strips."""
    return text.strip(WHITESPACE)


def unknown_names(file: File) -> list[tuple[Directive, tuple[Section, ...]]]:
    """Directives and opening lines whose names no table knows, with the sections around them."""
    known: dict[str, bool] = {}
    found = []
    for node, parents in directives_in(file):
        name = node.name
        is_known = known.get(name)
        if is_known is None:
            is_known = known[name] = directives.find(name) is not None or directives.is_known_third_party(name)
        if not is_known:
            found.append((node, parents))
    return found


def in_foreign_module(parents: Sequence[Section]) -> bool:
    """True in an ``<IfModule>`` for a module that is not httpd's or mod_wsgi's: its directives are not known here."""
    for parent in parents:
        if parent.key == "ifmodule" and parent.args:
            name = parent.args[0].value.removeprefix("!")
            short = name.removeprefix("mod_").removesuffix(".c").removesuffix("_module").removesuffix(".so")
            if (
                f"mod_{short}.c" not in directives.modules()
                and f"{short}.c" not in directives.modules()
                and short != "wsgi"
            ):
                return True
    return False
