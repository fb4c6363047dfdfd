"""Carrying out a request: read the servers, show or write the result, and return the exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from modwsgi_fix.cli import WRITTEN, notes, trouble
from modwsgi_fix.cli.filter import HANDED_ON, configuration, hand_on, standard_input
from modwsgi_fix.cli.output import as_diff, is_terminal, say, wants_color, write
from modwsgi_fix.cli.progress import working
from modwsgi_fix.cli.request import Mode, Request
from modwsgi_fix.cli.writing import note_left, put_right, say_what_next, write_files
from modwsgi_fix.engine import Fixed
from modwsgi_fix.engine.outcome import Rewritten
from modwsgi_fix.files import working_directory
from modwsgi_fix.records import Report
from modwsgi_fix.reports import plural, render
from modwsgi_fix.reports.text import named, printable, withheld
from modwsgi_fix.rule import Severity
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.places import place_of
from modwsgi_fix.workspace.plan import plan as make_plan
from modwsgi_fix.workspace.session import Hosts, Mended, Session, checked, impacts, mended, opened, starts
from modwsgi_fix.workspace.settings import as_toml

if TYPE_CHECKING:
    from modwsgi_fix.effect.impact import Impact
    from modwsgi_fix.model.config import Config
    from modwsgi_fix.workspace.apart import Apart

_BUG = "this is a bug in modwsgi-fix, please report it with the configuration"


def carry_out(request: Request) -> int:
    """Carry out a request, and return the exit code. Raises what ``errors.explain`` explains."""
    if request.paths != ("-",):
        return _carry_out(request, None)
    text = standard_input()
    try:
        return _carry_out(request, configuration(text, request.stdin_name or "standard input"))
    except Exception as error:
        if request.is_filter:
            hand_on(text)
            error.add_note(HANDED_ON)
        raise


def _carry_out(request: Request, stdin: str | None) -> int:
    if request.mode is Mode.PATCH and not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise Stop("--patch asks on a terminal, and this is not one: --diff shows the changes, --write makes them")
    plan = make_plan(request.wanted(stdin))
    if plan.excluded:
        return _nothing(request, stdin or "")
    gc.freeze()
    gc.enable()
    if request.showing.only == "settings":
        write(as_toml(plan.settings, plan.target, plan.level, plan.root, plan.on, plan.denies))
        return 0
    if request.writes:
        put_right(plan, allow_shared=request.writing.allow_shared)
    wants_all = (
        request.mode in (Mode.FILTER, Mode.PATCH)
        or request.showing.only == "files"
        or request.showing.suppressed
        or request.allow is not None
    )
    with working("reading the server", quiet=request.is_for_programs):
        few = Hosts.IN_PARTS if request.mode is Mode.REPORT and not _is_marked(request) else Hosts.UNLIKE
        session = opened(plan, hosts=Hosts.ALL if wants_all else few)
    if request.showing.only == "files":
        files = dict.fromkeys(file.name for config in session.configs for file in config.files.values())
        write("".join(f"{printable(name)}\n" for name in files))
        return 0
    _check_output(request, session)
    if request.is_filter and not request.showing.verbose:
        return _filter(request, session, stdin or "")
    in_trouble = trouble.reading(session, quiet=request.showing.quiet)
    if not session.plan.jobs:
        if request.showing.format == "json":
            from modwsgi_fix.reports.machine import problem

            _put(request, problem("file", "; ".join(trouble.unread(session.plan.problems, session.configs))))
        return 2
    if not request.showing.quiet:
        if request.mode in (Mode.REPORT, Mode.DIFF, Mode.PATCH):
            notes.say_starts(session)
        notes.say_all(session)
        if not request.writes:
            note_left(session.plan)
        notes.say_baseline(session)
    if request.allow is not None:
        code = _allow(request, session)
    elif request.mode is Mode.REPORT:
        code = _report(request, session)
    else:
        code = _fix(request, session, stdin or "")
    if not request.showing.quiet:
        notes.say_unchecked(session)
    return 2 if in_trouble else code


def _nothing(request: Request, stdin: str) -> int:
    """Report on no file, because all that were named are excluded, and return exit code 0; a filter hands its text on."""
    if request.is_filter:
        write(stdin)
    elif request.mode is Mode.REPORT or request.showing.format is not None:
        changed = None if request.mode is Mode.REPORT else ()
        _show(request, Report((), (), changed=changed, is_diff=request.mode is Mode.DIFF))
    if not request.showing.quiet and not request.is_filter:
        say("note: all files that were named are excluded")
    return 0


def _filter(request: Request, session: Session, stdin: str) -> int:
    """Print the fixed text and nothing else, and return exit code 0, unless it could not be read."""
    if (lines := trouble.unread(session.plan.problems, session.configs)) or not session.plan.jobs:
        raise Stop(lines[0] if lines else "nothing to read")
    done = _mended(request, session)
    (text, *_) = [*(file.after for file in done.files), stdin]
    write(text)
    # Findings that are left do not fail a filter, unless the request says so.
    if request.showing.file is not None:
        _show(request, done.report)
    return _exit_code(request, done.report, Severity.ERROR) if request.fail_level else 0


# -- around it -----------------------------------------------------------------


def _check_output(request: Request, session: Session) -> None:
    path = request.showing.file
    if path is None:
        return
    if os.path.isdir(path):
        raise Stop(f"--output-file {path}: is a directory")
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise Stop(f"--output-file {path}: no such directory")
    if any(os.path.realpath(path) in config.files for config in session.configs):
        raise Stop(f"--output-file {path}: is one of the files that are checked")


def _put(request: Request, text: str) -> None:
    path = request.showing.file
    if path is None:
        write(text)
        return
    from modwsgi_fix.text import encode

    try:
        with open(path, "wb") as file:
            file.write(encode(text))
    except OSError as error:
        raise Stop(f"--output-file {path}: {(error.strerror or str(error)).lower()}") from error


# -- reporting -----------------------------------------------------------------


def _is_marked(request: Request) -> bool:
    """Whether a report says of each finding what ``--write`` would do."""
    return request.showing.format in (None, "concise", "full", "json")


def _report(request: Request, session: Session) -> int:
    marked = _is_marked(request)
    with _apart(request, session) as apart, working("checking", quiet=request.is_for_programs):
        report = checked(session, marked=marked, apart=apart)
    in_trouble = trouble.tell(trouble.failed(report.failed))
    if request.showing.format == "json":
        report = report._replace(starts=starts(session.configs))
    code = _exit_code(request, report, Severity.WARNING)
    _show(request, _with_suppressed(request, session, report, session.configs))
    _say_shipped(request, report)
    return 2 if in_trouble else code


def _with_suppressed(request: Request, session: Session, report: Report, configs: Sequence[Config]) -> Report:
    """Return the report with the findings that comments and the baseline suppress in these servers, where they are wanted."""
    if not request.showing.suppressed:
        return report
    from modwsgi_fix.workspace.suppressed import suppressed

    return report._replace(suppressed=suppressed(session, configs))


def _show(request: Request, report: Report) -> None:
    """Show the report: on standard error for a filter, whose own output is the fixed text."""
    showing = request.showing
    report = report._replace(folded=not _wants_all(request), quiet=showing.quiet)
    aside = request.mode is Mode.FILTER and showing.file is None
    stream = sys.stderr if aside else sys.stdout
    format = showing.format or ("full" if is_terminal(stream) and showing.file is None else "concise")
    color = showing.file is None and wants_color(showing.color, stream)
    if showing.statistics:
        from modwsgi_fix.reports.text import statistics

        text = statistics(report)
    else:
        text = render(report, format, color=color)
    if format not in ("concise", "full", "json") and not showing.statistics:
        notes.say_more(report)
    if aside:
        say(text.removesuffix("\n")) if text else None
    else:
        _put(request, text)


def _say_shipped(request: Request, report: Report) -> None:
    if not request.showing.quiet:
        notes.say_shipped(report)


def _wants_all(request: Request) -> bool:
    """Whether to show findings that are only worth knowing: with ``--all``, or where ``--fail-level`` counts them."""
    return request.showing.all or request.fail_level is Severity.INFO or request.selection.select is not None


def _exit_code(request: Request, report: Report, fail_level: Severity, *, changed: bool = False) -> int:
    wanted = request.fail_level or fail_level
    severities = {one.severity for one in report.findings} | {one.severity for one in report.more}
    left = any(severity >= wanted for severity in severities)
    return int((left or changed) and not request.exit_zero)


# -- fixing --------------------------------------------------------------------


@contextmanager
def _apart(request: Request, session: Session) -> Iterator[Apart | None]:
    """Yield the processes that the servers are asked in, and end them; None where this one does all."""
    if request.jobs == 1 or len(session.configs) < 2 or request.mode is Mode.PATCH:
        yield None
        return
    from modwsgi_fix.workspace.apart import Apart

    with Apart(session, request.jobs) as apart:
        yield apart


def _fix(request: Request, session: Session, stdin: str) -> int:
    with _apart(request, session) as apart:
        with working("fixing, and measuring what the fixes change", quiet=request.is_for_programs):
            done = _mended(request, session, apart)
        if request.mode is Mode.PATCH and done.files:
            from modwsgi_fix.cli.patch import chosen

            done = chosen(session, done, color=wants_color(request.showing.color, sys.stdout))
            if not done.files:
                say("Nothing was taken, and no file was changed.")
                return 2 if trouble.fixing(done) else _exit_code(request, done.report, Severity.ERROR)
        changes = _impacts(request, done.outcomes, apart)
    if request.showing.format == "json":
        done = done._replace(report=_with_changes(request, session, done))
    undo = next_command = ""
    if request.plan_file is not None:
        from modwsgi_fix.cli.planning import write_plan

        next_command = write_plan(request, request.plan_file, session, done)
    if request.writes:
        undo = write_files(request, session.plan, done.files)
    elif request.mode is Mode.FILTER:
        (file, *_) = [*(file.after for file in done.files), stdin]
        write(file)
    try:
        in_trouble = trouble.fixing(done)
        done = done._replace(report=done.report._replace(undo=undo))
        is_diff = request.mode is Mode.DIFF and request.showing.format is None
        code = (_diff if is_diff else _tell)(request, done, changes)
        if request.writes and request.showing.verbose:
            for one in done.report.fixed:
                say(printable(f"{one.name}:{one.line}: fixed: {named(one)}"))
        if request.writes and not request.showing.quiet:
            say_what_next(done.files, can_undo=bool(undo))
        if next_command and done.files and not request.showing.quiet:
            say(next_command)
        return 2 if in_trouble else code
    except Exception as error:
        if request.writes:
            error.add_note(WRITTEN)
        raise


def _mended(request: Request, session: Session, apart: Apart | None = None) -> Mended:
    done = mended(session, apart=apart)
    after = [outcome.after for outcome in done.outcomes]
    return done._replace(report=_with_suppressed(request, session, done.report, after))


def _with_changes(request: Request, session: Session, done: Mended) -> Report:
    """Return the report with what becomes of each file, for programs."""
    from modwsgi_fix.reports.diff import BadDiff, changes

    try:
        changed = changes(done.files, done.report.fixed, place=partial(place_of, session.plan.jobs))
    except BadDiff as error:
        raise _bad_diff(error) from error
    return done.report._replace(changed=changed, is_diff=request.mode is Mode.DIFF, conflicts=done.conflicts)


def _bad_diff(error: Exception) -> Stop:
    return Stop(f"{error}; no file was changed; {_BUG}", "internal")


def _allow(request: Request, session: Session) -> int:
    """Write comments that allow the findings, and return the exit code."""
    from modwsgi_fix.cli.allowing import allow

    done = allow(request, session, lambda text: _put(request, text))
    in_trouble = trouble.tell(trouble.failed(done.report.failed))
    if request.showing.format is not None:
        _show(request, done.report)
    changed = bool(done.files) and (request.mode is Mode.DIFF or request.writing.exit_on_fix)
    code = _exit_code(request, done.report, Severity.WARNING, changed=changed)
    return 2 if in_trouble else code


def _tell(request: Request, done: Mended, changes: tuple[Impact, ...] | None) -> int:
    """Say what was fixed and what is left, and return the exit code."""
    report = done.report._replace(impacts=changes)
    if request.showing.format == "json":
        report = report._replace(starts=starts(outcome.after for outcome in done.outcomes))
    is_diff = request.mode is Mode.DIFF
    counts = is_diff or request.writing.exit_on_fix
    code = _exit_code(
        request, report, Severity.WARNING if is_diff else Severity.ERROR, changed=bool(done.files) and counts
    )
    _withheld(request, report, done.files if is_diff else ())
    if report.findings or report.fixed or is_diff or request.writes or report.gaps:
        _show(request, report)
    _say_impact(request, done.outcomes, changes)
    _say_shipped(request, report)
    return code


def _impacts(request: Request, outcomes: Sequence[Fixed], apart: Apart | None) -> tuple[Impact, ...] | None:
    """Return what visitors will notice, for stderr or the JSON report; None where neither shows it, or it cannot be told."""
    seen = not request.showing.quiet or request.showing.format == "json"
    if not (request.mode is Mode.DIFF or request.writes) or request.showing.impact == "none" or not seen:
        return None
    try:
        with working("asking what changes for visitors", quiet=request.is_for_programs):
            return impacts(outcomes, apart)
    except Stop:  # a process of --jobs has ended
        raise
    except Exception as error:
        if os.environ.get("MODWSGI_FIX_TRACEBACK"):
            raise
        fault = f"internal error: {type(error).__name__}: {error}"
        say(printable(f"note: what the fixes change for visitors cannot be told ({fault}); {_BUG}"))
        return None


def _say_impact(request: Request, outcomes: Sequence[Fixed], changes: tuple[Impact, ...] | None) -> None:
    if changes and not request.showing.quiet:
        notes.say_what_starting_serves(outcomes)
        from modwsgi_fix.reports.impact import as_lines, in_short

        for line in (as_lines if request.showing.impact == "full" else in_short)(changes):
            say(printable(line))


def _diff(request: Request, done: Mended, changes: tuple[Impact, ...] | None) -> int:
    from modwsgi_fix.reports.diff import BadDiff, diff, hunks, strip_from

    directory, files, report = working_directory(), done.files, done.report
    try:
        text = diff(files, directory=directory)
    except BadDiff as error:
        raise _bad_diff(error) from error
    code = _exit_code(request, report, Severity.WARNING, changed=bool(files))
    if not request.showing.quiet:
        for line in hunks(files, report.fixed, directory=directory):
            say(line)
    _say_impact(request, done.outcomes, changes)
    _withheld(request, report, files)
    if not request.showing.quiet:
        if files:
            say(f"Would fix {plural(len(report.fixed), 'finding')} in {plural(len(files), 'file')}; "
                f"{report.total} left. --write instead of --diff does it.")  # fmt: skip
        else:
            # Without a diff, the findings are all that there is to see.
            say(render(report._replace(folded=not _wants_all(request)), "concise").removesuffix("\n"))
        _say_shipped(request, report)
        if files and (top := strip_from(files, directory)) != os.path.realpath(directory):
            say(f"note: not all files lie in this directory; the diff applies in {top}")
    _put(request, as_diff(text) if request.showing.file is None else text)
    return code


def _withheld(request: Request, report: Report, unwritten: Sequence[Rewritten] = ()) -> None:
    """Say which fixes were not made; where the other fixes are not written either, at the lines of the present files."""
    if request.showing.quiet:
        return
    from modwsgi_fix.reports.diff import line_before

    files = {file.path: file for file in unwritten}
    for fix in report.withheld:
        say(withheld(fix._replace(line=line_before(files[fix.path], fix.line)) if fix.path in files else fix))
