"""A request carried out: settings and rules, servers, fixes, what is shown, and the exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from modwsgi_fix.cli import notes, shipped, trouble
from modwsgi_fix.cli.errors import WRITTEN, Stop
from modwsgi_fix.cli.filter import HANDED_ON, configuration, hand_on, standard_input
from modwsgi_fix.cli.output import is_terminal, say, wants_color, write
from modwsgi_fix.cli.plan import Plan
from modwsgi_fix.cli.plan import plan as make_plan
from modwsgi_fix.cli.request import Mode, Request
from modwsgi_fix.cli.writing import put_right, write_files
from modwsgi_fix.engine import Fixed, Rewritten, check, fix, read
from modwsgi_fix.engine.outlook import Outlook, outlook
from modwsgi_fix.files import working_directory
from modwsgi_fix.model.config import Config
from modwsgi_fix.reports import Finding, Report, discretion, plural, render
from modwsgi_fix.reports.text import printable, summary, withheld
from modwsgi_fix.rule import Diagnostic, Severity
from modwsgi_fix.settings import as_toml

if TYPE_CHECKING:
    from modwsgi_fix.effect.impact import Impact

_BUG = "this is a bug in modwsgi-fix, please report it with the configuration"


def carry_out(request: Request) -> int:
    """Do what was asked, and return the exit code. Raises what ``errors.explain`` explains."""
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
    plan = make_plan(request, stdin)
    gc.freeze()
    gc.enable()
    if request.showing.only == "settings":
        write(
            as_toml(plan.settings, plan.target, plan.level, plan.root, plan.on, request.denies or plan.settings.denies)
        )
        return 0
    if request.mode is Mode.WRITE:
        put_right(plan)
    configs = [read(job) for job in plan.jobs]
    plan = _with_scripts(plan, configs)
    configs += [read(job) for job in plan.jobs[len(configs) :]]
    if request.showing.only == "files":
        files = dict.fromkeys(file.name for config in configs for file in config.files.values())
        write("".join(f"{printable(name)}\n" for name in files))
        return 0
    _check_output(plan, configs)
    if request.is_filter and not request.showing.verbose:
        return _filter(plan, configs, stdin or "")
    in_trouble = trouble.tell(trouble.unread(plan.problems, configs))
    if not plan.jobs:
        return 2
    if not request.showing.quiet:
        for line in trouble.skipped(configs):
            say(printable(line))
        notes.say_all(plan, configs)
    plan = plan._replace(jobs=shipped.told(plan.jobs, configs))
    code = _report(plan, configs) if request.mode is Mode.REPORT else _fix(plan, configs, stdin or "")
    return 2 if in_trouble else code


def _filter(plan: Plan, configs: Sequence[Config], stdin: str) -> int:
    """Print the fixed text and nothing else, and return exit code 0, unless it could not be read."""
    if (lines := trouble.unread(plan.problems, configs)) or not plan.jobs:
        raise Stop(lines[0] if lines else "nothing to read")
    outcomes = _outcomes(plan, configs)
    (text, *_) = [*(file.after for outcome in outcomes for file in outcome.files), stdin]
    write(text)
    # Findings that are left do not fail a filter, unless it is asked to look at them.
    if plan.request.showing.file is None and plan.request.fail_level is None:
        return 0
    report = _fixed_report(plan, outcomes)
    if plan.request.showing.file is not None:
        _show(plan, report)
    return _exit_code(plan.request, report, Severity.ERROR) if plan.request.fail_level else 0


def _outcomes(plan: Plan, configs: Sequence[Config]) -> list[Fixed]:
    """Return what the fixes of each server come to, as it may be shown."""
    from modwsgi_fix.engine.gate import objection as effect
    from modwsgi_fix.second_reader import objection

    return [
        discretion.fixed(fix(job, plan.level, objection, config, effect))
        for job, config in zip(plan.jobs, configs, strict=True)
    ]


def _with_scripts(plan: Plan, configs: Sequence[Config]) -> Plan:
    """Return the plan with a job on the scripts that were named and that no server mounts; those are checked there.

    A directory that was named for its scripts is none without configuration.
    """
    if not plan.allowed:
        return plan
    from modwsgi_fix.model.facts.scripts import wsgi_scripts

    mounted = {script.path for config in configs for script in wsgi_scripts(config)}
    named = tuple(
        problem
        for problem in plan.problems
        if not any(shown == problem.path and _holds(key, mounted) for shown, key in plan.allowed)
    )
    plan = plan._replace(problems=named)
    if plan.scripts is None:
        return plan
    source = plan.scripts.source
    alone = tuple(path for path in source.scripts if source.files.key(path) not in mounted)
    if not alone:
        return plan
    return plan._replace(jobs=(*plan.jobs, plan.scripts._replace(source=replace(source, scripts=alone))))


def _holds(directory: str, paths: Iterable[str]) -> bool:
    return any(path.startswith(directory.rstrip("/") + "/") for path in paths)


# -- around it -----------------------------------------------------------------


def _check_output(plan: Plan, configs: Sequence[Config]) -> None:
    path = plan.request.showing.file
    if path is None:
        return
    if os.path.isdir(path):
        raise Stop(f"--output-file {path}: is a directory")
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise Stop(f"--output-file {path}: no such directory")
    if any(os.path.realpath(path) in config.files for config in configs):
        raise Stop(f"--output-file {path}: is one of the files that are checked")


def _put(plan: Plan, text: str) -> None:
    path = plan.request.showing.file
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


def _report(plan: Plan, configs: Sequence[Config]) -> int:
    request = plan.request
    every = [check(job, config) for job, config in zip(plan.jobs, configs, strict=True)]
    in_trouble = trouble.tell(
        line for config in configs for line in trouble.failed(discretion.failed(config.failed, config))
    )
    found, hidden = shipped.without(plan.jobs, configs, every)
    marked = request.showing.format in (None, "concise", "full", "json")
    views = _views(plan, configs, found) if marked else [Outlook((None,) * len(each)) for each in found]
    findings = [
        one for config, each, view in zip(configs, found, views, strict=True) for one in _findings(config, each, view)
    ]
    shown = Report(_distinct(findings), tuple(configs), plan.level, marked=marked, quiet=request.showing.quiet)
    report = _with_unread(shown, plan, configs)._replace(shipped=hidden)
    code = _exit_code(request, report, Severity.WARNING)
    _show(plan, report)
    shipped.note(report)
    return 2 if in_trouble else code


def _views(plan: Plan, configs: Sequence[Config], found: Sequence[Sequence[Diagnostic]]) -> list[Outlook]:
    """What ``--write`` would do for the findings of each server."""
    return [outlook(job, config, each, plan.level) for job, config, each in zip(plan.jobs, configs, found, strict=True)]


def _findings(config: Config, found: Sequence[Diagnostic], view: Outlook) -> Iterator[Finding]:
    """The findings of a server as they may be shown, those that a fix reveals among them, by place."""
    every = [discretion.finding(one, config, level) for one, level in zip(found, view.levels, strict=True)]
    every += [
        discretion.finding(one.diagnostic, one.config, one.level)._replace(after=one.after) for one in view.revealed
    ]
    order = {path: at for at, path in enumerate([*config.files, *config.scripts])}
    yield from sorted(
        every, key=lambda one: (order.get(one.diagnostic.path, len(order)), one.diagnostic.span, one.rule)
    )


def _with_unread(report: Report, plan: Plan, configs: Sequence[Config]) -> Report:
    unread = [(one.path, one.reason) for one in (*plan.problems, *(p for config in configs for p in config.unread))]
    skipped = [one for config in configs for one in config.skipped]
    return report._replace(
        unread=tuple(dict.fromkeys(unread)),
        skipped=tuple(dict.fromkeys(skipped)),
        partial=any(config.failed for config in configs),
    )


def _distinct(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return each finding once, where servers share files."""
    once: dict[tuple[object, ...], Finding] = {}
    for one in findings:
        once.setdefault((one.diagnostic.path, one.diagnostic.span, one.rule, one.message), one)
    return tuple(once.values())


def _show(plan: Plan, report: Report) -> None:
    """Show the report where it belongs: a filter's own output is the fixed text."""
    showing = plan.request.showing
    report = report._replace(folded=not _wants_all(plan.request))
    aside = plan.request.mode is Mode.FILTER and showing.file is None
    stream = sys.stderr if aside else sys.stdout
    format = showing.format or ("full" if is_terminal(stream) and showing.file is None else "concise")
    color = showing.file is None and wants_color(showing.color, stream)
    if showing.statistics:
        from modwsgi_fix.reports.text import statistics

        text = statistics(report)
    else:
        text = render(report, format, color=color)
    if aside:
        say(text.removesuffix("\n")) if text else None
    else:
        _put(plan, text)


def _wants_all(request: Request) -> bool:
    """Whether to show what is only worth knowing: it was asked for, by name or by what exits 1."""
    return request.showing.all or request.fail_level is Severity.INFO or request.selection.select is not None


def _exit_code(request: Request, report: Report, fail_level: Severity, *, changed: bool = False) -> int:
    wanted = request.fail_level or fail_level
    left = any(finding.severity >= wanted for finding in report.findings)
    return int((left or changed) and not request.exit_zero)


# -- fixing --------------------------------------------------------------------


def _fix(plan: Plan, configs: Sequence[Config], stdin: str) -> int:
    request = plan.request
    outcomes, conflicts = _together(_outcomes(plan, configs))
    files = list({file.path: file for outcome in outcomes for file in outcome.files}.values())
    impacts = _impacts(request, outcomes)
    if request.mode is Mode.WRITE:
        write_files(plan, files)
    elif request.mode is Mode.FILTER:
        (file, *_) = [*(file.after for file in files), stdin]
        write(file)
    failed = {name: raised for outcome in outcomes for name, raised in outcome.failed.items()}
    try:
        in_trouble = trouble.tell([*conflicts, *trouble.failed(failed), *trouble.fights(outcomes)])
        code = (_diff if request.mode is Mode.DIFF else _tell)(plan, outcomes, files, impacts)
        return 2 if in_trouble else code
    except Exception as error:
        if request.mode is Mode.WRITE:
            error.add_note(WRITTEN)
        raise


def _tell(plan: Plan, outcomes: Sequence[Fixed], files: Sequence[Rewritten], impacts: tuple[Impact, ...] | None) -> int:
    """Say what was fixed and what is left, and return the exit code."""
    request = plan.request
    report = _fixed_report(plan, outcomes)._replace(impacts=impacts)
    code = _exit_code(request, report, Severity.ERROR, changed=bool(files) and request.writing.exit_on_fix)
    _withheld(plan, report)
    if report.findings or report.fixed or request.mode is Mode.WRITE or report.gaps:
        _show(plan, report)
    _say_impact(request, outcomes, impacts)
    shipped.note(report)
    return code


def _impacts(request: Request, outcomes: Sequence[Fixed]) -> tuple[Impact, ...] | None:
    """Return what visitors will notice: for people on stderr, for programs in the JSON report."""
    seen = not request.showing.quiet or request.showing.format == "json"
    if request.mode not in (Mode.DIFF, Mode.WRITE) or not request.showing.impact or not seen:
        return None
    from modwsgi_fix.effect.impact import impact

    try:
        return tuple(
            discretion.impact(impact(outcome.before, outcome.after), outcome.before, outcome.after)
            for outcome in outcomes
            if outcome.files
        )
    except Exception as error:
        if os.environ.get("MODWSGI_FIX_TRACEBACK"):
            raise
        what = f"internal error: {type(error).__name__}: {error}"
        say(printable(f"note: what the fixes change for visitors cannot be told ({what}); {_BUG}"))
        return None


def _say_impact(request: Request, outcomes: Sequence[Fixed], impacts: tuple[Impact, ...] | None) -> None:
    if impacts and not request.showing.quiet:
        notes.say_start(outcomes)
        from modwsgi_fix.reports.impact import as_lines

        for line in as_lines(impacts):
            say(printable(line))


def _together(outcomes: Sequence[Fixed]) -> tuple[list[Fixed], list[str]]:
    """Return the outcomes that can be had together, and a line on each that cannot.

    Where two servers share a file and need it changed otherwise, the first one has it, and nothing of the other changes.
    """
    files: dict[str, Rewritten] = {}
    kept: list[Fixed] = []
    told: list[str] = []
    for outcome in outcomes:
        clash = next((f for f in outcome.files if f.path in files and files[f.path].after != f.after), None)
        if clash is None:
            files |= {file.path: file for file in outcome.files}
            kept.append(outcome)
        else:
            told.append(
                f"{clash.name}: two servers share this file and need different changes; run modwsgi-fix on each by itself"
            )
            kept.append(outcome._replace(files=(), applied=(), left=outcome.found, after=outcome.before))
    return kept, told


def _fixed_report(plan: Plan, outcomes: Sequence[Fixed]) -> Report:
    configs = [outcome.after for outcome in outcomes]
    left, hidden = shipped.without(plan.jobs, configs, [outcome.left for outcome in outcomes])
    findings = [
        discretion.finding(diagnostic, outcome.after)
        for outcome, each in zip(outcomes, left, strict=True)
        for diagnostic in each
    ]
    report = Report(
        _distinct(findings),
        tuple(outcome.after for outcome in outcomes),
        plan.level,
        tuple(dict.fromkeys(one for outcome in outcomes for one in outcome.applied)),
        tuple(dict.fromkeys(one for outcome in outcomes for one in outcome.withheld if not one.is_fight)),
        quiet=plan.request.showing.quiet,
        shipped=hidden,
    )
    return _with_unread(report, plan, configs)


def _diff(plan: Plan, outcomes: Sequence[Fixed], files: Sequence[Rewritten], impacts: tuple[Impact, ...] | None) -> int:
    from modwsgi_fix.reports.diff import BadDiff, diff, hunks, strip_from

    request = plan.request
    here = working_directory()
    try:
        text = diff(files, here=here)
    except BadDiff as error:
        raise Stop(f"{error}; no file was changed; {_BUG}") from error
    report = _fixed_report(plan, outcomes)
    code = _exit_code(request, report, Severity.WARNING, changed=bool(files))
    if not request.showing.quiet:
        for line in hunks(files, report.fixed, here=here):
            say(line)
    _say_impact(request, outcomes, impacts)
    _withheld(plan, report, files)
    if not request.showing.quiet:
        if files:
            say(f"Would fix {plural(len(report.fixed), 'finding')} in {plural(len(files), 'file')}; "
                f"{len(report.findings)} left.")  # fmt: skip
        else:
            say(summary(report))
        shipped.note(report)
        if files and (top := strip_from(files, here)) != os.path.realpath(here):
            say(f"note: not all files lie in this directory; the diff applies in {top}")
    _put(plan, text)
    return code


def _withheld(plan: Plan, report: Report, unwritten: Sequence[Rewritten] = ()) -> None:
    """Say which fixes were not made, at the lines of files as they are, where the others are not written."""
    if plan.request.showing.quiet:
        return
    from modwsgi_fix.reports.diff import line_before

    files = {file.path: file for file in unwritten}
    for one in report.withheld:
        say(withheld(one._replace(line=line_before(files[one.path], one.line)) if one.path in files else one))
