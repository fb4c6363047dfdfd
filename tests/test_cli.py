"""The command line from outside: what is shown, what is written, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from httpd.proofs import sample
from support import Run, conf, refused, tree

from modwsgi_fix.cli.commands import COMMANDS
from modwsgi_fix.edits import Edit, Fix
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Rule, Severity
from modwsgi_fix.syntax import Tree
from modwsgi_fix.text import Span

CORPUS = Path(__file__).parents[1] / "corpus"
TWICE = b"WSGIDaemonProcess site threads=15\nWSGIDaemonProcess site threads=15\nWSGIProcessGroup site\n"
ONCE = b"WSGIDaemonProcess site threads=15\nWSGIProcessGroup site\n"
STARTS = "httpd refuses to start now, and nothing in sight keeps it from starting with these fixes; it then serves no source, database or key, as far as these files show"
ONLY = ("--isolated", "--select", "duplicate-daemon-process")


# -- reporting -----------------------------------------------------------------


def test_findings_are_one_line_each_and_exit_1(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    outcome = run(*ONLY, "conf")
    first, last = outcome.out.splitlines()
    assert first.startswith(
        "conf/site.conf:2:19: error: duplicate-daemon-process [*] process group site is already defined"
    )
    assert last == "Found 1 finding (1 fixable with --write: 1 safe)."
    assert (outcome.code, outcome.err) == (1, "")
    assert (tmp_path / "conf/site.conf").read_bytes() == TWICE


def test_clean_exits_0(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=ONCE)
    assert run(*ONLY, "conf") == (0, "No findings in 1 file.\n", "")


def test_what_was_not_understood_is_never_clean(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=b"Listen ${PORT}\n<Perl>\nmy $x;\n</Perl>\n", other=b"Listen ${PORT}\n")
    outcome = run(*ONLY, "conf")
    assert outcome.code == 0
    assert "Found nothing in what was understood of 2 files." in outcome.out
    assert "Not understood: 1 line of conf/other.conf, 4 lines of conf/site.conf." in outcome.out
    full = run(*ONLY, "--output-format", "full", "conf").out
    assert "conf/site.conf:1: not understood: the variable ${PORT} is not defined in these files" in full


def test_files_that_a_server_does_not_read_are_noted(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, httpd=b"Include on.conf\n", on=ONCE, off=TWICE)
    outcome = run(*ONLY, "conf")
    assert outcome.code == 0
    assert outcome.err.splitlines(keepends=True)[-1] == (
        "note: 1 file is not part of the server of conf/httpd.conf, and not checked: conf/off.conf\n"
    )
    assert run(*ONLY, "--quiet", "conf").err == ""


def test_several_servers_have_one_summary(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, httpd=TWICE)
    shutil.copytree(tmp_path / "conf", tmp_path / "other")
    outcome = run(*ONLY, "conf", "other", "./conf")
    assert [line.partition(":")[0] for line in outcome.out.splitlines()[:2]] == ["conf/httpd.conf", "other/httpd.conf"]
    assert outcome.out.splitlines()[2] == "Found 2 findings (2 fixable with --write: 2 safe)."


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 1),
        (("--exit-zero",), 0),
        (("--fail-level", "error"), 1),
        (("--fail-level", "info"), 1),
        (("--ignore", "duplicate-daemon-process"), 0),
        (("--ignore", "daemons"), 1),  # a name goes before its family
        (("--diff",), 1),
        (("--diff", "--exit-zero"), 0),
        (("--write",), 0),
        (("--write", "--exit-non-zero-on-fix"), 1),
        (("--write", "--unfixable", "daemons"), 1),
        (("--write", "--unfixable", "daemons", "--exit-zero"), 0),
    ],
)
def test_exit_codes(run: Run, tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    conf(tmp_path, site=TWICE)
    assert run(*ONLY, *words, "conf").code == code


def test_the_fail_level_tells_severities_apart(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(config: Config) -> Iterator[Diagnostic]:
        yield Diagnostic(next(iter(config.files)), Span(0, 1), "is so")

    conf(tmp_path, site=ONCE)
    for severity, report, write in ((Severity.INFO, 0, 0), (Severity.WARNING, 1, 0), (Severity.ERROR, 1, 1)):
        use(monkeypatch, check, severity)
        assert run("--isolated", "conf").code == report
        assert run("--isolated", "--write", "conf").code == write


def use(
    monkeypatch: pytest.MonkeyPatch,
    check: Callable[[Config], Iterator[Diagnostic]],
    severity: Severity = Severity.WARNING,
) -> None:
    """Makes a function the only rule there is."""
    rule = Rule("only-rule", "test", check, severity, "A page.")
    monkeypatch.setattr("modwsgi_fix.workspace.plan.known_rules", lambda: {"only-rule": rule})


def test_the_summary_counts_what_each_level_would_fix(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``b`` can only be fixed once ``a`` is gone, so that no finding carries its fix at first."""

    def check(config: Config) -> Iterator[Diagnostic]:
        for file in config.files.values():
            for letter, make in (("a", Fix.safe), ("b", Fix.repair), ("c", Fix.unsafe)):
                at = file.text.find(letter)
                if at >= 0:
                    possible = letter != "b" or "a" not in file.text
                    fix = make("Go", Edit(file.path, Span(at, at + 1))) if possible else None
                    yield Diagnostic(file.path, Span(at, at + 1), f"{letter} is here", fix)

    use(monkeypatch, check)
    conf(tmp_path, site=b"#abcd\n")
    found = run("--isolated", "conf").out.splitlines()
    assert found[:3] == [
        "conf/site.conf:1:2: warning: only-rule [*] a is here",
        "conf/site.conf:1:3: warning: only-rule [*] b is here",
        "conf/site.conf:1:4: warning: only-rule c is here",
    ]
    assert found[3] == "Found 3 findings (2 fixable with --write: 1 safe, 1 repair; 1 more with --unsafe-fixes)."
    safe = run("--isolated", "--fix-level", "safe", "conf").out.splitlines()
    assert safe[3] == (
        "Found 3 findings (1 fixable with --write --fix-level safe: 1 safe; "
        "1 more with --fix-level repair; 1 more with --unsafe-fixes)."
    )
    assert "[*]" not in safe[1]
    assert run("--isolated", "--write", "conf").out.splitlines()[-1] == "Fixed 2 findings; 1 finding left."
    assert (tmp_path / "conf/site.conf").read_bytes() == b"#cd\n"


def test_statistics(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    assert run(*ONLY, "--statistics", "conf").out.splitlines()[0] == "1  duplicate-daemon-process  [*] 1"


def test_quiet_prints_findings_only(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    assert len(run(*ONLY, "-q", "conf").out.splitlines()) == 1
    conf(tmp_path, site=ONCE)
    assert run(*ONLY, "-q", "conf") == (0, "", "")


def test_a_report_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    outcome = run(*ONLY, "--output-format", "json", "--output-file", "report.json", "conf")
    assert (outcome.code, outcome.out) == (1, "")
    assert json.loads((tmp_path / "report.json").read_text())["findings"][0]["file"] == "conf/site.conf"


def test_shows_settings_and_files(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    assert run(*ONLY, "--show-files", "conf").out == "conf/site.conf\n"
    assert 'select = ["duplicate-daemon-process"]\n' in run(*ONLY, "--show-settings", "conf").out


# -- diff ----------------------------------------------------------------------


def test_a_diff_is_on_stdout_and_its_rules_on_stderr(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    outcome = run(*ONLY, "--diff", "conf")
    assert outcome.out == (
        "--- a/conf/site.conf\n+++ b/conf/site.conf\n@@ -1,3 +1,2 @@\n WSGIDaemonProcess site threads=15\n"
        "-WSGIDaemonProcess site threads=15\n WSGIProcessGroup site\n"
    )
    hunk, rule, impact, summary = outcome.err.splitlines()
    assert hunk == "conf/site.conf @@ -1,3 +1,2 @@"
    assert impact == f"note: {STARTS}"
    assert rule.startswith("  duplicate-daemon-process (safe): ")
    assert summary == "Would fix 1 finding in 1 file; 0 left. --write instead of --diff does it."
    assert (tmp_path / "conf/site.conf").read_bytes() == TWICE


def test_each_hunk_names_its_own_rule(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(config: Config) -> Iterator[Diagnostic]:
        for file in config.files.values():
            for word in ("one", "two", "three"):
                at = file.text.find(word)
                if at >= 0:
                    fix = Fix.safe(f"Delete {word}", Edit(file.path, Span(at, at + len(word))))
                    yield Diagnostic(file.path, Span(at, at + 1), f"{word} is here", fix)

    use(monkeypatch, check)
    conf(tmp_path, site=b"X one two\n" + b"Y\n" * 20 + b"Z three\n")
    told = run("--isolated", "--diff", "--no-impact", "conf").err.splitlines()
    assert [line for line in told if not line.startswith("Would")] == [
        "conf/site.conf @@ -1,4 +1,4 @@",
        "  only-rule (safe): Delete one",
        "  only-rule (safe): Delete two",
        "conf/site.conf @@ -19,4 +19,4 @@",
        "  only-rule (safe): Delete three",
    ]


def test_nothing_to_change_is_an_empty_diff(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=ONCE)
    assert run(*ONLY, "--diff", "conf") == (0, "", "No findings in 1 file.\n")


@pytest.mark.parametrize(
    "text", ["{}", "<IfModule mod_wsgi.c>\n{}</IfModule>\n", "<VirtualHost *:80>\n{}</VirtualHost>\n"]
)
def test_a_diff_without_changes_says_what_was_found(run: Run, tmp_path: Path, text: str) -> None:
    conf(tmp_path, site=text.format("<Location /x>\nAlias /x /srv/x\n</Location>\n").encode())
    words = ("--isolated", "--unfixable", "ALL", "--no-impact", "conf")
    report, shown = run(*words), run("--diff", *words)
    assert "conf/site.conf:" in report.out
    assert (shown.out, shown.code) == ("", 1)
    assert report.out.splitlines()[0] in shown.err


def test_a_reason_is_told_once(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(config: Config) -> Iterator[Diagnostic]:
        for file in config.files.values():
            for at in {file.text.find("one"), file.text.rfind("one")} - {-1}:
                fix = Fix.safe("Delete one", Edit(file.path, Span(at, at + 3)), reason="there are two of it")
                yield Diagnostic(file.path, Span(at, at + 1), "one is here", fix)

    use(monkeypatch, check)
    conf(tmp_path, site=b"X one\n" + b"Y\n" * 20 + b"Z one\n")
    told = run("--isolated", "--diff", "--no-impact", "conf").err.splitlines()
    assert told[1::2][:2] == ["  only-rule (safe): Delete one (there are two of it)", "  only-rule (safe): Delete one"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", sample(sorted(path.name for path in CORPUS.iterdir() if path.is_dir()), 8, "diffs of our servers")
)
def test_a_diff_gives_what_write_writes(run: Run, tmp_path: Path, name: str) -> None:
    for copy in ("site", "git", "patch"):
        shutil.copytree(CORPUS / name, tmp_path / copy, symlinks=True)
    diff = run("--isolated", "--unsafe-fixes", "--diff", "site/conf")
    assert run("--isolated", "--unsafe-fixes", "--write", "site/conf").code < 2
    for tool in ("git", "patch"):
        apply(tool, tmp_path / tool, diff.out.replace(" a/site/", " a/").replace(" b/site/", " b/"))
        assert tree(tmp_path / tool) == tree(tmp_path / "site")
    assert run("--isolated", "--unsafe-fixes", "--diff", "site/conf").out == "", "a second run changes something"


def apply(tool: str, directory: Path, diff: str) -> None:
    if diff:
        command = ["git", "apply", "-"] if tool == "git" else ["patch", "-p1", "--binary", "-s"]
        data = diff.encode("utf-8", "surrogateescape")
        environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(directory.parent)}
        subprocess.run(command, cwd=directory, input=data, check=True, env=environment)


@pytest.mark.parametrize("tool", ["git", "patch"])
def test_a_diff_of_an_absolute_path_below_here_applies_here(run: Run, tmp_path: Path, tool: str) -> None:
    conf(tmp_path, site=TWICE)
    apply(tool, tmp_path, run(*ONLY, "--diff", str(tmp_path / "conf")).out)
    assert (tmp_path / "conf/site.conf").read_bytes() == ONCE


def test_a_diff_of_files_elsewhere_applies_at_the_root(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf(tmp_path, site=TWICE)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    outcome = run(*ONLY, "--diff", "../conf")
    assert "the diff applies in /\n" in outcome.err
    apply("patch", Path("/"), outcome.out)
    assert (tmp_path / "conf/site.conf").read_bytes() == ONCE


# -- writing -------------------------------------------------------------------


def test_write_fixes_and_says_so(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    told = (
        f"note: {STARTS}\n"
        "To take effect: apachectl configtest && apachectl graceful\n"
        "To take it back: modwsgi-fix undo\n"
    )
    assert run(*ONLY, "--write", "conf") == (0, "Fixed 1 finding; none left.\n", told)
    assert (tmp_path / "conf/site.conf").read_bytes() == ONCE
    assert run(*ONLY, "--write", "conf") == (0, "No findings in 1 file.\n", "")
    assert sorted(os.listdir(tmp_path / "conf")) == ["site.conf"]


def test_a_site_that_is_enabled_by_a_link_is_one_file(run: Run, tmp_path: Path) -> None:
    for name in ("sites-available", "sites-enabled"):
        (tmp_path / "conf" / name).mkdir(parents=True)
    (tmp_path / "conf/apache2.conf").write_bytes(b"IncludeOptional sites-enabled/*.conf\n")
    (tmp_path / "conf/sites-available/a.conf").write_bytes(TWICE)
    link = tmp_path / "conf/sites-enabled/a.conf"
    link.symlink_to("../sites-available/a.conf")
    assert run(*ONLY, "--diff", "conf").out.count("+++ ") == 1
    assert run(*ONLY, "--write", "conf").code == 0
    assert link.is_symlink()
    assert (tmp_path / "conf/sites-available/a.conf").read_bytes() == ONCE


def test_one_file_that_cannot_be_written_stops_all(run: Run, tmp_path: Path) -> None:
    first, second = conf(tmp_path, httpd=TWICE), tmp_path / "other"
    shutil.copytree(first, second)
    os.link(second / "httpd.conf", tmp_path / "hard")
    line = refused(run(*ONLY, "--quiet", "--write", "conf", "other"))
    assert "other/httpd.conf" in line
    assert "has 2 hard links" in line
    assert (first / "httpd.conf").read_bytes() == TWICE
    assert run(*ONLY, "--write", "--in-place", "conf", "other").code == 0
    assert (first / "httpd.conf").read_bytes() == (tmp_path / "hard").read_bytes() == ONCE


def test_backup(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE, site2=TWICE.replace(b"site", b"blog"))
    assert run(*ONLY, "--write", "--backup", "conf").code == 0
    assert (tmp_path / "conf/site.conf.orig").read_bytes() == TWICE
    (tmp_path / "conf/site.conf").write_bytes(TWICE)
    assert run(*ONLY, "--write", "--backup=.old", "conf").code == 0
    assert (tmp_path / "conf/site.conf.old").read_bytes() == TWICE


def test_verify_undoes_all_where_it_cannot_be_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conf(tmp_path, site=TWICE)

    def fail(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("subprocess.run", fail)
    line = refused(run(*ONLY, "--write", "--verify", "true", "conf"))
    assert line == "--verify true cannot be run: cannot allocate memory; all files are as they were"
    assert (tmp_path / "conf/site.conf").read_bytes() == TWICE


def test_verify_undoes_all_where_it_fails(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    line = refused(run(*ONLY, "--write", "--verify", "echo it is bad >&2; exit 3", "conf"))
    assert "failed with exit code 3: it is bad; all files are as they were" in line
    assert tree(tmp_path) == {"conf/site.conf": TWICE}
    seen = "grep -c threads conf/site.conf > seen"
    assert run(*ONLY, "--write", "--verify", seen, "conf").code == 0
    assert (tmp_path / "seen").read_text() == "1\n"


def test_a_file_that_changes_meanwhile_is_left(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import modwsgi_fix.workspace.session as module

    conf(tmp_path, site=TWICE)
    together = module._together

    def meddle(outcomes: object) -> object:
        (tmp_path / "conf/site.conf").write_bytes(b"Listen 80\n")
        return together(outcomes)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_together", meddle)
    assert "changed on disk meanwhile" in refused(run(*ONLY, "--write", "conf"))
    assert tree(tmp_path) == {"conf/site.conf": b"Listen 80\n"}


def test_a_run_that_was_interrupted_is_put_right(run: Run, tmp_path: Path) -> None:
    directory = conf(tmp_path, site=TWICE)
    code = (
        "import os, sys\n"
        "from modwsgi_fix.cli import main\n"
        "import modwsgi_fix.files.writing as writing\n"
        "put = writing._put\n"
        "def crash(*one):\n    put(*one)\n    os._exit(9)\n"
        "writing._put = crash\n"
        f"main({[*ONLY, '--write', '--verify', 'true', 'conf']!r})\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 9
    assert len(os.listdir(directory)) > 1
    assert "an interrupted run left this half done" in run(*ONLY, "conf").err
    outcome = run(*ONLY, "--write", "conf")
    assert "an interrupted run had changed it; put back" in outcome.err
    assert tree(tmp_path) == {"conf/site.conf": ONCE}


def test_a_file_that_cannot_be_read(unprivileged: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE, other=TWICE)
    (tmp_path / "conf/other.conf").chmod(0)
    outcome = unprivileged(*ONLY, "conf")
    assert outcome.err == "modwsgi-fix: conf/other.conf: permission denied\n"
    assert outcome.out.startswith("conf/site.conf:2:19: error: duplicate-daemon-process"), "the rest is reported"
    assert outcome.code == 2
    (tmp_path / "conf/site.conf").chmod(0o666)
    assert unprivileged(*ONLY, "--write", "--in-place", "conf").code == 2
    assert (tmp_path / "conf/site.conf").read_bytes() == ONCE, "and written"


def test_a_directory_that_cannot_be_written_to(unprivileged: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    (tmp_path / "conf/site.conf").chmod(0o666)
    (tmp_path / "conf").chmod(0o555)
    assert "use --in-place" in refused(unprivileged(*ONLY, "--write", "conf"))
    assert (tmp_path / "conf/site.conf").read_bytes() == TWICE
    assert unprivileged(*ONLY, "--write", "--in-place", "conf").code == 0
    assert (tmp_path / "conf/site.conf").read_bytes() == ONCE


# -- standard input ------------------------------------------------------------


def test_the_fixed_text_is_on_stdout_and_all_else_on_stderr(run: Run, tmp_path: Path) -> None:
    outcome = run(*ONLY, "--stdin-filename", "conf/a.conf", "-", stdin=TWICE + b"# \xe9 \x00\r\n")
    assert outcome.out.encode("utf-8", "surrogateescape") == ONCE + b"# \xe9 \x00\r\n"
    assert outcome.err == "", "an editor would put it into the buffer"
    assert outcome.code == 0
    told = run(*ONLY, "--verbose", "--stdin-filename", "conf/a.conf", "-", stdin=TWICE)
    assert (told.out, told.err) == (ONCE.decode(), "Fixed 1 finding; none left.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_filter_stays_safe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(config: Config) -> Iterator[Diagnostic]:
        for file in config.files.values():
            if file.text.startswith("#"):
                yield Diagnostic(file.path, Span(0, 1), "is so", Fix.repair("Go", Edit(file.path, Span(0, 1), "Y")))

    use(monkeypatch, check)
    assert run("--isolated", "-", stdin=b"#\n") == (0, "#\n", "")
    assert run("--isolated", "--verbose", "-", stdin=b"#\n") == (
        0,
        "#\n",
        "stdin.conf:1:1: warning: only-rule is so\nFound 1 finding.\n",
    )
    assert run("--isolated", "--fix-level", "repair", "-", stdin=b"#\n").out == "Y\n"
    assert run("--isolated", "--fix-level", "repair", "--diff", "-", stdin=b"#\n").out.startswith("--- a/stdin.conf\n")
    assert run("--isolated", "-", stdin=b"") == (0, "", "")


# -- settings that apply -------------------------------------------------------


def test_settings_are_found_from_the_first_path(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    (tmp_path / "conf/modwsgi-fix.toml").write_text('ignore = ["ALL"]\n')
    assert run("conf").code == 0
    assert run("conf", "--isolated").code == 1
    assert run("conf", "--select", "duplicate-daemon-process").code == 1
    (tmp_path / "other.toml").write_text('select = ["duplicate-daemon-process"]\nfix-level = "safe"\n')
    assert 'fix-level = "safe"' in run("conf", "--config", "other.toml", "--show-settings").out
    (tmp_path / "conf/modwsgi-fix.toml").write_text("ignore = [\n")
    assert refused(run("conf")).startswith("conf/modwsgi-fix.toml")


def test_a_rule_is_given_its_own_settings(run: Run, tmp_path: Path) -> None:
    hosts = b"<VirtualHost *:80>\nServerName a\nWSGIDaemonProcess x\nWSGIProcessGroup x\n</VirtualHost>\n"
    conf(tmp_path, site=hosts + hosts.replace(b"80", b"443"))
    (tmp_path / "modwsgi-fix.toml").write_text(
        'select = ["duplicate-daemon-process"]\n[rules.duplicate-daemon-process]\nstrategy = "hoist"\n'
    )
    assert "\n+WSGIDaemonProcess x\n <VirtualHost *:80>\n" in run("--diff", "conf").out
    assert "+WSGIDaemonProcess x" not in run("--diff", "--isolated", "conf").out


def test_files_and_rules_that_are_left_alone(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, a=TWICE, b=TWICE.replace(b"site", b"blog"))
    select = 'select = ["duplicate-daemon-process"]\n'
    (tmp_path / "modwsgi-fix.toml").write_text(select + 'per-file-ignores = { "a.conf" = ["daemons"] }\n')
    assert "a.conf" not in run("--output-format", "concise", "conf").out
    (tmp_path / "modwsgi-fix.toml").write_text(select + 'exclude = ["conf/b*"]\n')
    assert run("--show-files", "conf").out == "conf/a.conf\n"
    assert run("--show-files", "conf/b.conf").out == "conf/b.conf\n", "it was named"
    assert run("--write", "--exclude", "a.conf", "conf/a.conf", "conf/b.conf").code == 0
    assert (tmp_path / "conf/b.conf").read_bytes() == ONCE.replace(b"site", b"blog")


def test_an_excluded_file_is_read_where_others_include_it(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, httpd=b"Include part/x.conf\nWSGIDaemonProcess site threads=15\n")
    (tmp_path / "conf/part").mkdir()
    (tmp_path / "conf/part/x.conf").write_bytes(TWICE)
    outcome = run(*ONLY, "--write", "--exclude", "part", "conf")
    assert outcome.code == 0
    assert (tmp_path / "conf/part/x.conf").read_bytes() == TWICE
    assert (tmp_path / "conf/httpd.conf").read_bytes() == b"Include part/x.conf\n"


def test_a_fix_that_would_change_an_excluded_file_is_not_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(config: Config) -> Iterator[Diagnostic]:
        first, last = config.files.values()
        if last.text.startswith("X"):
            yield Diagnostic(first.path, Span(0, 1), "is so", Fix.safe("Go", Edit(last.path, Span(0, 1))))

    use(monkeypatch, check)
    conf(tmp_path, httpd=b"Include part.inc\n")
    (tmp_path / "conf/part.inc").write_bytes(b"X\n")
    outcome = run("--isolated", "--write", "--exclude", "part.inc", "conf")
    assert "conf/httpd.conf:1: only-rule: not fixed (Go): conf/part.inc is excluded\n" in outcome.err
    assert (tmp_path / "conf/part.inc").read_bytes() == b"X\n"


def test_the_filesystem_that_paths_mean(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(config: Config) -> Iterator[Diagnostic]:
        there = config.disk is not None and config.disk.is_file("/srv/site.wsgi")
        yield Diagnostic(next(iter(config.files)), Span(0, 1), f"it is there: {there}")

    use(monkeypatch, check)
    conf(tmp_path, site=ONCE)
    (tmp_path / "image/srv").mkdir(parents=True)
    (tmp_path / "image/srv/site.wsgi").write_text("")
    assert "it is there: False" in run("--isolated", "conf").out
    assert "it is there: True" in run("--isolated", "--root", "image", "conf").out
    (tmp_path / "modwsgi-fix.toml").write_text('root = "image"\n')
    assert "it is there: True" in run("conf").out


def test_versions_of_the_target(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(config: Config) -> Iterator[Diagnostic]:
        yield Diagnostic(next(iter(config.files)), Span(0, 1), f"for {config.target.httpd} {config.target.mod_wsgi}")

    use(monkeypatch, check)
    conf(tmp_path, site=ONCE)
    (tmp_path / "modwsgi-fix.toml").write_text('target = { httpd = "2.2", mod_wsgi = "3" }\n')
    assert "for (2, 2) (3,)" in run("conf").out
    assert "for (2, 4, 57) (3,)" in run("--target", "httpd=2.4.57", "conf").out
    assert "for (2, 4) None" in run("--isolated", "conf").out


def test_an_unused_suppression_is_selected_as_a_rule_is(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=b"# modwsgi-fix: allow duplicate-daemon-process\n" + ONCE)
    both = ("--isolated", "--select", "duplicate-daemon-process,unused-suppression")
    assert "conf/site.conf:1:16: warning: unused-suppression " in run(*both, "conf").out
    assert run(*both, "--ignore", "unused-suppression", "conf").code == 0


# -- what is refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ((), "nothing to check: name directories or files, or - for standard input"),
        (("",), "a path is empty"),
        (("missing",), "missing: no such file or directory"),
        (("conf", "missing"), "missing: no such file or directory"),
        (("empty",), "empty: no configuration here: expected apache2.conf, httpd.conf or other *.conf files"),
        (("elf",), "elf: is binary data, not a configuration"),
        (("utf16.conf",), "utf16.conf: is binary data, not a configuration"),
        (("pipe",), "pipe: is not a regular file"),
        (("--nonsense", "conf"), "No such option: --nonsense"),
        (("--fix-level", "high", "conf"), "Invalid value for '--fix-level': 'high' is not one of"),
        (("--diff", "--write", "conf"), "--diff and --write exclude each other"),
        (("--fix-level", "safe", "--unsafe-fixes", "conf"), "--fix-level and --unsafe-fixes exclude each other"),
        (("--config", "x.toml", "--isolated", "conf"), "--config and --isolated exclude each other"),
        (("--diff", "--output-format", "sarif", "conf"), "--diff and --output-format sarif exclude each other"),
        (("--statistics", "--output-format", "sarif", "conf"), "--statistics takes the place of a report"),
        (("--verify", "true", "conf"), "--verify needs --write"),
        (("--backup", "conf"), "--backup needs --write"),
        (("--write", "--backup=/x", "conf"), "--backup=/x: is not a suffix for a file name"),
        (("--in-place", "conf"), "--in-place needs --write"),
        (("--exit-non-zero-on-fix", "conf"), "--exit-non-zero-on-fix needs --write"),
        (("-", "conf"), "- (standard input) stands alone, without other paths"),
        (("--stdin-filename", "a.conf", "conf"), "--stdin-filename names what is on standard input"),
        (("--write", "-"), "--write and - exclude each other"),
        (("--show-settings", "--write", "conf"), "--show-settings excludes --diff, --write and --patch"),
        (("--select", "duplicate-deamon-process", "conf"), "did you mean duplicate-daemon-process?"),
        (("--ignore", "x,daemon", "conf"), "there is no rule or family x"),
        (("--target", "httpd", "conf"), "--target httpd: expected httpd=VERSION, mod_wsgi=VERSION or python=VERSION"),
        (("--target", "nginx=1", "conf"), "unknown target nginx: expected httpd, mod_wsgi or python"),
        (("--target", "httpd=two", "conf"), 'target.httpd must be a version such as "2.4", not "two"'),
        (("--target", "httpd=2", "conf"), "target.httpd must be a version such as 2.4, not 2"),
        (("--root", "missing", "conf"), "--root missing: no such directory"),
        (("--config", "missing.toml", "conf"), "missing.toml: no such file or directory"),
        (("--output-file", "missing/x", "conf"), "--output-file missing/x: no such directory"),
        (("--output-file", "conf", "conf"), "--output-file conf: is a directory"),
        (("--output-file", "conf/site.conf", "conf"), "--output-file conf/site.conf: is one of the files"),
        (("--exclude", "*.conf", "conf"), "conf: all configuration files in it are excluded"),
        (("rule", "duplicate-daemon-proces"), "there is no rule duplicate-daemon-proces; did you mean duplicate-"),
        (("config", "selct"), "there is no setting selct; did you mean select?"),
    ],
)
def test_bad_input_is_one_line_and_touches_nothing(run: Run, tmp_path: Path, words: tuple[str, ...], line: str) -> None:
    conf(tmp_path, site=TWICE)
    (tmp_path / "empty").mkdir()
    (tmp_path / "elf").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0>\0\x01\0\0\0" * 20)
    (tmp_path / "utf16.conf").write_bytes(TWICE.decode().encode("utf-16"))
    os.mkfifo(tmp_path / "pipe")
    before = tree(tmp_path)
    assert line in refused(run(*words))
    assert tree(tmp_path) == before


def test_a_stray_nul_is_no_binary_file(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=b"# \0\0\n" + TWICE)
    assert run(*ONLY, "--write", "conf/site.conf").code == 0
    assert (tmp_path / "conf/site.conf").read_bytes() == b"# \0\0\n" + ONCE


def test_a_rule_that_fails_is_our_bug(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(config: Config) -> Iterator[Diagnostic]:
        raise KeyError("x")
        yield

    use(monkeypatch, check)
    conf(tmp_path, site=TWICE)
    for words in ((), ("--diff",), ("--write",)):
        outcome = run("--isolated", *words, "conf")
        assert outcome.code == 2
        (line,) = [line for line in outcome.err.splitlines() if "only-rule" in line]
        assert line.startswith("modwsgi-fix: rule only-rule failed (KeyError: 'x'), and was left out; this is a bug in")
        assert "No findings" not in outcome.out + outcome.err


def test_a_fix_that_breaks_the_file_is_our_bug(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(config: Config) -> Iterator[Diagnostic]:
        for file in config.files.values():
            yield Diagnostic(file.path, Span(0, 1), "is so", Fix.safe("Break", Edit(file.path, Span(0, 0), "<a>\n")))

    use(monkeypatch, check)
    conf(tmp_path, site=TWICE)
    assert "1 finding, none of which" in run("--isolated", "conf").out
    for mode in ("--diff", "--write"):
        outcome = run("--isolated", mode, "conf")
        assert "conf/site.conf:1: only-rule: not fixed (Break): it would leave a syntax error" in outcome.err
        assert outcome.code == (1 if mode == "--diff" else 0), "as for any finding of this level"
    assert tree(tmp_path) == {"conf/site.conf": TWICE}


def test_the_second_reader_is_asked(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def objection(name: str, before: Tree, after: Tree) -> str:
        asked.append((name, before.source, after.source))
        return "the second reader reads it otherwise"

    monkeypatch.setattr("modwsgi_fix.second_reader.objection", objection)
    conf(tmp_path, site=TWICE)
    assert "the second reader reads it otherwise" in run(*ONLY, "--write", "conf").err
    assert (tmp_path / "conf/site.conf").read_bytes() == TWICE
    assert asked[0] == ("conf/site.conf", TWICE.decode(), ONCE.decode())


def test_any_other_failure_is_one_line_too(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conf(tmp_path, site=TWICE)
    monkeypatch.setattr("modwsgi_fix.cli.run.checked", lambda *_, **__: 1 / 0)
    assert refused(run(*ONLY, "conf")).startswith("internal error: ZeroDivisionError: division by zero; no file was")


def test_a_failure_after_writing_does_not_say_that_nothing_was_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf(tmp_path, site=TWICE)
    monkeypatch.setattr("modwsgi_fix.cli.run.render", lambda *_, **__: 1 / 0)
    line = refused(run(*ONLY, "--write", "conf"))
    assert line.startswith("internal error: ZeroDivisionError: division by zero; the files were fixed all the same;")
    assert (tmp_path / "conf/site.conf").read_bytes() == ONCE


def test_two_servers_that_want_a_file_changed_otherwise(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(config: Config) -> Iterator[Diagnostic]:
        *_, last = config.files.values()
        if last.text.startswith("X"):
            entry = next(iter(config.files.values())).name
            yield Diagnostic(last.path, Span(0, 1), "is so", Fix.safe("Go", Edit(last.path, Span(0, 1), f"#{entry}")))

    use(monkeypatch, check)
    conf(tmp_path, httpd=b"Include part.inc\n", apache2=b"Include part.inc\n")
    (tmp_path / "conf/part.inc").write_bytes(b"X\n")
    outcome = run("--isolated", "--write", "conf/httpd.conf", "conf/apache2.conf", "conf/part.inc")
    assert outcome.code == 2
    assert outcome.err.count("two servers share this file") == 1
    assert (tmp_path / "conf/part.inc").read_bytes() == b"#conf/httpd.conf\n", "the first server has it"


@pytest.mark.parametrize(
    "words", [("show",), ("trace", "http://a/"), ("exposed", "--root", "."), ("explain", "AH01630: client denied")]
)
@pytest.mark.parametrize("quiet", ["--quiet", "-q"])
def test_a_quiet_command_says_its_answer_and_errors(
    run: Run, tmp_path: Path, words: tuple[str, ...], quiet: str
) -> None:
    (tmp_path / "a.conf").write_text("Listen 80\nListen 80\n<Perl>\n1;\n</Perl>\n")
    (tmp_path / "nginx.conf").write_text("server {\n    listen 80;\n}\n")
    plain = run(*words, "a.conf", "nginx.conf")
    assert "note: a.conf:3: <Perl> is code" in plain.err
    assert "looks like nginx" in plain.err
    assert run(*words, quiet, "a.conf", "nginx.conf") == (plain.code, plain.out, "")
    (tmp_path / "gone.conf").symlink_to("nowhere")
    assert run(*words, quiet, "a.conf", "gone.conf").err == "modwsgi-fix: gone.conf: no such file or directory\n"


# -- commands and start --------------------------------------------------------


def test_version(run: Run) -> None:
    assert run("--version").out == run("conf", "--version").out
    assert run("--version").out.startswith("modwsgi-fix 0.")


def test_rule_shows_a_page_or_lists(run: Run) -> None:
    page = run("rule", "duplicate-daemon-process").out
    assert page.startswith("duplicate-daemon-process (daemons, error)\n\nTwo `WSGIDaemonProcess` directives")
    assert 'rules.duplicate-daemon-process.strategy = "auto"' in page
    listed = run("rule").out
    assert "\ndaemons\n" in listed
    assert "  duplicate-daemon-process " in listed
    assert run("rule", "daemons").out.startswith("daemons\n")
    assert run("rule", "unused-suppression").code == 0


def test_config_lists_keys(run: Run) -> None:
    assert "\nper-file-ignores  " in run("config").out
    assert 'default: "repair"' in run("config", "fix-level").out
    assert 'rules.duplicate-daemon-process.strategy = "auto"' in run("config", "rules").out


@pytest.mark.parametrize("name", COMMANDS)
def test_a_path_may_be_called_as_a_subcommand_is(run: Run, tmp_path: Path, name: str) -> None:
    shutil.copytree(conf(tmp_path, site=TWICE), tmp_path / name)
    assert run("./" + name, *ONLY).code == 1
    assert run("--", name).code == 1
    assert run(*ONLY, "--", name).code == 1


def test_options_may_stand_after_paths(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE)
    assert run("conf", "--diff", *ONLY).out.startswith("--- a/conf")


def program(*words: str, **options: object) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-m", "modwsgi_fix", *words], env=environment, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.slow
def test_a_broken_pipe_is_quiet(tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE * 300)
    reader, writer = os.pipe()
    os.close(reader)
    process = program(*ONLY, "conf", cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert process.communicate()[1] == b""
    assert process.returncode == 1


@pytest.mark.slow
def test_sigint_ends_with_130(tmp_path: Path) -> None:
    # A shell starts background jobs with SIGINT ignored, and so what they start.
    process = program(
        "-", cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    wait = Path(f"/proc/{process.pid}/wchan")
    while process.poll() is None and not _reads(process.pid, wait):
        pass
    process.send_signal(signal.SIGINT)
    assert process.communicate() == (b"", b"")
    assert process.returncode == 130


def _reads(pid: int, wait: Path) -> bool:
    """True once a process waits for its standard input."""
    try:
        return Path(f"/proc/{pid}/syscall").read_text().startswith("0 0x0 ") or "pipe" in wait.read_text()
    except OSError:
        return True


def test_heavy_modules_are_not_imported_for_a_check(tmp_path: Path) -> None:
    conf(tmp_path, site=TWICE.replace(b"15", b"7", 1), clean=ONCE.replace(b"site", b"blog"))
    heavy = ["libcst", "pygls", "rich", "unidiff", "apacheconfig", "ply", "tomllib", "importlib.metadata", "click",
             "modwsgi_fix.second_reader", "modwsgi_fix.files.writing", "modwsgi_fix.reports.sarif", "hashlib"]  # fmt: skip
    code = (
        "import sys; from modwsgi_fix.cli import main\n"
        "code = main(['--isolated', '--output-format', 'concise', 'conf'])\n"
        f"print(code, [name for name in {heavy!r} if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True,
                          env=environment)  # fmt: skip
    assert done.stdout.splitlines()[-1] == "1 []"


def test_a_clean_file_is_checked_without_what_only_requests_need(tmp_path: Path) -> None:
    conf(tmp_path, site=b"Listen 80\n")
    code = (
        "import sys; from modwsgi_fix.cli import main\n"
        "code = main(['--isolated', 'conf'])\n"
        "print(code, [name for name in ('urllib.parse', 'ipaddress', 'dataclasses', 'inspect') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-S", "-c", code]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_paths_alone_mean_what_they_mean_to_typer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import modwsgi_fix.cli.check
    import modwsgi_fix.cli.run

    requests = []
    # Imported both before either is replaced: one takes the function from the other.
    for module in (modwsgi_fix.cli.run, modwsgi_fix.cli.check):
        monkeypatch.setattr(module, "carry_out", lambda request: requests.append(request) or 0)
    assert run("a", "b").code == run("--", "a", "b").code == 0
    assert requests[0] == requests[1]
