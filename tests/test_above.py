"""A file below a server is read in that server; what no server reaches is a fragment, and says what it cannot know."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Run

MAIN = "ServerName main.test\nListen 80\n<Directory />\n    Require all denied\n</Directory>\n"
INCLUDES = "IncludeOptional sites-enabled/*.conf\n"
SITE = "<VirtualHost *:80>\n    ServerName {0}.test\n    WSGIScriptAlias / /srv/{0}/app.wsgi\n</VirtualHost>\n"


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Debian's layout: one site enabled by a link, one that is only available, one file beside."""
    top = tmp_path / "etc"
    for name in ("sites-enabled", "sites-available"):
        (top / name).mkdir(parents=True)
    (top / "apache2.conf").write_text(MAIN + INCLUDES)
    for name in ("shop", "wiki"):
        (top / "sites-available" / f"{name}.conf").write_text(SITE.format(name))
    (top / "sites-enabled" / "shop.conf").symlink_to("../sites-available/shop.conf")
    (top / "loose.conf").write_text(SITE.format("loose"))
    monkeypatch.chdir(tmp_path)
    return top


@pytest.mark.parametrize(
    "path",
    [
        "etc/sites-enabled/shop.conf",
        "etc/sites-available/shop.conf",
        "etc/sites-available/wiki.conf",
        "etc/sites-enabled",
        "etc/sites-available",
    ],
)
def test_a_file_is_read_in_the_server_above(conf: Path, run: Run, path: str) -> None:
    outcome = run("--isolated", path)
    assert "script-directory-not-granted" in outcome.out
    assert all(line.startswith((path, "Found")) for line in outcome.out.splitlines())
    assert "would be refused" not in outcome.err
    run("--isolated", "--write", path)
    assert (conf / "apache2.conf").read_text() == MAIN + INCLUDES, "only what was named is changed"
    assert "Require all granted" in "".join(file.read_text() for file in conf.glob("sites-*/*.conf"))


def test_what_the_server_does_not_read_is_a_fragment(conf: Path, run: Run) -> None:
    outcome = run("--isolated", "etc/loose.conf")
    assert "script-directory-not-granted" not in outcome.out
    assert "http://loose.test/ would be refused by a server that denies by default" in outcome.err


def test_the_nearest_server_that_reaches_it(conf: Path, run: Run) -> None:
    """A main file below, which does not read the file, is not its server."""
    (conf / "sites-enabled" / "httpd.conf").write_text("ServerName other.test\n")
    assert "script-directory-not-granted" in run("--isolated", "etc/sites-enabled/shop.conf").out


def test_the_rest_of_the_server_is_not_quoted(conf: Path, run: Run) -> None:
    (conf / "apache2.conf").write_text(MAIN + "Orderr secret-word\n" + INCLUDES)
    for words in (("etc/sites-enabled/shop.conf",), ("--diff", "etc/sites-enabled/shop.conf")):
        outcome = run("--isolated", *words)
        assert "secret-word" not in outcome.out + outcome.err
        assert "misspelt-directive" not in outcome.out


def test_standard_input_is_read_in_its_server(conf: Path, run: Run) -> None:
    words = ("--isolated", "--fix-level", "repair", "--stdin-filename")
    text = SITE.format("new")
    assert "Require all granted" in run(*words, "etc/sites-enabled/new.conf", "-", stdin=text.encode()).out
    assert run(*words, "etc/new.conf", "-", stdin=text.encode()).out == text
    assert run("--isolated", "--fix-level", "repair", "-", stdin=text.encode()).out == text


def test_servers_below_a_directory_are_servers_of_their_own(conf: Path, run: Run) -> None:
    second = conf.parent / "second" / "conf"
    second.mkdir(parents=True)
    (second / "httpd.conf").write_text(MAIN + SITE.format("second"))
    out = run("--isolated", ".").out
    assert "etc/sites-available/shop.conf:3" in out or "etc/sites-enabled/shop.conf:3" in out
    assert "second/conf/httpd.conf:8" in out


@pytest.mark.parametrize("around", ["", "<IfModule mod_wsgi.c>\n{}</IfModule>\n", "{}Define X\n", "# a comment\n{}"])
def test_a_fragment_says_what_a_deny_would_refuse(tmp_path: Path, run: Run, around: str) -> None:
    text = (around or "{}").format(SITE.format("a"))
    (tmp_path / "a.conf").write_text(text)
    note = "http://a.test/ would be refused by a server that denies by default"
    assert note in run("--isolated", str(tmp_path / "a.conf")).err
    assert note not in run("--isolated", "--assume-deny", "none", str(tmp_path / "a.conf")).err
    (tmp_path / "modwsgi-fix.toml").write_text('assume-deny = "none"\n')
    assert note not in run(str(tmp_path / "a.conf")).err


@pytest.mark.parametrize(
    ("denies", "grant", "answer"),
    [
        ("2.4", "", "refused"),
        ("2.2", "", "refused"),
        ("none", "", "application"),
        ("2.4", "Require all granted", "application"),
        ("2.2", "Require all granted", "refused"),
        ("2.4", "Order allow,deny\nAllow from all", "refused"),
        ("2.2", "Order allow,deny\nAllow from all", "application"),
        ("2.2", "Satisfy Any\nRequire all granted", "application"),
    ],
)
def test_trace_in_a_server_that_denies(tmp_path: Path, run: Run, denies: str, grant: str, answer: str) -> None:
    section = f"<Directory /srv/a>\n{grant}\n</Directory>\n" if grant else ""
    (tmp_path / "a.conf").write_text(section + SITE.format("a"))
    out = run("trace", "http://a.test/", str(tmp_path), "--assume-deny", denies).out
    assert answer in out
    assert ("refused" if answer == "application" else "application") not in out.partition("host ")[0]


def test_a_wrong_word_is_one_line(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.conf").write_text(SITE.format("a"))
    assert run("--assume-deny", "yes", str(tmp_path)).code == 2
    (tmp_path / "modwsgi-fix.toml").write_text('assume-deny = "yes"\n')
    outcome = run(str(tmp_path))
    assert outcome.code == 2
    assert outcome.err.splitlines() == [
        'modwsgi-fix: modwsgi-fix.toml:1: assume-deny must be "2.2", "2.4" or "none", not "yes"'
    ]


@pytest.mark.parametrize("where", ["words", "settings", "both"])
def test_httpd_22_is_not_assumed_to_deny_in_words_of_24(run: Run, tmp_path: Path, where: str) -> None:
    """The fix would be in words of 2.2, which do not open what these refuse."""
    (tmp_path / "site.conf").write_text("WSGIScriptAlias / /srv/app/app.wsgi\n")
    if where != "words":
        target = '[target]\nhttpd = "2.2"\n' if where == "settings" else ""
        (tmp_path / "modwsgi-fix.toml").write_text(f'assume-deny = "2.4"\n{target}')
    given = {"words": ["--assume-deny", "2.4", "--target", "httpd=2.2"], "both": ["--target", "httpd=2.2"]}.get(
        where, []
    )
    outcome = run(*given, "site.conf")
    assert outcome.code == 2
    assert outcome.err == (
        "modwsgi-fix: assume-deny 2.4 and target httpd=2.2 exclude each other: httpd 2.2 has no Require all denied\n"
    )
    assert run("--assume-deny", "2.2", "--target", "httpd=2.2", "site.conf").code != 2
