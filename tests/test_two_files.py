"""A fix over configuration and script is one: it is made in both files, or in neither."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Run

_CONF = """\
WSGIDaemonProcess site
WSGIProcessGroup site
WSGIScriptAlias / /srv/site/app.wsgi
"""
_SCRIPT = """\
import sys
sys.path.insert(0, "/srv/site/lib")
from shop import application
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A server's files below ``conf``, and its filesystem below ``root``."""
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "apache2.conf").write_text(_CONF)
    script = tmp_path / "root" / "srv" / "site" / "app.wsgi"
    script.parent.mkdir(parents=True)
    script.write_text(_SCRIPT)
    return tmp_path


def state(tree: Path) -> tuple[bool, bool]:
    """Whether the configuration has the option, and whether the script is without its line."""
    conf = (tree / "conf" / "apache2.conf").read_text()
    return "python-path=/srv/site/lib" in conf, "sys.path" not in (tree / "root/srv/site/app.wsgi").read_text()


def words(tree: Path, *more: str) -> tuple[str, ...]:
    return ("--select", "sys-path-in-script", "--root", str(tree / "root"), *more)


def test_it_is_made_in_both_files(run: Run, tree: Path) -> None:
    run("--write", *words(tree, "--unsafe-fixes", str(tree)))
    assert state(tree) == (True, True)


def test_the_diff_has_both_files(run: Run, tree: Path) -> None:
    told = run("--diff", *words(tree, "--unsafe-fixes", str(tree))).out
    assert "+WSGIDaemonProcess site python-path=/srv/site/lib" in told
    assert '-sys.path.insert(0, "/srv/site/lib")' in told
    assert state(tree) == (False, False)


@pytest.mark.parametrize("level", ["safe", "repair"])
def test_it_is_made_in_neither_at_a_lower_level(run: Run, tree: Path, level: str) -> None:
    run("--write", *words(tree, "--fix-level", level, str(tree)))
    assert state(tree) == (False, False)


def test_it_is_made_in_neither_where_the_script_was_not_named(run: Run, tree: Path) -> None:
    told = run("--write", *words(tree, "--unsafe-fixes", str(tree / "conf"))).err
    assert state(tree) == (False, False)
    assert "app.wsgi is outside the given paths" in told


def test_it_is_made_in_neither_where_the_configuration_is_excluded(run: Run, tree: Path) -> None:
    run("--write", *words(tree, "--unsafe-fixes", "--exclude", "*.conf", str(tree)))
    assert state(tree) == (False, False)


def test_it_is_made_in_neither_where_the_script_is_excluded(run: Run, tree: Path) -> None:
    run("--write", *words(tree, "--unsafe-fixes", "--exclude", "*.wsgi", str(tree)))
    assert state(tree) == (False, False)


def test_it_is_made_in_neither_with_no_scripts(run: Run, tree: Path) -> None:
    run("--write", *words(tree, "--unsafe-fixes", "--no-scripts", str(tree)))
    assert state(tree) == (False, False)


def test_it_is_made_in_neither_where_the_configuration_is_read_twice(run: Run, tree: Path) -> None:
    (tree / "conf" / "apache2.conf").write_text("Include site.conf\nInclude site.conf\n")
    (tree / "conf" / "site.conf").write_text(_CONF)
    run("--write", *words(tree, "--unsafe-fixes", str(tree)))
    assert "python-path" not in (tree / "conf" / "site.conf").read_text()
    assert (tree / "root/srv/site/app.wsgi").read_text() == _SCRIPT


def test_it_is_made_in_neither_where_a_file_cannot_be_written(run: Run, tree: Path) -> None:
    (tree / "copy").hardlink_to(tree / "root/srv/site/app.wsgi")
    outcome = run("--write", *words(tree, "--unsafe-fixes", str(tree / "conf"), str(tree / "root")))
    assert outcome.code == 2
    assert state(tree) == (False, False)


def test_bytes_that_are_no_text_come_back(run: Run, tree: Path) -> None:
    script = tree / "root/srv/site/app.wsgi"
    script.write_bytes(b"# -*- coding: latin-1 -*-\r\n# caf\xe9\r\n" + _SCRIPT.encode().replace(b"\n", b"\r\n"))
    run("--write", *words(tree, "--unsafe-fixes", str(tree)))
    assert script.read_bytes() == b"# -*- coding: latin-1 -*-\r\n# caf\xe9\r\nfrom shop import application\r\n"
