"""A bound on the steps that a backtracking matcher takes for a regular expression, computed before it runs.

It is an upper bound for the worst text of a given length, computed from the expression alone, so that the same input has the
same answer on every machine. Matching is slow where a choice may be taken back: the number of repetitions of ``a*`` is such a
choice only where the next part may begin with an ``a``, too. So the bytes that each part may begin with are compared with
those of the part after it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile, zip_longest
from math import inf, log
from typing import Any, TypeAlias

from modwsgi_fix.tuples import NamedTuple

#: The bytes that a part may begin with, as a bit set; the last bit stands for the end of the text.
_END = 1 << 256
_ANY = _END - 1
_EVERYTHING = _ANY | _END
#: The most alternatives that are compared to tell whether only one of them can match, and the length of the comparison.
_MOST_COMPARED, _PREFIX = 60, 12
#: More successive choices than any budget allows.
_MOST_CHOICES = 24
#: The logarithm of a number of steps that is more than any budget and still fits into a float.
_MOST_LOG = 200


#: A number of steps as a sum: the factor at place d counts the ways to cut a text of n characters with d cuts, which are
#: C(n + d, d).
_Steps: TypeAlias = tuple[float, ...]

_NONE: _Steps = ()
_ONE: _Steps = (1,)
_EACH: _Steps = (0, 1)
_ENDLESS: _Steps = (inf,)


def _sum(*numbers: _Steps) -> _Steps:
    return tuple(sum(factors) for factors in zip_longest(*numbers, fillvalue=0))


def _product(first: _Steps, second: _Steps) -> _Steps:
    """Return the steps of the second for each of the first, on the rest of the text."""
    if len(first) + len(second) - 1 > _MOST_CHOICES:
        return _ENDLESS if any(first) and any(second) else _NONE
    factors = [0.0] * max(len(first) + len(second) - 1, 0)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            factors[i + j] += a * b if a and b else 0
    return tuple(factors)


def _at(number: _Steps, length: int) -> float:
    """Return the number of steps for a text of a length."""
    total, ways = 0.0, 1.0
    for degree, factor in enumerate(number):
        ways *= (length + degree) / degree if degree else 1
        total += factor * ways if factor else 0
    return total


class _Rest(NamedTuple):
    """The parts that follow: what these may begin with, and whether they can fail, so that earlier choices are taken back."""

    first: int
    fails: bool


class _Load(NamedTuple):
    """The cost of a part: its own steps, and how often the parts after it are begun."""

    own: _Steps
    ways: _Steps


def steps(parsed: Any, length: int) -> float:
    """Return the most steps of a search in ``length`` bytes. ``parsed`` is a result of ``re._parser.parse`` for bytes."""
    return cost(parsed, length)(length)


def cost(parsed: Any, longest: int) -> Callable[[int], float]:
    """Return a function from every length up to ``longest`` to ``steps``; the expression is analysed once."""
    analysis = _Analysis(longest)
    nodes = list(parsed)
    end = len(nodes)
    while end and _cannot_fail(str(nodes[end - 1][0]), nodes[end - 1][1]):
        end -= 1
    rest = _Rest(_EVERYTHING, fails=False)
    searched, _ = analysis.sequence(nodes[:end], rest)
    # The end of the expression is begun only once: then a match has been found.
    finish, _ = analysis.sequence(nodes[end:], rest)
    begins = _ONE if begins_anchored(parsed) else _EACH
    total = _sum(_product(searched.own, begins), finish.own, _EACH)
    return lambda length: _at(total, length)


def begins_anchored(parsed: Any) -> bool:
    """Whether a search need be tried only at the start, because the expression begins with ``^`` or ``.*``."""
    for operation, value in parsed:
        name = str(operation)
        if name == "SUBPATTERN":
            return begins_anchored(value[3])
        if name == "AT":
            return str(value) in ("AT_BEGINNING", "AT_BEGINNING_STRING")
        return begins_with_anything(parsed)
    return False


def begins_with_anything(parsed: Any) -> bool:
    """Whether an expression begins with ``.*``, so that without a match from the start there is no later one.

    False for one with references to the group around ``.*``.
    """
    if any(str(operation) == "GROUPREF" for operation, _ in _walk(parsed)):
        return False
    return _begins_with_anything(parsed)


def _begins_with_anything(parsed: Any) -> bool:
    for operation, value in parsed:
        name = str(operation)
        if name == "SUBPATTERN":
            return _begins_with_anything(value[3])
        return (
            name in ("MAX_REPEAT", "MIN_REPEAT")
            and value[0] == 0
            and int(value[1]) >= 1 << 31
            and [str(inner) for inner, _ in value[2]] == ["ANY"]
        )
    return False


def _walk(parsed: Any) -> Any:
    stack = [parsed]
    while stack:
        for operation, value in stack.pop():
            yield operation, value
            stack += _inner(str(operation), value)


def _inner(name: str, value: Any) -> list[Any]:
    """Return the sequences within a node."""
    if name == "SUBPATTERN":
        return [value[3]]
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return [value[2]]
    if name == "BRANCH":
        return list(value[1])
    if name in ("ASSERT", "ASSERT_NOT"):
        return [value[1]]
    return [value] if name == "ATOMIC_GROUP" else []


def _single(name: str, value: Any) -> int | None:
    """Return the bytes of which a node matches one, in either case; None for any other node."""
    if name == "ANY":
        return _ANY
    if name == "LITERAL":
        return _folded(1 << int(value))
    if name == "NOT_LITERAL":
        return _ANY & ~(1 << int(value))
    return _folded(_members(value)) if name == "IN" else None


def _members(value: Any) -> int:
    mask = 0
    negated = False
    for operation, what in value:
        name = str(operation)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            mask |= 1 << what
        elif name == "RANGE":
            mask |= (1 << what[1] + 1) - (1 << what[0])
        else:
            return _ANY
    return _ANY & ~mask if negated else mask


_UPPER = ((1 << 26) - 1) << ord("A")


def _folded(mask: int) -> int:
    """Return a set of bytes with the other case of each letter: too many bytes only make the bound higher."""
    return mask | (mask & _UPPER) << 32 | (mask >> 32) & _UPPER


class _Analysis:
    def __init__(self, length: int) -> None:
        self.length = length
        #: The first bytes of sequences, by their identity, since nested loops would ask again and again.
        self.known: dict[int, tuple[int, bool]] = {}

    # -- first bytes -------------------------------------------------------------------------------

    def begins(self, parsed: Any) -> tuple[int, bool]:
        """Return the bytes that a sequence may begin with, and whether it may be empty."""
        found = self.known.get(id(parsed))
        if found is None:
            found = self.known[id(parsed)] = self.nodes_begin(parsed)
        return found

    def nodes_begin(self, nodes: Any) -> tuple[int, bool]:
        mask = 0
        for operation, value in nodes:
            first, empty = self.node_begins(str(operation), value)
            mask |= first
            if not empty:
                return mask, False
        return mask, True

    def node_begins(self, name: str, value: Any) -> tuple[int, bool]:
        single = _single(name, value)
        if single is not None:
            return single, False
        if name == "AT":
            return (_END, False) if str(value) == "AT_END_STRING" else (0, True)
        if name in ("SUBPATTERN", "ATOMIC_GROUP"):
            return self.begins(_inner(name, value)[0])
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            mask, empty = self.begins(value[2])
            return mask, empty or value[0] == 0
        if name == "BRANCH":
            alternatives = [self.begins(one) for one in value[1]]
            mask = 0
            for first, _ in alternatives:
                mask |= first
            return mask, any(empty for _, empty in alternatives)
        if name == "ASSERT" and value[0] == 1:
            mask, empty = self.begins(value[1])
            return (_EVERYTHING, False) if empty else (mask, False)
        # It may take more than a look at the next byte before it fails.
        return _EVERYTHING, False

    # -- cost ----------------------------------------------------------------------------------------

    def sequence(self, parsed: list[Any], rest: _Rest) -> tuple[_Load, _Rest]:
        load = _Load(_NONE, _ONE)
        for operation, value in reversed(parsed):
            name = str(operation)
            part = self.node(name, value, rest)
            load = _Load(_sum(part.own, _product(part.ways, load.own)), _product(part.ways, load.ways))
            mask, empty = self.node_begins(name, value)
            rest = _Rest(mask | rest.first if empty else mask, rest.fails or not _cannot_fail(name, value))
        return load, rest

    def node(self, name: str, value: Any, rest: _Rest) -> _Load:
        if _single(name, value) is not None or name == "AT":
            return _Load(_ONE, _ONE)
        if name == "SUBPATTERN":
            return self.sequence(list(value[3]), rest)[0]
        if name == "BRANCH":
            return self.branch(value[1], rest)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            return self.repeat(value, rest)
        if name == "POSSESSIVE_REPEAT":
            return _Load(self.repeat(value, _Rest(_EVERYTHING, fails=False)).own, _ONE)
        if name in ("ASSERT", "ASSERT_NOT", "ATOMIC_GROUP"):
            inner = _inner(name, value)[0]
            return _Load(_sum(self.sequence(list(inner), _Rest(_EVERYTHING, fails=False))[0].own, _ONE), _ONE)
        # A reference to a group compares as many bytes as the group matched.
        return _Load(_EACH, _ONE)

    def branch(self, alternatives: list[Any], rest: _Rest) -> _Load:
        loads = [self.sequence(list(one), rest)[0] for one in alternatives]
        own = _sum((len(loads),), *(load.own for load in loads))
        if not rest.fails:
            return _Load(own, _ONE)
        ways = [load.ways for load in loads]
        if self.exclude_each_other(alternatives, rest):
            return _Load(own, tuple(max(factors) for factors in zip_longest(*ways, fillvalue=0)))
        return _Load(own, _sum(*ways))

    def exclude_each_other(self, alternatives: list[Any], rest: _Rest) -> bool:
        """Whether at most one of these alternatives can match at a place."""
        if len(alternatives) > _MOST_COMPARED:
            return False
        prefixes = [self.prefix(one, rest) for one in alternatives]
        return all(
            any(not a & b for a, b in zip(one, other, strict=False))
            for at, one in enumerate(prefixes)
            for other in prefixes[:at]
        )

    def prefix(self, parsed: Any, rest: _Rest) -> list[int]:
        """Return the sets of the first bytes, one by one, of an alternative and the parts after it."""
        nodes = list(parsed)
        singles = [_single(str(operation), value) for operation, value in nodes[:_PREFIX]]
        found = [single for single in takewhile(lambda single: single is not None, singles) if single is not None]
        mask, empty = self.nodes_begin(nodes[len(found) :])
        return [*found, mask | rest.first if empty else mask]

    def repeat(self, value: Any, rest: _Rest) -> _Load:
        least, most, body = int(value[0]), int(value[1]), value[2]
        mask, empty = self.begins(body)
        apart = not empty and not mask & rest.first
        if len(body) == 1 and _single(str(body[0][0]), body[0][1]) is not None:
            own = _EACH if most >= self.length else (most + 1,)
        else:
            shortest = body.getwidth()[0]
            times = min(most, self.length // shortest if shortest else max(self.length, least) + 1)
            following = rest.first if most == 1 else mask | rest.first
            load, _ = self.sequence(list(body), _Rest(following, fails=rest.fails or least > 1))
            if not _is_one(load.ways):
                own = _product(_powers(load.ways, times - 1), _sum(load.own, _ONE))
                return _Load(_sum(own, _ONE), _powers(load.ways, times) if rest.fails else _ONE)
            own = _product((times + 1,), _sum(load.own, _ONE))
            if rest.fails and not any(str(operation).startswith("ASSERT") for operation, _ in _walk(body)):
                # Each pass looks only at its own part of the text.
                own = _sum(load.own, (times * (sum(load.own) + 1),))
        if not rest.fails or apart or least == most:
            return _Load(_sum(own, _ONE), _ONE)
        return _Load(own, _EACH if most - least >= self.length else (most - least + 1,))


def _cannot_fail(name: str, value: Any) -> bool:
    """Whether a node matches at every place, at least an empty text."""
    if name in ("SUBPATTERN", "BRANCH"):
        return any(all(_cannot_fail(str(inner), what) for inner, what in one) for one in _inner(name, value))
    return name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0] == 0


def _is_one(number: _Steps) -> bool:
    return number[:1] == (1,) and not any(number[1:])


def _power(factor: float, times: int) -> float:
    """Return a power of a factor; infinity where a float cannot hold it."""
    return inf if factor > 1 and times * log(factor) > _MOST_LOG else float(factor) ** times


def _powers(ways: _Steps, times: int) -> _Steps:
    """Return the ways of all numbers of repetitions from 0 to ``times`` together."""
    if any(ways[1:]) and times > _MOST_CHOICES:
        return _ENDLESS
    if not any(ways[1:]):
        return (_power(ways[0], times) * (times + 1),)
    total = power = _ONE
    for _ in range(times):
        power = _product(power, ways)
        total = _sum(total, power)
    return total
