"""The lossless tree of one configuration file: every character belongs to a node; parsing never raises.

httpd's reading rules, as ``server/util.c:ap_cfg_getline_core`` and ``server/config.c:ap_build_config_sub`` have them: a
backslash before LF or CRLF joins lines anywhere, in comments and names too; ``#`` opens a comment only as the first
character of a logical line; a trailing ``>`` on a section name is dropped; what follows ``</X>`` is ignored; a NUL ends
its line. What httpd would refuse becomes a node all the same, and a ``Problem`` in httpd's words.
"""

from __future__ import annotations

import gc
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from sys import intern
from typing import NamedTuple

from modwsgi_fix.text import WHITESPACE, LineIndex, Span, is_template

# After the blanks of a logical line: its first word. NUL ends a line for httpd, which keeps lines in C strings.
_FIRST = re.compile(r"[ \t\v\f\r]*+([^ \t\v\f\r\n\0]*+)").match
_WORD = re.compile(
    r""" (?: "((?:\\["\\]|[^"])*+)"? | '((?:\\['\\]|[^'])*+)'? | ([^ \t\n\v\f\r]++) ) [ \t\n\v\f\r]*+ """, re.X
)
_JOIN = re.compile(r"\\\r?\n")
_EMPTY = re.compile(r"\n\r?\n")
_TAG = re.compile(r"^[ \t\v\f\r]*<(/?)([A-Za-z]+)", re.M)
# A tag that httpd cannot see: behind a pasted line number or an invisible character, or written as an HTML entity.
_INVISIBLE = r"\xa0\xad\u2000-\u200f\u202f\u2060\u3000\ufeff\udca0"
_HIDDEN_TAG = re.compile(
    rf"^[ \t]*+(?:(?:[{_INVISIBLE}]|\d++[.:|)]?+)(?:[{_INVISIBLE} \t]++|\d++[.:|)]?+)*+(?:<|&lt;)|&lt;)/?[A-Za-z]", re.M
)
_NEXT_CLOSER = re.compile(r"(?:[ \t\v\f\r]*(?:#[^\n]*)?\n)*[ \t\v\f\r]*</([A-Za-z]+)>[ \t\v\f\r]*(?:\n|\Z)")

#: Sections of which none can stand in another (``ap_check_cmd_context``, ``NOT_IN_DIR_CONTEXT``): one that is opened in
#: another shows that the other was left open. ``<VirtualHost>`` may hold them, not be held.
_DISJOINT = frozenset(
    {"directory", "directorymatch", "location", "locationmatch", "proxy", "proxymatch", "virtualhost"}
)
#: Sections that vanish once read: their contents belong to what encloses them.
CONDITIONS = frozenset({"ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection"})

#: Sections which take no argument, and so may be opened inside one of their own name.
_BARE_SECTIONS = frozenset({"requireall", "requireany", "requirenone", "else", "perl", "authnprovideralias"})


def is_opaque_section(name: str) -> bool:
    """True where a section's body is another language, read by its module up to the closing tag."""
    return name == "perl" or name.startswith("luahook")


class Word(NamedTuple):
    """One word as ``ap_getword_conf`` reads it: its value without quotes, and the span with them."""

    value: str
    span: Span


class Logical(NamedTuple):
    """A logical line without its continuations, and where each of its characters stands in the file.

    ``joints`` are (offset in ``text``, offset in the file) pairs, ascending: the text runs on from each.
    """

    text: str
    joints: tuple[tuple[int, int], ...]

    def offset(self, at: int) -> int:
        """Where the character ``text[at]`` stands in the file."""
        joints = self.joints
        logical, source = joints[0] if len(joints) == 1 else joints[bisect_left(joints, (at + 1, -1)) - 1]
        return source + at - logical

    def span(self, start: int, end: int) -> Span:
        """The span in the file of ``text[start:end]``; a continuation at its end is left out."""
        return Span(self.offset(start), self.offset(end - 1) + 1 if end > start else self.offset(start))


def _logical(text: str, start: int, end: int) -> Logical:
    raw = text[start:end]
    nul = raw.find("\0")
    if nul >= 0:
        raw = raw[:nul]
    first = raw.find("\n")
    # At the end of a file a continuation may go on into nothing.
    if first < 0 or (first == len(raw) - 1 and not raw.endswith(("\\\n", "\\\r\n"))):
        return Logical(raw, ((0, start),))
    if _EMPTY.search(raw):
        return _logical_of_backslashes(raw, start)
    parts, joints, at, length = [], [], 0, 0
    for joint in _JOIN.finditer(raw):
        part = raw[at : joint.start()]
        joints.append((length, start + at))
        parts.append(part)
        length += len(part)
        at = joint.end()
    joints.append((length, start + at))
    parts.append(raw[at:])
    # An empty stretch between two continuations holds no character; the last joint at an offset counts.
    return Logical("".join(parts), tuple(dict(joints).items()))


def _logical_of_backslashes(raw: str, start: int) -> Logical:
    """The same where an empty line follows: httpd looks for the backslash in all that it has joined so far.

    Two backslashes and two line ends thus join three lines (util.c:ap_varbuf_cfg_getline).
    """
    kept: list[int] = []
    at = 0
    while at < len(raw):
        end = raw.find("\n", at) + 1 or len(raw)
        kept += range(at, end)
        at = end
        if raw[end - 1] == "\n":
            last = len(kept) - 1
            last -= last > 0 and raw[kept[last - 1]] == "\r"
            if last > 0 and raw[kept[last - 1]] == "\\":
                del kept[last - 1 :]
    joints = [(to, start + at) for to, at in enumerate(kept) if not to or at != kept[to - 1] + 1]
    return Logical("".join(raw[at] for at in kept), tuple(joints) or ((0, start),))


def split_words(logical: Logical, start: int, end: int) -> tuple[Word, ...]:
    """The words of ``logical.text[start:end]`` as ``server/util.c:ap_getword_conf`` splits them."""
    text, words, at = logical.text, [], start
    while at < end and text[at] in WHITESPACE:
        at += 1
    while at < end:
        found = _WORD.match(text, at, end)
        if found is None:
            break
        group, value = found.lastindex or 1, _value(found)
        last = found.end(group) + (group != 3 and text[found.end(group) : found.end(group) + 1] == '"\'"'[group - 1])
        words.append(Word(value, logical.span(at, last)))
        at = found.end()
    return tuple(words)


def _value(word: re.Match[str]) -> str:
    """A word as ``util.c:substring_conf`` takes its backslashes away."""
    group = word.lastindex or 1
    value: str = word[group]
    return re.sub(rf"\\([\\{('', chr(34), chr(39), '')[group]}])", r"\1", value) if "\\" in value else value


class Node:
    """A run of whole lines of a file: ``text[start:end]`` from the first column to after the LF."""

    __slots__ = ("end", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        """All of the node's lines, the last line end included."""
        return Span(self.start, self.end)

    @property
    def source(self) -> str:
        """What stands in the file."""
        return self.text[self.start : self.end]


class Blank(Node):
    """Empty lines; also one that begins with ``""``, which httpd skips."""

    __slots__ = ()


class Comment(Node):
    """One comment, continuation lines included."""

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
    def logical(self) -> Logical:
        """The line as httpd reads it."""
        return _logical(self.text, self.start, self.end)

    @property
    def _head(self) -> tuple[Logical, int, int]:
        """The logical line, and where its first word starts and ends."""
        logical = self.logical
        found = _FIRST(logical.text)
        assert found is not None
        start, end = found.span(1)
        if logical.text[start : start + 1] in ('"', "'") and (word := _WORD.match(logical.text, start)):
            end = word.end(word.lastindex or 1)
            end += logical.text[end : end + 1] == logical.text[start]
        return logical, start, end

    @property
    def name_span(self) -> Span:
        """Where the name stands."""
        logical, start, end = self._head
        return logical.span(start, end)

    @property
    def body_span(self) -> Span:
        """From the name to the last character that is not blank: what a person means by "the directive"."""
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
        return split_words(*self.args_range)

    @property
    def indent(self) -> str:
        """The blanks before the name on its first line."""
        found = _FIRST(self.text, self.start)
        return self.text[self.start : found.start(1)] if found else ""


class Section(Directive):
    """A section: its opening line, what it holds, and its closing line where there is one.

    ``start`` and ``head_end`` bound the opening line, ``start`` and ``end`` the whole. ``name`` is without ``<``.
    """

    __slots__ = ("children", "close", "head_end")

    def __init__(self, text: str, start: int, head_end: int, name: str) -> None:
        self.text = text
        self.start = start
        self.end = self.head_end = head_end
        self.name = name
        self.children: Sequence[Node] = []
        self.close: Close | None = None

    @property
    def logical(self) -> Logical:
        return _logical(self.text, self.start, self.head_end)

    @property
    def name_span(self) -> Span:
        logical, start, _ = self._head
        start = max(start, logical.text.find(self.name, start))
        return logical.span(start, start + len(self.name))

    @property
    def _head(self) -> tuple[Logical, int, int]:
        logical, start, end = super()._head
        if logical.text[start:end].strip("\"'") == "<":
            # "< Location": the name is the second word.
            found = _FIRST(logical.text, end)
            assert found is not None
            end = found.end(1)
        return logical, start, end

    @property
    def args_range(self) -> tuple[Logical, int, int]:
        logical, _, end = self._head
        # Handlers of sections cut at the last ">" and ignore what follows (server/core.c: ap_strrchr_c(arg, '>')).
        last = logical.text.rfind(">")
        return logical, end, last if last >= end else len(logical.text.rstrip(WHITESPACE)) if last < 0 else end

    @property
    def head_span(self) -> Span:
        """The opening line."""
        return Span(self.start, self.head_end)

    @property
    def inner_span(self) -> Span:
        """What stands between the opening and the closing line."""
        return Span(self.head_end, self.close.start if self.close else self.end)


class Close(Directive):
    """A closing line, ``name`` without ``</`` and ``>``. Text after it is ignored by httpd."""

    __slots__ = ()


class Bogus(Directive):
    """A line that httpd would refuse here: a closing tag that closes nothing, a lone ``<``; or a foreign language."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps httpd from reading the file, in its words.

    ``kind`` is one of ``stray-closer``, ``mismatched-closer``, ``crossed-closers``, ``extra-bracket``,
    ``opener-for-closer``, ``unclosed-section``, ``closer-without-bracket``, ``opener-without-bracket``, ``opener-with-blank``,
    ``incomplete-tag``, ``html-comment``, ``hidden-tag``. ``node`` is the line at fault; ``section`` the section concerned.
    ``region`` is what cannot be trusted because of it.
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

    def text(self) -> str:
        """The text again, put together from the nodes."""
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
        """Every node in file order, sections before what they hold."""
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
        """True where a template engine has yet to choose which of the lines there are."""
        return is_template(self.source)

    @cached_property
    def untrusted(self) -> tuple[Span, ...]:
        """Regions in which nothing but the structure itself may be changed: broken sections, foreign languages,
        macros, whose text means something else at each use, and all of a template, where branches stand side by side."""
        if self.is_template:
            return (Span(0, len(self.source)),)
        spans = [problem.region for problem in self.problems]
        sections = (node for node in self.walk() if isinstance(node, Section))
        spans += [node.span for node in sections if is_opaque_section(node.key) or node.key == "macro"]
        return tuple(spans)


def parse(text: str) -> Tree:
    """The tree of a file's text. Linear in its length; never raises."""
    # A parse makes a long-lived object a line and no cycles: collecting meanwhile costs a third of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _Parser(text).run()
    finally:
        if collecting:
            gc.enable()


class _Parser:
    """One pass over the lines, with a stack of open sections."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.stack: list[Section] = []
        self.top: list[Node] = []
        self.into: list[Node] = self.top
        self.problems: list[Problem] = []
        #: How many sections of each name are open.
        self.open: dict[str, int] = {}
        #: True when a line begins with a number, as no directive does.
        self.numbered = False
        #: Where the second of two crossed closing tags starts.
        self.crossed = -1
        self._tags: dict[str, tuple[list[int], list[int]]] | None = None

    def run(self) -> Tree:
        text, into = self.text, self.into
        size, find, has_nul = len(text), self.text.find, "\0" in self.text
        pos = 0
        while pos < size:
            end = find("\n", pos) + 1 or size
            if text[end - 2 : end] in ("\\\n", "\r\n"):
                end = self._joined(pos, end, has_nul=has_nul)
            found = _FIRST(text, pos, end)
            assert found is not None
            word = found[1]
            if not word:
                if into and type(into[-1]) is Blank:
                    into[-1].end = end
                else:
                    into.append(Blank(text, pos, end))
            elif (first := word[0]) == "#":
                into.append(Comment(text, pos, end))
            elif first in "<\"'0123456789" or word[-1] == ">" or "\\" in word:
                end = self._odd(pos, end)
                into = self.into
            else:
                into.append(Directive(text, pos, end, intern(word)))
            pos = end
        self._close_to(0, size)
        self._hidden_tags()
        return Tree(text, tuple(self.top), tuple(sorted(self.problems, key=lambda p: p.node.start)))

    def _joined(self, start: int, end: int, *, has_nul: bool) -> int:
        """The end of the logical line whose first physical line ends at ``end``."""
        text, size, line = self.text, len(self.text), start
        #: The backslashes and CRs at the end of what is joined so far: an empty line makes them count.
        tail = ""
        while text[end - 1] == "\n":
            body = end - 1
            if body > line and text[body - 1] == "\r":
                body -= 1
            if body == line and body == end - 1:
                tail = tail.removesuffix("\r")
            if (text[body - 1] if body > line else tail[-1:]) != "\\":
                return end
            if end == size or (has_nul and text.find("\0", line, end) >= 0):
                return end
            before = tail + text[line : body - 1] if body > line else tail[:-1]
            tail = before[len(before.rstrip("\\\r")) :]
            line, end = end, text.find("\n", end) + 1 or size
        return end

    def _odd(self, start: int, end: int) -> int:
        """A section tag, or a first word with a quote or a continuation in it; where to read on."""
        text = self.text
        logical = _logical(text, start, end)
        line = logical.text.strip(WHITESPACE)
        if not line:
            self.into.append(Blank(text, start, end))
            return end
        if line[0] == "#":
            self.into.append(Comment(text, start, end))
            return end
        found = _WORD.match(line)
        assert found is not None
        name = _value(found)
        if not name:
            self.into.append(Blank(text, start, end))
            return end
        if not name.startswith("<"):
            self.numbered = self.numbered or name[:1].isdigit()
            # httpd takes the ">" that ends a section's name from any name (config.c:ap_build_config_sub).
            name = name if name[1:2] == "/" else name.removesuffix(">")
            self.into.append(Directive(text, start, end, intern(name)))
            return end
        spaced = name in ("<", "</")
        if spaced:
            # Blanks inside the tag: httpd takes "<" or "</" for the whole of its name.
            following = _FIRST(line, len(name))
            assert following is not None
            name += following[1]
        if name.startswith("</"):
            self._closer(start, end, name, spaced=spaced)
        elif name[1:2].isascii() and name[1:2].isalpha():
            return self._opener(start, end, name[1:].rstrip(">"), line, spaced=spaced)
        elif name[1:2] == "\\" and self.stack and name[2:].rstrip(">").lower() == self.stack[-1].key:
            self._backslash(start, end, name)
        elif name.startswith("<!--"):
            stop = text.find("-->", start)
            stop = end if stop < 0 else max(end, text.find("\n", stop) + 1 or len(text))
            node = Bogus(text, start, stop, "<!--")
            self.into.append(node)
            self._problem(
                "html-comment", "'<!--' opens no comment; httpd takes it for a section", node, None, node.span
            )
            return stop
        else:
            node = Bogus(text, start, end, name)
            self.into.append(node)
            self._problem("incomplete-tag", f"'{name}' opens no section", node, None, node.span)
        return end

    def _backslash(self, start: int, end: int, word: str) -> None:
        current = self.stack[-1]
        close = Close(self.text, start, end, word[2:].rstrip(">"))
        self._end_section(current, close, end)
        message = f"{word} opens another section where </{current.name}> was meant"
        self._problem("opener-for-closer", message, close, current, current.span)

    def _opener(self, start: int, end: int, name: str, line: str, *, spaced: bool) -> int:
        key = name.lower()
        if key in _DISJOINT and self.stack:
            self._leave_open(key, start)
        current = self.stack[-1] if self.stack else None
        bare = not line.partition(name)[2].strip(WHITESPACE + ">")
        if bare and current is not None and current.key == key and key not in _BARE_SECTIONS:
            close = Close(self.text, start, end, name)
            message = f"<{current.name}> opens another section where </{current.name}> was meant"
            self._end_section(current, close, end)
            self._problem("opener-for-closer", message, close, current, current.span)
            return end
        section = Section(self.text, start, end, intern(name))
        self.into.append(section)
        if ">" not in line:
            message = f"<{name}> directive missing closing '>'"
            self._problem("opener-without-bracket", message, section, section, section.span)
        elif spaced:
            self._problem(
                "opener-with-blank", f"'<' opens no section; <{name} was meant", section, section, section.head_span
            )
        elif line[len(name) + 1 : len(name) + 3] == ">>":
            message = f"<{name}>> opens a section that </{name}> does not close"
            self._problem("extra-bracket", message, section, section, section.head_span)
        self.stack.append(section)
        self.open[key] = self.open.get(key, 0) + 1
        self.into = section.children = []
        if is_opaque_section(key):
            tag = re.compile(rf"^[ \t\v\f\r]*</{re.escape(name)}", re.M | re.I).search(self.text, end)
            stop = tag.start() if tag else len(self.text)
            if stop > end:
                self.into.append(Bogus(self.text, end, stop, name))
                return stop
        return end

    def _leave_open(self, key: str, start: int) -> None:
        """Close what a section of that name cannot stand in, where its own closing tag is missing."""
        depth = len(self.stack) - 1
        while depth > 0 and self.stack[depth].key in CONDITIONS:
            depth -= 1
        outer = self.stack[depth]
        if key == "virtualhost":
            if not self.open.get(key):
                return
            depth = next(at for at in range(len(self.stack) - 1, -1, -1) if self.stack[at].key == key)
            outer = self.stack[depth]
        elif outer.key not in _DISJOINT or outer.key == "virtualhost":
            return
        bare = re.compile(rf"[ \t]*<{key}[ \t]*>", re.I).match(self.text, start)
        if not (bare and outer.key == key) and not self._closed_later(outer.key, start):
            self._close_to(depth, start)

    def _closer(self, start: int, end: int, word: str, *, spaced: bool) -> None:
        text, stack = self.text, self.stack
        name, _, rest = word[2:].partition(">")
        close = Close(text, start, end, name)
        if not stack:
            node = Bogus(text, start, end, name)
            self.into.append(node)
            message = f"</{name}> without matching <{name}> section"
            self._problem("stray-closer", message, node, None, node.span)
            return
        current, key = stack[-1], name.lower()
        if start == self.crossed:
            self._end_section(current, close, end)
            return
        if current.key == key:
            self._end_section(current, close, end)
            if spaced:
                message = "</> directive missing closing '>'"
                self._problem("closer-without-bracket", message, close, current, close.span)
            elif not word.endswith(">") or rest.strip(">"):
                message = f"</{name}> directive missing closing '>'"
                self._problem("closer-without-bracket", message, close, current, close.span)
            elif word != f"</{name}>":
                message = f"Expected </{current.name}> but saw {word}"
                self._problem("extra-bracket", message, close, current, close.span)
            return
        if self.open.get(key):
            depth = next(at for at in range(len(stack) - 1, -1, -1) if stack[at].key == key)
            crossing = _NEXT_CLOSER.match(text, end)
            if (
                crossing
                and depth == len(stack) - 2
                and crossing[1].lower() == current.key
                and self.open[current.key] == 1
            ):
                message = f"Expected </{current.name}> but saw {word}"
                self.crossed = text.rfind("\n", 0, crossing.start(1)) + 1
                self._problem("crossed-closers", message, close, current, Span(start, crossing.end()))
                self._end_section(current, close, end)
                return
            self._close_to(depth + 1, start)
            self._end_section(stack[depth], close, end)
            return
        message = f"Expected </{current.name}> but saw {word}"
        if self._closed_later(current.key, end):
            node = Bogus(text, start, end, name)
            self.into.append(node)
            self._problem("stray-closer", message, node, current, node.span)
        else:
            self._end_section(current, close, end)
            self._problem("mismatched-closer", message, close, current, current.span)

    def _end_section(self, section: Section, close: Close | None, end: int) -> None:
        section.close = close
        section.end = end
        section.children = tuple(section.children)
        self.stack.pop()
        self.open[section.key] -= 1
        # The open parent's children are still the list that they were made as.
        self.into = self.stack[-1].children if self.stack else self.top  # type: ignore[assignment]

    def _close_to(self, depth: int, at: int) -> None:
        """Close sections that were left open, innermost first, down to a stack of ``depth``, before offset ``at``."""
        while len(self.stack) > depth:
            section = self.stack[-1]
            self._end_section(section, None, at)
            message = f"<{section.name}> was not closed"
            self._problem("unclosed-section", message, section, section, section.span)

    def _closed_later(self, key: str, after: int) -> bool:
        """True when enough closing tags of that name follow for all that are open and will be opened."""
        if self._tags is None:
            self._tags = {}
            for tag in _TAG.finditer(self.text):
                self._tags.setdefault(tag[2].lower(), ([], []))[tag[1] == "/"].append(tag.start())
        openers, closers = self._tags.get(key, ([], []))
        to_open = len(openers) - bisect_left(openers, after)
        to_close = len(closers) - bisect_left(closers, after)
        return to_close - to_open >= self.open[key]

    def _hidden_tags(self) -> None:
        """Tags that are disguised as directives. The structure of the file is not known before they are tags again."""
        text = self.text
        if text.isascii() and "&lt;" not in text and not self.numbered:
            return
        for found in _HIDDEN_TAG.finditer(text):
            start, end = found.start(), text.find("\n", found.end()) + 1 or len(text)
            if start and text[start - 2 : start - 1] == "\\":
                continue
            word = _FIRST(text, start, end)
            assert word is not None
            message = f"Invalid command '{word[1]}'"
            self._problem("hidden-tag", message, Directive(text, start, end, word[1]), None, Span(0, len(text)))

    def _problem(self, kind: str, message: str, node: Directive, section: Section | None, region: Span) -> None:
        self.problems.append(Problem(kind, message, node, section, region))
