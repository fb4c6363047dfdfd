"""``modwsgi-fix format PATHS``: indentation, and nothing else."""

# No postponed annotations here: Typer would evaluate each of them four times.
from typing import Annotated

import typer

from modwsgi_fix.cli import trouble
from modwsgi_fix.cli.filter import HANDED_ON, configuration, hand_on, standard_input
from modwsgi_fix.cli.options import SharedTree
from modwsgi_fix.cli.output import as_diff, say
from modwsgi_fix.cli.output import write as write_text
from modwsgi_fix.cli.writing import given, put_right
from modwsgi_fix.files import working_directory
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import printable
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.layout import layout
from modwsgi_fix.workspace.plan import Wanted, plan
from modwsgi_fix.workspace.session import opened


def run(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATHS", help="Directories or files; - for standard input.")
    ] = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write the files, as without --check and --diff.")] = False,
    stdin_filename: Annotated[
        str | None,
        typer.Option(
            "--stdin-filename", help="The name of the text on standard input.", metavar="FILE", show_default=False
        ),
    ] = None,
    allow_shared_tree: SharedTree = False,
) -> int:
    """Indent each line as deep as it is nested, and take the blanks from the ends of lines. Nothing else changes.

    Exit code 0; 1 where --check or --diff say that a file would change; 2 for what cannot be read or written.
    """
    for first, second, clash in (
        ("--check", "--write", check and write),
        ("--diff", "--write", diff and write),
        ("--stdin-filename", "PATHS", stdin_filename is not None and paths != ["-"]),
    ):
        if clash:
            raise Stop(f"{first} and {second} exclude each other")
    if not paths:
        raise Stop("nothing to format: name directories or files, or - for standard input")
    if "-" in paths:
        if len(paths) > 1:
            raise Stop("- (standard input) stands alone, without other paths")
        return _filter(stdin_filename, check=check, diff=diff)
    wanted = plan(Wanted(tuple(paths)), looks_only=True)
    writes = not check and not diff
    if writes:
        put_right(wanted, allow_shared=allow_shared_tree)
    session = opened(wanted)
    in_trouble = trouble.reading(session)
    found = layout(session)
    for line in found.left:
        say(printable(line))
    if diff:
        from modwsgi_fix.reports.diff import diff as unified

        write_text(as_diff(unified(found.files, directory=working_directory())))
    elif writes and found.files:
        from modwsgi_fix.files.writing import Change, write_all

        changes = [Change(file.path, file.before, file.after) for file in found.files]
        write_all(changes, within=given(session.plan), allow_shared=allow_shared_tree)
    else:
        write_text("".join(f"would indent {printable(file.name)}\n" for file in found.files))
    changed = len(found.files)
    say(f"{plural(changed, 'file')} of {found.total} {'indented' if writes else 'to be indented'}")
    return 2 if in_trouble else int(not writes and changed > 0)


def _filter(name: str | None, *, check: bool, diff: bool) -> int:
    """Write standard input to standard output, indented; unchanged where it cannot be read."""
    text = standard_input()
    try:
        shown = name or "stdin.conf"
        overlay = {shown: configuration(text, name or "standard input")}
        found = layout(opened(plan(Wanted((shown,), overlay, name is None), looks_only=True)))
    except Exception as error:
        hand_on(text)
        error.add_note(HANDED_ON)
        raise
    for line in found.left:
        say(printable(line))
    if diff:
        from modwsgi_fix.reports.diff import diff as unified

        write_text(as_diff(unified(found.files, directory=working_directory())))
    elif not check:
        write_text(found.files[0].after if found.files else text)
    return int((check or diff) and bool(found.files))
