"""Options that several commands have, and how one is declared."""

# No postponed annotations here: Typer would evaluate each of them four times.
from typing import Annotated, Any

import typer


def option(help: str, *names: str, metavar: str | None = None) -> Any:
    """Return an option whose default is not shown: its help says what is done without it."""
    return typer.Option(*names, help=help, metavar=metavar, show_default=False)


InPlace = Annotated[
    bool, option("Write into the files: for hard links and directories that are read-only.", "--in-place")
]
Verify = Annotated[
    str | None,
    option("Run this command once all is written, and undo everything if it fails.", "--verify", metavar="COMMAND"),
]
SharedTree = Annotated[
    bool, option("As root, also write where another user could change what is written.", "--allow-shared-tree")
]
Quiet = Annotated[bool, option("Print the answer and errors, and nothing else.", "--quiet", "-q")]
