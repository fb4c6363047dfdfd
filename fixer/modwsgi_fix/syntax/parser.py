"""From text to tree: one pass over the lines, which never raises."""

from __future__ import annotations

import re
from bisect import bisect_left
from sys import intern

from modwsgi_fix.collector import collector_off
from modwsgi_fix.directives.families import BARE_SECTIONS, CONDITIONS, DISJOINT_SECTIONS
from modwsgi_fix.expressions import expression
from modwsgi_fix.syntax.nodes import (
    DEEPEST_SECTION,
    Blank,
    Bogus,
    Close,
    Comment,
    Directive,
    Node,
    Problem,
    Section,
    Tree,
    Unread,
    is_opaque_section,
)
from modwsgi_fix.syntax.words import FIRST, WORD, logical_line, value_of
from modwsgi_fix.text import WHITESPACE, Span, encode

_TAG = expression(r"^[ \t\v\f\r]*<(/?)([A-Za-z]+)", re.M)
# A tag that httpd does not recognize: after a pasted line number or an invisible character, or written as an HTML entity.
_INVISIBLE = r"\xa0\xad\u2000-\u200f\u202f\u2060\u3000\ufeff\udca0"
_HIDDEN_TAG = expression(
    rf"^[ \t]*+(?:(?:[{_INVISIBLE}]|\d++[.:|)]?+)(?:[{_INVISIBLE} \t]++|\d++[.:|)]?+)*+(?:<|&lt;)|&lt;)/?[A-Za-z]", re.M
)
# What most lines are, each on a line of its own and without backslashes: a directive, a closing tag, an opening tag, a comment,
# or nothing, which no group stands for.
_LINE = r"""[ \t]*+ (?: ([A-Za-z]++) (?:[ \t][^\n\\\0]*+)?+ | </([A-Za-z]++)> [ \t\r]*+
    | <([A-Za-z]++) (?: >[ \t\r]*+ | [ \t][^\n\\\0]*+ ) | (\#)[^\n\\\0]*+ | )\n"""
_USUAL = re.compile(_LINE, re.X).match
_BLANKS = re.compile(r"(?:[ \t]*+\n)++").match
_NEXT_CLOSER = expression(r"(?:[ \t\v\f\r]*(?:#[^\n]*)?\n)*[ \t\v\f\r]*</([A-Za-z]+)>[ \t\v\f\r]*(?:\n|\Z)")


def parse(text: str) -> Tree:
    """Return the tree of a file's text, in time linear in its length; never raises."""
    with collector_off():
        return _Parser(text).run()


class _Names(dict[str, str]):
    """The names of lines, each as one object for all lines that have it."""

    def __missing__(self, name: str) -> str:
        kept = self[name] = intern(name)
        return kept


class _Parser:
    """One pass over the lines, with a stack of open sections."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.stack: list[Section] = []
        #: The names of these sections, in lower case.
        self.keys: list[str] = []
        self.top: list[Node] = []
        self.into: list[Node] = self.top
        self.problems: list[Problem] = []
        #: The number of open sections, by name.
        self.open: dict[str, int] = {}
        #: Whether a line begins with a number, as no directive does.
        self.numbered = False
        #: The offset of the second of two crossed closing tags.
        self.crossed = -1
        self._tags: dict[str, tuple[list[int], list[int]]] | None = None

    def run(self) -> Tree:
        text, into, names = self.text, self.into, _Names()
        size, find, has_nul = len(text), self.text.find, "\0" in self.text
        pos = 0
        while pos < size:
            if usual := _USUAL(text, pos):
                kind, end = usual.lastindex, usual.end()
                if kind == 1:
                    into.append(Directive(text, pos, end, names[usual[1]]))
                elif kind == 4:
                    into.append(Comment(text, pos, end))
                elif kind is not None:
                    end = self._usual_tag(usual, pos, end)
                    into = self.into
                else:
                    # Thousands of empty lines stand for hosts that are left out.
                    blanks = _BLANKS(text, pos)
                    assert blanks is not None
                    end = blanks.end()
                    if into and type(into[-1]) is Blank:
                        into[-1].end = end
                    else:
                        into.append(Blank(text, pos, end))
                pos = end
                continue
            end = find("\n", pos) + 1 or size
            if text[end - 2 : end] in ("\\\n", "\r\n"):
                end = self._joined(pos, end, has_nul=has_nul)
            found = FIRST(text, pos, end)
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
                into.append(Directive(text, pos, end, names[word]))
            pos = end
        self._close_to(0, size)
        self._hidden_tags()
        return Tree(text, tuple(self.top), tuple(sorted(self.problems, key=lambda p: p.node.start)))

    def _usual_tag(self, tag: re.Match[str], start: int, end: int) -> int:
        """Read a tag in a line of its own, and return where to read on."""
        if tag.lastindex == 2:
            name, stack = tag[2], self.stack
            if stack and stack[-1].name == name and start != self.crossed:
                self._end_section(stack[-1], Close(self.text, start, end, name), end)
            else:
                self._closer(start, end, f"</{name}>", spaced=False)
            return end
        return self._opener(start, end, tag[3], tag[0].strip(WHITESPACE), spaced=False)

    def _joined(self, start: int, end: int, *, has_nul: bool) -> int:
        """Return the end of the logical line whose first physical line ends at ``end``."""
        text, size, line = self.text, len(self.text), start
        #: The backslashes and CRs at the end of the lines joined so far: before an empty line they count.
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
        """Read a section tag, or a first word with a quote or a continuation, and return where to read on."""
        text = self.text
        logical = logical_line(text, start, end)
        line = logical.text.strip(WHITESPACE)
        if not line:
            self.into.append(Blank(text, start, end))
            return end
        if line[0] == "#":
            self.into.append(Comment(text, start, end))
            return end
        found = WORD.match(line)
        assert found is not None
        name = value_of(found)
        if not name:
            self.into.append(Blank(text, start, end))
            return end
        if not name.startswith("<"):
            self.numbered = self.numbered or name[:1].isdigit()
            # httpd strips the ">" that ends a section's name from any name, unless its second byte is a slash
            # (config.c:ap_build_config_sub).
            if name.endswith(">") and encode(name)[1:2] != b"/":
                name = name[:-1]
            self.into.append(Directive(text, start, end, intern(name)))
            return end
        spaced = name in ("<", "</")
        if spaced:
            # Blanks inside the tag: httpd takes "<" or "</" for the whole of its name.
            following = FIRST(line, len(name))
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
                "html-comment", "'<!--' does not begin a comment; httpd takes it for a section", node, None, node.span
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
        section = Section(self.text, start, end, intern(name))
        key = section.key
        if key in DISJOINT_SECTIONS and self.stack:
            self._leave_open(key, start)
        current = self.stack[-1] if self.stack else None
        again, others = False, self.open.get(key, 0)
        if others and current is not None and current.key == key and key not in BARE_SECTIONS:
            again = not line.partition(name)[2].strip(WHITESPACE + ">")
        # A closing tag here would stand for two missing ones.
        if current is not None and again and self._missing(key, start) > 1:
            close = Close(self.text, start, end, name)
            message = f"<{current.name}> opens another section where </{current.name}> was meant"
            self._end_section(current, close, end)
            self._problem("opener-for-closer", message, close, current, current.span)
            return end
        self.into.append(section)
        if ">" not in line:
            message = f"<{name}> directive missing closing '>'"
            self._problem("opener-without-bracket", message, section, section, section.span)
        elif spaced:
            self._problem(
                "opener-with-blank", f"'<' opens no section; <{name} was meant", section, section, section.head_span
            )
        elif ">>" in line and line[len(name) + 1 : len(name) + 3] == ">>":
            message = f"<{name}>> opens a section that </{name}> does not close"
            self._problem("extra-bracket", message, section, section, section.head_span)
        self.stack.append(section)
        self.keys.append(key)
        self.open[key] = others + 1
        self.into = section.children = []
        if is_opaque_section(key):
            tag = re.compile(rf"^[ \t\v\f\r]*</{re.escape(name)}", re.M | re.I).search(self.text, end)
            stop = tag.start() if tag else len(self.text)
            if stop > end:
                self.into.append(Bogus(self.text, end, stop, name))
                return stop
        elif len(self.stack) > DEEPEST_SECTION and (stop := self._closing_tag(key, end)) > end:
            self.into.append(Unread(self.text, end, stop))
            return stop
        return end

    def _closing_tag(self, key: str, after: int) -> int:
        """Return the offset of the closing tag of a section whose contents begin at ``after``; else the end of the text."""
        openers, closers = self._tags_of(key)
        opener, closer = bisect_left(openers, after), bisect_left(closers, after)
        # As many sections are opened before it as are closed.
        first = closer
        while closer < len(closers):
            while opener < len(openers) and openers[opener] < closers[closer]:
                opener += 1
            if opener - bisect_left(openers, after) == closer - first:
                return closers[closer]
            closer += 1
        return len(self.text)

    def _leave_open(self, key: str, start: int) -> None:
        """Close the open sections without a closing tag that a section of that name cannot stand in."""
        depth = len(self.stack) - 1
        while depth > 0 and self.keys[depth] in CONDITIONS:
            depth -= 1
        outer = self.keys[depth]
        if key == "virtualhost":
            if not self.open.get(key):
                return
            depth = next(at for at in range(len(self.keys) - 1, -1, -1) if self.keys[at] == key)
            outer = self.keys[depth]
        elif outer not in DISJOINT_SECTIONS or outer == "virtualhost":
            return
        bare = re.compile(rf"[ \t]*<{key}[ \t]*>", re.I).match(self.text, start)
        if not (bare and outer == key) and not self._closed_later(outer, start):
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
        current = stack[-1]
        if start == self.crossed:
            self._end_section(current, close, end)
            return
        if current.name == name or current.key == name.lower():
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
        key = name.lower()
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
        self.open[self.keys.pop()] -= 1
        # The open parent's children are still a list.
        self.into = self.stack[-1].children if self.stack else self.top  # type: ignore[assignment]

    def _close_to(self, depth: int, at: int) -> None:
        """Close sections that were left open, innermost first, down to a stack of ``depth`` sections, at offset ``at``."""
        while len(self.stack) > depth:
            section = self.stack[-1]
            self._end_section(section, None, at)
            message = f"<{section.name}> was not closed"
            self._problem("unclosed-section", message, section, section, section.span)

    def _closed_later(self, key: str, after: int) -> bool:
        """Whether enough closing tags of that name follow for all sections that are open or will be opened."""
        return self._missing(key, after) <= 0

    def _missing(self, key: str, after: int) -> int:
        """Return how many closing tags of that name are missing after ``after``, for all that are open or will be opened."""
        openers, closers = self._tags_of(key)
        to_open = len(openers) - bisect_left(openers, after)
        to_close = len(closers) - bisect_left(closers, after)
        return self.open[key] + to_open - to_close

    def _tags_of(self, key: str) -> tuple[list[int], list[int]]:
        """Return the offsets of the opening and of the closing tags of a name."""
        if self._tags is None:
            self._tags = {}
            for tag in _TAG.finditer(self.text):
                self._tags.setdefault(tag[2].lower(), ([], []))[tag[1] == "/"].append(tag.start())
        return self._tags.get(key, ([], []))

    def _hidden_tags(self) -> None:
        """Report tags that look like directives: the structure of the file is not known before they are tags again."""
        text = self.text
        if text.isascii() and "&lt;" not in text and not self.numbered:
            return
        for found in _HIDDEN_TAG.finditer(text):
            start, end = found.start(), text.find("\n", found.end()) + 1 or len(text)
            if start and text[start - 2 : start - 1] == "\\":
                continue
            word = FIRST(text, start, end)
            assert word is not None
            message = f"Invalid command '{word[1]}'"
            self._problem("hidden-tag", message, Directive(text, start, end, word[1]), None, Span(0, len(text)))

    def _problem(self, kind: str, message: str, node: Directive, section: Section | None, region: Span) -> None:
        self.problems.append(Problem(kind, message, node, section, region))
