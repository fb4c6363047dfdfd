"""``--patch``: what is asked, what is taken, and what of that is written."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import stat
import sys
from pathlib import Path

import pytest
from support import ROOT, Outcome, Run, conf, refused, tree
from terminal import Terminal

from modwsgi_fix.cli import run as carrying_out

GAP = "".join(f"# {number}\n" for number in range(8))
#: Three fixes in hunks of their own: a line of 2.2, a group that is defined twice in two files, and a misspelling.
SITE = f"NameVirtualHost *:80\n{GAP}WSGIDaemonProcess site threads=15\n{GAP}NameVirtualHost *:81\n{GAP}LogLevle warn\n"
#: Nothing is changed in a section that is not closed as it was opened, before that is mended.
BROKEN = f"""\
<VirtualHost *:80>
    ServerName a.example.com
    NameVirtualHost *:80
{GAP}    DocumentRoot /srv/a
</VirtualHosts>
"""
ASK = ("--isolated", "--patch", "conf")


@pytest.fixture
def ask(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``--patch`` on ``conf`` with these answers, as if on a terminal; the answers are not echoed."""
    monkeypatch.setattr(carrying_out, "is_terminal", lambda stream: isinstance(stream, io.TextIOWrapper))

    def asked(answers: str, *words: str) -> Outcome:
        return run(*ASK, *words, stdin="".join(f"{answer}\n" for answer in answers).encode())

    return asked


def written(text: str, *changes: tuple[str, str]) -> bytes:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


FIRST, SECOND, THIRD = ("NameVirtualHost *:80\n", ""), ("NameVirtualHost *:81\n", ""), ("LogLevle", "LogLevel")


@pytest.mark.parametrize(
    ("answers", "changes"),
    [
        ("yyy", (FIRST, SECOND, THIRD)),
        ("nyn", (SECOND,)),
        ("yq", (FIRST,)),
        ("na", (SECOND, THIRD)),
        ("yd", (FIRST,)),
        ("x?Y n y", (FIRST, THIRD)),
        ("", ()),
    ],
)
def test_what_is_taken_is_written(ask: Run, tmp_path: Path, answers: str, changes: tuple[tuple[str, str], ...]) -> None:
    path = conf(tmp_path, site=SITE.encode()) / "site.conf"
    outcome = ask(answers.replace(" ", ""))
    assert outcome.code == int(THIRD not in changes), outcome.err  # the misspelling is an error
    assert path.read_bytes() == written(SITE, *changes)
    assert ("modwsgi-fix undo" in outcome.err) == bool(changes)
    assert ("Nothing was taken, and no file was changed." in outcome.err) == (not changes)


def test_each_hunk_is_shown_as_diff_shows_it_with_its_rule_and_line(ask: Run, run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=SITE.encode())
    head, *hunks = run("--isolated", "--diff", "conf").out.split("@@ -")
    out = ask("nnn").out
    assert len(hunks) == 3
    for number, hunk in enumerate(hunks, 1):
        where = f"{head}@@ -{hunk}conf/site.conf:"
        assert where in out
        assert out.split(where)[1].partition("\n")[2].startswith(f"({number}/3) Apply this hunk [y,n,q,a,d,e,?]? ")
    assert "conf/site.conf:1: name-virtual-host (safe): Delete NameVirtualHost" in out


def test_help_has_a_line_for_each_letter_and_the_question_comes_again(ask: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=SITE.encode())
    for answers in ("?q", "xq"):
        out = ask(answers).out
        assert [line[:4] for line in out.split("\n") if line[1:4] == " - "] == [
            "n - ", "q - ", "a - ", "d - ", "e - ", "? - "
        ]  # fmt: skip
        assert "]? y - apply this hunk\n" in out
        assert out.count("(1/3)") == 2


def test_a_fix_of_three_files_is_offered_as_one(ask: Run, tmp_path: Path) -> None:
    (tmp_path / "conf/sites-enabled").mkdir(parents=True)
    main = "ServerRoot /etc/apache2\nListen 80\nLoadModule wsgi_module m.so\nErrorLog /e\nIncludeOptional sites-enabled/*\n"
    (tmp_path / "conf/apache2.conf").write_text(f"NameVirtualHost *:80\n{GAP}{main}")
    group = "WSGIDaemonProcess site threads=5\n"
    for name in "ab":
        host = f"<VirtualHost *:80>\nServerName {name}.example.com\n{group}WSGIProcessGroup site\n</VirtualHost>\n"
        (tmp_path / f"conf/sites-enabled/{name}.conf").write_text(host)
    before = tree(tmp_path)
    outcome = ask("nn")
    assert "(1/2) Apply this hunk [" in outcome.out
    assert "(2/2) Apply these 3 hunks [" in outcome.out
    assert outcome.out.count("--- a/conf/") == 4
    assert "conf/sites-enabled/a.conf:3: duplicate-daemon-process (safe): " in outcome.out
    assert tree(tmp_path) == before
    # What is answered for the rest of a file does not reach fixes that begin in another one.
    ask("nay")
    after = tree(tmp_path)
    assert {name for name in before if after[name] != before[name]} == {
        "conf/apache2.conf", "conf/sites-enabled/a.conf", "conf/sites-enabled/b.conf"
    }  # fmt: skip
    assert group in (tmp_path / "conf/apache2.conf").read_text()
    assert b"NameVirtualHost" in after["conf/apache2.conf"]  # type: ignore[operator]


def test_a_fix_that_needs_another_one_is_refused_without_it(ask: Run, tmp_path: Path) -> None:
    path = conf(tmp_path, site=BROKEN.encode()) / "site.conf"
    outcome = ask("yn")
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1] == (
        "modwsgi-fix: conf/site.conf: name-virtual-host is not made without what was not taken: "
        "it lies in a section that is broken, or whose text cannot be seen through; no file was changed"
    )
    assert path.read_bytes() == BROKEN.encode()
    assert ask("ny").code < 2
    assert path.read_bytes() == written(BROKEN, ("</VirtualHosts>", "</VirtualHost>"))


def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """An editor that does to the file what the lines of Python say, with ``text``."""
    program = tmp_path / "editor"
    program.write_text(
        f"#!{sys.executable}\nimport sys\ntext = open(sys.argv[1]).read()\n{body}\nopen(sys.argv[1], 'w').write(text)\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(program))


def test_an_edited_hunk_is_shown_and_asked_about_again(
    ask: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = conf(tmp_path, site=SITE.encode()) / "site.conf"
    editor(tmp_path, monkeypatch, "text = text.replace('+LogLevel warn', '+LogLevel info\\n+# by hand')")
    outcome = ask("nney")
    assert outcome.code == 0, outcome.err
    assert path.read_bytes() == written(SITE, ("LogLevle warn", "LogLevel info\n# by hand"))
    assert "+LogLevel info\n+# by hand\n" in outcome.out
    assert outcome.out.count("(3/3)") == 2
    assert ask("n").code == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("text = ''", "nothing is left of it"),
        ("text = text.replace(' # 7', ' # 8')", "its lines without + are not those of conf/site.conf from line 25 on"),
        ("text = text.replace('+LogLevel', 'x')", "a line of it begins with none of blank, + and -: x warn"),
        ("text = text.replace('-LogLevle', ' LogLevle').replace('+LogLevel warn\\n', '')", "it changes nothing"),
        ("text = text.replace('@@ ', '')", "nothing is left of it"),
        ("sys.exit(3)", "the editor * failed with exit code 3"),
        ("import os; os.remove(sys.argv[1]); os._exit(0)", "the editor * left no file: No such file or directory"),
    ],
)
def test_an_edited_hunk_that_does_not_fit_stays_as_it_was(
    ask: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, reason: str
) -> None:
    path = conf(tmp_path, site=SITE.encode()) / "site.conf"
    editor(tmp_path, monkeypatch, body)
    outcome = ask("nney")
    assert f"the hunk is as it was: {reason.replace('*', os.environ['EDITOR'])}\n" in outcome.err
    assert path.read_bytes() == written(SITE, THIRD)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("<Directory /srv>", "it would leave a syntax error: "),
        ("Alias /etc/ /etc/", "opened: "),
    ],
)
def test_an_edited_hunk_that_no_fix_would_make_is_refused(
    ask: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, reason: str
) -> None:
    site = f"<VirtualHost *:80>\nServerName a.example.com\n{SITE}<Directory /etc>\nRequire all granted\n</Directory>\n</VirtualHost>\n"
    conf(tmp_path, site=site.encode())
    before = tree(tmp_path / "conf")
    editor(tmp_path, monkeypatch, f"text = text.replace('+LogLevel warn', '+LogLevel warn\\n+{line}')")
    outcome = ask("nney")
    assert outcome.code == 2, outcome
    assert outcome.err.splitlines()[-1].startswith(f"modwsgi-fix: conf/site.conf: as edited, {reason}")
    assert outcome.err.endswith("; no file was changed\n")
    assert tree(tmp_path / "conf") == before


def test_it_is_for_a_terminal_and_goes_with_neither_diff_nor_write(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=SITE.encode())
    before = tree(tmp_path)
    assert (
        refused(run(*ASK))
        == "--patch asks on a terminal, and this is not one: --diff shows the changes, --write makes them"
    )
    for other in ("--diff", "--write"):
        assert refused(run(*ASK, other)) == f"{other} and --patch exclude each other"
    assert refused(run(*ASK, "--add-ignore")) == "--add-ignore and --patch exclude each other"
    assert refused(run("--patch", "-")).startswith("--patch and - exclude each other")
    assert refused(run(*ASK, "--output-format", "concise")).startswith("--patch asks on a terminal; leave out ")
    assert tree(tmp_path) == before


def test_it_writes_as_write_does(ask: Run, tmp_path: Path) -> None:
    path = conf(tmp_path, site=SITE.encode()) / "site.conf"
    outcome = ask("ynn", "--verify", "false", "--backup")
    assert outcome.code == 2
    assert "--verify false failed" in outcome.err
    assert path.read_bytes() == SITE.encode()
    outcome = ask("ynn", "--verify", "true", "--backup=.old")
    assert outcome.code == 1
    assert path.read_bytes() == written(SITE, FIRST)
    assert path.with_suffix(".conf.old").read_bytes() == SITE.encode()
    assert "To take effect: " in outcome.err
    from modwsgi_fix.cli import main

    assert main(["undo", "conf"]) == 0
    assert path.read_bytes() == SITE.encode()


def test_nothing_to_fix_is_not_asked_about(ask: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=b"Listen 80\n")
    assert ask("") == (0, "No findings in 1 file.\n", "")


# -- on a real terminal ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_on_a_terminal(tmp_path: Path) -> None:
    path = conf(tmp_path, site=SITE.encode()) / "site.conf"
    with Terminal(tmp_path, *ASK) as terminal:
        terminal.until("(1/3) Apply this hunk [y,n,q,a,d,e,?]? ")
        terminal.type("y\n")
        terminal.until("(2/3) Apply this hunk")
        assert path.read_bytes() == SITE.encode()
        terminal.type("\x04")  # Ctrl-D
        assert terminal.ended() == 1
    assert path.read_bytes() == written(SITE, FIRST)
    assert "To take it back: modwsgi-fix undo" in terminal.screen


#: A comment beside a line that is fixed: it would clear the screen, hide itself, and change the title of the window.
OBEYED = "# \x1b[2J\tnothing here\r# \x9b31m \x1b]0;title\x07\r\n"
PICTURED = "# \u241b[2J\tnothing here\u240d# \ufffd31m \u241b]0;title\u2407"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [[*ASK, "--color", "always"], [*ASK, "--color", "never"], ["--isolated", "--diff", "conf"]]
)
def test_a_terminal_is_not_given_what_it_would_obey(command: list[str], tmp_path: Path) -> None:
    path = conf(tmp_path, site=(OBEYED + SITE).encode()) / "site.conf"
    before = path.read_bytes()
    with Terminal(tmp_path, *command) as terminal:
        if "--patch" in command:
            terminal.until("Apply this hunk")
            terminal.type("q\n")
        assert terminal.ended() == 1
    assert PICTURED in terminal.screen.replace("\x1b[m", "")
    assert not {"\x1b[2J", "\x9b", "\x07", "here\r#"} & set(re.findall(r"\x1b\[2J|\x9b|\x07|here\r#", terminal.screen))
    assert path.read_bytes() == before


def test_a_pipe_is_given_the_diff_as_it_is(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=(OBEYED + SITE).encode())
    assert f" {OBEYED}" in run("--isolated", "--diff", "conf").out


def test_in_colour_it_is_as_git_shows_it(ask: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=SITE.encode())
    plain, coloured = ask("nnn", "--color", "never").out, ask("nnn", "--color", "always").out
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert coloured.startswith(
        "\x1b[1m--- a/conf/site.conf\x1b[m\n\x1b[1m+++ b/conf/site.conf\x1b[m\n\x1b[36m@@ -1,4 +1,3 @@\x1b[m\n"
    )
    assert "\x1b[31m-LogLevle warn\x1b[m\n\x1b[32m+LogLevel warn\x1b[m\n" in coloured
    assert "\n # 0\n" in coloured
    assert "\x1b[1;34m(1/3) Apply this hunk [y,n,q,a,d,e,?]?\x1b[m " in coloured


@pytest.mark.slow
@pytest.mark.parametrize("environment", [{"TERM": "xterm"}, {"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_has_colours_and_an_editor_has_none(tmp_path: Path, environment: dict[str, str]) -> None:
    conf(tmp_path, site=SITE.encode())
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\ncp "$1" seen.diff\n')
    editor.chmod(0o755)
    with Terminal(tmp_path, *ASK, environment={**environment, "VISUAL": str(editor)}) as terminal:
        terminal.until("(1/3)")
        terminal.type("e\n")
        terminal.until("(1/3)")
        terminal.type("q\n")
        assert terminal.ended() == 1
    assert ("\x1b[31m-NameVirtualHost *:80\x1b[m\n" in terminal.screen) == (environment == {"TERM": "xterm"})
    assert ("\x1b[3" in terminal.screen) == (environment == {"TERM": "xterm"})
    assert "\n-NameVirtualHost *:80\n" in (tmp_path / "seen.diff").read_text()


@pytest.mark.slow
def test_ctrl_c_writes_nothing(tmp_path: Path) -> None:
    conf(tmp_path, site=SITE.encode())
    before = tree(tmp_path / "conf")
    with Terminal(tmp_path, *ASK) as terminal:
        terminal.until("(1/3)")
        terminal.type("y\n")
        terminal.until("(2/3)")
        terminal.type("\x03")  # Ctrl-C
        assert terminal.ended() == 130
    assert tree(tmp_path / "conf") == before


@pytest.mark.slow
def test_the_sessions_in_the_documentation_are_real() -> None:
    spec = importlib.util.spec_from_file_location("captures", ROOT / "tools/captures.py")
    assert spec is not None
    assert spec.loader is not None
    captures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(captures)
    page = captures.PAGE.read_text("utf-8")
    assert page.count("<!-- capture: ") == len(captures.CAPTURES)
    assert captures.page(page) == page, "python tools/captures.py"
