"""The lines of a tree at places of its text, for rules about how a configuration is written, not what it means.

These rules look at every line of a file, also where a condition leaves it out, and find places by searching the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from modwsgi_fix import directives
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import File
from modwsgi_fix.placeholders import has_placeholder
from modwsgi_fix.syntax import Directive, Node, Section, Tree, Word, is_opaque_section
from modwsgi_fix.text import WHITESPACE, Span


def locate(tree: Tree, offset: int) -> tuple[Node | None, tuple[Section, ...]]:
    """Return the innermost node at an offset, and the sections around it; on its opening line, the section itself."""
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


def lines_with(
    file: File, pattern: re.Pattern[str], having: Sequence[str] = ()
) -> Iterator[tuple[Directive, tuple[Section, ...]]]:
    """Yield each line with a match, with the sections around it: directives, opening and closing lines, refused lines.

    Comments and the contents of sections in another language are left out. A match of a pattern that looks at no line but its
    own may have one of a few words or signs (``having``, in lower case) in any case: then other lines are not searched.
    """
    tree = file.tree
    yield from tree.once((lines_with, pattern), lambda: tuple(_lines_with(tree, pattern, having)))


def _matches(text: str, pattern: re.Pattern[str], having: Sequence[str]) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern, in order, of which ``having`` is known as in ``lines_with``."""
    low = text.lower()
    if not having or len(low) != len(text):
        yield from pattern.finditer(text)
        return
    lines: set[tuple[int, int]] = set()
    for word in having:
        at = low.find(word)
        while at >= 0:
            end = low.find("\n", at) + 1 or len(low)
            lines.add((low.rfind("\n", 0, at) + 1, end))
            at = low.find(word, end)
    for start, end in sorted(lines):
        yield from pattern.finditer(text, start, end)


def _lines_with(
    tree: Tree, pattern: re.Pattern[str], having: Sequence[str]
) -> Iterator[tuple[Directive, tuple[Section, ...]]]:
    end = 0
    for found in _matches(tree.source, pattern, having):
        if found.end() <= end or (found.start() < end and found.end() - found.start() == 1):
            continue
        node, parents = locate(tree, max(found.start(), end))
        if node is None:
            continue
        end = node.head_end if isinstance(node, Section) else node.end
        if isinstance(node, Directive) and not any(is_opaque_section(parent.key) for parent in parents):
            yield node, parents


def directives_in(file: File) -> Iterator[tuple[Directive, tuple[Section, ...]]]:
    """Yield every directive and opening line, with the sections around it."""
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
    """Yield the files that were read and that a rule of ``Scope.FILE`` is asked about, each once."""
    return filter(config.asks, config.files.values())


def is_template(node: Node, parents: Sequence[Section] = ()) -> bool:
    """Whether a template engine has yet to fill in the line; ``${VARIABLE}`` is httpd's own.

    So is a parameter of a macro, where the sections around the line are given.
    """
    text = _line(node)
    for parameter in _parameters(parents):
        text = text.replace(parameter, "")
    return has_placeholder(text)


def has_parameter(node: Node, parents: Sequence[Section]) -> bool:
    """Whether a line in a macro has one of its parameters, and so is another line for each use."""
    return any(parameter in _line(node) for parameter in _parameters(parents))


def _line(node: Node) -> str:
    return node.text[node.start : node.head_end] if isinstance(node, Section) else node.source


def _parameters(parents: Sequence[Section]) -> list[str]:
    """Return the parameters of the macro around a line."""
    macro = next((parent for parent in parents if parent.key == "macro"), None)
    return [word.value for word in macro.args[1:] if word.value] if macro is not None else []


def is_unsettled(file: File) -> bool:
    """Whether tags need not balance yet: in a template, and where some tags are hidden behind other characters."""
    return file.tree.is_unsettled


def raw(node: Directive, word: Word) -> str:
    """Return a word as it is written, quotes and continuations included."""
    return node.text[word.span.start : word.span.end]


def is_quoted(node: Directive, word: Word) -> bool:
    """Whether a word is in ASCII quotes."""
    return node.text[word.span.start] in "\"'"


def width(node: Node) -> int:
    """Return the width of a node's indentation in columns, tabs to the next multiple of eight."""
    line = node.text[node.start : node.end]
    return len((line[: len(line) - len(line.lstrip(" \t"))]).expandtabs(8))


def newline_of(node: Directive) -> str:
    """Return the line end of a directive's first line."""
    at = node.text.find("\n", node.start)
    return "\r\n" if at > 0 and node.text[at - 1] == "\r" else "\n"


def physical_lines(node: Directive) -> list[Span]:
    """Return the lines of the file that a directive stands on, each with its line end."""
    text, end = node.text, node.head_end if isinstance(node, Section) else node.end
    spans, at = [], node.start
    while at < end:
        stop = text.find("\n", at, end) + 1 or end
        spans.append(Span(at, stop))
        at = stop
    return spans


def previous(node: Node, siblings: Sequence[Node]) -> Node | None:
    """Return the last directive or section before a node at its level; None without one."""
    before = bisect_left(siblings, node.start, key=lambda other: other.start)
    return next((siblings[at] for at in range(before - 1, -1, -1) if isinstance(siblings[at], Directive)), None)


def takes_options(node: Directive) -> bool:
    """Whether a directive is one of mod_wsgi's that take ``name=value`` after their words."""
    return node.key == "wsgidaemonprocess" or bool(directives.script_options(node.key))


def wrapped_end(node: Directive) -> int:
    """Return the end of the lines directly below a directive of mod_wsgi that begin with an option, so are meant for it.

    httpd takes them for directives and does not start. Until they are joined, nothing may be written between them.
    """
    text, end = node.text, node.head_end if isinstance(node, Section) else node.end
    if not takes_options(node):
        return end
    while end < len(text):
        stop = text.find("\n", end) + 1 or len(text)
        if "=" not in text[end:stop] or not directives.option_at_start(text[end:stop].lstrip(" \t\"'")):
            break
        end = stop
    return end


def strip(text: str) -> str:
    """Return a text without the blanks that httpd strips."""
    return text.strip(WHITESPACE)


def names_in(file: File) -> frozenset[tuple[str, bool]]:
    """Return the names of the directives and opening lines of a file, as written, and whether each is that of a section."""
    return file.tree.once(names_in, lambda: _names_in(file))


def _names_in(file: File) -> frozenset[tuple[str, bool]]:
    lines: dict[str, None] = {}
    #: Whether the contents of sections of a name are in another language.
    sections: dict[str, bool] = {}
    pending: list[Sequence[Node]] = [file.tree.children]
    for nodes in pending:
        for node in nodes:
            if type(node) is Directive:
                lines[node.name] = None
            elif type(node) is Section:
                if node.name not in sections:
                    sections[node.name] = is_opaque_section(node.key)
                if not sections[node.name]:
                    pending += (node.children,)
    return frozenset([*((name, False) for name in lines), *((name, True) for name in sections)])


def unknown_names(file: File) -> Sequence[tuple[Directive, tuple[Section, ...]]]:
    """Return the directives and opening lines with unknown names, with the sections around them."""
    return file.tree.once(unknown_names, lambda: _unknown_names(file))


def _unknown_names(file: File) -> Sequence[tuple[Directive, tuple[Section, ...]]]:
    unknown = {name for name, _ in names_in(file) if not _is_known(name)}
    return [(node, parents) for node, parents in directives_in(file) if node.name in unknown] if unknown else ()


def _is_known(name: str) -> bool:
    return directives.find(name) is not None or directives.is_known_third_party(name)


def in_foreign_module(parents: Sequence[Section]) -> bool:
    """Whether a line is in an ``<IfModule>`` for a module of neither httpd nor mod_wsgi, whose directives are not known."""
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
