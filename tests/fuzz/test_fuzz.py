"""Inputs of the day: of each all holds that must hold; and what would find a fault finds one that is planted.

The seed is the day's date, or ``MODWSGI_FIX_FUZZ_SEED``, which ``.ci/run`` makes of the content of the commit. It is printed with
each failure, with the command that repeats it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random

import pytest

from modwsgi_fix.edits import Applicability
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, all_rules
from modwsgi_fix.syntax import parse
from modwsgi_fix.text import decode, encode
from modwsgi_fix.workspace.session import Mended, Session

from . import held, mutators
from .inputs import Input, made
from .material import MOST_LINES, digest, ours
from .running import PORTION, Failure, State, go, note, run, state_of
from .shrinking import shrunk

SEED = int(os.environ.get("MODWSGI_FIX_FUZZ_SEED") or f"{date.today():%Y%m%d}")
#: Inputs of each part; together they take one to two minutes of two processors.
_PARTS, _COUNT = 4, 650
_TESTS = Path(__file__).parents[1]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(_PARTS))
def test_made_inputs(tmp_path: Path, part: int) -> None:
    words = [
        "--seed",
        str(SEED),
        "--first",
        str(part * _COUNT),
        "--count",
        str((part + 1) * _COUNT),
        "--directory",
        str(tmp_path),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "fuzz", *words], cwd=_TESTS, capture_output=True, text=True, errors="backslashreplace", check=False
    )  # fmt: skip
    if done.returncode:
        found = {path: path.read_text("utf-8", "backslashreplace") for path in sorted(tmp_path.rglob("what.txt"))}
        pytest.fail(f"{done.stdout}{done.stderr[-2000:]}" + "\n".join(found.values()), pytrace=False)


# -- inputs --------------------------------------------------------------------------------------------------------------


def test_an_input_is_the_same_each_time() -> None:
    assert [made(5, number, ours()) for number in range(50)] == [made(5, number, ours()) for number in range(50)]
    assert made(5, 1, ours()) != made(6, 1, ours())


def test_inputs_are_short_and_hardly_ever_as_they_were() -> None:
    every = [made(1, number, ours()) for number in range(300)]
    texts = {text for one in ours() for text in one.texts.values()}
    assert all(text.count("\n") <= MOST_LINES for one in every for text in one.texts.values())
    assert sum(set(one.texts.values()) <= texts for one in every) < 30


@pytest.mark.parametrize(
    "mutate", sorted({*sum((*mutators.OF_CONFIGURATIONS, *mutators.OF_SCRIPTS), ())}, key=lambda one: one.__name__),
    ids=lambda one: one.__name__,
)  # fmt: skip
@pytest.mark.parametrize(
    "text", ["", "Listen 80", '<If true>\n  A "b c" \\\n d\n</If>\n', "def f(a):\n    return [a]\n", "\udcff\0\r\n"]
)
def test_a_mutator_takes_any_text_and_changes_most(mutate: mutators.Mutator, text: str) -> None:
    others = ["# other\nA b\n<C d>\n</C>\n", ""]
    found = [mutate(Random(number), text, others) for number in range(30)]
    assert all(decode(encode(one)) == one for one in found)
    assert text.count("\n") < 2 or any(one != text for one in found)


# -- faults that are planted ---------------------------------------------------------------------------------------------

_WSGI = Input(
    {"site.conf": "WSGIDaemonProcess a\nWSGIDaemonProcess a\nWSGIProcessGroup a\n"},
    as_httpd=True,
    thorough=True,
    front=True,
)


def test_of_a_sound_input_nothing_is_said() -> None:
    assert held.faults(_WSGI) == []


def kinds(given: Input) -> list[str]:
    return [line.partition(": ")[0] for line in held.faults(given)]


def test_a_rule_that_fails_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(config: Config) -> Iterator[Diagnostic]:
        raise ZeroDivisionError

    rules = {
        name: rule.with_check(fail) if name == "duplicate-daemon-process" else rule
        for name, rule in all_rules().items()
    }
    monkeypatch.setattr("modwsgi_fix.workspace.plan.known_rules", lambda *plugins: rules)
    assert "rule duplicate-daemon-process failed" in kinds(_WSGI)


def test_a_lost_byte_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "parse", lambda text: parse(text.replace("\r", "")))
    assert "a byte is lost by reading" in kinds(Input({"site.conf": "Listen 80\r\n"}))


def test_what_is_raised_warned_of_or_obeyed_by_a_terminal_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(report: object, format: str, **_: object) -> str:
        if format == "full":
            raise KeyError(format)
        if format == "concise":
            return "\x1b[2J"
        compile("'\\d'", "", "eval")
        return "{}"

    monkeypatch.setattr(held, "render", shown)
    assert {
        "full raised KeyError in test_fuzz.py shown",
        "concise has a control character",
        "json warned of DeprecationWarning",
    } <= {*kinds(_WSGI)}


def test_fixes_that_do_not_end_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    done, first = held.mended, dict[Applicability | None, Session]()

    def again(session: Session, level: Applicability | None = None) -> Mended:
        return done(first.setdefault(level, session), level)

    monkeypatch.setattr(held, "mended", again)
    assert "fixed again at safe by duplicate-daemon-process" in kinds(_WSGI)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Plans are made anew: a test may have other rules."""
    held._plan.cache_clear()
    yield
    held._plan.cache_clear()


# -- runs ----------------------------------------------------------------------------------------------------------------


def failures(fault: Callable[[Input], list[str]], count: int = 3) -> list[Failure]:
    return list(run(1, range(count), ours(), fault, seconds=1))


@pytest.mark.slow
def test_an_input_that_takes_too_long_ends_its_process_and_the_others_are_asked() -> None:
    slow = made(1, 1, ours())

    def held_of(given: Input) -> list[str]:
        while given == slow:
            pass
        return ["asked: "]

    assert [(one.number, one.kind, one.died) for one in failures(held_of)] == [
        (0, "asked", False), (1, "it takes too long", True), (2, "asked", False),
    ]  # fmt: skip


def test_a_process_that_dies_costs_its_input_alone() -> None:
    bad = made(1, 1, ours())

    def held_of(given: Input) -> list[str]:
        if given == bad:
            os._exit(3)
        return []

    assert [(one.number, one.faults) for one in failures(held_of)] == [(1, ["the process dies of exit code 3: "])]


def test_what_fails_is_made_small() -> None:
    given = Input({"a.conf": "Listen 80\nAllow from all # x\nTimeout 5\n", "b.conf": "Timeout 5\n"})
    small = shrunk(given, lambda one: any("from" in text for text in one.texts.values()))
    assert dict(small.texts) == {"a.conf": "from"}


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Sequence[int]] = []
    monkeypatch.setattr("fuzz.running.prepared", lambda materials: None)
    monkeypatch.setattr("fuzz.running.run", lambda seed, numbers, materials: asked.append(numbers) or [])
    path = tmp_path / "7.json"
    assert state_of(path, 7, ours()) == State(7, digest(ours()))
    note(path, State(7, digest(ours()), PORTION, {"a": 1}))
    state = go(state_of(path, 7, ours()), 2 * PORTION + 1, ours(), tmp_path, lambda line: None, command="")
    assert asked == [range(PORTION, 2 * PORTION), range(2 * PORTION, 2 * PORTION + 1)]
    assert state == state_of(path, 7, ours()) == State(7, digest(ours()), 2 * PORTION + 1, {"a": 1})
    assert state_of(path, 8, ours()).next == state_of(path, 7, ours()[:5]).next == 0
