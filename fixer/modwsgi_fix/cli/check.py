"""The bare command: ``modwsgi-fix [OPTIONS] PATHS``. Words become a ``Request``; ``cli.run`` does the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import typer

from modwsgi_fix.cli.errors import Stop
from modwsgi_fix.cli.run import Request, carry_out
from modwsgi_fix.reports import FORMATS
from modwsgi_fix.settings import Selection, SettingsError

Level = Literal["safe", "repair", "unsafe"]
Severity = Literal["info", "warning", "error"]
Format = Literal["concise", "full", "json", "sarif", "github", "gitlab", "junit", "rdjson"]
Names = Annotated[list[str] | None, typer.Option(metavar="NAMES", show_default=False)]


def _option(help: str, *names: str, metavar: str | None = None) -> object:
    return typer.Option(*names, help=help, metavar=metavar, show_default=False)


def run(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATHS", help="Directories or files; - for standard input.", show_default=False),
    ] = None,
    diff: Annotated[bool, _option("Show what --write would change, as a unified diff.", "--diff")] = False,
    write: Annotated[bool, _option("Apply the fixes, to all files or to none.", "--write")] = False,
    fix_level: Annotated[Level | None, _option("How far a fix may go; repair by default.", "--fix-level")] = None,
    unsafe_fixes: Annotated[bool, _option("The same as --fix-level unsafe.", "--unsafe-fixes")] = False,
    select: Annotated[
        list[str] | None, _option("Rules to run: names, families or ALL.", "--select", metavar="NAMES")
    ] = None,
    extend_select: Annotated[
        list[str] | None, _option("Rules to run besides.", "--extend-select", metavar="NAMES")
    ] = None,
    ignore: Annotated[list[str] | None, _option("Rules not to run.", "--ignore", metavar="NAMES")] = None,
    fixable: Annotated[
        list[str] | None, _option("Rules whose fixes may be applied.", "--fixable", metavar="NAMES")
    ] = None,
    unfixable: Annotated[
        list[str] | None, _option("Rules whose fixes may not.", "--unfixable", metavar="NAMES")
    ] = None,
    exclude: Annotated[
        list[str] | None, _option("Files not to report on or change.", "--exclude", metavar="PATTERNS")
    ] = None,
    target: Annotated[
        list[str] | None,
        _option("The versions meant: httpd=2.4, mod_wsgi=5.", "--target", metavar="NAME=VERSION"),
    ] = None,
    root: Annotated[
        str | None, _option("The filesystem that the paths in the files mean.", "--root", metavar="DIRECTORY")
    ] = None,
    output_format: Annotated[
        Format | None, _option("full on a terminal, else concise.", "--output-format")
    ] = None,
    output_file: Annotated[
        str | None, _option("Where to write the report or diff.", "--output-file", metavar="FILE")
    ] = None,
    fail_level: Annotated[
        Severity | None,
        _option("What exits 1 if it is left; warning, and error with --write.", "--fail-level"),
    ] = None,
    exit_zero: Annotated[bool, _option("Exit 0 whatever was found.", "--exit-zero")] = False,
    exit_non_zero_on_fix: Annotated[
        bool, _option("Exit 1 if --write changed something.", "--exit-non-zero-on-fix")
    ] = False,
    backup: Annotated[
        str | None,
        _option("Keep each original under its name and this suffix (.orig).", "--backup", metavar="[=SUFFIX]"),
    ] = None,
    in_place: Annotated[
        bool, _option("Write into the files: for hard links and directories that are read-only.", "--in-place")
    ] = False,
    verify: Annotated[
        str | None,
        _option("Run this when all is written, and undo all if it fails.", "--verify", metavar="COMMAND"),
    ] = None,
    config: Annotated[str | None, _option("The settings file to use.", "--config", metavar="FILE")] = None,
    isolated: Annotated[bool, _option("Use no settings file.", "--isolated")] = False,
    stdin_filename: Annotated[
        str | None, _option("The name of what is on standard input.", "--stdin-filename", metavar="FILE")
    ] = None,
    color: Annotated[
        Literal["auto", "always", "never"], _option("Whether to colour the report.", "--color")
    ] = "auto",
    quiet: Annotated[bool, _option("Print findings and nothing else.", "--quiet", "-q")] = False,
    statistics: Annotated[bool, _option("Count findings by rule.", "--statistics")] = False,
    show_settings: Annotated[bool, _option("Print the settings in force.", "--show-settings")] = False,
    show_files: Annotated[bool, _option("Print the files that are read.", "--show-files")] = False,
    version: Annotated[bool, _option("Print the version.", "--version")] = False,
) -> int:
    """Report what is wrong with an Apache + mod_wsgi configuration, and fix it.

    Exit code 0: clean, or all that was found is fixed; 1: findings are left, or the diff is not empty; 2: not run.

    Subcommands: rule [NAME], config [KEY]; `modwsgi-fix SUBCOMMAND --help` tells more.
    """
    return 0
