"""What a WSGI script consists of: statements with the spans of our text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from modwsgi_fix.text import Span

#: Where libcst ends a line (its codegen splits so; a form feed or U+0085 ends none).
LINE_END = re.compile(r"\r\n?|\n")

Kind = Literal["import", "assign", "expression", "def", "class", "block", "return", "yield", "other"]


class NotPython3(Exception):
    """A script that libcst cannot read: Python 2, or broken. ``span`` is where it gave up."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


class Argument(NamedTuple):
    """An argument of a call: ``keyword`` or empty, its source, and the literal that it is (None for any other)."""

    keyword: str
    source: str
    literal: str | bytes | None
    span: Span


class Call(NamedTuple):
    """A call: the dotted name of what is called (empty where it has none), the arguments, where it stands."""

    name: str
    arguments: tuple[Argument, ...]
    span: Span

    def argument(self, position: int, keyword: str) -> Argument | None:
        """The argument at a position (from 0) or of a keyword."""
        plain = [argument for argument in self.arguments if not argument.keyword]
        named = next((argument for argument in self.arguments if argument.keyword == keyword), None)
        return named or (plain[position] if position < len(plain) else None)


class Text(NamedTuple):
    """A string literal: its value, its prefix in lower case (``b``, ``f`` …), and where it stands."""

    value: str
    prefix: str
    span: Span


class Statement(NamedTuple):
    """One statement.

    ``targets`` are the dotted names that it binds (for an import, the local names); ``value`` is the source of what is
    assigned, returned or evaluated, ``call`` that value where it is a call. ``imported`` maps local names to dotted
    ones. ``strings`` are the string literals that the value is, or that a list or tuple in its place holds; ``wraps``
    says which. A block (``if``, ``try``, ``with``, ``for`` …) has a ``body`` with all of its branches, and ``test``, the
    source of an ``if``'s condition.
    """

    kind: Kind
    span: Span
    lines: Span
    #: What to underline: the name of a function or class, else the statement's first line.
    head: Span
    targets: tuple[str, ...] = ()
    value: str = ""
    value_span: Span | None = None
    call: Call | None = None
    imported: tuple[tuple[str, str], ...] = ()
    star: bool = False
    decorators: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    strings: tuple[Text, ...] = ()
    wraps: Literal["", "list", "tuple"] = ""
    body: tuple[Statement, ...] = ()
    test: str = ""
    has_else: bool = False
    #: False where other small statements share its line.
    alone: bool = True

    def walk(self) -> Iterator[Statement]:
        """It and the statements in it, those of functions too."""
        yield self
        for one in self.body:
            yield from one.walk()


class Module:
    """A script's statements. ``text`` is what was read, character for character."""

    def __init__(self, text: str, body: tuple[Statement, ...], identifiers: tuple[tuple[str, int], ...]) -> None:
        self.text = text
        self.body = body
        #: Every name that stands in the script, and where; attributes and keywords are names, too, words in strings are not.
        self.identifiers = identifiers

    def count(self, name: str, span: Span) -> int:
        """How often a name stands within a span."""
        return sum(one == name and at in span for one, at in self.identifiers)

    @property
    def newline(self) -> str:
        """The first line end."""
        found = LINE_END.search(self.text)
        return found[0] if found else "\n"

    def top(self) -> Iterator[Statement]:
        """What is run on import: statements outside of functions and classes, those of blocks included."""
        stack = list(reversed(self.body))
        while stack:
            one = stack.pop()
            yield one
            if one.kind == "block":
                stack += reversed(one.body)

    def all(self) -> Iterator[Statement]:
        """Every statement."""
        for one in self.body:
            yield from one.walk()

    @property
    def names(self) -> dict[str, Statement]:
        """What is bound on import, with the last statement that binds it. A main guard's body is never run."""
        return {name: one for one in self.live() for name in one.targets if "." not in name}

    def live(self) -> Iterator[Statement]:
        """As ``top``, without what stands under ``if __name__ == "__main__":``."""
        stack = list(reversed(self.body))
        while stack:
            one = stack.pop()
            yield one
            if one.kind == "block" and not is_main_guard(one):
                stack += reversed(one.body)

    @property
    def imports(self) -> dict[str, str]:
        """Local names of what is imported on import of the script, with the dotted names they stand for."""
        return {local: dotted for one in self.live() for local, dotted in one.imported}

    def resolve(self, name: str) -> str:
        """A dotted name with its first part as it was imported: ``query`` after ``from bobo import query``."""
        first, dot, rest = name.partition(".")
        return self.imports.get(first, first) + dot + rest

    @property
    def is_open(self) -> bool:
        """True where names may be bound that are not to be seen: a star import, ``exec``, ``globals()``."""
        # web.py is given the names to look its classes up, and binds none.
        text = re.sub(r"\bapplication\([^\n]{0,400}\bglobals\(\)", "", self.text)
        return any(one.star for one in self.live()) or any(
            word in text
            for word in ("globals(", "locals(", "exec(", "execfile", "__dict__", "setattr(", "sys.modules[__name__")
        )


def is_main_guard(one: Statement) -> bool:
    """``if __name__ == "__main__":``, which mod_wsgi never enters: the script's name is another."""
    return (
        re.fullmatch(r"""\(?\s*(?:__name__\s*==\s*["']__main__["']|["']__main__["']\s*==\s*__name__)\s*\)?""", one.test)
        is not None
    )
