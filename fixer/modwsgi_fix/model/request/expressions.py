"""``ap_expr``: expressions, as far as their value is known before a real request (util_expr_parse.y, util_expr_eval.c).

The value is None where a variable, an operator or a function in the expression is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from modwsgi_fix.expressions import expression
from modwsgi_fix.model.merge.world import DIRECTORY, FILE, normal
from modwsgi_fix.model.patterns import Unknown, search
from modwsgi_fix.model.request.functions import FUNCTIONS, LIKENESS
from modwsgi_fix.model.request.state import State
from modwsgi_fix.model.request.variables import value_of
from modwsgi_fix.tuples import NamedTuple

_TOKEN = expression(
    r"""\s*(?: (?P<and>&&) | (?P<or>\|\|) | (?P<paren>[(){},.])
      | (?P<operator>==|=~|!=|!~|<=|>=|<|>|=) | (?P<not>!)
      | -(?P<dash>[A-Za-z]+)
      | %\{(?P<variable>[^{}]*)\}
      | '(?P<single>(?:[^'\\]|\\.)*)' | "(?P<double>(?:[^"\\]|\\.)*)"
      | m\#(?P<hash>[^\#]*)\#(?P<hashflags>[a-z]*) | /(?P<regex>(?:[^/\\]|\\.)*)/(?P<flags>[a-z]*)
      | (?P<word>[A-Za-z_][A-Za-z_0-9]*) | (?P<number>[0-9]+) )\s*""",
    re.X | re.S,
)
_PLACE = expression(r"%\{([^{}]*)\}")
#: The most nested brackets, and the most characters, of an expression: it is read again for each request.
DEEPEST_BRACKET, LONGEST_EXPRESSION = 50, 10_000
#: Functions that return the value of a header or a variable.
_NAMED = frozenset({"req", "req_novary", "http", "reqenv", "env"})
_SWAPPED = {"-eq": "==", "-ne": "!=", "-lt": "<", "-le": "<=", "-gt": ">", "-ge": ">="}


class _Token(NamedTuple):
    kind: str
    text: str
    flags: str = ""


class _NotUnderstoodError(Exception):
    """A part of the language that is not understood here."""


def holds(expression: str, state: State) -> bool:
    """Whether an expression of ``<If>`` is true for a request; a question to the world where that is not known.

    It is asked before anybody has logged in (request.c:ap_process_request_internal).
    """
    found = truth(expression, state, user="")
    return state.world.holds(f"the condition <If {expression}> holds") if found is None else found


def truth(expression: str, state: State, *, user: str | None = None) -> bool | None:
    """Whether an expression is true for a request; None where that is not known.

    ``user`` is the visitor's name, empty before the log-in; None where it is not known.
    """
    try:
        reader = _Reader(_tokens(expression), state, user)
        found = reader.either(0)
        return None if reader.rest else found
    except _NotUnderstoodError:
        return None


def interpolated(text: str, state: State) -> str | None:
    """Return a text with values in the place of ``%{...}`` (util_expr_eval.c:ap_expr_str_exec); None where one is not known."""
    return _Reader((), state).expanded(text) if "%" in text or "\\" in text or "$" in text else text


def is_understood(expression: str) -> bool:
    """Whether all of an expression is understood, whatever its values are."""
    try:
        reader = _Reader(_tokens(expression), None)
        reader.either(0)
    except _NotUnderstoodError:
        return False
    return not reader.rest


@lru_cache(maxsize=64)
def _tokens(text: str) -> tuple[_Token, ...]:
    if len(text) > LONGEST_EXPRESSION:
        raise _NotUnderstoodError
    return tuple(_read_tokens(text.strip()))


def _read_tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:
            raise _NotUnderstoodError
        kind = next(name for name, value in found.groupdict().items() if value is not None and "flags" not in name)
        yield _Token(kind, found[kind], (found["hashflags"] if kind == "hash" else found["flags"]) or "")
        at = found.end()


class _Reader:
    """Parses and evaluates an expression at once; ``rest`` are the tokens that are left."""

    def __init__(self, tokens: Sequence[_Token], state: State | None, user: str | None = None) -> None:
        self.user = user
        self.rest = list(reversed(tokens))
        self.state = state
        #: The number of function calls around the present token.
        self.calls = 0

    def value(self, name: str) -> str | None:
        """Return the value of a variable; None without a request."""
        if name.upper() == "REMOTE_USER":
            return self.user
        return value_of(name, self.state) if self.state is not None else None

    def take(self, kind: str, *texts: str) -> _Token | None:
        """Take and return the next token, if it is of this kind and has one of these texts; else return None."""
        if self.rest and self.rest[-1].kind == kind and (not texts or self.rest[-1].text.lower() in texts):
            return self.rest.pop()
        return None

    def either(self, depth: int) -> bool | None:
        """Evaluate alternatives, ``||``."""
        found = self.both(depth)
        while self.take("or"):
            other = self.both(depth)
            found = True if True in (found, other) else None if None in (found, other) else False
        return found

    def both(self, depth: int) -> bool | None:
        """Evaluate conditions that must all hold, ``&&``."""
        found = self.one(depth)
        while self.take("and"):
            other = self.one(depth)
            found = False if False in (found, other) else None if None in (found, other) else True
        return found

    def one(self, depth: int) -> bool | None:
        """Evaluate a negation, a bracket, a constant or a test."""
        negated = False
        while self.take("not"):
            negated = not negated
        if self.take("paren", "("):
            if depth > DEEPEST_BRACKET:
                raise _NotUnderstoodError
            found = self.either(depth + 1)
            if not self.take("paren", ")"):
                raise _NotUnderstoodError
        elif (constant := self.take("word", "true", "false")) is not None:
            found = constant.text.lower() == "true"
        elif (test := self.take("dash")) is not None:
            found = self.unary(test.text, self.word())
        else:
            found = self.comparison(self.word())
        return found if found is None else found is not negated

    def word(self) -> str | None:
        """Return the value of a string; None where it is not known."""
        found = self.part()
        while self.take("paren", "."):
            other = self.part()
            found = None if found is None or other is None else found + other
        return found

    def part(self) -> str | None:
        if not self.rest:
            raise _NotUnderstoodError
        token = self.rest.pop()
        if token.kind == "variable":
            return self.value(token.text)
        if token.kind in ("single", "double"):
            return self.expanded(token.text)
        if token.kind == "number":
            return token.text
        if token.kind == "word" and token.text.lower() in _NAMED and self.take("paren", "("):
            self.calls += 1
            if self.calls > DEEPEST_BRACKET:
                raise _NotUnderstoodError
            name = self.word()
            self.calls -= 1
            if not self.take("paren", ")"):
                raise _NotUnderstoodError
            if name is None:
                return None
            return self.value(f"{token.text.lower().removesuffix('_novary')}:{name}")
        if token.kind == "word" and (function := FUNCTIONS.get(token.text.lower())) and self.take("paren", "("):
            text = self.word()
            if not self.take("paren", ")"):
                raise _NotUnderstoodError
            return None if text is None else function(text)
        raise _NotUnderstoodError

    def expanded(self, text: str) -> str | None:
        if "\\" in text or re.search(r"\$\d", text):
            return None
        values = [self.value(name) for name in _PLACE.findall(text)]
        if None in values:
            return None
        found = iter(values)
        return _PLACE.sub(lambda _: next(found) or "", text)

    def unary(self, test: str, word: str | None) -> bool | None:
        """Evaluate ``-z``, ``-n``, ``-T``, ``-R`` and questions about files (util_expr_eval.c:unary_op_provider)."""
        state = self.state
        if test == "R":
            return self.in_network(self.value("REMOTE_ADDR"), word)
        if word is None or state is None:
            return None
        if test in ("z", "n"):
            return (word == "") is (test == "z")
        if test == "T":
            return word.lower() not in ("", "0", "off", "false", "no")
        if test in ("f", "d", "e") and word.startswith("/"):
            kind = state.world.type_of(normal(word).rstrip("/") or "/")
            if kind == FILE and word.endswith("/"):
                # stat: ENOTDIR.
                return False
            return kind in {"f": (FILE,), "d": (DIRECTORY,), "e": (FILE, DIRECTORY)}[test]
        return state.world.tells(f"-{test}", word)

    def comparison(self, left: str | None) -> bool | None:
        operator = self.take("operator")
        name = operator.text if operator is not None else ""
        if operator is None and (dash := self.take("dash")) is not None:
            name = f"-{dash.text}"
        if self.take("word", "in"):
            return self.member(left)
        if name in ("=~", "!~"):
            return self.matched(left, name)
        right = self.word()
        if name in ("-ipmatch",):
            return self.in_network(left, right)
        if left is None or right is None:
            return None
        if (is_like := LIKENESS.get(name)) is not None:
            return is_like(left, right)
        if name in _SWAPPED:
            return _compared(_SWAPPED[name], _number(left), _number(right))
        return _compared("==" if name == "=" else name, left, right)

    def member(self, left: str | None) -> bool | None:
        """Evaluate ``in { 'a', 'b' }``."""
        if not self.take("paren", "{"):
            raise _NotUnderstoodError
        words = [self.word()]
        while self.take("paren", ","):
            words.append(self.word())
        if not self.take("paren", "}"):
            raise _NotUnderstoodError
        if left is not None and left in words:
            return True
        return None if left is None or None in words else False

    def matched(self, left: str | None, operator: str) -> bool | None:
        if not self.rest or self.rest[-1].kind not in ("regex", "hash"):
            raise _NotUnderstoodError
        token = self.rest.pop()
        if left is None or set(token.flags) - {"i"}:
            return None
        found = search(token.text, left, nocase="i" in token.flags)
        return None if isinstance(found, Unknown) else (found is not None) is (operator == "=~")

    @staticmethod
    def in_network(address: str | None, network: str | None) -> bool | None:
        from ipaddress import ip_address, ip_network

        try:
            return ip_address(address or "") in ip_network(network or "", strict=False)
        except ValueError:
            return None


def _number(text: str) -> int:
    found = re.match(r"\s*[-+]?\d+", text, re.ASCII)
    return int(found[0][:18]) if found else 0


def _compared(operator: str, left: str | int, right: str | int) -> bool | None:
    order = (left > right) - (left < right)  # type: ignore[operator]
    wanted = {"==": (0,), "!=": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}.get(operator)
    return None if wanted is None else order in wanted
