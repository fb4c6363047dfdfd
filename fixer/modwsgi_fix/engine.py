"""Run the rules: ``check`` finds, ``fix`` rewrites until nothing changes.

One pass applies the fixes of one rule; then the changed files are parsed and the server is read again. So no rule sees
stale facts and no order of rules has to be kept. A fix is applied whole or not at all.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from modwsgi_fix.diff import compose, origin
from modwsgi_fix.edits import Applicability, Edit, Fix, apply, compatible, overlap
from modwsgi_fix.files import Files
from modwsgi_fix.model.config import Config, File, Target
from modwsgi_fix.model.outside import tells
from modwsgi_fix.model.reading.reader import load
from modwsgi_fix.model.reading.source import Source
from modwsgi_fix.model.vendor import Shipped, never_shipped
from modwsgi_fix.rule import Diagnostic, Rule, Severity
from modwsgi_fix.suppressions import Suppression, suppressions
from modwsgi_fix.syntax import Tree, parse
from modwsgi_fix.text import Span

#: Says why a rewritten text is not to be trusted, or None: (file name, text before, text after).
Opinion = Callable[[str, str, str], str | None]

#: True where the findings of a rule in a file are of no interest: (file key, rule name). With an empty name, where
#: those of no rule are: such a file is not changed either.
Ignored = Callable[[str, str], bool]

#: Says what a fix would do to a visitor that it must not, or None: (server before, server after, fix, effects that its
#: rule declares). The fixes of every level must pass it.
Proof = Callable[[Config, Config, Fix, frozenset[str]], str | None]

#: What is left alone because it fights: (rule, file key, message); of a whole rule, the last two are empty.
_Fight = tuple[str, str, str]

#: The family of rules whose fixes come before all others.
_FIRST = "syntax"

#: Passes that a run may take: this many, and as many again for each directive, but never more than the second number.
_PASSES, _MAX_PASSES = 100, 2000


class Job(NamedTuple):
    """What to check: one server, with the versions, filesystem, rules and settings to check it by.

    ``options`` are the rules' settings, by rule and name. ``ignored`` says of a file's key and a rule's name that its
    findings there are of no interest; they are then not fixed either. No fix changes a file that is ``shipped`` so.
    """

    source: Source
    rules: Sequence[Rule]
    target: Target = Target()
    disk: Files | None = None
    options: Mapping[str, Mapping[str, object]] | None = None
    ignored: Ignored | None = None
    shipped: Shipped = never_shipped


class Applied(NamedTuple):
    """A fix that was applied. ``line`` is where its finding stood when it was applied, in the file ``name``.

    ``origins`` are its edits as they concern the files before any fix: (file key, span), an empty span where it changed
    only what an earlier fix had put there.
    """

    rule: str
    fix: Fix
    message: str
    path: str
    name: str
    line: int
    origins: tuple[tuple[str, Span], ...] = ()


class Withheld(NamedTuple):
    """A fix that was not applied although its level was asked for; its finding is left.

    ``is_bug`` when the fault is ours; ``is_fight`` when rules undo each other, or one of them finds no end.
    """

    rule: str
    title: str
    path: str
    name: str
    line: int
    reason: str
    is_bug: bool
    is_fight: bool = False


class Rewritten(NamedTuple):
    """A file that fixes changed. ``edits`` lead from ``before`` to ``after``."""

    path: str
    name: str
    before: str
    after: str
    edits: tuple[Edit, ...]


class Fixed(NamedTuple):
    """The outcome of ``fix``. ``found`` were the findings before, ``left`` are those after."""

    files: tuple[Rewritten, ...]
    applied: tuple[Applied, ...]
    withheld: tuple[Withheld, ...]
    found: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]
    before: Config
    after: Config
    #: Rules that raised on the way, by name: a bug of theirs that cost their own findings only.
    failed: Mapping[str, str] = MappingProxyType({})


#: What the engine itself finds; selected, ignored and documented as a rule is.
UNUSED_SUPPRESSION = Rule(
    name="unused-suppression",
    family="hygiene",
    check=lambda config: iter(()),
    severity=Severity.WARNING,
    page="""A comment allows a finding that is not there.

`# modwsgi-fix: allow NAME` stands for a decision: this finding is meant so. Once the configuration no longer has it, the
comment hides the next finding of that rule, which nobody has decided on. Delete the comment.

A comment is reported only when the rule that it names was run.
""",
)


def read(job: Job, texts: Mapping[str, str] | None = None, trees: dict[str, Tree] | None = None) -> Config:
    """The server that a job is about; ``texts`` stand in for files on the disk."""
    return load(job.source, target=job.target, disk=job.disk, options=job.options, texts=texts, trees=trees)


def check(job: Job, config: Config | None = None) -> list[Diagnostic]:
    """The findings of all rules, by file and place, without those that comments suppress."""
    config = config or read(job)
    return findings(config, job.rules, job.ignored)


def findings(config: Config, rules: Iterable[Rule], ignored: Ignored | None = None) -> list[Diagnostic]:
    """As ``check``, on a configuration that has been read."""
    kept: dict[tuple[object, ...], Diagnostic] = {}
    used: set[tuple[str, Span, str]] = set()
    rules = list(rules)
    for rule in rules:
        for one in _unsuppressed(config, rule, used):
            kept.setdefault((one.path, one.span, one.rule, one.message), one)
    order = {path: at for at, path in enumerate([*config.files, *config.scripts])}
    found = [*kept.values(), *_unused(config, rules, used)]
    if ignored is not None:
        found = [d for d in found if not ignored(d.path, d.rule)]
    return sorted(found, key=lambda d: (order.get(d.path, len(order)), d.span, d.rule))


def _run(config: Config, rule: Rule) -> list[Diagnostic]:
    """What a rule finds. It is asked once for each state of the server: that does not change, and rules do no I/O.

    A rule that raises has found nothing, and ``Config.failed`` says so.
    """

    def run() -> list[Diagnostic]:
        try:
            found = list(rule.check(config.for_rule(rule.name)))
        except Exception as error:
            if os.environ.get("MODWSGI_FIX_TRACEBACK"):
                raise
            config.failed[rule.name] = f"{type(error).__name__}: {error}"
            return []
        named = (replace(d, rule=rule.name, severity=d.severity or rule.severity) for d in found)
        return [d for d in named if not _of_template(config, rule, d)]

    return config.once((rule.name, rule.check), run)


def _of_template(config: Config, rule: Rule, d: Diagnostic) -> bool:
    """True for what httpd would refuse in a template: it never reads the file as it stands."""
    file = config.files.get(d.path)
    if file is None or rule.family != "syntax" or not file.template:
        return False
    return d.severity is Severity.ERROR or file.in_tag(d.span)


def _unsuppressed(config: Config, rule: Rule, used: set[tuple[str, Span, str]] | None = None) -> list[Diagnostic]:
    kept = []
    asked: dict[str, list[Suppression]] = {}
    for found in _run(config, rule):
        file = config.files.get(found.path)
        if found.path not in asked:
            all_of_it = suppressions(file.tree) if file and "modwsgi-fix:" in file.text else []
            asked[found.path] = [s for s in all_of_it if s.name == rule.name]
        hits = [s for s in asked[found.path] if found.span.start in s.region]
        if hits and used is not None:
            used.update((found.path, hit.span, hit.name) for hit in hits)
        if not hits:
            kept.append(found)
    return kept


def _unused(config: Config, rules: Sequence[Rule], used: set[tuple[str, Span, str]]) -> list[Diagnostic]:
    ran = {rule.name for rule in rules}
    return [
        Diagnostic(
            path,
            s.span,
            f"nothing is found here for {s.name}; the comment can go",
            severity=UNUSED_SUPPRESSION.severity,
            rule=UNUSED_SUPPRESSION.name,
        )
        for path, file in config.files.items()
        if "modwsgi-fix:" in file.text
        for s in suppressions(file.tree)
        if s.name in ran and (path, s.span, s.name) not in used
    ]


def fix(
    job: Job,
    level: Applicability = Applicability.REPAIR,
    opinion: Opinion | None = None,
    config: Config | None = None,
    proof: Proof | None = None,
) -> Fixed:
    """Apply every fix up to ``level`` until nothing changes. ``config`` is what ``read`` gave, where that is at hand.

    A fix is withheld alone, and all others are applied: one that would leave a new syntax error, that ``opinion`` objects
    to, or a SAFE one that ``proof`` convicts of changing what a visitor gets. So are fixes that undo each other, or whose
    rule finds no end.
    """
    fights: dict[_Fight, Withheld] = {}
    failed: dict[str, str] = {}
    while True:
        outcome = _attempt(job, level, opinion, config, fights.keys(), proof, failed)
        if isinstance(outcome, Fixed):
            return outcome._replace(withheld=(*fights.values(), *outcome.withheld), failed=failed)
        for a in outcome:
            reason = "other rules undo this fix" if len({a.rule for a in outcome}) > 1 else "it finds no end"
            held = Withheld(a.rule, a.fix.title, a.path, a.name, a.line, reason, is_bug=True, is_fight=True)
            # One that fights again with other words is stopped for good.
            again = any(rule == a.rule for rule, _, _ in fights)
            fights.setdefault((a.rule, "", "") if again else (a.rule, a.path, a.message), held)


def _attempt(
    job: Job,
    level: Applicability,
    opinion: Opinion | None,
    config: Config | None,
    stopped: Set[_Fight],
    proof: Proof | None,
    failed: dict[str, str],
) -> Fixed | list[Applied]:
    """The outcome without the ``stopped`` fixes, or what was applied that must be stopped too.

    Rules that raise go into ``failed``.
    """
    texts: dict[str, str] = {}
    before = config = config or read(job)
    trees = {path: file.tree for path, file in config.files.items()}
    found = findings(config, job.rules, job.ignored)
    applied: list[Applied] = []
    withheld: dict[tuple[str, str, int], Withheld] = {}
    edits: dict[str, list[Edit]] = {}
    originals: dict[str, str] = {}
    names: dict[str, str] = {}
    seen: list[dict[str, str]] = [{}]
    passes: list[list[Applied]] = []
    first = {rule.name for rule in job.rules if rule.family == _FIRST}
    limit = min(_PASSES + len(config.items), _MAX_PASSES)
    # What is mistyped is read first: a host behind a misspelt section is no host yet, and nothing is measured on it.
    rules = sorted(job.rules, key=lambda rule: rule.family != _FIRST)
    changed = True
    while changed:
        changed = False
        for rule in rules:
            if changed and rule.family != _FIRST and any(a.rule in first for a in passes[-1]):
                break
            if (rule.name, "", "") in stopped:
                continue
            candidates = []
            # Findings may share one fix of many edits: it is weighed once.
            obstacles: dict[int, str | None] = {}
            for diagnostic in _unsuppressed(config, rule):
                if diagnostic.fix is None or diagnostic.fix.applicability > level:
                    continue
                if (rule.name, diagnostic.path, diagnostic.message) in stopped:
                    continue
                if job.ignored is not None and job.ignored(diagnostic.path, rule.name):
                    continue
                if job.shipped(config.source(diagnostic.path)):
                    continue
                if id(diagnostic.fix) not in obstacles:
                    obstacles[id(diagnostic.fix)] = _obstacle(config, rule, diagnostic, job)
                reason = obstacles[id(diagnostic.fix)]
                if reason is None:
                    candidates.append(diagnostic)
                else:
                    _withhold(withheld, config, diagnostic, reason, is_bug=False)
            chosen = _choose(config, rule, candidates, opinion, withheld)
            if proof is not None:
                chosen = _proven(job, config, rule, chosen, texts, trees, proof, withheld)
            if not chosen:
                continue
            origins = {id(d.fix): _origins(d, edits) for d in {id(d.fix): d for d in chosen}.values()}
            passes.append([_applied(config, diagnostic, origins[id(diagnostic.fix)]) for diagnostic in chosen])
            if len(passes) > limit:
                return passes[-1]
            new = dict(texts)
            for path in dict.fromkeys(edit.path for d in chosen for edit in d.fix.edits if d.fix):  # type: ignore[union-attr]
                now = config.source(path)
                originals.setdefault(path, now.text)
                names.setdefault(path, now.name)
                new[path] = apply(now.text, _edits(chosen, path))
            state = {path: text for path, text in new.items() if text != originals[path]}
            if state in seen:
                return [one for done in passes[seen.index(state) :] for one in done]
            seen.append(state)
            applied += passes[-1]
            for path in new:
                if (path_edits := _edits(chosen, path)) and path in originals:
                    edits[path] = compose(edits.get(path, []), path_edits)
            # What stands against the other fixes is asked again, in the last round at the latest.
            withheld = {key: one for key, one in withheld.items() if one.is_bug}
            texts, changed = new, True
            failed |= config.failed
            config = read(job, texts, trees)
    left = findings(config, job.rules, job.ignored)
    failed |= config.failed
    files = tuple(
        Rewritten(path, names[path], originals[path], text, tuple(edits[path]))
        for path, text in texts.items()
        if text != originals[path]
    )
    order = {path: at for at, path in enumerate([*before.files, *before.scripts])}
    files = tuple(sorted(files, key=lambda file: order.get(file.path, len(order))))
    return Fixed(files, tuple(applied), tuple(withheld.values()), tuple(found), tuple(left), before, config)


def _proven(
    job: Job,
    config: Config,
    rule: Rule,
    chosen: list[Diagnostic],
    texts: Mapping[str, str],
    trees: dict[str, Tree],
    proof: Proof,
    withheld: dict[tuple[str, str, int], Withheld],
) -> list[Diagnostic]:
    """The fixes without those that do to a visitor what neither their level nor their rule allows."""

    def objection(some: Sequence[Diagnostic]) -> str | None:
        fixes = [d.fix for d in some if d.fix is not None]
        whole = replace(fixes[0], publishes=tuple(pair for fix in fixes for pair in fix.publishes))
        new = {path: apply(config.source(path).text, _edits(some, path)) for path in _paths(some)}
        try:
            return proof(config, read(job, {**texts, **new}, dict(trees)), whole, rule.changes)
        except Exception as error:
            if os.environ.get("MODWSGI_FIX_TRACEBACK"):
                raise
            return f"what it changes cannot be told ({type(error).__name__}: {error})"

    levels = {d.fix.applicability for d in chosen if d.fix is not None}
    if not chosen or (len(levels) == 1 and objection(chosen) is None):
        return chosen
    guilty = set()
    for d in chosen:
        if (reason := objection([d])) is not None:
            guilty.add(d.fix)
            _withhold(withheld, config, d, reason, is_bug=False)
    # Harmless one by one and not together: one at a time.
    kept = [d for d in chosen if d.fix not in guilty]
    return kept if guilty else kept[:1]


def _edits(chosen: Sequence[Diagnostic], path: str) -> list[Edit]:
    # Several findings may share one fix.
    fixes = dict.fromkeys(d.fix for d in chosen if d.fix)
    return [edit for one in fixes for edit in one.edits if edit.path == path]


def _obstacle(config: Config, rule: Rule, diagnostic: Diagnostic, job: Job) -> str | None:
    """Why a fix must not be applied, in words for the user; None when nothing stands against it."""
    assert diagnostic.fix is not None
    for path, span, text in diagnostic.fix.edits:
        file = config.source(path)
        if not file.writable:
            return f"{file.name} is outside the given paths"
        if tells(config, [text], rule.page):
            return "it would copy what a file outside the given paths says"
        if job.ignored is not None and job.ignored(path, ""):
            return f"{file.name} is excluded"
        if job.shipped(file):
            return f"{file.name} is as its package ships it; name it to change it"
        if isinstance(file, File) and file.in_tag(span):
            return "it would change a tag of the template"
        tree = getattr(file, "tree", None)
        if rule.family != "syntax" and tree is not None and any(_inside(span, region) for region in tree.untrusted):
            return "it lies in a section that is broken, or whose text cannot be seen through"
    return None


def _inside(span: Span, region: Span) -> bool:
    """An edit disturbs a region unless it lies wholly before or behind it."""
    return span.start < region.end and region.start < span.end if span.start != span.end else (
        region.start < span.start < region.end
    )  # fmt: skip


def _choose(
    config: Config,
    rule: Rule,
    candidates: list[Diagnostic],
    opinion: Opinion | None,
    withheld: dict[tuple[str, str, int], Withheld],
) -> list[Diagnostic]:
    """The fixes of this pass: those that fit together, are right for every reading, and leave no new problem."""
    # A file that is read more than once is edited only where each reading asks for the same edits.
    votes = Counter(d.fix.edits for d in candidates if d.fix)
    kept = []
    for d in candidates:
        assert d.fix is not None
        readings = max((file.readings for e in d.fix.edits if (file := config.files.get(e.path))), default=1)
        if rule.family == "syntax" or d.fix.every_reading or votes[d.fix.edits] >= readings:
            kept.append(d)
        else:
            _withhold(
                withheld,
                config,
                d,
                "the file is included more than once, and the fix is right for one only",
                is_bug=False,
            )
    sound = []
    for d in kept:
        assert d.fix is not None
        if overlap(d.fix):
            _withhold(withheld, config, d, "its edits overlap", is_bug=True)
        else:
            sound.append(d)
    chosen = set(compatible(d.fix for d in sound if d.fix))
    together = [d for d in sound if d.fix in chosen]
    if all(_objection(config, together, path, opinion) is None for path in _paths(together)):
        return together
    approved = []
    for d in together:
        objections = (_objection(config, [d], path, opinion) for path in _paths([d]))
        if reason := next((o for o in objections if o), None):
            _withhold(withheld, config, d, reason, is_bug=True)
        else:
            approved.append(d)
    # Fine one by one and not together: the first goes ahead, the others are asked again in the next round.
    return approved if len(approved) < len(together) else approved[:1]


def _paths(chosen: Sequence[Diagnostic]) -> list[str]:
    return list(dict.fromkeys(edit.path for d in chosen if d.fix for edit in d.fix.edits))


def _objection(config: Config, chosen: Sequence[Diagnostic], path: str, opinion: Opinion | None) -> str | None:
    file = config.files.get(path)
    if file is None:
        return None
    after = apply(file.text, _edits(chosen, path))
    was, now = Counter(p.kind for p in file.tree.problems), Counter(p.kind for p in parse(after).problems)
    if sum(now.values()) > sum(was.values()) or (not was and now):
        return f"it would leave a syntax error: {next(iter(now))}"
    return opinion(file.name, file.text, after) if opinion is not None and not was else None


def _withhold(
    withheld: dict[tuple[str, str, int], Withheld], config: Config, d: Diagnostic, reason: str, *, is_bug: bool
) -> None:
    file = config.source(d.path)
    line = file.lines.position(d.span.start).line
    assert d.fix is not None
    withheld.setdefault((d.rule, d.path, line), Withheld(d.rule, d.fix.title, d.path, file.name, line, reason, is_bug))


def _origins(d: Diagnostic, earlier: Mapping[str, Sequence[Edit]]) -> tuple[tuple[str, Span], ...]:
    assert d.fix is not None
    return tuple((edit.path, origin(earlier.get(edit.path, ()), edit.span)) for edit in d.fix.edits)


def _applied(config: Config, d: Diagnostic, origins: tuple[tuple[str, Span], ...]) -> Applied:
    file = config.source(d.path)
    assert d.fix is not None
    return Applied(d.rule, d.fix, d.message, d.path, file.name, file.lines.position(d.span.start).line, origins)
