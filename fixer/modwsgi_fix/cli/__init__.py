"""The command line, which only converts: words into a request, a result into text and an exit code.

There are two Typer apps, chosen by an exact match of the first word: a single app with both subcommands and a bare command
that takes paths would read ``conf --diff`` as two paths. ``./rule`` or ``-- rule`` means a path of that name.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress

PROGRAM = "modwsgi-fix"

#: The note on an error that occurred after the files had been written.
WRITTEN = "the files were fixed all the same"
_REPORT = "please report this with the configuration, or the part of it that matters"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line, and return the exit code. Any error becomes one line on stderr and code 2.

    Without ``argv`` the words are those of the process, which is ended afterwards.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["--version"]:
        return _version()
    if argv is None:
        code = _ended(words)
        # All output is written, and freeing every object and module one by one takes as long as starting Python.
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, OSError, ValueError):
                stream.flush()
        os._exit(code)
    return _run(words)


def _version() -> int:
    from modwsgi_fix import __version__

    try:
        print(f"{PROGRAM} {__version__}", flush=True)
    except OSError as error:
        from modwsgi_fix.cli.output import given_up

        why = given_up(sys.stdout, error)
        return 0 if isinstance(error, BrokenPipeError) else fail(_explained(why))
    return 0


def _ended(words: list[str]) -> int:
    """Run the command line, and return its exit code, also where a signal ends the run."""
    from modwsgi_fix.cli.signals import Stopped, raised

    try:
        with raised():
            return _run(words)
    except Stopped as stopped:
        return stopped.code


def _run(words: list[str]) -> int:
    # Imported modules stay; looking for garbage among them meanwhile takes a tenth of the start.
    gc.disable()
    try:
        return _dispatch(words)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("MODWSGI_FIX_TRACEBACK"):
            raise
        # Typer's own errors: Typer does not promise where their classes are.
        usage = getattr(error, "format_message", None)
        line = usage() if usage else _explained(error)
        if _is_filter(words):
            from modwsgi_fix.cli.filter import HANDED_ON, hand_on

            if HANDED_ON not in getattr(error, "__notes__", []):
                hand_on()
        elif _wants_json(words):
            _say_to_programs("usage" if usage else "", line, error)
        return fail(line)
    finally:
        gc.enable()


def _explained(error: Exception) -> str:
    from modwsgi_fix.workspace.errors import explain

    written = WRITTEN in getattr(error, "__notes__", [])
    return explain(error) or (
        f"internal error: {type(error).__name__}: {error}; {WRITTEN if written else 'no file was changed'}; {_REPORT} "
        "(MODWSGI_FIX_TRACEBACK=1 shows where)"
    )


def _dispatch(words: list[str]) -> int:
    from modwsgi_fix.cli.commands import COMMANDS, app

    if words in (["server"], ["server", "--stdio"]):
        # An editor waits for the start, and there is nothing to parse.
        from modwsgi_fix.cli.serving import start

        return start()
    name, command = "", COMMANDS.get(words[0]) if words else None
    if command is None:
        from modwsgi_fix.cli.plain import plain

        request = plain(words)
        if request is not None:
            from modwsgi_fix.cli.request import checked
            from modwsgi_fix.cli.run import carry_out

            return carry_out(checked(request))
        words = _with_values(words)
    else:
        name, words = f" {words[0]}", words[1:]
    result: int | None = 0
    with _help_is_written() if {"-h", "--help"} & set(words) else nullcontext():
        result = app(command)(args=words, prog_name=PROGRAM + name, standalone_mode=False)
    return result or 0


def _help_is_written() -> AbstractContextManager[None]:
    from modwsgi_fix.cli.output import of_others

    return of_others()


def _is_filter(words: Sequence[str]) -> bool:
    """Whether standard output is an editor's buffer, as far as the words tell that could not be understood."""
    return "-" in words and "--diff" not in words and not any(word.startswith("--show-") for word in words)


def _wants_json(words: Sequence[str]) -> bool:
    """Whether a program reads standard output, as far as words say that are not understood."""
    asked = zip(words, [*words[1:], ""], strict=False)
    return any(pair == ("--output-format", "json") or pair[0] == "--output-format=json" for pair in asked)


def _say_to_programs(kind: str, line: str, error: Exception) -> None:
    """Say on standard output why a run ended, as JSON."""
    from modwsgi_fix.cli.output import write
    from modwsgi_fix.reports.machine import problem
    from modwsgi_fix.workspace.errors import kind_of

    write(problem(kind or kind_of(error), _one_line(line)))


def _with_values(words: list[str]) -> list[str]:
    """Return the words with ``--backup`` alone as ``--backup=.orig``, and ``--add-ignore`` alone as an empty reason.

    An option of Typer must have a value.
    """
    end = words.index("--") if "--" in words else len(words)
    alone = {"--backup": "--backup=.orig", "--add-ignore": "--add-ignore="}
    return [*(alone.get(word, word) for word in words[:end]), *words[end:]]


def fail(line: str) -> int:
    """Print one line on stderr that says why nothing was done, and return exit code 2."""
    from modwsgi_fix.cli.output import say
    from modwsgi_fix.reports.text import printable

    say(printable(f"{PROGRAM}: {_one_line(line)}"))
    return 2


def _one_line(text: str) -> str:
    return " ".join(text.split())
