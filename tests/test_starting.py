"""A server that httpd refuses serves nothing: what it will serve once a fix lets it start is said first."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Run

SERVER = """\
ServerName shop.test
Listen 80
<Directory />
    Require all denied
</Directory>
<VirtualHost *:80>
    ServerName shop.test
    WSGIDaemonProcess shop
    WSGIScriptAlias /app /srv/shop/app.wsgi
    Alias /files/ /srv/shop/files/
    <Directory /srv/shop>
        Require all granted
    </Directory>
</VirtualHost>
"""
TWICE = "WSGIDaemonProcess shop\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = tmp_path / "root/srv/shop/files"
    files.mkdir(parents=True)
    for name in ("site.css", "a_models.py", "z_shop.sqlite3", "private.key"):
        (files / name).write_text("")
    (files.parent / "app.wsgi").write_text("def application(environ, start_response):\n    return []\n")
    (tmp_path / "conf").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("fault", [TWICE, "ServerSignatur Off\n", "<IfModule mod_wsgi.c>\n" + TWICE + "</IfModule>\n"])
def test_what_lies_open_is_said_first(root: Path, run: Run, fault: str) -> None:
    (root / "conf/apache2.conf").write_text(
        "LoadModule wsgi_module x\n" + SERVER.replace("Listen", fault + "Listen", 1)
    )
    lines = run("--isolated", "--diff", "--root", "root", "conf").err.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("warning: httpd refuses to start now"))
    assert "3 files" in lines[at]
    assert [line.rpartition("/")[2] for line in lines[at + 1 : at + 4]] == [
        "private.key",
        "z_shop.sqlite3",
        "a_models.py",
    ]
    assert "site.css" not in "".join(lines)


def test_nothing_is_said_of_a_server_that_starts(root: Path, run: Run) -> None:
    (root / "conf/apache2.conf").write_text(SERVER + "NameVirtualHost *:80\n")
    err = run("--isolated", "--diff", "--root", "root", "conf").err
    assert "will start" not in err
    assert "Would fix" in err


def test_a_server_with_nothing_to_hide(root: Path, run: Run) -> None:
    closed = SERVER.replace("Alias /files/ /srv/shop/files/\n", "")
    (root / "conf/apache2.conf").write_text(closed + "WSGIDaemonProcess shop\n")
    err = run("--isolated", "--diff", "--root", "root", "conf").err
    assert "starts with these fixes; it then serves no source, database or key" in err


def test_without_the_disk_it_may_be_there(root: Path, run: Run) -> None:
    source = SERVER.replace("/srv/shop/files/", "/srv/shop/")
    (root / "conf/apache2.conf").write_text(source + "WSGIDaemonProcess shop\n")
    assert "that should not lie open, if they are there:" in run("--isolated", "--diff", "conf").err
