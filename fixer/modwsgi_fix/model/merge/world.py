"""The world outside of the configuration: the filesystem, run-time values, undecided conditions. Nothing is guessed.

The code that merges sections and follows requests is written as if everything were known, and asks a ``World``. A question
without an answer raises ``Fork``, but for ``ways``, which goes on with the first answer and runs the code again for each
other one. So unknown things become branches, and where all branches lead to one result, the question did not matter.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar

from modwsgi_fix.directives import spelled
from modwsgi_fix.files import FileProblem, Files
from modwsgi_fix.model.items import Guard, Item
from modwsgi_fix.model.paths import on_a_drive, slashed
from modwsgi_fix.tuples import NamedTuple

#: The most branches, more than anyone would read.
_MOST_BRANCHES = 24

T = TypeVar("T")

_OF_A_LINK = ("-h", "-L", "-l")
_TESTS = ("-s", "-x", *_OF_A_LINK)

FILE, DIRECTORY, MISSING = "file", "directory", "missing"


class Fork(Exception):
    """A question that the files do not answer, and its possible answers in words."""

    def __init__(self, question: str, answers: tuple[tuple[str, str], ...]) -> None:
        super().__init__(question)
        self.question = question
        self.answers = answers


class Beyond(Exception):
    """Something that is not modelled, so that the outcome is unknown."""

    def __init__(self, reason: str, item: Item | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.item = item


class Step(NamedTuple):
    """One decision on the way: its phase, what was decided, and the directive that decided it; None for a default."""

    phase: str
    text: str
    item: Item | None = None

    @property
    def place(self) -> str:
        """``file:line``, or an empty string."""
        return f"{self.item.file.name}:{self.item.line}" if self.item else ""


class World:
    """The answers that one branch assumes, and the filesystem as far as it can be read."""

    def __init__(
        self, disk: Files | None, assumed: dict[str, str], cache: dict[str, tuple[str, bool]], dialect: str = ""
    ) -> None:
        self.disk = disk
        #: The only dialect of access lines that counts, ``2.2`` or ``2.4``; empty for both, as in httpd.
        self.dialect = dialect
        self.assumed = assumed
        self._cache = cache
        self.steps: list[Step] = []
        #: The questions that were asked, or answered by what is assumed, each as often as it was.
        self.asked: list[str] = []
        #: Whether the visitor's log-in mattered: with one or without, everything else goes the same way.
        self.asks_log_in = False

    def step(self, phase: str, text: str, item: Item | None = None) -> None:
        """Note a decision."""
        self.steps.append(Step(phase, text, item))

    def ask(self, question: str, *answers: tuple[str, str]) -> str:
        """Return the answer to a question: the value of one of the ``(value, answer in words)`` pairs. Raises ``Fork``."""
        self.asked.append(question)
        known = self.assumed.get(question)
        return self._found_out(question, answers) if known is None else known

    def _found_out(self, question: str, answers: tuple[tuple[str, str], ...]) -> str:
        """Return the answer to a question that is not answered by what is assumed. Raises ``Fork``."""
        raise Fork(question, answers)

    def holds(self, statement: str, otherwise: str = "") -> bool:
        """Whether a statement holds that only the running server can decide. Raises ``Fork``."""
        return self.ask(statement, ("yes", statement), ("no", otherwise or f"not: {statement}")) == "yes"

    def active(self, item: Item) -> bool:
        """Whether a directive is read at all, by the conditions around it. Raises ``Fork``."""
        for guard in item.guards:
            question = question_of(guard)
            true = self.ask(question, ("yes", f"{question} is true"), ("no", f"{question} is false"))
            if (true == "yes") is guard.negated:
                return False
        return True

    # -- files -----------------------------------------------------------------

    def type_of(self, path: str) -> str:
        """Return ``file``, ``directory`` or ``missing``, links followed. Raises ``Fork`` where no filesystem tells."""
        if self.is_seen(path):
            return self._seen(path)[0]
        if path == "/":
            return DIRECTORY
        known = self.assumed.get(path)
        self.asked.append(path)
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

    def is_seen(self, path: str) -> bool:
        """Whether the filesystem tells what a path is, or that it does not exist."""
        return self.disk is not None and (self._seen(path)[0] != MISSING or self.disk.is_known(path))

    def is_link(self, path: str) -> bool:
        """Whether the path itself is a symbolic link; False without a filesystem."""
        return self.disk is not None and self._seen(path)[1]

    def _seen(self, path: str) -> tuple[str, bool]:
        assert self.disk is not None
        found = self._cache.get(path)
        if found is None:
            kind = DIRECTORY if self.disk.is_dir(path) else FILE if self.disk.is_file(path) else MISSING
            found = self._cache[path] = (kind, path != "/" and self.disk.is_link(path))
        return found

    def read(self, path: str) -> str | None:
        """Return a file's text; None where it cannot be read."""
        try:
            return self.disk.read(path) if self.disk is not None else None
        except FileProblem:
            return None

    def tells(self, test: str, path: str) -> bool | None:
        """Whether a path has a size (``-s``), is a link (``-h``, ``-l``) or a program (``-x``); None where it cannot be seen."""
        path = normal(path).rstrip("/") or "/"
        if test not in _TESTS or not path.startswith("/") or not self.is_seen(path):
            return None
        if test in _OF_A_LINK:
            return self.is_link(path)
        kind = self.type_of(path)
        if test == "-s":
            text = self.read(path) if kind == FILE else ""
            return None if text is None else bool(text)
        assert self.disk is not None
        return self.disk.is_program(path) if kind == FILE else kind == DIRECTORY


class Way(NamedTuple, Generic[T]):
    """The result of one branch: where the answers ``assumed`` hold, which ``said`` puts in words.

    ``result`` is None where something is not modelled: ``reason`` says what.
    """

    said: tuple[str, ...]
    assumed: tuple[tuple[str, str], ...]
    result: T | None
    steps: tuple[Step, ...]
    reason: str = ""


class _Branch:
    """A point of a run with the answers assumed so far, which ``said`` puts in words: a question follows, or the run ends."""

    __slots__ = ("answers", "assumed", "end", "question", "said")

    def __init__(self, assumed: dict[str, str], said: tuple[str, ...]) -> None:
        self.assumed = assumed
        self.said = said
        self.question = ""
        #: The branches of the question, one for each answer.
        self.answers: list[_Branch] = []
        self.end: Way[Any] | None = None


class _Following(World):
    """A world that goes on with the first answer to each question, and notes the branches of the others."""

    def __init__(
        self, disk: Files | None, branch: _Branch, cache: dict[str, tuple[str, bool]], dialect: str = ""
    ) -> None:
        super().__init__(disk, branch.assumed, cache, dialect)
        self.branch = branch

    def _found_out(self, question: str, answers: tuple[tuple[str, str], ...]) -> str:
        branch = self.branch
        branch.question = question
        branch.answers = [
            _Branch({**branch.assumed, question: value}, (*branch.said, words)) for value, words in answers
        ]
        self.branch = branch.answers[0]
        self.assumed = self.branch.assumed
        return self.assumed[question]


def ways(
    run: Callable[[World], T],
    disk: Files | None,
    cache: dict[str, tuple[str, bool]],
    dialect: str = "",
    given: Mapping[str, str] | None = None,
) -> Iterator[Way[T]]:
    """Yield every branch of ``run``, those with the fewest questions first. ``dialect`` is as for ``World``.

    ``given`` are answers, by question, that hold in all branches. A ``Beyond`` that ``run`` raises ends its branch. ``run`` is
    called once for each branch: a call goes on with the first answer to each question, until it ends.
    """
    pending = [_Branch(dict(given or {}), ())]
    count = 0
    while pending:
        branch = pending.pop(0)
        if branch.end is None and not branch.answers:
            _follow(run, _Following(disk, branch, cache, dialect))
        if branch.answers and count + len(pending) + len(branch.answers) <= _MOST_BRANCHES:
            pending += branch.answers
            continue
        count += 1
        yield branch.end or _cut_off(run, World(disk, branch.assumed, cache, dialect), branch)


def _follow(run: Callable[[World], T], world: _Following) -> None:
    """Run to the end with the first answer to each question, and note it at the branch that this leads to."""
    try:
        result, reason = run(world), ""
    except Beyond as beyond:
        world.step("unknown", beyond.reason, beyond.item)
        result, reason = None, beyond.reason
    branch = world.branch
    branch.end = Way(branch.said, tuple(branch.assumed.items()), result, tuple(world.steps), reason)


def _cut_off(run: Callable[[World], T], world: World, branch: _Branch) -> Way[T]:
    """Return a branch that ends at a question, because there are too many."""
    with suppress(Fork):
        run(world)
    reason = f"too much is unknown: {branch.question}, and more"
    return Way(branch.said, tuple(branch.assumed.items()), None, tuple(world.steps), reason)


def question_of(guard: Guard) -> str:
    """Return the question of a condition, as ``World.active`` asks it."""
    return f"<{spelled(guard.kind)} {guard.test}>"


def holding(guards: Iterable[Guard]) -> dict[str, str]:
    """Return the answers by which conditions hold, as ``given`` for ``ways``."""
    return {question_of(guard): "no" if guard.negated else "yes" for guard in guards}


def assuming(*places: Item | None) -> dict[str, str]:
    """Return the answers by which there is each of these places: what is asked of a host or a mount is asked where it is."""
    return holding(guard for place in places if place is not None for guard in place.guards)


def normal(path: str) -> str:
    """Return a path as ``apr_filepath_merge`` normalizes it: single slashes, no dots; a last slash stays."""
    if path.startswith("/") and "//" not in path and "/." not in path:
        return path
    if on_a_drive(path):
        path = slashed(path)
        return path[:2] + normal(path[2:])
    end = "/" if path.endswith(("/", "/.", "/..")) else ""
    found = posixpath.normpath(path)
    found = found[1:] if found.startswith("//") else found
    return found if found == "/" else found + end
