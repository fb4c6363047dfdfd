"""The servers of a session, each asked in another process (``--jobs``).

Servers share nothing, and reading one takes a hundredth of the time that its rules and fixes take. So all of them are read
first, and copies of this process are asked for what takes long. What they find comes back as plain values; a server that
they have fixed stays with them, and is read here from its new texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from modwsgi_fix.engine import Fixed, read
from modwsgi_fix.tuples import NamedTuple
from modwsgi_fix.workspace.errors import Stop
from modwsgi_fix.workspace.processes import Ended, Processes
from modwsgi_fix.workspace.session import Session
from modwsgi_fix.workspace.single import Found, checked_server, fixed_server, impact_of, with_all_hosts

if TYPE_CHECKING:
    from modwsgi_fix.effect.impact import Impact


class _State(NamedTuple):
    """What a process knows: the session, and the servers that it has fixed."""

    session: Session
    fixed: dict[int, Fixed]


class Apart:
    """Processes, at most ``number`` of them, that check and fix the servers of a session.

    Used in a ``with`` statement, at whose end they are gone. They must be made while no other thread runs.
    """

    def __init__(self, session: Session, number: int) -> None:
        self._session = session
        self._servers = range(len(session.configs))
        self._processes = Processes(min(number, len(self._servers)), _State(session, {}))

    def __enter__(self) -> Apart:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._processes.__exit__(kind, error, where)

    def checked(self, *, marked: bool, weighed: bool) -> list[Found]:
        """Return what is found in each server, as ``single.checked_server`` does."""
        return self._ask(_checked, self._servers, {"marked": marked, "weighed": weighed})

    def fixed(self) -> list[Fixed]:
        """Return the outcome of fixes in each server, as ``single.fixed_server`` does."""
        every = self._ask(_fixed, self._servers)
        return [self._read(at, fields, with_all=with_all) for at, (fields, with_all) in enumerate(every)]

    def impacts(self, numbers: Sequence[int]) -> list[Impact]:
        """Return what visitors will notice of the fixes in the servers with these numbers."""
        return self._ask(_impact, numbers)

    def _read(self, at: int, fields: Mapping[str, Any], *, with_all: bool) -> Fixed:
        """Return an outcome with its servers, ``with_all`` hosts or those of the session: before, and from the new texts."""
        job, before = self._session.plan.jobs[at], self._session.configs[at]
        if with_all:
            job = with_all_hosts(job)
            before = read(job)
        outcome = Fixed(before=before, after=before, **fields)
        if not outcome.files:
            return outcome
        texts = {file.path: file.after for file in outcome.files}
        trees = {path: file.tree for path, file in before.files.items() if path not in texts}
        return outcome._replace(after=read(job, texts, trees))

    def _ask(self, function: Callable[..., Any], numbers: Sequence[int], *given: object) -> list[Any]:
        try:
            return self._processes.ask(function, numbers, *given)
        except Ended as ended:
            name = self._session.plan.jobs[ended.about].source.given[0][0]
            line = f"{name}: the process that was at work on it {ended.how}, and nothing was written; leave out --jobs"
            raise Stop(line, "internal") from ended


def _checked(state: _State, at: int, how: Mapping[str, bool]) -> Found:
    return checked_server(state.session, at, **how)


def _fixed(state: _State, at: int) -> tuple[dict[str, Any], bool]:
    outcome, with_all = fixed_server(state.session, at)
    state.fixed[at] = outcome
    fields = outcome._asdict()
    # A server is many nodes, functions and open questions; it stays here.
    del fields["before"], fields["after"]
    return {**fields, "failed": dict(outcome.failed)}, with_all


def _impact(state: _State, at: int) -> Impact:
    return impact_of(state.fixed[at])
