"""A baseline: what an old server had when it was taken up is neither reported nor fixed, and what is new is."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from disturbance import without_nameless
from support import Run, conf, refused, tree

from modwsgi_fix.files.locking import locked

FILE = "modwsgi-fix-baseline.json"

#: Two findings, on lines of httpd 2.2.
OLD = b"ServerName old.example\nLockFile /srv/lock\nNameVirtualHost *:80\n"
MUTEX, NAMES = "removed-mutex-directives", "name-virtual-host"
FORMATS = ("concise", "full", "json", "sarif", "github", "gitlab", "junit", "rdjson")


def rules(run: Run, *words: str) -> list[str]:
    """The rules of all findings that are reported, with their lines."""
    found = json.loads(run("--output-format", "json", *words).out)["findings"]
    return [f"{one['rule']}:{one['line']}" for one in found]


def server(tmp_path: Path, site: bytes = OLD) -> Path:
    """A whole server whose site is enabled by a link."""
    top = tmp_path / "etc"
    (top / "sites-available").mkdir(parents=True)
    (top / "sites-enabled").mkdir()
    (top / "apache2.conf").write_bytes(b"Listen 80\nIncludeOptional sites-enabled/*.conf\n")
    (top / "sites-available/shop.conf").write_bytes(site)
    (top / "sites-enabled/shop.conf").symlink_to("../sites-available/shop.conf")
    return top


def test_one_file_is_written_and_nothing_else(run: Run, tmp_path: Path) -> None:
    server(tmp_path)
    before = tree(tmp_path)
    outcome = run("baseline", "write", "etc")
    assert outcome.code == 0
    assert outcome.out.count("\n") == 1
    after = tree(tmp_path)
    assert after.keys() - before.keys() == {FILE}
    assert {name: after[name] for name in before} == before
    run("baseline", "write", "etc")
    assert tree(tmp_path) == after


def test_a_write_that_fails_leaves_the_old_one_and_nothing_else(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server(tmp_path)
    run("baseline", "write", "etc")
    (tmp_path / "etc/sites-available/shop.conf").write_bytes(OLD + b"NameVirtualHost *:81\n")
    before = tree(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, fail)
            outcome = run("baseline", "write", "etc")
        assert refused(outcome) == f"{FILE}: no space left on device"
        assert tree(tmp_path) == before


@pytest.mark.parametrize("nameless", [True, False])
def test_what_a_crash_left_goes_with_the_next_write(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, nameless: bool
) -> None:
    if not nameless:
        without_nameless(monkeypatch.setattr)
    server(tmp_path)
    before = tree(tmp_path)
    (tmp_path / ".modwsgi-fix-baseline.staged").write_bytes(b'{"version": 1')
    assert run("baseline", "write", "etc").code == 0
    assert tree(tmp_path).keys() - before.keys() == {FILE}
    assert json.loads((tmp_path / FILE).read_bytes())["findings"]


def test_two_runs_do_not_write_it_at_once(run: Run, tmp_path: Path) -> None:
    server(tmp_path)
    with locked([str(tmp_path)]):
        outcome = run("baseline", "write", "etc")
    assert refused(outcome) == f"{tmp_path}: another run of modwsgi-fix is writing here"
    assert not (tmp_path / FILE).exists()


def test_what_is_in_it_is_in_no_report(run: Run, tmp_path: Path) -> None:
    server(tmp_path)
    assert run("etc").code == 1
    run("baseline", "write", "etc")
    for format in FORMATS:
        outcome = run("--all", "--output-format", format, "--baseline", FILE, "etc")
        assert outcome.code == 0, format
        assert MUTEX not in outcome.out
        assert f"note: 2 findings of {FILE} are not shown" in outcome.err


@pytest.mark.parametrize("mode", ["--diff", "--write"])
def test_what_is_in_it_is_not_fixed(run: Run, tmp_path: Path, mode: str) -> None:
    top = server(tmp_path)
    run("baseline", "write", "etc")
    outcome = run(mode, "--baseline", FILE, "etc")
    assert outcome.code == 0
    assert "@@" not in outcome.out
    assert (top / "sites-available/shop.conf").read_bytes() == OLD


def test_what_is_new_is_fixed_beside_it(run: Run, tmp_path: Path) -> None:
    top = server(tmp_path, OLD + b"WSGIPythonOptimize 1\n")
    run("baseline", "write", "etc")
    site = top / "sites-available/shop.conf"
    site.write_bytes(OLD + b"WSGIPythonOptimize 1\nWSGIDaemonProcess a\nWSGIDaemonProcess a\nWSGIProcessGroup a\n")
    outcome = run("--write", "--fix-level", "safe", "--baseline", FILE, "etc")
    assert outcome.code == 0
    assert site.read_bytes().startswith(OLD)
    assert site.read_bytes().count(b"WSGIDaemonProcess") == 1


@pytest.mark.parametrize(
    "changed",
    [
        b"# above\n\n" + OLD,
        b"ServerSignature Off\n" + OLD,
        b"<IfModule wsgi_module>\n" + OLD + b"</IfModule>\n",
        OLD.replace(b"Lock", b"\tLock").replace(b" *", b"  *"),
        OLD.replace(b"\n", b"\r\n"),
        OLD.replace(b"old.example", b"renamed.example"),
        b"NameVirtualHost *:80\nServerName old.example\nLockFile /srv/lock\n",
    ],
    ids=["comment", "directive", "IfModule", "indentation", "line ends", "neighbour", "order"],
)
def test_lines_may_move(run: Run, tmp_path: Path, changed: bytes) -> None:
    conf(tmp_path, site=OLD)
    run("baseline", "write", "conf")
    conf(tmp_path, site=changed)
    outcome = run("--baseline", FILE, "conf")
    assert (outcome.code, outcome.out) == (0, "No findings in 1 file.\n")
    assert "stale" not in outcome.err


@pytest.mark.slow
def test_a_second_one_like_it_is_new(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=OLD)
    run("baseline", "write", "conf")
    conf(tmp_path, site=OLD + OLD)
    assert run("--baseline", FILE, "conf").code == 1
    assert rules(run, "--baseline", FILE, "conf") == [f"{MUTEX}:5", f"{NAMES}:6"]
    run("baseline", "write", "conf")
    assert rules(run, "--baseline", FILE, "conf") == []


def test_one_like_it_in_another_file_is_new(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, a=OLD)
    run("baseline", "write", "conf")
    conf(tmp_path, b=OLD)
    assert len(rules(run, "--baseline", FILE, "conf")) == 2


def test_a_copy_elsewhere_has_the_same(run: Run, tmp_path: Path) -> None:
    top = server(tmp_path)
    run("baseline", "write", str(top))
    assert str(tmp_path) not in (tmp_path / FILE).read_text()
    shutil.copytree(top, tmp_path / "elsewhere/apache", symlinks=True)
    (tmp_path / "elsewhere" / "known.json").write_bytes((tmp_path / FILE).read_bytes())
    shutil.rmtree(top)
    outcome = run("--baseline", "elsewhere/known.json", "elsewhere/apache")
    assert outcome.code == 0
    assert "stale" not in outcome.err


def test_a_file_named_by_itself_has_the_same(run: Run, tmp_path: Path) -> None:
    server(tmp_path)
    (tmp_path / "etc/ports.conf").write_bytes(OLD)
    (tmp_path / "etc/apache2.conf").write_bytes(b"Include ports.conf\nIncludeOptional sites-enabled/*.conf\n")
    run("baseline", "write", "etc")
    for named in ("etc/sites-available/shop.conf", "etc/ports.conf", "etc/sites-available"):
        outcome = run("--baseline", FILE, named)
        assert outcome.code == 0, outcome.out
        assert "stale" not in outcome.err


def test_a_finding_that_a_comment_allows_takes_no_place(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=OLD)
    run("baseline", "write", "conf")
    allow = f"# modwsgi-fix: allow {MUTEX}\n# modwsgi-fix: allow {NAMES}\n<IfModule wsgi_module>\n".encode()
    allowed = allow + OLD + b"</IfModule>\n"
    conf(tmp_path, site=allowed + OLD)
    assert rules(run, "--baseline", FILE, "conf") == []
    conf(tmp_path, site=allowed + OLD + OLD)
    assert rules(run, "--baseline", FILE, "conf") == [f"{MUTEX}:12", f"{NAMES}:13"]


def test_a_comment_without_use_can_be_known(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=b"# modwsgi-fix: allow name-virtual-host\nListen 80\n")
    assert rules(run, "conf") == ["unused-suppression:1"]
    run("baseline", "write", "conf")
    assert rules(run, "--baseline", FILE, "conf") == []


def test_scripts_have_entries(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shop.wsgi").write_text("import sys\n\nprint('x', file=sys.stdout)\n")
    conf(tmp_path, site=b"WSGIScriptAlias / %s/shop.wsgi\n" % str(tmp_path).encode())
    assert any(name.startswith("missing-application") for name in rules(run, "conf", "shop.wsgi"))
    run("baseline", "write", "conf", "shop.wsgi")
    assert rules(run, "--baseline", FILE, "conf", "shop.wsgi") == []


# -- stale entries -------------------------------------------------------------


def test_stale_entries_are_named_and_pruned(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=OLD + OLD)
    run("baseline", "write", "conf")
    full = (tmp_path / FILE).read_bytes()
    conf(tmp_path, site=OLD + b"WSGIDaemonProcess a\nWSGIDaemonProcess a\n")
    for words in ([], ["--diff"], ["--write", "--fix-level", "safe"]):
        outcome = run(*words, "--baseline", FILE, "conf")
        assert [line for line in outcome.err.splitlines() if " stale: " in line] == [
            f"note: {FILE}: stale: {NAMES} is not found any longer in site.conf",
            f"note: {FILE}: stale: {MUTEX} is not found any longer in site.conf",
        ], words
    assert (tmp_path / FILE).read_bytes() == full
    assert run("baseline", "prune", "conf").code == 0
    pruned = (tmp_path / FILE).read_bytes()
    # One of each is left, and what is new was not added.
    conf(tmp_path, site=OLD)
    run("baseline", "write", "conf")
    assert (tmp_path / FILE).read_bytes() == pruned
    assert "stale" in run("baseline", "prune", "conf").out
    assert (tmp_path / FILE).read_bytes() == pruned


def test_what_was_not_looked_at_is_not_stale(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, a=OLD, b=OLD)
    run("baseline", "write", "conf")
    before = (tmp_path / FILE).read_bytes()
    for words in (["conf/a.conf"], ["--select", "needless-ifmodule,listen-twice", "conf"]):
        assert "stale" not in run("--baseline", FILE, *words).err
        run("baseline", "prune", *words)
        assert (tmp_path / FILE).read_bytes() == before


def test_entries_of_a_file_that_is_gone_are_stale(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, a=OLD, b=OLD)
    run("baseline", "write", "conf")
    (tmp_path / "conf/b.conf").unlink()
    assert run("--baseline", FILE, "conf").err.count(" stale: ") == 2
    run("baseline", "prune", "conf")
    assert "b.conf" not in (tmp_path / FILE).read_text()
    assert "a.conf" in (tmp_path / FILE).read_text()


def test_many_stale_entries_are_counted(run: Run, tmp_path: Path) -> None:
    files = {f"site{number}": OLD for number in range(20)}
    conf(tmp_path, **files)
    run("baseline", "write", "conf")
    conf(tmp_path, **dict.fromkeys(files, b"Listen 80\n"))
    told = [line for line in run("--baseline", FILE, "conf").err.splitlines() if "stale: " in line]
    assert len(told) == 11
    assert told[-1].endswith("stale: 30 more")


# -- where it lies, and what is wrong with it ----------------------------------


@pytest.mark.parametrize("directory", ["sites-available", "sites-enabled", "conf.d"])
def test_it_never_lies_where_httpd_may_read_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, directory: str
) -> None:
    top = server(tmp_path)
    (top / "conf.d").mkdir()
    (top / "conf.d/a.conf").write_bytes(b"Listen 81\n")
    (top / "apache2.conf").write_bytes(b"Include conf.d/\nIncludeOptional sites-enabled/*.conf\n")
    before = tree(top)
    assert "might read it" in refused(run("baseline", "write", "--baseline", f"etc/{directory}/known", "etc"))
    assert tree(top) == before
    monkeypatch.chdir(top / directory)
    assert run("baseline", "write", "..").code == 0
    assert tree(top).keys() - before.keys() == {FILE}
    assert run("--baseline", f"../{FILE}", "..").code == 0


def test_no_other_file_is_overwritten(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=OLD)
    (tmp_path / "notes.txt").write_text("mine\n")
    assert "notes.txt:1:1: is not JSON" in refused(run("baseline", "write", "--baseline", "notes.txt", "conf"))
    (tmp_path / "notes.json").write_text("{}")
    assert "is not a baseline" in refused(run("baseline", "write", "--baseline", "notes.json", "conf"))
    assert "is one of the files" in refused(run("baseline", "write", "--baseline", "conf/site.conf", "conf"))
    assert (tmp_path / "notes.txt").read_text() == "mine\n"
    assert (tmp_path / "conf/site.conf").read_bytes() == OLD


ENTRY = {"file": "site.conf", "rule": "listen-twice", "fingerprint": "00", "times": 1}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"version": 1',
        b"[" * 100_000,
        b'{"version": 1, "findings": %s}' % (b"9" * 5000),
        b'{"version": 2, "findings": []}',
        *(
            json.dumps({"version": 1, "findings": [one]}).encode()
            for one in (
                1,
                {},
                {**ENTRY, "times": 0},
                {**ENTRY, "times": True},
                {**ENTRY, "file": "/etc/site.conf"},
                {**ENTRY, "rule": []},
                {**ENTRY, "more": 1},
            )
        ),
    ],
)
def test_a_broken_one_ends_the_run(run: Run, tmp_path: Path, data: bytes) -> None:
    conf(tmp_path, site=OLD)
    (tmp_path / "known.json").write_bytes(data)
    for words in (["conf"], ["--diff", "conf"], ["--write", "conf"]):
        assert "known.json" in refused(run("--baseline", "known.json", *words))
    assert "known.json" in refused(run("baseline", "prune", "--baseline", "known.json", "conf"))
    assert (tmp_path / "known.json").read_bytes() == data


def test_a_missing_one_ends_the_run(run: Run, tmp_path: Path) -> None:
    conf(tmp_path, site=OLD)
    assert "known.json: no such file" in refused(run("--baseline", "known.json", "conf"))
    assert f"{FILE}: no such file" in refused(run("baseline", "prune", "conf"))
    assert "name directories or files" in refused(run("baseline", "write"))


def test_standard_input_is_left_as_it_was(run: Run, tmp_path: Path) -> None:
    text = b"WSGIDaemonProcess a\nWSGIDaemonProcess a\nWSGIProcessGroup a\n"
    conf(tmp_path, site=text)
    run("baseline", "write", "conf")
    words = ("--stdin-filename", "conf/site.conf", "-")
    assert run(*words, stdin=text).out.encode() != text
    outcome = run("--baseline", FILE, *words, stdin=text)
    assert (outcome.code, outcome.out.encode(), outcome.err) == (0, text, "")
