"""``modwsgi-fix show PATHS``: the server as httpd sees it."""

# No postponed annotations here: Typer would evaluate each of them four times.
from typing import Annotated, Literal

import typer

from modwsgi_fix.cli.options import Quiet
from modwsgi_fix.cli.output import write
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
        Literal["tree", "json", "dot", "mermaid", "svg"],
        typer.Option("--output-format", help="A tree, or for another program.", show_default=False),
    ] = "tree",
    quiet: Quiet = False,
) -> int:
    """The server as httpd sees it: virtual hosts, mounts, aliases, process groups with who may and does use them."""
    from modwsgi_fix.reports.show import SHOWN
    from modwsgi_fix.workspace.session import overviews

    session, in_trouble = servers(paths or [], root, quiet=quiet)
    write(SHOWN[output_format](overviews(session)))
    return 2 if in_trouble else 0
