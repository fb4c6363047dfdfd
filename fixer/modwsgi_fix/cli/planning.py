"""``--write-plan``: what ``--diff`` shows, written to a file that ``modwsgi-fix apply`` carries out."""

from __future__ import annotations

import os
import shlex

from modwsgi_fix import __version__
from modwsgi_fix.cli.beside import must_not_be_configuration, put
from modwsgi_fix.cli.request import Request
from modwsgi_fix.cli.writing import given
from modwsgi_fix.files import working_directory
from modwsgi_fix.reports.text import printable
from modwsgi_fix.workspace.session import Mended, Session
from modwsgi_fix.workspace.written_plan import as_text, planned, read_plan, top_of


def write_plan(request: Request, path: str, session: Session, done: Mended) -> str:
    """Write the plan of the changes, and return a line that says how it is carried out.

    A file that is not a plan is not overwritten.
    """
    must_not_be_configuration(session, path, "--write-plan")
    if os.path.lexists(path):
        read_plan(path)
    top = top_of(given(session.plan))
    put(
        path,
        as_text(planned(done.files, done.report.fixed, top), __version__),
        "plan",
        allow_shared=request.writing.allow_shared,
    )
    near = os.path.relpath(top, os.path.realpath(working_directory()))
    directory = top if near.startswith("..") else near
    return printable(f"To carry out the plan: {shlex.join(['modwsgi-fix', 'apply', path, directory])}")
