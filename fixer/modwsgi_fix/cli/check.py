"""The bare command: ``modwsgi-fix [OPTIONS] PATHS``. Words become a ``Request``; ``cli.run`` does the rest."""

# No postponed annotations here: Typer would evaluate each of them four times, which takes 3 ms at every start.
from typing import Annotated, Literal

import typer

from modwsgi_fix.cli.options import InPlace, SharedTree, Verify, option
from modwsgi_fix.cli.output import write as write_text
from modwsgi_fix.cli.request import Mode, Request, Showing, Writing, checked
from modwsgi_fix.cli.run import carry_out
from modwsgi_fix.edits import Applicability
from modwsgi_fix.rule import Severity
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.selection import Selection

Level = Literal["safe", "repair", "unsafe"]
FailLevel = Literal["info", "warning", "error"]
Format = Literal["concise", "full", "json", "sarif", "github", "gitlab", "junit", "rdjson"]


def run(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATHS", help="Directories or files; - for standard input.", show_default=False),
    ] = None,
    *,
    diff: Annotated[bool, option("Show what --write would change, as a unified diff.", "--diff")] = False,
    write: Annotated[bool, option("Apply the fixes, to all files or to none.", "--write")] = False,
    write_plan: Annotated[
        str | None,
        option("As --diff, and write a plan, which modwsgi-fix apply carries out.", "--write-plan", metavar="FILE"),
    ] = None,
    patch: Annotated[bool, option("Ask of each change whether to apply it, as git add -p does.", "--patch")] = False,
    fix_level: Annotated[Level | None, option("How far a fix may go; repair by default.", "--fix-level")] = None,
    unsafe_fixes: Annotated[bool, option("The same as --fix-level unsafe.", "--unsafe-fixes")] = False,
    select: Annotated[
        list[str] | None, option("Rules to run: names, families or ALL.", "--select", metavar="NAMES")
    ] = None,
    extend_select: Annotated[
        list[str] | None, option("Further rules to run.", "--extend-select", metavar="NAMES")
    ] = None,
    ignore: Annotated[list[str] | None, option("Rules not to run.", "--ignore", metavar="NAMES")] = None,
    fixable: Annotated[
        list[str] | None, option("Rules whose fixes may be applied.", "--fixable", metavar="NAMES")
    ] = None,
    unfixable: Annotated[list[str] | None, option("Rules whose fixes may not.", "--unfixable", metavar="NAMES")] = None,
    exclude: Annotated[
        list[str] | None, option("Files not to report on or change.", "--exclude", metavar="PATTERNS")
    ] = None,
    force_exclude: Annotated[
        bool, option("Exclude files that are named, too, as pre-commit names them.", "--force-exclude")
    ] = False,
    per_file_ignores: Annotated[
        list[str] | None,
        option("Rules not to run in the files that match.", "--per-file-ignores", metavar="PATTERN:NAMES"),
    ] = None,
    only: Annotated[
        list[str] | None,
        option(
            "Report and fix only what is of these files, virtual hosts and rules.", "--only", metavar="FILE|HOST|RULE"
        ),
    ] = None,
    as_apache: Annotated[
        bool, option("Read every file that is named as httpd's, whatever it looks like.", "--as-apache")
    ] = False,
    no_scripts: Annotated[bool, option("Leave WSGI scripts unread and unchanged.", "--no-scripts")] = False,
    assume_deny: Annotated[
        Literal["2.2", "2.4", "none"] | None,
        option("How the server around fragments denies by default, which fragments do not show.", "--assume-deny"),
    ] = None,
    target: Annotated[
        list[str] | None,
        option(
            "The versions that the configuration is for, such as httpd=2.4, mod_wsgi=5 or python=3.11.",
            "--target",
            metavar="NAME=VERSION",
        ),
    ] = None,
    root: Annotated[
        str | None, option("The filesystem that the paths in the files mean.", "--root", metavar="DIRECTORY")
    ] = None,
    output_format: Annotated[
        Format | None, option("How to show findings: full on a terminal, else concise.", "--output-format")
    ] = None,
    output_file: Annotated[
        str | None, option("Where to write the report or diff.", "--output-file", metavar="FILE")
    ] = None,
    baseline: Annotated[
        str | None,
        option(
            "Neither report nor fix what this file, of modwsgi-fix baseline write, has.", "--baseline", metavar="FILE"
        ),
    ] = None,
    add_ignore: Annotated[
        str | None,
        option("Fix nothing, and write comments that allow the findings.", "--add-ignore", metavar="[=REASON]"),
    ] = None,
    fail_level: Annotated[
        FailLevel | None,
        option("The least severity that exits 1 if it is left: warning, or error with --write.", "--fail-level"),
    ] = None,
    exit_zero: Annotated[bool, option("Exit 0 whatever was found.", "--exit-zero")] = False,
    exit_non_zero_on_fix: Annotated[
        bool, option("Exit 1 if --write changed something.", "--exit-non-zero-on-fix")
    ] = False,
    backup: Annotated[
        str | None,
        option("Keep each original under its name and this suffix (.orig).", "--backup", metavar="[=SUFFIX]"),
    ] = None,
    in_place: InPlace = False,
    verify: Verify = None,
    allow_shared_tree: SharedTree = False,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            "-j",
            metavar="N",
            min=1,
            help="Check and fix N servers side by side, each in a process.",
            show_default=False,
        ),
    ] = 1,
    plugins: Annotated[
        list[str] | None,
        option(
            "Installed packages of other people's rules to load; this runs their code.", "--plugins", metavar="NAMES"
        ),
    ] = None,
    config: Annotated[str | None, option("The settings file to use.", "--config", metavar="FILE")] = None,
    isolated: Annotated[bool, option("Use no settings file.", "--isolated")] = False,
    stdin_filename: Annotated[
        str | None, option("The name of the text on standard input.", "--stdin-filename", metavar="FILE")
    ] = None,
    color: Annotated[Literal["auto", "always", "never"], option("Whether to colour the report.", "--color")] = "auto",
    quiet: Annotated[bool, option("Print findings and nothing else.", "--quiet", "-q")] = False,
    verbose: Annotated[
        bool,
        option(
            "With -: report on standard error what was found and fixed; with --write: name each fix.", "--verbose", "-v"
        ),
    ] = False,
    all: Annotated[bool, option("Also show findings that are only worth knowing.", "--all")] = False,
    report_suppressed: Annotated[
        bool, option("With SARIF: also what comments and the baseline allow, as suppressed.", "--report-suppressed")
    ] = False,
    statistics: Annotated[bool, option("Count findings by rule.", "--statistics")] = False,
    impact: Annotated[
        Literal["short", "full"] | None,
        option("How much to say of what a fix changes for visitors.", "--impact", metavar="short|full"),
    ] = None,
    no_impact: Annotated[bool, option("Do not say what a fix changes for visitors.", "--no-impact")] = False,
    show_settings: Annotated[bool, option("Print the settings that apply.", "--show-settings")] = False,
    show_files: Annotated[bool, option("Print the files that are read.", "--show-files")] = False,
    version: Annotated[bool, option("Print the version.", "--version")] = False,
) -> int:
    """Report what is wrong with an Apache + mod_wsgi configuration, and fix it.

    Exit code 0: clean, or all that was found is fixed; 1: findings are left, or the diff is not empty; 2: not run.
    """
    if version:
        from modwsgi_fix import __version__

        write_text(f"modwsgi-fix {__version__}\n")
        return 0
    for first, second, clash in (
        ("--diff", "--write", diff and write),
        ("--diff", "--patch", diff and patch),
        ("--write", "--patch", write and patch),
        ("--write-plan", "--patch", write_plan is not None and patch),
        ("--add-ignore", "--patch", add_ignore is not None and patch),
        ("--fix-level", "--unsafe-fixes", unsafe_fixes and fix_level not in (None, "unsafe")),
        ("--show-settings", "--show-files", show_settings and show_files),
    ):
        if clash:
            raise Stop(f"{first} and {second} exclude each other")
    diff = diff or (write_plan is not None and not write)
    writes = write or (add_ignore is not None and paths != ["-"])
    mode = (
        Mode.DIFF if diff else Mode.PATCH if patch else Mode.WRITE if writes
        else Mode.FILTER if paths == ["-"] else Mode.REPORT
    )  # fmt: skip
    level = Applicability.UNSAFE if unsafe_fixes else Applicability[fix_level.upper()] if fix_level else None
    request = Request(
        paths=tuple(paths or ()),
        mode=mode,
        stdin_name=stdin_filename,
        level=level,
        selection=Selection(
            _words(select) if select is not None else None,
            _words(extend_select),
            _words(ignore),
            _words(fixable) if fixable is not None else None,
            _words(unfixable),
        ),
        exclude=_words(exclude),
        force_exclude=force_exclude,
        per_file_ignores=tuple(per_file_ignores or ()),
        only=tuple(only or ()),
        target=_words(target),
        root=root,
        config=config,
        isolated=isolated,
        fail_level=Severity[fail_level.upper()] if fail_level else None,
        exit_zero=exit_zero,
        as_httpd=as_apache,
        denies=assume_deny or "",
        no_scripts=no_scripts,
        plugins=_words(plugins),
        baseline=baseline,
        plan_file=write_plan,
        allow=None if add_ignore is None else add_ignore.strip(" "),
        jobs=jobs,
        writing=Writing(in_place, backup, verify, exit_non_zero_on_fix, allow_shared_tree),
        showing=Showing(
            output_format,
            output_file,
            color,
            quiet,
            statistics,
            "settings" if show_settings else "files" if show_files else "",
            impact="none" if no_impact else impact or "short",
            verbose=verbose,
            all=all,
            suppressed=report_suppressed,
        ),
    )
    return carry_out(checked(request))


def _words(given: list[str] | None) -> tuple[str, ...]:
    """Return the words of an option that may be repeated and whose values may have several words, separated by commas."""
    return tuple(word.strip() for one in given or () for word in one.split(",") if word.strip())
