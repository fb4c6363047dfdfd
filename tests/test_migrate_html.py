"""``modwsgi-fix migrate --html FILE``: one file that a browser shows, whatever the server's texts hold."""

from __future__ import annotations

import os
import re
from pathlib import Path

import browser
import pytest
from support import Run

SERVER = """\
ServerName www.test
Listen 80
LockFile /var/lock/accept.lock
<Directory />
    Order deny,allow
    Deny from all
</Directory>
<VirtualHost *:80>
    ServerName shop.test
    WSGIScriptAlias / /srv/shop/app.wsgi
    <Directory /srv/shop>
        Order allow,deny
        Allow from all
    </Directory>
</VirtualHost>
"""


def _written(run: Run, tmp_path: Path, text: str = SERVER, *words: str, code: int = 1) -> tuple[str, browser.Page]:
    (tmp_path / "conf").mkdir(exist_ok=True)
    (tmp_path / "conf/httpd.conf").write_text(text, encoding="utf-8", errors="surrogateescape")
    done = run("migrate", "--isolated", "--html", "page.html", *words, "conf")
    assert (done.code, done.out) == (code, "Wrote the page to page.html.\n"), done.err
    made = (tmp_path / "page.html").read_bytes().decode("utf-8")
    return made, browser.Page(made)


def test_it_has_what_the_page_has_and_the_changes(run: Run, tmp_path: Path) -> None:
    _, page = _written(run, tmp_path)
    assert page.all("h1") == ["From httpd 2.2 to httpd 2.4: 1 file"]
    assert page.all("h2") == [
        "Whether it starts", "What the fixes do", "What changes for visitors", "What is left for you, in this order",
        "What changes in 1 file", "To go on",
    ]  # fmt: skip
    assert "Delete LockFile (removed-mutex-directives, safe): 1 place" in page.all("li")
    assert any(text.startswith("conf/httpd.conf") for text in page.all("summary"))
    shown = page.all("span")
    assert "-LockFile /var/lock/accept.lock" in shown
    assert "+    Require all denied" in shown
    assert page.all("pre") == ["modwsgi-fix migrate --isolated conf --write"]
    # Its text is that of the page in a terminal.
    text = run("migrate", "--isolated", "conf").out
    assert [line.strip() for line in text.splitlines() if line.startswith("  ")][:-1] == page.all("li")


def test_what_is_left_stands_in_its_order_with_what_to_do(run: Run, tmp_path: Path) -> None:
    modules = "".join(
        f"LoadModule {name}_module modules/mod_{name}.so\n"
        for name in ("alias", "auth_basic", "authn_file", "authz_host", "dir", "mem_cache", "mime")
    )
    _, page = _written(run, tmp_path, modules + SERVER)
    left = run("migrate", "--isolated", "conf").out.partition("What is left for you")[2].splitlines()
    numbered = [line.partition(". ")[2] for line in left if re.match(r"  \d+\. ", line)]
    assert [line.split(": ")[1] for line in numbered] == ["old-module-list", "removed-module"]
    listed = page.all("li")
    assert [text for text in listed if text in numbered] == numbered
    assert listed[listed.index(numbered[0]) + 1].startswith("load mod_mpm_event, mod_authz_core")


def test_nothing_is_left_and_nothing_changes(run: Run, tmp_path: Path) -> None:
    _, page = _written(
        run, tmp_path, "ServerName www.test\nListen 80\n<Directory />\n    Require all denied\n</Directory>\n", code=0
    )
    assert "nothing" in page.all("p")
    assert page.all("summary") == []


_HOSTILE = [
    "<script>alert(1)</script>", "--></style></pre><h1>x</h1>", "&lt;b&gt;", "\u202egnp.exe", "\x1b[31mred", "caf\udce9",
    "' onload='x", '"><img src=x onerror=y>',
]  # fmt: skip


@pytest.mark.parametrize("text", _HOSTILE)
@pytest.mark.parametrize("line", ["LockFile {}", "# {}\nLockFile x", "{} on", 'ServerAdmin "{}"\nDefaultType x/y'])
def test_no_text_of_a_server_is_markup(run: Run, tmp_path: Path, text: str, line: str) -> None:
    made, page = _written(run, tmp_path, SERVER.replace("LockFile", line.format(text) + "\nLockFile"), code=1)
    assert set(re.findall(r"<(\w+)", made)) <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "ul", "ol", "li", "p", "br", "pre", "span", "details", "summary",
    }  # fmt: skip
    assert not any(name.startswith("on") or name in ("src", "href") for name, _ in page.attributes)
    assert not set(made) & {"\x1b", "\u202e", "\r"}


def test_nothing_is_fetched_and_nothing_runs(run: Run, tmp_path: Path) -> None:
    made, page = _written(run, tmp_path)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes
    assert not re.search(r"https?://|url\(|@import", made.replace("http://shop.test", ""))


def test_secrets_are_masked_but_in_the_diff(run: Run, tmp_path: Path) -> None:
    text = SERVER.replace("LockFile", "SetEnv DB_PASSWORD hunter2secret\nFoobar hunter2secret\nLockFile")
    _, page = _written(run, tmp_path, text)
    assert [element for element, words in page.texts if "hunter2secret" in words] in ([], ["span"], ["span"] * 2)


def test_it_is_not_written_over_a_file_of_the_server_or_where_httpd_reads_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "conf/conf.d").mkdir(parents=True)
    (tmp_path / "conf/httpd.conf").write_text(SERVER + "Include conf.d/\n")
    os.symlink("conf/httpd.conf", tmp_path / "link.html")
    for file, said in {
        "conf/httpd.conf": "is one of the files that are checked",
        "link.html": "is one of the files that are checked",
        "conf/conf.d/page.html": "httpd might read it there",
        "conf": "is a directory",
        "none/page.html": "no such directory",
    }.items():
        done = run("migrate", "--isolated", "--html", file, "conf")
        assert (done.code, done.out) == (2, "")
        assert f"--html {file}: {said}" in done.err
        assert done.err.count("\n") == 1
    assert (tmp_path / "conf/httpd.conf").read_text() == SERVER + "Include conf.d/\n"
    assert list((tmp_path / "conf/conf.d").iterdir()) == []


@pytest.mark.parametrize("words", [("--diff",), ("--write",), ("--output-format", "json")])
def test_it_is_the_page_and_nothing_else(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "httpd.conf").write_text(SERVER)
    done = run("migrate", "--isolated", "--html", "page.html", *words, ".")
    assert done.code == 2
    # A program that reads JSON is told so in JSON.
    assert (done.out == "") is ("json" not in words)
    assert not (tmp_path / "page.html").exists()


def test_the_old_page_stays_where_the_new_one_cannot_be_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _written(run, tmp_path)
    (tmp_path / "page.html").write_text("the old page")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("modwsgi_fix.cli.beside.put_staged", full)
    done = run("migrate", "--isolated", "--html", "page.html", "conf")
    assert (done.code, done.out) == (2, "")
    assert "no space left on device" in done.err.lower()
    assert (tmp_path / "page.html").read_text() == "the old page"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["conf", "page.html"]


@browser.needed
@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("folded", ["folded", "unfolded"])
def test_a_browser_shows_it_without_scrolling_sideways(run: Run, tmp_path: Path, width: int, folded: str) -> None:
    wide = "LockFile /" + "x" * 400 + "\n# " + "a line of words " * 40 + "\n"
    made, _ = _written(run, tmp_path, SERVER.replace("LockFile", wide + "LockFile") + "F" + "o" * 200 + " on\n")
    scrolled, inner = browser.widths(made, tmp_path, width, unfolded=folded == "unfolded")
    assert scrolled <= inner
    assert abs(inner - width) < 200
