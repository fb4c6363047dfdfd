"""The user's request, checked for contradictions."""

from __future__ import annotations

import os
from enum import Enum

from modwsgi_fix.edits import Applicability
from modwsgi_fix.placeholders import has_placeholder
from modwsgi_fix.rule import Severity
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.plan import Wanted
from modwsgi_fix.workspace.selection import Selection


class Mode(Enum):
    """What to do with the fixes."""

    REPORT = "report"
    DIFF = "diff"
    WRITE = "write"
    #: Write what the user takes of it, hunk by hunk.
    PATCH = "patch"
    #: Standard input to standard output.
    FILTER = "filter"


class Writing(NamedTuple):
    """How ``--write`` writes files, keeps the originals and verifies the result."""

    in_place: bool = False
    backup: str | None = None
    verify: str | None = None
    exit_on_fix: bool = False
    #: Whether root also writes where another user could change what root writes.
    allow_shared: bool = False


class Showing(NamedTuple):
    """How the outcome is shown. Where ``format`` is None, the terminal decides.

    ``only`` is ``settings`` or ``files`` where nothing else is to be printed, otherwise empty.

    ``impact`` says how much to tell about changes for visitors: ``short``, ``full`` or ``none``.
    """

    format: str | None = None
    file: str | None = None
    color: str = "auto"
    quiet: bool = False
    statistics: bool = False
    only: str = ""
    impact: str = "short"
    verbose: bool = False
    #: Whether to show findings that are only worth knowing, too.
    all: bool = False
    #: Whether SARIF is to have the findings that comments and the baseline suppress, too.
    suppressed: bool = False


class Request(NamedTuple):
    """The words of the command line, converted; an option that was not given is None, and the settings decide."""

    paths: tuple[str, ...]
    mode: Mode = Mode.REPORT
    stdin_name: str | None = None
    level: Applicability | None = None
    selection: Selection = Selection()
    exclude: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    root: str | None = None
    config: str | None = None
    isolated: bool = False
    fail_level: Severity | None = None
    exit_zero: bool = False
    as_httpd: bool = False
    #: As ``Source.denies``.
    denies: str = ""
    no_scripts: bool = False
    plugins: tuple[str, ...] = ()
    #: The path of a file of known findings.
    baseline: str | None = None
    #: The file to write a plan of the changes to.
    plan_file: str | None = None
    #: As in ``Wanted``.
    per_file_ignores: tuple[str, ...] = ()
    force_exclude: bool = False
    only: tuple[str, ...] = ()
    #: The reason in comments that allow the findings; empty for comments without a reason, None for no comments.
    allow: str | None = None
    #: The most processes that check or fix servers side by side.
    jobs: int = 1
    writing: Writing = Writing()
    showing: Showing = Showing()

    @property
    def writes(self) -> bool:
        """Whether files are to be written."""
        return self.mode in (Mode.WRITE, Mode.PATCH)

    @property
    def is_filter(self) -> bool:
        """Whether standard input goes to standard output, fixed: nothing else may be printed there."""
        return self.mode is Mode.FILTER and not self.showing.only

    @property
    def is_for_programs(self) -> bool:
        """Whether nobody is told how far a run is: it is to be quiet, or its report is in a form for programs."""
        return self.showing.quiet or self.showing.format not in (None, "concise", "full")

    def wanted(self, stdin: str | None) -> Wanted:
        """Return the part of the request that concerns reading; ``stdin`` is the text on standard input, where that is checked.

        Nobody sees what a filter changes, so its fixes are safe ones unless a level is given.
        """
        paths, overlay = self.paths, None
        if stdin is not None:
            name = self.stdin_name or "stdin.conf"
            paths, overlay = (name,), {name: stdin}
        return Wanted(
            paths,
            overlay,
            self.stdin_name is None,
            {} if self.isolated else self.config,
            self.level or (None if stdin is None else Applicability.SAFE),
            self.selection,
            self.exclude,
            self.target,
            self.root,
            self.as_httpd,
            self.denies,
            self.no_scripts,
            self.plugins,
            self.baseline,
            self.per_file_ignores,
            self.force_exclude,
            self.only,
        )


def checked(request: Request) -> Request:
    """Return the request itself. Raises ``Stop`` where its parts contradict each other."""
    writing, showing, mode = request.writing, request.showing, request.mode
    if not request.paths:
        raise Stop("nothing to check: name directories or files, or - for standard input")
    if "" in request.paths:
        raise Stop("a path is empty")
    if "-" in request.paths and len(request.paths) > 1:
        raise Stop("- (standard input) stands alone, without other paths")
    if request.stdin_name is not None and request.paths != ("-",):
        raise Stop("--stdin-filename names what is on standard input; say - instead of a path")
    if request.plan_file is not None:
        if mode is not Mode.DIFF or request.paths == ("-",) or request.allow is not None:
            raise Stop(
                "--write-plan changes no file and reads none from standard input: leave out --write, --add-ignore and -"
            )
        if not os.path.basename(request.plan_file) or os.path.isdir(request.plan_file):
            raise Stop(f"--write-plan {request.plan_file}: is a directory; name a file")
    if request.stdin_name == "":
        raise Stop("--stdin-filename is empty")
    if request.paths == ("-",) and request.writes:
        raise Stop(f"--{mode.value} and - exclude each other: the fixed text goes to standard output")
    if request.allow is not None:
        _check_reason(request.allow)
        if request.paths == ("-",):
            raise Stop("--add-ignore and - exclude each other: comments are written to files")
        if showing.statistics:
            raise Stop("--add-ignore and --statistics exclude each other")
    needs_write = {
        "--backup": writing.backup is not None,
        "--in-place": writing.in_place,
        "--verify": writing.verify is not None,
        "--exit-non-zero-on-fix": writing.exit_on_fix,
        "--allow-shared-tree": writing.allow_shared and request.plan_file is None,
    }
    for option, given in needs_write.items():
        if given and not request.writes:
            raise Stop(f"{option} needs --write or --patch")
    if writing.backup is not None and (not writing.backup or "/" in writing.backup or "\0" in writing.backup):
        raise Stop(f"--backup={writing.backup}: is not a suffix for a file name")
    if request.config is not None and request.isolated:
        raise Stop("--config and --isolated exclude each other")
    if mode is Mode.DIFF and showing.format not in (None, "json"):
        raise Stop(f"--diff and --output-format {showing.format} exclude each other; json has the diff for programs")
    if mode is Mode.PATCH and (showing.format or showing.file or showing.statistics):
        raise Stop("--patch asks on a terminal; leave out --output-format, --output-file and --statistics")
    if showing.statistics and (showing.format not in (None, "concise", "full") or mode is Mode.DIFF):
        raise Stop("--statistics takes the place of a report; leave out --diff and --output-format")
    if showing.suppressed and (showing.format != "sarif" or request.allow is not None):
        raise Stop("--report-suppressed needs --output-format sarif, without --add-ignore")
    if showing.quiet and showing.verbose:
        raise Stop("--quiet and --verbose exclude each other")
    if showing.only and mode not in (Mode.REPORT, Mode.FILTER):
        raise Stop(f"--show-{showing.only} excludes --diff, --write and --patch")
    return request


def _check_reason(reason: str) -> None:
    """Raise ``Stop`` for a reason that does not fit into one line of a comment, or would add more than a comment."""
    if not reason.isprintable():
        raise Stop("--add-ignore: the reason has a line end or another character that cannot be printed")
    if reason.rstrip().endswith("\\"):
        raise Stop("--add-ignore: the reason ends in a backslash, which would make the next line a part of the comment")
    if has_placeholder(reason):
        raise Stop("--add-ignore: the reason has what looks like a tag of a template; say it in other words")
