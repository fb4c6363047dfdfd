"""``modwsgi-fix migrate --from httpd=2.2 --to httpd=2.4 PATHS``: on one page what it takes to move a server."""

# No postponed annotations here: Typer would evaluate each of them four times.
import shlex
from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from modwsgi_fix.cli import trouble
from modwsgi_fix.cli.beside import must_be_a_file, must_not_be_configuration, put
from modwsgi_fix.cli.notes import what_starting_serves
from modwsgi_fix.cli.options import SharedTree, option
from modwsgi_fix.cli.output import write
from modwsgi_fix.cli.progress import working
from modwsgi_fix.cli.request import Mode, Request, Showing, Writing
from modwsgi_fix.cli.run import carry_out
from modwsgi_fix.edits import Applicability
from modwsgi_fix.model.config import Config
from modwsgi_fix.reports.text import printable
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.plan import plan
from modwsgi_fix.workspace.session import Hosts, impacts, mended, opened, starts
from modwsgi_fix.workspace.settings import parse_target

#: What can move, with the release that is moved from and to where nothing is said.
_FROM, _TO = ("httpd=2.2",), ("httpd=2.4",)


def run(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATHS", help="Directories or files.", show_default=False)
    ] = None,
    *,
    moved_from: Annotated[
        list[str] | None,
        option("The releases that it runs on; httpd=2.2 if not given.", "--from", metavar="NAME=VERSION"),
    ] = None,
    to: Annotated[
        list[str] | None,
        option("The releases that it is to run on; httpd=2.4 if not given.", "--to", metavar="NAME=VERSION"),
    ] = None,
    diff: Annotated[bool, option("Print what --write would change instead of the page.", "--diff")] = False,
    make: Annotated[bool, option("Fix the files.", "--write")] = False,
    fix_level: Annotated[
        Literal["safe", "repair", "unsafe"] | None, option("The most that a fix may change.", "--fix-level")
    ] = None,
    root: Annotated[
        str | None, option("The filesystem that the paths in the files mean.", "--root", metavar="DIRECTORY")
    ] = None,
    assume_deny: Annotated[
        Literal["2.2", "2.4", "none"] | None,
        option(
            "How the server around fragments denies by default; as the new release does if not given.", "--assume-deny"
        ),
    ] = None,
    output_format: Annotated[Literal["text", "json"], option("How to show the page.", "--output-format")] = "text",
    html: Annotated[
        str | None, option("Write the page to a file for a browser, with the changes in it.", "--html", metavar="FILE")
    ] = None,
    isolated: Annotated[bool, option("Use no settings file.", "--isolated")] = False,
    allow_shared_tree: SharedTree = False,
) -> int:
    """What it takes to move a server to another release: what starts it, what changes, and what is left for a person.

    Exit code 0 where nothing is left to do, 1 where something is, 2 where something could not be read.
    """
    if diff and make:
        raise Stop("--diff and --write exclude each other")
    if html is not None and (diff or make or output_format == "json"):
        raise Stop("--html has the page and the changes in one file; leave --diff, --write and --output-format out")
    if allow_shared_tree and not make and html is None:
        raise Stop("--allow-shared-tree needs --write or --html")
    if not paths:
        raise Stop("nothing to move: name directories or files, as in modwsgi-fix migrate /etc/apache2")
    old, new = tuple(moved_from or _FROM), tuple(to or _TO)
    is_old = parse_target(old, {}).is_22
    request = Request(
        paths=tuple(paths),
        mode=Mode.WRITE if make else Mode.DIFF,
        level=Applicability[fix_level.upper()] if fix_level else None,
        target=new,
        root=root,
        isolated=isolated,
        # What is moved comes into a server that denies as the new release's own configuration does.
        denies=assume_deny or ("2.4" if is_old and not parse_target(new, {}).is_22 else ""),
        writing=Writing(allow_shared=allow_shared_tree),
        showing=Showing(None),
    )
    return (
        carry_out(request)
        if diff or make
        else _page(request, old, new, assume_deny or "", output_format if html is None else "html", html or "")
    )


def _page(request: Request, old: tuple[str, ...], new: tuple[str, ...], denies: str, form: str, file: str) -> int:
    """Show the page; in the form ``html`` it is written to a file."""
    from modwsgi_fix.reports.migrate import Move, as_json, as_text

    planned = plan(request.wanted(None))
    with working("reading the server"):
        session = opened(planned, hosts=Hosts.UNLIKE)
    if form == "html":
        must_be_a_file("--html", file)
        must_not_be_configuration(session, file, "--html")
    in_trouble = trouble.reading(session)
    if not session.plan.jobs:
        return 2
    with working("fixing, and measuring what the fixes change"):
        done = mended(session)
        changes = impacts(done.outcomes)
    in_trouble |= trouble.fixing(done)
    move = Move(
        old,
        new,
        starts(_servers(session.configs)),
        starts(_servers([outcome.after for outcome in done.outcomes])),
        changes,
        done.report,
        len(done.files),
        _command(request, old, new, denies),
        tuple(what_starting_serves(done.outcomes)),
    )
    if form == "html":
        from modwsgi_fix.reports.migrate_html import as_html

        put(file, as_html(move, done.files), "page", allow_shared=request.writing.allow_shared)
        write(printable(f"Wrote the page to {file}.") + "\n")
    else:
        write(as_json(move) if form == "json" else as_text(move))
    return 2 if in_trouble else int(bool(done.files) or bool(move.left))


def _command(request: Request, old: tuple[str, ...], new: tuple[str, ...], denies: str) -> str:
    """Return the words that were given, but for ``--diff`` or ``--write``."""
    words = [f"--from={word}" for word in old if old != _FROM] + [f"--to={word}" for word in new if new != _TO]
    words += [f"--fix-level={request.level.label}"] if request.level else []
    # The targets are those of --to.
    wanted = request.wanted(None)._replace(target=(), denies=denies)
    return " ".join(["modwsgi-fix migrate", *map(shlex.quote, words), wanted.words])


def _servers(configs: Sequence[Config]) -> Sequence[Config]:
    """Return the whole servers; all where none is whole. Files that are named beside a server do not start anything."""
    return [config for config in configs if config.complete] or configs
