"""Fixes of a named ``.htaccess``: as a part of the server that reads it, or alone, where less is certain."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Run

_SERVER = """\
ServerName a.example
Listen 80
DocumentRoot /var/www/s
<Directory />
    Require all denied
</Directory>
<Directory /var/www>
    AllowOverride {override}
    Require all granted
</Directory>
<Files ".ht*">
    Require all denied
</Files>
"""


def _planted(top: Path, text: str, *, override: str = "All", **files: str) -> Path:
    site = top / "var/www/s"
    site.mkdir(parents=True)
    (top / "etc/apache2").mkdir(parents=True)
    (top / "etc/apache2/apache2.conf").write_text(_SERVER.format(override=override))
    for name, content in {"index_html": "index", **files}.items():
        (site / name.replace("_", ".")).write_text(content)
    (site / ".htaccess").write_text(text)
    return site / ".htaccess"


def _ask(run: Run, file: Path, top: Path, *, server: bool) -> tuple[int, str, str]:
    named = [str(top / "etc/apache2")] if server else []
    done = run("--write", *named, str(file), "--root", str(top))
    return done.code, done.out, done.err


_SLIPS = [
    ("Options Indexes -FollowSymLinks\n", "Options +Indexes -FollowSymLinks\n"),
    ("Require all granted # for all\n", "# for all\nRequire all granted\n"),
    ("<IfModule mod_dir.c>\nFallbackResource /x.txt # first\n</IfModule>\n", "<IfModule mod_dir.c>\n# first\nFallbackResource /x.txt\n</IfModule>\n"),
    ("<Files \u201cx.txt\u201d>\nRequire all denied\n</Files>\n", '<Files "x.txt">\nRequire all denied\n</Files>\n'),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), _SLIPS)
@pytest.mark.parametrize("named", ["the server", "the file alone"])
def test_what_httpd_does_not_take_is_written_right(
    before: str, after: str, named: str, tmp_path: Path, run: Run
) -> None:
    """Whether the server is named, or lies where distributions have it below --root."""
    file = _planted(tmp_path, before)
    _, _, err = _ask(run, file, tmp_path, server=named == "the server")
    assert file.read_text() == after, err


def test_a_fix_that_would_hand_out_source_is_withheld_with_the_url(tmp_path: Path, run: Run) -> None:
    file = _planted(tmp_path, "Options Indexes -FollowSymLinks\n", settings_py="SECRET = 1")
    _, _, err = _ask(run, file, tmp_path, server=True)
    assert file.read_text() == "Options Indexes -FollowSymLinks\n"
    assert "opened: http://a.example/settings.py would change: error 500 -> file served" in err


def test_where_nothing_reads_the_file_nothing_changes_for_anybody(tmp_path: Path, run: Run) -> None:
    file = _planted(tmp_path, "Options Indexes -FollowSymLinks\n", override="None", settings_py="SECRET = 1")
    _ask(run, file, tmp_path, server=True)
    assert file.read_text() == "Options +Indexes -FollowSymLinks\n"


def test_alone_what_would_change_its_meaning_is_withheld_and_says_why(tmp_path: Path, run: Run) -> None:
    file = tmp_path / ".htaccess"
    text = "<Files x.txt>\n    Order allow,deny\n    Deny from all\n</Files>\n"
    file.write_text(text)
    done = run("--write", "--unsafe-fixes", str(file), "--target", "httpd=2.4")
    assert file.read_text() == text
    assert "name that server as well, with --root" in done.err


@pytest.mark.parametrize(("before", "after"), _SLIPS[:3])
def test_alone_what_httpd_does_not_take_is_written_right(before: str, after: str, tmp_path: Path, run: Run) -> None:
    file = tmp_path / ".htaccess"
    file.write_text(before)
    run("--write", str(tmp_path))
    assert file.read_text() == after


def test_a_message_says_what_becomes_of_requests_and_not_of_the_start(tmp_path: Path, run: Run) -> None:
    (tmp_path / ".htaccess").write_text("Options Indexes -FollowSymLinks\n")
    out = run(str(tmp_path)).out
    assert "so every request below it is an error 500" in out
    assert "not start" not in out


_OFFICE = "Order deny,allow\nDeny from all\nAllow from 192.0.2.0/24\n"


def test_old_words_are_converted_where_the_server_is_in_sight(tmp_path: Path, run: Run) -> None:
    file = _planted(tmp_path, _OFFICE)
    _, _, err = _ask(run, file, tmp_path, server=True)
    assert file.read_text() == "Require ip 192.0.2.0/24\n", err


def test_old_words_stay_where_it_is_not(tmp_path: Path, run: Run) -> None:
    file = tmp_path / ".htaccess"
    file.write_text(_OFFICE)
    done = run("--write", str(file))
    assert file.read_text() == _OFFICE
    assert "name that server as well, with --root" in done.err


def test_old_words_stay_where_something_around_them_restricts(tmp_path: Path, run: Run) -> None:
    """The Require of the file would take the place of the one around it."""
    text = "Order allow,deny\nAllow from all\n"
    file = _planted(tmp_path, text)
    main = tmp_path / "etc/apache2/apache2.conf"
    main.write_text(main.read_text().replace("Require all granted", "Require ip 192.0.2.1"))
    _, _, err = _ask(run, file, tmp_path, server=True)
    assert file.read_text() == text
    assert "Say it with Require" in err


def test_a_server_and_its_files_are_converted_in_one_run(tmp_path: Path, run: Run) -> None:
    file = _planted(tmp_path, _OFFICE)
    main = tmp_path / "etc/apache2/apache2.conf"
    main.write_text(
        main.read_text()
        .replace("Require all denied", "Order deny,allow\n    Deny from all")
        .replace("Require all granted", "Order allow,deny\n    Allow from all")
    )
    words = ("migrate", "--isolated", "--root", str(tmp_path), str(tmp_path / "etc"), str(file.parent))
    run(*words, "--write")
    assert not {"Order", "Allow", "Deny"} & {*file.read_text().split(), *main.read_text().split()}
    assert run(*words, "--diff").out == ""


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("WSGIScriptAlias / /srv/a.wsgi", "no AllowOverride admits it"),
        ("<VirtualHost *:80>\n</VirtualHost>", "no AllowOverride admits it"),
        ("<IfModule core.c>\nDocumentRoot /srv\n</IfModule>", "no AllowOverride admits it"),
        ("AuthName staff", "let AllowOverride admit it"),
        ("RewriteEngin On", "correct the line"),
    ],
)
def test_what_to_do_with_a_line_is_what_can_be_done(line: str, advice: str, tmp_path: Path, run: Run) -> None:
    _planted(tmp_path, f"{line}\n", override="Options FileInfo")
    done = run(str(tmp_path / "etc/apache2"), "--root", str(tmp_path), "--select", "htaccess-refused")
    assert advice in done.out
