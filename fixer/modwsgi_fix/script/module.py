"""A WSGI script: statements with the spans of our text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from modwsgi_fix.expressions import expression
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: Where libcst ends a line (its codegen splits so; a form feed or U+0085 ends none).
LINE_END = expression(r"\r\n?|\n")

Kind = Literal["import", "assign", "expression", "def", "class", "block", "return", "yield", "other"]


#: Why no script is read: libcst has compiled parts, which a single file without them does not bring along.
NO_LIBCST = "libcst is not installed"


class NotPython3(Exception):
    """A script that libcst cannot read: Python 2, broken, or no libcst. ``span`` is where libcst gave up."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


class Argument(NamedTuple):
    """An argument of a call: its keyword or an empty string, its source, and the value of a literal, else None."""

    keyword: str
    source: str
    literal: str | bytes | None
    span: Span


class Call(NamedTuple):
    """A call: the dotted name of the function (empty where it has none), the arguments, and the span."""

    name: str
    arguments: tuple[Argument, ...]
    span: Span

    def argument(self, position: int, keyword: str) -> Argument | None:
        """Return the argument at a position (from 0) or with a keyword; None where neither is given."""
        plain = [argument for argument in self.arguments if not argument.keyword]
        named = next((argument for argument in self.arguments if argument.keyword == keyword), None)
        return named or (plain[position] if position < len(plain) else None)


class Text(NamedTuple):
    """A string literal: its value, its prefix in lower case (``b``, ``f`` …), and its span."""

    value: str
    prefix: str
    span: Span


class Statement(NamedTuple):
    """One statement.

    ``targets`` are the dotted names that it binds (for an import, the local names); ``value`` is the source of what is
    assigned, returned or evaluated, ``call`` that value where it is a call. ``imported`` maps local names to dotted
    ones. ``strings`` are the string literals that the value is, or that a list or tuple in its place holds; ``wraps``
    says which. A block (``if``, ``try``, ``with``, ``for`` …) has a ``body`` with all of its branches, of which ``otherwise``
    is what stands after its ``else`` or ``elif``, and ``test``, the source of an ``if``'s condition.
    """

    kind: Kind
    span: Span
    lines: Span
    #: The span to underline: the name of a function or class, else the statement's first line.
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
    otherwise: tuple[Statement, ...] = ()
    #: Whether no other small statement shares its line.
    alone: bool = True

    def walk(self) -> Iterator[Statement]:
        """Yield the statement and all statements in it, those of functions too."""
        yield self
        for statement in self.body:
            yield from statement.walk()


#: The names of a module where web.py is given them, in a call that may go over several lines.
_LOOKED_UP = expression(r"\bapplication\((?:[^()]|\([^()]{0,400}\)){0,400}?\b(?:globals|locals)\(\)")


class Module:
    """A script's statements. ``text`` is what was read, character for character."""

    def __init__(self, text: str, body: tuple[Statement, ...], identifiers: tuple[tuple[str, int], ...]) -> None:
        self.text = text
        self.body = body
        #: Every name in the script, with its spans; attributes and keywords are names, too, words in strings are not.
        self.identifiers = identifiers

    def count(self, name: str, span: Span) -> int:
        """Return how often a name stands within a span."""
        return sum(one == name and at in span for one, at in self.identifiers)

    @property
    def newline(self) -> str:
        """The first line end."""
        found = LINE_END.search(self.text)
        return found[0] if found else "\n"

    def top(self) -> Iterator[Statement]:
        """Yield the statements that run on import: those outside of functions and classes, blocks included."""
        stack = list(reversed(self.body))
        while stack:
            statement = stack.pop()
            yield statement
            if statement.kind == "block":
                stack += reversed(statement.body)

    def all(self) -> Iterator[Statement]:
        """Yield every statement."""
        for statement in self.body:
            yield from statement.walk()

    @property
    def names(self) -> dict[str, Statement]:
        """The names bound on import, with the last statement that binds each. What a main guard keeps never runs."""
        return {name: one for one in self.live() for name in one.targets if "." not in name}

    def live(self) -> Iterator[Statement]:
        """Yield what ``top`` does, without the statements under ``if __name__ == "__main__":``."""
        stack = list(reversed(self.body))
        while stack:
            statement = stack.pop()
            yield statement
            if statement.kind == "block":
                stack += reversed(statement.otherwise if is_main_guard(statement) else statement.body)

    @property
    def imports(self) -> dict[str, str]:
        """The local names of what the script imports when it is loaded, with the dotted names that they stand for."""
        return {local: dotted for one in self.live() for local, dotted in one.imported}

    def resolve(self, name: str) -> str:
        """Return a dotted name in full: ``bobo.query`` for ``query`` after ``from bobo import query``."""
        first, dot, rest = name.partition(".")
        return self.imports.get(first, first) + dot + rest

    @property
    def is_open(self) -> bool:
        """Whether names may be bound that cannot be seen: by a star import, ``exec`` or ``globals()``."""
        # web.py only looks its classes up in these names, and binds none.
        text = _LOOKED_UP.sub("", self.text)
        return any(one.star for one in self.live()) or any(
            word in text
            for word in ("globals(", "locals(", "exec(", "execfile", "__dict__", "setattr(", "sys.modules[__name__")
        )


def is_main_guard(statement: Statement) -> bool:
    """Whether a statement is ``if __name__ == "__main__":``, which mod_wsgi never enters: the script has another name."""
    return (
        re.fullmatch(
            r"""\(?\s*(?:__name__\s*==\s*["']__main__["']|["']__main__["']\s*==\s*__name__)\s*\)?""", statement.test
        )
        is not None
    )
