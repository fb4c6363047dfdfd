"""``modwsgi-fix explain LOG PATHS``: from lines of an error log to the line of the configuration, the rule and the fix."""

# No postponed annotations here: Typer would evaluate each of them four times.
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO, FileIO
from typing import Annotated, BinaryIO, Literal

import typer

from modwsgi_fix.cli import trouble
from modwsgi_fix.cli.notes import say_starts
from modwsgi_fix.cli.options import Quiet
from modwsgi_fix.cli.output import say, write
from modwsgi_fix.cli.progress import ticker, working
from modwsgi_fix.files import FileProblem, problem
from modwsgi_fix.reports.text import printable
from modwsgi_fix.text import encode
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.gaps import gaps
from modwsgi_fix.workspace.plan import Wanted, plan
from modwsgi_fix.workspace.selection import Selection
from modwsgi_fix.workspace.session import opened


def run(
    log: Annotated[
        str,
        typer.Argument(
            metavar="LOG", help="An error log, packed (.gz) or not, - for standard input, or a message in quotes."
        ),
    ],
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATHS", help="Directories or files.")] = None,
    *,
    root: Annotated[
        str | None,
        typer.Option(
            "--root", help="The filesystem that the paths in the files mean.", metavar="DIRECTORY", show_default=False
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            help="The versions that the configuration is for, such as httpd=2.4 or mod_wsgi=5.",
            metavar="NAME=VERSION",
            show_default=False,
        ),
    ] = None,
    assume_deny: Annotated[
        Literal["2.2", "2.4", "none"] | None,
        typer.Option("--assume-deny", help="How the server around fragments denies by default.", show_default=False),
    ] = None,
    config: Annotated[
        str | None, typer.Option("--config", help="The settings file to use.", metavar="FILE", show_default=False)
    ] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Use no settings file.")] = False,
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--output-format", help="How to show it.", show_default=False)
    ] = "text",
    quiet: Quiet = False,
) -> int:
    """Why httpd wrote the messages of an error log: file and line, rule, fix, and the command that shows it.

    Exit code 0 where something was explained, 1 where nothing is known of the messages, 2 for what cannot be read.
    """
    if config is not None and isolated:
        raise Stop("--config and --isolated exclude each other")
    if not paths:
        raise Stop(
            "no configuration: name directories or files after the log, as in modwsgi-fix explain error.log conf/"
        )
    from modwsgi_fix.explain.asked import Asked, rules_asked

    with _opened(log) as stream:
        wanted = Wanted(
            tuple(paths),
            settings={} if isolated else config,
            selection=Selection(extend_select=rules_asked()),
            target=tuple(target or ()),
            root=root,
            denies=assume_deny or "",
        )
        planned = plan(wanted)
        with working("reading the server", quiet=quiet):
            session = opened(planned)
        in_trouble = trouble.reading(session, quiet=quiet)
        for gap in () if quiet else gaps(session.configs):
            say(printable(f"note: {gap.name}:{gap.first}: {gap.reason}"))
        from modwsgi_fix.explain.explaining import explained
        from modwsgi_fix.explain.gathering import gathered
        from modwsgi_fix.explain.lookup import guessed
        from modwsgi_fix.explain.packed import lines_in

        if not quiet:
            say_starts(session)
        faults: list[str] = []
        try:
            with ticker(stream, quiet=quiet) as tick:
                lines = lines_in(stream, faults.append)
                found = gathered(lines, tick, guessed if isinstance(stream, BytesIO) else lambda text: ())
        except OSError as error:
            raise problem(log, error) from error
        in_trouble |= trouble.tell(f"{log}: {fault}" for fault in faults)
        with working("looking for the causes", quiet=quiet):
            result = explained(found, Asked(session, wanted.words))
    from modwsgi_fix.reports.explain import as_json, as_text

    write(as_json(result) if output_format == "json" else as_text(result))
    if in_trouble:
        return 2
    return 0 if result.explanations else 1


@contextmanager
def _opened(log: str) -> Iterator[BinaryIO]:
    """Open a log, or treat a message as a log of one or more lines. Raises ``FileProblem`` and ``Stop``."""
    if log == "-":
        if sys.stdin is None:
            raise FileProblem("standard input", "is closed")
        yield sys.stdin.buffer
    elif os.path.isdir(log):
        raise Stop(f"{log}: is a directory; name the log first, then the configuration")
    elif os.path.lexists(log) or _is_path(log):
        try:
            stream = BufferedReader(FileIO(log))
        except (OSError, ValueError) as error:
            raise problem(log, error) from error
        with stream:
            yield stream
    else:
        yield BytesIO(encode(log))


def _is_path(word: str) -> bool:
    """Whether a word that names no file was meant for one: a message has blanks and a colon, or is a number of httpd's."""
    if any(blank in word for blank in " \t\n"):
        return word.endswith(".log") or (word.startswith(("/", "./", "../", "~/")) and ":" not in word)
    return "/" in word or "." in word
