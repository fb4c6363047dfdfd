"""Writing: all files or none, each whole at any moment, whatever fails."""

from __future__ import annotations

import dataclasses
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from disturbance import Crash, backups, changes, contents, interfere, outcome, stop, three_files, without_nameless

from modwsgi_fix.files import Disk, FileProblem
from modwsgi_fix.files.writing import Change, PartlyWritten, write_all


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """Three files in two directories."""
    return three_files(tmp_path.resolve() / "conf")


@pytest.mark.parametrize("in_place", [False, True])
def test_all_files_are_written(conf: Path, *, in_place: bool) -> None:
    before, after = outcome(conf)
    write_all(changes(conf), in_place=in_place)
    assert contents(conf) == after != before
    write_all(changes(conf))
    assert contents(conf) == after


def test_any_bytes_and_an_empty_file_are_written(conf: Path) -> None:
    file = conf / "a.conf"
    file.write_bytes(b"\xff\r\nx")
    write_all([Change(str(file), "\udcff\r\nx", "\udcfe\r\n\xe9")])
    assert file.read_bytes() == b"\xfe\r\n\xc3\xa9"
    write_all([Change(str(file), "\udcfe\r\n\xe9", "")], in_place=True)
    assert file.read_bytes() == b""


def test_a_link_stays_and_its_target_is_written(conf: Path) -> None:
    link = conf / "link.conf"
    link.symlink_to("sub/b.conf")
    change = Change(Disk().key(str(link)), "sub/b.conf before\n", "new\n")
    write_all([change, change])
    assert link.is_symlink()
    assert (conf / "sub/b.conf").read_text() == "new\n"


def test_a_file_that_has_become_a_link_is_refused(conf: Path) -> None:
    wanted = changes(conf)
    (conf / "a.conf").rename(conf / "elsewhere")
    (conf / "a.conf").symlink_to("elsewhere")
    refuse(conf, r"a\.conf: was replaced by a link meanwhile", wanted)


def test_mode_owner_and_attributes_stay(conf: Path) -> None:
    file = conf / "a.conf"
    file.chmod(0o2640)
    attribute = set_attribute(file)
    if os.geteuid() == 0:
        os.chown(file, 1234, 4321)
        file.chmod(0o2640)
    before = file.stat()
    write_all([change for change in changes(conf) if change.path == str(file)], allow_shared=True)
    after = file.stat()
    assert after.st_ino != before.st_ino
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert stat.S_IMODE(after.st_mode) == 0o2640
    assert not attribute or os.getxattr(file, attribute) == b"kept"


def set_attribute(file: Path) -> str:
    try:
        os.setxattr(file, "user.test", b"kept")
    except OSError:
        return ""
    return "user.test"


def test_in_place_keeps_hard_links_and_inode(conf: Path) -> None:
    os.link(conf / "a.conf", conf / "other")
    write_all([Change(str(conf / "a.conf"), "a.conf before\n", "new\n")], in_place=True)
    assert (conf / "other").read_text() == "new\n"
    assert (conf / "other").stat().st_nlink == 2


def refuse(conf: Path, reason: str, wanted: list[Change] | None = None, **options: Any) -> None:
    """Nothing is touched, and the reason is said in one line."""
    before = contents(conf)
    with pytest.raises(FileProblem, match=reason) as caught:
        write_all(changes(conf) if wanted is None else wanted, **options)
    assert contents(conf) == before
    assert "\n" not in str(caught.value)


def test_a_hard_link_is_refused(conf: Path) -> None:
    os.link(conf / "sub/c.conf", conf / "other")
    refuse(conf, "has 2 hard links, .*--in-place")


def test_a_file_that_changed_meanwhile_is_refused(conf: Path) -> None:
    wanted = changes(conf)
    (conf / "sub/c.conf").write_text("edited\n")
    refuse(conf, r"sub/c\.conf: changed on disk meanwhile", wanted)
    (conf / "sub/c.conf").unlink()
    refuse(conf, "no such file", wanted)
    (conf / "sub/c.conf").mkdir()
    refuse(conf, "is not a regular file", wanted)


def test_a_file_that_changes_while_others_are_written_undoes_those(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, _ = outcome(conf)
    real = os.replace
    done: list[str] = []

    def replace(source: str, target: str, **options: Any) -> None:
        real(source, target, **options)
        if not done:
            (conf / "sub/c.conf").write_text("edited\n")
        done.append(target)

    wanted = changes(conf)
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(PartlyWritten, match=r"sub/c\.conf: changed on disk meanwhile") as caught:
        write_all(wanted)
    assert contents(conf) == before | {"sub/c.conf": b"edited\n"}
    assert done[0].endswith("a.conf")
    assert any("left as it is" in note for note in caught.value.__notes__)


def test_a_file_that_changes_while_others_are_staged_stops_all(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, _ = outcome(conf)
    wanted = changes(conf)
    counted: list[str] = []

    def edit() -> None:
        (conf / "sub/c.conf").write_text("edited\n")

    interfere(monkeypatch.setattr, 6, edit, counted)
    with pytest.raises(FileProblem, match=r"sub/c\.conf: changed on disk meanwhile"):
        write_all(wanted)
    assert contents(conf) == before | {"sub/c.conf": b"edited\n"}
    assert "replace" not in counted


def test_two_different_changes_of_one_file_are_refused(conf: Path) -> None:
    one = Change(str(conf / "a.conf"), "a.conf before\n", "one\n")
    refuse(conf, "a.conf: is to be changed in two different ways", [one, dataclasses.replace(one, after="two\n")])


def test_two_names_of_a_file_are_one_file_in_place(conf: Path) -> None:
    os.link(conf / "a.conf", conf / "z.conf")
    first, second = (Change(str(conf / name), "a.conf before\n", "new\n") for name in ("a.conf", "z.conf"))
    refuse(conf, "has 2 hard links", [first, second])
    reason = f"z.conf: is the same file as {conf}/a.conf, and is to be changed in two different ways"
    refuse(conf, reason, [first, dataclasses.replace(second, after="other\n")], in_place=True)
    write_all([first, second], in_place=True)
    assert (conf / "a.conf").read_text() == (conf / "z.conf").read_text() == "new\n"
    assert (conf / "a.conf").stat().st_nlink == 2


def test_nothing_outside_the_given_paths_is_written(conf: Path) -> None:
    change = Change(str(conf / "sub/b.conf"), "sub/b.conf before\n", "new\n")
    reason = f"sub/b.conf: lies outside the given paths; give {conf}/sub too"
    refuse(conf, reason, [change], within=[str(conf / "enabled")])
    refuse(conf, "outside", [Change(str(conf / "a.conf"), "a.conf before\n", "x")], within=[str(conf / "a")])
    refuse(conf, "outside", [change], within=[])
    write_all([change], within=[str(conf / "sub/b.conf")])
    write_all([Change(str(conf / "a.conf"), "a.conf before\n", "x")], within=[str(conf)])
    assert (conf / "sub/b.conf").read_text() == "new\n"


def test_the_original_is_kept_as_a_backup(conf: Path) -> None:
    before, after = outcome(conf)
    (conf / "a.conf").chmod(0o600)
    write_all(changes(conf), backups=backups(conf))
    assert contents(conf) == after | {f"{name}.orig": text for name, text in before.items()}
    assert stat.S_IMODE((conf / "a.conf.orig").stat().st_mode) == 0o600
    (conf / "sub/c.conf").write_text("before")
    refuse(conf, r"the backup c\.conf\.orig exists already", backups=backups(conf))


@pytest.mark.parametrize("in_place", [False, True])
def test_a_verification_sees_the_new_files_and_undoes_them_when_it_fails(conf: Path, *, in_place: bool) -> None:
    before, after = outcome(conf)
    seen: list[dict[str, bytes]] = []

    def verify() -> None:
        seen.append(contents(conf))
        raise RuntimeError("syntax error")

    with pytest.raises(RuntimeError, match="syntax error"):
        write_all(changes(conf), verify=verify, backups=backups(conf, "~"), in_place=in_place)
    assert contents(conf) == before
    (during,) = seen
    added = {name: text for name, text in during.items() if name not in before}
    assert {name: during[name] for name in before} == after
    # All else that an `Include conf/` takes in is comments, but for the backups that were asked for.
    assert {name for name in added if not name.endswith("~")} == {name for name in added if name.endswith(".journal")}
    (journal,) = (text for name, text in added.items() if name.endswith(".journal"))
    assert all(line.startswith(b"# ") and not line.endswith(b"\\") for line in journal.splitlines())
    write_all(changes(conf), verify=lambda: None)
    assert contents(conf) == after


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), Crash()])
@pytest.mark.parametrize("kind", ["nameless", "named", "in place"])
def test_a_failure_at_any_step_undoes_all(
    conf: Path, monkeypatch: pytest.MonkeyPatch, kind: str, error: BaseException
) -> None:
    in_place = kind == "in place"
    if kind == "named":
        without_nameless(monkeypatch.setattr)
    before, after = outcome(conf)
    wanted = changes(conf)

    def fail() -> None:
        raise error

    for at in range(1, 100):
        counted: list[str] = []
        with monkeypatch.context() as patch:
            interfere(patch.setattr, at, fail, counted)
            try:
                write_all(wanted, in_place=in_place, backups=backups(conf))
            except (FileProblem, Crash):
                done = False
            else:
                done = True
        if done and len(counted) < at:
            break
        # A failure at the very last step, when the journal is gone, leaves a run that is complete.
        wanted_now = after | {f"{n}.orig": t for n, t in before.items()} if done else before
        assert contents(conf) == wanted_now, (at, counted)
        if done:
            for name, text in before.items():
                (conf / name).write_bytes(text)
                (conf / f"{name}.orig").unlink()
    assert len(counted) >= (12 if in_place else 20)
    assert contents(conf) == after | {f"{name}.orig": text for name, text in before.items()}


@pytest.fixture
def as_nobody(conf: Path) -> Callable[[str], str]:
    """Runs statements as a user without rights, with ``conf``, ``changes`` and ``write_all`` at hand."""
    for folder in [conf, *conf.parents]:
        if folder.stat().st_uid == os.geteuid() and len(folder.parts) > 2:
            folder.chmod(folder.stat().st_mode | 0o711)

    def run(statements: str) -> str:
        drop = "os.setgroups([]); os.setgid(1234); os.setuid(1234)\n" if os.geteuid() == 0 else ""
        # Imported before the rights are gone, since the sources may be out of an unprivileged user's reach.
        program = (
            f"import os, sys\nsys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}\nfrom pathlib import Path\n"
            "from test_writing import FileProblem, changes, write_all\n"
            f"conf = Path({str(conf)!r})\n{drop}try:\n    {statements}\n"
            "except FileProblem as error:\n    print(error)\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.slow
def test_what_may_not_be_written_is_refused_beforehand(conf: Path, as_nobody: Callable[[str], str]) -> None:
    before, after = outcome(conf)
    if os.geteuid() == 0:
        for path in [conf, *conf.rglob("*")]:
            os.chown(path, 1234, 1234)
    (conf / "sub/c.conf").chmod(0o444)
    assert "c.conf: is read-only" in as_nobody("write_all(changes(conf))")
    assert "c.conf: is read-only" in as_nobody("write_all(changes(conf), in_place=True)")
    (conf / "sub/c.conf").chmod(0o644)
    (conf / "sub").chmod(0o555)
    assert f"{conf}/sub cannot be written to, so it cannot be replaced; use --in-place" in as_nobody(
        "write_all(changes(conf))"
    )
    assert contents(conf) == before
    assert as_nobody("write_all(changes(conf), in_place=True)") == ""
    assert contents(conf) == after


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_an_owner_that_cannot_be_kept_is_refused(conf: Path, as_nobody: Callable[[str], str]) -> None:
    before, after = outcome(conf)
    for path in [conf, conf / "sub"]:
        path.chmod(0o777)
    for path in conf.rglob("*.conf"):
        path.chmod(0o666)
    said = as_nobody("write_all(changes(conf))")
    assert "belongs to another user or group, which cannot be kept; use --in-place" in said
    assert contents(conf) == before
    assert as_nobody("write_all(changes(conf), in_place=True)") == ""
    assert contents(conf) == after


@pytest.fixture
def few_descriptors() -> Any:
    """Four files may be open besides those that are."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield lambda number: resource.setrlimit(resource.RLIMIT_NOFILE, (number, limits[1]))
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_more_files_are_written_than_may_be_open(tmp_path: Path, few_descriptors: Callable[[int], None]) -> None:
    for number in range(200):
        (tmp_path / f"{number}.conf").write_text("before\n")
    _, after = outcome(tmp_path)
    few_descriptors(128)
    write_all(changes(tmp_path))
    assert contents(tmp_path) == after


def test_nothing_has_a_name_before_its_turn(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.replace
    seen: list[set[str]] = []

    def replace(source: str, target: str, **options: Any) -> None:
        seen.append({path.name for path in conf.rglob(".modwsgi-fix-*.staged")})
        assert seen[-1] == {source}
        real(source, target, **options)

    monkeypatch.setattr(os, "replace", replace)
    write_all(changes(conf))
    assert len(seen) == len(set.union(*seen)) == 3


def test_no_space_is_found_out_before_the_first_file_is_replaced(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = changes(conf)
    real = os.fsync
    left = [4]

    def fsync(descriptor: int) -> None:
        left[0] -= 1
        if not left[0]:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", lambda *_: stop())
    refuse(conf, r"\.conf: no space left on device", wanted)


def test_a_file_without_a_name_that_cannot_be_given_one_is_written_with_one(
    conf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, after = outcome(conf)

    def link(*args: Any, **options: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    write_all(changes(conf))
    assert contents(conf) == after


def test_a_signal_between_a_file_and_its_descriptor_leaves_no_file(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_nameless(monkeypatch.setattr)
    before, _ = outcome(conf)
    wanted, real = changes(conf), os.open
    for at in range(1, 5):
        counted: list[str] = []

        def open_and_stop(
            path: Any, flags: int, *args: Any, at: int = at, counted: list[str] = counted, **options: Any
        ) -> int:
            descriptor = real(path, flags, *args, **options)
            if flags & os.O_CREAT:
                counted.append(path)
                if len(counted) == at:
                    os.close(descriptor)
                    stop()
            return descriptor

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", open_and_stop)
            with pytest.raises(Crash):
                write_all(wanted)
        assert contents(conf) == before
