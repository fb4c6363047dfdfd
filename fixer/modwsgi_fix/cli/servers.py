"""The servers that a command only looks at; what could not be read or understood is said on standard error."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.cli import trouble
from modwsgi_fix.cli.output import say
from modwsgi_fix.cli.progress import working
from modwsgi_fix.reports.text import printable
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.gaps import gaps
from modwsgi_fix.workspace.plan import Wanted, plan
from modwsgi_fix.workspace.session import Session, opened


class Servers(NamedTuple):
    """The servers at some paths. ``trouble`` says that something could not be read, so that the exit code is 2."""

    session: Session
    trouble: bool


def servers(paths: Sequence[str], root: str | None, *, denies: str = "", quiet: bool = False) -> Servers:
    """Read the servers at these paths, ``denies`` as for ``Source``; where ``quiet``, only errors are said.

    Raises what ``errors.explain`` explains.
    """
    planned = plan(Wanted(tuple(paths), root=root, denies=denies), looks_only=True)
    with working("reading the server", quiet=quiet):
        session = opened(planned)
    in_trouble = trouble.reading(session, quiet=quiet)
    if not session.configs and not in_trouble:
        raise Stop(f"{paths[0] if paths else '.'}: has scripts alone; name the configuration that mounts them, too")
    if not quiet:
        say(*[printable(f"note: {gap.name}:{gap.first}: {gap.reason}") for gap in gaps(session.configs)])
    return Servers(session, in_trouble)
