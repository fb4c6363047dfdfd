"""``--add-ignore``: comments that allow what is found, shown as a diff or written."""

from __future__ import annotations

from collections.abc import Callable

from modwsgi_fix.cli.output import as_diff, say
from modwsgi_fix.cli.request import Mode, Request
from modwsgi_fix.cli.writing import write_files
from modwsgi_fix.files import FileProblem, working_directory
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import printable
from modwsgi_fix.workspace.allowing import Allowing, allowing
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.session import Session


def allow(request: Request, session: Session, put: Callable[[str], None]) -> Allowing:
    """Write the comments, or hand their diff to ``put``; say what was done, and what was left and why."""
    from modwsgi_fix.files.writing import must_be_writable

    def obstacle(path: str) -> str | None:
        try:
            must_be_writable(path, in_place=request.writing.in_place)
        except FileProblem as problem:
            return problem.reason
        return None

    done = allowing(session, request.allow or "", obstacle)
    if request.mode is Mode.WRITE:
        write_files(request, session.plan, done.files)
    for finding in done.left:
        line = finding.after if request.mode is Mode.WRITE else finding.before
        say(printable(f"{finding.file}:{line}: {finding.rule}: no comment: {finding.reason}"))
    if not request.showing.quiet:
        verb = "Added" if request.mode is Mode.WRITE else "Would add"
        to, left = plural(len(done.files), "file"), plural(done.report.total, "finding")
        say(f"{verb} {plural(done.comments, 'comment')} to {to}; {left} left.")
    if request.mode is Mode.DIFF:
        from modwsgi_fix.reports.diff import BadDiff, diff

        try:
            put(as_diff(diff(done.files, directory=working_directory())))
        except BadDiff as error:
            raise Stop(f"{error}; no file was changed; this is a bug in modwsgi-fix, please report it") from error
    return done
