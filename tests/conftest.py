"""The command line as a fixture; and what pytest says at the end about the proofs on a real server, counted in every process
that ran some."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from support import Outcome, Run

from modwsgi_fix.cli import main

pytest_plugins = ["sampling"]

# A busy machine is no failure; and CI tries the same examples each time, so that what is green stays green.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session", autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What writes keep for undo does not go to whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs the command line in an empty directory; ``stdin`` are bytes."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "MODWSGI_FIX_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        code = main(words)
        out, err = capfdbinary.readouterr()
        return Outcome(code, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape"))

    return run


@pytest.fixture
def deep_path() -> Iterator[Path]:
    """A directory for trees that are deeper than shutil.rmtree goes, which tidies pytest's own."""
    top = tempfile.mkdtemp(prefix="deep-")
    yield Path(os.path.realpath(top))
    subprocess.run(["rm", "-rf", top], check=True)


@pytest.fixture
def unprivileged(run: Run, tmp_path: Path) -> Iterator[Run]:
    """As ``run``, by a user whom permissions bind, also where the tests are run by root."""
    import modwsgi_fix.files.writing  # noqa: F401  (that user may not be able to read the installation)
    import modwsgi_fix.second_reader as second_reader

    run("rule")
    second_reader.shape_of_second("Listen 80")

    def unprivileged(*words: str) -> Outcome:
        with (tmp_path.parent / "out").open("w+b") as out, (tmp_path.parent / "err").open("w+b") as err:
            pid = os.fork()
            if pid == 0:
                code = 99
                try:
                    os.dup2(out.fileno(), 1)
                    os.dup2(err.fileno(), 2)
                    sys.stdout = os.fdopen(1, "w", closefd=False)
                    sys.stderr = os.fdopen(2, "w", closefd=False)
                    if os.geteuid() == 0:
                        os.setegid(65534)
                        os.seteuid(65534)
                    code = main(words)
                finally:
                    os._exit(code)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            for file in (out, err):
                file.seek(0)
            return Outcome(code, out.read().decode(), err.read().decode())

    for directory in [tmp_path, *tmp_path.parents]:
        if directory.stat().st_uid == os.geteuid() and directory.is_relative_to("/tmp"):
            directory.chmod(directory.stat().st_mode | 0o755)
    yield unprivileged
    for path in tmp_path.rglob("*"):
        path.chmod(0o755)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What tests/test_corpus.py can write anew."""
    parser.addoption(
        "--write-expected", action="store_true", help="write corpus/*/expected/ anew, to be read by a person"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Sum the numbers that tests/httpd recorded as properties of its tests, in every process that ran some."""
    counted: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            # One test has a report for each of its phases; what it recorded is complete with the last.
            if getattr(report, "when", None) == "teardown":
                for name, value in report.user_properties:
                    if name == "real_reason":
                        reasons[value] += 1
                    elif name.startswith(
                        ("httpd_", "real_", "trace_", "company_", "promise_", "interrupted_", "safe_")
                    ):
                        counted[name] += value
    if disturbed := {name: number for name, number in counted.items() if name.startswith("interrupted_")}:
        words = {
            "runs": "at calls of the system",
            "signals": "by signals",
            "pairs": "by another run",
            "full": "by a full disk",
        }
        told = [
            f"{disturbed[f'interrupted_{name}']} {text}"
            for name, text in words.items()
            if f"interrupted_{name}" in disturbed
        ]
        terminalreporter.write_line(f"disturbed runs: {', '.join(told)}")
    if counted["safe_fixes"]:
        terminalreporter.write_line(
            f"safe fixes asked of httpd: {counted['safe_fixes']} in {counted['safe_servers']} servers that it accepted"
        )
    for what in ("grammar", "usual", "corpus"):
        if pairs := counted[f"trace_{what}_pairs"]:
            unknown = counted[f"trace_{what}_unknown"]
            terminalreporter.write_line(
                f"trace, {what}: {pairs} (configuration, request) pairs, {unknown} unknown to the model ({unknown / pairs:.1%})"
            )
    if not counted["httpd_servers"] and not counted["httpd_trees"]:
        return
    terminalreporter.section("on a real httpd")
    if counted["httpd_trees"]:
        terminalreporter.write_line(
            f"{counted['httpd_trees']} files read to the same tree, {counted['httpd_refusals']} refused by both"
        )
    if not counted["httpd_servers"]:
        return
    terminalreporter.write_line(
        f"{counted['httpd_cases']} cases, {counted['httpd_probes']} probes, "
        f"{counted['httpd_caught']} of {counted['httpd_mutants']} mutations caught, "
        f"{counted['httpd_equivalent']} equivalent; "
        f"{counted['httpd_servers']} servers, {counted['httpd_milliseconds'] / counted['httpd_servers']:.0f} ms each"
    )
    if counted["real_files"]:
        terminalreporter.write_line(_real(counted, reasons))
    if counted["company_guests"]:
        terminalreporter.write_line(
            f"in company: {counted['company_guests']} configurations, {counted['company_equal']} answers equal, "
            f"{counted['company_declared']} changed as declared"
        )
    if counted["promise_servers"]:
        terminalreporter.write_line(_promise(counted))


def _promise(counted: Counter[str]) -> str:
    """One line on the composed servers: what their fixes did, word for word."""
    words = ("unlocked", "lost", "opened", "closed", "restricted", "moved", "regained")
    did = ", ".join(
        f"{sum(counted[f'promise_{level}_{word}'] for level in ('safe', 'repair'))} {word}" for word in words
    )
    return (
        f"composed servers: {counted['promise_servers']}, {counted['promise_safe']} changed by safe fixes, "
        f"{counted['promise_repair']} by repairs; {counted['promise_equal']} answers equal, {did} "
        f"({counted['promise_undeclared']} not declared)"
    )


def _real(counted: Counter[str], reasons: Counter[str]) -> str:
    """One line on the real configurations; those without a reason start once they are fixed."""
    why = ", ".join(f"{number} {reason}" for reason, number in reasons.most_common() if reason)
    return (
        f"real configurations: {counted['real_started']} of {counted['real_files']} started, {reasons['']} more once "
        f"fixed, the application answers in {counted['real_answering']}; {counted['real_safe']} changed by safe fixes, {counted['real_repair']} by repairs; "
        f"{counted['real_equal']} answers equal, {counted['real_declared']} changed as declared; not started: {why}"
    )
