"""Named tuples are equal to those of ``typing``, but for when their constructors are compiled."""

from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys
import typing
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

import pytest
from support import ROOT

from modwsgi_fix import tuples

T = TypeVar("T")


class Theirs(typing.NamedTuple):
    """A place."""

    line: int
    column: int = 1
    names: tuple[str, ...] = ()

    def sum(self) -> int:
        return self.line + self.column

    @property
    def twice(self) -> int:
        return self.line * 2

    @classmethod
    def first(cls) -> Any:
        return cls(1)


class Ours(tuples.NamedTuple):
    """A place."""

    line: int
    column: int = 1
    names: tuple[str, ...] = ()

    def sum(self) -> int:
        return self.line + self.column

    @property
    def twice(self) -> int:
        return self.line * 2

    @classmethod
    def first(cls) -> Any:
        return cls(1)


class Below(Ours):
    """A class below one with fields has no others."""

    more: int = 5


class Way(tuples.NamedTuple, Generic[T]):
    value: T


class Empty(tuples.NamedTuple):
    pass


def _matched(one: Any) -> Any:
    match one:
        case Ours(line, column) | Theirs(line, column):
            return line, column
    return None


QUESTIONS: list[Callable[[Any], Any]] = [
    lambda kind: kind(1),
    lambda kind: kind(1, 2),
    lambda kind: kind(line=3, names=("a",)),
    lambda kind: kind(1, column=2)._asdict(),
    lambda kind: kind(1)._replace(column=9),
    lambda kind: kind(1)._replace(other=9),
    lambda kind: kind._make([1, 2, ("b",)]),
    lambda kind: kind._make([]),
    lambda kind: repr(kind(1, 2)).replace("Ours", "Theirs"),
    lambda kind: kind(1, 2).line,
    lambda kind: kind(1, 2).names,
    lambda kind: kind(4).sum(),
    lambda kind: kind(4).twice,
    lambda kind: kind.first(),
    lambda kind: kind._fields,
    lambda kind: kind._field_defaults,
    lambda kind: kind.__match_args__,
    lambda kind: kind.__slots__,
    lambda kind: kind.__doc__,
    lambda kind: kind.line.__doc__,
    lambda kind: kind.__annotations__.keys(),
    lambda kind: typing.get_type_hints(kind),
    lambda kind: pickle.loads(pickle.dumps(kind(1, 2))),
    lambda kind: copy.deepcopy(kind(1, names=("c",))),
    lambda kind: hash(kind(1, 2)) == hash((1, 2, ())),
    lambda kind: sorted([kind(2), kind(1)]),
    lambda kind: _matched(kind(6, 7)),
    lambda kind: vars(kind(1)),
    lambda kind: kind(),
    lambda kind: kind(1, 2, (), 4),
    lambda kind: kind(1, lines=2),
    lambda kind: kind(1, line=2),
    lambda kind: setattr(kind(1), "line", 2),
    lambda kind: setattr(kind(1), "other", 2),
    lambda kind: kind.__new__.__name__,
    lambda kind: isinstance(kind(1), tuple),
]


def _answer(question: Callable[[Any], Any], kind: Any) -> tuple[str, Any]:
    try:
        return "is", question(kind)
    except Exception as error:
        # Without the name of the class, and without words that differ between versions of Python.
        said = re.sub(r"Ours|Theirs", "", str(error))
        return type(error).__name__, "" if any(
            word in said for word in ("_replace", "unexpected field", "Expected")
        ) else said


@pytest.mark.parametrize("at", range(len(QUESTIONS)))
def test_they_answer_alike(at: int) -> None:
    theirs, ours = (_answer(QUESTIONS[at], kind) for kind in (Theirs, Ours))
    if theirs[1] == "":
        # A field that is not there, or too few: typing says ValueError before Python 3.13, and TypeError from then on.
        assert ours[0] in ("TypeError", "ValueError")
        assert theirs[0] in ("TypeError", "ValueError")
        return
    assert ours == theirs


def test_a_class_below_has_the_same_fields() -> None:
    assert Below(1) == (1, 1, ())
    assert type(Below(1)) is Below
    assert Below._fields == ("line", "column", "names")
    assert Below(1)._replace(line=2) == (2, 1, ())
    assert Below.more == 5


def test_generic_ones_and_those_without_fields() -> None:
    assert Way[int](3).value == 3
    assert Way("a") == ("a",)
    assert Empty() == ()
    assert repr(Empty()) == "Empty()"
    with pytest.raises(TypeError):
        tuples.NamedTuple("Name", [])  # type: ignore[misc]


def test_a_constructor_is_compiled_for_the_first_instance() -> None:
    class Late(tuples.NamedTuple):
        one: int

    before = Late.__new__
    assert Late(1) == (1,)
    assert Late.__new__ is not before
    assert Late(2).one == 2


def _modules() -> list[Path]:
    return [path for root in ("fixer", "rules") for path in sorted((ROOT / root).rglob("*.py"))]


def test_all_named_tuples_and_expressions_of_the_program_are_of_this_kind() -> None:
    own = {ROOT / "fixer/modwsgi_fix/tuples.py", ROOT / "fixer/modwsgi_fix/expressions.py"}
    for path in _modules():
        source = path.read_text(encoding="utf-8")
        if path not in own:
            assert not re.search(r"^from typing import .*\bNamedTuple\b", source, re.M), path
            # With a method at once, it is compiled at once: what each run asks.
            assert not re.search(r"^\w+(?:: .*)? = re\.compile\((?!.*\)\.\w+$)", source, re.M), path
        # It is the compiled one, which nothing else is.
        assert not re.search(r"\.re (?:is|==) ", source), path
        if "(NamedTuple" in source:
            assert "from __future__ import annotations" in source, f"{path}: without it a named tuple has no fields"


def test_a_run_on_a_small_file_compiles_few_expressions(tmp_path: Path) -> None:
    (tmp_path / "site.conf").write_text("ServerName www.example.com\n")
    code = (
        "import re, sys; real, count = re._compiler.compile, []\n"
        "re._compiler.compile = lambda *given: count.append(given[0]) or real(*given)\n"
        "import os; os._exit = sys.exit\n"
        "from modwsgi_fix.cli import main\n"
        "import atexit; atexit.register(lambda: print(len(count)))\n"
        "sys.argv = ['modwsgi-fix', 'site.conf']; main()\n"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said.stdout.startswith("No findings"), said.stderr
    assert int(said.stdout.split()[-1]) < 70


def test_an_expression_is_compiled_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    from modwsgi_fix import expressions

    compiled: list[object] = []
    fake = ModuleType("re")
    fake.compile = lambda *given: compiled.append(given) or re.compile(*given)  # type: ignore[attr-defined,func-returns-value]
    monkeypatch.setattr(expressions, "re", fake)
    late = expressions.expression("(a+)(?P<b>b)", re.I)
    assert not compiled
    assert late.search("xAab")
    assert late.sub("-", "aab") == "-"
    assert late.findall("ab AB") == [("a", "b"), ("A", "B")]
    assert late.pattern == "(a+)(?P<b>b)"
    assert late.groups == 2
    assert dict(late.groupindex) == {"b": 2}
    assert late.flags & re.I
    assert len(compiled) == 1
    with pytest.raises(AttributeError):
        _ = late.nothing  # type: ignore[attr-defined]
    assert expressions.expression(b"\\d").search(b"1")
