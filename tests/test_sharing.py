"""Where root writes: not where another user could change what is written, and nowhere that a link leads in between."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from disturbance import STEPS, backups, changes, contents, half_written, three_files, without_nameless

from modwsgi_fix.cli import main
from modwsgi_fix.files import FileProblem
from modwsgi_fix.files.history import remember
from modwsgi_fix.files.places import held
from modwsgi_fix.files.recovery import recover
from modwsgi_fix.files.sharing import caller_of_sudo, judge_of, objection
from modwsgi_fix.files.writing import write_all

TWICE = "WSGIDaemonProcess shop threads=5\nWSGIDaemonProcess shop threads=5\nWSGIProcessGroup shop\n"
ONLY = ("--isolated", "--select", "duplicate-daemon-process", "--no-impact")
DEPLOY = 1234

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root is asked, and only root can give files away")


# -- who could change it --------------------------------------------------------


def told(mode: int, owner: int = 0, group: int = 0, *, trusted: tuple[int, ...] = (0,), has_acl: bool = False) -> str:
    info = os.stat_result((mode, 0, 0, 1, owner, group, 0, 0, 0, 0))
    return objection(info, frozenset(trusted), has_acl=has_acl)


@pytest.mark.parametrize("kind", [stat.S_IFDIR, stat.S_IFREG])
def test_owner_and_mode_say_who_could_change_it(kind: int) -> None:
    assert told(kind | 0o755) == told(kind | 0o640) == ""
    assert told(kind | 0o755, DEPLOY) == "belongs to user 1234, who could"
    assert told(kind | 0o755, DEPLOY, trusted=(0, DEPLOY)) == ""
    assert told(kind | 0o757) == "can be written to by everybody, who could"
    assert told(kind | 0o775) == ""
    assert told(kind | 0o775, has_acl=True) == "can be written to by users whom its ACL names, who could"
    assert told(kind | 0o755, has_acl=True) == ""
    assert told(kind | 0o775, group=54321) == "can be written to by the group 54321, which could"
    assert told(kind | 0o755, group=54321) == ""


def test_the_sticky_bit_counts_for_directories() -> None:
    assert told(stat.S_IFDIR | 0o1777) == told(stat.S_IFDIR | 0o1775, group=54321) == ""
    assert told(stat.S_IFDIR | 0o1777, DEPLOY) != ""
    assert told(stat.S_IFREG | 0o1666) != ""


def test_a_group_of_nobody_else_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    import grp
    import pwd

    users = [pwd.struct_passwd((name, "x", number, 7000, "", "/", "")) for name, number in (("ann", 41), ("bob", 42))]
    group = grp.struct_group(("staff", "x", 7000, []))
    monkeypatch.setattr(pwd, "getpwall", lambda: users)
    monkeypatch.setattr(grp, "getgrgid", lambda number: group)
    mode = stat.S_IFDIR | 0o775
    assert told(mode, group=7000) == "can be written to by the group staff, which could"
    assert told(mode, group=7000, trusted=(0, 41)) != ""
    users.pop()
    assert told(mode, group=7000, trusted=(0, 41)) == ""
    users.clear()
    assert told(mode, group=7000) == ""
    group = grp.struct_group(("staff", "x", 7000, ["of a directory service"]))
    assert told(mode, group=7000) != ""


def test_the_caller_of_sudo_is_a_number() -> None:
    assert [caller_of_sudo(said) for said in ("1234", "0", "", "-1", "deploy", "\u0661", "12 ", "9" * 11)] == [1234] + [
        0
    ] * 7


def test_any_other_user_writes_where_he_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    assert judge_of(allow_shared=False) is None
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert judge_of(allow_shared=True) is None
    assert judge_of(allow_shared=False) is not None


# -- root ------------------------------------------------------------------------


class Said(NamedTuple):
    code: int
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in a directory with ``site/conf/shop.conf``, which has a fault."""
    file = tmp_path / "site/conf/shop.conf"
    file.parent.mkdir(parents=True)
    file.write_text(TWICE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SUDO_UID", raising=False)

    def run(*words: str) -> Said:
        capsys.readouterr()
        return Said(main([*words]), capsys.readouterr().err)

    return run


WRITERS = {
    "write": (*ONLY, "--write", "site/conf"),
    "in place": (*ONLY, "--write", "--in-place", "site/conf"),
    "with a backup": (*ONLY, "--write", "--backup", "site/conf"),
    "comments": (*ONLY, "--add-ignore=as agreed", "site/conf"),
    "indentation": ("format", "site/conf"),
    "a move": ("migrate", "--isolated", "--write", "site/conf"),
    "a page": ("migrate", "--isolated", "--html", "site/conf/page.html", "site/conf"),
    "a baseline": ("baseline", "write", "--isolated", "--baseline", "site/conf/known.json", "site/conf"),
}
#: What makes the way to the file another user's, and how the line begins that refuses it.
SHARED: dict[str, tuple[Callable[[Path], None], str]] = {
    "the directory": (lambda top: os.chown(top / "site/conf", DEPLOY, DEPLOY), "site/conf: belongs to user 1234"),
    "one above it": (lambda top: os.chown(top / "site", DEPLOY, 0), "site: belongs to user 1234"),
    "open to all": (lambda top: (top / "site").chmod(0o777), "site: can be written to by everybody"),
    "a group's": (lambda top: group_writable(top / "site/conf"), "site/conf: can be written to by the group 54321"),
}


def group_writable(path: Path) -> None:
    os.chown(path, 0, 54321)
    path.chmod(0o775)


@as_root
@pytest.mark.parametrize("shared", SHARED)
@pytest.mark.parametrize("writer", WRITERS)
def test_root_does_not_write_where_another_user_could_change_it(
    run: Run, tmp_path: Path, writer: str, shared: str
) -> None:
    (tmp_path / "site/conf/shop.conf").write_text(f"  {TWICE}NameVirtualHost *:80\n")
    before = contents(tmp_path)
    make, line = SHARED[shared]
    make(tmp_path)
    words = WRITERS[writer]
    done = run(*words)
    assert done.code == 2
    (refusal,) = [said for said in done.err.splitlines() if "--allow-shared-tree" in said]
    assert f"{tmp_path}/{line}, wh" in refusal
    assert refusal.endswith("could change what root writes here; --allow-shared-tree writes all the same")
    assert contents(tmp_path) == before
    done = run(*words, "--allow-shared-tree")
    assert "--allow-shared-tree" not in done.err
    assert done.code in (0, 1)
    assert contents(tmp_path) != before


@as_root
@pytest.mark.parametrize("words", [(), ("--in-place",)])
def test_a_file_of_another_user_is_refused(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "site/conf/shop.conf"
    os.chown(file, DEPLOY, 0)
    done = run(*ONLY, "--write", *words, "site/conf")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "shop.conf: belongs to user 1234, who could change what root writes here" in done.err
    assert file.read_text() == TWICE
    assert run(*ONLY, "--write", *words, "--allow-shared-tree", "site/conf").code == 0
    assert (file.read_text(), file.stat().st_uid) == (TWICE.partition("\n")[2], DEPLOY)


@as_root
def test_who_called_sudo_is_trusted(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path / "site", tmp_path / "site/conf", tmp_path / "site/conf/shop.conf"):
        os.chown(path, DEPLOY, DEPLOY)
    for other in ("4321", "0", "", "deploy"):
        monkeypatch.setenv("SUDO_UID", other)
        assert run(*ONLY, "--write", "site/conf").code == 2
    monkeypatch.setenv("SUDO_UID", str(DEPLOY))
    assert run(*ONLY, "--write", "site/conf").code == 0


@as_root
def test_a_directory_with_the_sticky_bit_is_passed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "site").chmod(0o1777)
    assert run(*ONLY, "--write", "site/conf").code == 0
    os.chown(tmp_path / "site/conf", DEPLOY, 0)
    (tmp_path / "site/conf/shop.conf").write_text(TWICE)
    assert run(*ONLY, "--write", "site/conf").code == 2


@as_root
def test_reports_and_diffs_only_read(run: Run, tmp_path: Path) -> None:
    os.chown(tmp_path / "site/conf", DEPLOY, DEPLOY)
    for words in ((), ("--diff",)):
        done = run(*ONLY, *words, "site/conf")
        assert done.code == 1
        assert "could change" not in done.err


@as_root
def test_undo_is_refused_there_too(run: Run, tmp_path: Path) -> None:
    assert run(*ONLY, "--write", "site/conf").code == 0
    os.chown(tmp_path / "site/conf", DEPLOY, DEPLOY)
    done = run("undo")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "site/conf: belongs to user 1234" in done.err
    assert run("undo", "--allow-shared-tree").code == 0
    assert (tmp_path / "site/conf/shop.conf").read_text() == TWICE


@as_root
def test_an_interrupted_run_is_not_put_right_there(run: Run, tmp_path: Path) -> None:
    conf = three_files(tmp_path / "site/three")
    before = contents(conf)
    half_written(conf, before, dict.fromkeys(before, b"new\n"))
    os.chown(tmp_path / "site", DEPLOY, 0)
    done = run(*ONLY, "--write", "site/three")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "site: belongs to user 1234" in done.err
    assert (conf / "a.conf").read_bytes() == b"new\n"
    run(*ONLY, "--write", "--allow-shared-tree", "site/three")
    assert contents(conf) == before


def test_the_option_needs_something_to_write(run: Run) -> None:
    done = run(*ONLY, "--allow-shared-tree", "site/conf")
    assert done == (2, "modwsgi-fix: --allow-shared-tree needs --write or --patch\n")
    done = run("migrate", "--isolated", "--allow-shared-tree", "site/conf")
    assert done == (2, "modwsgi-fix: --allow-shared-tree needs --write or --html\n")


# -- links in between --------------------------------------------------------------


class Trap(NamedTuple):
    """Two trees of the same files: ``conf``, which is written, and ``outside``, where nothing may be."""

    top: Path
    #: The directory in ``conf`` in whose place a link is put, and where that leads.
    gives_way: str

    @property
    def conf(self) -> Path:
        return self.top / "conf"

    def spring(self) -> None:
        here = self.conf / self.gives_way
        here.rename(self.top / "moved")
        here.symlink_to(self.top / "outside" / self.gives_way)


def set_trap(top: Path, gives_way: str) -> Trap:
    shutil.rmtree(top, ignore_errors=True)
    three_files(top / "conf")
    three_files(top / "outside")
    return Trap(top, gives_way)


def spring_at(monkeypatch: pytest.MonkeyPatch, at: int, trap: Trap, run: Callable[[], object]) -> bool:
    """Run with the trap sprung before the call number ``at`` that opens, looks or changes; whether there was such a call."""
    counted: list[str] = []

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            counted.append(name)
            if len(counted) == at:
                trap.spring()
            return real(*args, **options)

        return step

    with monkeypatch.context() as patch:
        for name in (*STEPS, "stat", "lstat", "listdir", "access"):
            patch.setattr(os, name, wrap(name, getattr(os, name)))
        with suppress(FileProblem):
            run()
    return len(counted) >= at


def write_in_place(trap: Trap) -> Callable[[], object]:
    wanted = changes(trap.conf)
    return lambda: write_all(wanted, in_place=True, within=[str(trap.conf)])


def write_replacing(trap: Trap) -> Callable[[], object]:
    wanted, kept = changes(trap.conf), backups(trap.conf)
    return lambda: write_all(wanted, backups=kept, within=[str(trap.conf)])


def write_and_fail(trap: Trap) -> Callable[[], object]:
    """All is put back again."""

    def verify() -> None:
        raise FileProblem("--verify", "failed")

    wanted = changes(trap.conf)
    return lambda: write_all(wanted, verify=verify, within=[str(trap.conf)])


def put_right(trap: Trap) -> Callable[[], object]:
    before = contents(trap.conf)
    for tree in (trap.conf, trap.top / "outside"):
        half_written(tree, before, dict.fromkeys(before, b"new\n"))
    return lambda: recover([str(trap.conf)], [str(trap.conf)])


def put_right_in_place(trap: Trap) -> Callable[[], object]:
    before = contents(trap.conf)
    half_written(trap.conf, before, dict.fromkeys(before, b"new\n"), staged="")
    (trap.top / "outside/a.conf").write_bytes(b"new\n")
    return lambda: recover([str(trap.conf)], [str(trap.conf)])


@pytest.mark.slow
@pytest.mark.parametrize("gives_way", ["", "sub"])
@pytest.mark.parametrize("kind", [write_replacing, write_in_place, write_and_fail, put_right, put_right_in_place])
@pytest.mark.parametrize("nameless", ["with files without a name", "without"])
def test_a_directory_that_becomes_a_link_leads_nowhere(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: Callable[[Trap], Callable[[], object]],
    gives_way: str,
    nameless: str,
) -> None:
    if nameless == "without":
        without_nameless(monkeypatch.setattr)
    for at in range(1, 400):
        trap = set_trap(tmp_path.resolve() / "top", gives_way)
        run = kind(trap)
        outside = contents(trap.top / "outside")
        sprung = spring_at(monkeypatch, at, trap, run)
        assert contents(trap.top / "outside") == outside, at
        if not sprung:
            break
    assert 30 < at < 399


def test_a_record_for_undo_is_kept_where_it_was_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(1, 400):
        trap = set_trap(tmp_path.resolve() / "top", "modwsgi-fix")
        for tree in (trap.conf, trap.top / "outside"):
            (tree / "modwsgi-fix/undo").mkdir(parents=True)
        monkeypatch.setenv("XDG_STATE_HOME", str(trap.conf))
        outside = contents(trap.top / "outside", but="")
        wanted = [(str(trap.conf / "a.conf"), "before", "after")]
        sprung = spring_at(monkeypatch, at, trap, partial(remember, wanted, in_place=False))
        assert contents(trap.top / "outside", but="") == outside, at
        if not sprung:
            break
    assert 10 < at < 399


def test_a_place_stays_in_its_directory(tmp_path: Path) -> None:
    trap = set_trap(tmp_path.resolve() / "top", "")
    with held([str(trap.conf)]) as places:
        place = places.at(str(trap.conf / "a.conf"))
        trap.spring()
        assert os.stat(place.name, dir_fd=place.above).st_ino == (trap.top / "moved/a.conf").stat().st_ino
    with (
        pytest.raises(FileProblem, match="conf: is not a directory, or was replaced by a link"),
        held([str(trap.conf)]),
    ):
        pass
