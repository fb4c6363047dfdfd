"""``--add-ignore``: comments that allow what is found, shown as a diff or written."""

from __future__ import annotations

from collections.abc import Callable

from modwsgi_fix.cli.output import say
from modwsgi_fix.cli.request import Mode, Request
from modwsgi_fix.cli.writing import write_files
from modwsgi_fix.files import FileProblem, working_directory
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import printable
from modwsgi_fix.workspace.allowing import Allowing, allowing
from modwsgi_fix.workspace.session import Session


def allow(request: Request, session: Session, put: Callable[[str], None]) -> Allowing:
    """Write the comments, or put their diff where it belongs; say what was done, and what was left and why."""
    from modwsgi_fix.files.writing import must_be_writable

    def obstacle(path: str) -> str | None:
        try:
            must_be_writable(path, path, in_place=request.writing.in_place)
        except FileProblem as problem:
            return problem.reason
        return None

    done = allowing(session, request.allow or "", obstacle)
    if request.mode is Mode.WRITE:
        write_files(request, session.plan, done.files)
    for one in done.left:
        say(printable(f"{one.file}:{one.line}: {one.rule}: no comment: {one.reason}"))
    if not request.showing.quiet:
        verb = "Added" if request.mode is Mode.WRITE else "Would add"
        of, to = plural(done.findings, "finding"), plural(len(done.files), "file")
        say(f"{verb} {plural(done.comments, 'comment')} for {of} to {to}; {len(done.report.findings)} left.")
    if request.mode is Mode.DIFF:
        from modwsgi_fix.reports.diff import diff

        put(diff(done.files, here=working_directory()))
    return done
