"""``modwsgi-fix undo``: a write taken back, all of it or nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from disturbance import plant
from support import Run, refused, tree

from modwsgi_fix.files import history
from modwsgi_fix.files.journal import Entry, Journal
from modwsgi_fix.files.places import Held
from modwsgi_fix.files.writing import Change, write_all

DAEMON = b"WSGIDaemonProcess shop threads=15\n"
TWICE = DAEMON * 2 + b"WSGIProcessGroup shop\n"
ONCE = DAEMON + b"WSGIProcessGroup shop\n"
WRITE = ("--write", "--isolated", "--select", "duplicate-daemon-process", "--no-impact")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state directory of one test, outside the trees that are compared."""
    home = tmp_path.parent / f"{tmp_path.name}-state"
    monkeypatch.setenv("XDG_STATE_HOME", str(home))
    return home


def made(tmp_path: Path, *names: str, text: bytes = TWICE) -> list[Path]:
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return paths


WRAPPED = {
    "plain": TWICE,
    "in a host": b"<VirtualHost *:80>\n" + TWICE + b"</VirtualHost>\n",
    "in IfModule": b"<IfModule mod_wsgi.c>\n" + TWICE + b"</IfModule>\n",
    "carriage returns and other bytes": b"# caf\xe9 \xff\r\n" + TWICE.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED.keys())
def test_bytes_modes_and_links_are_as_before(run: Run, tmp_path: Path, text: bytes) -> None:
    (file,) = made(tmp_path, "conf/available/shop.conf", text=text)
    file.chmod(0o640)
    (tmp_path / "conf/enabled").mkdir()
    (tmp_path / "conf/enabled/shop.conf").symlink_to("../available/shop.conf")
    before = tree(tmp_path)
    assert run(*WRITE, "conf").code == 0
    assert tree(tmp_path) != before
    outcome = run("undo")
    assert (outcome.code, outcome.out) == (0, "")
    assert f"{file}: taken back\n" in outcome.err
    assert tree(tmp_path) == before
    assert file.stat().st_mode & 0o777 == 0o640


def test_it_is_a_stack(run: Run, tmp_path: Path) -> None:
    (file,) = made(tmp_path, "conf/shop.conf")
    run(*WRITE, "conf")
    (again,) = made(tmp_path, "conf/shop.conf", text=ONCE + b"WSGIDaemonProcess blog\n" * 2)
    run(*WRITE, "conf")
    assert run("undo").code == 0
    assert again.read_bytes() == ONCE + b"WSGIDaemonProcess blog\n" * 2
    again.write_bytes(ONCE)
    assert run("undo").code == 0
    assert file.read_bytes() == TWICE
    assert (run("undo").code, run("undo").err.count("\n")) == (1, 1)


def test_the_last_write_to_these_paths(run: Run, tmp_path: Path) -> None:
    one, other = made(tmp_path, "one/a.conf", "other/b.conf")
    run(*WRITE, "one")
    run(*WRITE, "other")
    assert run("undo", "one/a.conf").code == 0
    assert (one.read_bytes(), other.read_bytes()) == (TWICE, ONCE)
    assert run("undo", "one").code == 1
    assert run("undo", "other").code == 0
    assert "elsewhere" in refused(run("undo", "elsewhere/c.conf"))


def test_a_write_by_its_name(run: Run, tmp_path: Path) -> None:
    first, last = made(tmp_path, "a/shop.conf", "b/shop.conf")
    name = json.loads(run(*WRITE, "--output-format", "json", "a").out)["undo"]
    assert run(*WRITE, "b").code == 0
    assert (run("undo", "--record", name).code, first.read_bytes(), last.read_bytes()) == (0, TWICE, ONCE)
    again = run("undo", "--record", name, "b")
    assert (again.code, again.err) == (1, f"nothing to undo in b: no write {name} is recorded\n")
    assert last.read_bytes() == ONCE


def test_a_part_of_a_write_is_not_taken_back(run: Run, tmp_path: Path) -> None:
    one, other = made(tmp_path, "one/a.conf", "other/b.conf")
    run(*WRITE, "one", "other")
    assert str(other) in refused(run("undo", "one"))
    assert (one.read_bytes(), other.read_bytes()) == (ONCE, ONCE)
    assert run("undo", "one", "other").code == 0
    assert (one.read_bytes(), other.read_bytes()) == (TWICE, TWICE)


@pytest.mark.parametrize("how", ["edited", "removed", "replaced by a link", "replaced by a directory"])
def test_what_changed_since_is_named_and_nothing_is_touched(run: Run, tmp_path: Path, how: str) -> None:
    one, other = made(tmp_path, "conf/a.conf", "conf/b.conf")
    other.write_bytes(TWICE.replace(b"shop", b"blog"))
    run(*WRITE, "conf")
    if how == "edited":
        other.write_bytes(ONCE + b"# by hand\n")
    else:
        other.unlink()
    if how == "replaced by a link":
        other.symlink_to("a.conf")
    elif how == "replaced by a directory":
        other.mkdir()
    before = tree(tmp_path)
    line = refused(run("undo"))
    assert str(other) in line
    assert str(one) not in line
    assert line.endswith("nothing was taken back")
    assert tree(tmp_path) == before


def test_a_write_that_changed_nothing_does_not_count(run: Run, tmp_path: Path, state: Path) -> None:
    (file,) = made(tmp_path, "conf/shop.conf")
    run(*WRITE, "conf")
    assert "undo" not in run(*WRITE, "conf").err
    assert run("undo").code == 0
    assert file.read_bytes() == TWICE
    assert list((state / "modwsgi-fix/undo").iterdir()) == []


def test_a_write_that_another_run_was_ahead_of_does_not_count(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = made(tmp_path, "conf/shop.conf")
    remember = history.remember

    def ahead(*words: Any, **options: Any) -> str:
        kept = remember(*words, **options)
        file.write_bytes(ONCE)
        return kept

    monkeypatch.setattr(history, "remember", ahead)
    assert "changed on disk meanwhile" in refused(run(*WRITE, "conf"))
    monkeypatch.setattr(history, "remember", remember)
    assert "no write is recorded" in run("undo", "conf").err
    assert file.read_bytes() == ONCE


def test_a_write_that_was_rolled_back_does_not_count(run: Run, tmp_path: Path) -> None:
    made(tmp_path, "conf/shop.conf")
    assert run(*WRITE, "--verify", "false", "conf").code == 2
    assert run("undo").code == 1


def test_a_write_that_passed_its_verification_counts(run: Run, tmp_path: Path) -> None:
    (file,) = made(tmp_path, "conf/shop.conf")
    assert run(*WRITE, "--verify", "true", "conf").code == 0
    assert run("undo").code == 0
    assert file.read_bytes() == TWICE


def test_what_was_written_in_place_keeps_its_hard_links(run: Run, tmp_path: Path) -> None:
    (file,) = made(tmp_path, "conf/shop.conf")
    os.link(file, tmp_path / "second")
    run(*WRITE, "--in-place", "conf")
    assert run("undo").code == 0
    assert (tmp_path / "second").read_bytes() == TWICE
    assert file.stat().st_nlink == 2


def test_the_records_are_private_and_twenty(run: Run, tmp_path: Path, state: Path) -> None:
    for number in range(history.KEPT + 2):
        made(tmp_path, f"conf{number}/shop.conf")
        run(*WRITE, f"conf{number}")
    kept = list((state / "modwsgi-fix/undo").iterdir())
    assert len(kept) == history.KEPT == 20
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (state / "modwsgi-fix", state / "modwsgi-fix/undo")} == {0o700}
    assert run("undo", "conf1").code == 1
    assert run("undo", "conf2").code == 0


@pytest.mark.parametrize("how", ["no home", "a file in the way"])
def test_without_a_state_directory_the_write_goes_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    (file,) = made(tmp_path, "conf/shop.conf")
    if how == "no home":
        monkeypatch.delenv("XDG_STATE_HOME")
        monkeypatch.delenv("HOME", raising=False)
    else:
        (tmp_path / "file").touch()
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    outcome = run(*WRITE, "conf")
    assert outcome.code == 0
    assert file.read_bytes() == ONCE
    assert outcome.err.count("this write cannot be taken back") == 1
    assert "To take it back" not in outcome.err
    assert run("undo").code in (1, 2)


@pytest.mark.parametrize("how", ["readable by all", "a link", "not a record", "another version", "with a second name"])
def test_only_its_own_records_are_believed(run: Run, tmp_path: Path, state: Path, how: str) -> None:
    (file,) = made(tmp_path, "conf/shop.conf")
    run(*WRITE, "conf")
    (kept,) = (state / "modwsgi-fix/undo").iterdir()
    if how == "readable by all":
        kept.chmod(0o644)
    elif how == "a link":
        kept.rename(tmp_path / "moved")
        kept.symlink_to(tmp_path / "moved")
    elif how == "not a record":
        kept.write_bytes(b'{"version": 1, "in_place": false, "files": [{"path": 1}]}')
    elif how == "another version":
        kept.write_bytes(kept.read_bytes().replace(b'"version": 1', b'"version": 2'))
    else:
        os.link(kept, tmp_path / "second")
    outcome = run("undo")
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert file.read_bytes() == ONCE


#: Ends the process without a word at the n-th time that a file is replaced.
_KILLED = """
import os, sys
from modwsgi_fix.cli import main
real, left = os.replace, [int(sys.argv[1])]
def replace(*words, **options):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), 9)
    real(*words, **options)
os.replace = replace
sys.exit(main(sys.argv[2:]))
"""


def killed(tmp_path: Path, nth: int, *words: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", _KILLED, str(nth), *words], cwd=tmp_path, capture_output=True
    ).returncode


def two(tmp_path: Path) -> list[Path]:
    paths = made(tmp_path, "conf/a.conf", "conf/b.conf")
    paths[1].write_bytes(TWICE.replace(b"shop", b"blog"))
    return paths


@pytest.mark.slow
def test_a_write_that_was_killed_and_put_back_does_not_count(run: Run, tmp_path: Path) -> None:
    one, _ = two(tmp_path)
    before = tree(tmp_path)
    assert killed(tmp_path, 2, *WRITE, "conf") == -signal.SIGKILL
    assert one.read_bytes() == ONCE
    run("--write", "--isolated", "--select", "unused-suppression", "conf")
    assert tree(tmp_path) == before
    one.write_bytes(b"# by hand\n")
    assert run("undo").code == 1


def test_an_undo_that_was_killed_is_done_again(run: Run, tmp_path: Path) -> None:
    two(tmp_path)
    before = tree(tmp_path)
    run(*WRITE, "conf")
    written = tree(tmp_path)
    assert killed(tmp_path, 2, "undo") == -signal.SIGKILL
    assert tree(tmp_path) not in (before, written)
    assert run("undo").code == 0
    assert tree(tmp_path) == before


def test_an_undo_that_was_killed_when_only_its_journal_was_left_is_done_again(
    run: Run, tmp_path: Path, state: Path
) -> None:
    """And the write before it is not taken back instead."""
    (first,) = made(tmp_path, "conf/first.conf")
    run(*WRITE, "conf")
    files = two(tmp_path)
    before = tree(tmp_path)
    run(*WRITE, "conf")
    (kept,) = (path for path in state.rglob("00000002-*.undo"))
    record, written = kept.read_bytes(), [path.read_bytes() for path in files]
    assert run("undo").code == 0
    entries = [Entry(str(p), old, p.read_bytes(), "", "") for p, old in zip(files, written, strict=True)]
    journal = plant(files[0].parent, Journal(False, tuple(entries)))
    kept.write_bytes(record)
    kept.chmod(0o600)
    assert run("undo").code == 0
    assert not journal.exists()
    assert tree(tmp_path) == before
    assert first.read_bytes() == ONCE
    assert run("undo").code == 0
    assert first.read_bytes() == TWICE


def test_a_write_that_failed_is_forgotten_unless_all_was_written(tmp_path: Path) -> None:
    (file,) = made(tmp_path, "shop.conf")
    change = (str(file), TWICE.decode(), ONCE.decode())
    history.drop_unless_written(history.remember([change], in_place=False))
    assert history.records() == []
    kept = history.remember([change], in_place=False)
    write_all([Change(*change)])
    history.drop_unless_written(kept)
    assert [record.kept for record in history.records()] == [kept]


def test_the_record_of_a_write_that_has_yet_to_come_is_left_alone(tmp_path: Path) -> None:
    """Another run that looks at the records meanwhile sees files that are as they were before."""
    (file,) = made(tmp_path, "shop.conf")
    change = (str(file), TWICE.decode(), ONCE.decode())
    with history.writing():
        kept = history.remember([change], in_place=False)
        assert history.records() == []
        write_all([Change(*change)])
    assert [record.kept for record in history.records()] == [kept]


def test_the_record_of_a_write_that_comes_while_records_are_read_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = made(tmp_path, "a.conf")
    change = (str(file), TWICE.decode(), ONCE.decode())
    with history.writing():
        kept = history.remember([change], in_place=False)
    locked = history.locked

    def write_first(directories: list[str]) -> AbstractContextManager[Held]:
        if file.read_bytes() == TWICE:
            write_all([Change(*change)])
        return locked(directories)

    monkeypatch.setattr(history, "locked", write_first)
    assert history.records() == []  # As they were when that was asked.
    assert [record.kept for record in history.records()] == [kept]


def test_a_write_of_nothing_makes_no_directory(run: Run, tmp_path: Path, state: Path) -> None:
    (file,) = made(tmp_path, "shop.conf")
    file.write_bytes(ONCE)
    assert run(*WRITE, "shop.conf").code == 0
    assert tree(state) == {}
    assert not (state / "modwsgi-fix").exists()


LAYOUTS = {
    "Debian": (("apache2.conf", "sites-enabled/shop.conf"), "apache2ctl configtest && systemctl reload apache2"),
    "Debian, a part": (("sites-available/shop.conf",), "apache2ctl configtest && systemctl reload apache2"),
    "Enterprise Linux": (
        ("conf/httpd.conf", "conf.d/shop.conf"), "apachectl configtest && systemctl reload httpd",
    ),
    "Enterprise Linux, a copy": (("etc/httpd/conf.d/shop.conf",), "apachectl configtest && systemctl reload httpd"),
    "SUSE": (("etc/apache2/vhosts.d/shop.conf",), "apachectl configtest && systemctl reload apache2"),
    "built from source": (("conf/httpd.conf",), "apachectl configtest && apachectl graceful"),
    "a file": (("shop.conf",), "apachectl configtest && apachectl graceful"),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_write_says_how_it_takes_effect_and_how_it_is_taken_back(run: Run, tmp_path: Path, name: str) -> None:
    files, command = LAYOUTS[name]
    paths = made(tmp_path, *(f"tree/{file}" for file in files))
    for path in paths[:-1]:
        path.write_bytes(b"Include conf.d/*.conf\nInclude sites-enabled/*.conf\n")
    told = run(*WRITE, "tree").err.splitlines()
    assert told[-2:] == [f"To take effect: {command}", "To take it back: modwsgi-fix undo"]
    assert f"To take effect: {command}" in run("undo").err


def test_quietly_and_as_a_diff_nothing_is_said_of_it(run: Run, tmp_path: Path) -> None:
    made(tmp_path, "conf/shop.conf")
    assert "To take" not in run("--diff", "--isolated", "conf").err
    assert "To take" not in run(*WRITE, "--quiet", "conf").err
    assert run("undo").code == 0
