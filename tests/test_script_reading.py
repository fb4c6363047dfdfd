"""How often scripts are read: once by Python's parser, and by libcst only where a cheaper look has not settled it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from support import Run, job_of

from modwsgi_fix import api
from modwsgi_fix.engine import check
from modwsgi_fix.rule import all_rules
from modwsgi_fix.script import remembered
from modwsgi_fix.script import source as source_module
from modwsgi_fix.script.faults import fault_of
from modwsgi_fix.script.loading import bound_at_top

_LOG_IN = "auth-script-result"
_SCRIPT = "import os\nos.environ['N'] = '{}'\n\n\ndef application(environ, start_response):\n    return [b'{}']\n"


def _checked(texts: dict[str, str]) -> None:
    mounts = "".join(f"WSGIScriptAlias /{n} {path}\n" for n, path in enumerate(texts))
    check(job_of({"/site.conf": mounts, **texts}, *all_rules().values(), paths=["/site.conf"]))


def test_each_of_many_scripts_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = ast.parse
    monkeypatch.setattr(source_module.ast, "parse", lambda text, *rest: parsed.append(text) or parse(text, *rest))
    texts = {f"/srv/many/{n}.wsgi": _SCRIPT.format(n, "many") for n in range(150)}
    _checked(texts)
    assert sorted(text for text in parsed if "b'many'" in text) == sorted(texts.values())


def test_libcst_is_not_asked_about_a_script_that_binds_its_application(monkeypatch: pytest.MonkeyPatch) -> None:
    import libcst

    def refuse(text: str) -> None:
        raise AssertionError(text)

    monkeypatch.setattr(libcst, "parse_module", refuse)
    _checked({f"/srv/few/{n}.wsgi": _SCRIPT.format(n, "few") for n in range(3)})


_NO_LIBCST = "note: WSGI scripts are not checked in full (libcst is not installed)"


@pytest.fixture
def without_libcst(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where libcst is not installed; what other tests had it read is forgotten."""
    monkeypatch.setitem(sys.modules, "libcst", None)
    monkeypatch.setattr(remembered, "_MOST", 0)


def scripts(tmp_path: Path, **texts: str) -> str:
    """A directory of scripts, each mounted by a line of its ``site.conf``."""
    mounts = [f"WSGIScriptAlias /{name} {tmp_path}/{name}.wsgi\n" for name in texts]
    for name, text in texts.items():
        (tmp_path / f"{name}.wsgi").write_text(text)
    (tmp_path / "site.conf").write_text("".join(mounts))
    return "site.conf"


@pytest.mark.usefixtures("without_libcst")
@pytest.mark.parametrize("how", [(), ("--diff",), ("--write",)])
def test_without_libcst_scripts_are_said_to_be_unchecked(run: Run, tmp_path: Path, how: tuple[str, ...]) -> None:
    under_guard = "def f():\n    pass\n\n\nif __name__ == '__main__':\n    f.application = f\n"
    conf = scripts(tmp_path, guarded=under_guard, newer="match = (\n", fine="application = print\n")
    outcome = run("--isolated", "--root", "/", *(how or ("--output-format", "full")), conf)
    assert outcome.err.count(_NO_LIBCST) == 1
    assert "bug" not in outcome.out + outcome.err
    assert "error" not in outcome.err
    if not how:
        reason = "not understood: the script is not checked in full: libcst is not installed"
        assert [line for line in outcome.out.splitlines() if "in full" in line] == [
            f"{tmp_path}/{name}.wsgi:1: {reason}" for name in ("guarded", "newer")
        ]


def test_with_libcst_nothing_is_said_of_it(run: Run, tmp_path: Path) -> None:
    outcome = run("--isolated", "--root", "/", scripts(tmp_path, fine="application = print\n"))
    assert "libcst" not in outcome.out + outcome.err


@pytest.mark.usefixtures("without_libcst")
def test_without_libcst_python_2_is_still_known() -> None:
    assert fault_of("print 'x'\n") is not None
    # A newer Python may take it, for all that this one can tell.
    assert fault_of("x = (\n") is None


def test_what_is_remembered_is_bounded_by_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_MOST", 10)
    asked: list[tuple[str, int]] = []

    @remembered.remembered
    def twice(text: str, number: int = 2) -> str:
        asked.append((text, number))
        return text * number

    assert [twice("abcd"), twice("abcd"), twice("abcd", number=3)] == ["abcdabcd", "abcdabcd", "abcdabcdabcd"]
    assert asked == [("abcd", 2), ("abcd", 3)]
    twice("efgh")  # twelve characters together, so the one that was asked about first goes
    twice("abcd")
    assert asked == [("abcd", 2), ("abcd", 3), ("efgh", 2), ("abcd", 2)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b\nfrom c import d as e\n", {"a", "e"}),
        ("x = y = 1\ndef f(): z = 2\nclass G: pass\n", {"x", "y", "f", "G"}),
        ("if x:\n    y = 1\n", set()),
        ("a.b = 1\n", set()),
    ],
)
def test_what_a_script_certainly_binds(text: str, names: set[str]) -> None:
    source = source_module.source_of(text)
    assert source is not None
    assert bound_at_top(source) == names


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("def check_password(environ, user, password):\n    return 'yes'\n", {_LOG_IN}),
        ("def groups_for_user(environ, user):\n    return 'staff'\n", {_LOG_IN}),
        ("def allow_access(environ, host):\n    return 1\n", {_LOG_IN}),
        ("def allow_access(environ, host):\n    return host == '127.0.0.1'\n", set()),
        (
            "def check_password(user):\n    return 'yes'\ndef application(environ, start_response):\n    return []\n",
            set(),
        ),
    ],
)
def test_a_log_in_script_that_is_named_by_itself_is_known_by_what_it_defines(
    text: str, rules: set[str], tmp_path: Path
) -> None:
    (tmp_path / "auth.wsgi").write_text(text)
    found = {one.rule for one in api.load([tmp_path / "auth.wsgi"]).check().findings}
    assert found & {_LOG_IN} == rules


@pytest.mark.slow
def test_a_script_that_is_too_large_is_not_looked_through_and_that_is_said(tmp_path: Path) -> None:
    text = _SCRIPT.format(1, "large") + f"ROWS = [\n{'    (1, 2, 3),' * 50_000}\n]\n"
    assert source_module.source_of(text) is None
    (tmp_path / "large.wsgi").write_text(text)
    checked = api.load([tmp_path / "large.wsgi"]).check()
    assert checked.findings == ()
    assert len(checked.not_understood) == 1
