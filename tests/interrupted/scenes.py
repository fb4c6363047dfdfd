"""What the command is asked to write, on which tree, and what may be there when it was disturbed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from disturbance import without_nameless

from modwsgi_fix.files import OWN

from .calls import Ended, ended

_TWICE = "WSGIDaemonProcess {0} threads=20\nWSGIDaemonProcess {0} threads=20\n<VirtualHost *:80>\n    WSGIProcessGroup {0}\n</VirtualHost>\n"
#: One of the files belongs to another user, so that root has to be told.
_ALL_THE_SAME = "--allow-shared-tree"
_RULE = ("--isolated", "--select", "duplicate-daemon-process")
#: A run that writes nothing of its own, and puts right what another one left.
_NOTHING = ("--isolated", "--select", "name-virtual-host", "--write", _ALL_THE_SAME, "conf")
UNDO = ("undo", _ALL_THE_SAME)
_BASELINE = ("baseline", "write", "--isolated", "--select", "duplicate-daemon-process", "conf")

#: What a path is: what it holds or where it leads, mode, owner, group, and how many names it has.
Tree = dict[str, tuple[bytes | str, int, int, int, int]]


class Scene(NamedTuple):
    """Something to write: ``words`` on a tree that ``prepare`` makes out of the common one.

    ``first`` are commands that come before; ``tool`` is what is done in the process before the command is run there.
    """

    name: str
    words: tuple[str, ...]
    first: tuple[tuple[str, ...], ...] = ()
    prepare: Callable[[Path], None] = lambda directory: None
    tool: Callable[[], None] = lambda: None
    #: Whether ``undo`` takes it back.
    can_undo: bool = True
    #: Whether a file may be half written until the next run.
    in_place: bool = False


def _two_names(directory: Path) -> None:
    os.link(directory / "conf/a.conf", directory / "second-name")


def _old_baseline(directory: Path) -> None:
    (directory / "modwsgi-fix-baseline.json").write_text('{"version": 1, "findings": []}\n')
    (directory / "modwsgi-fix-baseline.json").chmod(0o640)


def _without_nameless() -> None:
    without_nameless(setattr)


WRITE = (*_RULE, "--write", _ALL_THE_SAME, "conf")
SCENES = (
    Scene("write", WRITE),
    Scene("write without nameless files", WRITE, tool=_without_nameless),
    Scene("write in place", (*_RULE, "--write", "--in-place", _ALL_THE_SAME, "conf"), prepare=_two_names, in_place=True),
    Scene("write with backups", (*_RULE, "--write", "--backup", _ALL_THE_SAME, "conf")),
    Scene("write with a verification", (*_RULE, "--write", "--verify", "true", _ALL_THE_SAME, "conf")),
    Scene("undo", UNDO, first=(WRITE,), can_undo=False),
    Scene("undo in place", UNDO, first=((*_RULE, "--write", "--in-place", _ALL_THE_SAME, "conf"),), prepare=_two_names, can_undo=False, in_place=True),
    Scene("add-ignore", (*_RULE, "--add-ignore=as agreed", _ALL_THE_SAME, "conf")),
    Scene("baseline", _BASELINE, can_undo=False),
    Scene("baseline anew", _BASELINE, prepare=_old_baseline, can_undo=False),
    Scene("baseline anew without nameless files", _BASELINE, prepare=_old_baseline, tool=_without_nameless, can_undo=False),
)  # fmt: skip


def warm(place: Path) -> None:
    """Play every scene once in this process, so that what is imported when it is needed is there for all further ones."""
    from modwsgi_fix.cli import main

    here, state = os.getcwd(), os.environ.get("XDG_STATE_HOME")
    for number, scene in enumerate(SCENES):
        stage = set_up(scene._replace(first=()), place / str(number))
        os.environ["XDG_STATE_HOME"] = str(stage.state)
        os.chdir(stage.directory)
        try:
            for words in (*scene.first, scene.words, _NOTHING, UNDO):
                main(words)
        finally:
            os.chdir(here)
            if state is not None:
                os.environ["XDG_STATE_HOME"] = state


class Stage(NamedTuple):
    """A directory where a scene is played, and where the state is kept beside it."""

    directory: Path
    state: Path


def set_up(scene: Scene, place: Path) -> Stage:
    """Make the tree of a scene, and do what comes before it."""
    stage = Stage(place / "there", place / "state")
    conf = stage.directory / "conf"
    (conf / "sub").mkdir(parents=True)
    stage.state.mkdir()
    for name, group in (("a.conf", "one"), ("sub/b.conf", "two"), ("sub/c.conf", "three")):
        (conf / name).write_text(_TWICE.format(group))
    (conf / "enabled.conf").symlink_to("sub/b.conf")
    (conf / "sub/c.conf").chmod(0o640)
    if os.geteuid() == 0:
        os.chown(conf / "a.conf", 1234, 4321)
    (conf / "a.conf").chmod(0o604)
    scene.prepare(stage.directory)
    for words in scene.first:
        done = ended(words, *stage)
        assert done.code == 0, done
    return stage


def tree(directory: Path) -> Tree:
    """Return all that lies there, but for the files that only the command gives their names."""
    return {
        str(path.relative_to(directory)): (_content(path), info.st_mode, info.st_uid, info.st_gid, info.st_nlink)
        for path in sorted(directory.rglob("*"))
        if not path.name.startswith(OWN) and not stat.S_ISDIR((info := path.lstat()).st_mode)
    }


def _content(path: Path) -> bytes | str:
    return os.readlink(path) if path.is_symlink() else path.read_bytes()


def debris(stage: Stage) -> list[str]:
    """Return what only this program gives its names, and what is no record in the state directory."""
    kept = [path for path in stage.state.rglob("*") if path.is_file() and path.suffix != ".undo"]
    return sorted(str(path) for path in [*stage.directory.rglob(f"{OWN}*"), *kept])


def wrong(scene: Scene, stage: Stage, done: Ended, before: Tree, after: Tree, *, lasting: bool) -> list[str]:
    """Return what is not as it must be after a run that was disturbed. ``lasting`` where it could not put things right
    itself: it was killed, or the disk refused further calls, too.
    """
    return list(_wrong(scene, stage, done, before, after, lasting=lasting))


def _wrong(scene: Scene, stage: Stage, done: Ended, before: Tree, after: Tree, *, lasting: bool) -> Iterator[str]:
    now = tree(stage.directory)
    if "Traceback" in done.err or "internal error" in done.err or "Exception ignored" in done.err or done.code == 99:
        yield f"it says: {done.err}"
    if done.code == 0 and now != after:
        yield "it says that all is well, and it is not"
    if done.code > 0 and done.code != 1 and now == before and len(done.err.strip().splitlines()) > 3:
        yield f"it says more than is needed: {done.err}"
    if not lasting:
        if now not in (before, after):
            yield f"some files are changed and others not: {_differing(now, before, after)}"
        if debris(stage):
            yield f"left behind: {debris(stage)}"
    elif now not in (before, after) and not scene.in_place and (odd := _torn(now, before, after)):
        yield f"a file is neither as it was nor as it is to be: {odd}"
    elif now not in (before, after) and done.code >= 0 and "could not be put back" not in done.err and done.err:
        yield f"some files are changed and others not, and nothing says so: {done.err}"
    yield from _wrong_afterwards(scene, stage, done, before, after)


def _wrong_afterwards(scene: Scene, stage: Stage, done: Ended, before: Tree, after: Tree) -> Iterator[str]:
    """What the next runs leave."""
    again = scene.words if scene.name.startswith(("baseline", "undo")) else _NOTHING
    said = ended(again, *stage)
    now = tree(stage.directory)
    wanted = [after] if scene.name.startswith(("baseline", "undo")) else [before, after]
    if now not in wanted:
        yield f"the next run ({said.code}: {said.err}) leaves {_differing(now, before, after)}"
    if debris(stage):
        yield f"the next run leaves {debris(stage)}"
    if not scene.can_undo or now not in (before, after):
        return
    undone = ended(UNDO, *stage)
    if "cannot be taken back" in done.err and now == after:
        return
    if undone.code != (0 if now == after else 1):
        yield f"undo says {undone.code}: {undone.err}"
    left = {name: one for name, one in tree(stage.directory).items() if not name.endswith(".orig")}
    if left != before:
        yield f"undo leaves {_differing(left, before, after)}"


def _differing(now: Tree, before: Tree, after: Tree) -> dict[str, str]:
    def told(name: str) -> str:
        if now.get(name) == before.get(name):
            return "as before"
        return "as after" if now.get(name) == after.get(name) else f"{now.get(name)}"

    return {
        name: told(name)
        for name in sorted({*now, *before, *after})
        if before.get(name) != after.get(name) or now.get(name) != before.get(name)
    }


def _torn(now: Tree, before: Tree, after: Tree) -> dict[str, str]:
    return {name: told for name, told in _differing(now, before, after).items() if not told.startswith("as ")}
