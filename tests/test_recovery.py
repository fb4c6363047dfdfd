"""What a crash leaves half done, the next run finishes or undoes."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from disturbance import Crash, changes, contents, half_written, interfere, outcome, plant, stop, three_files

from modwsgi_fix.files import OWN, Disk, FileProblem, places, problem
from modwsgi_fix.files.journal import Entry, Journal
from modwsgi_fix.files.recovery import pending, recover
from modwsgi_fix.files.writing import Change, write_all
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.workspace.disk import own_files


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """Three files in two directories."""
    return three_files(tmp_path.resolve() / "conf")


KILLED = """
import os, signal, sys
sys.path[:0] = {path!r}
from pathlib import Path
from disturbance import backups, changes, interfere, without_nameless
from modwsgi_fix.files.writing import write_all
root, steps, kind, verified = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4] == "True"
if kind == "named":
    without_nameless(setattr)
for number in range(1, steps + 1):
    here = root / str(number)
    pid = os.fork()
    if not pid:
        interfere(setattr, number, lambda: os.kill(os.getpid(), signal.SIGKILL), [])
        write_all(
            changes(here), in_place=kind == "in place", backups=backups(here), verify=(lambda: None) if verified else None
        )
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nameless", "named", "in place"])
@pytest.mark.parametrize("verified", [False, True])
def test_a_run_killed_at_any_step_leaves_whole_files_and_the_next_one_puts_it_right(
    tmp_path: Path, kind: str, *, verified: bool
) -> None:
    root = tmp_path.resolve()
    steps = 60
    for number in range(1, steps + 1):
        three_files(root / str(number))
    before, after = outcome(root / "1")
    backups = {f"{name}.orig": text for name, text in before.items()}
    program = KILLED.format(path=[str(Path(__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", program, str(root), str(steps), kind, str(verified)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    codes = [int(code) for code in done.stdout.split()]
    assert len(codes) == steps
    assert set(codes) == {0, -9}
    assert 20 <= codes.count(-9) < steps
    undone = finished = 0
    for number, code in enumerate(codes, 1):
        conf = root / str(number)
        where = [str(conf), str(conf / "sub")]
        left = contents(conf)
        for name in before:
            assert left[name] in (before[name], after[name])
        # Between two calls a file has the name that it is renamed from.
        assert sum(name.endswith(".staged") for name in left) <= (kind != "in place")
        waiting, refused = pending(where, where)
        assert refused == []
        if waiting:
            with pytest.raises(FileProblem, match="interrupted run is to be put right first"):
                write_all([Change(str(conf / "a.conf"), "x", "y")])
        told = recover(where, where)
        assert contents(conf) in (before, after | backups), (number, told)
        assert waiting or not told
        undone += any("put back" in line for line in told)
        finished += any("finished" in line for line in told)
        if code == 0:
            assert (told, contents(conf)) == ([], after | backups)
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
                recover([str(conf)], [str(conf)])
            except Crash:
                assert len(counted) == at
        for name in before:
            assert contents(conf)[name] in (before[name], after[name])
        recover([str(conf)], [str(conf)])
        assert contents(conf) == before
        assert not Path(journal).exists()
        if len(counted) < at:
            break
    assert at > 5


def test_what_was_edited_after_a_crash_is_left_alone(conf: Path) -> None:
    before, after = outcome(conf)
    half_written(conf, before, after)
    (conf / "sub/b.conf").write_text("by hand\n")
    told = recover([str(conf)], [str(conf)])
    assert [line.partition(": ")[2] for line in told] == [
        "an interrupted run had changed it; put back",
        "an interrupted run had begun to change it, and it was edited since; left as it is",
    ]
    assert contents(conf) == before | {"sub/b.conf": b"by hand\n"}


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EMFILE])
def test_a_file_that_cannot_be_read_just_now_was_not_edited_for_that(
    conf: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal stays, and a run on a disk that works puts everything back."""
    before, after = outcome(conf)
    journal = half_written(conf, before, after)

    def fails(place: places.Place) -> bytes:
        error = OSError(code, os.strerror(code))
        raise problem(place.path, error) from error

    with monkeypatch.context() as patch:
        patch.setattr("modwsgi_fix.files.recovery.content", fails)
        with pytest.raises(FileProblem, match=os.strerror(code).lower()):
            recover([str(conf)], [str(conf)])
    assert Path(journal).exists()
    recover([str(conf)], [str(conf)])
    assert contents(conf) == before


def test_a_signal_between_two_directories_is_what_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes when the one is closed and the other not known yet: nothing is closed twice."""
    close, closed = os.close, list[int]()

    def interrupted(descriptor: int) -> None:
        close(descriptor)
        closed.append(descriptor)
        if len(closed) == 1:
            raise Crash

    monkeypatch.setattr(places.os, "close", interrupted)
    with pytest.raises(Crash):
        places.open_directory(str(tmp_path.resolve()))


def test_a_file_torn_in_place_is_put_back(conf: Path) -> None:
    before, after = outcome(conf)
    for torn in range(1, len(after["a.conf"])):
        half_written(conf, before, after, staged="")
        (conf / "a.conf").write_bytes(after["a.conf"][:torn] + before["a.conf"][torn:])
        recover([str(conf)], [str(conf)])
        assert contents(conf) == before


def test_a_file_torn_on_its_way_back_is_put_back(conf: Path) -> None:
    """The run was killed while it was written in place, and the next one while it put it back, before it could shorten it."""
    before, after = outcome(conf)
    old, new = before["a.conf"], after["a.conf"]
    for torn in range(len(old) + 1):
        for mixed in (old[:torn] + new[torn:], old[:torn] + new[torn : torn + 3] + old[torn + 3 :]):
            half_written(conf, before, after, staged="")
            (conf / "a.conf").write_bytes(mixed)
            recover([str(conf)], [str(conf)])
            assert contents(conf) == before


@pytest.mark.parametrize("edited", [b"", b"a.conf befor", b"a.conf before\n# mine\n", b"a.conf afterwards\n"])
def test_a_file_written_in_place_that_was_edited_since_is_left_alone(conf: Path, edited: bytes) -> None:
    before, after = outcome(conf)
    half_written(conf, before, after, staged="")
    (conf / "a.conf").write_bytes(edited)
    (told,) = recover([str(conf)], [str(conf)])
    assert told.endswith("it was edited since; left as it is")
    assert contents(conf) == before | {"a.conf": edited}


@pytest.mark.parametrize("verified", [False, True])
def test_a_file_that_has_only_to_be_shortened_is_not_taken_for_written(conf: Path, *, verified: bool) -> None:
    """All of the new text is there, and the end of the old one behind it."""
    for path in conf.rglob("*.conf"):
        path.write_text(f"{path.relative_to(conf)} before, and much more of it\n")
    before = contents(conf)
    after = dict.fromkeys(before, b"short\n")
    for torn in before:
        entries = tuple(Entry(str(conf / name), before[name], after[name], "", "") for name in before)
        plant(conf, Journal(verified, entries))
        for name in before:
            (conf / name).write_bytes(after[name] + (before[name][len(after[name]) :] if name == torn else b""))
        told = recover([str(conf)], [str(conf)])
        assert contents(conf) == before
        assert all("put back" in line for line in told)


def test_a_run_that_is_finished_leaves_no_temporary_file(conf: Path) -> None:
    """A disk that fails while all is put back again may leave one."""
    before, after = outcome(conf)
    journal = half_written(conf, before, after)
    for name in after:
        (conf / name).write_bytes(after[name])
    recover([str(conf)], [str(conf)])
    assert contents(conf) == after
    assert not Path(journal).exists()


def test_a_temporary_file_without_a_journal_goes_with_the_next_run(conf: Path) -> None:
    before, after = outcome(conf)
    for write in (lambda: recover([str(conf / "sub")], [str(conf)]), lambda: write_all(changes(conf))):
        (conf / "sub/.modwsgi-fix-0123abcd-0.staged").write_bytes(b"# half of a jour")
        (conf / "sub/.modwsgi-fix-0123abcd-x.staged").write_bytes(b"not one of its names")
        write()
        assert contents(conf).keys() - before.keys() == {"sub/.modwsgi-fix-0123abcd-x.staged"}
    (conf / "sub/.modwsgi-fix-0123abcd-x.staged").unlink()
    assert contents(conf) == after


def test_two_runs_do_not_write_in_one_directory(conf: Path) -> None:
    before, after = outcome(conf)
    wanted = changes(conf)

    def verify() -> None:
        with pytest.raises(FileProblem, match="another run of modwsgi-fix is writing here"):
            write_all(wanted)
        with pytest.raises(FileProblem, match="another run of modwsgi-fix is writing here"):
            recover([str(conf)], [str(conf)])

    write_all(wanted, verify=verify)
    assert contents(conf) == after != before


@pytest.mark.slow
def test_every_directory_of_the_given_paths_is_looked_through(deep_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However deep it lies; but for what a link leads to, and for what cannot be read."""
    for name in ("conf/a/b", "conf/closed/inner", "elsewhere"):
        (deep_path / name).mkdir(parents=True)
    (deep_path / "conf/away").symlink_to(deep_path / "elsewhere")
    (deep_path / "conf/round").symlink_to(".")
    (deep_path / "conf/x.conf").write_text("")
    deep = deep_path / "conf/a/b"
    for _ in range(1100):
        deep /= "d"
        deep.mkdir()
    own = f"{OWN}x"
    there = [deep_path / "conf", deep_path / "conf/a/b", deep]
    for directory in (*there, deep_path / "elsewhere", deep_path / "conf/closed/inner"):
        (directory / own).write_text("")
    real = os.scandir
    looked_through: list[str] = []

    def scandir(path: str) -> object:
        looked_through.append(path)
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    source = Source(Disk(), (), (("conf", str(deep_path / "conf")),), (), complete=False)
    assert own_files([source]) == {str(directory / own) for directory in there}
    assert len(looked_through) == len(set(looked_through)) == 4 + 1100
    one = Source(Disk(), (), (("x", str(deep_path / "conf/x.conf")),), (), complete=False)
    assert own_files([one]) == {str(deep_path / "conf" / own)}
