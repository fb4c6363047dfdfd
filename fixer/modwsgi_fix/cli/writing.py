"""``--write``: the files put on the disk, and what interrupted runs have left there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from modwsgi_fix.cli.output import say
from modwsgi_fix.cli.request import Request
from modwsgi_fix.engine import Rewritten
from modwsgi_fix.files import FileProblem
from modwsgi_fix.reports.text import printable
from modwsgi_fix.text import decode
from modwsgi_fix.workspace.disk import own_files
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.plan import Plan


def put_right(plan: Plan, *, allow_shared: bool) -> None:
    """Finish or undo what interrupted runs have left in the given paths, and say so."""
    left = own_files(job.source for job in plan.all_jobs)
    if left:
        from modwsgi_fix.files.history import records
        from modwsgi_fix.files.recovery import recover

        for line in recover(dict.fromkeys(map(os.path.dirname, left)), given(plan), allow_shared=allow_shared):
            _tell(line)
        with suppress(FileProblem):
            records()  # Drops the record of a write that was undone just now.


def note_left(plan: Plan) -> None:
    """Say what interrupted runs have left in the given paths, and change nothing."""
    left = own_files(job.source for job in plan.all_jobs)
    if not left:
        return
    from modwsgi_fix.files.recovery import journals, pending

    where = list(dict.fromkeys(map(os.path.dirname, left)))
    waiting, refused = pending(where, given(plan))
    for path in waiting:
        directory = os.path.dirname(path)
        _tell(f"note: {directory}: an interrupted run left this half done; --write puts it right")
    for reason in refused:
        _tell(f"note: {reason}")
    if not waiting:
        for path in sorted(left - set(journals(where))):
            _tell(f"note: {path}: is not read here, though httpd may read it; delete it")


def write_files(
    request: Request, plan: Plan, files: Sequence[Rewritten], *, within: Sequence[str] | None = None
) -> str:
    """Write all files or none, and return the name of the record by which that can be taken back; empty where it cannot.

    Only files within these real paths are written, by default those that the user named. Raises ``FileProblem`` or ``Stop``
    where none was written.
    """
    if not files:
        return ""
    from modwsgi_fix.cli.backups import backups, kept_elsewhere
    from modwsgi_fix.files import history
    from modwsgi_fix.files.writing import Change, PartlyWritten, write_all

    writing = request.writing
    command = writing.verify
    shown = {file.path: file.name for file in files}
    kept = backups(plan, files, writing.backup)
    with history.writing():
        record, why_not = _remembered(files, in_place=writing.in_place)
        try:
            write_all(
                [Change(file.path, file.before, file.after) for file in files],
                in_place=writing.in_place,
                backups=kept,
                verify=None if command is None else lambda: _verify(command),
                within=given(plan) if within is None else within,
                allow_shared=writing.allow_shared,
            )
        except BaseException as problem:
            if isinstance(problem, FileProblem) and not isinstance(problem, PartlyWritten):
                # Nothing was written, though the files may be as they were to be: another run may have written the same.
                history.drop(record)
            else:
                history.drop_unless_written(record)
            if not isinstance(problem, FileProblem) or problem.path not in shown:
                raise
            named = type(problem)(shown[problem.path], problem.reason)
            for note in getattr(problem, "__notes__", []):
                named.add_note(note)
            raise named from problem
    if record:
        history.drop_oldest()
    elif why_not and not request.showing.quiet:
        _tell(f"note: this write cannot be taken back by modwsgi-fix undo: {why_not}")
    if (line := kept_elsewhere(files, kept)) and not request.showing.quiet:
        _tell(line)
    return os.path.basename(record).removesuffix(".undo")


def say_what_next(files: Sequence[Rewritten], *, can_undo: bool) -> None:
    """Say how the changes take effect, and how to take them back."""
    from modwsgi_fix.cli import reloading

    if files:
        _tell(f"To take effect: {reloading.command([file.path for file in files])}")
    if files and can_undo:
        _tell("To take it back: modwsgi-fix undo")


def _remembered(files: Sequence[Rewritten], *, in_place: bool) -> tuple[str, str]:
    """Return the record by which the write can be taken back, or ``""`` and why none can be kept."""
    from modwsgi_fix.files import history

    try:
        return history.remember([(file.path, file.before, file.after) for file in files], in_place=in_place), ""
    except FileProblem as problem:
        return "", str(problem)


def _tell(line: str) -> None:
    """Print one line on stderr, whatever characters are in the names in it."""
    say(printable(line))


def _verify(command: str) -> None:
    """Run the user's own command. Raises ``Stop`` when it fails."""
    import subprocess

    try:
        run = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise Stop(
            f"--verify {command} cannot be run: {str(error.strerror).lower()}; all files are as they were",
            "verification",
        ) from error
    if run.returncode:
        said = decode(run.stderr or run.stdout).strip().splitlines()
        last = f": {printable(' / '.join(said[-3:]))}" if said else ""
        line = f"--verify {command} failed with exit code {run.returncode}{last}; all files are as they were"
        raise Stop(line, "verification")


def given(plan: Plan) -> list[str]:
    """Return the real paths that the user named."""
    return [path for job in plan.all_jobs for _, path in job.source.given]
