"""The command line. It converts: words into a request, a result into text and an exit code.

Two Typer apps and an exact match of the first word: one app with a bare command taking paths and with subcommands would
take ``conf --diff`` for two paths. ``./rule`` or ``-- rule`` is a path of that name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

PROGRAM = "modwsgi-fix"

#: Subcommand -> the module of this package whose function ``run`` is its Typer command.
COMMANDS = {
    "config": "modwsgi_fix.cli.config",
    "rule": "modwsgi_fix.cli.rule",
}

_REPORT = "please report this with the configuration, or the part of it that matters"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Whatever goes wrong becomes one line on stderr and code 2."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["--version"]:
        from modwsgi_fix import __version__

        print(f"{PROGRAM} {__version__}")
        return 0
    try:
        return _dispatch(words)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("MODWSGI_FIX_TRACEBACK"):
            raise
        # Typer's own errors, whose classes it does not promise to keep where they are.
        usage = getattr(error, "format_message", None)
        return fail(_one_line(usage()) if usage else _explained(error))


def _explained(error: Exception) -> str:
    from modwsgi_fix.cli.errors import Stop, explain

    if isinstance(error, Stop):
        return str(error)
    return explain(error) or (
        f"internal error: {type(error).__name__}: {error}; no file was changed; {_REPORT} "
        "(MODWSGI_FIX_TRACEBACK=1 shows where)"
    )


def _dispatch(words: list[str]) -> int:
    import typer

    name = words[0] if words else ""
    module = COMMANDS.get(name)
    if module is None:
        return _invoke(typer, import_module("modwsgi_fix.cli.check").run, PROGRAM, _with_values(words))
    return _invoke(typer, import_module(module).run, f"{PROGRAM} {name}", words[1:])


def _with_values(words: list[str]) -> list[str]:
    """``--backup`` alone means ``--backup=.orig``; Typer knows no option whose value may be left out."""
    end = words.index("--") if "--" in words else len(words)
    return [*("--backup=.orig" if word == "--backup" else word for word in words[:end]), *words[end:]]


def _invoke(typer: object, function: Callable[..., int], name: str, words: list[str]) -> int:
    make = typer.Typer  # type: ignore[attr-defined]
    app = make(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    settings = {"help_option_names": ["-h", "--help"]}
    app.command(context_settings=settings)(function)
    return app(args=words, prog_name=name, standalone_mode=False) or 0


def fail(line: str) -> int:
    """Says in one line on stderr why nothing was done; exit code 2."""
    from modwsgi_fix.cli.output import say

    say(f"{PROGRAM}: {_one_line(line)}")
    return 2


def _one_line(text: str) -> str:
    return " ".join(text.split())
