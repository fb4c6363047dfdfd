"""The input of the engine: one server, the rules to check it by, and the judges that may object to a fix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from modwsgi_fix.collector import collector_off
from modwsgi_fix.edits import Fix
from modwsgi_fix.files import Files
from modwsgi_fix.model.config import Config, Target
from modwsgi_fix.model.reading.loading import load
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.model.vendor import Shipped, never_shipped
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.syntax import Tree
from modwsgi_fix.tuples import NamedTuple

if TYPE_CHECKING:
    from modwsgi_fix.effect.touched import Pair

#: Says why a rewritten file must not be trusted, or None: (file name, the file before, the file after).
Opinion = Callable[[str, Tree, Tree], str | None]

#: Whether the findings of a rule in a file are of no interest: (file key, rule name). With an empty rule name, whether
#: those of all rules are, so that the file is not changed either.
Ignored = Callable[[str, str], bool]

#: A function that returns those findings of a server that are new: known ones are neither reported nor fixed.
New = Callable[[Config, Sequence[Diagnostic]], list[Diagnostic]]


class Proof(Protocol):
    """Says which forbidden effect on visitors a fix would have, or None. The fixes of every level must pass it.

    It is given the server before and after, the fix, and the effects that its rule declares. With ``only`` the server after
    has other fixes, too, and this one changes only that host.
    """

    def __call__(
        self, before: Config, after: Config, fix: Fix, changes: frozenset[str], only: Pair | None = None, /
    ) -> str | None: ...


class Job(NamedTuple):
    """One server to check, with the versions, filesystem, rules and settings to check it by.

    ``options`` are the rules' settings, by rule and name. Findings that ``ignored`` names, by the key of the file and the
    name of the rule, are neither reported nor fixed. No fix changes a file that is as its package ships it (``shipped``).
    ``new`` leaves out the findings that are known; None where none is known.
    """

    source: Source
    rules: Sequence[Rule]
    target: Target = Target()
    disk: Files | None = None
    options: Mapping[str, Mapping[str, object]] | None = None
    ignored: Ignored | None = None
    shipped: Shipped = never_shipped
    new: New | None = None


def read(
    job: Job,
    texts: Mapping[str, str] | None = None,
    trees: dict[str, Tree] | None = None,
    earlier: Config | None = None,
) -> Config:
    """Return the server that a job is about; ``texts``, by key, stand in for files on the disk.

    ``trees`` and ``earlier`` are what a reading before a change left, as ``load`` takes them.
    """
    with collector_off():
        return load(
            job.source, target=job.target, disk=job.disk, options=job.options, texts=texts, trees=trees, earlier=earlier
        )
