"""``modwsgi-fix undo [PATHS]``: the last write taken back, all of it or nothing."""

# No postponed annotations here: Typer would evaluate each of them four times.
import os
from collections.abc import Sequence
from typing import Annotated

import typer

from modwsgi_fix.cli import reloading
from modwsgi_fix.cli.options import SharedTree, option
from modwsgi_fix.cli.output import say
from modwsgi_fix.files import MISSING, FileProblem
from modwsgi_fix.files.history import Record, changed_since, drop, records
from modwsgi_fix.files.recovery import journals, pending, recover
from modwsgi_fix.files.trust import lies_within
from modwsgi_fix.files.writing import Change, write_all
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import printable
from modwsgi_fix.text import decode
from modwsgi_fix.workspace.errors import Stop


def run(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATHS", help="Files or directories: the last write to these.", show_default=False),
    ] = None,
    *,
    record: Annotated[
        str | None,
        option("Take back this write and no other: what its JSON report says in undo.", "--record", metavar="NAME"),
    ] = None,
    allow_shared_tree: SharedTree = False,
) -> int:
    """Take the last --write back: all its files are as they were before, or none is touched. Again for the one before.

    Exit code 0: taken back; 1: there is nothing to take back; 2: a file was changed since, and nothing was done.
    """
    given = [_real(path) for path in paths or ()]
    last = _last(given, record)
    if last is None:
        where = f" in {', '.join(paths)}" if paths else ""
        say(printable(f"nothing to undo{where}: no write{f' {record}' if record else ''} is recorded"))
        return 1
    outside = [file.path for file in last.files if given and not lies_within(file.path, given)]
    if outside:
        raise Stop(f"{outside[0]}: was written in the same run, and lies outside the given paths; give it too")
    if _put_right(last, allow_shared=allow_shared_tree):
        drop(last.kept)
        return 0
    if problems := changed_since(last.files):
        raise Stop(f"{'; '.join(map(str, problems))}; nothing was taken back")
    write_all(
        [Change(file.path, decode(file.now() or b""), decode(file.before)) for file in last.files],
        in_place=last.in_place,
        allow_shared=allow_shared_tree,
    )
    drop(last.kept)
    for file in last.files:
        say(printable(f"{file.path}: taken back"))
    say(f"Took back the last write: {plural(len(last.files), 'file')}.")
    say(printable(f"To take effect: {reloading.command([file.path for file in last.files])}"))
    return 0


def _real(path: str) -> str:
    """Return the real path of a file or directory, which may have been removed since."""
    if not os.path.lexists(path) and not os.path.isdir(os.path.dirname(path) or "."):
        raise FileProblem(path, MISSING)
    return os.path.realpath(path)


def _last(given: Sequence[str], name: str | None) -> Record | None:
    """Return the last write that touched these paths, or anything where none is given; of ``name``, where that is given.

    A write whose files are all as before counts where an undo was interrupted when only its journal was left.
    """
    known = records(wanted=lambda record: bool(pending(record.directories, [one.path for one in record.files])[0]))
    named = [one for one in known if name in (None, one.name)]
    return next((one for one in named if not given or any(lies_within(file.path, given) for file in one.files)), None)


def _put_right(record: Record, *, allow_shared: bool) -> bool:
    """Finish or undo what an interrupted run left among these files; return whether all are as before the write then."""
    if not journals(record.directories):
        return False
    for line in recover(record.directories, [one.path for one in record.files], allow_shared=allow_shared):
        say(printable(line))
    return record.is_undone
