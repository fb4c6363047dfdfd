"""``modwsgi-fix apply PLAN DIRECTORY``: a plan that ``--write-plan`` made, carried out."""

# No postponed annotations here: Typer would evaluate each of them four times.
import os
from typing import Annotated

import typer

from modwsgi_fix.cli import trouble
from modwsgi_fix.cli.options import InPlace, SharedTree, Verify, option
from modwsgi_fix.cli.output import as_diff, say, write
from modwsgi_fix.cli.request import Mode, Request, Writing, checked
from modwsgi_fix.cli.writing import put_right, say_what_next, write_files
from modwsgi_fix.files import MISSING, FileProblem, working_directory
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import printable
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.plan import Wanted
from modwsgi_fix.workspace.plan import plan as make_plan
from modwsgi_fix.workspace.written_plan import carried_out, read_plan


def run(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="The file that --write-plan made.", show_default=False)],
    directory: Annotated[
        str,
        typer.Argument(
            metavar="DIRECTORY", help="The directory that was named then, or a copy of it.", show_default=False
        ),
    ],
    *,
    diff: Annotated[bool, option("Only show what the plan changes, as a unified diff.", "--diff")] = False,
    backup: Annotated[
        str | None, option("Keep each original under its name and this suffix.", "--backup", metavar="SUFFIX")
    ] = None,
    in_place: InPlace = False,
    verify: Verify = None,
    allow_shared_tree: SharedTree = False,
) -> int:
    """Carry out a plan: all its files are changed, or none, and only where each has the bytes that the plan was made for.

    Exit code 0: carried out, or done already; 1: --diff, and there is something to do; 2: nothing was done.
    """
    writing = Writing(in_place, backup, verify, allow_shared=allow_shared_tree)
    request = checked(Request((directory,), Mode.DIFF if diff else Mode.WRITE, writing=writing))
    files = read_plan(plan)
    if not os.path.isdir(directory):
        raise FileProblem(directory, "is not a directory" if os.path.lexists(directory) else MISSING)
    top = os.path.realpath(directory)
    around = make_plan(Wanted((directory,), settings={}), looks_only=True)
    if not diff:
        put_right(around, allow_shared=allow_shared_tree)
    outcome = carried_out(files, top, lambda place: os.path.join(directory, place))
    if outcome.obstacles:
        trouble.tell(outcome.obstacles)
        raise Stop("the plan was not carried out, and no file was changed", "file")
    if diff:
        from modwsgi_fix.reports.diff import diff as unified

        write(as_diff(unified(outcome.files, directory=working_directory())))
        return int(bool(outcome.files))
    undo = write_files(request, around, outcome.files, within=[top])
    if outcome.files:
        say(printable(f"Carried out {plan}: {plural(len(outcome.files), 'file')} changed."))
        say_what_next(outcome.files, can_undo=bool(undo))
    elif not outcome.done:
        say(printable(f"Nothing to do: {plan} changes no file."))
    else:
        count = plural(len(outcome.done), "file")
        say(printable(f"Nothing to do: what {plan} makes of {count} is there already."))
    return 0
