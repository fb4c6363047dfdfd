"""The loop that applies fixes until nothing changes, level after level."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from modwsgi_fix.diff import compose, origins
from modwsgi_fix.edits import Applicability, Edit, Fix, apply
from modwsgi_fix.effect.touched import Pair
from modwsgi_fix.engine.apart import batches, hosts_apart
from modwsgi_fix.engine.check import findings, found_silent, hand_on
from modwsgi_fix.engine.choice import Held, Reading, candidates, choose, edits_by_path
from modwsgi_fix.engine.job import Job, Opinion, Proof, read
from modwsgi_fix.engine.outcome import Applied, Fixed, Made, Rewritten, Withheld
from modwsgi_fix.model.config import Config
from modwsgi_fix.model.items import Server
from modwsgi_fix.model.shapes import FEW
from modwsgi_fix.rule import Diagnostic, Rule
from modwsgi_fix.syntax import Tree
from modwsgi_fix.text import Span
from modwsgi_fix.tuples import NamedTuple

#: Findings that are left alone because their fixes undo each other: (rule, file key, message); for a whole rule, the last
#: two are empty.
_Fight = tuple[str, str, str]

#: The family of rules whose fixes come before all others, and the family whose fixes come next.
_FIRST, _SECOND = "syntax", "httpd24"

#: The passes that a run may take: the first number, and as many again for each directive, but at most the second number.
_PASSES, _MAX_PASSES = 100, 2000


def fix(
    job: Job,
    level: Applicability = Applicability.REPAIR,
    opinion: Opinion | None = None,
    config: Config | None = None,
    proof: Proof | None = None,
    only: Collection[Made] | None = None,
) -> Fixed:
    """Apply every fix up to ``level`` until nothing changes. ``config`` is what ``read`` returned, where that is at hand.

    A fix is withheld by itself, while all others are applied, where it would leave a new syntax error, ``opinion`` objects to
    it, or ``proof`` finds a forbidden effect on visitors. Fixes that undo each other, or whose rule never ends, are withheld,
    too. With ``only``, no other fixes are made than these.
    """
    return Run(job, opinion, config, proof, only).to(level)


class Legible(NamedTuple):
    """The server once its syntax was repaired as far as it can be, and before anything else was.

    ``edits``, by key, lead there from the files as they were; ``after`` are the repairs of the syntax, and ``level`` is the
    level whose turn it was.
    """

    config: Config
    edits: Mapping[str, Sequence[Edit]]
    after: tuple[Applied, ...]
    level: Applicability


class Met(NamedTuple):
    """A finding that a run met on its way, at its place in the files as they were before any fix.

    ``config`` is a server with that file; ``after`` is a fix that came before the finding, in the same file if possible;
    ``level`` is the level whose turn it was.
    """

    diagnostic: Diagnostic
    config: Config
    after: Applied
    level: Applicability


class _State(NamedTuple):
    """The state of a run: the server, the texts of the changed files by key, and the fixes that led there."""

    config: Config
    trees: dict[str, Tree]
    texts: Mapping[str, str]
    #: The edits that lead here from the files as they were, by key.
    edits: Mapping[str, list[Edit]]
    passes: tuple[tuple[Applied, ...], ...] = ()
    #: The changed texts before and after each pass.
    seen: tuple[Mapping[str, str], ...] = ({},)
    legible: tuple[Legible, ...] = ()
    met: tuple[Met, ...] = ()
    #: The rules, by name, that have no fix of this level or of those below.
    idle: Mapping[str, Applicability] = MappingProxyType({})


class Run:
    """One fixing run of one server. It goes through the levels in turn; each level starts from the result of the one before.

    So a higher level includes what all lower ones do, and the server is read once for each pass.
    """

    def __init__(
        self,
        job: Job,
        opinion: Opinion | None = None,
        config: Config | None = None,
        proof: Proof | None = None,
        only: Collection[Made] | None = None,
    ) -> None:
        self._job = job
        self._only = only
        self._reading = Reading(opinion)
        self._proof = proof
        self.before = config or read(job)
        self.found = tuple(findings(self.before, job.rules, job.ignored, job.new))
        trees = {path: file.tree for path, file in self.before.files.items()}
        self._state = _State(self.before, trees, {}, {})
        #: Misspellings are mended first: a host with a misspelt opening line is not a host yet, so nothing is measured on it.
        #: Then come words of an older release, beside which other rules would otherwise write the same in the words of 2.4.
        self._rules = sorted(job.rules, key=lambda rule: (rule.family != _FIRST, rule.family != _SECOND))
        self._first = frozenset(rule.name for rule in job.rules if rule.family == _FIRST)
        self._limit = min(_PASSES + len(self.before.items), _MAX_PASSES)
        self._done: Applicability | None = None
        self._originals: dict[str, tuple[str, str]] = {}
        self._fights: dict[_Fight, Withheld] = {}
        self._held: Held = {}
        self._failed: dict[str, str] = {}
        #: The server before and after the fixes that were weighed last: mostly these are made, and it need not be read again.
        self._ahead: tuple[Config, list[Fix | None], _State] | None = None

    def to(self, level: Applicability) -> Fixed:
        """Return the outcome of the run at this level, which must not be below a level that the run has reached."""
        for turn in Applicability:
            if turn <= level and (self._done is None or turn > self._done):
                self._take(turn)
                self._done = turn
        return self._outcome()

    @property
    def legible(self) -> tuple[Legible, ...]:
        """The server as it was each time that its syntax had been repaired, and other rules were about to be asked."""
        return self._state.legible

    @property
    def met(self) -> tuple[Met, ...]:
        """The findings whose fixes were applied after the first pass, where they can be shown in the files as they were."""
        return self._state.met

    def _take(self, level: Applicability) -> None:
        """Apply the fixes of this level and of those below it until nothing changes, without those that undo each other."""
        start, bugs = self._state, {key: one for key, one in self._held.items() if one.is_bug}
        while fight := self._attempt(level, len(start.passes), bugs):
            self._state = start
            for a in fight:
                reason = "other rules undo this fix" if len({a.rule for a in fight}) > 1 else "it finds no end"
                held = Withheld(a.rule, a.fix.title, a.path, a.name, a.line, reason, is_bug=True, is_fight=True)
                # A rule whose fixes fight again with other messages is stopped for good.
                again = any(rule == a.rule for rule, _, _ in self._fights)
                self._fights.setdefault((a.rule, "", "") if again else (a.rule, a.path, a.message), held)

    def _attempt(self, level: Applicability, first: int, bugs: Held) -> list[Applied]:
        """Apply fixes until nothing changes. Return those of the passes from ``first`` on that undo each other; empty if none."""
        self._held = dict(bugs)
        changed, mended = True, self._mended()
        while changed:
            changed = False
            for rule in self._rules:
                if rule.family != _FIRST and mended:
                    if changed:
                        break
                    self._note_legible(level)
                if (rule.name, "", "") in self._fights:
                    continue
                chosen = self._chosen(rule, level)
                if not chosen:
                    continue
                self._apply(chosen, level)
                state, mended = self._state, self._mended()
                if len(state.passes) > self._limit:
                    return list(state.passes[-1])
                if state.seen[-1] in state.seen[:-1]:
                    since = max(state.seen.index(state.seen[-1]), first)
                    return [one for done in state.passes[since:] for one in done]
                # What stands against the other fixes is found out again, in the last round at the latest.
                self._held = {key: one for key, one in self._held.items() if one.is_bug}
                changed = True
        return []

    def _mended(self) -> bool:
        """Whether the last pass repaired the syntax."""
        return bool(self._state.passes) and any(a.rule in self._first for a in self._state.passes[-1])

    def _note_legible(self, level: Applicability) -> None:
        """Note the server as it is where the last pass repaired the syntax, and no other."""
        state = self._state
        known = state.legible[-1].config if state.legible else self.before
        if state.config is not known:
            mended = tuple(a for done in state.passes for a in done if a.rule in self._first)
            noted = Legible(state.config, state.edits, mended, level)
            self._state = state._replace(legible=(*state.legible, noted))

    def _chosen(self, rule: Rule, level: Applicability) -> list[Diagnostic]:
        config = self._state.config
        if level <= self._state.idle.get(rule.name, 0):
            return []
        free = [
            d
            for d in candidates(self._job, config, rule, level, self._held)
            if (rule.name, d.path, d.message) not in self._fights
        ]
        if self._only is not None:
            origin_of = origin_in(self._state.edits)
            free = [d for d in free if _applied(config, d, _places(d, origin_of)).made in self._only]
        if not free:
            return []
        effect = None if self._proof is None else lambda groups: self._effects(rule, groups)
        return choose(config, rule, free, self._reading, effect, self._held)

    def _effects(self, rule: Rule, groups: Sequence[Sequence[Diagnostic]]) -> list[str | None]:
        """Return the forbidden effect of each group of fixes, made without those of the other groups; None for no such effect."""
        if len(groups) > 1:
            by_fix: dict[Fix, Diagnostic] = {d.fix: d for group in groups for d in group if d.fix is not None}
            for batch in batches(self._state.config, by_fix):
                self._weigh_apart(rule, batch, [by_fix[one] for one in batch])
        return [self._effect(rule, tuple(dict.fromkeys(d.fix for d in g if d.fix is not None)), g) for g in groups]

    def _weigh_apart(self, rule: Rule, batch: Mapping[Fix, Server], some: Sequence[Diagnostic]) -> None:
        """Note the effect of each single fix, where it can be seen although all of them are made."""
        before = self._state.config
        after = self._after(some).config
        hosts = hosts_apart(before, after, batch.values())
        if hosts is not None:
            for one, host in batch.items():
                self._effect(rule, (one,), some, hosts[host])

    def _effect(
        self, rule: Rule, fixes: tuple[Fix, ...], some: Sequence[Diagnostic], only: Pair | None = None
    ) -> str | None:
        """Return the forbidden effect of fixes, once for each state; None for no such effect. ``some`` are their findings.

        With ``only``, other fixes are made in other hosts.
        """
        config, proof = self._state.config, self._proof
        assert proof is not None

        def weigh() -> str | None:
            whole = fixes[0]._replace(publishes=tuple(pair for one in fixes for pair in one.publishes))
            try:
                return proof(config, self._after(some).config, whole, rule.changes, only)
            except Exception as error:
                if os.environ.get("MODWSGI_FIX_TRACEBACK"):
                    raise
                return f"what it changes cannot be told ({type(error).__name__}: {error})"

        return config.once((Run._effect, proof, rule.name, fixes), weigh)

    def _after(self, chosen: Sequence[Diagnostic]) -> _State:
        """Return the state that the fixes of these findings lead to."""
        state, fixes = self._state, [d.fix for d in chosen]
        if self._ahead is None or self._ahead[0] is not state.config or self._ahead[1] != fixes:
            self._ahead = state.config, fixes, self._read_after(state, chosen)
        return self._ahead[2]

    def _read_after(self, state: _State, chosen: Sequence[Diagnostic]) -> _State:
        texts, edits = dict(state.texts), dict(state.edits)
        of_file = edits_by_path(chosen)
        for path, mine in of_file.items():
            texts[path] = apply(state.config.source(path).text, mine)
            edits[path] = compose(edits.get(path, []), mine)
        changed = [path for path in of_file if path in state.config.files]
        trees = {**state.trees, **{path: self._reading.of(path, texts[path]) for path in changed}}
        config = read(self._job, texts, trees, earlier=state.config)
        return state._replace(config=config, trees=trees, texts=texts, edits=edits, idle={})

    def _found_quiet(self, state: _State) -> _State:
        """Return a state with what there is nothing to say of or to fix, as a few of many hosts show."""
        if len(state.config.hosts) < FEW:
            return state
        from modwsgi_fix.engine.quiet import quiet

        silence, idle = quiet(self._job, state.config, state.texts)
        found_silent(state.config, silence)
        return state._replace(idle=idle)

    def _apply(self, chosen: Sequence[Diagnostic], level: Applicability) -> None:
        state = self._state
        origin_of = origin_in(state.edits)
        places = {id(d.fix): _places(d, origin_of) for d in {id(d.fix): d for d in chosen}.values()}
        applied = tuple(_applied(state.config, d, places[id(d.fix)]) for d in chosen)
        for path in edits_by_path(chosen):
            file = state.config.source(path)
            self._originals.setdefault(path, (file.name, file.text))
        self._failed |= state.config.failed
        after = self._found_quiet(self._after(chosen))
        hand_on(state.config, after.config, self._job.rules)
        changed = {path: text for path, text in after.texts.items() if text != self._originals[path][1]}
        on_the_way = (
            met(self.before, state.config, origin_of, state.passes[-1], level, d) for d in chosen if state.passes
        )
        self._state = after._replace(
            passes=(*state.passes, applied),
            seen=(*state.seen, changed),
            legible=state.legible,
            met=(*state.met, *(one for one in on_the_way if one is not None)),
        )

    def _outcome(self) -> Fixed:
        state, job = self._state, self._job
        left = findings(state.config, job.rules, job.ignored, job.new)
        self._failed |= state.config.failed
        order = {path: at for at, path in enumerate([*self.before.files, *self.before.scripts])}
        files = [
            Rewritten(path, *self._originals[path], text, tuple(state.edits[path]))
            for path, text in state.texts.items()
            if text != self._originals[path][1]
        ]
        return Fixed(
            tuple(sorted(files, key=lambda file: order.get(file.path, len(order)))),
            tuple(one for done in state.passes for one in done),
            (*self._fights.values(), *self._held.values()),
            self.found,
            tuple(left),
            self.before,
            state.config,
            dict(self._failed),
        )


#: For each edited file, by key, the function from a span of its text to the span of the original text.
Origins = Mapping[str, Callable[[Span], Span]]


def origin_in(edits: Mapping[str, Sequence[Edit]]) -> Origins:
    """Return the functions that lead from the text after these edits back to the original."""
    return {path: origins(each) for path, each in edits.items()}


def _places(d: Diagnostic, origin_of: Origins) -> tuple[tuple[str, Span], ...]:
    assert d.fix is not None
    return tuple((edit.path, _origin(origin_of, edit.path, edit.span)) for edit in d.fix.edits)


def _origin(origin_of: Origins, path: str, span: Span) -> Span:
    return origin_of[path](span) if path in origin_of else span


def _applied(config: Config, d: Diagnostic, origins: tuple[tuple[str, Span], ...]) -> Applied:
    file = config.source(d.path)
    assert d.fix is not None
    return Applied(d.rule, d.fix, d.message, d.path, file.name, file.lines.position(d.span.start).line, origins)


def met(
    before: Config,
    config: Config,
    origin_of: Origins,
    after: Sequence[Applied],
    level: Applicability,
    d: Diagnostic,
) -> Met | None:
    """Return a finding of an edited ``config`` at its original place; None where it is on text that the edits inserted.

    It is returned without its fix, which belongs to the edited text.
    """
    source = before
    if d.path not in before.files and d.path not in before.scripts:
        # Only these fixes make httpd read the file, which can only be shown as it is on the disk.
        if d.path in origin_of:
            return None
        source = config
    places = [(one, _original(source, origin_of, one.path, one.span)) for one in d.related]
    related = tuple(one._replace(span=place) for one, place in places if place is not None)
    span = _original(source, origin_of, d.path, d.span)
    if span is None:
        return None
    cause = next((one for one in after if one.path == d.path), after[0])
    return Met(d._replace(span=span, fix=None, related=related), source, cause, level)


def _original(source: Config, origin_of: Origins, path: str, span: Span) -> Span | None:
    """Return where a span of the text after the edits was; None where it is not in a file as ``source`` has it."""
    file = source.files.get(path) or source.scripts.get(path)
    place = _origin(origin_of, path, span)
    if file is None or place.end > len(file.text):
        return None
    return None if place.start == place.end and span.start < span.end else place
