"""The shell scripts by which the collection for Ansible writes on a target without Python, run by this machine's shell."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from plays import COLLECTION
from support import tree

SCRIPTS = runpy.run_path(str(COLLECTION / "plugins/plugin_utils/scripts.py"))
BEFORE, AFTER = b"caf\xe9\r\nold", b"caf\xe9\r\nnew \\ $HOME `id`\n"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="what is refused to root needs root")


def ran(tmp_path: Path, script: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "XDG_STATE_HOME": str(tmp_path / "state")}
    return subprocess.run(["sh", "-s"], input=script, env=env, capture_output=True, text=True, check=False)


def files(tmp_path: Path) -> list[Path]:
    """Two files to write; one has a name that a shell would take apart."""
    (tmp_path / "conf").mkdir()
    paths = [tmp_path / "conf/it's a $site.conf", tmp_path / "conf/b.conf"]
    for path in paths:
        path.write_bytes(BEFORE)
        path.chmod(0o640)
    return paths


def write(
    tmp_path: Path, paths: list[Path], verify: str | None = None, *, allow_shared: bool = False, before: bytes = BEFORE
) -> tuple[str, subprocess.CompletedProcess[str]]:
    """Write what is new; the name of the record, and what the script came to."""
    record = SCRIPTS["new_record"]()
    changes = [SCRIPTS["Change"](str(path), before, AFTER) for path in paths]
    return record, ran(tmp_path, SCRIPTS["writing"](record, changes, verify, allow_shared=allow_shared))


def undo(tmp_path: Path, record: str) -> subprocess.CompletedProcess[str]:
    return ran(tmp_path, SCRIPTS["undoing"](record, allow_shared=False))


def kept(tmp_path: Path) -> list[str]:
    directory = tmp_path / "state/modwsgi-fix/ansible"
    return sorted(os.listdir(directory)) if directory.is_dir() else []


def is_as_before(tmp_path: Path, before: Mapping[str, Any]) -> bool:
    return tree(tmp_path / "conf") == before


def test_any_bytes_are_written_and_taken_back(tmp_path: Path) -> None:
    paths = files(tmp_path)
    before = tree(tmp_path / "conf")
    record, done = write(tmp_path, paths, "test -f /etc/passwd")
    assert (done.returncode, done.stderr) == (0, "")
    assert SCRIPTS["RECORD"].fullmatch(record)
    assert {path.read_bytes() for path in paths} == {AFTER}
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o640}
    assert sorted(os.listdir(tmp_path / "conf")) == sorted(path.name for path in paths)
    assert (tmp_path / "state/modwsgi-fix/ansible").stat().st_mode & 0o777 == 0o700
    undone = undo(tmp_path, record)
    assert (undone.returncode, undone.stdout) == (0, "".join(f"{path}: taken back\n" for path in paths))
    assert is_as_before(tmp_path, before)
    assert undo(tmp_path, record).returncode == 1


def test_a_verification_that_fails_puts_all_back(tmp_path: Path) -> None:
    paths = files(tmp_path)
    before = tree(tmp_path / "conf")
    done = write(tmp_path, paths, f"grep -q new '{paths[1]}' && echo it is new && false")[1]
    assert done.returncode == 2
    assert done.stderr.endswith("failed: it is new; all files are as they were\n")
    assert is_as_before(tmp_path, before)
    assert kept(tmp_path) == []


def test_what_changed_since_is_not_written(tmp_path: Path) -> None:
    paths = files(tmp_path)
    paths[1].write_bytes(b"by hand")
    before = tree(tmp_path / "conf")
    done = write(tmp_path, paths)[1]
    assert (done.returncode, done.stderr) == (2, f"{paths[1]}: was changed since it was fetched; nothing was written\n")
    assert is_as_before(tmp_path, before)


def test_a_link_in_its_place_is_not_written(tmp_path: Path) -> None:
    paths = files(tmp_path)
    paths[1].rename(tmp_path / "elsewhere")
    paths[1].symlink_to(tmp_path / "elsewhere")
    assert "was changed since" in write(tmp_path, paths)[1].stderr
    assert (tmp_path / "elsewhere").read_bytes() == BEFORE


def test_what_was_changed_after_the_write_is_not_taken_back(tmp_path: Path) -> None:
    paths = files(tmp_path)
    record, _ = write(tmp_path, paths)
    paths[1].write_bytes(b"by hand")
    undone = undo(tmp_path, record)
    assert (undone.returncode, undone.stderr) == (2, f"{paths[1]}: was changed since; nothing was taken back\n")
    assert paths[0].read_bytes() == AFTER


@pytest.mark.parametrize(
    ("mode", "owner", "who"),
    [
        (0o777, (0, 0), "everybody"),
        (0o775, (0, 12345), "group 12345"),
        (0o755, (12345, 0), "belongs to user 12345, who"),
    ],
)
def test_root_does_not_write_where_others_could(tmp_path: Path, mode: int, owner: tuple[int, int], who: str) -> None:
    paths = files(tmp_path)
    before = tree(tmp_path / "conf")
    os.chown(tmp_path / "conf", *owner)
    (tmp_path / "conf").chmod(mode)
    done = write(tmp_path, paths)[1]
    assert done.returncode == 2
    assert re.match(rf"{tmp_path}/conf: {who} could change what root writes here", done.stderr)
    assert is_as_before(tmp_path, before)
    assert write(tmp_path, paths, allow_shared=True)[1].returncode == 0


@pytest.mark.parametrize(("mode", "group"), [(0o775, 0), (0o1777, 0)])
def test_the_group_of_root_and_the_sticky_bit_are_trusted(tmp_path: Path, mode: int, group: int) -> None:
    paths = files(tmp_path)
    os.chown(tmp_path / "conf", 0, group)
    (tmp_path / "conf").chmod(mode)
    assert write(tmp_path, paths)[1].returncode == 0


def test_what_does_not_arrive_whole_is_not_written(tmp_path: Path) -> None:
    paths = files(tmp_path)
    before = tree(tmp_path / "conf")
    changes = [SCRIPTS["Change"](str(path), BEFORE, AFTER) for path in paths]
    script = SCRIPTS["writing"](SCRIPTS["new_record"](), changes, None, allow_shared=False)
    lines = script.splitlines(keepends=True)
    cut = max(number for number, line in enumerate(lines) if line == "END\n") - 1
    done = ran(tmp_path, "".join([*lines[:cut], *lines[cut + 1 :]]))
    assert (done.returncode, done.stderr) == (2, f"{paths[1]}: did not arrive whole; nothing was written\n")
    assert kept(tmp_path) == []
    assert is_as_before(tmp_path, before)


def test_the_last_twenty_writes_are_kept(tmp_path: Path) -> None:
    (path, _) = files(tmp_path)
    directory = tmp_path / "state/modwsgi-fix/ansible"
    old = [f"copied-{number:010d}-00000000" for number in range(25)]
    for name in old:
        (directory / name).mkdir(parents=True)
    record, _ = write(tmp_path, [path])
    assert kept(tmp_path) == [*old[-19:], record]
