"""One bad thing costs itself alone: what cannot be read, or fails, is named in one line, and the rest is reported and fixed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Run, conf, tree

from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Rule, Severity

OLD = b"NameVirtualHost *:80\nListen 80\n"
NEW = b"Listen 80\n"
REPORTED = "conf/site.conf:1:1: warning: name-virtual-host"


def errors(err: str) -> list[str]:
    return [line.removeprefix("modwsgi-fix: ") for line in err.splitlines() if line.startswith("modwsgi-fix: ")]


# -- what cannot be read -------------------------------------------------------


def pipe(directory: Path) -> str:
    os.mkfifo(directory / "pipe.conf")
    return "conf/pipe.conf: is not a regular file"


def dangling(directory: Path) -> str:
    (directory / "gone.conf").symlink_to("nowhere")
    return "conf/gone.conf: is a link to nowhere: no such file or directory"


def loop(directory: Path) -> str:
    (directory / "loop.conf").symlink_to("loop.conf")
    return "conf/loop.conf: is a link to loop.conf: too many levels of symbolic links"


def zeros(directory: Path) -> str:
    (directory / "zeros.conf").write_bytes(bytes(4096))
    return "conf/zeros.conf: is binary data, not a configuration"


def socket(directory: Path) -> str:
    import socket as sockets

    here = os.getcwd()
    os.chdir(directory)
    try:
        with sockets.socket(sockets.AF_UNIX) as one:
            one.bind("run.conf")
    finally:
        os.chdir(here)
    return "conf/run.conf: is not a regular file"


@pytest.mark.parametrize("plant", [pipe, dangling, loop, zeros, socket])
@pytest.mark.parametrize("whole", [False, True], ids=["fragments", "server"])
def test_what_cannot_be_read_is_one_line(run: Run, tmp_path: Path, plant: object, whole: bool) -> None:  # noqa: FBT001
    directory = conf(tmp_path, site=OLD)
    line = plant(directory)  # type: ignore[operator]
    if whole:
        (directory / "apache2.conf").write_bytes(
            b"<IfModule !x.c>\nInclude *.conf\n</IfModule>\n".replace(b"*", b"[!a]*")
        )
    outcome = run("--isolated", "conf")
    assert errors(outcome.err) == [line]
    assert REPORTED in outcome.out
    assert outcome.code == 2
    written = run("--isolated", "--write", "--no-impact", "conf")
    assert (tmp_path / "conf/site.conf").read_bytes() == NEW
    assert written.code == 2
    for words in (("--diff",), ("trace", "http://a.test/"), ("show",)):
        assert errors(run(*words, "conf").err) == [line]


def test_a_private_directory(unprivileged: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=OLD)
    private = tmp_path / "conf/private"
    private.mkdir()
    (private / "key.conf").write_bytes(b"Listen 81\n")
    private.chmod(0)
    outcome = unprivileged("--isolated", "conf")
    assert errors(outcome.err) == ["conf/private: permission denied"]
    assert REPORTED in outcome.out
    assert outcome.code == 2


def test_a_private_directory_that_a_server_never_names_is_not_looked_into(unprivileged: Run, tmp_path: Path) -> None:
    directory = conf(tmp_path, site=OLD, httpd=b"Include site.conf\n")
    (directory / "private").mkdir()
    (directory / "private").chmod(0)
    outcome = unprivileged("--isolated", "conf")
    assert (outcome.code, errors(outcome.err)) == (1, [])
    assert REPORTED in outcome.out


def test_a_private_directory_that_a_server_includes(unprivileged: Run, tmp_path: Path) -> None:
    directory = conf(tmp_path, site=OLD, httpd=b"Include private/\nInclude site.conf\n")
    (directory / "private").mkdir()
    (directory / "private").chmod(0)
    outcome = unprivileged("--isolated", "conf")
    assert errors(outcome.err) == ["conf/private/: permission denied"]
    assert REPORTED in outcome.out
    assert outcome.code == 2


@pytest.mark.parametrize("include", ["deep/", "deep", "deep/*"])
def test_a_directory_that_holds_itself(run: Run, tmp_path: Path, include: str) -> None:
    directory = conf(tmp_path, site=OLD, httpd=f"Include {include}\nInclude site.conf\n".encode())
    (directory / "deep").mkdir()
    for name in ("a", "b"):
        (directory / "deep" / name).symlink_to(".")
    outcome = run("--isolated", "conf")
    assert REPORTED in outcome.out
    assert outcome.code == 1
    assert "conf/httpd.conf:1:" in outcome.out
    assert "leads back to itself" in outcome.out
    assert "Too many levels of symbolic links" in run("--isolated", "--output-format", "full", "conf").out


@pytest.mark.slow
def test_directories_a_thousand_deep(run: Run, deep_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(deep_path)
    conf(deep_path, site=OLD)
    os.chdir("conf")
    for _ in range(1200):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(deep_path)
    outcome = run("--isolated", "conf")
    assert REPORTED in outcome.out
    assert "internal error" not in outcome.err


def test_settings_that_may_not_be_read_are_not_ours(unprivileged: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=OLD)
    (tmp_path / "pyproject.toml").write_text("[tool.modwsgi-fix]\n")
    (tmp_path / "pyproject.toml").chmod(0)
    outcome = unprivileged("conf")
    assert REPORTED in outcome.out
    assert outcome.code == 1


def test_named_paths_that_cannot_be_read_among_others(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=OLD)
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    outcome = run("--isolated", "conf", "empty", "pipe")
    assert [line.split(":")[0] for line in errors(outcome.err)] == ["empty", "pipe"]
    assert REPORTED in outcome.out
    assert outcome.code == 2


# -- what fails ----------------------------------------------------------------


def use(monkeypatch: pytest.MonkeyPatch, **checks: object) -> None:
    rules = {
        name.replace("_", "-"): Rule(name.replace("_", "-"), "made", check, Severity.WARNING, "Made for a test.")  # type: ignore[arg-type]
        for name, check in checks.items()
    }
    monkeypatch.setattr("modwsgi_fix.workspace.plan.known_rules", lambda: rules)


def turns(old: str, new: str) -> object:
    def check(config: Config) -> Iterator[Diagnostic]:
        for item in config.named("servername"):
            if item.value == old:
                span = item.args[0].span
                yield Diagnostic(item.path, span, f"is {old}", Fix.safe(f"Write {new}", Edit(item.path, span, new)))

    return check


def test_fixes_that_fight_leave_the_others(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, a_to_b=turns("a", "b"), b_to_a=turns("b", "a"), c_to_d=turns("c", "d"))
    conf(tmp_path, site=b"ServerName a\nServerName c\n")
    outcome = run("--isolated", "--write", "conf")
    assert (tmp_path / "conf/site.conf").read_bytes() == b"ServerName a\nServerName d\n"
    assert outcome.code == 2
    assert len(errors(outcome.err)) == 2
    assert all("other rules undo this fix" in line for line in errors(outcome.err))


def test_a_rule_that_fails_leaves_the_others(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(config: Config) -> Iterator[Diagnostic]:
        yield from turns("c", "x")(config)  # type: ignore[operator]
        raise RecursionError("too deep")

    use(monkeypatch, bad=fail, c_to_d=turns("c", "d"))
    conf(tmp_path, site=b"ServerName c\n")
    report = run("--isolated", "conf")
    assert "c-to-d" in report.out
    assert report.code == 2
    assert len(errors(report.err)) == 1
    assert run("--isolated", "--write", "conf").code == 2
    assert (tmp_path / "conf/site.conf").read_bytes() == b"ServerName d\n"


def test_an_impact_that_cannot_be_told_stops_no_fix(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modwsgi_fix.effect.impact.impact", lambda *_: 1 / 0)
    conf(tmp_path, site=OLD)
    outcome = run("--isolated", "--write", "conf")
    assert (tmp_path / "conf/site.conf").read_bytes() == NEW
    assert "what the fixes change for visitors cannot be told" in outcome.err


# -- no directory, no output ---------------------------------------------------


def shell(script: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "modwsgi_fix.cli"]
    line = f'run() {{ {" ".join(program)} --isolated "$@"; }}; {script}'
    return subprocess.run(
        ["bash", "-c", line, "bash", *words], capture_output=True, text=True, input=stdin, check=False
    )


GONE = 'cd "$2" && rmdir "$2" && '


@pytest.mark.parametrize(
    ("script", "codes", "out"),
    [
        (GONE + 'run --no-impact "$1"', {1}, "name-virtual-host"),
        (GONE + 'run --diff --no-impact "$1"', {1}, "-NameVirtualHost"),
        (GONE + "run -", {0}, "Listen 80"),
        (GONE + 'run --show-settings "$1"', {0}, "fix-level"),
        (GONE + 'run --output-format gitlab "$1"', {1}, "name-virtual-host"),
        (GONE + "run .", {2}, ""),
        (GONE + "run x.conf", {2}, ""),
        ('run "$1" >&-', {2}, ""),
        ('run "$1" >/dev/full', {2}, ""),
        ('run --diff --no-impact --quiet "$1" >/dev/full', {2}, ""),
        ("run --version >/dev/full", {2}, ""),
        ("run --help >/dev/full", {2}, ""),
        ("run trace -h >/dev/full", {2}, ""),
        ("run - <&-", {2}, ""),
        ('run "$1" 2>&-', {1}, "name-virtual-host"),
        ('run "$1" >/dev/full 2>&-', {2}, ""),
    ],
)
def test_without_a_directory_or_a_stream(tmp_path: Path, script: str, codes: set[int], out: str) -> None:
    conf(tmp_path, site=OLD)
    (tmp_path / "gone").mkdir()
    done = shell(script, str(tmp_path / "conf"), str(tmp_path / "gone"), stdin=NEW.decode())
    assert done.returncode in codes, done.stderr
    assert out in done.stdout
    assert "internal error" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if done.returncode == 2:
        assert len(done.stderr.splitlines()) <= 1


# -- standard input ------------------------------------------------------------


def test_random_bytes_on_standard_input_are_binary(run: Run) -> None:
    data = bytes(range(256)) * 16
    outcome = run("--isolated", "--stdin-filename", "x.conf", "-", stdin=data)
    assert outcome.out.encode("utf-8", "surrogateescape") == data
    assert (
        outcome.err
        == "modwsgi-fix: x.conf: is binary data, not a configuration; standard input was handed on as it was\n"
    )
    assert outcome.code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--nonsense",),
        ("--select", "nothing-of-that-name"),
        ("--config", "missing.toml"),
        ("--root", "missing"),
        ("--fix-level", "high"),
        ("--quiet", "--verbose"),
    ],
)
def test_a_filter_that_cannot_run_hands_the_text_on(run: Run, words: tuple[str, ...]) -> None:
    outcome = run(*words, "--stdin-filename", "x.conf", "-", stdin=OLD + b"\xff\r\n")
    assert outcome.out.encode("utf-8", "surrogateescape") == OLD + b"\xff\r\n"
    assert len(errors(outcome.err)) == 1
    assert outcome.code == 2


def test_a_filter_whose_run_fails_hands_the_text_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modwsgi_fix.cli.run.mended", lambda *_: 1 / 0)
    outcome = run("--isolated", "-", stdin=OLD)
    assert (outcome.code, outcome.out) == (2, OLD.decode())


def test_a_filter_says_nothing_whatever_it_finds(run: Run, tmp_path: Path) -> None:
    texts = [
        b"LogFile x\n",
        b"<VirtualHost *:80>\n",
        b"Include missing.conf\nListen ${PORT}\n",
        b"WSGIDaemonProcess a\nWSGIDaemonProcess a threads=2\n",
        b"",
    ]
    for text in texts:
        outcome = run("--isolated", "--stdin-filename", "x.conf", "-", stdin=text)
        assert (outcome.code, outcome.err) == (0, "")
    assert run("--isolated", "--fail-level", "error", "-", stdin=b"LogFile x\n").code == 1, "unless it is asked to fail"
    report = tmp_path / "report"
    run("--isolated", "--output-file", str(report), "--output-format", "json", "-", stdin=b"LogFile x\n")
    assert '"findings"' in report.read_text()
    assert tree(tmp_path).keys() == {"report"}


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_main_without_a_stream(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    from modwsgi_fix.cli import main

    conf(tmp_path, site=OLD)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(OLD)))
    monkeypatch.setattr(sys, stream, None)
    assert main(["--isolated", "-"]) == (0 if stream == "stderr" else 2)
    assert main(["--isolated", "conf"]) == (2 if stream == "stdout" else 1)


def test_a_main_file_of_binary_data_with_files_beside_it(tmp_path: Path, run: Run) -> None:
    directory = tmp_path / "conf"
    directory.mkdir()
    (directory / "httpd.conf").write_bytes(b"\a" * 8)
    (directory / "site.conf").write_text("Listen 80\n")
    outcome = run("--isolated", "conf")
    assert outcome.code == 2
    assert "conf/httpd.conf: is binary data, not a configuration" in outcome.err
    assert "internal error" not in outcome.err
