"""``modwsgi-fix server``: a language server on standard input and output."""

# No postponed annotations here: Typer would evaluate each of them four times.
from typing import Annotated

import typer

from modwsgi_fix.cli.serving import start


def run(
    *,
    stdio: Annotated[
        bool, typer.Option("--stdio", help="What some editors add: it speaks there in any case.", show_default=False)
    ] = True,
) -> int:
    """A language server for editors, on standard input and output. docs/editors.md shows how editors are set up."""
    return start()
