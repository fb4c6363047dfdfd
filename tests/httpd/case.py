"""A case: what a fix does to a configuration, said in requests and answers, and judged on a real server.

A case declares one of: ``Equal`` (every answer as before), ``EqualExcept`` (equal but for exactly these changes),
``StartsAfter`` (httpd refused to start with this message, and now starts), or ``AnswersAfter`` (it refused these
requests with an error 500, and now the application answers). ``judge`` compares, ``prove`` runs it all: before, after,
under each access base and MPM, and then the mutants of the fix, each of which must be told apart from it by some
answer, or be declared equivalent with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from . import install
from .mutations import Mutant, mutations
from .probe import Answer, Probe, changes
from .root import CERTIFICATE, Tree
from .server import Base, Mpm, Run, Setup, directives_of, run

Level = Literal["safe", "repair", "unsafe"]
Texts = Mapping[str, str]

#: Everything that an answer may say; a change of each named probe must be declared field by field, in full.
Changes = Mapping[str, Mapping[str, tuple[Any, Any]]]


@dataclass(frozen=True, slots=True)
class Equal:
    """Every probe is answered as before, by the same process and interpreter, into the same log."""


@dataclass(frozen=True, slots=True)
class EqualExcept:
    """Every probe is answered as before, except these, named by ``str(probe)``.

    ``regained`` the application did not answer before, and answers now with 200. ``closed`` was served as a file or a
    listing, and is not any more: the application answers it, or httpd refuses. ``refused`` was answered with 200, and
    httpd refuses it now: a restriction that had been undone holds again. ``served`` httpd refused, redirected or did
    not find, or the application answered, and is served now as a file. ``changes`` states any other change exactly: each field that differs, with its value before
    and after.
    """

    changes: Changes = field(default_factory=dict)
    regained: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    served: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartsAfter:
    """Before, httpd does not start and says ``message`` (a part of what it says); after, it starts.

    ``answers`` states what holds then, field by field: ``{"http://a.example/": {"who": "application"}}``. A SAFE fix
    may make a server start, but must not decide what it serves: state what matters.
    """

    message: str
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnswersAfter:
    """httpd starts, and answers these probes with an error 500; after, the application does. Any other is equal.

    ``answers`` states what holds then, as in ``StartsAfter``.
    """

    answers: Mapping[str, Mapping[str, Any]]


Expectation = Equal | EqualExcept | StartsAfter | AnswersAfter

#: Fields which only those see who look at the machine: a safe fix may change them.
UNSEEN = frozenset({"title"})


@dataclass(frozen=True, slots=True)
class Case:
    """A proof about one or more rules, at one level of trust.

    It is run under every base and MPM but where it says otherwise: a whole server has a base of its own (None).
    ``expect`` may differ from base to base, and ``since`` says what holds instead from a version of mod_wsgi on.
    ``equivalent`` maps patterns (fnmatch) of mutants' names to the reason why no request can tell that mutant from the
    fix; a pattern that matches no mutant is a violation, too. With ``root`` the command line is shown the file tree,
    too (``--root``).
    """

    name: str
    rules: tuple[str, ...]
    level: Level
    before: Texts
    tree: Tree
    probes: tuple[Probe, ...]
    expect: Expectation | Mapping[Base, Expectation]
    bases: tuple[Base, ...] = ("2.4", "2.2")
    mpms: tuple[Mpm, ...] = ("event", "prefork")
    equivalent: Mapping[str, str] = field(default_factory=dict)
    include: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    preamble: str = ""
    #: Further words of the command line: the versions meant, where they are not this server's.
    arguments: tuple[str, ...] = ()
    root: bool = False
    since: Mapping[tuple[int, ...], Expectation] = field(default_factory=dict)
    #: The fix only moves directives: httpd's own dump of the configuration has the same ones before and after.
    moves: bool = False

    def __str__(self) -> str:
        return self.name

    def expectation(self, base: Base) -> Expectation:
        found = install.find()
        assert not isinstance(found, str), found
        newer = [version for version in self.since if version <= install.mod_wsgi_version(found)]
        if newer:
            return self.since[max(newer)]
        return self.expect[base] if isinstance(self.expect, Mapping) else self.expect

    def setup(self, texts: Texts, base: Base, mpm: Mpm) -> Setup:
        """The server of this case, with ``texts`` for its configuration."""
        ports = {probe.port for probe in self.probes} or {80}
        if any(re.search(r"^\s*SSL", text, re.MULTILINE | re.IGNORECASE) for text in self.before.values()):
            ports.add(443)
        tree = self.tree
        if any(CERTIFICATE in text for text in self.before.values()):
            tree = {**tree, CERTIFICATE: "".join(install.certificate())}
        listen = tuple(sorted(ports))
        return Setup(texts, tree, base, mpm, listen, modules=self.modules, include=self.include, preamble=self.preamble)


# -- judging --------------------------------------------------------------------------------------------------------


def judge(expect: Expectation, before: Run, after: Run) -> list[str]:
    """What contradicts the expectation; empty where it holds."""
    if isinstance(expect, StartsAfter):
        return list(_starts(expect, before, after))
    if not before.started or not after.started:
        which = "before" if not before.started else "after the fix"
        said = (before if not before.started else after).messages
        return [f"httpd does not start {which}: {' / '.join(said)}"]
    if isinstance(expect, AnswersAfter):
        others = replace(before, answers={k: v for k, v in before.answers.items() if str(k) not in expect.answers})
        return [*_answers(expect, before, after), *_unequal(EqualExcept(), others, after)]
    found = list(_unequal(expect if isinstance(expect, EqualExcept) else EqualExcept(), before, after))
    if isinstance(expect, EqualExcept):
        found += _unknown({*expect.changes, *expect.regained, *expect.closed, *expect.refused, *expect.served}, after)
    return found


def _starts(expect: StartsAfter, before: Run, after: Run) -> Iterator[str]:
    if before.started:
        yield "httpd starts before the fix, and should have refused"
    elif not any(expect.message in line for line in before.messages):
        yield f"httpd refuses before the fix, but does not say {expect.message!r}: {' / '.join(before.messages)}"
    if not after.started:
        yield f"httpd does not start after the fix: {' / '.join(after.messages)}"
        return
    yield from _untold(expect.answers, after)


def _answers(expect: AnswersAfter, before: Run, after: Run) -> Iterator[str]:
    for probe, old in before.answers.items():
        if str(probe) in expect.answers and (old.status != 500 or old.who != "httpd"):
            yield f"{probe}: should have been an error 500 before: {_told(old)}"
        if str(probe) in expect.answers and after.answers[probe].who != "application":
            yield f"{probe}: the application should answer: {_told(after.answers[probe])}"
    yield from _untold(expect.answers, after)


def _untold(expected: Mapping[str, Mapping[str, Any]], after: Run) -> Iterator[str]:
    """What was stated of answers and does not hold."""
    yield from _unknown(set(expected), after)
    for probe, answer in after.answers.items():
        for name, value in expected.get(str(probe), {}).items():
            if getattr(answer, name) != value:
                yield f"{probe}: {name} is {getattr(answer, name)!r}, not {value!r}"


def _unequal(expect: EqualExcept, before: Run, after: Run) -> Iterator[str]:
    for probe, old in before.answers.items():
        new, name = after.answers[probe], str(probe)
        if name in expect.regained:
            if old.who == "application" or new.who != "application" or new.status != 200:
                yield f"{name}: should have been regained by the application: {_told(old)} -> {_told(new)}"
        elif name in expect.served:
            if (
                old.who not in ("httpd", "application")
                or (old.who == "httpd" and old.status < 300)
                or new.who != "file"
            ):
                yield f"{name}: should have been served: {_told(old)} -> {_told(new)}"
        elif name in expect.closed:
            if old.who not in ("file", "listing") or new.who not in ("application", "httpd") or new.status >= 500:
                yield f"{name}: should have been closed: {_told(old)} -> {_told(new)}"
        elif name in expect.refused:
            if old.status != 200 or new.status not in (401, 403) or new.who != "httpd":
                yield f"{name}: should be refused now: {_told(old)} -> {_told(new)}"
        elif (differs := changes(old, new)) != expect.changes.get(name, {}):
            declared = dict(expect.changes.get(name, {}))
            yield f"{name}: {differs or 'nothing'} changed, declared was {declared or 'nothing'}"


def _told(answer: Answer) -> str:
    return f"{answer.status} by {answer.who}" + (f" from {answer.mapped}" if answer.mapped else "")


def _unknown(names: set[str], after: Run) -> list[str]:
    return [f"no probe is called {name}" for name in sorted(names - {str(probe) for probe in after.answers})]


def same(one: Run, other: Run) -> bool:
    """Whether no answer tells two servers apart."""
    return one.started == other.started and one.answers == other.answers


# -- proving --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proof:
    """What a case showed; it holds where ``violations`` is empty, and each mutant not caught is then ``equivalent``."""

    violations: tuple[str, ...]
    probes: int
    mutants: int
    caught: int
    equivalent: int
    servers: int
    milliseconds: float


def prove(case: Case, fixed: Texts, directory: Path) -> Proof:
    """Run the case with the texts that the product made of ``case.before``, and the controls of the proof itself."""
    runs: list[Run] = []

    def serve(texts: Texts, base: Base, mpm: Mpm) -> Run:
        runs.append(run(case.setup(texts, base, mpm), case.probes, directory))
        return runs[-1]

    kinds = [(base, mpm) for base in case.bases for mpm in case.mpms]
    before = {kind: serve(case.before, *kind) for kind in kinds}
    after = {kind: serve(fixed, *kind) for kind in kinds}
    found = list(_declared(case))
    if dict(fixed) == dict(case.before):
        found.append(f"{case.name}: the rules left everything as it is, and so nothing is proven")
    for (base, mpm), then in before.items():
        heading = f"{case.name} [{base} {mpm}]"
        found += [f"{heading}: {line}" for line in judge(case.expectation(base), then, after[base, mpm])]
    if after[kinds[0]].started:
        found += [
            f"{case.name}, run again: {line}" for line in judge(Equal(), after[kinds[0]], serve(fixed, *kinds[0]))
        ]
    mutants = mutations(case.before, fixed)
    survivors = [one for one in mutants if not _caught(case, one, after, serve)]
    found += _unexplained(case, mutants, survivors)
    found += _moved(case, fixed, directory)
    if len(survivors) == len(mutants):
        found.append(f"{case.name}: of {len(mutants)} wrong fixes none is told from the right one")
    return Proof(
        violations=tuple(found),
        probes=sum(len(done.answers) for done in runs),
        mutants=len(mutants),
        caught=len(mutants) - len(survivors),
        equivalent=len(survivors),
        servers=len(runs),
        milliseconds=sum(done.milliseconds for done in runs),
    )


def _moved(case: Case, fixed: Texts, directory: Path) -> Iterator[str]:
    """What a fix that only moves directives has lost or made, in every base."""
    for base in case.bases if case.moves else ():
        setups = (
            replace(case.setup(texts, base, case.mpms[0]), modules=(*case.modules, "info"))
            for texts in (case.before, fixed)
        )
        before, after = (directives_of(setup, directory) for setup in setups)
        if before is None or after is None:
            yield f"{case.name}: httpd shows no directives: it does not accept the configuration"
        elif before != after:
            yield f"{case.name}: more than moved: lost {sorted(before - after)}, new {sorted(after - before)}"


def _declared(case: Case) -> Iterator[str]:
    if case.level == "safe" and any(_is_seen(case.expectation(base)) for base in case.bases):
        yield f"{case.name}: a safe fix changes no answer but a refusal into the application's"


def _is_seen(expect: Expectation) -> bool:
    """Whether a visitor would notice the change that is declared, and was not refused before."""
    if not isinstance(expect, EqualExcept):
        return False
    fields = {name for change in expect.changes.values() for name in change}
    return bool(expect.closed or expect.refused or expect.served or fields - UNSEEN)


def _caught(
    case: Case,
    mutant: Mutant,
    after: Mapping[tuple[Base, Mpm], Run],
    serve: Callable[[Texts, Base, Mpm], Run],
) -> bool:
    """Whether some server tells the mutant from the fix. What differs, differs under the first MPM."""
    kinds = [kind for kind in after if kind[1] == case.mpms[0]]
    return any(not same(after[kind], serve(mutant.texts, *kind)) for kind in kinds)


def _unexplained(case: Case, mutants: Sequence[Mutant], survivors: Sequence[Mutant]) -> Iterator[str]:
    for one in survivors:
        whole = one.undoes and all(isinstance(case.expectation(base), Equal) for base in case.bases)
        if not whole and not any(fnmatchcase(one.name, pattern) for pattern in case.equivalent):
            yield f"{case.name}: no probe tells this mutant from the fix: {one.name}"
    for pattern in case.equivalent:
        if not any(fnmatchcase(one.name, pattern) for one in mutants):
            yield f"{case.name}: no mutant is called {pattern}, declared equivalent"
        elif not any(fnmatchcase(one.name, pattern) for one in survivors):
            yield f"{case.name}: {pattern} is declared equivalent, but was told apart"
