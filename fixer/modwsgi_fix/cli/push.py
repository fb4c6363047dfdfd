"""``modwsgi-fix push DIR``: take what was changed in a fetched copy back to its server."""

# No postponed annotations here: Typer would evaluate each of them four times.
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from modwsgi_fix.cli import PROGRAM
from modwsgi_fix.cli.options import option
from modwsgi_fix.cli.output import is_terminal, say, write
from modwsgi_fix.cli.signals import Stopped
from modwsgi_fix.diff import edits_between, unified
from modwsgi_fix.expressions import expression
from modwsgi_fix.files import MANIFEST
from modwsgi_fix.files.copying import write_manifest
from modwsgi_fix.files.fetched import Manifest, read_manifest
from modwsgi_fix.fleet.far import Far, far_of
from modwsgi_fix.fleet.installer import Change, Orders
from modwsgi_fix.fleet.pushing import (
    Answered,
    Local,
    Outcome,
    changed_here,
    interrupted,
    looked_at,
    must_be_httpds_own,
    push,
    pushed,
    recovered,
    stage_of,
)
from modwsgi_fix.reports import plural
from modwsgi_fix.reports.text import as_shown, printable
from modwsgi_fix.text import decode
from modwsgi_fix.workspace.errors import Stop

#: The most files that are named one by one as left out.
_NAMED = 20
_URL = expression(r"https?://[!-~]+")
_CUT = "what was begun there is taken back, unless configtest had passed; push again to see which"


def run(
    directory: Annotated[
        str, typer.Argument(metavar="DIR", help="The copy that fetch made, as it is now.", show_default=False)
    ],
    *,
    diff: Annotated[bool, option("Only show what would be pushed, as a unified diff.", "--diff", "--dry-run")] = False,
    yes: Annotated[bool, option("Do not ask.", "--yes", "-y")] = False,
    sudo: Annotated[bool, option("Read and write as root there, by sudo -n.", "--sudo")] = False,
    configtest: Annotated[
        str, option("The test there; apachectl configtest if not given.", "--configtest", metavar="COMMAND")
    ] = "",
    graceful: Annotated[
        str, option("What has httpd read its files; apachectl graceful if not given.", "--graceful", metavar="COMMAND")
    ] = "",
    no_graceful: Annotated[bool, option("Leave httpd as it is once the test has passed.", "--no-graceful")] = False,
    probe: Annotated[
        list[str] | None,
        option("Ask this there before and after; another answer takes all back.", "--probe", metavar="URL"),
    ] = None,
    keep: Annotated[bool, option("Keep the change where a probe is answered otherwise.", "--keep")] = False,
    ssh: Annotated[str, option("The command that connects; ssh if not given.", "--ssh", metavar="COMMAND")] = "ssh",
) -> int:
    """Take the files that were changed in a fetched copy back to their server, all of them or none.

    They must be there as they were fetched. configtest runs, then a graceful restart; whatever fails takes all back.
    Exit code 0: the server has what the copy says; 1: not all of it, or --diff has something to show; 2: nothing was changed.
    """
    orders = _orders(configtest, graceful, tuple(probe or ()), is_reloaded=not no_graceful, keeps=keep)
    manifest = read_manifest(os.path.join(directory, MANIFEST))
    far = far_of(manifest.host, ssh, lambda line: say(printable(f"note: {line}")), sudo=sudo)
    must_be_httpds_own(manifest, orders)
    local = changed_here(directory, manifest)
    _tell_left_out(directory, local)
    code = int(bool(local.left_out))
    if not local.changed:
        say(printable(f"Nothing to push: the files of {directory} are as they were fetched."))
        return code
    if interrupted(far, manifest):
        if diff:
            raise Stop(f"{far.host}: a push was ended in the middle; push without --diff takes it back first")
        if not _agreed(f"A push to {far.host} was ended in the middle. Take it back", yes=yes):
            return 1
        if not _take_back(far, manifest, orders):
            return 2
    look = looked_at(far, manifest, local)
    write("".join(_shown(change, as_pictures=is_terminal(sys.stdout)) for change in look.changes))
    if diff:
        return int(bool(look.changes or code))
    if look.changes:
        reload = "" if no_graceful else ", then restart httpd gracefully"
        if not _agreed(f"Push {plural(len(look.changes), 'file')} to {far.host}, run configtest{reload}", yes=yes):
            say("Nothing was pushed.")
            return 1
        outcome = _pushed(far, manifest, look.changes, orders)
        _tell(far.host, manifest, outcome)
        if outcome.verdict != "done":
            return 2
    now = {**look.done, **{change.path: change.after for change in look.changes}}
    write_manifest(directory, pushed(manifest, now))
    if look.changes:
        files = plural(len(look.changes), "file")
        restarted = "" if no_graceful else ", and httpd was restarted gracefully"
        write(printable(f"Pushed {files} to {far.host}: configtest passed{restarted}.") + "\n")
    else:
        say(printable(f"Nothing to push: {far.host} has what {directory} says."))
    return code


def _orders(configtest: str, graceful: str, probes: tuple[str, ...], *, is_reloaded: bool, keeps: bool) -> Orders:
    for url in probes:
        if not _URL.fullmatch(url):
            raise Stop(f"--probe {url}: is not a URL of http or https")
    if not is_reloaded and (graceful or probes):
        other = "--graceful" if graceful else "--probe"
        raise Stop(f"--no-graceful and {other} exclude each other")
    return Orders(configtest, graceful, is_reloaded, probes, keeps)


def _tell_left_out(directory: str, local: Local) -> None:
    every = sorted(local.left_out.items())
    for path, reason in every[:_NAMED]:
        say(printable(f"{PROGRAM}: {directory.rstrip('/')}{path}: {reason}, and is not pushed"))
    if len(every) > _NAMED:
        say(f"{PROGRAM}: {len(every) - _NAMED} more are not pushed")


def _shown(change: Change, *, as_pictures: bool) -> str:
    """Return the diff of a file; on a terminal with control characters as pictures, because the text may be anybody's."""
    before, after = decode(change.before), decode(change.after)
    text = unified(before, edits_between(change.path, before, after), change.path.lstrip("/"))
    return as_shown(text) if as_pictures else text


def _agreed(question: str, *, yes: bool) -> bool:
    """Whether the user agrees. Raises ``Stop`` where nobody can be asked."""
    if yes:
        return True
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise Stop("push asks on a terminal, and this is not one: --diff shows what it would do, --yes does it")
    while True:
        write(printable(question) + " [y,n]? ")
        line = sys.stdin.readline()
        answer = line.strip().lower()
        if answer in ("y", "yes", "n", "no") or not line:
            return answer in ("y", "yes")


def _take_back(far: Far, manifest: Manifest, orders: Orders) -> bool:
    """Take back what an interrupted push left there, and return whether all of it was."""
    outcome = recovered(far, manifest, orders)
    _tell(far.host, manifest, outcome)
    return outcome.verdict == "back"


def _pushed(far: Far, manifest: Manifest, changes: Sequence[Change], orders: Orders) -> Outcome:
    try:
        return push(far, manifest, changes, orders)
    except Stop as error:
        error.add_note(_CUT)
        raise
    except (KeyboardInterrupt, Stopped):
        say(printable(f"{far.host}: {_CUT}"))
        raise


def _tell(host: str, manifest: Manifest, outcome: Outcome) -> None:
    """Say what the commands there said, how the URLs were answered, and how it ended."""
    for line in outcome.said:
        say(printable(f"{host}: {line}"))
    for answered in outcome.answers:
        say(printable(f"{host}: {_compared(answered)}"))
    ends = {
        "refused": "nothing was changed there",
        "back": "all files there are as they were",
        "stuck": f"NOT all files there are as they were: sh {stage_of(manifest)}/undo takes the rest back",
    }
    if outcome.verdict in ends:
        reason = outcome.reason or "a push that was ended in the middle was taken back"
        say(printable(f"{PROGRAM}: {host}: {reason}; {ends[outcome.verdict]}"))
    if outcome.is_ill:
        say(printable(f"{PROGRAM}: {host}: httpd could not be told to read the old files: see whether it runs"))


def _compared(answered: Answered) -> str:
    if answered.before == answered.after:
        return f"{answered.url}: {answered.before} as before"
    return f"{answered.url}: {answered.before}{f', now {answered.after}' if answered.after else ''}"
