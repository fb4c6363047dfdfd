"""Writing: all files or none, each whole at any moment, whatever fails."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modwsgi_fix.files import FileProblem, writing
from modwsgi_fix.files.journal import Entry, Journal, dump, load
from modwsgi_fix.files.writing import Change, journals, recover, write_all

#: Every call by which a run changes the disk or makes a change last.
STEPS = ["open", "fsync", "replace", "unlink", "fchmod", "write_into"]


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """Three files in two directories."""
    root = tmp_path.resolve() / "conf"
    for name in ("a.conf", "sub/b.conf", "sub/c.conf"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{name} before\n")
    return root


def changes(conf: Path) -> list[Change]:
    files = sorted(path for path in conf.rglob("*.conf"))
    return [Change(str(path), path.read_text(), path.read_text().replace("before", "after" * 9)) for path in files]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def outcome(conf: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """All files before and after."""
    return contents(conf), {name: text.replace(b"before", b"after" * 9) for name, text in contents(conf).items()}


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
    before = "sub/b.conf before\n"
    write_all([Change(str(link), before, "new\n"), Change(str(conf / "sub/b.conf"), before, "new\n")])
    assert link.is_symlink()
    assert (conf / "sub/b.conf").read_text() == "new\n"


def test_mode_owner_and_attributes_stay(conf: Path) -> None:
    file = conf / "a.conf"
    file.chmod(0o2640)
    attribute = set_attribute(file)
    if os.geteuid() == 0:
        os.chown(file, 1234, 4321)
        file.chmod(0o2640)
    before = file.stat()
    write_all([change for change in changes(conf) if change.path == str(file)])
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

    def replace(source: str, target: str) -> None:
        real(source, target)
        if not done:
            (conf / "sub/c.conf").write_text("edited\n")
        done.append(target)

    wanted = changes(conf)
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(FileProblem, match=r"sub/c\.conf: changed on disk meanwhile") as caught:
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
    (conf / "link.conf").symlink_to("a.conf")
    one = Change(str(conf / "a.conf"), "a.conf before\n", "one\n")
    refuse(conf, "two different ways", [one, Change(str(conf / "link.conf"), "a.conf before\n", "two\n")])


def test_nothing_outside_the_given_paths_is_written(conf: Path) -> None:
    enabled = conf / "enabled"
    enabled.mkdir()
    (enabled / "x.conf").symlink_to("../sub/b.conf")
    change = Change(str(enabled / "x.conf"), "sub/b.conf before\n", "new\n")
    reason = f"is {conf}/sub/b.conf, which lies outside the given paths; give {conf}/sub too"
    refuse(conf, reason, [change], within=[str(enabled)])
    refuse(conf, "outside", [Change(str(conf / "a.conf"), "a.conf before\n", "x")], within=[str(conf / "a")])
    refuse(conf, "outside", [change], within=[])
    write_all([change], within=[str(enabled / "x.conf")])
    write_all([Change(str(conf / "a.conf"), "a.conf before\n", "x")], within=[str(conf / "enabled/..")])
    assert (conf / "sub/b.conf").read_text() == "new\n"


def test_the_original_is_kept_as_a_backup(conf: Path) -> None:
    before, after = outcome(conf)
    (conf / "a.conf").chmod(0o600)
    write_all(changes(conf), backup=".orig")
    assert contents(conf) == after | {f"{name}.orig": text for name, text in before.items()}
    assert stat.S_IMODE((conf / "a.conf.orig").stat().st_mode) == 0o600
    (conf / "sub/c.conf").write_text("before")
    refuse(conf, r"the backup c\.conf\.orig exists already", backup=".orig")
    with pytest.raises(ValueError, match="no suffix"):
        write_all(changes(conf), backup="/x")


@pytest.mark.parametrize("in_place", [False, True])
def test_a_verification_sees_the_new_files_and_undoes_them_when_it_fails(conf: Path, *, in_place: bool) -> None:
    before, after = outcome(conf)
    seen: list[dict[str, bytes]] = []

    def verify() -> None:
        seen.append(contents(conf))
        raise RuntimeError("syntax error")

    with pytest.raises(RuntimeError, match="syntax error"):
        write_all(changes(conf), verify=verify, backup="~", in_place=in_place)
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


class Crash(BaseException):
    """Stands for Ctrl-C in the middle of anything."""


def interfere(patch: Callable[[Any, str, Any], None], at: int, act: Callable[[], None], counted: list[str]) -> None:
    """Makes ``act`` happen before the step number ``at`` of those which change the disk."""

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            reading = name == "open" and not args[1] & os.O_CREAT
            if not reading:
                counted.append(name)
                if len(counted) == at:
                    act()
            return real(*args, **options)

        return step

    for name in STEPS:
        if name == "write_into":
            patch(writing, "_write_into", wrap(name, writing._write_into))
        else:
            patch(os, name, wrap(name, getattr(os, name)))


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), Crash()])
@pytest.mark.parametrize("in_place", [False, True])
def test_a_failure_at_any_step_undoes_all(
    conf: Path, monkeypatch: pytest.MonkeyPatch, *, in_place: bool, error: BaseException
) -> None:
    before, after = outcome(conf)
    wanted = changes(conf)

    def fail() -> None:
        raise error

    for at in range(1, 100):
        counted: list[str] = []
        with monkeypatch.context() as patch:
            interfere(patch.setattr, at, fail, counted)
            try:
                write_all(wanted, in_place=in_place, backup=".orig")
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


CRASH = """
import sys, os
sys.path[:0] = {path!r}
from pathlib import Path
from test_writing import changes, interfere
from modwsgi_fix.files.writing import write_all
conf, at, in_place, verified = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "True", sys.argv[4] == "True"
for number in range(at, at + int(sys.argv[5])):
    here = conf / str(number)
    pid = os.fork()
    if not pid:
        counted = []
        interfere(setattr, number, lambda: os._exit(9), counted)
        write_all(changes(here), in_place=in_place, backup=".orig", verify=(lambda: None) if verified else None)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("verified", [False, True])
def test_a_crash_at_any_step_leaves_whole_files_and_the_next_run_puts_it_right(
    tmp_path: Path, *, in_place: bool, verified: bool
) -> None:
    root = tmp_path.resolve()
    steps = 50
    for number in range(1, steps + 1):
        for name in ("a.conf", "sub/b.conf", "sub/c.conf"):
            file = root / str(number) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{name} before\n")
    before, after = outcome(root / "1")
    program = CRASH.format(path=[str(Path(__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", program, str(root), "1", str(in_place), str(verified), str(steps)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    codes = [int(code) for code in done.stdout.split()]
    assert len(codes) == steps
    assert 12 <= codes.count(9) < steps
    undone = finished = 0
    for number, code in enumerate(codes, 1):
        conf = root / str(number)
        for name in before:
            assert contents(conf)[name] in (before[name], after[name])
        left = bool(journals([str(conf)]))
        if left and load(journals([str(conf)])[0]):
            with pytest.raises(FileProblem, match="interrupted run is to be put right first"):
                write_all([Change(str(conf / "a.conf"), "x", "y")])
        told = recover([str(conf), str(conf / "sub")])
        found = contents(conf)
        backups = {f"{name}.orig": text for name, text in before.items()}
        assert found in (before, after | backups), (number, told)
        assert left or not told
        if code == 9:
            undone += any("put back" in line for line in told)
            finished += any("finished" in line for line in told)
        else:
            assert found == after | backups
        assert recover([str(conf)]) == []
    assert undone
    assert bool(finished) == (not verified)


def test_recovery_is_itself_safe_to_interrupt(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = outcome(conf)
    for at in range(1, 60):
        journal = half_written(conf, before, after)
        counted: list[str] = []
        with monkeypatch.context() as patch:
            interfere(patch.setattr, at, stop, counted)
            try:
                recover([str(conf)])
            except Crash:
                assert len(counted) == at
        for name in before:
            assert contents(conf)[name] in (before[name], after[name])
        recover([str(conf)])
        assert contents(conf) == before
        assert not Path(journal).exists()
        if len(counted) < at:
            break
    assert at > 5


def stop() -> None:
    raise Crash


def half_written(conf: Path, before: dict[str, bytes], after: dict[str, bytes], *, staged: str = "x") -> str:
    """The state after a crash: the first file replaced, another staged, a journal. Its path."""
    name = staged and ".modwsgi-fix-0-{}.staged"
    entries = tuple(
        Entry(str(conf / n), before[n], after[n], str((conf / n).parent / name.format(i)) if staged else "", "")
        for i, n in enumerate(before)
    )
    (conf / "a.conf").write_bytes(after["a.conf"])
    if staged:
        Path(entries[1].staged).write_bytes(entries[1].after)
    journal = conf / ".modwsgi-fix-0.journal"
    journal.write_bytes(dump(Journal(False, entries)))
    journal.chmod(0o600)
    return str(journal)


def test_what_was_edited_after_a_crash_is_left_alone(conf: Path) -> None:
    before, after = outcome(conf)
    half_written(conf, before, after)
    (conf / "sub/b.conf").write_text("by hand\n")
    told = recover([str(conf)])
    assert [line.partition(": ")[2] for line in told] == [
        "an interrupted run had changed it; put back",
        "an interrupted run had begun to change it, and it was edited since; left as it is",
    ]
    assert contents(conf) == before | {"sub/b.conf": b"by hand\n"}


def test_a_file_torn_in_place_is_put_back(conf: Path) -> None:
    before, after = outcome(conf)
    for torn in range(1, len(after["a.conf"])):
        half_written(conf, before, after, staged="")
        (conf / "a.conf").write_bytes(after["a.conf"][:torn] + before["a.conf"][torn:])
        recover([str(conf)])
        assert contents(conf) == before


def test_a_torn_journal_means_that_nothing_was_touched(conf: Path) -> None:
    before, after = outcome(conf)
    journal = Path(half_written(conf, before, after, staged=""))
    (conf / "a.conf").write_bytes(before["a.conf"])
    whole = journal.read_bytes()
    for size in range(0, len(whole) - 1, 37):
        journal.write_bytes(whole[:size])
        journal.chmod(0o600)
        assert recover([str(conf)]) == []
        assert contents(conf) == before


def test_a_journal_that_others_could_have_written_is_not_obeyed(conf: Path) -> None:
    before, after = outcome(conf)
    journal = Path(half_written(conf, before, after))
    state = contents(conf)

    def untrusted() -> None:
        with pytest.raises(FileProblem, match=r"another user's journal|symbolic links"):
            recover([str(conf)])
        assert contents(conf) == state

    journal.chmod(0o620)
    untrusted()
    journal.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(journal, 1234, 1234)
        untrusted()
        os.chown(journal, 0, 0)
    os.link(journal, conf.parent / "second")
    untrusted()
    journal.unlink()
    journal.symlink_to(conf.parent / "second")
    untrusted()


def test_two_runs_do_not_write_in_one_directory(conf: Path) -> None:
    before, after = outcome(conf)
    wanted = changes(conf)

    def verify() -> None:
        with pytest.raises(FileProblem, match="another run of modwsgi-fix is writing here"):
            write_all(wanted)
        with pytest.raises(FileProblem, match="another run of modwsgi-fix is writing here"):
            recover([str(conf)])

    write_all(wanted, verify=verify)
    assert contents(conf) == after != before


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
            "from test_writing import changes, write_all, FileProblem\n"
            f"conf = Path({str(conf)!r})\n{drop}try:\n    {statements}\n"
            "except FileProblem as error:\n    print(error)\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


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
