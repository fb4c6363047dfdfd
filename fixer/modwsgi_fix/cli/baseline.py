"""``modwsgi-fix baseline write|prune PATHS``: the findings that there are, taken as known."""

# No postponed annotations here: Typer would evaluate each of them four times.
import os
from collections.abc import Iterable
from typing import Annotated, Literal

import typer

from modwsgi_fix.cli import trouble
from modwsgi_fix.cli.beside import is_enabled, is_read, must_not_be_configuration, put
from modwsgi_fix.cli.options import SharedTree, option
from modwsgi_fix.cli.output import write
from modwsgi_fix.cli.progress import working
from modwsgi_fix.files import working_directory
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import printable
from modwsgi_fix.workspace.baseline import Entry, as_text, read_baseline
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.known import standing, written
from modwsgi_fix.workspace.plan import Plan, Wanted, plan
from modwsgi_fix.workspace.selection import Selection
from modwsgi_fix.workspace.session import Hosts, Session, opened

#: The name of a baseline's file by default.
NAME = "modwsgi-fix-baseline.json"


def run(
    what: Annotated[
        Literal["write", "prune"],
        typer.Argument(metavar="write|prune", help="Write it anew, or remove entries that nothing is found for."),
    ],
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATHS", help="Directories or files.", show_default=False)
    ] = None,
    *,
    baseline: Annotated[
        str | None, option("The baseline's file, if not the usual one.", "--baseline", metavar="FILE")
    ] = None,
    select: Annotated[list[str] | None, option("Rules to run.", "--select", metavar="NAMES")] = None,
    extend_select: Annotated[
        list[str] | None, option("Further rules to run.", "--extend-select", metavar="NAMES")
    ] = None,
    ignore: Annotated[list[str] | None, option("Rules not to run.", "--ignore", metavar="NAMES")] = None,
    exclude: Annotated[list[str] | None, option("Files not to report on.", "--exclude", metavar="PATTERNS")] = None,
    as_apache: Annotated[bool, option("Read every file that is named as httpd's.", "--as-apache")] = False,
    no_scripts: Annotated[bool, option("Leave WSGI scripts unread.", "--no-scripts")] = False,
    root: Annotated[
        str | None, option("The filesystem that the paths in the files mean.", "--root", metavar="DIRECTORY")
    ] = None,
    target: Annotated[
        list[str] | None, option("The versions that the configuration is for.", "--target", metavar="NAME=VERSION")
    ] = None,
    assume_deny: Annotated[
        Literal["2.2", "2.4", "none"] | None,
        option("How the server around fragments denies by default.", "--assume-deny"),
    ] = None,
    config: Annotated[str | None, option("The settings file to use.", "--config", metavar="FILE")] = None,
    isolated: Annotated[bool, option("Use no settings file.", "--isolated")] = False,
    allow_shared_tree: SharedTree = False,
) -> int:
    """Take the present findings as known: modwsgi-fix --baseline FILE then reports and fixes only new ones.

    Its file is modwsgi-fix-baseline.json in the working directory, or above it where httpd might read it. Exit code 0, or 2
    where something could not be read.
    """
    if config is not None and isolated:
        raise Stop("--config and --isolated exclude each other")
    if not paths:
        raise Stop(f"nothing to check: name directories or files, as in modwsgi-fix baseline {what} conf/")
    wanted = Wanted(
        tuple(paths),
        settings={} if isolated else config,
        selection=Selection(_words(select) if select is not None else None, _words(extend_select), _words(ignore)),
        exclude=_words(exclude),
        target=_words(target),
        root=root,
        as_httpd=as_apache,
        denies=assume_deny or "",
        no_scripts=no_scripts,
    )
    planned = plan(wanted)
    path = _place(planned) if baseline is None else baseline
    if what == "prune":
        planned = planned._replace(baseline=read_baseline(path))
    elif baseline is not None and (os.path.isdir(path) or not os.path.basename(path)):
        raise Stop(f"--baseline {path}: is a directory; name a file")
    with working("reading the server"):
        session = opened(planned, hosts=Hosts.UNLIKE)
    in_trouble = trouble.reading(session)
    if not session.plan.jobs:
        return 2
    make = _written if what == "write" else _pruned
    line = make(session, path, allow_shared=allow_shared_tree)
    in_trouble |= trouble.tell(
        trouble.failed({name: how for one in session.configs for name, how in one.failed.items()})
    )
    write(printable(line) + "\n")
    return 2 if in_trouble else 0


def _written(session: Session, path: str, *, allow_shared: bool) -> str:
    """Write a baseline of all that is found, and return a line on it."""
    must_not_be_configuration(session, path, "--baseline")
    if os.path.lexists(path):
        read_baseline(path)
    with working("checking"):
        entries = written(session)
    put(path, as_text(entries), "baseline", allow_shared=allow_shared)
    found = plural(sum(entry.times for entry in entries), "finding")
    return f"Wrote {found} to {path}; modwsgi-fix --baseline {path} reports and fixes only new findings."


def _pruned(session: Session, path: str, *, allow_shared: bool) -> str:
    """Take the stale entries out of a baseline, and return a line on it."""
    known = session.plan.baseline
    stale = standing(session).stale
    if known is None or not stale:
        return f"No entry of {path} is stale."
    fewer = {entry[:3]: entry.times for entry in stale}
    kept = (entry._replace(times=entry.times - fewer.get(entry[:3], 0)) for entry in known.entries)
    put(path, as_text(entry for entry in kept if entry.times), "baseline", allow_shared=allow_shared)
    return f"Took {plural(_sum(stale), 'stale finding')} out of {path}."


def _sum(entries: Iterable[Entry]) -> int:
    return sum(entry.times for entry in entries)


def _place(planned: Plan) -> str:
    """Return the usual path of a baseline: in the working directory, or in the nearest one above that is not httpd's."""
    top = working_directory()
    above, path = top, NAME
    while is_enabled(path) or is_read(planned, path):
        if above == os.path.dirname(above):
            raise Stop(f"httpd might read {NAME} here; say with --baseline where it is to lie")
        above = os.path.dirname(above)
        path = os.path.join(os.path.relpath(above, top), NAME)
    return path


def _words(given: list[str] | None) -> tuple[str, ...]:
    return tuple(word.strip() for one in given or () for word in one.split(",") if word.strip())
