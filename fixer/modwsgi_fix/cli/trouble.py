"""Errors that did not stop the run, one line each on standard error: the rest was done, and the exit code is 2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from modwsgi_fix.cli import PROGRAM
from modwsgi_fix.cli.output import say
from modwsgi_fix.engine import Fixed
from modwsgi_fix.files import FileProblem
from modwsgi_fix.model.config import Config
from modwsgi_fix.reports.text import printable, withheld

if TYPE_CHECKING:
    from modwsgi_fix.workspace.session import Mended, Session

_REPORT = "this is a bug in modwsgi-fix, please report it with the configuration"


def tell(lines: Iterable[str]) -> bool:
    """Print each different line once, and return whether there was any."""
    told = dict.fromkeys(lines)
    for line in told:
        say(printable(f"{PROGRAM}: {line}"))
    return bool(told)


def reading(session: Session, *, quiet: bool = False) -> bool:
    """Say what could not be read, and unless ``quiet`` what is not httpd's; return whether something could not be read."""
    in_trouble = tell(unread(session.plan.problems, session.configs))
    for line in () if quiet else skipped(session.configs):
        say(printable(line))
    return in_trouble


def fixing(done: Mended) -> bool:
    """Say what stood in the way of fixes, and return whether something did."""
    return tell([*done.conflicts, *failed(done.report.failed), *fights(done.outcomes)])


def unread(problems: Sequence[FileProblem], configs: Sequence[Config]) -> list[str]:
    """Return a line on each path that was named, or found to be read, and cannot be read."""
    return [str(problem) for problem in (*problems, *(one for config in configs for one in config.unread))]


def skipped(configs: Sequence[Config]) -> list[str]:
    """Return a line on each file that is not httpd's, which does not change the exit code."""
    return list(
        dict.fromkeys(
            f"{name}: looks like {language}, not read; --as-apache reads it"
            for config in configs
            for name, language in config.skipped
        )
    )


def failed(rules: Mapping[str, str]) -> list[str]:
    """Return a line on each rule that raised an exception: what it would have found is not known."""
    return [f"rule {name} failed ({raised}), and was left out; {_REPORT}" for name, raised in rules.items()]


def fights(outcomes: Sequence[Fixed]) -> list[str]:
    """Return a line on fixes that undo each other or never end: none of them was made."""
    return [f"{withheld(one)}; {_REPORT}" for outcome in outcomes for one in outcome.withheld if one.is_fight]
