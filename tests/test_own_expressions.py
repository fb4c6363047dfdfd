"""This program's own regular expressions take no longer than the text is long, whatever stands in it.

Each that is written in the source is tried, in the ways that its module uses it, on long texts that are made for it: of the
bytes that each of its repetitions takes, behind what stands before that, and with what comes next missing. A pattern that
would look at such a text in pairs is stopped long before its end.
"""

from __future__ import annotations

import ast
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from types import FrameType
from typing import Any, NamedTuple

import pytest
from support import ROOT

from modwsgi_fix.model.request.samples import _text

pytestmark = pytest.mark.slow

#: Characters of a text; seconds of the processor after which a search is stopped, which a linear one takes a thousandth of.
LENGTH, SECONDS = 60_000, 2.0
_ALIKE = dict.fromkeys(("search", "sub", "subn", "split", "findall"), "finditer")
_WAYS = frozenset({"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})

#: Modules that keep expressions in tables, and how they use them.
_TABLES = {"fixer/modwsgi_fix/model/language.py": {"match"}}
#: Expressions that look at some texts in pairs, and why no long text reaches them: by module and what they begin with.
SHORT = {
    ("fixer/modwsgi_fix/effect/classes.py", ".* (?:maps it to"): "a step of a trace, no longer than a path and a URL",
    ("fixer/modwsgi_fix/examples.py", "^(?P<indent>"): "the manual pages of rules",
}


class Own(NamedTuple):
    """An expression of the source, and the methods that it is used by."""

    module: str
    line: int
    pattern: str | bytes
    flags: int
    ways: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.module}:{self.line}"


def _constant(node: ast.expr) -> str | bytes | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _constant(node.left), _constant(node.right)
        return None if left is None or right is None else left + right  # type: ignore[operator]
    if isinstance(node, ast.JoinedStr):
        # What is put in is a table of characters or a name: one of them stands for all.
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) else None


def _flags(call: ast.Call) -> int:
    names = {
        node.attr
        for argument in [*call.args[1:], *(one.value for one in call.keywords)]
        for node in ast.walk(argument)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "re"
    }
    found = 0
    for name in names:
        found |= int(getattr(re, name, 0))
    return found


def own(path: Path) -> Iterator[Own]:
    """The expressions that stand in a module."""
    source = path.read_text(encoding="utf-8")
    if not re.search(r"\bre\.|\bexpression\(", source):
        return
    tree = ast.parse(source)
    module = path.relative_to(ROOT).as_posix()
    names: dict[int, str] = {}
    direct: dict[int, set[str]] = {}
    used: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {id(node.value): target.id for target in targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in _WAYS:
            used.setdefault(node.value.id, set()).add(node.attr)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call) and node.attr in _WAYS:
            direct.setdefault(id(node.value), set()).add(node.attr)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        function = ast.unparse(node.func)
        pattern = _constant(node.args[0])
        if pattern is not None and function in {"expression", "re.compile", *(f"re.{way}" for way in _WAYS)}:
            seen = direct.get(id(node)) or used.get(names.get(id(node), "")) or _TABLES.get(module, set(_WAYS))
            ways = {function.removeprefix("re.")} & _WAYS or seen
            # All that look for it everywhere go on where the last one ended.
            yield Own(module, node.lineno, pattern, _flags(node), frozenset(_ALIKE.get(way, way) for way in ways))


def _everything() -> list[Own]:
    paths = [path for root in ("fixer", "rules") for path in sorted((ROOT / root).rglob("*.py"))]
    return [one for path in paths for one in own(path)]


def texts(tree: Any) -> Iterator[str]:
    """Long texts that an expression may be slow on."""
    for before, taken in _repetitions(list(tree), ""):
        for unit in dict.fromkeys((taken, before + taken, before, f"{before}{taken}\n", f"{taken}\n")):
            if unit:
                run = unit * (LENGTH // len(unit))
                yield from (f"{run}\x01", f"{before}{run}\x01", f"\n{run}\n\x01\n")


def _repetitions(nodes: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """What each repetition without an end takes once, and a text that leads to it."""
    for operation, value in nodes:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            if int(value[1]) > 100:
                yield before, _sample(value[2])
            yield from _repetitions(list(value[2]), before)
        elif name == "BRANCH":
            for one in value[1]:
                yield from _repetitions(list(one), before)
        elif name in ("SUBPATTERN", "ASSERT", "ASSERT_NOT", "ATOMIC_GROUP"):
            inner = value[3] if name == "SUBPATTERN" else value if name == "ATOMIC_GROUP" else value[1]
            yield from _repetitions(list(inner), before)
        before += _sample([(operation, value)])


def _sample(nodes: Any) -> str:
    try:
        return _text(nodes, {})
    except (ValueError, OverflowError, NotImplementedError, StopIteration, TypeError):
        return ""


class _TooSlowError(Exception):
    pass


def _stop(number: int, frame: FrameType | None) -> None:
    raise _TooSlowError


def _is_quick(work: Callable[[], object]) -> bool:
    """Whether it ends; it is stopped where it does not."""
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        work()
    except _TooSlowError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return True


def _work(one: Own, way: str, text: str) -> Callable[[], object]:
    regex = re.compile(one.pattern, one.flags)
    subject: Any = text.encode("utf-8", "surrogatepass") if isinstance(one.pattern, bytes) else text
    if way == "finditer":
        return lambda: sum(1 for _ in regex.finditer(subject))
    return lambda: getattr(regex, way)(subject)


def slow(one: Own) -> list[str]:
    """The ways in which an expression is slow, with the text."""
    tree = _parser.parse(one.pattern, one.flags & ~(re.UNICODE if isinstance(one.pattern, bytes) else 0))
    return next(
        (
            [f"{way} on {text[:30]!r}"]
            for text in dict.fromkeys(texts(tree))
            for way in sorted(one.ways)
            if not _is_quick(_work(one, way, text))
        ),
        [],
    )


@pytest.mark.parametrize("one", _everything(), ids=lambda one: one.name)
def test_an_expression_of_the_source_is_linear(one: Own) -> None:
    if any(one.module == module and str(one.pattern).startswith(begin) for module, begin in SHORT):
        return
    assert not slow(one)


@pytest.mark.parametrize(("module", "begin"), SHORT)
def test_what_is_listed_is_there(module: str, begin: str) -> None:
    assert any(one.module == module and str(one.pattern).startswith(begin) for one in _everything())


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        (r"\s*$", "search"),
        (r"a.*b", "search"),
        (r"(a+)+$", "match"),
        (r"\s*\w+\s*\w*=", "match"),
    ],
)
def test_one_that_is_not_linear_is_found(pattern: str, ways: str) -> None:
    assert slow(Own("x", 1, pattern, 0, frozenset({ways})))


def test_python_warns_of_none_of_our_sources() -> None:
    """Escapes that the next Python reads otherwise, and the like; of expressions that `re` warns of, every test fails."""
    for top in ("fixer", "rules", "tools", "benchmarks", "tests"):
        for path in sorted((ROOT / top).rglob("*.py")):
            compile(path.read_text("utf-8"), str(path), "exec", dont_inherit=True)


def test_a_warning_is_an_error_here() -> None:
    with pytest.raises(FutureWarning):
        re.compile("[[]a-b[[:x]")
    with pytest.raises(SyntaxError):
        compile(r"'\d'", "a.py", "exec")
