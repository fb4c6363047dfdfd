"""What is not in the configuration: the filesystem, run-time values, undecided conditions. Three-valued, never guessed.

The tracing code is written as if everything were known, and asks a ``World``. A question that nothing answers raises
``Fork``; ``explore`` then runs the code once for each answer. So what cannot be known becomes branches, and where all
branches lead to one result it did not matter.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.config import Item
from modwsgi_fix.model.request.outcome import Branch, Kind, Outcome, Request, Step, Trace

#: More branches than anyone would read.
_MOST_BRANCHES = 24

FILE, DIRECTORY, MISSING = "file", "directory", "missing"


class Fork(Exception):
    """A question that the files do not answer, and its possible answers, as a reader would say them."""

    def __init__(self, question: str, answers: tuple[tuple[str, str], ...]) -> None:
        super().__init__(question)
        self.question = question
        self.answers = answers


class Beyond(Exception):
    """Something that this model does not do: the outcome is unknown."""

    def __init__(self, reason: str, item: Item | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.item = item


class Done(Exception):
    """The request is answered: an outcome without its steps."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


class World:
    """The answers that one branch takes for granted, and the filesystem as far as it can be read."""

    def __init__(
        self, disk: Files | None, assumed: dict[str, str], cache: dict[str, tuple[str, bool]], dialect: str = ""
    ) -> None:
        self.disk = disk
        #: The only words about access that count: ``2.2`` or ``2.4``; empty: both, as for httpd.
        self.dialect = dialect
        self.assumed = assumed
        self._cache = cache
        self.steps: list[Step] = []

    def step(self, phase: str, text: str, item: Item | None = None) -> None:
        """Remember what decided."""
        self.steps.append(Step(phase, text, item))

    def ask(self, question: str, *answers: tuple[str, str]) -> str:
        """The answer to a question: its value, of ``(value, how to say it)`` pairs."""
        known = self.assumed.get(question)
        if known is None:
            raise Fork(question, answers)
        return known

    def holds(self, statement: str, otherwise: str = "") -> bool:
        """Whether something is so that only the running server knows."""
        return self.ask(statement, ("yes", statement), ("no", otherwise or f"not: {statement}")) == "yes"

    def active(self, item: Item) -> bool:
        """Whether a directive is read at all: the conditions around it."""
        for guard in item.guards:
            name = {"ifmodule": "IfModule", "ifdefine": "IfDefine", "ifversion": "IfVersion", "iffile": "IfFile"}.get(
                guard.kind, guard.kind
            )
            true = self.ask(
                f"<{name} {guard.test}>",
                ("yes", f"<{name} {guard.test}> is true"),
                ("no", f"<{name} {guard.test}> is false"),
            )
            if (true == "yes") is guard.negated:
                return False
        return True

    # -- files -----------------------------------------------------------------

    def type_of(self, path: str) -> str:
        """``file``, ``directory`` or ``missing``, links followed."""
        if self.disk is not None:
            return self._seen(path)[0]
        if path == "/":
            return DIRECTORY
        known = self.assumed.get(path)
        if known is None:
            for asked, answer in self.assumed.items():
                if asked.startswith("/"):
                    if asked.startswith(path + "/") and answer != MISSING:
                        return DIRECTORY
                    if path.startswith(asked + "/") and answer != DIRECTORY:
                        return MISSING
        return self.ask(
            path,
            (FILE, f"{path} is a file"),
            (DIRECTORY, f"{path} is a directory"),
            (MISSING, f"{path} does not exist"),
        )

    def is_link(self, path: str) -> bool:
        """Whether the path itself is a symbolic link; without a filesystem nothing is assumed to be one."""
        return self.disk is not None and self._seen(path)[1]

    def _seen(self, path: str) -> tuple[str, bool]:
        assert self.disk is not None
        found = self._cache.get(path)
        if found is None:
            kind = DIRECTORY if self.disk.is_dir(path) else FILE if self.disk.is_file(path) else MISSING
            found = self._cache[path] = (kind, path != "/" and self.disk.is_link(path))
        return found

    def read(self, path: str) -> str | None:
        """A file's text, or None where it cannot be read."""
        try:
            return self.disk.read(path) if self.disk is not None else None
        except FileProblem:
            return None


def explore(
    request: Request,
    disk: Files | None,
    run: Callable[[World], Outcome],
    cache: dict[str, tuple[str, bool]],
    dialect: str = "",
) -> Trace:
    """Every way that ``run`` may go. ``dialect`` as for ``World``."""
    pending: list[tuple[dict[str, str], tuple[str, ...]]] = [({}, ())]
    branches: list[Branch] = []
    while pending:
        assumed, said = pending.pop(0)
        world = World(disk, assumed, cache, dialect)
        try:
            outcome = _outcome(run, world)
        except Fork as fork:
            if len(branches) + len(pending) + len(fork.answers) > _MOST_BRANCHES:
                reason = f"too much is unknown: {fork.question}, and more"
                outcome = Outcome(Kind.UNKNOWN, reason=reason, because=tuple(world.steps))
                branches.append(Branch(said, outcome, tuple(assumed.items())))
                continue
            pending += [({**assumed, fork.question: value}, (*said, words)) for value, words in fork.answers]
        else:
            branches.append(Branch(said, outcome, tuple(assumed.items())))
    return Trace(request, tuple(branches))


def _outcome(run: Callable[[World], Outcome], world: World) -> Outcome:
    try:
        outcome = run(world)
    except Beyond as beyond:
        world.step("unknown", beyond.reason, beyond.item)
        outcome = Outcome(Kind.UNKNOWN, reason=beyond.reason)
    except Done as done:
        outcome = done.outcome
    return outcome._replace(because=tuple(world.steps))


def normal(path: str) -> str:
    """A path of the filesystem as ``apr_filepath_merge`` leaves it: one slash each, no dots; a last slash stays."""
    end = "/" if path.endswith(("/", "/.", "/..")) else ""
    found = posixpath.normpath(path)
    found = found[1:] if found.startswith("//") else found
    return found if found == "/" else found + end
