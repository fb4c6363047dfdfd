"""``modwsgi-fix exposed PATHS``: every file that a visitor can fetch."""

# No postponed annotations here: Typer would evaluate each of them four times.
from typing import Annotated, Literal

import typer

from modwsgi_fix.cli.options import Quiet
from modwsgi_fix.cli.output import write
from modwsgi_fix.cli.progress import working
from modwsgi_fix.cli.servers import servers


def run(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATHS", help="Directories or files.")] = None,
    *,
    root: Annotated[
        str | None,
        typer.Option(
            "--root", help="The filesystem that the paths in the files mean.", metavar="DIRECTORY", show_default=False
        ),
    ] = None,
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--output-format", help="How to show it.", show_default=False)
    ] = "text",
    quiet: Quiet = False,
) -> int:
    """Every file that a visitor can fetch; source code, databases, keys and the like first.

    Exit code 1 where such a file lies open, 0 where none does.
    """
    from modwsgi_fix.reports.exposed import as_json, as_text
    from modwsgi_fix.workspace.session import exposures

    session, in_trouble = servers(paths or [], root, quiet=quiet)
    with working("asking what can be fetched", quiet=quiet):
        found = exposures(session)
    write(as_json(found) if output_format == "json" else as_text(found))
    return 2 if in_trouble else int(any(one.sensitive for one in found))
