"""The nodes of the tree, and the problems that keep httpd from reading a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from modwsgi_fix.placeholders import is_template, may_have_tags
from modwsgi_fix.syntax.words import (
    FEW,
    FIRST,
    PLAIN,
    PLAIN_OPENER,
    SETTLED,
    SETTLED_OPENER,
    VALUES,
    WORD,
    WORDS,
    Logical,
    Word,
    logical_line,
    split_words,
)
from modwsgi_fix.text import WHITESPACE, LineIndex, Span
from modwsgi_fix.tuples import NamedTuple

T = TypeVar("T")
#: For ``Span(...)`` without a call of a function: words are asked for more often than anything else.
_new = tuple.__new__

#: The most nested sections. httpd has no limit, but nobody else writes files that are deeper.
DEEPEST_SECTION = 100


@lru_cache(maxsize=256)
def is_opaque_section(name: str) -> bool:
    """Whether a section's body is in another language, which its module reads up to the closing tag."""
    return name == "perl" or name.startswith("luahook")


class Node:
    """A run of whole lines of a file: ``text[start:end]`` from the first column to after the LF."""

    __slots__ = ("end", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        """The span of all of the node's lines, the last line end included."""
        return Span(self.start, self.end)

    @property
    def source(self) -> str:
        """The node's text in the file."""
        return self.text[self.start : self.end]


class Blank(Node):
    """Empty lines; also a line that begins with ``""``, which httpd skips."""

    __slots__ = ()


class Comment(Node):
    """One comment, continuation lines included."""

    __slots__ = ()


class Unread(Node):
    """The lines in a section that stands in too many others, which are not parsed."""

    __slots__ = ()


class Directive(Node):
    """A directive on one logical line. ``name`` is as written; compare ``key``."""

    __slots__ = ("name",)

    def __init__(self, text: str, start: int, end: int, name: str) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.name = name

    @property
    def key(self) -> str:
        """The name in lower case: httpd compares names without case."""
        return self.name.lower()

    @property
    def line_source(self) -> str:
        """The text of its line in the file; of a section, that of its opening line."""
        return self.text[self.start : self.end]

    @property
    def logical(self) -> Logical:
        """The line as httpd reads it."""
        return logical_line(self.text, self.start, self.end)

    @property
    def _head(self) -> tuple[Logical, int, int]:
        """The logical line, and where its first word starts and ends."""
        logical = self.logical
        found = FIRST(logical.text)
        assert found is not None
        start, end = found.span(1)
        if logical.text[start : start + 1] in ('"', "'") and (word := WORD.match(logical.text, start)):
            end = word.end(word.lastindex or 1)
            end += logical.text[end : end + 1] == logical.text[start]
        return logical, start, end

    @property
    def name_span(self) -> Span:
        """The span of the name."""
        found = FIRST(self.text, self.start, self.end)
        if found and found[1] == self.name and "\\" not in self.name:
            # Written without quotes and backslashes, as most are.
            return Span(*found.span(1))
        logical, start, end = self._head
        return logical.span(start, end)

    @property
    def body_span(self) -> Span:
        """The span from the name to the last character that is not blank: what a person means by "the directive"."""
        line = self.line_source
        if "\\" not in line and "\0" not in line:
            found = FIRST(self.text, self.start)
            assert found is not None
            start, end = found.start(1), self.start + len(line.rstrip(WHITESPACE))
            return Span(start, max(start, end))
        logical, start, _ = self._head
        return logical.span(start, max(start, len(logical.text.rstrip(WHITESPACE))))

    @property
    def args_range(self) -> tuple[Logical, int, int]:
        """The logical line and the range of the arguments in it."""
        logical, _, end = self._head
        return logical, end, len(logical.text.rstrip(WHITESPACE))

    @property
    def args(self) -> tuple[Word, ...]:
        """The words after the name. Variables are not expanded."""
        return tuple([Word(value, span) for value, span in self.pairs])

    @property
    def pairs(self) -> Sequence[tuple[str, Span]]:
        """The words of ``args`` as plain pairs, for those who make something else of them."""
        if type(self) is not Directive:
            return split_words(*self.args_range)
        if few := FEW(self.text, self.start, self.end):
            return [(few[at], _new(Span, few.span(at))) for at in range(1, (few.lastindex or 0) + 1)]
        if PLAIN(self.text, self.start, self.end):
            _, *words = WORDS(self.text, self.start, self.end)
            return [(word[0], Span(*word.span())) for word in words]
        return split_words(*self.args_range)

    def arg_span(self, at: int) -> Span:
        """Return the span of the word of ``args`` with that number, from 0; of the last where a macro's parameter made more."""
        if type(self) is Directive and (few := FEW(self.text, self.start, self.end)):
            return Span(*few.span(min(at + 1, few.lastindex or 1)))
        return self.pairs[min(at, len(self.pairs) - 1)][1]

    @property
    def is_plain(self) -> bool:
        """Whether its words are simply separated by blanks, as in most lines: no quotes, backslashes or continuations."""
        return type(self) is Directive and PLAIN(self.text, self.start, self.end) is not None

    @property
    def is_settled(self) -> bool:
        """Whether it is a plain line, and has no character that a placeholder has, as is said at once of most."""
        return type(self) is Directive and SETTLED(self.text, self.start, self.end) is not None

    @property
    def plain_values(self) -> Sequence[str] | None:
        """The values of ``args`` of a plain line; None for other lines."""
        if type(self) is Directive and (few := FEW(self.text, self.start, self.end)):
            return few.groups()[: few.lastindex or 0]
        return VALUES(self.text, self.start, self.end)[1:] if self.is_plain else None

    @property
    def indent(self) -> str:
        """The blanks before the name on its first line."""
        found = FIRST(self.text, self.start)
        return self.text[self.start : found.start(1)] if found else ""


class Section(Directive):
    """A section: its opening line, its contents, and its closing line where there is one.

    ``start`` and ``head_end`` bound the opening line, ``start`` and ``end`` the whole section. ``name`` is without ``<``.
    """

    __slots__ = ("children", "close", "head_end", "key")

    def __init__(self, text: str, start: int, head_end: int, name: str) -> None:
        self.text = text
        self.start = start
        self.end = self.head_end = head_end
        self.name = name
        #: Kept, since the parser alone asks for it three times; of a line it is a property.
        self.key = name.lower()  # type: ignore[misc]
        self.children: Sequence[Node] = []
        self.close: Close | None = None

    @property
    def line_source(self) -> str:
        return self.text[self.start : self.head_end]

    @property
    def logical(self) -> Logical:
        return logical_line(self.text, self.start, self.head_end)

    @property
    def name_span(self) -> Span:
        logical, start, end = self._head
        text = logical.text
        if (
            text[start] in "\"'"
            and (word := WORD.match(text, start, len(text.rstrip(WHITESPACE))))
            and word.end() >= end
        ):
            end = word.end(word.lastindex or 1)
        # The name as it is written, with its backslashes.
        start = text.index(self.name[0], start)
        return logical.span(start, start + len(text[start:end].rstrip(">")))

    @property
    def _head(self) -> tuple[Logical, int, int]:
        logical, start, end = super()._head
        if logical.text[start:end].strip("\"'") == "<":
            # "< Location": the name is the second word.
            found = FIRST(logical.text, end)
            assert found is not None
            end = found.end(1)
        return logical, start, end

    @property
    def pairs(self) -> Sequence[tuple[str, Span]]:
        plain = PLAIN_OPENER(self.text, self.start, self.head_end)
        if plain is not None:
            return ((plain[1], _new(Span, plain.span(1))),)
        return split_words(*self.args_range)

    @property
    def is_plain(self) -> bool:
        return PLAIN_OPENER(self.text, self.start, self.head_end) is not None

    @property
    def is_settled(self) -> bool:
        return SETTLED_OPENER(self.text, self.start, self.head_end) is not None

    @property
    def plain_values(self) -> Sequence[str] | None:
        plain = PLAIN_OPENER(self.text, self.start, self.head_end)
        return plain.groups() if plain is not None else None

    @property
    def args_range(self) -> tuple[Logical, int, int]:
        logical, _, end = self._head
        # Handlers of sections cut at the last ">" and ignore what follows (server/core.c: ap_strrchr_c(arg, '>')).
        last = logical.text.rfind(">")
        return logical, end, last if last >= end else len(logical.text.rstrip(WHITESPACE)) if last < 0 else end

    @property
    def is_unread(self) -> bool:
        """Whether it stands in too many other sections for its contents to be parsed."""
        return bool(self.children) and type(self.children[0]) is Unread

    @property
    def head_span(self) -> Span:
        """The span of the opening line."""
        return Span(self.start, self.head_end)

    @property
    def inner_span(self) -> Span:
        """The span between the opening and the closing line."""
        return Span(self.head_end, self.close.start if self.close else self.end)


class Close(Directive):
    """A closing line, ``name`` without ``</`` and ``>``. Text after it is ignored by httpd."""

    __slots__ = ()


class Bogus(Directive):
    """A line that httpd would refuse here: a closing tag that closes nothing, a lone ``<``, a line of another language."""

    __slots__ = ()


class Problem(NamedTuple):
    """What keeps httpd from reading the file, in httpd's words.

    ``kind`` is one of ``stray-closer``, ``mismatched-closer``, ``crossed-closers``, ``extra-bracket``,
    ``opener-for-closer``, ``unclosed-section``, ``closer-without-bracket``, ``opener-without-bracket``, ``opener-with-blank``,
    ``incomplete-tag``, ``html-comment``, ``hidden-tag``. ``node`` is the line at fault; ``section`` the section concerned.
    ``region`` is the part of the file that cannot be trusted because of it.
    """

    kind: str
    message: str
    node: Directive
    section: Section | None
    region: Span


class Tree:
    """A parsed file. ``text()`` gives back exactly what was parsed."""

    def __init__(self, source: str, children: tuple[Node, ...], problems: tuple[Problem, ...]) -> None:
        self.source = source
        self.children = children
        self.problems = problems
        self._known: dict[object, Any] = {}

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """Return ``compute()``, called once for that key and this tree: for facts of the text alone, over all readings."""
        if key not in self._known:
            self._known[key] = compute()
        found: T = self._known[key]
        return found

    def text(self) -> str:
        """Return the text, put together again from the nodes."""
        parts: list[str] = []
        stack: list[Iterator[Node]] = [iter(self.children)]
        closes: list[Close | None] = [None]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                close = closes.pop()
                if close is not None:
                    parts.append(close.source)
            elif isinstance(node, Section):
                parts.append(node.text[node.start : node.head_end])
                stack.append(iter(node.children))
                closes.append(node.close)
            else:
                parts.append(node.source)
        return "".join(parts)

    def walk(self) -> Iterator[Node]:
        """Yield every node in file order, sections before their contents."""
        stack: list[Iterator[Node]] = [iter(self.children)]
        while stack:
            for node in stack[-1]:
                yield node
                if isinstance(node, Section):
                    stack.append(iter(node.children))
                    break
            else:
                stack.pop()

    @cached_property
    def lines(self) -> LineIndex:
        """Lines and columns of the file."""
        return LineIndex(self.source)

    @cached_property
    def is_template(self) -> bool:
        """Whether a template engine has yet to choose among the lines."""
        return is_template(self.source)

    @cached_property
    def is_unsettled(self) -> bool:
        """Whether tags need not balance yet: in a template, and where some tags are hidden behind other characters."""
        has_hidden = any(problem.kind == "hidden-tag" for problem in self.problems)
        return has_hidden or may_have_tags(self.source)

    @cached_property
    def untrusted(self) -> tuple[Span, ...]:
        """Regions in which only the structure itself may be changed.

        These are broken sections, other languages, and the whole of a template, where branches stand side by side.
        """
        if self.is_template:
            return (Span(0, len(self.source)),)
        return (*(problem.region for problem in self.problems), *sorted(self._unclear()))

    def _unclear(self) -> Iterator[Span]:
        """Yield the spans of sections that cannot be seen through, or were not parsed."""
        unclear: dict[str, bool] = {}
        stack: list[Sequence[Node]] = [self.children]
        while stack:
            for node in stack.pop():
                if type(node) is not Section:
                    continue
                name = node.name
                if name not in unclear:
                    unclear[name] = is_opaque_section(node.key)
                if unclear[name] or node.is_unread:
                    yield node.span
                if node.children:
                    stack.append(node.children)
